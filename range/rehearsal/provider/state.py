"""What AWS answered about a resource, as Pulumi keeps it: outputs, and the inputs that would make it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from range.rehearsal.provider.paths import pick
from range.rehearsal.provider.rows import Field, Row
from range.rehearsal.provider.shapes import CHOSEN
from range.rehearsal.provider.work import Work


def observe(work: Work) -> bool:
    """Look at the resource, and tell whether it is there. What is seen is kept in the work."""
    row = work.row
    work.seen = _main(work)
    if work.seen is None or (row.status and pick(work.seen, row.status.read) in row.status.gone):
        return False
    if row.also:
        work.seen = {**work.seen, **{name: work.make(call) for name, call in row.also.items()}}
    return True


def state(work: Work) -> dict[str, Any]:
    """Give the outputs of what was observed. A value that means what the program said is kept as the program said it."""
    values: dict[str, Any] = {}
    said = work.old if work.new is None else work.new
    for item in work.row.by_name.values():
        if not item.output or item.made:
            continue
        value = _value(item, work, said)
        if value is not None:
            values[item.name] = value
    for item in work.row.by_name.values():
        if item.made:
            values[item.name] = item.made.format(**{**values, **work.names})
    if work.row.tags:
        values["tagsAll"] = work.row.tags.seen(pick(work.seen, work.row.tags.read))
        values["tags"] = _own_tags(values["tagsAll"], said.get("tags") or {}, dict(work.caller.default_tags))
    return values


def inputs(row: Row, said: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """Give the inputs that describe what there is; `said` are the earlier ones, empty for an import."""
    found: dict[str, Any] = {}
    for item in row.inputs:
        was, now = said.get(item.name), there.get(item.name)
        if now is None:
            if was is not None and (item.read is None or item.shape.same(was, item.default)):
                found[item.name] = was
        elif was is not None:
            found[item.name] = was if item.shape.same(was, now) else now
        elif not _expected(item, now, importing=not said):
            found[item.name] = now
    if "__defaults" in said:
        found["__defaults"] = said["__defaults"]
    return found


def _main(work: Work) -> Any:
    from range.errors import CloudError

    try:
        return work.act(work.row.read)
    except CloudError as error:
        if error.code in work.row.absent:
            return None
        raise


def _value(item: Field, work: Work, said: Mapping[str, Any]) -> Any:
    told = said.get(item.name)
    if item.read is None:
        return told if told is not None or item.default is CHOSEN else item.default
    raw = pick(work.seen, item.read)
    if raw is None:
        return None
    value = item.shape.seen(raw)
    return item.shape.kept(told, value) if told is not None and item.shape.same(told, value) else value


def _expected(item: Field, now: Any, *, importing: bool) -> bool:
    """Tell whether a value needs no saying: it is the default, or what AWS chose."""
    if item.default is CHOSEN:
        return not importing
    return item.shape.same(now, item.default)


def _own_tags(everything: Mapping[str, str], said: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """Take the provider's default tags away, but for those that the program says itself."""
    return {name: text for name, text in everything.items() if name in said or defaults.get(name) != text}
