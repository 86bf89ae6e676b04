"""The documents are correct: their commands and code run, and their fields and statuses exist."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from solproof.demo import programs, scenario
from solproof.errors import SolproofError
from solproof.formats.input_file import format_input
from tests.cli.conftest import Command

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory with the files that `make demo` leaves for p-token."""
    (tmp_path / "demo").mkdir()
    elf = programs.p_token()
    (tmp_path / "demo/p_token.so").write_bytes(elf)
    (tmp_path / "demo/p_token_transfer.json").write_text(format_input(scenario.transfer(elf)))
    (tmp_path / "examples").mkdir()
    shutil.copy(ROOT / "examples/token_transfer.json", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("demo")
def test_commands_of_the_readme(command: Command) -> None:
    lines = re.findall(r"^    solproof (.+)$", README, re.MULTILINE)
    assert [line.split()[0] for line in lines] == ["run", "prove", "verify"] * 2
    for line in lines:
        assert command(*shlex.split(line)).status == 0, line


@pytest.mark.usefixtures("demo")
def test_code_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "True 76"
    assert lines[-1].startswith("2 1")


def test_every_status_is_documented() -> None:
    text = (ROOT / "docs/command-line.md").read_text()
    for error in SolproofError.__subclasses__():
        if error.__module__ == "solproof.errors":
            assert re.search(rf"^\| {error.exit_status} \| .*`{error.__name__}`", text, re.MULTILINE)


@pytest.mark.usefixtures("demo")
def test_every_json_field_is_documented(command: Command, tmp_path: Path) -> None:
    text = (ROOT / "docs/command-line.md").read_text()
    files = ["demo/p_token.so", "--input", "demo/p_token_transfer.json"]
    for arguments in (
        ["run", *files],
        *(
            [*words, "--transaction", "examples/token_transfer.json"]
            for words in (
                ["run"],
                ["prove", "--output", "transaction.proof", "--quiet"],
                ["verify", "transaction.proof"],
                ["check", "--quiet"],
                ["estimate", "--quiet"],
            )
        ),
        ["inspect", "transaction.proof"],
        ["prove", *files, "--output", "proof", "--quiet"],
        ["verify", "proof", "--program", *files],
        ["check", *files, "--quiet"],
        ["trace", *files, "--output", "trace.json", "--quiet"],
        ["explore", *files, "--output", "run.html", "--quiet"],
        ["profile", *files, "--quiet"],
        ["estimate", *files, "--quiet"],
        ["doctor", "--quiet"],
        ["completion", "bash"],
        ["pack", *files, "--output", "input.bin"],
        ["opcode", "EXIT"],
        ["demo", "--quiet"],
    ):
        for name in command(*arguments, "--json").fields:
            assert f"`{name}`" in text, f"{arguments[0]}: {name}"
