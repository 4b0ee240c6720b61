"""The proof for a terminal: a matrix of enclaves by enclaves, and the findings below it."""

from __future__ import annotations

from collections.abc import Iterator

from range.records.proof import Cell, Finding, Probes, Proof

_SIGNS = {"PROVEN": "+", "VIOLATED": "X", "UNKNOWN": "?"}
_NOTHING = "."
_LEGEND = (
    "rows send, columns receive",
    "+ declared flows and only these   . nothing declared, nothing gets through   X violated   ? unknown",
)


def lines(proof: Proof) -> Iterator[str]:
    """Give the proof line by line."""
    taken = f" taken {proof.taken:%Y-%m-%d %H:%M:%S %Z}" if proof.taken else ""
    yield f"{proof.exercise}: network {proof.network}, identity {proof.identity}"
    yield f"{proof.pairs} ordered pairs of zones, {proof.interfaces} interfaces of {proof.classes} kinds"
    yield told(proof.probes)
    if proof.snapshot_sha256:
        yield f"snapshot {proof.snapshot_sha256[:16]}{taken}"
    yield ""
    yield from _matrix(proof.matrix)
    for finding in proof.findings:
        yield ""
        yield from _finding(finding)


def told(probes: Probes) -> str:
    """Say in a sentence what packets said of a proof, or why none were sent."""
    if not probes.tried:
        return f"no packets were sent to check it: {probes.why}"
    agree = (
        "all as the proof says" if not probes.disagreements else f"{probes.disagreements} pairs of zones CONTRADICT it"
    )
    sent = f"{probes.tried} packets between {probes.hosts} hosts: {probes.passed} arrived, {probes.dropped} didn't; {agree}"
    return f"{sent}; without {', '.join(probes.left_out)}: {probes.why}" if probes.left_out else sent


def _matrix(cells: tuple[Cell, ...]) -> Iterator[str]:
    """Give the matrix; names stand upright above their columns, so that fifty enclaves fit on a screen."""
    names = list(dict.fromkeys(cell.source for cell in cells))
    signs = {(cell.source, cell.to): _sign(cell) for cell in cells}
    wide = max((len(name) for name in names), default=0)
    for place in range(wide):
        letters = [name.rjust(wide)[place] for name in names]
        yield f"{'':{wide}}  {' '.join(letters)}".rstrip()
    for source in names:
        yield f"{source:>{wide}}  {' '.join(signs.get((source, target), ' ') for target in names)}"
    yield from _LEGEND


def _sign(cell: Cell) -> str:
    """Give a cell's sign."""
    return _NOTHING if cell.verdict == "PROVEN" and not cell.flows else _SIGNS[cell.verdict]


def _finding(finding: Finding) -> Iterator[str]:
    """Give one finding, with its packet hop by hop."""
    yield f"{finding.verdict}  {finding.source} → {finding.to}"
    yield f"  {finding.why}"
    example = finding.counterexample
    if example is None:
        return
    port = "" if example.port is None else f" port {example.port}"
    ends = f"{example.source} {example.source_name} → {example.destination} {example.destination_name}"
    yield f"  {example.protocol}{port}: {ends}"
    for number, hop in enumerate(example.hops, 1):
        yield f"  {number:3}  {hop.resource} {hop.rule}{' ' if hop.rule else ''}{hop.what}"
