"""The README shows the committed figures, and the committed figures are complete."""

from __future__ import annotations

from benches.figures import BEGIN, END, FIGURES, README, SYSCALL_FIGURES, markdown, read_results
from benches.syscalls import SYSCALL_RUNS


def test_the_readme_shows_the_results() -> None:
    results = read_results()
    assert results is not None
    assert set(results["figures"]) == {figure.name for figure in FIGURES}
    assert set(results["syscalls"]) == set(SYSCALL_RUNS)
    for run in results["syscalls"].values():
        assert set(run) == {figure.name for figure in SYSCALL_FIGURES}
    shown = README.read_text().split(BEGIN)[1].split(END)[0]
    assert shown == markdown(results)
