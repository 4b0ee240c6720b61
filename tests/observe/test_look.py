"""What the witness sees, that it sees the same in what is the same, and that it never takes silence for emptiness."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.config import Config
from botocore.credentials import Credentials

from range.errors import CloudError
from range.observe import door
from range.observe.canonical import Seen, canonical
from range.observe.door import Door, Entry, House
from range.observe.kinds import Kind
from range.observe.look import look
from range.observe.omissions import OMISSIONS, PARTICIPANT, REVOCATION, without_own_servers
from range.observe.table import TABLE
from range.records.observation import Observation
from range.rehearsal.provider.table import ROWS as PROVIDED
from range.verify.baseline import differences, untold
from tests.observe.conftest import HOME, Ground
from tests.wire import CALLS, on_aws, sent

ANYONE = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
)
WATCHED = {
    "ec2:vpc", "ec2:subnet", "ec2:security-group", "ec2:security-group-rule", "ec2:route", "ec2:route-table",
    "ec2:network-acl", "ec2:network-acl-entry", "ec2:internet-gateway", "ec2:network-interface", "s3:bucket", "iam:role",
    "iam:user", "ec2:ebs-encryption-default", "iam:account-alias", "sqs:queue", "ssm:parameter", "sns:topic",
    "logs:log-group", "ec2:dhcp-options", "route53:zone", "ssm:patch-baseline",
}  # fmt: skip
"""What the tests change; looking at that alone is quicker."""


def network(ground: Ground, block: str = "10.9.0.0/16") -> str:
    """Make a network with names; gives its id."""
    ec2 = ground.client("ec2")
    named = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "declared"}]}]
    vpc = str(ec2.create_vpc(CidrBlock=block, TagSpecifications=named)["Vpc"]["VpcId"])
    within = {"VpcId": vpc, "CidrBlock": block.replace("/16", "/24"), "AvailabilityZone": f"{HOME}a"}
    subnet = ec2.create_subnet(**within)["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="web", Description="web")["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    ec2.create_network_interface(SubnetId=subnet, Groups=[group])
    return vpc


def see(ground: Ground) -> Observation:
    """Look at home and at global services, at what the tests change."""
    seen = look(ground.door, table=tuple(_home_only(kind) for kind in TABLE if kind.type in WATCHED))
    assert seen.unread == ()
    return seen


def _home_only(kind: Kind) -> Kind:
    return Kind(**{**vars(kind), "abroad": False})


def told(before: Observation, after: Observation) -> set[tuple[str, str]]:
    return {(each.kind, each.type) for each in differences(before, after)}


def test_at_least_sixty_types_are_looked_for_and_no_two_rows_are_of_one() -> None:
    types = [kind.type for kind in TABLE]

    assert len(set(types)) == len(types) >= 60


def test_every_service_that_the_stacks_use_is_looked_at_and_more() -> None:
    used = {row.service for row in PROVIDED.values()} - {"sts"}
    looked_at = {kind.service for kind in TABLE}

    assert used < looked_at
    assert len(TABLE) > len(PROVIDED)


def test_every_omission_has_a_reason_and_is_of_a_type_that_is_looked_for() -> None:
    for rule in OMISSIONS:
        assert len(rule.reason) > 4
        assert any(re.fullmatch(rule.types, kind.type) for kind in TABLE), rule.types


def test_two_looks_at_the_same_account_have_the_same_digest(ground: Ground) -> None:
    network(ground)

    first, second = look(ground.door), look(ground.door)

    assert first.digest == second.digest
    assert differences(first, second) == ()
    assert first.unread == ()
    assert len(first.regions) >= 10


def test_the_same_things_made_twice_have_the_same_digest_whatever_ids_aws_drew(
    ground: Ground, fresh: Iterator[Ground]
) -> None:
    other = next(fresh)
    ids = [network(ground), network(other)]

    seen = [see(each) for each in (ground, other)]

    assert ids[0] != ids[1]
    assert [str(each) for each in differences(*seen)] == []
    assert seen[0].digest == seen[1].digest
    assert not any(drawn in seen[0].model_dump_json(exclude={"things": {"__all__": {"id"}}}) for drawn in ids)


Mischief = Callable[[Ground, str], object]


def _rule(ground: Ground, vpc: str) -> object:
    groups = ground.client("ec2").describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    group = next(each["GroupId"] for each in groups["SecurityGroups"] if each["GroupName"] == "web")
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    return ground.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def _route(ground: Ground, vpc: str) -> object:
    ec2 = ground.client("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    return ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def _entry(ground: Ground, vpc: str) -> object:
    ec2 = ground.client("ec2")
    acl = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"][0]["NetworkAclId"]
    line = {"Protocol": "-1", "RuleAction": "deny", "CidrBlock": "10.0.0.0/8"}
    return ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=7, Egress=True, **line)


def _bucket_policy(ground: Ground, vpc: str) -> object:
    s3 = ground.client("s3")
    s3.create_bucket(Bucket=f"loot-{ground.account}", CreateBucketConfiguration={"LocationConstraint": HOME})
    return s3.put_object(Bucket=f"loot-{ground.account}", Key="loot", Body=b"x")


def _options(ground: Ground, domain: str) -> object:
    told = {"domain-name": domain, "domain-name-servers": "AmazonProvidedDNS"}
    options = [{"Key": key, "Values": [value]} for key, value in told.items()]
    return ground.client("ec2").create_dhcp_options(DhcpConfigurations=options)


def _delegation(ground: Ground, vpc: str) -> object:
    zone = ground.client("route53").list_hosted_zones()["HostedZones"][0]["Id"]
    servers = {
        "Name": "lost.range.internal",
        "Type": "NS",
        "TTL": 60,
        "ResourceRecords": [{"Value": "ns.evil.example."}],
    }
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": servers}]}
    return ground.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)


def _refusing(ground: Ground, role: str) -> object:
    """Give a role a policy that is called, and says, what a revocation does."""
    everything = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    return ground.client("iam").put_role_policy(RoleName=role, PolicyName=REVOCATION, PolicyDocument=document)


CHANGES: dict[str, tuple[Mischief, tuple[str, str]]] = {
    "a rule": (_rule, ("added", "ec2:security-group-rule")),
    "a route": (_route, ("added", "ec2:route")),
    "an entry": (_entry, ("added", "ec2:network-acl-entry")),
    "a tag": (
        lambda g, vpc: g.client("ec2").create_tags(Resources=[vpc], Tags=[{"Key": "x", "Value": "y"}]),
        ("changed", "ec2:vpc"),
    ),
    "a vpc's attribute": (
        lambda g, vpc: g.client("ec2").modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False}),
        ("changed", "ec2:vpc"),
    ),
    "whether a vpc counts its addresses": (
        lambda g, vpc: g.client("ec2").modify_vpc_attribute(
            VpcId=vpc, EnableNetworkAddressUsageMetrics={"Value": True}
        ),
        ("changed", "ec2:vpc"),
    ),
    "a bucket": (_bucket_policy, ("added", "s3:bucket")),
    "a role": (
        lambda g, _: g.client("iam").create_role(RoleName="back", AssumeRolePolicyDocument=ANYONE),
        ("added", "iam:role"),
    ),
    "a refusal that is called like a revocation": (lambda g, _: _refusing(g, "back"), ("changed", "iam:role")),
    "a zone": (
        lambda g, _: g.client("route53").create_hosted_zone(Name="range.internal", CallerReference=g.account),
        ("added", "route53:zone"),
    ),
    "a delegation": (_delegation, ("changed", "route53:zone")),
    "dhcp options that only name another domain": (
        lambda g, _: _options(g, "evil.example"),
        ("added", "ec2:dhcp-options"),
    ),
    "a patch baseline that is called like AWS's": (
        lambda g, _: g.client("ssm").create_patch_baseline(Name="AWS-Evil"),
        ("added", "ssm:patch-baseline"),
    ),
    "a user": (lambda g, _: g.client("iam").create_user(UserName="mallory"), ("added", "iam:user")),
    "a default": (
        lambda g, _: g.client("ec2").enable_ebs_encryption_by_default(),
        ("changed", "ec2:ebs-encryption-default"),
    ),
    "an account's alias": (
        lambda g, _: g.client("iam").create_account_alias(AccountAlias=f"ours-{g.account}"),
        ("changed", "iam:account-alias"),
    ),
    "a queue": (lambda g, _: g.client("sqs").create_queue(QueueName="q"), ("added", "sqs:queue")),
    "a parameter": (
        lambda g, _: g.client("ssm").put_parameter(Name="p", Value="v", Type="String"),
        ("added", "ssm:parameter"),
    ),
    "a topic's policy": (lambda g, _: g.client("sns").create_topic(Name="t"), ("added", "sns:topic")),
}


def test_each_change_alone_is_seen_and_named_for_what_it_is(ground: Ground) -> None:
    vpc = network(ground)
    before = see(ground)

    for what, (change, expected) in CHANGES.items():
        change(ground, vpc)
        after = see(ground)
        assert expected in told(before, after), what
        assert after.digest != before.digest, what
        before = after


def test_what_aws_keeps_itself_and_what_the_range_takes_back_are_nobody_s_change(ground: Ground) -> None:
    role = f"range-est{PARTICIPANT}"
    ground.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=ANYONE)
    before = see(ground)

    _options(ground, f"{HOME}.compute.internal")
    _refusing(ground, role)

    assert told(before, see(ground)) == set()


def test_the_name_servers_of_a_zone_are_aws_s_and_a_delegation_is_somebody_s() -> None:
    zone = {"Name": "a.example.", "Records": [{"Name": name, "Type": "NS"} for name in ("a.example.", "b.a.example.")]}

    assert without_own_servers(zone)["Records"] == [{"Name": "b.a.example.", "Type": "NS"}]


def test_what_is_in_another_region_is_seen(ground: Ground) -> None:
    before = look(ground.door)

    ground.client("ec2", "sa-east-1").create_vpc(CidrBlock="10.1.0.0/16")

    assert ("added", "ec2:vpc") in told(before, after := look(ground.door))
    assert {each.region for each in differences(before, after)} == {"sa-east-1"}


def test_more_than_one_page_is_read(ground: Ground) -> None:
    logs = ground.client("logs")
    for number in range(60):
        logs.create_log_group(logGroupName=f"group-{number:02}")

    assert see(ground).counts["logs:log-group"] == 60


def test_what_is_refused_is_unread_with_the_reason_and_never_empty(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = see(ground)
    asked = Door.listed

    def refusing(self: Door, service: str, operation: str, region: str, parameters: Any) -> Any:
        if operation == "describe_vpcs":
            raise CloudError("ec2 describe_vpcs: UnauthorizedOperation: no", code="UnauthorizedOperation")
        return asked(self, service, operation, region, parameters)

    monkeypatch.setattr(Door, "listed", refusing)
    seen = look(ground.door, table=tuple(_home_only(kind) for kind in TABLE if kind.type in WATCHED))

    assert ("ec2:vpc", "UnauthorizedOperation") in {(each.type, each.code) for each in seen.unread}
    assert {each.type for each in untold(before, seen)} >= {"ec2:vpc"}
    assert not {"ec2:vpc"} & {each.type for each in differences(before, seen)}


def test_a_region_that_is_not_enabled_any_more_is_untold(ground: Ground) -> None:
    seen = see(ground)

    assert [each.region for each in untold(seen, seen.model_copy(update={"regions": seen.regions[:-1]}))] == [
        seen.regions[-1]
    ]


def test_a_role_that_leads_into_another_account_is_an_error(ground: Ground, fresh: Iterator[Ground]) -> None:
    other = next(fresh)
    role = f"arn:aws:iam::{other.account}:role/OrganizationAccountAccessRole"

    with pytest.raises(CloudError, match=f"led into account {other.account}"):
        ground.door.house.enter(Entry(ground.account, role, "any-external-id"))


def test_a_rehearsal_s_witness_never_leaves_loopback(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://192.0.2.1:9")

    with pytest.raises(CloudError, match="nothing leaves loopback"):
        Door(House(HOME), ground.account, Credentials("a", "b")).call("sqs", "list_queues", "ap-east-1")


def test_where_nobody_answers_a_look_is_told_so_at_once_until_some_seconds_are_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_aws(monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(door, "_SETTINGS_HERE", door._SETTINGS_HERE.merge(Config(retries={"total_max_attempts": 1})))
    house, made = House(HOME), []  # type: tuple[House, list[str]]
    house.client("ec2", HOME)[0].meta.events.register("before-send", lambda request, **_: made.append(request.url))
    mine = Door(house, "200000000001", Credentials("a", "b"))

    for _ in "abc":
        with pytest.raises(CloudError, match="Could not connect"):
            mine.call("ec2", "describe_vpcs", HOME)
    assert len(made) == 1

    monkeypatch.setattr(door, "_SILENT_S", 0.0)
    with pytest.raises(CloudError, match="Could not connect"):
        mine.call("ec2", "describe_vpcs", HOME)
    assert len(made) == 2


@pytest.mark.parametrize(("service", "operation", "region", "host", "signed_for"), CALLS)
def test_on_aws_a_call_goes_to_the_host_of_its_region_and_is_signed_for_it(
    monkeypatch: pytest.MonkeyPatch, service: str, operation: str, region: str, host: str, signed_for: str
) -> None:
    on_aws(monkeypatch)
    house = House(HOME)
    caught = sent(house._session)

    with pytest.raises(CloudError, match=f"{service} {operation} in {region}"):
        Door(house, "200000000001", Credentials("AKIAEXAMPLE", "b")).call(service, operation, region)

    assert caught[0] == (host, f"{signed_for}/{service}")


def test_lists_of_values_are_no_tags_and_none_of_them_is_lost() -> None:
    one, two = (
        canonical(things({"Id": "i-1", "Records": [{"Value": value} for value in values]}))
        for values in (["10.0.0.1", "10.0.0.2"], ["10.6.6.6", "10.0.0.2"])
    )

    assert one != two


def things(*items: dict[str, Any]) -> list[Seen]:
    kind = Kind("ec2:thing", "ec2", "describe_things", "Things", "Id")
    return [Seen(kind, HOME, item) for item in items]


def test_what_only_its_content_names_is_told_apart_by_it_and_equals_are_counted() -> None:
    seen = canonical(things({"Id": "i-1", "A": 1}, {"Id": "i-2", "A": 1}, {"Id": "i-3", "A": 2}))

    assert len({thing.name for thing in seen}) == 3
    assert [thing.name[-3:] for thing in seen if thing.properties["A"] == 1] == [" #1", " #2"]


def test_times_and_empty_values_say_nothing() -> None:
    (one,) = canonical(things({"Id": "i-1", "Made": datetime.now(UTC), "Tags": [], "Note": "", "A": {"B": None}}))

    assert one.properties == {"Id": f"ec2:thing/{one.name}"}


def test_a_policy_is_read_so_that_its_spelling_says_nothing() -> None:
    texts = ['{"a": [1, 2], "b": "x"}', '{"b":"x","a":[2,1]}']

    one, two = (canonical(things({"Id": "i-1", "Policy": text}))[0] for text in texts)

    assert one.properties["Policy"] == two.properties["Policy"]
