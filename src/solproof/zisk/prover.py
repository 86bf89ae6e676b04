"""Drives `cargo-zisk`: setup, constraints, proof and verification, by default in emulator mode."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from solproof.errors import ProvingError
from solproof.zisk.abi import Abi, abi_of
from solproof.zisk.diagnosis import diagnose
from solproof.zisk.tools import CARGO_ZISK, Finished, Runner, need_tool, run_tool, tool_version, write_files

FIRST_WITH_PROGRAM_SETUP = (0, 17)
"""The first version where the setup has this name, and where -o names the proof and not its folder."""

FIRST_WITHOUT_EMULATOR_OPTION = (1, 0)
PROOF_NAME = "vadcop_final_proof.bin"
LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the tool: its purpose and its arguments."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a proof.

    assembly: use the assembly mode, which is faster than the emulator mode but needs locked and shared
        memory.
    unlock_memory: let the assembly mode work without locked memory.
    skip_setup: the setup for exactly this guest exists already.
    """

    assembly: bool = False
    unlock_memory: bool = False
    skip_setup: bool = False
    proving_key: Path | None = None


def steps(version: str, elf: Path, inputs: Path, proof: Path, options: Options) -> list[Step]:
    """The calls for one proof with this version of the tool."""
    number = _number(version)
    is_new = number >= FIRST_WITH_PROGRAM_SETUP
    key = () if options.proving_key is None else ("-k", str(options.proving_key))
    mode: tuple[str, ...] = ("-u",) if options.assembly and options.unlock_memory else ()
    if not options.assembly and number < FIRST_WITHOUT_EMULATOR_OPTION:
        mode = ("-l",)
    given = ("-e", str(elf), "-i", str(inputs))
    written = proof if is_new else proof.parent
    setup = Step("setup", ("program-setup" if is_new else "rom-setup", "-e", str(elf), *key))
    return [
        *([] if options.skip_setup else [setup]),
        Step("constraints", ("verify-constraints", *given, *mode, *key)),
        Step("proof", ("prove", *given, *mode, *key, "-o", str(written))),
        Step("verification", ("verify", "-p", str(proof))),
    ]


def prove(
    payload: bytes,
    directory: Path,
    options: Options,
    *,
    version: str | None = None,
    progress: Callable[[Step], None],
    run: Runner = run_tool,
) -> tuple[Path, Abi]:
    """Prove a guest run in ZisK. The proof and the other files stay in the folder.

    Raises `ProvingError` if the tool is not installed, and with a diagnosis if a step fails.
    """
    tool = need_tool(CARGO_ZISK)
    version = version or tool_version(tool, run)
    abi = abi_of(version)
    directory.mkdir(parents=True, exist_ok=True)
    elf, inputs = write_files(directory, payload, abi)
    proof = directory / PROOF_NAME
    for step in steps(version, elf, inputs, proof, options):
        progress(step)
        finished = run([tool, *step.arguments])
        if finished.status != 0:
            raise ProvingError(failure_text(step, finished))
    return proof, abi


def failure_text(step: Step, finished: Finished) -> str:
    """Why a step failed, if the reason is known, and the tool's last output."""
    found = diagnose(finished)
    said = (
        " / ".join(line.strip() for line in finished.output.strip().splitlines()[-LAST_LINES:]) or "nothing"
    )
    reason = "an unknown reason; solproof zisk doctor checks the usual ones" if found is None else str(found)
    return f"{CARGO_ZISK} {step.arguments[0]} ended with status {finished.status}: {reason} [output: {said}]"


def _number(version: str) -> tuple[int, int]:
    found = re.search(r"(\d+)\.(\d+)", version)
    assert found is not None, version
    return int(found[1]), int(found[2])
