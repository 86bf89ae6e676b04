"""README and docs/benchmarks.md show the committed figures, and the committed figures are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benches import figures
from benches.figures import (
    BEGIN,
    END,
    FIGURES,
    PAGE,
    README,
    SYSCALL_FIGURES,
    Results,
    page_section,
    read_results,
    readme_section,
    write_documents,
)
from benches.syscalls import SYSCALL_RUNS
from solproof.estimation.calibration import shipped_calibration


@pytest.fixture
def results() -> Results:
    found = read_results()
    assert found is not None
    return found


def shown(path: Path) -> str:
    """The text between the markers."""
    return path.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def test_results_are_complete(results: Results) -> None:
    assert set(results["figures"]) == {figure.name for figure in FIGURES}
    assert set(results["syscalls"]) == set(SYSCALL_RUNS)
    for run in results["syscalls"].values():
        assert set(run) == {figure.name for figure in SYSCALL_FIGURES}


def test_the_documents_show_the_results(results: Results) -> None:
    hint = "run `python -m benches.figures`"
    assert shown(README) == readme_section(results), hint
    assert shown(PAGE) == page_section(results, shipped_calibration()), hint


def test_the_page_has_every_figure(results: Results) -> None:
    page = shown(PAGE)
    for figure in FIGURES:
        assert f"| {figure.definition} | {figure.show(results['figures'][figure.name])} |" in page
        assert figure.includes
    calibration = shipped_calibration()
    for item in calibration.measurements:
        assert f"| {item.name} | {item.load.instructions:,} |" in page
    for error in (calibration.errors.seconds, calibration.errors.peak_bytes, calibration.errors.proof_bytes):
        assert f"{error:.1%} of the " in page.replace("\n", " ")


def test_writing_changes_only_what_is_between_the_markers(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, path in (("README", README), ("PAGE", PAGE)):
        copy = tmp_path / path.name
        copy.write_text(re.sub(f"(?s){BEGIN}.*{END}", BEGIN + END, path.read_text()))
        monkeypatch.setattr(figures, name, copy)
    write_documents(results, shipped_calibration())
    for path in (README, PAGE):
        assert (tmp_path / path.name).read_text() == path.read_text()
