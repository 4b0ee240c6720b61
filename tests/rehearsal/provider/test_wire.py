"""What goes over the wire comes back the same, with its marks."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.runtime import rpc

from range.rehearsal.provider.wire import UNKNOWN, contains_unknown, decode, encode

law = settings(max_examples=100, deadline=None)
_NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
_PLAIN = st.one_of(st.booleans(), st.integers(-(2**50), 2**50), st.text(max_size=12))
_VALUES = st.recursive(
    st.one_of(_PLAIN, st.just(UNKNOWN)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_NAMES, inner, max_size=4)),
    max_leaves=12,
)


@law
@given(st.dictionaries(_NAMES, _VALUES, max_size=5), st.data())
def test_values_and_secrets_come_back_as_they_went(values: dict[str, Any], data: st.DataObject) -> None:
    secrets = data.draw(st.sets(st.sampled_from(sorted(values)))) if values else set()

    found = decode(encode(values, secrets))

    assert found.values == values
    assert found.secrets == secrets


def test_nothing_is_left_out_and_a_secret_inside_makes_the_whole_property_secret() -> None:
    struct = Struct()
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "horse"}
    struct.update({"a": None, "b": {"deep": [secret]}, "c": 1})

    found = decode(struct)

    assert found.values == {"b": {"deep": ["horse"]}, "c": 1}
    assert found.secrets == {"b"}


def test_an_output_value_is_its_value_and_a_reference_its_id() -> None:
    signature = "4dabf18193072939515e22adb298388d"
    struct = Struct()
    struct.update(
        {
            "known": {signature: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "x", "secret": True},
            "unknown": {signature: "d0e6a833031e9bbcd3f4e8bde6ca49a4"},
            "reference": {signature: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn", "id": "vpc-1"},
        }
    )

    found = decode(struct)

    assert found.values == {"known": "x", "unknown": UNKNOWN, "reference": "vpc-1"}
    assert found.secrets == {"known"}


def test_what_isnt_known_is_written_as_the_sdk_writes_it() -> None:
    assert encode({"a": UNKNOWN}).fields["a"].string_value == rpc.UNKNOWN
    assert contains_unknown({"a": [1, {"b": UNKNOWN}]})
    assert not contains_unknown({"a": [1, {"b": "unknown"}]})


def test_what_is_no_property_value_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        encode({"a": object()})
