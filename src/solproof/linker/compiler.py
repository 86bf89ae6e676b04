"""Compiles C into BPF objects, with the clang of `ziglang` or another clang.

`solproof.h` is in `INCLUDE_DIRECTORY`, where the compiler finds it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from solproof.errors import InputError
from solproof.linker.instructions import FRAME_BYTES

INCLUDE_DIRECTORY = Path(__file__).parent / "include"

_CLANG_TARGET, _ZIG_TARGET = "bpfel", "bpfel-freestanding"
_FLAGS = (
    # Later versions of the instruction set have instructions that sBPF lacks or defines otherwise.
    "-mcpu=v2",
    *("-mllvm", f"-bpf-stack-size={FRAME_BYTES}"),
    # A function of its own section is left out of the program if nothing needs it.
    *("-ffreestanding", "-ffunction-sections", "-fdata-sections"),
    *("-fno-stack-protector", "-fno-sanitize=all", "-g0", "-Wall", "-Wextra"),
)


class CompilerError(InputError):
    """The compiler refuses a source. The message has the first error, and `messages` all that it wrote."""

    def __init__(self, source: Path, messages: str) -> None:
        found = [line for line in messages.splitlines() if "error:" in line]
        first = found[0] if found else "the compiler wrote no object, expected a source that ends in .c"
        super().__init__(f"source {source}: does not compile: {first}")
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Compiled:
    """The object of a source, and the warnings of the compiler as text, which is often empty."""

    content: bytes
    warnings: str


def compile_source(
    source: Path, compiler: str | None = None, optimization: str = "2", options: Sequence[str] = ()
) -> Compiled:
    """Compile a C file into a BPF object.

    compiler: the name or the path of a clang, or of zig. By default, the zig of the Python package ziglang.
    optimization: the level as in -O. options: further options for the compiler.
    Raises `CompilerError` if the compiler refuses the source, and `InputError` if there is no compiler.
    """
    command = [*_compiler(compiler), *_FLAGS, f"-O{optimization}", "-I", str(INCLUDE_DIRECTORY), *options]
    with TemporaryDirectory(prefix="solproof-cc-") as directory:
        output = Path(directory) / "program.o"
        try:
            done = subprocess.run(
                [*command, "-c", str(source), "-o", str(output)],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except OSError as error:
            raise InputError(f"compiler {compiler}: cannot be started: {error.strerror}") from None
        messages = done.stderr.strip()
        if done.returncode or not output.is_file():
            raise CompilerError(source, messages)
        return Compiled(output.read_bytes(), messages)


def _compiler(name: str | None) -> list[str]:
    """The command of a compiler with its target."""
    if name is None:
        if find_spec("ziglang") is None:
            raise InputError(
                "there is no compiler, expected ziglang: pip install 'solproof[cc]', "
                "or name a clang, as in --compiler clang"
            )
        return [sys.executable, "-m", "ziglang", "cc", "-target", _ZIG_TARGET]
    if Path(name).name == "zig":
        return [name, "cc", "-target", _ZIG_TARGET]
    return [name, "-target", _CLANG_TARGET]
