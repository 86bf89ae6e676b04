"""examples/vault.c: its commands in examples/README.md work, and LiteSVM agrees with the run."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from solproof.cli import solproof
from solproof.cli.terminal.failure import exit_status_of
from solproof.formats.input_file import parse_input
from solproof.runtime.execution_input import ExecutionInput
from tests.support.c_programs import linked
from tests.support.litesvm_oracle import assert_like_litesvm

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
README = (EXAMPLES / "README.md").read_text()
SOURCE = (EXAMPLES / "vault.c").read_text()


def vault_input(version: int, **changes: Any) -> ExecutionInput:
    given = parse_input((EXAMPLES / "vault.json").read_text(), linked(version, SOURCE))
    return replace(given, **changes)


@pytest.mark.parametrize("version", [0, 3])
def test_litesvm_agrees(version: int) -> None:
    output = assert_like_litesvm(vault_input(version)).output
    assert (output.success, output.compute_units) == (True, 1405)
    vault = output.accounts[1]
    assert (vault.lamports, vault.data.hex()) == (
        43_003_740,
        (42_001_500).to_bytes(8, "little").hex() + "03" + "00" * 7,
    )


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "InvalidInstructionData"),
        (bytes(8), "Custom(1)"),
        ((5_000_000_001).to_bytes(8, "little"), "Custom(1)"),  # from the system program
    ],
)
def test_refused_deposits(data: bytes, error: str) -> None:
    output = assert_like_litesvm(vault_input(3, instruction_data=data)).output
    assert (output.success, output.error) == (False, error)


def test_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    for line in block.splitlines():
        assert exit_status_of(solproof, shlex.split(line)[1:]) == 0, line
    printed = capsys.readouterr().out
    assert "compute units      1,405\n" in printed
    assert "proof              valid\n" in printed
