"""Frames that our host never writes, because the guest reads any content of its input memory."""

from __future__ import annotations

import struct
from typing import Any

from solproof.zisk.abi import DEFAULT, INPUT_SIZE, Abi
from solproof.zisk.emulator import _Emulator
from solproof.zisk.outputs import Outputs

LARGEST = INPUT_SIZE - 16
"""Size of the input memory after its first 16 bytes."""


def memory(payload: bytes, length: int | None = None) -> bytes:
    """Input memory with any length in its length field."""
    return bytes(8) + struct.pack("<Q", len(payload) if length is None else length) + payload


def run_memory(content: bytes, abi: Abi = DEFAULT, *, check_alignment: bool = False) -> Outputs:
    """Run the guest on its input memory. An access outside the guest's own memory is an error."""
    emulator = _Emulator(abi, content, count_steps=False)
    if check_alignment:
        watch_alignment(emulator)
    emulator.run()
    return Outputs.of(emulator.words())


def watch_alignment(emulator: _Emulator) -> None:
    """Make an unaligned access an error."""
    constants: Any = emulator.unicorn.unicorn_const

    def access(_machine: Any, _kind: int, address: int, size: int, _value: int, _data: Any) -> None:
        if address % size:
            emulator.problem = f"an access of {size} bytes to {address:#x}"

    emulator.machine.hook_add(constants.UC_HOOK_MEM_READ | constants.UC_HOOK_MEM_WRITE, access)
