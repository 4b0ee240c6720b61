"""Saves what calls changed before they are answered; several that finish together are saved together."""

from __future__ import annotations

import threading
from pathlib import Path

from moto import __version__ as moto_version
from moto.core.base_backend import BaseBackend

from range.rehearsal.keeping.pickles import Place, backend_at, backends_of, dumped, loaded, place_of
from range.rehearsal.keeping.reach import every_kind, extras, forget_everything, note_changed, watch
from range.rehearsal.keeping.relinking import relink
from range.rehearsal.keeping.store import Store

_FORMAT = 1
"""Raised when what our own areas keep takes another form."""


class Keeper:
    """Keeps the backends of this process in a folder, or nowhere."""

    def __init__(self, folder: Path | None, lock: threading.RLock) -> None:
        """Empty the backends, then fill them from the folder. `lock` is the one that calls are answered under."""
        watch()
        forget_everything()
        self._lock = lock
        self._saving = threading.Lock()
        self._changed: set[BaseBackend] = set()
        self._changes = 0
        self._saved_changes = 0
        self._written: dict[Place, int] = {}
        self._store = None if folder is None else Store(folder, f"moto {moto_version}, format {_FORMAT}")
        if self._store is not None:
            self._fill(self._store)

    def note(self, changed: set[BaseBackend]) -> int:
        """Note which backends a call changed; give the number that `save` wants, 0 for none. Called under the lock."""
        if not changed:
            return 0
        self._changed |= changed
        self._changes += 1
        return self._changes

    def save(self, change: int) -> None:
        """Return when everything up to a change is in the file; whoever comes first saves for all who wait."""
        if self._store is None:
            return
        with self._saving:
            if self._saved_changes >= change:
                return
            with self._lock:
                rows, changes = self._rows(), self._changes
                batch, self._changed = self._changed, set()
            try:
                self._store.write(rows)
            except BaseException:
                self._changed |= batch
                raise
            self._written.update((place, hash(pickled)) for place, pickled in rows.items())
            self._saved_changes = changes

    def close(self) -> None:
        """Close the file."""
        if self._store is not None:
            self._store.close()

    def _rows(self) -> dict[Place, bytes]:
        """Pickle what changed; what comes out as it was last written needs no row."""
        rows = {place_of(backend): dumped(vars(backend)) for backend in self._changed}
        for kind in {place.kind for place in rows}:
            beside = extras(backends_of(kind))
            if beside:
                rows[Place(kind, "", "")] = dumped(beside)
        return {place: pickled for place, pickled in rows.items() if self._written.get(place) != hash(pickled)}

    def _fill(self, store: Store) -> None:
        """Put every backend that was saved back into its place."""
        filled = set()
        for place, pickled in store:
            self._written[place] = hash(pickled)
            values = loaded(pickled)
            if not place.account:
                for name, value in values.items():
                    getattr(backends_of(place.kind), name).update(value)
                continue
            backend = backend_at(*place)
            vars(backend).update(values)
            filled.add(backend)
        for backends in every_kind():
            for _, _, backend in backends.iter_backends():
                if backend not in filled:
                    backend.__init__(backend.region_name, backend.account_id)  # type: ignore[misc]
        note_changed(filled)
        relink()
