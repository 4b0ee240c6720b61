"""Building and pruning golden images: one command at a time, in the hub's account."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from range.cloud.images import Images
from range.configure.golden import ZONE, Built, Wish, Workshop, accounts_of
from range.configure.golden import prune as prune_images
from range.configure.made import Shelf
from range.configure.stage import Tools
from range.controller.claims import claim
from range.controller.site import Setting
from range.errors import EnvironmentMissing, InputError
from range.plan import names
from range.plan.golden import golden_names
from range.records.results import Progress

CLAIM = "images"


def build(
    setting: Setting,
    roles: Sequence[str],
    *,
    words: str,
    on_progress: Callable[[Progress], None],
    tell: Callable[[str], None],
    stop: threading.Event,
) -> tuple[Built, ...]:
    """Build the golden images that the plan has a use for and that aren't there; `roles` names some, empty means all.

    Images that are there stay, and are shared with the accounts that the file has now.

    Raises:
        EnvironmentMissing: there are no hosts to configure.
        InputError: no host has one of the roles.
        Busy: another command builds or prunes.
    """
    if setting.ways is None:
        raise EnvironmentMissing(
            f"no image can be built: {setting.hostless}", hint="`range doctor` says what is missing"
        )
    plan = setting.plan
    wanted = _wanted(setting, roles)
    with claim(setting.locks, CLAIM, who=setting.who, command=words):
        images = _images(setting, stop)
        there = {name: image for name, image in images.all().items() if name in wanted}
        for image in there.values():
            images.share(image, accounts_of(plan))
        missing = [wish for name, wish in wanted.items() if name not in there]
        found = tuple(Built(name, image=image.id) for name, image in there.items())
        if not missing:
            return found
        controllers = [names.controller_role_arn(plan, account) for account in accounts_of(plan)]
        alias = key_alias(plan.exercise)
        key = images.key(alias, controllers)
        Shelf(setting.records).keep_key(key.rpartition("/")[2], f"alias/{alias}")
        place = images.place(ZONE, names.resource_name(plan, plan.hub.name, ZONE))
        tools = Tools(setting.records, setting.ways)
        workshop = Workshop(tools, plan, images, place, key, on_progress, tell, stop)
        return (*found, *workshop.build(missing))


def prune(setting: Setting, *, everything: bool, words: str) -> tuple[str, ...]:
    """Delete the images that the plan has no use for, or all of them with their key; give their names."""
    kept: Mapping[str, object] = {} if everything else golden_names(setting.plan)
    with claim(setting.locks, CLAIM, who=setting.who, command=words):
        images = _images(setting, threading.Event())
        gone = prune_images(images, setting.records, kept)
        if everything:
            images.drop_key(key_alias(setting.plan.exercise))
            Shelf(setting.records).keep_key()
    return tuple(image.name for image in gone)


def kept_images(records: Path) -> dict[str, str]:
    """Say of every id that golden images have why it stays when an exercise is torn down."""
    shelf = Shelf(records)
    return {
        **{
            each: f"of the golden image {made.name}, which `range image prune` removes"
            for made in shelf.all()
            for each in (made.image, *made.snapshots)
        },
        **dict.fromkeys(shelf.key, "golden images are encrypted with it; `range image prune --all` removes both"),
    }


def key_alias(exercise: str) -> str:
    """Name the key that an exercise's images are encrypted with."""
    return f"{exercise}-images"


def _wanted(setting: Setting, roles: Sequence[str]) -> dict[str, Wish]:
    every = {
        name: Wish(name, *served[0], min(host.disk_gib for _, host in served))
        for name, served in golden_names(setting.plan).items()
    }
    known = sorted({wish.host.role for wish in every.values()})
    for role in roles:
        if role not in known:
            raise InputError(f"--role {role}: no host has it", hint=f"valid: {', '.join(known)}")
    return {name: wish for name, wish in every.items() if not roles or wish.host.role in roles}


def _images(setting: Setting, stop: threading.Event) -> Images:
    hub = setting.plan.hub
    tags = names.tags(setting.plan, hub.name, setting.state_id)
    return Images(setting.sessions.account(hub.account), setting.plan.exercise, tags, stop)
