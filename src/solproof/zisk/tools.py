"""ZisK's own programs, if they are installed: `ziskemu` and `cargo-zisk`."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from solproof.errors import InputError, ProvingError, SolproofError
from solproof.zisk.abi import OUTPUT_WORDS, Abi, abi_of
from solproof.zisk.emulator import Emulation
from solproof.zisk.frame import frame
from solproof.zisk.guests import file_name, guest

ZISKEMU, CARGO_ZISK = "ziskemu", "cargo-zisk"
MAXIMUM_STEPS = 2**36
"""Largest number of steps of one ZisK run."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a program: its exit status (below 0: the signal), and everything that it printed."""

    status: int
    output: str


Runner = Callable[[Sequence[str]], Finished]


def run_tool(command: Sequence[str]) -> Finished:
    """Run a program to its end. Raises `SolproofError` if it cannot be started."""
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise SolproofError(f"{command[0]}: cannot be started: {error.strerror}") from None
    return Finished(done.returncode, done.stdout)


def find_tool(name: str) -> str | None:
    """The path of a program, or None. Searches the PATH and the place where ZisK installs itself."""
    return shutil.which(name) or shutil.which(name, path=str(Path.home() / ".zisk/bin"))


def need_tool(name: str) -> str:
    """The path of a program. Raises `ProvingError` if it is not installed."""
    found = find_tool(name)
    if found is None:
        raise ProvingError(f"{name} is not installed: it comes with ZisK, see the documentation of ZisK")
    return found


def tool_version(tool: str, run: Runner = run_tool) -> str:
    """The version that a program prints. Raises `InputError` if it does not print one."""
    finished = run([tool, "--version"])
    found = re.search(r"\d+\.\d+\.\d+\S*", finished.output)
    if finished.status != 0 or found is None:
        raise InputError(f"{tool} --version: expected a version, got {finished.output.strip()!r}")
    return found[0]


def run_ziskemu(
    payload: bytes, *, version: str | None = None, run: Runner = run_tool
) -> tuple[Emulation, Abi]:
    """Run the guest in ZisK's emulator, with the memory map of its version or of `version`.

    ZisK's emulator does not report the number of steps. Raises `ProvingError` if it is not installed, and
    `SolproofError` if it fails.
    """
    tool = need_tool(ZISKEMU)
    abi = abi_of(version or tool_version(tool, run))
    with tempfile.TemporaryDirectory() as directory:
        elf, inputs = write_files(Path(directory), payload, abi)
        finished = run([tool, "-e", str(elf), "-i", str(inputs), "-n", str(MAXIMUM_STEPS), "-c"])
    if finished.status != 0:
        last = (finished.output.strip().splitlines() or ["it printed nothing"])[-1]
        raise SolproofError(f"{ZISKEMU} ended with status {finished.status}: {last}")
    return Emulation(words_of(finished.output), None, b""), abi


def words_of(output: str) -> tuple[int, ...]:
    """The words that `ziskemu -c` prints, one in each line. Raises `SolproofError` if they are missing."""
    words = [int(line, 16) for line in output.split() if re.fullmatch(r"[0-9a-f]{8}", line)]
    if len(words) < OUTPUT_WORDS:
        raise SolproofError(f"{ZISKEMU} printed {len(words)} output words, expected {OUTPUT_WORDS}")
    return tuple(words[-OUTPUT_WORDS:])


def write_files(directory: Path, payload: bytes, abi: Abi) -> tuple[Path, Path]:
    """Write the guest and its input as files."""
    elf, inputs = directory / file_name(abi), directory / "input.bin"
    elf.write_bytes(guest(abi))
    inputs.write_bytes(frame(payload, abi))
    return elf, inputs
