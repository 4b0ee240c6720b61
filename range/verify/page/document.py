"""The page: verdict, drawing, matrix and findings, with style and script inside, and nothing from anywhere else."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from range.records.proof import Cell, Counterexample, Finding, Proof
from range.verify.matrix import told
from range.verify.page.drawing import drawing
from range.verify.page.names import end_name, slug

SIGNS = {"PROVEN": "✓", "VIOLATED": "✗", "UNKNOWN": "?"}
NOTHING_DECLARED = "·"
SHOWN = 4
"""Resources at fault that a finding shows at once."""
MANY = 24
"""Enclaves from which on the cells are as small as a finger still hits."""
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">"
)
MEANINGS = {
    "PROVEN": "Exactly the declared flows exist between every two enclaves. Identities aren't judged here.",
    "VIOLATED": "A flow exists that nobody declared, or a declared one doesn't get through.",
    "UNKNOWN": "Something couldn't be judged. That is never to be read as “fine”.",
}


def page(proof: Proof) -> str:
    """Write the page. The same proof gives the same bytes."""
    here = files("range.verify.page")
    style = here.joinpath("style.css").read_text(encoding="utf-8")
    script = here.joinpath("script.js").read_text(encoding="utf-8")
    title = f"Proof of {proof.exercise}: {proof.verdict}"
    return "\n".join(
        (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            _POLICY,
            f'<link rel="icon" href="data:,">\n<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>',
            _head(proof),
            "<main>",
            _topology(proof),
            _matrix(proof),
            _findings(proof),
            _facts(proof),
            f"</main>\n<script>\n{script}</script>\n</body>\n</html>\n",
        )
    )


def _head(proof: Proof) -> str:
    """Write the verdict."""
    verdict = proof.verdict
    return (
        f'<header class="{verdict.lower()}"><h1>Proof of {escape(proof.exercise)}</h1>'
        f'<p class="verdict"><span aria-hidden="true">{SIGNS[verdict]}</span> {verdict}</p>'
        f"<p>{escape(MEANINGS[verdict])} Network: {proof.network}. Identity: {proof.identity}.</p></header>"
    )


def _topology(proof: Proof) -> str:
    """Write the drawing, and what is shown on it."""
    shown = "Choose a finding or a cell to see a packet's path." if proof.findings else "No path to show."
    return (
        f'<section aria-labelledby="topology"><h2 id="topology">Topology</h2>'
        f'<p id="shown" role="status">{shown}</p>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="Drawing of the topology">{drawing(proof)}</div>'
        f"</section>"
    )


def _matrix(proof: Proof) -> str:
    """Write a cell for every ordered pair of enclaves."""
    names = list(dict.fromkeys(cell.source for cell in proof.matrix))
    cells = {(cell.source, cell.to): cell for cell in proof.matrix}
    heads = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in names)
    rows = []
    for source in names:
        row = "".join(_cell(cells.get((source, target))) for target in names)
        rows.append(f'<tr><th scope="row">{escape(source)}</th>{row}</tr>')
    size = "matrix large" if len(names) > MANY else "matrix"
    legend = "".join(
        f'<li><span class="sign {kind}">{sign}</span> {words}</li>'
        for kind, sign, words in (
            ("proven", SIGNS["PROVEN"], "declared flows, and only these"),
            ("proven none", NOTHING_DECLARED, "nothing declared, and nothing gets through"),
            ("violated", SIGNS["VIOLATED"], "violated"),
            ("unknown", SIGNS["UNKNOWN"], "unknown"),
        )
    )
    return (
        f'<section aria-labelledby="pairs"><h2 id="pairs">Who reaches whom</h2>'
        f"<p>Rows send, columns receive. {proof.pairs} ordered pairs of zones were decided.</p>"
        f'<ul class="legend">{legend}</ul>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="Matrix of enclaves">'
        f'<table class="{size}"><caption class="quiet">Verdict for every ordered pair</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        f'<p id="cell" role="status">Choose a cell to read what is declared between the two.</p></section>'
    )


def _cell(cell: Cell | None) -> str:
    """Write one cell: a button that tells, in words, what its sign stands for."""
    if cell is None:
        return '<td class="self"></td>'
    declared = "; ".join(cell.flows) or "nothing declared"
    kind = cell.verdict.lower() + ("" if cell.flows or cell.verdict != "PROVEN" else " none")
    sign = NOTHING_DECLARED if kind.endswith("none") else SIGNS[cell.verdict]
    said = f"{cell.source} to {cell.to}: {cell.verdict}. {declared}"
    return (
        f'<td><button type="button" class="sign {kind}" data-pair="{slug(cell.source, cell.to)}" '
        f'aria-label="{escape(said)}" title="{escape(said)}" tabindex="-1">{sign}</button></td>'
    )


def _findings(proof: Proof) -> str:
    """Write every finding, the worst first."""
    if not proof.findings:
        return '<section aria-labelledby="found"><h2 id="found">Findings</h2><p>None.</p></section>'
    items = "".join(_finding(number, finding) for number, finding in enumerate(proof.findings))
    count = f"{len(proof.findings)} finding{'s' if len(proof.findings) > 1 else ''}"
    return f'<section aria-labelledby="found"><h2 id="found">{count}</h2><ol class="findings">{items}</ol></section>'


def _finding(number: int, finding: Finding) -> str:
    """Write one finding: what, why, and the packet that shows it."""
    verdict, pair = finding.verdict.lower(), slug(finding.source, finding.to)
    button = ""
    if finding.counterexample is not None:
        button = f'<button type="button" class="show" data-path="path-{number}">Show on the drawing</button>'
    example = _example(finding.counterexample) if finding.counterexample is not None else ""
    ends = f"{escape(end_name(finding.source))} → {escape(end_name(finding.to))}"
    return (
        f'<li id="finding-{number}" class="{verdict}" data-pair="{pair}">'
        f'<h3><span class="tag {verdict}">{SIGNS[finding.verdict]} {finding.verdict}</span> {ends}</h3>'
        f"{_reasons(finding)}{button}{example}</li>"
    )


def _reasons(finding: Finding) -> str:
    """Write what is wrong, and every resource's part in it, the worst first."""
    if not finding.reasons:
        return f"<p>{escape(finding.why)}</p>"
    what = "gets through, and nobody declared it" if finding.kind == "undeclared" else "is declared, and is cut"
    parts = [
        f"<li><code>{escape(resource)}</code> {escape(reason)}</li>"
        for resource, reason in zip(finding.resources, finding.reasons, strict=True)
    ]
    more = "".join(parts[SHOWN:])
    rest = f"<details><summary>And {len(parts) - SHOWN} more</summary><ul>{more}</ul></details>" if more else ""
    said = f"<p><strong>{escape(finding.traffic)}</strong> {what}. At fault, the worst first:</p>"
    return f'{said}<ul class="reasons">{"".join(parts[:SHOWN])}</ul>{rest}'


