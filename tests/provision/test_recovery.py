"""What is made anew because a create failed when the thing was there already."""

from __future__ import annotations

from typing import Any

from range.provision.recovery import to_forget
from range.provision.state import State

GROUP, RULE = "aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
ACCEPTER = "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter"


def thing(type_: str, name: str, *needs: str, half: bool = False, id_: str = "") -> dict[str, Any]:
    """Write a resource as a deployment has it; `needs` are the names of what it depends on."""
    return {
        "urn": name,
        "type": type_,
        "id": id_ or name,
        "custom": True,
        "dependencies": list(needs),
        "created": "10:00",
        "modified": "10:00",
        "initErrors": ["no"] if half else [],
    }


def forgotten(*resources: dict[str, Any]) -> frozenset[str]:
    state = State.model_validate({"resources": resources})
    return to_forget(state, [known for known in state.real if known.half_made])


def test_a_half_on_which_nothing_depends_is_forgotten() -> None:
    assert forgotten(thing(GROUP, "group", half=True), thing(GROUP, "other")) == {"group"}


def test_what_something_whole_depends_on_is_being_replaced_and_stays() -> None:
    assert forgotten(thing(GROUP, "group", half=True), thing(RULE, "rule", "group")) == frozenset()


def test_a_half_whose_forerunner_is_still_there_is_being_replaced_and_stays() -> None:
    assert forgotten(thing(GROUP, "group", half=True, id_="sg-2"), thing(GROUP, "group", id_="sg-1")) == frozenset()


def test_halves_that_depend_on_one_another_go_together() -> None:
    assert forgotten(thing(GROUP, "group", half=True), thing(RULE, "rule", "group", half=True)) == {"group", "rule"}


def test_with_what_can_t_accept_goes_what_it_was_to_accept() -> None:
    attachment = thing(ATTACHMENT, "attachment", id_="tgw-attach-1")
    accepter = thing(ACCEPTER, "accepter", "attachment", half=True, id_="tgw-attach-1")

    assert forgotten(attachment, accepter) == {"attachment", "accepter"}
    assert forgotten(attachment, accepter, thing(RULE, "whole", "attachment")) == frozenset()
