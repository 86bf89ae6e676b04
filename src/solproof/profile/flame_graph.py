"""A profile as a flame graph: one SVG file that opens anywhere, without scripts and without a network.

Each call path is a bar below the bar of its caller. Its width is what the path cost with everything below it.
A browser shows the details of a bar under the pointer, because each bar has a title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as xml
from zlib import crc32

from solproof.profile.formats import outside_stacks
from solproof.profile.profile import Profile, Weight

WIDTH = 1200
ROW = 19
"""The height of a bar in pixels, with the gap below it."""
HEAD = 44
MARGIN = 10
CHARACTER = 6.7
"""The width of a character in pixels, of a font of 11 pixels with equal widths."""
LEAST = 0.1
"""Bars that would be narrower are left out."""
UNITS = {Weight.COMPUTE_UNITS: "CU", Weight.CELLS: "cells"}
NAMESPACE = "http://www.w3.org/2000/svg"
STYLE = """
text { font: 11px ui-monospace, Menlo, Consolas, monospace; fill: #1c1c1a; pointer-events: none; }
text.title { font: 600 15px system-ui, sans-serif; }
text.about { font: 12px system-ui, sans-serif; fill: #6b6b66; }
.page { fill: #fff; }
g:hover > rect { stroke: #1c1c1a; stroke-width: 1; }
@media (prefers-color-scheme: dark) {
  .page { fill: #191917; }
  text.title { fill: #ededea; }
  text.about { fill: #a3a39c; }
  g:hover > rect { stroke: #fff; }
}
"""


@dataclass(slots=True)
class _Bar:
    """A call path. own and total: its weight without and with what it calls."""

    name: str
    about: str = ""
    own: int = 0
    total: int = 0
    below: list[_Bar] = field(default_factory=list)


def flame_graph(profile: Profile, weight: Weight, name: str) -> str:
    """The text of an SVG file.

    weight: what the widths of the bars are.
    name: what ran, for the title.
    """
    root = _tree(profile, weight)
    depth = _depth(root)
    height = HEAD + depth * ROW + MARGIN
    size = {"width": str(WIDTH), "height": str(height), "viewBox": f"0 0 {WIDTH} {height}"}
    svg = xml.Element("svg", size | {"xmlns": NAMESPACE})
    xml.SubElement(svg, "title").text = f"Flame graph of {name}"
    xml.SubElement(svg, "style").text = STYLE
    xml.SubElement(svg, "rect", {"class": "page", "width": str(WIDTH), "height": str(height)})
    _text(svg, MARGIN, 20, name, "title")
    about = f"{root.total:,} {UNITS[weight]}. Hold the pointer over a bar to see its cost."
    _text(svg, MARGIN, 36, about, "about")
    waiting = [(root, float(MARGIN), 0)]
    while waiting:
        bar, x, level = waiting.pop()
        width = bar.total / max(root.total, 1) * (WIDTH - 2 * MARGIN)
        if width < LEAST:
            continue
        _draw(svg, bar, x, HEAD + level * ROW, width, f"{UNITS[weight]}", root.total)
        for child in bar.below:
            waiting.append((child, x, level + 1))
            x += child.total / max(root.total, 1) * (WIDTH - 2 * MARGIN)
    return xml.tostring(svg, encoding="unicode") + "\n"


def _tree(profile: Profile, weight: Weight) -> _Bar:
    """The bars of all paths, below one bar for everything."""
    root = _Bar("all")
    bars: list[_Bar] = []
    for path in profile.paths:
        frame = profile.frames[path.frame]
        places = [frame.program, None if frame.line is None else str(frame.line)]
        bar = _Bar(frame.name, ", ".join(filter(None, places)), path.own.of(weight))
        bars.append(bar)
        (root if path.parent < 0 else bars[path.parent]).below.append(bar)
    for stack, cells in outside_stacks(profile, weight):
        above = root
        for name in stack:
            known = next((bar for bar in above.below if bar.name == name), None)
            if known is None:
                known = _Bar(name)
                above.below.append(known)
            above = known
        above.own += cells
    for bar in reversed(_parents_first(root)):
        bar.total = bar.own + sum(child.total for child in bar.below)
        bar.below.sort(key=lambda child: -child.total)
    return root


def _parents_first(root: _Bar) -> Sequence[_Bar]:
    found = [root]
    for bar in found:
        found += bar.below
    return found


def _depth(root: _Bar) -> int:
    """How many bars are below each other."""
    level, depth = [root], 0
    while level:
        level, depth = [child for bar in level for child in bar.below if child.total], depth + 1
    return depth


def _draw(svg: xml.Element, bar: _Bar, x: float, y: int, width: float, unit: str, whole: int) -> None:
    group = xml.SubElement(svg, "g")
    about = f" ({bar.about})" if bar.about else ""
    own = f", {bar.own:,} of its own" if bar.below else ""
    xml.SubElement(
        group, "title"
    ).text = f"{bar.name}{about}: {bar.total:,} {unit}, {bar.total / max(whole, 1):.1%}{own}"
    place = {"x": f"{x:.2f}", "y": str(y), "width": f"{width:.2f}", "height": str(ROW - 1), "rx": "2"}
    xml.SubElement(group, "rect", place | {"fill": _color(bar.name)})
    room = int((width - 6) / CHARACTER)
    if room >= 3:
        text = bar.name if len(bar.name) <= room else f"{bar.name[: room - 1]}…"
        _text(group, x + 3, y + 13, text)


def _text(parent: xml.Element, x: float, y: int, text: str, kind: str | None = None) -> None:
    fields = {"x": f"{x:.2f}", "y": str(y)} | ({"class": kind} if kind else {})
    xml.SubElement(parent, "text", fields).text = text


def _color(name: str) -> str:
    """A light colour that depends only on the name, so that two graphs can be compared."""
    number = crc32(name.encode())
    return f"hsl({number % 60 + 10} {65 + number // 60 % 25}% {66 + number // 1500 % 12}%)"
