"""The words that a row of the resource table is written in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from range.errors import CloudError
from range.rehearsal.provider.shapes import CHOSEN, Labels, Shape, Text

if TYPE_CHECKING:
    from range.rehearsal.provider.work import Work


@dataclass(frozen=True)
class Call:
    """One AWS operation: its parameters (with marks for what differs per resource) and what of its answer counts.

    `absent` lists the error codes that mean: there is none; the call then gives None.
    """

    operation: str
    result: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    service: str = ""

    def or_none(self, *codes: str) -> Call:
        """Give the same call, which takes these error codes for "there is none"."""
        return replace(self, absent=(*self.absent, *codes))

    def of(self, service: str) -> Call:
        """Give the same call to another service than the row's."""
        return replace(self, service=service)


def call(operation: str, result: str = "", /, **params: Any) -> Call:
    """Make a call; parameters whose value turns out to be None are left out."""
    return Call(operation, result, params)


Act: TypeAlias = "Call | Callable[[Work], Any]"
"""What can be done with a resource: one call, or a function for what one call can't say."""


@dataclass(frozen=True)
class Mark:
    """A place in a call's parameters: the value is made from the resource at hand."""

    make: Callable[[Work], Any]


ID = Mark(lambda work: work.id)
"""The resource's id."""
ACCOUNT = Mark(lambda work: work.caller.account)
"""The account that the provider acts in."""
TAGS = Mark(lambda work: work.row.tags.listed(work.tags_all) if work.row.tags and work.tags_all else None)
"""All tags of the resource, in the form that its service takes."""


def the(name: str) -> Mark:
    """The value of a property, as AWS takes it: what is wanted, else what there is."""
    return Mark(lambda work: work.sent(name))


def given(name: str) -> Mark:
    """The value of a property where the program gives it, as AWS takes it."""
    return Mark(lambda work: work.sent(name) if work.given(name) is not None else None)


def changed(name: str) -> Mark:
    """The value of a property where this update changes it, as AWS takes it."""
    return Mark(lambda work: work.sent(name) if name in work.changed else None)


def added(name: str) -> Mark:
    """The items of a set that have to be added."""
    return Mark(lambda work: work.delta(name)[0] or None)


def removed(name: str) -> Mark:
    """The items of a set that have to be taken away."""
    return Mark(lambda work: work.delta(name)[1] or None)


@dataclass(frozen=True)
class Field:
    """One property of a resource type.

    `aws` is the name of its parameter in the create call, `read` the path of its value in what is observed.
    Without `change`, a different value means another resource.
    """

    name: str
    aws: str
    read: str | None
    shape: Shape = Text()
    default: Any = CHOSEN
    change: Act | None = None
    input: bool = True
    output: bool = True
    fixed: bool = True
    sent: bool = True
    required: bool = False
    secret: bool = False
    fill: Any = None
    """What the real provider says where the program says nothing."""
    auto: Callable[[str], str] | None = None
    """Makes the name that a program leaves out, from the resource's own."""
    made: str = ""
    """The template of an output that AWS doesn't give, such as an ARN."""


def _path(name: str) -> str:
    return name[0].upper() + name[1:]


def fixed(name: str, aws: str = "", shape: Shape = Text(), **more: Any) -> Field:
    """A property that can't be changed in place."""
    aws = aws or _path(name)
    return Field(name, aws, more.pop("read", aws), shape, **more)


def mutable(name: str, change: Act, aws: str = "", shape: Shape = Text(), **more: Any) -> Field:
    """A property that the create call takes and an update changes."""
    aws = aws or _path(name)
    return Field(name, aws, more.pop("read", aws), shape, change=change, fixed=False, **more)


def later(name: str, change: Act, aws: str = "", shape: Shape = Text(), **more: Any) -> Field:
    """A property that the create call doesn't take: set right after it, and by updates."""
    return mutable(name, change, aws, shape, sent=False, **more)


def local(name: str, shape: Shape = Text(), default: Any = None, **more: Any) -> Field:
    """A property that only says how the provider behaves; AWS never hears of it."""
    return Field(name, "", None, shape, default=default, fixed=False, sent=False, change=nothing, **more)


def output(name: str, read: str = "", shape: Shape = Shape(), made: str = "") -> Field:
    """What AWS says and nobody asks for; `made` is a template instead of a path."""
    return Field(
        name, "", None if made else read or _path(name), shape, input=False, fixed=False, sent=False, made=made
    )


def nothing(work: Work) -> None:
    """Do nothing: the new value is all there is to it."""


