"""Programs written in assembly, without an ELF file around them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from solproof.isa.assemble import Assembly, assemble
from solproof.isa.instruction import SLOT_BYTES, Instruction
from solproof.isa.integers import signed32
from solproof.program.bytecode_verifier import verify
from solproof.program.elf_writer import write_raw
from solproof.program.program import IMAGE_ADDRESS, READ_ONLY_DATA_ADDRESS, TEXT_ADDRESS, Program

FUNCTION_KEY = 0x7000_0000
"""A function's pc plus this number is the key of its calls before V3. No syscall has a hash in this range."""

_WIDE = re.compile(r"\blddw (r[0-9]+), ([-+\w]+)")
_RENAMED = re.compile(r"\b(div|mod|mul)(32|64)\b")
_NAMES_IN_V2 = {"div": "udiv", "mod": "urem", "mul": "lmul"}


def asm(source: str, version: int = 0) -> Program:
    """The program of a source. Its instructions are also its image.

    A statement ends at the end of its line or at a semicolon. The program starts at the label `entrypoint`,
    or at its first instruction. The same source suits all versions (see `assembled`). Raises `AssemblyError`,
    or `VerifierError` if the verifier refuses the program.
    """
    assembly = assembled(source, version)
    text, functions = bytearray(assembly.text), {}
    if version < 3:
        for pc, target in assembly.calls.items():
            functions[FUNCTION_KEY + target] = target
            place = slice(pc * SLOT_BYTES, (pc + 1) * SLOT_BYTES)
            slot = replace(Instruction.decode(bytes(text[place])), source=1, immediate=FUNCTION_KEY + target)
            text[place] = slot.encode()
    program = text_program(bytes(text), functions, assembly.entry, version)
    verify(program)
    return program


def assembled(source: str, version: int = 0) -> Assembly:
    """The assembly of a source, from which a file can be written.

    V2 has no `lddw`, so `mov32` and `hor64` replace it there. V2 has `udiv64` instead of `div64`, and so on.
    """
    text = source.replace(";", "\n")
    if version == 2:
        text = _RENAMED.sub(lambda match: _NAMES_IN_V2[match[1]] + match[2], _WIDE.sub(_halves, text))
    return assemble(text, version)


def _halves(match: re.Match[str]) -> str:
    """The two instructions that replace a wide load of a number or a label in V2."""
    register, operand = match.groups()
    low = high = operand
    if re.fullmatch(r"-?[0-9]\w*", operand):
        low, high = str(signed32(int(operand, 0))), str(signed32(int(operand, 0) >> 32))
    return f"mov32 {register}, {low}\nhor64 {register}, {high}"


def text_program(
    text: bytes, functions: dict[int, int] | None = None, entry: int = 0, version: int = 0
) -> Program:
    """A program of bare instructions, which are also its image. The verifier does not check it."""
    return Program(
        version=version,
        text=text,
        text_address=TEXT_ADDRESS,
        image=text,
        image_address=IMAGE_ADDRESS if version < 3 else READ_ONLY_DATA_ADDRESS,
        entry=entry,
        functions=functions or {},
        file_sha256=hashlib.sha256(text).digest(),
    )


def raw(source: str, version: int = 0) -> bytes:
    """The raw bytecode of a source, for an input whose program has no file."""
    return write_raw(assembled(source, version))
