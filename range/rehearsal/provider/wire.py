"""Pulumi's property values on the wire: protobuf Structs with marks for what is secret and what is not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS: Final = frozenset(
    {
        _UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class Unknown:
    """A value that a preview doesn't know yet. There is one, `UNKNOWN`."""

    def __repr__(self) -> str:
        """Show as what it is."""
        return "<not known yet>"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Properties:
    """What a message carries: plain values, and the names of the top-level ones that are secret."""

    values: dict[str, Any] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()


def decode(struct: Struct) -> Properties:
    """Read a Struct. Nulls are left out; a secret anywhere inside makes its top-level property secret."""
    secrets: set[str] = set()
    values = {}
    for name, value in struct.fields.items():
        seen: list[bool] = []
        plain = _plain(value, seen)
        if plain is not None:
            values[name] = plain
        if seen:
            secrets.add(name)
    return Properties(values, frozenset(secrets))


def encode(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> Struct:
    """Write a Struct; the top-level properties named in `secrets` are marked secret."""
    struct = Struct()
    for name, value in values.items():
        if value is not None:
            _write(struct.fields[name], value)
    for name in secrets:
        if name in struct.fields:
            marked = Value()
            marked.struct_value.fields[_SIGNATURE].string_value = _SECRET
            marked.struct_value.fields["value"].CopyFrom(struct.fields[name])
            struct.fields[name].CopyFrom(marked)
    return struct


def contains_unknown(value: Any) -> bool:
    """Tell whether a value, or anything inside it, is not known yet."""
    if isinstance(value, Mapping):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN


def _plain(value: Value, secrets: list[bool]) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text in _UNKNOWNS else text
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_plain(item, secrets) for item in value.list_value.values]
    if kind == "struct_value":
        return _object(value.struct_value, secrets)
    return None


def _object(struct: Struct, secrets: list[bool]) -> Any:
    """Read an object, or what its signature says it stands for."""
    fields = struct.fields
    signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
    if signature == _SECRET:
        secrets.append(True)
        return _plain(fields["value"], secrets)
    if signature == _OUTPUT:
        if "secret" in fields and fields["secret"].bool_value:
            secrets.append(True)
        return _plain(fields["value"], secrets) if "value" in fields else UNKNOWN
    if signature == _REFERENCE:
        return _plain(fields["id"], secrets) if "id" in fields else UNKNOWN
    return {name: plain for name, item in fields.items() if (plain := _plain(item, secrets)) is not None}


def _write(into: Value, value: Any) -> None:
    match value:
        case Unknown():
            into.string_value = _UNKNOWN_STRING
        case None:
            into.null_value = NULL_VALUE
        case bool():
            into.bool_value = value
        case int() | float():
            into.number_value = value
        case str():
            into.string_value = value
        case Mapping():
            into.struct_value.CopyFrom(Struct())
            for name, item in value.items():
                if item is not None:
                    _write(into.struct_value.fields[name], item)
        case list() | tuple():
            into.list_value.CopyFrom(ListValue())
            for item in value:
                _write(into.list_value.values.add(), item)
        case _:
            raise TypeError(f"no property value is made of {type(value).__name__}")
