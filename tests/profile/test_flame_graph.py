"""Flame graphs as SVG files: well-formed, exact, and without anything from outside."""

from __future__ import annotations

import re
from xml.etree import ElementTree as xml

from solproof.demo.programs import classic_token
from solproof.demo.scenario import transfer
from solproof.execution.execute import execute
from solproof.profile.flame_graph import HEAD, MARGIN, NAMESPACE, ROW, WIDTH, flame_graph
from solproof.profile.profile import Weight, profile_execution
from tests.support.call_trees import NESTED, run_source
from tests.support.frame_trees import associated_token

TITLE = re.compile(r"(.+): ([\d,]+) (CU|cells), ([\d.]+)%(?:, ([\d,]+) of its own)?")


def bars(text: str) -> list[tuple[str, int, float, float, float]]:
    """The name, the cost, the place and the width of each bar, in the order of the file."""
    found = []
    for group in xml.fromstring(text).iter(f"{{{NAMESPACE}}}g"):
        title, rect = group.find(f"{{{NAMESPACE}}}title"), group.find(f"{{{NAMESPACE}}}rect")
        assert title is not None and title.text is not None and rect is not None
        match = TITLE.fullmatch(title.text)
        assert match, title.text
        x, y, width = (float(rect.attrib[name]) for name in ("x", "y", "width"))
        found.append((match[1], int(match[2].replace(",", "")), x, y, width))
    return found


def test_a_small_program() -> None:
    text = flame_graph(profile_execution(run_source(NESTED)), Weight.COMPUTE_UNITS, "<nested> & co")
    assert "&lt;nested&gt; &amp; co" in text
    costs = {name: cost for name, cost, *_ in bars(text)}
    assert costs["all"] == costs["entrypoint"] == run_source(NESTED).output.compute_units
    rows = {name: (y - HEAD) / ROW for name, _, _, y, _ in bars(text)}
    assert [rows[name] for name in ("all", "entrypoint", "function_3")] == [0, 1, 2]


def test_bars_are_as_wide_as_their_costs_and_lie_below_their_callers() -> None:
    text = flame_graph(profile_execution(execute(transfer(classic_token()))), Weight.CELLS, "token.so")
    found = bars(text)
    (_, whole, *_), *_ = found
    scale = (WIDTH - 2 * MARGIN) / whole
    for _, cost, x, y, width in found:
        assert abs(width - cost * scale) <= 0.011
        assert x >= MARGIN and x + width <= WIDTH - MARGIN + 0.02
        if y > HEAD:
            above = [bar for bar in found if bar[3] == y - ROW and bar[2] <= x + 0.011]
            parent = max(above, key=lambda bar: bar[2])
            assert x + width <= parent[2] + parent[4] + 0.02
    names = {name for name, *_ in found}
    assert {"[tables of the frames]", "[padding]", "entrypoint"} <= names


def test_a_transaction_needs_nothing_from_outside() -> None:
    execution = associated_token().execution
    text = flame_graph(profile_execution(execution), Weight.COMPUTE_UNITS, "scene.json")
    assert bars(text)[0][1] == execution.output.compute_units
    assert text.replace(NAMESPACE, "").count("http") == 0
    for part in ("<script", "@import", "url(", "href"):
        assert part not in text
