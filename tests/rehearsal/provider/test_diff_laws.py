"""The laws of comparing what is wanted with what there is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from range.rehearsal.provider.diff import differences
from range.rehearsal.provider.rows import Row, call, fixed, later, mutable
from range.rehearsal.provider.shapes import CHOSEN, Block, Document, Flag, Labels, Many, Part, Shape, Text, Whole
from range.rehearsal.provider.table import ROWS
from range.rehearsal.provider.types.groups import atoms
from range.rehearsal.provider.wire import UNKNOWN

law = settings(max_examples=100, deadline=None)
_WORDS = st.text("abc", min_size=1, max_size=3)
_PORTS = Block(
    (Part("name", required=True), Part("port", shape=Whole(), default=0), Part("open", shape=Flag(), default=CHOSEN))
)
_PORT = st.fixed_dictionaries({"name": _WORDS}, optional={"port": st.integers(0, 9), "open": st.booleans()})
_JSON = st.recursive(_WORDS, lambda inner: st.one_of(st.lists(inner), st.dictionaries(_WORDS, inner)), max_leaves=8)
_DOCUMENTS = st.dictionaries(_WORDS, _JSON, max_size=4)
_SHAPES: list[tuple[Shape, st.SearchStrategy[Any]]] = [
    (Text(), _WORDS),
    (Whole(), st.integers(0, 99)),
    (Flag(), st.booleans()),
    (Labels(), st.dictionaries(_WORDS, _WORDS)),
    (Document(), _DOCUMENTS.map(json.dumps)),
    (_PORTS, _PORT),
    (Many(), st.lists(_WORDS)),
    (Many(_PORTS), st.lists(_PORT)),
    (Many(ordered=True), st.lists(_WORDS)),
]
_ROW = Row(
    "aws:x/y:Y",
    "Y",
    "ec2",
    create=call("create"),
    read=call("read"),
    delete=(),
    regional=False,
    fields=(
        fixed("place"),
        mutable("size", call("resize"), shape=Whole(), default=1),
        mutable("kind", call("change")),
        later("ports", call("open"), shape=Many(_PORTS), default=[]),
    ),
)
_INPUTS = st.fixed_dictionaries(
    {}, optional={"place": _WORDS, "size": st.integers(0, 3), "kind": _WORDS, "ports": st.lists(_PORT)}
)


@pytest.mark.parametrize(("shape", "values"), _SHAPES, ids=lambda item: type(item).__name__)
@law
@given(data=st.data())
def test_a_value_is_the_same_as_itself(shape: Shape, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    value = data.draw(values)

    assert shape.same(value, value)


@law
@given(st.lists(_PORT), st.randoms())
def test_a_set_has_no_order_and_a_list_has_one(items: list[Any], random: Any) -> None:
    shuffled = random.sample(items, len(items))

    assert Many(_PORTS).same(shuffled, items)
    assert Many(_PORTS, ordered=True).same(shuffled, items) is all(map(_PORTS.same, shuffled, items))


@law
@given(st.lists(_WORDS), st.lists(_WORDS))
def test_what_is_missing_and_what_is_extra_turn_one_set_into_the_other(new: list[str], old: list[str]) -> None:
    shape = Many()

    turned = [item for item in old if item not in shape.extra(new, old)] + shape.missing(new, old)

    assert set(turned) == set(new)


@law
@given(_DOCUMENTS)
def test_a_document_is_its_meaning(document: dict[str, Any]) -> None:
    spaced = json.dumps(dict(reversed(document.items())), indent=2)

    assert Document().same(spaced, json.dumps(document))
    assert Document().same(json.dumps({"Action": ["s3:Get*"]}), json.dumps({"Action": "s3:Get*"}))
    assert not Document().same(json.dumps({**document, "more": 1}), json.dumps(document))


@law
@given(_INPUTS)
def test_what_is_as_wanted_has_no_differences(inputs: dict[str, Any]) -> None:
    assert not differences(_ROW, inputs, inputs)


@law
@given(_INPUTS, _INPUTS)
def test_only_a_property_with_another_value_differs_and_only_a_fixed_one_replaces(
    new: dict[str, Any], old: dict[str, Any]
) -> None:
    found = differences(_ROW, new, old)

    for name in found.changed:
        assert new.get(name) != old.get(name)
    assert found.replacing == found.changed & {"place"}


@law
@given(_INPUTS, _INPUTS)
def test_a_property_that_aws_chooses_differs_only_where_the_program_says_it(
    new: dict[str, Any], old: dict[str, Any]
) -> None:
    silent = {name: value for name, value in new.items() if name not in ("place", "kind")}

    assert not differences(_ROW, silent, old).changed & {"place", "kind"}


@law
@given(_INPUTS, st.sampled_from(["place", "size", "kind", "ports"]))
def test_what_isnt_known_yet_counts_as_different(old: dict[str, Any], name: str) -> None:
    assert name in differences(_ROW, {**old, name: UNKNOWN}, old).changed


@law
@given(st.integers(0, 9))
def test_a_default_that_isnt_said_equals_the_default_that_is(size: int) -> None:
    assert bool(differences(_ROW, {}, {"size": size})) is (size != 1)
    assert not differences(_ROW, {"size": 1}, {})


def test_rules_are_compared_however_they_are_bundled() -> None:
    one = {"protocol": "tcp", "fromPort": 80, "toPort": 80}
    bundled = [{**one, "cidrBlocks": ["10.0.0.0/8", "10.1.0.0/16"], "self": True}]
    apart = [
        {**one, "cidrBlocks": ["10.1.0.0/16"]},
        {**one, "cidrBlocks": ["10.0.0.0/8"]},
        {**one, "protocol": 6, "self": True},
    ]

    assert atoms(bundled) == atoms(apart)


def test_a_name_that_a_program_chose_is_given_up_before_it_is_taken_again() -> None:
    role = ROWS["aws:iam/role:Role"]
    there = {"name": "logs", "path": "/"}

    chosen = differences(role, {"name": "logs", "path": "/range/", "__defaults": []}, there)
    made = differences(role, {"name": "logs", "path": "/range/", "__defaults": ["name"]}, there)

    assert chosen.delete_first
    assert not made.delete_first


def test_a_rule_from_another_kind_of_source_is_another_rule() -> None:
    row = ROWS["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"]
    old = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 1, "toPort": 1, "cidrIpv4": "10.0.0.0/8"}
    new = {name: value for name, value in old.items() if name != "cidrIpv4"} | {"referencedSecurityGroupId": "sg-2"}

    assert differences(row, {**old, "cidrIpv4": "10.1.0.0/16"}, old).replacing == frozenset()
    assert differences(row, new, old).replacing == {"cidrIpv4", "referencedSecurityGroupId"}
