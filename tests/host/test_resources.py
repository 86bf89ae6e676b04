"""The resources of the host: plausible values, and the limits of a control group."""

from __future__ import annotations

from pathlib import Path

import pytest

from solproof.host import resources as machine


def test_this_machine() -> None:
    assert 0 < machine.resident_memory() < machine.available_memory() <= machine.total_memory()
    assert machine.resident_memory() * 0.9 < machine.peak_memory() < machine.total_memory()
    assert machine.usable_cores() >= 1
    assert machine.processor_name()


def test_a_control_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit, use = tmp_path / "memory.max", tmp_path / "memory.current"
    use.write_text("1000\n")
    monkeypatch.setattr(machine, "_GROUP_LIMITS", ((limit, use),))
    without = machine.available_memory()
    limit.write_text("max\n")
    assert machine.available_memory() == pytest.approx(without, rel=0.2)
    limit.write_text("5000\n")
    resident = machine.resident_memory()
    assert machine.available_memory() == pytest.approx(resident + 4000, rel=0.05)


def test_a_system_that_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = Path("/nowhere")
    for name in ("_CPUINFO", "_MEMINFO", "_STATM", "_STATUS"):
        monkeypatch.setattr(machine, name, nowhere)
    monkeypatch.setattr(machine, "_GROUP_LIMITS", ())
    assert machine.available_memory() == machine.total_memory()
    assert machine.resident_memory() == 0
    assert machine.peak_memory() > 2**20
