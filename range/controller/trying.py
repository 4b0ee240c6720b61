"""Packets beside the proof of a reset: whoever played may have left something on a host that no API shows."""

from __future__ import annotations

import threading
from typing import NamedTuple

from range.controller.played import Played
from range.controller.site import Setting
from range.errors import CloudError
from range.records.proof import Probes, Proof

_PATIENCE_S = 20.0
"""How long the bastion may take to answer."""


def tried(setting: Setting, proof: Proof) -> Proof:
    """Give a proof with what packets say that are sent from and to the enclaves of a reset.

    None is sent to an enclave in which a session goes on, whose players would see it, nor to one that isn't up.
    """
    from range.verify.probes.judgement import probed, unprobed

    if setting.ways is None:
        return unprobed(proof, setting.hostless)
    going_on = Played.of(setting).session
    played = going_on.enclaves if going_on else ()
    quiet = [each.name for each in setting.plan.enclaves if each.name not in played and setting.stands(each.name)]
    try:
        setting.ways.open(_PATIENCE_S, threading.Event())
    except CloudError as error:
        return unprobed(proof, error.message, tuple(setting.resets))
    return probed(setting.plan, proof, setting.ways.as_root, quiet, setting.resets)


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
