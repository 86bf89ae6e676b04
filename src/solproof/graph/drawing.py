"""Control-flow graphs as one SVG file that opens anywhere, without scripts and without a network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as xml

from solproof.coverage.coverage import ProgramCoverage
from solproof.graph.control_flow import Block, Edge, FunctionGraph
from solproof.graph.layout import Layout, layered

NAMESPACE = "http://www.w3.org/2000/svg"
MARGIN = 24
TITLE = 34
LINE = 14
CHARACTER = 6.7
"""The width of a character in pixels, of a font of 11 pixels with equal widths."""
LONGEST = 46
"""A longer line is cut. The title of a block has all of it."""
MOST_LINES = 14
FIRST_LINES = 9
STYLE = """
text { font: 11px ui-monospace, Menlo, Consolas, monospace; fill: #1c1c1a; white-space: pre; }
text.title { font: 600 15px system-ui, sans-serif; }
text.about, text.count { font: 11px system-ui, sans-serif; fill: #6b6b66; }
.block rect { stroke: #8a8a82; }
.unused rect { stroke-dasharray: 3 3; fill: #f4f4f1; }
.unused text { fill: #8a8a82; }
path { fill: none; stroke: #4a4a45; stroke-width: 1.3; }
path.next { stroke: #8a8a82; }
path.unused { stroke: #c4c4bc; stroke-dasharray: 3 3; }
marker path { fill: #4a4a45; stroke: none; }
"""

Graphs = Sequence[tuple[ProgramCoverage, Sequence[FunctionGraph]]]


def draw(found: Graphs, name: str) -> str:
    """The text of an SVG file with the graphs of functions, one below the other.

    name: what ran, for the title.
    """
    placed = [(program, graph, _layout(graph)) for program, graphs in found for graph in graphs]
    most = max((block.count for _, graph, _ in placed for block in graph.blocks), default=0)
    width = max((layout.width for *_, layout in placed), default=0) + 2 * MARGIN + 40
    height = sum(layout.height + TITLE + 2 * MARGIN for *_, layout in placed) + MARGIN
    size = {"width": f"{width:.0f}", "height": f"{height:.0f}", "viewBox": f"0 0 {width:.0f} {height:.0f}"}
    svg = xml.Element("svg", size | {"xmlns": NAMESPACE})
    xml.SubElement(svg, "title").text = f"Control flow of {name}"
    xml.SubElement(svg, "style").text = STYLE
    arrow = {"viewBox": "0 0 8 8", "refX": "7", "refY": "4", "markerWidth": "7", "markerHeight": "7"}
    marker = xml.SubElement(svg, "marker", {"id": "arrow", "orient": "auto"} | arrow)
    xml.SubElement(marker, "path", {"d": "M0,0 L8,4 L0,8 Z"})
    xml.SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "#fff"})
    y = float(MARGIN)
    for program, graph, layout in placed:
        group = xml.SubElement(svg, "g", {"transform": f"translate({MARGIN}, {y:.1f})"})
        _head(group, program, graph)
        _draw_graph(group, graph, layout, most)
        y += layout.height + TITLE + 2 * MARGIN
    return xml.tostring(svg, encoding="unicode") + "\n"


def _layout(graph: FunctionGraph) -> Layout:
    sizes = []
    for block in graph.blocks:
        lines = _shown(block)
        sizes.append((max(map(len, lines)) * CHARACTER + 16, len(lines) * LINE + 12))
    return layered(sizes, [(edge.source, edge.target) for edge in graph.edges])


def _head(group: xml.Element, program: ProgramCoverage, graph: FunctionGraph) -> None:
    function, line = graph.function, program.symbols.lines.at(graph.function.start)
    _text(group, 0, 0, function.name, "title")
    about = f"slots {function.start} to {function.end - 1}, entered {_times(graph.calls)}"
    where = "" if line is None else f", {line}"
    _text(group, 0, 15, f"{about}{where}, program {program.program.file_sha256.hex()[:8]}", "about")


def _draw_graph(group: xml.Element, graph: FunctionGraph, layout: Layout, most: int) -> None:
    inner = xml.SubElement(group, "g", {"transform": f"translate(0, {TITLE})"})
    for edge, points in zip(graph.edges, layout.edges, strict=True):
        _draw_edge(inner, edge, points, layout, graph)
    for block, place in zip(graph.blocks, layout.nodes, strict=True):
        _draw_block(inner, block, place, most)


def _shown(block: Block) -> list[str]:
    """The lines of a block. The middle of a long block is left out."""
    lines = [f"{pc:>5}  {text}" for pc, text in block.instructions]
    if len(lines) > MOST_LINES:
        last = MOST_LINES - FIRST_LINES - 1
        left = len(lines) - FIRST_LINES - last
        lines = [*lines[:FIRST_LINES], f"       … {left} more", *lines[-last:]]
    cut = [line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…" for line in lines]
    return [_times(block.count), *cut]


def _draw_block(group: xml.Element, block: Block, place: tuple[float, float], most: int) -> None:
    x, y = place
    lines = _shown(block)
    box = xml.SubElement(group, "g", {"class": "block" if block.count else "block unused"})
    listing = "\n".join(f"{pc:>5}  {text}" for pc, text in block.instructions)
    xml.SubElement(box, "title").text = f"{_times(block.count)}\n{listing}"
    fields = {
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "width": f"{max(map(len, lines)) * CHARACTER + 16:.1f}",
        "height": f"{len(lines) * LINE + 12}",
        "rx": "4",
    }
    xml.SubElement(box, "rect", fields | ({"fill": _color(block.count, most)} if block.count else {}))
    for number, line in enumerate(lines):
        _text(box, x + 8, y + 17 + number * LINE, line, "count" if number == 0 else None)


def _draw_edge(
    group: xml.Element,
    edge: Edge,
    points: Sequence[tuple[float, float]],
    layout: Layout,
    graph: FunctionGraph,
) -> None:
    if edge.source == edge.target:
        x, y = layout.nodes[edge.source]
        lines = _shown(graph.blocks[edge.source])
        right, bottom = x + max(map(len, lines)) * CHARACTER + 16, y + len(lines) * LINE + 12
        route = (
            f"M{right - 20:.1f},{bottom:.1f} "
            f"C{right - 20:.1f},{bottom + 26:.1f} {right + 34:.1f},{bottom + 26:.1f} "
            f"{right + 34:.1f},{(y + bottom) / 2:.1f} "
            f"S{right - 20:.1f},{y - 26:.1f} {right - 20:.1f},{y:.1f}"
        )
    else:
        route = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
        for (x, y), (next_x, next_y) in pairwise(points):
            middle = (y + next_y) / 2
            route += f" C{x:.1f},{middle:.1f} {next_x:.1f},{middle:.1f} {next_x:.1f},{next_y:.1f}"
    kinds = [kind for kind, holds in (("next", not edge.is_jump), ("unused", not edge.count)) if holds]
    path = xml.SubElement(group, "path", {"d": route, "class": " ".join(kinds), "marker-end": "url(#arrow)"})
    xml.SubElement(path, "title").text = _times(edge.count)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _text(parent: xml.Element, x: float, y: float, text: str, kind: str | None = None) -> None:
    fields = {"x": f"{x:.1f}", "y": f"{y:.1f}"} | ({"class": kind} if kind else {})
    xml.SubElement(parent, "text", fields).text = text


def _color(count: int, most: int) -> str:
    """From pale yellow for one run of a block to strong orange for the block that ran most."""
    share = math.log(count) / math.log(most) if most > 1 else 0.0
    return f"hsl({52 - 30 * share:.0f} 95% {93 - 25 * share:.0f}%)"
