"""What an enclave is made of, and what it never has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.stacks.conftest import Recorder

ENCLAVES = ["gbr", "est", "pol", "red", "white"]
EVERY_STACK = ["hub", *ENCLAVES]
KEY = "arn:ally:Key/key"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEtbkZdDmAV3q5fXvO0bGd0jdO1b4VwhMZPsGjE1LQYc steadfast"


@pytest.mark.parametrize("name", ENCLAVES)
def test_an_enclave_has_at_least_sixty_resources(recorded: dict[str, Any], name: str) -> None:
    assert len(recorded[name].aws()) >= 60


@pytest.mark.parametrize("name", ENCLAVES)
def test_an_enclave_has_no_way_out_but_its_attachment(recorded: dict[str, Any], name: str) -> None:
    ways_out = {
        "InternetGateway",
        "EgressOnlyInternetGateway",
        "NatGateway",
        "Eip",
        "VpnGateway",
        "VpcPeeringConnection",
    }

    assert ways_out.isdisjoint(found.kind for found in recorded[name].aws())
    assert {found.inputs["transitGatewayId"] for found in recorded[name].of("ec2/route:Route")} == {"tgw-0"}
    assert len(recorded[name].of("VpcAttachment")) == 1


@pytest.mark.parametrize("name", EVERY_STACK)
def test_hosts_speak_imdsv2_only_and_have_no_public_address(recorded: dict[str, Any], name: str) -> None:
    hosts = recorded[name].of("Instance")

    assert hosts
    for host in hosts:
        assert host.inputs["metadataOptions"]["httpTokens"] == "required"
        assert host.inputs["metadataOptions"]["httpPutResponseHopLimit"] == 1
        assert host.inputs["associatePublicIpAddress"] is False
    assert recorded[name].one("InstanceMetadataDefaults").inputs["httpTokens"] == "required"
    assert not any(subnet.inputs["mapPublicIpOnLaunch"] for subnet in recorded[name].of("Subnet"))


@pytest.mark.parametrize("name", EVERY_STACK)
def test_every_host_is_opened_by_the_controllers_key(recorded: dict[str, Any], name: str) -> None:
    pair = recorded[name].one("KeyPair").inputs

    assert pair["publicKey"] == PUBLIC_KEY
    assert {host.inputs["keyName"] for host in recorded[name].of("Instance")} == {pair["keyName"]}


def test_another_key_has_another_name_and_so_takes_other_hosts(
    record: Any, recorded: dict[str, Any], steadfast: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.pub").write_text(PUBLIC_KEY.replace("AAAAIE", "AAAAIF"))
    monkeypatch.setenv("RANGE_SSH_KEY", str(tmp_path / "other"))

    other = record("steadfast.est", steadfast).one("KeyPair").inputs["keyName"]

    assert other.startswith("steadfast-est-")
    assert other != recorded["est"].one("KeyPair").inputs["keyName"]


@pytest.mark.parametrize("name", ENCLAVES)
def test_volumes_buckets_logs_and_secrets_are_encrypted_with_the_allys_key(recorded: dict[str, Any], name: str) -> None:
    recorder = recorded[name]
    buckets = recorder.of("BucketServerSideEncryptionConfiguration")
    by_default = [bucket.inputs["rules"][0]["applyServerSideEncryptionByDefault"] for bucket in buckets]

    assert {host.inputs["rootBlockDevice"]["kmsKeyId"] for host in recorder.of("Instance")} == {KEY}
    assert all(host.inputs["rootBlockDevice"]["encrypted"] for host in recorder.of("Instance"))
    assert by_default == [{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}] * 2
    assert len(recorder.of("Bucket")) == len(buckets)
    for kind in ("LogGroup", "Trail", "Secret"):
        assert {found.inputs["kmsKeyId"] for found in recorder.of(kind)} == {KEY}
    assert recorder.one("DefaultKmsKey").inputs["keyArn"] == KEY
    assert recorder.one("EncryptionByDefault").inputs["enabled"] is True


@pytest.mark.parametrize("name", ENCLAVES)
def test_the_evidence_is_in_the_allys_account_and_the_archive_in_the_hubs(recorded: dict[str, Any], name: str) -> None:
    assert {bucket.name: bucket.provider for bucket in recorded[name].of("Bucket")} == {
        "evidence": "ally",
        "archive": "hub",
    }


@pytest.mark.parametrize("name", EVERY_STACK)
def test_buckets_are_private_versioned_and_under_a_policy(recorded: dict[str, Any], name: str) -> None:
    recorder = recorded[name]
    buckets = {bucket.name for bucket in recorder.of("Bucket")}
    switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

    for kind in ("BucketPublicAccessBlock", "BucketVersioning", "BucketPolicy", "BucketOwnershipControls"):
        assert {setting.name for setting in recorder.of(kind)} == buckets
    for block in (*recorder.of("BucketPublicAccessBlock"), recorder.one("AccountPublicAccessBlock")):
        assert all(block.inputs[switch] is True for switch in switches)


@pytest.mark.parametrize("name", EVERY_STACK)
def test_every_resource_has_an_explicit_provider_that_tags_it(recorded: dict[str, Any], name: str) -> None:
    expected = {"hub"} if name == "hub" else {"ally", "hub"}
    providers = [found for found in recorded[name].registered if found.type == "pulumi:providers:aws"]

    assert {found.provider for found in recorded[name].aws()} == expected
    assert {provider.name for provider in providers} == expected
    for provider in providers:
        tags = json.loads(provider.inputs["defaultTags"])["tags"]
        assert tags | {"range:state": ""} == {
            "range:exercise": "steadfast",
            "range:ally": name,
            "range:stack": f"steadfast.{name}",
            "range:state": "",
        }
        assert len(tags["range:state"]) == 12


def test_a_provider_enters_its_account_as_the_controller_and_refuses_any_other(recorded: dict[str, Any]) -> None:
    providers = {p.name: p.inputs for p in recorded["est"].registered if p.type == "pulumi:providers:aws"}

    for name, account in {"ally": "200000000002", "hub": "100000000002"}.items():
        assert json.loads(providers[name]["allowedAccountIds"]) == [account]
        (role,) = json.loads(providers[name]["assumeRoles"])
        assert role["roleArn"] == f"arn:aws:iam::{account}:role/range-controller"
        assert role["externalId"] == "steadfast-edition-one"


@pytest.mark.parametrize("name", EVERY_STACK)
def test_volumes_carry_the_stacks_tags_too(recorded: dict[str, Any], name: str) -> None:
    for host in recorded[name].of("Instance"):
        assert host.inputs["volumeTags"]["range:ally"] == name
        assert host.inputs["volumeTags"]["range:state"]


@pytest.mark.parametrize("name", ENCLAVES)
def test_both_sides_of_the_attachment_are_in_the_enclaves_stack(recorded: dict[str, Any], name: str) -> None:
    recorder = recorded[name]

    assert recorder.one("VpcAttachment").provider == "ally"
    for kind in (
        "PrincipalAssociation",
        "VpcAttachmentAccepter",
        "ec2transitgateway/routeTableAssociation:RouteTableAssociation",
        "RouteTablePropagation",
    ):
        assert {found.provider for found in recorder.of(kind)} == {"hub"}
    assert len(recorder.one("VpcAttachment").inputs["subnetIds"]) == 2


def test_only_an_ally_with_a_bilateral_flow_has_a_table_of_its_own_and_only_its_partner_is_in_it(
    recorded: dict[str, Any],
) -> None:
    table = "ec2transitgateway/routeTableAssociation:RouteTableAssociation"

    def learned_by(name: str) -> set[str]:
        return {found.name for found in recorded[name].of("RouteTablePropagation")}

    assert recorded["gbr"].one(table).inputs["transitGatewayRouteTableId"] == "table-enclaves"
    assert recorded["est"].one(table).inputs["transitGatewayRouteTableId"] == "table-est"
    assert learned_by("gbr") == {"hub", "white", "red"}
    assert learned_by("est") == {"hub", "white", "red", "pol"}
    assert learned_by("pol") == {"hub", "white", "red", "est"}


@pytest.mark.parametrize("name", ENCLAVES)
def test_all_guardrails_are_attached_to_the_account_by_the_hub(recorded: dict[str, Any], name: str) -> None:
    attached = recorded[name].of("PolicyAttachment")

    assert len(attached) == 4
    assert {found.provider for found in attached} == {"hub"}
    assert len({found.inputs["targetId"] for found in attached}) == 1


def test_targets_are_mirrored_to_the_sensor(recorded: dict[str, Any]) -> None:
    recorder = recorded["est"]
    sessions = recorder.of("TrafficMirrorSession")

    assert recorder.one("TrafficMirrorTarget").inputs["networkInterfaceId"] == "eni-sensor-1"
    assert {session.inputs["networkInterfaceId"] for session in sessions} == {"eni-web-1", "eni-files-1", "eni-shell-1"}
    assert len({session.inputs["virtualNetworkId"] for session in sessions}) == 3
    assert {rule.inputs["trafficDirection"] for rule in recorder.of("TrafficMirrorFilterRule")} == {"ingress", "egress"}


def test_a_team_without_sensors_mirrors_nothing(recorded: dict[str, Any]) -> None:
    assert not [found for found in recorded["red"].aws() if "Mirror" in found.kind]


@pytest.mark.parametrize("name", EVERY_STACK)
def test_names_are_answered_for_the_hubs_services_and_refused_for_the_rest(recorded: dict[str, Any], name: str) -> None:
    recorder = recorded[name]
    rules = {rule.name: rule.inputs for rule in recorder.of("ResolverFirewallRule")}
    lists = {found.name: found.inputs["domains"] for found in recorder.of("ResolverFirewallDomainList")}

    assert {record.inputs["name"] for record in recorder.of("Record")} == {
        "collector.steadfast.internal",
        "intel.steadfast.internal",
    }
    assert rules["allowed"]["action"] == "ALLOW"
    assert rules["allowed"]["priority"] < rules["rest"]["priority"]
    assert (rules["rest"]["action"], rules["rest"]["blockResponse"]) == ("BLOCK", "NXDOMAIN")
    assert lists["rest"] == ["*"]
    assert recorder.one("ResolverFirewallConfig").inputs["firewallFailOpen"] == "DISABLED"


@pytest.mark.parametrize("name", EVERY_STACK)
def test_the_password_is_a_secret_and_can_be_made_again_the_same_day(recorded: dict[str, Any], name: str) -> None:
    recorder = recorded[name]

    assert recorder.one("SecretVersion").secrets == {"secretString"}
    assert recorder.one("Secret").inputs["recoveryWindowInDays"] == 0
    assert not [found.type for found in recorder.aws() if "made-up-by-aws" in found.inputs.values()][1:]


@pytest.mark.parametrize("name", ENCLAVES)
def test_hosts_and_participants_are_within_the_boundary(recorded: dict[str, Any], name: str) -> None:
    roles = {role.name: role.inputs for role in recorded[name].of("Role")}
    bounded = {role for role, inputs in roles.items() if "permissionsBoundary" in inputs}

    assert bounded == roles.keys() - {"flow"}
    assert "as-participant" in bounded
    assert roles["flow"]["assumeRolePolicy"].count("vpc-flow-logs.amazonaws.com") == 1


@pytest.mark.parametrize("name", ENCLAVES)
def test_traffic_is_written_down_to_look_at_and_to_keep(recorded: dict[str, Any], name: str) -> None:
    logs = recorded[name].of("FlowLog")

    assert {log.inputs["logDestinationType"] for log in logs} == {"cloud-watch-logs", "s3"}
    assert {log.inputs["trafficType"] for log in logs} == {"ALL"}
    trail = recorded[name].one("Trail").inputs
    assert (trail["isMultiRegionTrail"], trail["enableLogFileValidation"]) == (True, True)


@pytest.mark.parametrize("name", EVERY_STACK)
def test_what_aws_gives_by_default_is_emptied(recorded: dict[str, Any], name: str) -> None:
    recorder = recorded[name]

    assert {"ingress", "egress"}.isdisjoint(recorder.one("DefaultSecurityGroup").inputs)
    assert {"ingress", "egress", "subnetIds"}.isdisjoint(recorder.one("DefaultNetworkAcl").inputs)
    assert recorder.one("DefaultRouteTable").inputs["routes"] == []
    assert len(recorder.of("NetworkAclAssociation")) == len(recorder.of("Subnet"))


@pytest.mark.parametrize("name", EVERY_STACK)
def test_subnets_are_placed_by_availability_zone_id_and_each_zone_is_in_all_of_them(
    recorded: dict[str, Any], name: str
) -> None:
    subnets = recorded[name].of("Subnet")
    places = {(s.inputs["tags"]["range:zone"], s.inputs["availabilityZoneId"]) for s in subnets}

    assert not any("availabilityZone" in subnet.inputs for subnet in subnets)
    assert {(zone, place) for zone, _ in places for place in ("euw2-az1", "euw2-az2")} == places
    assert ("transit", "euw2-az1") in places


@pytest.mark.parametrize("name", EVERY_STACK)
def test_images_are_looked_up_by_owner_and_exact_name(recorded: dict[str, Any], name: str) -> None:
    lookups = [call.args for call in recorded[name].lookups if call.token == "aws:ec2/getAmi:getAmi"]

    assert [lookup["owners"] for lookup in lookups] == [["136693071363"]]
    assert [lookup["filters"] for lookup in lookups] == [
        [{"name": "name", "values": ["debian-13-amd64-20251117-2299"]}]
    ]


@pytest.mark.parametrize(("found", "ami"), [((), "ami-0123456789abcdef0"), (("ami-golden",), "ami-golden")])
def test_hosts_are_made_of_golden_images_where_there_are_any(
    record: Any, steadfast: Path, monkeypatch: pytest.MonkeyPatch, found: tuple[str, ...], ami: str
) -> None:
    asked: list[dict[str, Any]] = []
    usual = Recorder.call

    def call(self: Recorder, args: Any) -> Any:
        if args.token != "aws:ec2/getAmiIds:getAmiIds":
            return usual(self, args)
        asked.append(args.args)
        return {"ids": list(found)}, []

    monkeypatch.setattr(Recorder, "call", call)

    recorder = record("steadfast.est", steadfast)

    assert {instance.inputs["ami"] for instance in recorder.of("Instance")} == {ami}
    assert {tuple(each["owners"]) for each in asked} == {("100000000002",)}
    names = sorted(each["filters"][0]["values"][0] for each in asked)  # asked side by side
    assert [name.rpartition("-")[0] for name in names] == [
        f"steadfast-{role}" for role in ("sensor", "target_files", "target_shell", "target_web")
    ]


def test_no_two_resources_of_a_stack_have_the_same_name_in_aws(recorded: dict[str, Any]) -> None:
    for recorder in recorded.values():
        apart = [found for found in recorder.aws() if "name" in found.inputs and found.kind != "RolePolicy"]
        assert len(apart) == len({(found.type, found.inputs["name"]) for found in apart})


def test_names_fit_even_in_the_exercise_with_the_longest_name(record: Any, exercise_file: Any) -> None:
    def lengthen(exercise: dict[str, Any]) -> None:
        exercise["name"] = "a-rather-long-exercise-x"

    spec: Path = exercise_file(lengthen)
    recorder = record("a-rather-long-exercise-x.white", spec)

    for kind in ("Role", "InstanceProfile", "iam/policy:Policy"):
        assert all(len(found.inputs["name"]) <= 64 for found in recorder.of(kind))
    assert all(len(found.inputs["name"]) <= 64 for found in recorder.of("ResolverFirewallDomainList"))
    assert all(3 <= len(found.inputs["bucket"]) <= 63 for found in recorder.of("Bucket"))
