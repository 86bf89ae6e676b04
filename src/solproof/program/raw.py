"""Raw bytecode: a flat file of 8-byte instructions, without any header.

The text means the same as the `.text` of an ELF file without relocations.

V0 to V2: the text is at 0x1_0000_0000, and the program can read it. Calls are as an assembler writes them. A
call is a syscall if its source field is 0 and its immediate is the hash of a syscall's name. A call with
immediate -1 has no target. Any other call goes to the slot `pc + 1 + immediate`. Like the ELF loader, this
module rewrites it to the hash of its target.

V3 and V4: the text is at the same address, but the program cannot read it. There is no read-only data.
Nothing is rewritten, because the source field tells a syscall from a function.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from solproof.errors import InputError
from solproof.isa.instruction import SLOT_BYTES
from solproof.isa.opcodes import VERSIONS, by_mnemonic
from solproof.program.errors import elf_error, verifier_error
from solproof.program.program import IMAGE_ADDRESS, READ_ONLY_DATA_ADDRESS, TEXT_ADDRESS, Program
from solproof.program.relocation import FunctionRegistry, fix_calls
from solproof.program.syscall_names import ENTRYPOINT_HASH

LARGEST_ENTRY = (1 << 64) - 1
_FIRST_STATIC_VERSION = 3
_WIDE = by_mnemonic("LD_DW_IMM")


@dataclass(frozen=True, slots=True)
class RawFormat:
    """The facts that a flat file does not hold: its sBPF version (0 to 4) and its first instruction's pc.

    Raises `InputError` for values that no program can have.
    """

    version: int = 0
    entry: int = 0

    def __post_init__(self) -> None:
        if self.version not in VERSIONS:
            raise InputError(
                f"program_format.version: expected {VERSIONS[0]} to {VERSIONS[-1]}, got {self.version}"
            )
        if not 0 <= self.entry <= LARGEST_ENTRY:
            raise InputError(f"program_format.entry: expected 0 to {LARGEST_ENTRY}, got {self.entry}")


def load_raw(text: bytes, version: int = 0, entry: int = 0) -> Program:
    """Load a text as a program of an sBPF version, 0 to 4, whose first instruction is at slot `entry`.

    The errors have the same names as for ELF files. Raises `VerifierError` for a length that is not a
    multiple of 8 (ProgramLengthNotMultiple) and for an empty text (NoProgram). Raises `ElfError` for:

    - a version that does not exist (UnsupportedSBPFVersion)
    - an entry outside the text (EntrypointOutOfBounds) or on the second slot of an lddw (InvalidEntrypoint)
    - a call out of the text (RelativeJumpOutOfBounds)
    - a call key with two meanings (SymbolHashCollision)
    """
    if version not in VERSIONS:
        raise elf_error(
            "UnsupportedSBPFVersion",
            detail=f"the version is {version}, expected {VERSIONS[0]} to {VERSIONS[-1]}",
        )
    if len(text) % SLOT_BYTES:
        raise verifier_error("ProgramLengthNotMultiple", detail=f"the raw bytecode has {len(text)} bytes")
    if not text:
        raise verifier_error("NoProgram", detail="the raw bytecode is empty")
    _check_entry(text, version, entry)
    code, functions = bytearray(text), FunctionRegistry()
    is_static = version >= _FIRST_STATIC_VERSION
    if not is_static:
        fix_calls(code, range(len(code)), functions, keep_syscalls=True)
        functions.register(entry, ENTRYPOINT_HASH)
    return Program(
        version=version,
        text=bytes(code),
        text_address=TEXT_ADDRESS,
        image=b"" if is_static else bytes(code),
        image_address=READ_ONLY_DATA_ADDRESS if is_static else IMAGE_ADDRESS,
        entry=entry,
        functions=dict(sorted(functions.items())),
        file_sha256=sha256(text).digest(),
    )


def _check_entry(text: bytes, version: int, entry: int) -> None:
    slots = len(text) // SLOT_BYTES
    if not 0 <= entry < slots:
        raise elf_error(
            "EntrypointOutOfBounds", detail=f"the entry is slot {entry}, expected 0 to {slots - 1}"
        )
    # The slot after any other code starts an instruction, so only the `lddw` codes before the entry count.
    codes = text[: entry * SLOT_BYTES : SLOT_BYTES]
    wide = len(codes) - len(codes.rstrip(bytes([_WIDE.code]))) if version in _WIDE.versions else 0
    if wide % 2:
        raise elf_error(
            "InvalidEntrypoint", detail=f"slot {entry} is the second slot of the lddw at {entry - 1}"
        )