@dataclass(frozen=True)
class Tags:
    """How a service takes tags: with the create call or after it, in which form, and how they are changed.

    `form` is ("Key", "Value") for a list of pairs under these names, or None for a map.
    """

    put: Act
    drop: Act
    form: tuple[str, str] | None = ("Key", "Value")
    read: str = "Tags"
    create: Mapping[str, Any] = field(default_factory=lambda: {"Tags": TAGS})

    def listed(self, tags: Mapping[str, str]) -> Any:
        """Give tags in the service's form."""
        if self.form is None:
            return dict(tags)
        key, value = self.form
        return [{key: name, value: text} for name, text in sorted(tags.items())]

    def seen(self, answer: Any) -> dict[str, str]:
        """Read the service's form; AWS's own tags don't count."""
        if self.form is None:
            pairs = dict(answer or {})
        else:
            key, value = self.form
            pairs = {item[key]: item.get(value, "") for item in answer or []}
        return {name: text for name, text in pairs.items() if not name.startswith("aws:")}


@dataclass(frozen=True)
class Status:
    """Where a resource's state shows, what it has to be before the resource can be used, and what counts as gone."""

    read: str
    ready: frozenset[str]
    gone: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset({"failed"})
    patience_s: float = 600.0


def status(read: str, ready: str, gone: str = "", failed: str = "failed", **more: Any) -> Status:
    """Make a status from words apart by spaces."""
    return Status(read, frozenset(ready.split()), frozenset(gone.split()), frozenset(failed.split()), **more)


@dataclass(frozen=True)
class Row:
    """One resource type: everything that create, read, update, replace, delete, diff, refresh and import need."""

    token: str
    title: str
    service: str
    create: Act
    read: Act
    delete: tuple[Act, ...]
    fields: tuple[Field, ...]
    id: str | Callable[[Work, Any], str] = ""
    """Where the create call's answer has the id; with braces, a template over properties."""
    tags: Tags | None = None
    also: Mapping[str, Call] = field(default_factory=dict)
    status: Status | None = None
    absent: tuple[str, ...] = ()
    """Error codes that mean that the resource is gone."""
    busy: tuple[str, ...] = ("DependencyViolation",)
    """Error codes on deletion that pass once what is being deleted elsewhere has gone."""
    imports: str = ""
    """How an id to import names the properties, where the id alone doesn't do."""
    replaces: Callable[[Mapping[str, Any], Mapping[str, Any]], frozenset[str]] | None = None
    """Names the properties that mean another resource for these inputs and this state only."""
    delete_first: bool = False
    regional: bool = True
    after: tuple[Act, ...] = ()
    """What the create call is followed by, always."""

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """All fields by their names: the row's own, the Region's and the tags'."""
        region = (_REGION,) if self.regional else ()
        tags = (_TAGS, replace(_TAGS_ALL, change=_retag)) if self.tags else ()
        return {item.name: item for item in (*self.fields, *region, *tags)}

    @cached_property
    def inputs(self) -> tuple[Field, ...]:
        """What a program may say."""
        return tuple(item for item in self.by_name.values() if item.input)

    def named_by(self, given: str) -> dict[str, Any]:
        """Give the properties, and where it is among them the id, that an id to import names.

        Raises:
            CloudError: the id isn't of the form that names them.
        """
        if not self.imports:
            return {"id": given}
        pieces = re.split(r"\{(\w+)\}", self.imports)
        pattern = "".join(f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
        found = re.fullmatch(pattern, given)
        if found is None:
            raise CloudError(f"{given} doesn't name a {self.title}", hint=f"give its id as {self.imports}")
        named = found.groupdict()
        return {
            name: self.by_name[name].shape.seen(text) if name in self.by_name else text for name, text in named.items()
        }


def _retag(work: Work) -> None:
    """Put the tags that are missing or differ, and drop those that are too many."""
    tags = work.row.tags
    if tags is not None:
        if work.tags_to_put:
            work.act(tags.put)
        if work.tags_to_drop:
            work.act(tags.drop)


PUT = Mark(lambda work: work.row.tags.listed(work.tags_to_put) if work.row.tags else None)
"""The tags that have to be put, in the service's form."""
DROP = Mark(lambda work: work.tags_to_drop)
"""The keys of the tags that have to be dropped."""

_REGION = fixed("region", read=None, sent=False, made="{region}")
_TAGS = local("tags", Labels(), {})
_TAGS_ALL = Field("tagsAll", "", None, Labels(), {}, fixed=False, sent=False)
