"""An instruction that a program wants to invoke, before its accounts are found in the transaction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meta:
    """An account that the instruction names, with the privileges that it asks for (`AccountMeta`)."""

    key: bytes
    is_signer: bool = False
    is_writable: bool = False


@dataclass(frozen=True, slots=True)
class RequestedInstruction:
    """A program, the accounts that it gets, and its instruction data (`Instruction`)."""

    program_id: bytes
    metas: tuple[Meta, ...]
    data: bytes
