"""The file that a ZisK host gives to a guest, and the memory that the guest then finds."""

from __future__ import annotations

import struct

from solproof.errors import InputError, UnsupportedError
from solproof.formats import bincode
from solproof.runtime.execution_input import ExecutionInput
from solproof.zisk.abi import INPUT_SIZE, Abi

ALIGNMENT = 8
SEGMENT_MAGIC = int.from_bytes(b"segment1", "little")


def payload_of(given: ExecutionInput) -> bytes:
    """The guest's input for a whole run. Raises `UnsupportedError` for an input with other programs."""
    if given.programs:
        raise UnsupportedError(
            "programs: the ZisK guest runs no calls of other programs, expected an input without them"
        )
    return bincode.pack(given)


def segment_payload(input_bin: bytes, instructions: int, state: bytes = b"") -> bytes:
    """The guest's input for a part of a run.

    The part starts from `state` and has at most `instructions` instructions, or runs to its end if that is 0.
    """
    return struct.pack("<QQQ", SEGMENT_MAGIC, instructions, len(state)) + state + input_bin


def frame(payload: bytes, abi: Abi) -> bytes:
    """The input file for a version of ZisK. Raises `InputError` if the payload is too large for ZisK."""
    content = payload
    if abi.has_records:
        content = struct.pack("<Q", len(payload)) + payload
        content += bytes(-len(content) % ALIGNMENT)
    if len(content) + 2 * ALIGNMENT > INPUT_SIZE:
        raise InputError(
            f"the input has {len(payload):,} bytes, expected at most {INPUT_SIZE - 32:,}, the limit of ZisK"
        )
    return content


def memory_of(file: bytes, abi: Abi) -> bytes:
    """The input memory that a host makes of a file. Up to version 0.15, the host writes the length itself."""
    length = b"" if abi.has_records else struct.pack("<Q", len(file))
    return bytes(ALIGNMENT) + length + file