def _example(example: Counterexample) -> str:
    """Write a packet's hops."""
    port = "" if example.port is None else f" port {example.port}"
    hops = "".join(
        f"<li><code>{escape(hop.resource)}</code>{f' <code>{escape(hop.rule)}</code>' if hop.rule else ''} "
        f"{escape(hop.what)}</li>"
        for hop in example.hops
    )
    back = "its answer comes back" if example.answered else "no answer comes back"
    return (
        f"<details><summary>{escape(example.protocol)}{port} from {escape(example.source)} "
        f"({escape(example.source_name)}) to {escape(example.destination)} ({escape(example.destination_name)}): "
        f'{back}</summary><ol class="hops">{hops}</ol></details>'
    )


def _facts(proof: Proof) -> str:
    """Write what the proof was made from."""
    rows = (
        ("Snapshot", proof.snapshot_sha256 or "unreadable"),
        ("Taken", proof.taken.isoformat() if proof.taken else "unknown"),
        ("Accounts", ", ".join(proof.accounts) or "none"),
        ("Region", proof.region),
        ("Interfaces", str(proof.interfaces)),
        ("Packets", told(proof.probes)),
        ("Kinds of addresses", str(proof.classes)),
        ("Identity", "UNKNOWN: who may do what to whom is another proof's business"),
    )
    said = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f'<section aria-labelledby="facts"><h2 id="facts">What this rests on</h2><dl>{said}</dl></section>'
