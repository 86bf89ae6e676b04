"""The ELF loader: reads the version from the file, and chooses the lenient or the strict loader.

Source: `Executable::load` of solana-sbpf 0.21.0 (`elf.rs`).
"""

from __future__ import annotations

from collections.abc import Container

from solproof.errors import ProgramError
from solproof.program.elf_lenient import load_lenient
from solproof.program.elf_records import MAGIC
from solproof.program.elf_strict import load_strict
from solproof.program.errors import elf_error, out_of_bounds
from solproof.program.program import Program

# An account, and therefore a program, has at most 10 MiB (solana-system-interface,
# MAX_PERMITTED_DATA_LENGTH).
MAXIMUM_BYTES = 10 * 1024 * 1024
# The newest version that mainnet enables. The reference also knows V4, which loads and runs like V3.
NEWEST_VERSION = 3
NEWEST_KNOWN_VERSION = 4
MAINNET_VERSIONS = range(NEWEST_VERSION + 1)

_FLAGS = slice(48, 52)
_FIRST_STRICT_VERSION = 3


def load(
    elf: bytes,
    newest_version: int = NEWEST_VERSION,
    oldest_version: int = 0,
    deployment: Container[int] | None = None,
) -> Program:
    """Load an ELF file of sBPF `oldest_version` up to `newest_version`, which is at most 4.

    deployment: the hashes of the syscalls that a program may call that is deployed now. A deployment refuses
        some files of V0 to V2 that the runtime still loads. None for a program that was deployed before.

    Raises `ElfError` with Agave's name for a broken file, and `ProgramError` for a file that is too large for
    an account.
    """
    if len(elf) > MAXIMUM_BYTES:
        raise ProgramError(
            f"the ELF file has {len(elf)} bytes, expected at most {MAXIMUM_BYTES}, the largest account"
        )
    version = _version(elf, oldest_version, min(newest_version, NEWEST_KNOWN_VERSION))
    if version >= _FIRST_STRICT_VERSION:
        return load_strict(elf, version)
    return load_lenient(elf, version, deployment)


def _version(elf: bytes, oldest: int, newest: int) -> int:
    if len(elf) < _FLAGS.stop:
        raise out_of_bounds(f"the file has {len(elf)} bytes, expected at least 64 for the ELF header")
    flags = int.from_bytes(elf[_FLAGS], "little")
    if not oldest <= flags <= newest:
        reason = "" if elf.startswith(MAGIC) else "; the file does not start with the ELF magic either"
        raise elf_error(
            "UnsupportedSBPFVersion", detail=f"e_flags is {flags:#x}, expected {oldest} to {newest}{reason}"
        )
    return flags
