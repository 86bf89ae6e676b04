"""ELF files of small programs, written once in assembly for every version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assurance.programs import assembled
from solproof.program.elf_writer import write_elf

MASK = 2**64 - 1
TEXT_OFFSET = 64 + 2 * 56
"""The offset of the text in a file of V0 to V2. The text is readable there."""

RODATA = b"16 bytes of data"
"""The bytes at address 0 in a file of V3 or V4, whose text is not readable."""


def build_elf(source: str | Iterable[str], version: int = 0) -> bytes:
    """The ELF file of a source, or of parts of a source."""
    text = source if isinstance(source, str) else "\n".join(source)
    if version >= 3:
        text += f'\n.rodata\n.ascii "{RODATA.decode()}"'
    return write_elf(assembled(text, version))


def text_address(version: int) -> int:
    """The address of the text of these files in memory."""
    return (1 << 32) + (0 if version >= 3 else TEXT_OFFSET)


def write_memory(contents: Mapping[int, bytes]) -> list[str]:
    """Instructions that store bytes at addresses, byte by byte at the end of each. They use r6 and r7."""
    parts = []
    for address, content in contents.items():
        for start in range(0, len(content), 8):
            chunk = content[start : start + 8]
            parts.append(f"lddw r6, {address + start}")
            if len(chunk) == 8:
                parts.append(f"lddw r7, {int.from_bytes(chunk, 'little')}; stxdw [r6], r7")
            else:
                parts += [f"stb [r6+{offset}], {byte}" for offset, byte in enumerate(chunk)]
    return parts


def call(name: str, arguments: Iterable[int]) -> list[str]:
    """Load the arguments into r1 and the next registers, and call a syscall."""
    loads = [f"lddw r{register}, {value & MASK}" for register, value in enumerate(arguments, start=1)]
    return [*loads, f"syscall {name}"]


def syscall_program(
    name: str,
    arguments: Sequence[int],
    memory: Mapping[int, bytes] | None = None,
    reveal: tuple[int, int] | None = None,
    version: int = 0,
) -> bytes:
    """A program that fills memory, calls a syscall once, and exits with the syscall's r0.

    It may also return a piece of memory.
    """
    parts = [*write_memory(memory or {}), *call(name, arguments)]
    if reveal is not None:
        parts += ["mov64 r8, r0", *call("sol_set_return_data", reveal), "mov64 r0, r8"]
    return build_elf([*parts, "exit"], version)
