"""What the proof found: a verdict, and for everything short of PROVEN the resource that it hangs on."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AliasChoices, Field

from range.records.plan import Record

SNAPSHOT = "snapshot"
"""The resource of findings about a snapshot as a whole."""
FORMAT = 2
"""Goes up when the meaning of a proof changes."""

Verdict = Literal["PROVEN", "VIOLATED", "UNKNOWN"]
Part = Literal["network", "identity"]
"""What packets can do, or what people and services may."""
Kind = Literal["undeclared", "cut", "unknown", "contradicted"]
"""A flow that nobody declared, a declared one that doesn't get through, something that can't be told, or packets that did
otherwise than the proof says."""

_FROM = Field(validation_alias=AliasChoices("from", "source"), serialization_alias="from")
"""JSON says `from`, which Python keeps for itself."""


class Hop(Record):
    """One thing that the packet meets on its way, and what it does with it."""

    resource: str
    rule: str = ""
    """The rule, entry or route of the resource that decides; empty where the resource decides as a whole."""
    what: str
    """The decision as a sentence."""


class Counterexample(Record):
    """One packet that shows it: where it comes from, what it is, and how far it gets."""

    source: str
    """The sender's address."""
    source_name: str
    """The sender's interface and host, or `internet`."""
    destination: str
    destination_name: str
    protocol: str
    port: int | None
    """None where the protocol has no ports; for icmp see `protocol`."""
    answered: bool
    """Whether the answer finds its way back; a packet that gets through unanswered is a flow all the same."""
    hops: tuple[Hop, ...]


class Finding(Record):
    """One ordered pair of zones or enclaves that isn't as declared, or can't be told."""

    part: Part = "network"
    source: str = _FROM
    """`est.targets`; an enclave's name alone where it concerns all of it; `*` for every enclave."""
    to: str
    verdict: Verdict
    kind: Kind
    traffic: str
    """What passes, or fails to: `tcp 443`."""
    resource: str
    """The resource most at fault."""
    resources: tuple[str, ...]
    """Everything that takes part in the fault, the worst first."""
    reasons: tuple[str, ...] = ()
    """What part each of them takes, in the same order; empty where `why` says it all."""
    why: str
    counterexample: Counterexample | None = None
    chain: tuple[str, ...] = ()
    """The statements that let it happen, one for each policy that has to; empty for packets."""


class Cell(Record):
    """One ordered pair of enclaves: a cell of the matrix."""

    source: str = _FROM
    to: str
    verdict: Verdict
    flows: tuple[str, ...]
    """What is declared between the two, and found: `targets → services tcp 6514`."""


class Probes(Record):
    """What packets between hosts said beside the proof."""

    tried: int = 0
    passed: int = 0
    dropped: int = 0
    hosts: int = 0
    """The hosts that they were sent between, one of each zone."""
    left_out: tuple[str, ...] = ()
    """The hosts that nothing was sent from or to, because they could not be come by."""
    disagreements: int = 0
    """Pairs of zones where packets did otherwise than the proof says."""
    why: str = "a snapshot has no hosts to send packets between"
    """Why none were sent, or why hosts were left out."""


class Proof(Record):
    """The proof of one snapshot. The same plan and snapshot give the same proof, byte for byte."""

    format: int = FORMAT
    exercise: str
    verdict: Verdict
    """Of both parts: the worse one."""
    network: Verdict
    identity: Verdict
    pairs: int
    """Ordered pairs of zones of different enclaves, the internet among them, that were decided."""
    findings: tuple[Finding, ...]
    matrix: tuple[Cell, ...]
    snapshot_sha256: str
    taken: datetime | None
    accounts: tuple[str, ...]
    region: str
    interfaces: int
    classes: int
    """Kinds of addresses that nothing in the snapshot tells apart; what was decided holds for each of their members."""
    probes: Probes = Probes()
