"""Shortcuts give the answers that moto gives the long way."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
import xmltodict  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from moto.core import serialize
from moto.core.request import Request as MotoRequest
from moto.core.responses import method_names_from_class
from moto.ec2.models.tags import TagBackend
from moto.ec2.responses import EC2Response
from moto.iam.responses import IamResponse
from moto.moto_api._internal import mock_random

from range.rehearsal.adaptations.serializing import _as_xml
from range.rehearsal.carried import as_moto
from range.rehearsal.messages import Request
from range.rehearsal.services import only_reads
from tests.rehearsal.conftest import EST, HUB, Exercise

_name = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True)
_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
_leaf = st.none() | st.booleans() | st.integers() | _text
_body = st.recursive(_leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_name, inner, max_size=3))


@given(root=_name, body=st.dictionaries(_name, _body, max_size=4), full=st.booleans(), short=st.booleans(), space=_text)
def test_answers_are_written_as_xmltodict_writes_them(
    root: str, body: dict[str, Any], full: bool, short: bool, space: str
) -> None:
    whole = {root: {"@xmlns": space, **body}}

    written = _as_xml(whole, full_document=full, short_empty_elements=short)

    assert xmltodict.parse(written) == xmltodict.parse(
        xmltodict.unparse(whole, full_document=full, short_empty_elements=short)
    )


@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("ec2", "describe_vpcs"),
        ("ec2", "describe_subnets"),
        ("ec2", "describe_security_groups"),
        ("ec2", "describe_route_tables"),
        ("ec2", "describe_images"),
        ("iam", "list_roles"),
        ("route53", "list_hosted_zones"),
    ],
)
def test_values_are_picked_as_moto_picks_them(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch, service: str, call: str
) -> None:
    quick = getattr(exercise.client(service), call)()

    monkeypatch.setattr(serialize.XFormedAttributePicker, "__call__", serialize.AttributePicker.__call__)
    slow = getattr(exercise.client(service), call)()

    for answer in (quick, slow):
        answer.pop("ResponseMetadata")
    assert quick == slow


@pytest.mark.parametrize("cls", [EC2Response, IamResponse])
def test_every_operation_of_a_service_is_found(exercise: Exercise, cls: type) -> None:
    listed = {name for name, _ in inspect.getmembers(cls, predicate=inspect.isfunction)}

    assert listed <= set(method_names_from_class(cls))


def test_tags_of_a_resource_are_those_that_the_list_has(ec2: Any, vpc: str, subnet: str) -> None:
    ec2.create_tags(Resources=[vpc, subnet], Tags=[{"Key": key, "Value": f"{key} of {{}}"} for key in ("a", "b")])

    listed = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc]}])["Tags"]

    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"] == [
        {"Key": tag["Key"], "Value": tag["Value"]} for tag in listed
    ]
    assert "describe_tags" in vars(TagBackend)


def test_accounts_share_the_public_images_of_a_region(client: Callable[..., Any]) -> None:
    amazon = {"Owners": ["amazon"]}

    seen = [client("ec2", account).describe_images(**amazon)["Images"] for account in (EST, HUB)]

    assert seen[0] == seen[1]
    assert len(seen[0]) > 1000
    assert client("ec2").describe_images(Owners=["self"])["Images"] == []


def test_an_own_image_stands_beside_them_and_goes(ec2: Any) -> None:
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]
    ec2.describe_instances()

    made = ec2.create_image(InstanceId=launched["InstanceId"], Name="golden")["ImageId"]

    assert [each["ImageId"] for each in ec2.describe_images(Owners=["self"])["Images"]] == [made]
    ec2.deregister_image(ImageId=made)
    assert ec2.describe_images(Owners=["self"])["Images"] == []


@pytest.mark.parametrize(
    ("operation", "reads"),
    [
        ("DescribeVpcs", True),
        ("GetCallerIdentity", True),
        ("ListBuckets", True),
        ("HeadBucket", True),
        ("SearchTransitGatewayRoutes", True),
        ("CreateVpc", False),
        ("AssumeRole", False),
        ("ReceiveMessage", False),
        ("GenerateCredentialReport", False),
        ("PutObject", False),
        ("", False),
    ],
)
def test_what_only_reads_is_told_by_its_name(operation: str, reads: bool) -> None:
    assert only_reads(operation) is reads


@pytest.mark.parametrize(
    "body",
    [b"", b"Action=DescribeVpcs&Filter.1.Value.1=a%20b+c&Empty=&Twice=1&Twice=2&%C3%A9=%E9", b"\xff\xfe", b"text"],
)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded; charset=utf-8", "application/json", ""])
@pytest.mark.parametrize("raw_first", [True, False])
def test_forms_are_read_as_werkzeug_reads_them(body: bytes, kind: str, raw_first: bool) -> None:
    request = Request("POST", "https://ec2.eu-west-2.amazonaws.com/?in=url", {"Content-Type": kind}, body)
    quick, slow = as_moto(request), as_moto(request)
    slow.__class__ = MotoRequest  # type: ignore[assignment]

    for each in (quick, slow):
        if raw_first:
            each.get_data()
    assert quick.form == slow.form
    assert list(quick.values.items(multi=True)) == list(slow.values.items(multi=True))
    assert (quick.data, dict(quick.files)) == (slow.data, dict(slow.files))


def test_random_texts_have_the_length_and_the_letters_that_moto_wants(exercise: Exercise) -> None:
    exercise.client("ec2").describe_vpcs()

    assert re.fullmatch("[A-Za-z0-9]{52}", mock_random.get_random_string(52))
    assert re.fullmatch("[a-z]{20}", mock_random.get_random_string(include_digits=False, lower_case=True))
    assert mock_random.get_random_string() != mock_random.get_random_string()
