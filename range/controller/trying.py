"""Packets beside the proof of a reset: whoever played may have left something on a host that no API shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from range.controller.played import Played
from range.controller.site import Setting
from range.errors import CloudError
from range.records.proof import Probes, Proof

_PATIENCE_S = 20.0
"""How long the bastion may take to answer."""


def tried(setting: Setting, prove: Callable[[], Proof], without: Collection[str] = ()) -> Proof:
    """Make a proof, and send packets from and to the enclaves of a reset meanwhile; give it with what those say.

    None is sent to an enclave in which a session goes on, whose players would see it, to one that isn't up, nor to those
    that the proof is made `without`, whose hosts may be without a disk just now.
    """
    from range.verify.probes.choice import Scope, usual
    from range.verify.probes.judgement import probed, unprobed
    from range.verify.probes.round import sent

    ways = setting.ways
    if ways is None:
        return unprobed(prove(), setting.hostless)
    going_on = Played.of(setting).session
    left_alone = {*(going_on.enclaves if going_on else ()), *without}
    quiet = [each.name for each in setting.plan.enclaves if each.name not in left_alone and setting.stands(each.name)]
    about = tuple(name for name in setting.resets if name not in without)
    scope = Scope(quiet, about)
    try:
        ways.open(_PATIENCE_S, threading.Event())
    except CloudError as error:
        return unprobed(prove(), error.message, about)
    with ThreadPoolExecutor(1, thread_name_prefix="packets") as thread:
        packets = thread.submit(sent, usual(setting.plan, scope), ways.as_root)
        proof = prove()
        return probed(setting.plan, proof, ways.as_root, scope, packets.result())


class Packets(NamedTuple):
    """What packets come to for one enclave."""

    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    """Why none were sent, where that is nobody's fault."""
    problems: tuple[str, ...] = ()
    """Why nothing can be told of some of its hosts, which is a reason not to call it clean."""


def packets_of(probes: Probes, enclave: str) -> Packets:
    """Give what probes come to for an enclave; what they have against it is among the proof's findings."""
    silent = [name for name in probes.left_out if name.partition("/")[0] == enclave]
    if silent:
        return Packets(problems=(f"packets couldn't be sent from {', '.join(silent)}: {probes.why}",))
    if not probes.tried:
        return Packets(skipped=(f"packets: {probes.why}",))
    return Packets(notes=(f"{probes.tried} packets agree with it, {probes.passed} of them arrived",))
