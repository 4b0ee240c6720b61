"""What a program may ask for, and what it is told when it asks for something else."""

from __future__ import annotations

from typing import Any

import pytest

from range.rehearsal.provider import known
from range.rehearsal.provider.check import completed, problems, type_problem
from range.rehearsal.provider.clients import Caller
from range.rehearsal.provider.table import ROWS
from range.rehearsal.provider.wire import UNKNOWN

_VPC = ROWS["aws:ec2/vpc:Vpc"]
_CALLER: Any = Caller(None, None, "eu-west-2", default_tags=(("range:ally", "est"),))  # type: ignore[arg-type]


def _problems(token: str, **given: Any) -> dict[str, str]:
    return dict(problems(ROWS[token], given))


def _completed(token: str, old: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    return completed(ROWS[token], given, old or {}, name="logs", seed=b"seed", caller=_CALLER)


def test_a_type_that_aws_has_and_the_rehearsal_doesnt_is_named_with_its_place() -> None:
    assert type_problem("aws:sqs/queue:Queue", ROWS) == (
        "the rehearsal doesn't serve aws:sqs/queue:Queue yet; its resource table is range/rehearsal/provider/types"
    )


def test_a_type_that_nobody_has_is_told_what_it_may_be() -> None:
    said = type_problem("aws:ec2/vcp:Vcp", ROWS)

    assert "has no type aws:ec2/vcp:Vcp" in said
    assert "did you mean aws:ec2/vpc:Vpc" in said


def test_a_property_that_nobody_has_is_told_what_it_may_be() -> None:
    assert _problems("aws:ec2/vpc:Vpc", cidrBlok="10.0.0.0/16") == {
        "cidrBlok": "aws:ec2/vpc:Vpc has no property cidrBlok; did you mean cidrBlock or ipv6CidrBlock?"
    }


def test_a_property_that_aws_has_is_never_ignored() -> None:
    said = _problems("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", assignGeneratedIpv6CidrBlock=True)

    assert "doesn't carry out assignGeneratedIpv6CidrBlock" in said["assignGeneratedIpv6CidrBlock"]


@pytest.mark.parametrize(
    ("token", "given", "where"),
    [
        ("aws:ec2/vpc:Vpc", {"cidrBlock": ["10.0.0.0/16"]}, "cidrBlock"),
        ("aws:ec2/vpc:Vpc", {"enableDnsSupport": "perhaps"}, "enableDnsSupport"),
        ("aws:ec2/networkAcl:NetworkAcl", {"vpcId": "vpc-1", "ingress": [{"ruleNo": "x"}]}, "ingress[0].ruleNo"),
        ("aws:ec2/networkAcl:NetworkAcl", {"vpcId": "vpc-1", "ingress": [{"colour": 1}]}, "ingress[0].colour"),
        ("aws:iam/role:Role", {"assumeRolePolicy": "{"}, "assumeRolePolicy"),
        ("aws:ec2/vpc:Vpc", {"tags": ["Name"]}, "tags"),
        ("aws:ec2/subnet:Subnet", {}, "vpcId"),
    ],
)
def test_a_wrong_value_is_refused_where_it_is(token: str, given: dict[str, Any], where: str) -> None:
    assert where in _problems(token, **given)


def test_what_isnt_known_yet_is_accepted_everywhere() -> None:
    given = {item.name: UNKNOWN for item in ROWS["aws:ec2/instance:Instance"].inputs}

    assert list(problems(ROWS["aws:ec2/instance:Instance"], given)) == []


def test_a_name_is_made_once_and_kept() -> None:
    policy = '{"Statement": []}'
    first = _completed("aws:iam/role:Role", assumeRolePolicy=policy)
    again = completed(
        ROWS["aws:iam/role:Role"], {"assumeRolePolicy": policy}, first, name="logs", seed=b"another", caller=_CALLER
    )

    assert first["name"].startswith("logs-")
    assert first["__defaults"] == ["name"]
    assert again["name"] == first["name"]


def test_the_region_and_all_tags_are_filled_in() -> None:
    found = _completed("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", tags={"Name": "net", "range:ally": "pol"})

    assert found["region"] == "eu-west-2"
    assert found["tagsAll"] == {"Name": "net", "range:ally": "pol"}
    assert _completed("aws:ec2/vpc:Vpc")["tagsAll"] == {"range:ally": "est"}


def test_tags_that_arent_known_yet_make_all_tags_unknown() -> None:
    assert _completed("aws:ec2/vpc:Vpc", tags={"Name": UNKNOWN})["tagsAll"] is UNKNOWN


@pytest.mark.parametrize("token", ROWS)
def test_every_row_is_about_what_pulumi_aws_knows(token: str) -> None:
    row, inputs, outputs = ROWS[token], known.inputs(token), known.outputs(token)

    assert {item.name for item in row.inputs} - {"tagsAll"} <= inputs
    assert {item.name for item in row.by_name.values() if item.output} <= outputs
    assert row.regional is ("region" in inputs)
    assert (row.tags is not None) is ("tags" in inputs)


def test_what_pulumi_aws_knows_is_read_without_importing_it() -> None:
    assert known.knows("aws:lambda/function:Function")
    assert not known.knows("aws:ec2/nothing:Nothing")
    assert {"cidrBlock", "instanceTenancy"} <= known.inputs("aws:ec2/vpc:Vpc")
    assert "versioningConfiguration" in known.inputs("aws:s3/bucketVersioning:BucketVersioning")
