"""The README shows the committed figures, and the committed figures are complete."""

from __future__ import annotations

from benches.figures import BEGIN, END, FIGURES, README, markdown, read_results


def test_the_readme_shows_the_results() -> None:
    results = read_results()
    assert results is not None
    assert set(results["figures"]) == {figure.name for figure in FIGURES}
    shown = README.read_text().split(BEGIN)[1].split(END)[0]
    assert shown == markdown(results)
