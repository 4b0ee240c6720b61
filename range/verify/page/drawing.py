"""The topology as SVG: enclaves around the transit gateway, and the counterexample's path among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from math import cos, pi, sin

from range.records.plan import INTERNET
from range.records.proof import Finding, Proof, Verdict
from range.verify.page.names import end_name, slug

_BOX_W, _BOX_H = 74, 36
_GAP = 16
_SMALLEST_RADIUS = 150
_MOST_ON_ONE = 20
"""Enclaves that stand on one ellipse; more take two."""
_SMALLEST_SCALE, _LARGEST_SCALE = 0.62, 1.6
"""Pixels per unit between which the drawing can still be read, and doesn't shout."""
_CLEAR = 5
"""Units between a path and the box that it begins or ends at."""
GATEWAY = "transit gateway"


@dataclass(frozen=True)
class Point:
    """A place on the drawing, in its own units."""

    x: float
    y: float

    def towards(self, other: Point, part: float) -> Point:
        """Give the place a part of the way to another."""
        return Point(self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part)

    def __str__(self) -> str:
        """Write it as SVG does, to a tenth of a unit so that every machine draws the same."""
        return f"{self.x:.1f} {self.y:.1f}"


@dataclass(frozen=True)
class Layout:
    """Where everything stands."""

    centre: Point
    places: dict[str, Point]
    width: float
    height: float


def layout_of(names: tuple[str, ...]) -> Layout:
    """Put the enclaves on an ellipse wide enough that no two boxes touch, the gateway in its middle.

    Many enclaves stand alternately on two ellipses, which keeps the drawing small.
    """
    rings = (1.0,) if len(names) <= _MOST_ON_ONE else (1.0, 0.7)
    radius = max(_SMALLEST_RADIUS, (_BOX_W + _GAP) * len(names) / len(rings) / (2 * pi) / rings[-1] * 1.12)
    across, down = radius * 1.25, radius * 0.82
    width, height = 2 * across + _BOX_W + 20, 2 * down + _BOX_H + 20
    centre = Point(width / 2, height / 2)
    places = {}
    for number, name in enumerate(names):
        angle, ring = 2 * pi * number / len(names) - pi / 2, rings[number % len(rings)]
        places[name] = Point(centre.x + across * ring * cos(angle), centre.y + down * ring * sin(angle))
    return Layout(centre, places, width, height)


def drawing(proof: Proof) -> str:
    """Draw the proof: a line per enclave in the colour of its worst verdict, and a hidden path per counterexample."""
    names = tuple(dict.fromkeys(cell.source for cell in proof.matrix))
    layout = layout_of(names)
    paths = [_path(layout, number, one) for number, one in enumerate(proof.findings) if one.counterexample is not None]
    lines = [_spoke(layout, name, _worst_of(proof, name)) for name in names]
    boxes = [_box(layout.places[name], name, _worst_of(proof, name)) for name in names]
    said = f"{len(names)} places around one transit gateway; network {proof.network}"
    return (
        f'<svg id="drawing" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}" role="img" '
        f'aria-labelledby="drawing-title" style="min-width:{layout.width * _SMALLEST_SCALE:.0f}px;'
        f'max-width:{layout.width * _LARGEST_SCALE:.0f}px">'
        f'<title id="drawing-title">Topology of {escape(proof.exercise)}: {escape(said)}</title>'
        f'<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="15" markerHeight="15" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L10 5 L0 10 z"/></marker></defs>'
        f"{''.join(lines)}{_gateway(layout.centre)}{''.join(boxes)}{''.join(paths)}</svg>"
    )


def _worst_of(proof: Proof, name: str) -> Verdict:
    """Give the worst verdict that a place itself is named in; what concerns everybody else isn't its own."""
    ends = {"*", name}
    verdicts = {
        one.verdict for one in proof.findings if one.source.split(".")[0] in ends or one.to.split(".")[0] == name
    }
    if "VIOLATED" in verdicts:
        return "VIOLATED"
    return "UNKNOWN" if "UNKNOWN" in verdicts else "PROVEN"


