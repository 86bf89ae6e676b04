"""Pictures of graphs: well-formed, complete, and without anything from outside."""

from __future__ import annotations

from xml.etree import ElementTree as xml

from solproof.coverage.coverage import coverage_of
from solproof.graph.control_flow import function_graphs
from solproof.graph.drawing import NAMESPACE, draw
from tests.support.frame_trees import associated_token


def test_a_transaction() -> None:
    found = function_graphs(coverage_of([associated_token().execution]), ["entrypoint"])
    text = draw(found, "<scene> & co")
    root = xml.fromstring(text)
    blocks = [block for _, graphs in found for graph in graphs for block in graph.blocks]
    edges = [edge for _, graphs in found for graph in graphs for edge in graph.edges]
    groups = [group for group in root.iter(f"{{{NAMESPACE}}}g") if group.get("class", "").startswith("block")]
    assert len(groups) == len(blocks)
    dashed = [group for group in groups if group.get("class") == "block unused"]
    assert len(dashed) == sum(block.count == 0 for block in blocks)
    arrows = [path for path in root.iter(f"{{{NAMESPACE}}}path") if path.get("marker-end")]
    assert len(arrows) == len(edges)
    assert "Control flow of &lt;scene&gt; &amp; co" in text
    assert text.replace(NAMESPACE, "").count("http") == 0
    for part in ("<script", "@import", "href"):
        assert part not in text
