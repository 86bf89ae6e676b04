"""Drives the reference machine by JSON lines.

It is the crate `solana-sbpf` in the Rust program beside this file.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

CRATE = Path(__file__).parent
TARGET = CRATE / "target"


@dataclass(frozen=True, slots=True)
class Text:
    """Bare instructions, mapped at 0x1_0000_0000. `functions` maps call keys to program counters."""

    code: bytes
    version: int = 0
    entry: int = 0
    functions: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadedProgram:
    """The result of the reference loader. The fields have the same meaning as those of `Program`."""

    text: bytes
    text_address: int
    image: bytes
    image_address: int
    entry: int
    functions: dict[int, int]


@dataclass(frozen=True, slots=True)
class LoadError:
    """Why the reference refuses a program: `ElfError` or `VerifierError`, its variant, and its message."""

    kind: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class OracleRun:
    """A finished run.

    result:        `Ok(r0)` or `Err(Name(..))`, as Rust prints it
    error:         the message of the error, or None
    instructions:  number of executed instructions, including a failing one
    trace:         r0 to r10 and pc before each instruction; empty unless requested
    registers:     r0 to r10 at the end
    pc:            pc of the last instruction
    input:         the input region at the end
    """

    result: str
    error: str | None
    instructions: int
    trace: tuple[tuple[int, ...], ...]
    registers: tuple[int, ...]
    pc: int
    input: bytes


class Oracle:
    """A running reference machine. It takes one request at a time. Threads cannot share it."""

    def __init__(self) -> None:
        """Build the program if it is not up to date, and start it. Needs cargo."""
        target = ["--target-dir", str(TARGET)]
        subprocess.run(["cargo", "build", "--release", "--locked", "--quiet", *target], cwd=CRATE, check=True)
        self._process = subprocess.Popen(
            [TARGET / "release" / "solproof-oracle"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def load(
        self, code: bytes | Text, syscalls: Sequence[str] = (), newest_version: int = 3
    ) -> LoadedProgram | LoadError:
        """Load and verify an ELF file of up to `newest_version`, or a text. Registers these syscalls."""
        answer = self._ask("load", code=_code(code), syscalls=list(syscalls), newest_version=newest_version)
        if "load_error" in answer:
            return LoadError(**answer["load_error"])
        return LoadedProgram(
            text=bytes.fromhex(answer["text"]),
            text_address=answer["text_address"],
            image=bytes.fromhex(answer["image"]),
            image_address=answer["image_address"],
            entry=answer["entry"],
            functions={key: pc for key, pc in answer["functions"]},
        )

    def disassemble(self, code: bytes | Text, syscalls: Sequence[str] = ()) -> list[tuple[int, str]]:
        """Every instruction as (pc, text). Raises ValueError if the program does not load."""
        answer = self._ask("disassemble", code=_code(code), syscalls=list(syscalls))
        return [(pc, line) for pc, line in _loaded(answer)["lines"]]

    def assemble(self, source: str, version: int) -> tuple[bytes, int]:
        """The text and the entry that the reference makes of a source. Raises ValueError with its message."""
        answer = self._ask("assemble", source=source, version=version)
        if "assembly_error" in answer:
            raise ValueError(answer["assembly_error"])
        return bytes.fromhex(answer["text"]), answer["entry"]

    def run(
        self,
        code: bytes | Text,
        input_region: bytes = b"",
        *,
        heap: int = 32 * 1024,
        budget: int = 200_000,
        trace: bool = False,
        registers: Mapping[int, int] | None = None,
    ) -> OracleRun:
        """Run a program without syscalls. Raises ValueError if it does not load.

        By default r1 starts as the address of the input, r10 at the end of the first frame, and the other
        registers at 0. `registers` sets other values.
        """
        answer = _loaded(
            self._ask(
                "run",
                code=_code(code),
                input=input_region.hex(),
                heap=heap,
                budget=budget,
                trace=trace,
                registers=list((registers or {}).items()),
            )
        )
        return OracleRun(
            result=answer["result"],
            error=answer["error"],
            instructions=answer["instructions"],
            trace=tuple(tuple(row) for row in answer["trace"]),
            registers=tuple(answer["registers"]),
            pc=answer["pc"],
            input=bytes.fromhex(answer["input"]),
        )

    def _ask(self, name: str, **request: Any) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({name: request}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the oracle stopped with status {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if "bad_request" in answer:
            raise RuntimeError(f"the oracle does not understand: {answer['bad_request']}")
        return answer


@cache
def oracle() -> Oracle:
    """The only reference machine of this process, started on first use."""
    return Oracle()


def _code(code: bytes | Text) -> dict[str, Any]:
    if isinstance(code, bytes):
        return {"elf": code.hex()}
    functions = list(code.functions.items())
    text = {"bytes": code.code.hex(), "version": code.version, "entry": code.entry, "functions": functions}
    return {"text": text}


def _loaded(answer: dict[str, Any]) -> dict[str, Any]:
    if "load_error" in answer:
        raise ValueError(
            "the oracle refuses the program: {kind}::{name}: {text}".format(**answer["load_error"])
        )
    return answer
