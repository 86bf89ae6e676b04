"""The errors of precompiles.

Source: solana-precompile-error 3.0.0, lib.rs.
"""

from __future__ import annotations

from enum import IntEnum


class PrecompileErrorCode(IntEnum):
    """Why a precompile refuses an instruction. The instruction fails with `Custom` of this number."""

    INVALID_PUBLIC_KEY = 0
    INVALID_RECOVERY_ID = 1
    INVALID_SIGNATURE = 2
    INVALID_DATA_OFFSETS = 3
    INVALID_INSTRUCTION_DATA_SIZE = 4


class PrecompileError(Exception):
    """A precompile refuses an instruction. This is a possible outcome of a transaction."""

    def __init__(self, code: PrecompileErrorCode) -> None:
        self.code = code
        super().__init__(code.name.lower().replace("_", " "))
