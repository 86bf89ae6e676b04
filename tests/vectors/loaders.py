"""`vectors/loaders.json`: good and broken program files, with the loaded program or the error's name."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from typing import NamedTuple

from solproof.isa.instruction import Instruction
from solproof.program.bytecode_verifier import load_program
from solproof.program.errors import ElfError, VerifierError
from solproof.program.program import Program
from solproof.program.raw import RawFormat
from tests.support import broken_lenient_files, broken_strict_files
from tests.support.elf_builder import build_elf, call
from tests.support.elf_files import small_elf, small_strict_elf
from tests.support.random_instructions import EXIT, encode
from tests.support.refused_programs import REFUSED
from tests.vectors.encoding import Fields, base64_text, document, patch_between, word_text

BASES = {
    **{f"small V{version}": small_elf(version).data for version in (0, 1, 2)},
    **{f"small V{version}": small_strict_elf(version).data for version in (3, 4)},
}


class Case(NamedTuple):
    """A file, how to read it, and the base of its patch ("" if it is not a patch)."""

    name: str
    base: str
    content: bytes
    raw: RawFormat | None = None


def cases() -> Iterator[Case]:
    """Every case, ELF files first."""
    for name, content in BASES.items():
        yield Case(name, name, content)
    for name, elf in broken_lenient_files.BROKEN.items():
        yield Case(f"V0, {name}", "small V0", elf.data)
    for name, elf in broken_strict_files.BROKEN.items():
        yield Case(f"V3, {name}", "small V3", elf.data)
    for version in (0, 1, 2, 3):
        content = build_elf(
            [*call("sol_log_64_", (1, 2, 3, 4, 5)), "syscall sol_of_our_own", "exit"], version
        )
        yield Case(f"V{version}, calls of two syscalls", "", content)
    yield Case("an empty file", "", b"")
    back = encode(EXIT, Instruction(0x85, immediate=-2), Instruction(0x85, source=1, immediate=0), EXIT)
    for version in range(5):
        yield Case(f"raw V{version}, exit", "", encode(EXIT), RawFormat(version))
    for version in range(3):
        yield Case(f"raw V{version}, calls", "", back, RawFormat(version, 1))
    yield Case("raw, entry after the end", "", encode(EXIT), RawFormat(0, 1))
    wide = encode(Instruction(0x18, 1, immediate=3), Instruction(0), EXIT)
    yield Case("raw, entry in a wide instruction", "", wide, RawFormat(0, 1))
    for name, (version, text, _) in REFUSED.items():
        yield Case(f"raw V{version}, {name}", "", text, RawFormat(version))


def loader_vectors() -> str:
    """The content of the file."""
    return document(
        {
            "files": {name: base64_text(content) for name, content in BASES.items()},
            "cases": [_fields(case) for case in cases()],
        }
    )


def result_of(content: bytes, raw: RawFormat | None) -> Fields:
    """The loaded program, or the error."""
    try:
        return {"program": program_fields(load_program(content, raw))}
    except (ElfError, VerifierError) as error:
        return {"error": f"{type(error).__name__}::{error.name}"}


def program_fields(program: Program) -> Fields:
    """A loaded program, with digests of its parts."""
    table = b"".join(struct.pack("<IQ", *entry) for entry in sorted(program.functions.items()))
    return {
        "version": program.version,
        "entry": program.entry,
        "slots": program.slots,
        "text_address": word_text(program.text_address),
        "text_sha256": hashlib.sha256(program.text).hexdigest(),
        "image_address": word_text(program.image_address),
        "image_length": len(program.image),
        "image_sha256": hashlib.sha256(program.image).hexdigest(),
        "functions": len(program.functions),
        "functions_sha256": hashlib.sha256(table).hexdigest(),
    }


def _fields(case: Case) -> Fields:
    fields: Fields = {"name": case.name}
    if case.base:
        fields["base"] = case.base
        if case.content != BASES[case.base]:
            fields["patch"] = patch_between(BASES[case.base], case.content)
    else:
        fields["file"] = base64_text(case.content)
    if case.raw is not None:
        fields["raw"] = {"version": case.raw.version, "entry": case.raw.entry}
    return fields | result_of(case.content, case.raw)
