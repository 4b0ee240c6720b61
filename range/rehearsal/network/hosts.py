"""Where the hosts of a rehearsal are, as it is written down for those who connect from a host: the relay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from range.errors import RangeError
from range.files import write_whole

_NAME = "hosts.json"


@dataclass(frozen=True)
class Place:
    """The network namespace of a host."""

    instance: str
    interface: str
    namespace: str
    """A file such as `/run/netns/NAME`."""
    inode: int
    """The namespace's own number: a name may be used again, for another one."""

    @property
    def is_there(self) -> bool:
        """Whether the file still leads to that namespace."""
        return _inode(Path(self.namespace)) == self.inode


def place(instance: str, interface: str, namespace: Path) -> Place:
    """Describe where an interface of an instance is."""
    return Place(instance, interface, str(namespace), _inode(namespace))


def _inode(namespace: Path) -> int:
    """Give a namespace's number, or 0 where there is none."""
    try:
        return namespace.stat().st_ino
    except OSError:
        return 0


def write(folder: Path, places: Mapping[str, Place]) -> None:
    """Write down where hosts are, by their private addresses; all of it or nothing."""
    content = json.dumps({address: asdict(each) for address, each in sorted(places.items())}, indent=1) + "\n"
    write_whole(folder / _NAME, content)


def read(folder: Path) -> dict[str, Place]:
    """Read where hosts are; none where nothing was written.

    Raises:
        RangeError: the file says something else.
    """
    path = folder / _NAME
    if not path.exists():
        return {}
    try:
        return {address: Place(**each) for address, each in json.loads(path.read_text()).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise RangeError(
            f"{path} doesn't say where hosts are: {error}", hint=f"rm {path}, then range rehearsal stop and start"
        ) from error
