"""Shell completion: the scripts, and the answers that they get."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from solproof.cli import SUMMARIES
from tests.cli.conftest import Command

SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts(shell: str, command: Command) -> None:
    result = command("completion", shell)
    assert (result.status, result.errors) == (0, "")
    assert f"_SOLPROOF_COMPLETE={shell}_complete" in result.output
    assert command("completion", shell, "--json").fields["script"].strip() == result.output.strip()


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
def test_the_shell_reads_its_script(shell: str, command: Command, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(command("completion", shell).output)
    assert subprocess.run([shell, "-n", script], capture_output=True, check=False).returncode == 0


def test_another_shell(command: Command) -> None:
    result = command("completion", "tcsh")
    assert result.status == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in result.errors
    assert "Choose from: bash, zsh, fish (see" in command("completion").errors


def answered(*words: str) -> list[str]:
    """The command's answer to bash for the last of some words."""
    environment = {
        **os.environ,
        "_SOLPROOF_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    code = "import sys; sys.argv = ['solproof']; from solproof.cli import main; main()"
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return [line.partition(",")[2] for line in process.stdout.splitlines()]


def test_commands() -> None:
    assert answered("solproof", "pr") == [name for name in SUMMARIES if name.startswith("pr")]


def test_options_and_choices() -> None:
    assert answered("solproof", "prove", "--max") == ["--max-memory"]
    assert answered("solproof", "completion", "f") == ["fish"]
    assert answered("solproof", "run", "--verb") == ["--verbose"]


@pytest.mark.parametrize("option", ["--feature", "--no-feature"])
def test_features(option: str) -> None:
    assert answered("solproof", "run", option, "blake3") == ["blake3_syscall_enabled"]
