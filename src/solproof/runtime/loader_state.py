"""The states of accounts that loader v3 owns, at the start of their data.

    u32 0
    u32 1 | option of the authority                    a buffer; the file of a program follows at byte 37
    u32 2 | address of the programdata account         a program
    u32 3 | u64 slot | option of the authority         programdata; the ELF file follows at byte 45

An option is 0, or 1 and 32 bytes. A state without an authority is shorter, but the file does not move.

Source: `UpgradeableLoaderState` of solana-loader-v3-interface 7 (state.rs), in bincode.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from solproof.runtime.accounts import KEY_LENGTH

UNINITIALIZED_LENGTH = 4
BUFFER_HEADER = 37
PROGRAM_LENGTH = 36
PROGRAM_DATA_HEADER = 45
_TAG, _SLOT = struct.Struct("<I"), struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Uninitialized:
    """An account that the loader can make a buffer or a program."""

    def to_bytes(self) -> bytes:
        """The encoding."""
        return _TAG.pack(0)


@dataclass(frozen=True, slots=True)
class Buffer:
    """An account with the file of a program that is not deployed yet.

    authority: who may write and deploy it, None if nobody may.
    """

    authority: bytes | None

    def to_bytes(self) -> bytes:
        """The encoding."""
        return _TAG.pack(1) + _option(self.authority)


@dataclass(frozen=True, slots=True)
class ProgramPointer:
    """A program. Its file is in another account, at the address `program_data`."""

    program_data: bytes

    def to_bytes(self) -> bytes:
        """The encoding."""
        return _TAG.pack(2) + self.program_data


@dataclass(frozen=True, slots=True)
class ProgramData:
    """The account with the file of a program.

    slot: when the program was last deployed, upgraded or extended.
    authority: who may upgrade the program, None if nobody may.
    """

    slot: int
    authority: bytes | None

    def to_bytes(self) -> bytes:
        """The encoding."""
        return _TAG.pack(3) + _SLOT.pack(self.slot) + _option(self.authority)


LoaderState = Uninitialized | Buffer | ProgramPointer | ProgramData


def parse_state(data: bytes) -> LoaderState | None:
    """The state at the start of an account's data, or None if there is none."""
    try:
        (tag,) = _TAG.unpack_from(data)
        match tag:
            case 0:
                return Uninitialized()
            case 1:
                return Buffer(_read_option(data, 4))
            case 2:
                return ProgramPointer(_read_key(data, 4))
            case 3:
                (slot,) = _SLOT.unpack_from(data, 4)
                return ProgramData(slot, _read_option(data, 12))
    except (struct.error, _Malformed):
        pass
    return None


class _Malformed(Exception):
    """The data are no state."""


def _option(key: bytes | None) -> bytes:
    return b"\0" if key is None else b"\1" + key


def _read_option(data: bytes, offset: int) -> bytes | None:
    match data[offset : offset + 1]:
        case b"\0":
            return None
        case b"\1":
            return _read_key(data, offset + 1)
    raise _Malformed


def _read_key(data: bytes, offset: int) -> bytes:
    key = data[offset : offset + KEY_LENGTH]
    if len(key) < KEY_LENGTH:
        raise _Malformed
    return key
