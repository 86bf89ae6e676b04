"""The bytecode verifier: one pass over the text that refuses instructions that the machine cannot execute.

It checks encodings, not behaviour. It does not check reachability, termination or call targets. The rules are
in `solproof.program.bytecode_rules`.
"""

from __future__ import annotations

from collections.abc import Container

from solproof.isa.instruction import SLOT_BYTES
from solproof.program.elf import MAINNET_VERSIONS, load
from solproof.program.elf_records import MAGIC
from solproof.program.errors import ElfError, verifier_error
from solproof.program.file_kinds import file_kind
from solproof.program.program import Program
from solproof.program.raw import RawFormat, load_raw

RAW_HINT = "for raw bytecode, give its version: --raw --sbpf-version N, or a RawFormat in Python"


def load_program(
    content: bytes,
    program_format: RawFormat | None = None,
    elf_versions: range = MAINNET_VERSIONS,
    deployment: Container[int] | None = None,
) -> Program:
    """Load and verify an ELF file or, if there is a `program_format`, raw bytecode.

    elf_versions: the sBPF versions that an ELF file may have.
    deployment: as in `solproof.program.elf.load`, for an ELF file that is deployed now.
    Raises `ElfError` or `VerifierError`, and `ProgramError` for a file that is too large for an account.
    """
    if program_format is None:
        program = _load_elf(content, elf_versions, deployment)
    else:
        program = load_raw(content, program_format.version, program_format.entry)
    verify(program)
    return program


def _load_elf(content: bytes, versions: range, deployment: Container[int] | None) -> Program:
    try:
        return load(content, versions.stop - 1, versions.start, deployment)
    except ElfError as error:
        may_be_raw = content and not content.startswith(MAGIC) and len(content) % SLOT_BYTES == 0
        detail = f"{error.detail}; {RAW_HINT}" if may_be_raw else error.detail
        raise ElfError(error.name, error.text, detail, file_kind(content)) from None


def verify(program: Program) -> None:
    """Check a program's text. Raises `VerifierError` for the first slot that breaks a rule."""
    # NumPy is imported only here, because commands such as `asm` load no program.
    from solproof.program.bytecode_rules import first_error  # noqa: PLC0415

    if len(program.text) % SLOT_BYTES:
        raise verifier_error("ProgramLengthNotMultiple", detail=f"the text has {len(program.text)} bytes")
    if not program.text:
        raise verifier_error("NoProgram", detail="the text is empty")
    error = first_error(program.text, program.version)
    if error is not None:
        raise error
