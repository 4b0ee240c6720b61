"""Pickling one backend: other backends as names, and what pickle can't do by itself."""

from __future__ import annotations

import copyreg
import importlib
import io
import marshal
import pickle
import threading
import types
import weakref
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

from range.rehearsal.adaptations import adapt

_PROTOCOL = 5
_PARTITION = "aws"


class Place(NamedTuple):
    """Where a backend is found: `module:Class` of its kind, account and Region."""

    kind: str
    account: str
    region: str


def place_of(backend: BaseBackend) -> Place:
    """Name a backend."""
    return Place(kind_of(type(backend)), backend.account_id, backend.region_name)


def kind_of(cls: type) -> str:
    """Name a class of backends."""
    return f"{cls.__module__}:{cls.__qualname__}"


@cache
def backends_of(kind: str) -> BackendDict[Any]:
    """Find the dictionary that holds all backends of a kind; each module of backends has it as a global."""
    module, _, name = kind.partition(":")
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, BackendDict) and value.backend.__qualname__ == name:
            return value
    raise LookupError(f"no backends of the kind {kind}")


def backend_at(kind: str, account: str, region: str) -> BaseBackend:
    """Find a backend, or put an empty one in its place, to be filled or initialised later."""
    regional = backends_of(kind)[account]
    backend: BaseBackend | None = dict.get(regional, region)
    if backend is None:
        adapt(regional.service_name)
        cls: Any = regional.backend
        backend = cls.__new__(cls)
        assert isinstance(backend, BaseBackend)
        backend.account_id, backend.region_name, backend.partition = account, region, _PARTITION
        dict.__setitem__(regional, region, backend)
    return backend


def dumped(value: object) -> bytes:
    """Pickle what a backend holds, or what a service keeps beside its backends."""
    try:
        return _written(_Pickler, value)
    except (pickle.PicklingError, AttributeError):
        return _written(_PicklerOfFunctions, value)


def loaded(pickled: bytes) -> Any:
    """Read what `dumped` wrote; other backends are found or put in their places on the way."""
    return pickle.loads(pickled)


def _written(pickler: type[pickle.Pickler], value: object) -> bytes:
    """Pickle with one of our picklers."""
    buffer = io.BytesIO()
    pickler(buffer, _PROTOCOL).dump(value)
    return buffer.getvalue()


Reduced = tuple[Any, ...] | str


class _Reducers(dict[type, Callable[[Any], Reduced]]):
    """How to take objects apart, decided once for each class."""

    def __missing__(self, cls: type) -> Callable[[Any], Reduced]:
        """Decide for a class that was not seen before."""
        self[cls] = reducer = _reducer_for(cls)
        return reducer


def _reducer_for(cls: type) -> Callable[[Any], Reduced]:
    """Choose how objects of a class are taken apart."""
    if issubclass(cls, type):
        return lambda value: str(value.__qualname__)
    if issubclass(cls, BaseBackend):
        return lambda backend: (backend_at, place_of(backend))
    if cls in _LOCKS:
        return lambda lock: (_new_lock, (_LOCKS.index(cls),))
    if _is_private_key(cls):
        return lambda key: (_private_key, (_der(key),))
    for known, reducer in _OF_CLASSES.items():
        if issubclass(cls, known):
            return reducer
    if issubclass(cls, dict) and cls not in _PLAIN and cls.__reduce__ in (object.__reduce__, defaultdict.__reduce__):
        return _as_dictionary
    return copyreg.dispatch_table.get(cls, _by_itself)


def _by_itself(value: Any) -> Reduced:
    """Take an object apart the way its class says."""
    return value.__reduce_ex__(_PROTOCOL)  # type: ignore[no-any-return]


def _as_dictionary(values: Any) -> Reduced:
    """Take a dictionary of a class of its own apart into what it really holds: its items() may show something else."""
    factory = getattr(values, "default_factory", None)
    state = (dict(dict.items(values)), vars(values), factory)
    return copyreg.__newobj__, (type(values),), state, None, None, _fill_dictionary  # type: ignore[attr-defined]


def _fill_dictionary(values: Any, state: tuple[dict[Any, Any], dict[str, Any], Any]) -> None:
    """Put everything back into such a dictionary, past its own methods."""
    items, attributes, factory = state
    dict.update(values, items)
    vars(values).update(attributes)
    if factory is not None:
        values.default_factory = factory


class _Pickler(pickle.Pickler):
    """Knows backends, locks and keys."""

    dispatch_table = _Reducers()


class _PicklerOfFunctions(_Pickler):
    """Knows the functions without a name, too, that moto gives to defaultdict; slower, since it is asked about every object."""

    def reducer_override(self, value: Any) -> Any:
        """Take a local function apart into its code."""
        if type(value) is types.FunctionType and "<locals>" in value.__qualname__:
            cells = [cell.cell_contents for cell in value.__closure__ or ()]
            return _function, (value.__module__, marshal.dumps(value.__code__), value.__defaults__, cells)
        return NotImplemented


def _function(module: str, code: bytes, defaults: tuple[Any, ...] | None, cells: list[Any]) -> types.FunctionType:
    """Put a local function together again."""
    closure = tuple(types.CellType(value) for value in cells)
    scope = vars(importlib.import_module(module))
    return types.FunctionType(marshal.loads(code), scope, None, defaults, closure)


def _regional(kind: str, account: str) -> AccountSpecificBackend[Any]:
    """Find the backends of one account."""
    return backends_of(kind)[account]


def _new_lock(kind: int) -> Any:
    """Make a lock: nobody holds the ones of a process that ended."""
    return threading.RLock() if kind else threading.Lock()


def _is_private_key(cls: type) -> bool:
    """Say whether a class is one of cryptography's private keys."""
    return cls.__module__.startswith("cryptography.") and hasattr(cls, "private_bytes")


def _der(key: Any) -> bytes:
    """Write a private key."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    der: bytes = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return der


def _private_key(der: bytes) -> Any:
    """Read a private key."""
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(der, None)


_LOCKS: list[Any] = [type(threading.Lock()), type(threading.RLock())]
_OF_CLASSES: dict[type, Callable[[Any], Reduced]] = {
    BackendDict: lambda backends: (backends_of, (kind_of(backends.backend),)),
    AccountSpecificBackend: lambda regional: (_regional, (kind_of(regional.backend), regional.account_id)),
    weakref.WeakValueDictionary: lambda values: (weakref.WeakValueDictionary, (dict(values),)),
}
_PLAIN = (dict, defaultdict, Counter, OrderedDict)
"""Dictionaries that hold what they show."""
