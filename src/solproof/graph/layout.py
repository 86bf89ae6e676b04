"""A layered layout of a directed graph: places boxes in rows, so that most edges lead downwards.

The steps are those of Sugiyama, Tagawa and Toda (1981): turn the edges that close a cycle, give each node a
layer by its longest path, cut long edges with points in each layer, order every layer by the mean position of
its neighbours, and move the nodes towards their neighbours without overlaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import fmean

GAP = 26
LAYER_GAP = 44
SWEEPS = 8
POINT_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Layout:
    """The place of each node (its upper left corner), the points of each edge from its source to its target,
    and the size of the whole. All values are pixels.
    """

    nodes: tuple[tuple[float, float], ...]
    edges: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float


def layered(sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]]) -> Layout:
    """Place nodes of these widths and heights. Node 0 is the entry. An edge may lead to its own source."""
    turned = _closing(len(sizes), edges)
    downward = [
        (target, source) if number in turned else (source, target)
        for number, (source, target) in enumerate(edges)
    ]
    layer_of = _layers(len(sizes), downward)
    widths = [width for width, _ in sizes]
    chains: list[list[int]] = []
    for above, below in downward:
        chain = [above]
        if above != below:
            for layer in range(layer_of[above] + 1, layer_of[below]):
                chain.append(len(layer_of))
                layer_of.append(layer)
                widths.append(POINT_WIDTH)
            chain.append(below)
        chains.append(chain)
    links = [pair for chain in chains for pair in pairwise(chain)]
    layers = _ordered(layer_of, links)
    centers = _centers(layers, widths, links)
    heights = [max((sizes[node][1] for node in layer if node < len(sizes)), default=0) for layer in layers]
    tops = [0.0, *accumulate(height + LAYER_GAP for height in heights)]
    left = min(centers[node] - widths[node] / 2 for node in range(len(widths)))
    centers = [center - left for center in centers]

    def end(node: int, *, is_lower: bool) -> tuple[float, float]:
        top = tops[layer_of[node]]
        height = sizes[node][1] if node < len(sizes) else heights[layer_of[node]]
        return centers[node], top + (height if is_lower else 0)

    routes = []
    for number, chain in enumerate(chains):
        points = [end(chain[0], is_lower=True)]
        for node in chain[1:-1]:
            points += [end(node, is_lower=False), end(node, is_lower=True)]
        points.append(end(chain[-1], is_lower=False))
        routes.append(tuple(reversed(points) if number in turned else points))
    return Layout(
        tuple((centers[node] - widths[node] / 2, tops[layer_of[node]]) for node in range(len(sizes))),
        tuple(routes),
        max(centers[node] + widths[node] / 2 for node in range(len(widths))),
        tops[-1] - LAYER_GAP,
    )


def _closing(count: int, edges: Sequence[tuple[int, int]]) -> set[int]:
    """The numbers of the edges that close a cycle in a search in depth, which begins at node 0."""
    outgoing: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for number, (source, target) in enumerate(edges):
        outgoing[source].append((number, target))
    closing: set[int] = set()
    begun, open_nodes = [False] * count, [False] * count
    for root in range(count):
        if begun[root]:
            continue
        begun[root] = open_nodes[root] = True
        stack = [(root, iter(outgoing[root]))]
        while stack:
            node, rest = stack[-1]
            edge = next(rest, None)
            if edge is None:
                open_nodes[node] = False
                stack.pop()
                continue
            number, target = edge
            if open_nodes[target]:
                closing.add(number)
            elif not begun[target]:
                begun[target] = open_nodes[target] = True
                stack.append((target, iter(outgoing[target])))
    return closing


def _layers(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The longest path to each node. The graph has no cycles, except edges from a node to itself."""
    incoming, outgoing = [0] * count, [list[int]() for _ in range(count)]
    for above, below in edges:
        if above != below:
            incoming[below] += 1
            outgoing[above].append(below)
    layers = [0] * count
    waiting = [node for node in range(count) if incoming[node] == 0]
    for node in waiting:
        for below in outgoing[node]:
            layers[below] = max(layers[below], layers[node] + 1)
            incoming[below] -= 1
            if incoming[below] == 0:
                waiting.append(below)
    return layers


def _ordered(layer_of: Sequence[int], links: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The nodes of each layer from left to right, with few crossings."""
    layers: list[list[int]] = [[] for _ in range(max(layer_of) + 1)]
    for node, number in enumerate(layer_of):
        layers[number].append(node)
    above, below = _neighbours(len(layer_of), links)
    position = {node: float(place) for layer in layers for place, node in enumerate(layer)}
    for sweep in range(SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wanted = {
                node: fmean([position[each] for each in neighbours[node]])
                if neighbours[node]
                else position[node]
                for node in layer
            }
            layer.sort(key=lambda node: wanted[node])
            position.update({node: float(place) for place, node in enumerate(layer)})
    return layers


def _centers(
    layers: Sequence[Sequence[int]], widths: Sequence[float], links: Sequence[tuple[int, int]]
) -> list[float]:
    """The horizontal centre of each node: near the mean of its neighbours, without overlaps."""
    above, below = _neighbours(len(widths), links)
    centers = [0.0] * len(widths)
    for sweep in range(SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wanted = [
                fmean([centers[each] for each in neighbours[node]]) if neighbours[node] else centers[node]
                for node in layer
            ]
            for node, center in zip(layer, _apart(wanted, [widths[node] for node in layer]), strict=True):
                centers[node] = center
    return centers


def _apart(wanted: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Centres near the wanted ones, in the same order and without overlaps.

    Pushing to the right and pushing to the left both keep the distances, and so does their mean.
    """
    count = len(wanted)
    distance = [(widths[place] + widths[place + 1]) / 2 + GAP for place in range(count - 1)]
    right, left = list(wanted), list(wanted)
    for place in range(1, count):
        right[place] = max(right[place], right[place - 1] + distance[place - 1])
    for place in range(count - 2, -1, -1):
        left[place] = min(left[place], left[place + 1] - distance[place])
    return [(one + other) / 2 for one, other in zip(right, left, strict=True)]


def _neighbours(count: int, links: Sequence[tuple[int, int]]) -> tuple[list[list[int]], list[list[int]]]:
    """The nodes that are linked above and below each node."""
    above, below = [list[int]() for _ in range(count)], [list[int]() for _ in range(count)]
    for upper, lower in links:
        above[lower].append(upper)
        below[upper].append(lower)
    return above, below
