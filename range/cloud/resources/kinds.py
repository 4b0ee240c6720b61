"""The form of a row of the resource table, and the few ways in which AWS lists and deletes things."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jmespath

from range.cloud.sessions import Account
from range.errors import CloudError
from range.plan.names import TAG_PREFIX
from range.records.inventory import GLOBAL, Resource

Item = Mapping[str, Any]
"""One thing as AWS describes it."""

EVIDENCE = f"{TAG_PREFIX}evidence"
"""The tag of what was kept on request; nobody but the controller can set it, and nothing of it is swept."""


@dataclass(frozen=True)
class Place:
    """One account in one Region; `global` is asked in the Region that answers for it."""

    account: Account
    region: str
    home: str
    """The exercise's Region, where global services are asked that have no Region of their own."""

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Make one call here."""
        return self.account.call(service, operation, region=self._asked, **parameters)

    def pages(self, service: str, operation: str, /, **parameters: Any) -> list[dict[str, Any]]:
        """Make a call and all that follow it."""
        return self.account.pages(service, operation, region=self._asked, **parameters)

    @property
    def _asked(self) -> str:
        return self.home if self.region == GLOBAL else self.region


@dataclass(frozen=True)
class Found:
    """One thing that is there, with what AWS says of it."""

    resource: Resource
    item: Item
    ending: bool = False
    """It is being deleted already: only to be waited for."""
    managed: bool = False
    """A service made it and takes it away with its owner: only to be waited for."""
    ties: tuple[str, ...] = ()
    """The ids of everything that it lives in or hangs on."""

    @property
    def id(self) -> str:
        """What delete calls take."""
        return self.resource.id


Lister = Callable[[Place], Iterable[Item]]
Deleter = Callable[[Place, Found], object]
Preparer = Callable[[Place, Sequence[Found]], object]
Tagger = Callable[[Place, Found], Mapping[str, str]]


@dataclass(frozen=True)
class Kind:
    """One row: a type of resource."""

    type: str
    service: str
    items: Lister
    """Lists everything of this type in one place, things on their way out included."""
    id: str
    """JMESPath of the id in an item, as are the following."""
    delete: Deleter | None
    """None for what goes with its owner."""
    parent: str = "''"
    ties: str = "''"
    """What else it hangs on: one id, or a list."""
    tags: str = "Tags"
    """A list of Key and Value, or a mapping."""
    tagger: Tagger | None = None
    """Asks for the tags where listing doesn't give them."""
    state: str = "''"
    ended: frozenset[str] = frozenset()
    """States in which it is gone, though AWS still shows it."""
    ending: frozenset[str] = frozenset()
    """States in which it is going."""
    managed: Callable[[Item], bool] = field(default=lambda item: False)
    residue: Callable[[Item], str] = field(default=lambda item: "")
    prepare: Preparer | None = None
    """What must be undone before any of these can go: rules that name one another, attachments."""
    inside: tuple[str, ...] = ()
    """There is none of it where there is none of these; then it isn't asked for."""
    after: tuple[str, ...] = ()
    """Types that go first, because AWS refuses otherwise."""
    scope: str = "region"
    """`region`, or `global`."""
    abroad: bool = False
    """Whether it is also looked for in enabled Regions that the exercise doesn't use."""

    @property
    def hangs(self) -> bool:
        """Say whether things of this type can live in others, or hang on them."""
        return "''" not in (self.parent, self.ties) or self.parent != self.ties

    def found(self, place: Place) -> Iterator[Found]:
        """List what there is of this type in one place."""
        for item in self.items(place):
            state = str(_read(self.state, item) or "").lower()
            if state in self.ended:
                continue
            resource = Resource(
                account=place.account.id,
                region=place.region,
                type=self.type,
                id=str(_read(self.id, item)),
                parent=str(_read(self.parent, item) or ""),
                tags=tag_mapping(_read(self.tags, item)),
                residue=self.residue(item),
            )
            further = _read(self.ties, item) or ()
            ties = (resource.parent, *([further] if isinstance(further, str) else further))
            yield Found(
                resource, item, ending=state in self.ending, managed=self.managed(item), ties=tuple(filter(None, ties))
            )

    def tags_of(self, place: Place, found: Found) -> Mapping[str, str]:
        """Give the tags of a thing, asking for them where listing didn't give them."""
        return self.tagger(place, found) if self.tagger else found.resource.tags


def pages(service: str, operation: str, path: str, /, **parameters: Any) -> Lister:
    """List by one call, paged: `path` is the JMESPath of the items in each page."""
    items = jmespath.compile(path)

    def listed(place: Place) -> Iterator[Item]:
        for page in place.pages(service, operation, **parameters):
            for item in items.search(page) or ():
                yield item if isinstance(item, Mapping) else {"Id": item}

    return listed


def own(lister: Lister, owner: str = "OwnerId") -> Lister:
    """Leave out what other accounts share with this one."""

    def listed(place: Place) -> Iterator[Item]:
        return (item for item in lister(place) if item.get(owner) == place.account.id)

    return listed


def by(service: str, operation: str, parameter: str, **further: Any) -> Deleter:
    """Delete by one call that takes the id: `by("ec2", "delete_vpc", "VpcId")`."""

    def deleted(place: Place, found: Found) -> object:
        return place.call(service, operation, **{parameter: found.id}, **further)

    return deleted


def by_list(service: str, operation: str, parameter: str, **further: Any) -> Deleter:
    """Delete by one call that takes a list of ids, and says in its answer what it refused."""

    def deleted(place: Place, found: Found) -> object:
        answer = place.call(service, operation, **{parameter: [found.id]}, **further)
        for refused in answer.get("Unsuccessful", answer.get("UnsuccessfulFleetDeletions", ())):
            code, message = refused["Error"].get("Code", ""), refused["Error"].get("Message", "")
            raise CloudError(f"{service} {operation} of {found.id}: {code}: {message}", code=code)
        return answer

    return deleted


def ec2(name: str, listed: str, items: str, id: str, delete: str | Deleter, **row: Any) -> Kind:
    """Make a row of EC2, whose calls are named alike: `ec2("vpc", "vpcs", "Vpcs", "VpcId", "delete_vpc")`."""
    deleter = by("ec2", delete, id) if isinstance(delete, str) else delete
    return Kind(f"ec2:{name}", "ec2", pages("ec2", f"describe_{listed}", items), id, deleter, **row)


def tagged(service: str, operation: str, parameter: str, key: str = "", path: str = "Tags") -> Tagger:
    """Ask for tags by one call: `parameter` takes the id, or what the item has under `key`; `path` finds the tags."""
    where = jmespath.compile(path)

    def asked(place: Place, found: Found) -> Mapping[str, str]:
        answer = place.call(service, operation, **{parameter: found.item[key] if key else found.id})
        return tag_mapping(where.search(answer))

    return asked


def tag_mapping(tags: Any) -> dict[str, str]:
    """Read tags in each of the forms that AWS gives them: a list of Key and Value (or TagKey, key), or a mapping."""
    if not tags:
        return {}
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    read = {}
    for tag in tags:
        lowered = {name.lower().removeprefix("tag"): value for name, value in tag.items()}
        read[str(lowered["key"])] = str(lowered.get("value", ""))
    return read


_COMPILED: dict[str, Any] = {}


def _read(path: str, item: Item) -> Any:
    """Read one value of an item; plain names without JMESPath, which is ten times slower."""
    if path.isidentifier():
        return item.get(path)
    if path not in _COMPILED:
        _COMPILED[path] = jmespath.compile(path)
    return _COMPILED[path].search(item)
