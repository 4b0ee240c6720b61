"""Shortcuts in writing answers, which is where moto spends most of a describe call; the same answers come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from moto.core import serialize
from moto.core.constants import MISSING
from moto.core.utils import get_value

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def adapt() -> None:
    """Change moto's serializers."""
    serialize.xmltodict = SimpleNamespace(unparse=_as_xml)
    serialize.XFormedAttributePicker.__call__ = _picked
    serialize.XFormedAttributePicker.__init__ = _begin(serialize.XFormedAttributePicker.__init__)


def _as_xml(body: Mapping[str, Any], *, full_document: bool, short_empty_elements: bool, pretty: bool = False) -> str:
    """Write a dictionary as XML: `@name` is an attribute, `#text` the text, a list one element after another."""
    written = "".join(_elements(body, short_empty_elements))
    return _HEAD + written if full_document else written


def _elements(body: Mapping[str, Any], short: bool) -> Iterator[str]:
    """Write the elements of a dictionary."""
    for name, value in body.items():
        if name[0] not in "@#":
            for each in value if isinstance(value, (list, tuple)) else (value,):
                yield _element(name, each, short)


def _element(name: str, value: Any, short: bool) -> str:
    """Write one element."""
    attributes, content = "", _text(value)
    if isinstance(value, Mapping):
        attributes = "".join(f" {key[1:]}={quoteattr(str(each))}" for key, each in value.items() if key[0] == "@")
        content = _text(value.get("#text")) + "".join(_elements(value, short))
    if short and not content:
        return f"<{name}{attributes}/>"
    return f"<{name}{attributes}>{content}</{name}>"


def _text(value: Any) -> str:
    """Write a text."""
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))


_names: dict[tuple[type, Any, str], tuple[str, ...]] = {}
"""By which names a value is looked for, for each class of objects, shape and key: they never change."""


def _begin(init: Callable[..., None]) -> Callable[..., None]:
    """Sort the transformers by the last part of their paths, so that few are looked at for each value."""

    def sorted_too(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        self.by_key = {}
        for path, transform in self.response_transformers.items():
            self.by_key.setdefault(path.rpartition(".")[2], []).append((path, transform))

    return sorted_too


def _picked(self: Any, context: Any) -> Any:
    """Find the value that an object has for a member of a shape."""
    obj, key = context.obj, context.key
    known = type(obj), context.shape, key
    names = _names.get(known)
    if names is None:
        names = _names[known] = tuple(dict.fromkeys(self.get_possible_keys(context)))
    value = None
    for name in names:
        found = get_value(obj, name, MISSING)
        if found is not MISSING:
            value = found
            break
    for path, transform in self.by_key.get(key, ()):
        if f"{context.key_path}.{key}".endswith(path):
            return transform(value)
    return value
