"""The form of a row of the witness's table: how a type of resource is listed, named, and read in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath

Item = Mapping[str, Any]
"""One thing as AWS describes it."""

Spread = Callable[[Iterable[dict[str, Any]]], Iterable[Item]]
"""Gives the things in the pages of an answer."""

ACCOUNT = "{account}"
"""Stands for the account's id among what is asked."""


@dataclass(frozen=True)
class Detail:
    """One more call for each thing, because listing doesn't say it."""

    key: str
    """The property that it becomes; empty: its members become the thing's own."""
    operation: str
    takes: Mapping[str, str]
    """JMESPath in the thing by parameter."""
    gives: str = "@"
    """JMESPath of what is kept of the answer."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    nothing: tuple[str, ...] = ()
    """Codes by which AWS says that there is none."""
    paged: bool = False
    """Whether `gives` is a list that goes on over pages."""
    service: str = ""
    """Where it isn't the row's."""


@dataclass(frozen=True)
class Kind:
    """One row: a type of resource."""

    type: str
    service: str
    operation: str
    items: str | Spread
    """JMESPath of the things in a page, or what spreads pages into things."""
    id: str
    """JMESPath of what others refer to it by."""
    name: str = ""
    """JMESPath of what it is called, where that isn't its Name tag: a text, or a list of texts. Ids in it become roles."""
    also: tuple[str, ...] = ()
    """JMESPath of further identifiers by which others may refer to it: its ARN."""
    asked: Mapping[str, Any] = field(default_factory=dict)
    details: tuple[Detail, ...] = ()
    scope: str = "region"
    """`region`, `global`, or `organisation`: asked only of the account that administers it."""
    abroad: bool = False
    """Whether it is also looked for in the enabled Regions that the exercise doesn't use."""
    inside: str = ""
    """There is none of it in a Region where there is nothing of this type."""
    leave: Callable[[Item], bool] = field(default=lambda item: False)
    """Whether it isn't the account's own, or is gone though AWS still shows it."""
    leave_in: Callable[[Item, str], bool] = field(default=lambda item, region: False)
    """The same, for what can only be told by the Region that it is in."""
    residue: Callable[[Item], str] = field(default=lambda item: "")
    """Why it is residue; empty for what isn't."""
    nothing: tuple[str, ...] = ()
    """Codes by which AWS says that there is none."""


def ec2(name: str, listed: str, items: str | Spread, id: str, /, **row: Any) -> Kind:
    """Make a row of EC2, whose calls are named alike: `ec2("vpc", "vpcs", "Vpcs", "VpcId")`."""
    return Kind(f"ec2:{name}", "ec2", f"describe_{listed}", items, id, **row)


def each(outer: str, inner: str, **kept: str) -> Spread:
    """Spread what is inside of things: `each("RouteTables", "Routes", Table="RouteTableId")` keeps the table's id."""
    outers, inners = jmespath.compile(outer), jmespath.compile(inner)
    paths = {key: jmespath.compile(path) for key, path in kept.items()}

    def spread(pages: Iterable[dict[str, Any]]) -> Iterable[Item]:
        for page in pages:
            for thing in outers.search(page) or ():
                own = {key: path.search(thing) for key, path in paths.items()}
                for part in inners.search(thing) or ():
                    yield {**(part if isinstance(part, Mapping) else {"Value": part}), **own}

    return spread


def one(name: str) -> Spread:
    """Take a whole answer as one thing of a fixed name: a setting of the account."""

    def spread(pages: Iterable[dict[str, Any]]) -> Iterable[Item]:
        for page in pages:
            yield {**{key: value for key, value in page.items() if key != "ResponseMetadata"}, "Setting": name}

    return spread


def state(path: str, *gone: str) -> Callable[[Item], bool]:
    """Say that a thing is left out whose state is one of these."""
    where = jmespath.compile(path)
    return lambda item: str(where.search(item) or "").lower() in gone
