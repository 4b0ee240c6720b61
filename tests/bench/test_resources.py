"""The table of resources that Terraform and Pulumi's engine are compared by."""

from __future__ import annotations

import json
from collections import Counter
from operator import attrgetter

import pytest

from bench.resources import CLASSES, Of, as_terraform, resources


def test_an_enclave_has_some_sixty_resources_of_kinds_that_the_stacks_have() -> None:
    table = list(resources(2))

    assert 60 <= len(table) - len(list(resources(1))) <= 70
    assert {each.type for each in table} == CLASSES.keys()
    assert max(Counter(each.name for each in table).values()) == 1


def test_what_a_resource_is_told_of_another_is_a_reference_of_terraform_s() -> None:
    written = json.loads(as_terraform(list(resources(1))))["resource"]

    assert written["aws_subnet"]["e0_subnet0"]["vpc_id"] == "${aws_vpc.e0_vpc.id}"
    assert written["aws_ec2_transit_gateway_vpc_attachment"]["e0_attachment"]["subnet_ids"] == [
        "${aws_subnet.e0_subnet4.id}",
        "${aws_subnet.e0_subnet5.id}",
    ]


def test_every_reference_names_a_resource_of_the_table() -> None:
    table = list(resources(2))
    named = {of.name for each in table for of in references(each.arguments)}

    assert named <= {each.name for each in table}


def references(value: object) -> list[Of]:
    """Find references, however deep."""
    if isinstance(value, Of):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [of for each in inside for of in references(each)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_type_is_a_class_of_pulumi_aws() -> None:
    import pulumi_aws

    assert all(callable(attrgetter(path)(pulumi_aws)) for path in CLASSES.values())
