"""Reads the data of an instruction for a builtin program, in bincode with integers of fixed width.

Source: `limited_deserialize` of solana-bincode 3, with the limit of a packet (solana-packet 4).
"""

from __future__ import annotations

from solproof.runtime.bincode_reader import BincodeReader

MAXIMUM_CONSUMED = 1_232


class InstructionData(BincodeReader):
    """A position in instruction data.

    The methods read the next value. They raise `InvalidInstructionData` if the data end before it, if it is
    not valid, and if it ends beyond byte 1,232. Bytes after the last value are ignored.
    """

    __slots__ = ()

    def __init__(self, content: bytes) -> None:
        super().__init__(content[:MAXIMUM_CONSUMED], "InvalidInstructionData")
