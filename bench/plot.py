"""Plots as SVG, drawn by hand: lines over a few sizes, with a legend; no library, and the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 320, 70, 190, 40, 50
COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e6c00", "#6b3fa0")


def drawn(path: Path, title: str, unit: str, lines: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Draw lines of points, the first coordinate being a size, into a file."""
    sizes = sorted({size for points in lines.values() for size, _ in points})
    highest = max((value for points in lines.values() for _, value in points), default=1.0) * 1.1 or 1.0
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(size: float) -> float:
        return LEFT + across * (sizes.index(size) / max(1, len(sizes) - 1))

    def y(value: float) -> float:
        return TOP + up * (1 - value / highest)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="14">{escape(title)}</text>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        value = highest * share
        parts.append(
            f'<path d="M{LEFT} {y(value):.1f}H{LEFT + across}" stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.0f} {escape(unit)}</text>'
        )
    parts += [f'<text x="{x(size):.1f}" y="{HEIGHT - 25}" text-anchor="middle">{size:g}</text>' for size in sizes]
    parts.append(f'<text x="{LEFT + across / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">enclaves</text>')
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>' for size, value in points]
        parts.append(
            f'<text x="{LEFT + across + 12}" y="{TOP + 14 + 18 * number}" fill="{colour}">{escape(name)}</text>'
        )
    path.write_text("\n".join([*parts, "</svg>", ""]), encoding="utf-8")
