"""Shell sessions as documents show them: commands after `$ `, and their output.

`...` stands for any text. Seconds, memory and the sizes of proofs are never compared.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

STEP = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
VARYING = re.compile(r"^ *(?:seconds|memory|time|proof|byte)\b.*| in \d+\.\d+s$", re.MULTILINE)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def steps_of(text: str) -> list[tuple[str, str]]:
    """The commands of a session, each with its output."""
    return STEP.findall(text)


def without_measures(text: str) -> str:
    """The text with 0 for every number in a line about seconds, memory or the size of a proof."""
    return VARYING.sub(lambda line: NUMBER.sub("0", line[0]), text)


def assert_shown(printed: str, shown: str, command: str) -> None:
    """Assert that the output is as shown."""
    pattern = re.escape(without_measures(shown)).replace(re.escape("..."), ".*")
    assert re.fullmatch(pattern, without_measures(printed), re.DOTALL), f"{command}\n{printed}"


def run_session(
    commands: list[str], directory: Path, environment: Mapping[str, str] | None = None
) -> list[str]:
    """Run commands in one shell. Returns the output of each, and the errors of `solproof`."""
    mark = "(status=$?; printf '\\0'; printf '\\0' >&2; exit $status)"
    script = "".join(f"{command}\n{mark}\n" for command in commands)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = subprocess.run(
        ["bash"],
        input=script,
        cwd=directory,
        env={**os.environ, "PATH": path, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    outputs, errors = shell.stdout.split("\0"), shell.stderr.split("\0")
    assert len(outputs) == len(errors) == len(commands) + 1, shell.stderr
    return [
        output + "".join(re.findall(r"^error: .*\n", error, re.MULTILINE))
        for output, error in zip(outputs[:-1], errors[:-1], strict=True)
    ]
