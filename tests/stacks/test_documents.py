"""Policy documents: that they parse, fit AWS's limits, and bind everybody they name to the account's own things."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stacks.documents.buckets import archive_policy, evidence_policy
from stacks.documents.endpoints import own_principals_only, own_resources_only
from stacks.documents.keys import KeyUsers, key_policy
from stacks.documents.language import Place, rendered, statement
from stacks.documents.roles import boundary, plays, trusted_flow_logs, writes_flow_logs

EST = Place("eu-west-2", "200000000002")
HUB_CONTROLLER = "arn:aws:iam::100000000002:role/range-controller"
KEY = key_policy(KeyUsers(EST, "/range/steadfast/est/*", "steadfast-est-trail", HUB_CONTROLLER))

LIMITS = {
    "BucketPolicy": 20_480,
    "Key": 32_768,
    "Role": 2_048,
    "RolePolicy": 10_240,
    "Policy": 6_144,
    "VpcEndpoint": 20_480,
}
"""Characters. Source: quota pages of S3, KMS, IAM and PrivateLink (read 2026-11-22)."""


def by_sid(text: str) -> dict[str, dict[str, Any]]:
    return {found["Sid"]: found for found in json.loads(text)["Statement"]}


@pytest.mark.parametrize("name", ["hub", "gbr", "est", "pol", "red", "white"])
def test_every_policy_of_a_stack_parses_and_fits(recorded: dict[str, Any], name: str) -> None:
    policies = [
        (found.kind, found.inputs[field])
        for found in recorded[name].aws()
        for field in ("policy", "assumeRolePolicy", "content")
        if field in found.inputs
    ]

    assert len(policies) > 8
    for kind, text in policies:
        parsed = json.loads(text)
        assert parsed["Version"] == "2012-10-17"
        sids = [found["Sid"] for found in parsed["Statement"]]
        assert len(sids) == len(set(sids))
        assert all(sid.isalnum() for sid in sids)
        assert len(text) <= LIMITS.get(kind, 5_120)


def test_a_key_is_used_through_services_only_and_each_is_bound_to_the_account() -> None:
    statements = by_sid(KEY)

    assert statements["AccountAdministers"]["Principal"] == {"AWS": "arn:aws:iam::200000000002:root"}
    assert not {"kms:*", "kms:Decrypt", "kms:CreateGrant"} & set(statements["AccountAdministers"]["Action"])
    for sid in ("ThroughServices", "VolumesByGrant"):
        assert statements[sid]["Condition"]["StringEquals"]["kms:CallerAccount"] == "200000000002"
        assert "kms:ViaService" in statements[sid]["Condition"]["StringEquals"]
    assert statements["VolumesByGrant"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}
    for sid in ("Logs", "FlowLogDelivery", "TrailEncrypts", "TrailLooks"):
        assert "200000000002" in json.dumps(statements[sid]["Condition"])


def test_only_the_hubs_controller_uses_an_allys_key_from_outside_and_only_for_the_archive() -> None:
    outside = [found for found in json.loads(KEY)["Statement"] if "100000000002" in json.dumps(found)]

    assert [found["Principal"] for found in outside] == [{"AWS": HUB_CONTROLLER}]
    assert outside[0]["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-west-2.amazonaws.com"}}


def test_no_document_trusts_the_organisation_as_a_whole(recorded: dict[str, Any]) -> None:
    for recorder in recorded.values():
        for found in recorder.aws():
            written = json.dumps(found.inputs)
            assert "PrincipalOrg" not in written
            assert "ResourceOrg" not in written


def test_evidence_is_written_by_the_accounts_own_trail_and_flow_logs_alone() -> None:
    statements = by_sid(evidence_policy(EST, "bucket", "steadfast-est-trail"))
    writers = {sid: found for sid, found in statements.items() if found["Effect"] == "Allow" and sid.endswith("Write")}

    assert set(writers) == {"TrailWrite", "FlowLogsWrite"}
    for found in writers.values():
        assert found["Resource"] == "arn:aws:s3:::bucket/AWSLogs/200000000002/*"
        assert found["Condition"]["StringEquals"]["s3:x-amz-acl"] == "bucket-owner-full-control"
        assert "200000000002" in json.dumps(found["Condition"])


@pytest.mark.parametrize("policy", [evidence_policy(EST, "bucket", "trail"), archive_policy(EST, "bucket")])
def test_buckets_refuse_other_accounts_and_requests_in_clear(policy: str) -> None:
    statements = by_sid(policy)

    assert statements["NothingInClear"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statements["NobodyElse"]["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": "200000000002"}
    assert all(found["Effect"] == "Deny" for found in (statements["NothingInClear"], statements["NobodyElse"]))


def test_endpoints_separate_allies_by_account() -> None:
    (own,) = json.loads(own_resources_only(EST))["Statement"]
    (people,) = json.loads(own_principals_only(EST))["Statement"]

    assert own["Condition"] == {"StringEquals": {"aws:ResourceAccount": "200000000002"}}
    assert people["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "200000000002"}}


def test_flow_logs_can_not_bring_a_deleted_log_group_back() -> None:
    assert "CreateLogGroup" not in writes_flow_logs(EST, "/range/steadfast/est/flow")
    assert by_sid(trusted_flow_logs(EST))["FlowLogs"]["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "200000000002"
    }


def test_the_boundary_names_services_and_keeps_what_is_declared() -> None:
    statements = by_sid(boundary(EST, ("evidence",)))

    assert statements["Services"]["Effect"] == "Allow"
    assert not {"*", "iam:*", "organizations:*", "kms:*", "sts:*"} & set(statements["Services"]["Action"])
    assert statements["DeclaredThingsStay"]["Condition"] == {"Null": {"aws:ResourceTag/range:state": "false"}}
    assert not {"ec2:TerminateInstances", "ec2:*", "ec2:DeleteTags"} & set(
        statements["DeclaredThingsStay"]["NotAction"]
    )
    assert statements["EvidenceStays"]["Resource"] == ["arn:aws:s3:::evidence", "arn:aws:s3:::evidence/*"]


def test_participants_act_in_their_own_account_and_read_their_own_password_only() -> None:
    statements = by_sid(plays(EST, "steadfast/est/hosts-*"))

    assert statements["Own"]["Condition"] == {"StringEquals": {"aws:ResourceAccount": "200000000002"}}
    assert statements["HostPassword"]["Resource"] == (
        "arn:aws:secretsmanager:eu-west-2:200000000002:secret:steadfast/est/hosts-*"
    )


def test_a_document_is_the_same_text_however_its_statements_were_put_together() -> None:
    one = rendered(statement("A", "Allow", ("s3:Get*",), condition={"Bool": {"x": "true"}, "Null": {"y": "true"}}))
    other = rendered(statement("A", "Allow", ("s3:Get*",), condition={"Null": {"y": "true"}, "Bool": {"x": "true"}}))

    assert one == other
    assert " " not in one


def test_government_regions_have_a_partition_of_their_own() -> None:
    assert Place("us-gov-west-1", "1").iam("role/x") == "arn:aws-us-gov:iam::1:role/x"
    assert Place("eu-west-2", "1").iam("role/x") == "arn:aws:iam::1:role/x"
