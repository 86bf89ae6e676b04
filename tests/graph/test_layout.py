"""Layouts: no overlaps, edges from box to box, and the same result every time."""

from __future__ import annotations

import random

import pytest

from solproof.graph.layout import GAP, layered

SIZES = [(100.0, 40.0), (60.0, 80.0), (200.0, 20.0), (60.0, 20.0)]


def test_a_diamond_with_a_way_back() -> None:
    edges = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 0), (1, 1)]
    layout = layered(SIZES, edges)
    tops = [y for _, y in layout.nodes]
    assert tops[0] < tops[1] == tops[2] < tops[3]
    (left, _), (right, _) = sorted(layout.nodes[1:3])
    assert right - left >= min(SIZES[1][0], SIZES[2][0]) + GAP - 0.01
    back = layout.edges[4]
    assert back[0][1] > back[-1][1]  # it leads upwards, from the last box to the first
    assert back[-1][1] == SIZES[0][1]


@pytest.mark.parametrize("seed", range(5))
def test_random_graphs(seed: int) -> None:
    chosen = random.Random(seed)
    count = 40
    sizes = [(float(chosen.randint(40, 200)), float(chosen.randint(20, 120))) for _ in range(count)]
    edges = [(chosen.randrange(count), chosen.randrange(count)) for _ in range(70)]
    layout = layered(sizes, edges)
    assert layout == layered(sizes, edges)
    boxes = [(x, y, x + w, y + h) for (x, y), (w, h) in zip(layout.nodes, sizes, strict=True)]
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert left >= -0.01 and right <= layout.width + 0.01
        assert top >= 0 and bottom <= layout.height + 0.01
        for other in boxes[:number]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
    for (source, target), points in zip(edges, layout.edges, strict=True):
        for node, (x, y) in ((source, points[0]), (target, points[-1])):
            left, top, right, bottom = boxes[node]
            assert x == pytest.approx((left + right) / 2)
            assert y in (top, bottom)


def test_one_node() -> None:
    layout = layered([(10.0, 20.0)], [])
    assert (layout.nodes, layout.edges, layout.width, layout.height) == (((0.0, 0.0),), (), 10.0, 20.0)