def _spoke(layout: Layout, name: str, verdict: Verdict) -> str:
    """Draw the line between a place and the gateway; the internet has none of its own."""
    if name == INTERNET:
        return ""
    start, end = layout.places[name], layout.centre
    return f'<path class="spoke {verdict.lower()}" d="M{start} L{end}"/>'


def _box(at: Point, name: str, verdict: Verdict) -> str:
    """Draw a place."""
    kind = "outside" if name == INTERNET else "enclave"
    corner = f'x="{at.x - _BOX_W / 2:.1f}" y="{at.y - _BOX_H / 2:.1f}"'
    return (
        f'<g class="box {kind} {verdict.lower()}" data-name="{escape(name)}">'
        f'<rect {corner} width="{_BOX_W}" height="{_BOX_H}" rx="8"/>'
        f'<text x="{at.x:.1f}" y="{at.y + 5:.1f}">{escape(name)}</text></g>'
    )


def _gateway(at: Point) -> str:
    """Draw the transit gateway."""
    return (
        f'<g class="gateway"><rect x="{at.x - 72:.1f}" y="{at.y - 20:.1f}" width="144" height="40" rx="20"/>'
        f'<text x="{at.x:.1f}" y="{at.y + 5:.1f}">{GATEWAY}</text></g>'
    )


def _path(layout: Layout, number: int, finding: Finding) -> str:
    """Draw one counterexample: through the gateway, over the internet, or straight across a peering."""
    source, target = (layout.places.get(end.split(".")[0]) for end in (finding.source, finding.to))
    if source is None or target is None or finding.counterexample is None:
        return ""
    resources = [hop.resource for hop in finding.counterexample.hops]
    start, bend, end = _bent(layout, source, target, resources)
    kind = "reaches" if finding.kind == "undeclared" else "stops"
    fate = "gets through" if kind == "reaches" else "is cut"
    title = f"{end_name(finding.source)} to {end_name(finding.to)}: {finding.traffic} {fate}"
    halfway = start.towards(bend, 0.5).towards(bend.towards(end, 0.5), 0.5)
    mark = _stop(halfway) if kind == "stops" else ""
    return (
        f'<g class="path {kind}" id="path-{number}" data-pair="{slug(finding.source, finding.to)}" hidden>'
        f'<title>{escape(title)}</title><path d="M{start} Q{bend} {end}" marker-end="url(#tip)"/>{mark}</g>'
    )


def _bent(layout: Layout, source: Point, target: Point, resources: Iterable[str]) -> tuple[Point, Point, Point]:
    """Give a path's start, the point that it bends towards, and its end, both ends beside their boxes."""
    said = tuple(resources)
    peered = any(one.startswith("pcx-") for one in said)
    outside = any(one.startswith(("igw-", "eigw-", "nat-")) for one in said)
    world = layout.places.get(INTERNET)
    middle = source.towards(target, 0.5)
    if peered:
        bend = middle.towards(layout.centre, 0.35)
    elif outside and world is not None and world not in {source, target}:
        bend = world
    elif outside:
        bend = middle.towards(layout.centre, -0.25)
    else:
        bend = layout.centre
    return _edge(source, bend), bend, _edge(target, bend)


def _edge(box: Point, towards: Point) -> Point:
    """Give the place where a line from a box's middle leaves it, and a little further."""
    right, down = abs(towards.x - box.x), abs(towards.y - box.y)
    parts = [half / way for half, way in ((_BOX_W / 2 + _CLEAR, right), (_BOX_H / 2 + _CLEAR, down)) if way > 0]
    return box.towards(towards, min(*parts, 1.0) if len(parts) > 1 else (parts or [0.0])[0])


def _stop(at: Point) -> str:
    """Mark where a declared packet doesn't get on."""
    d = 7
    return (
        f'<path class="stop" d="M{at.x - d:.1f} {at.y - d:.1f} L{at.x + d:.1f} {at.y + d:.1f} '
        f'M{at.x + d:.1f} {at.y - d:.1f} L{at.x - d:.1f} {at.y + d:.1f}"/>'
    )
