"""Instructions and account infos in a program's memory, as the SDKs lay them out for an invocation.

The addresses of accounts are those of accounts without data, for loaders v2 and v3.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from tests.support.syscall_harness import INPUT

RECORD = 88 + 10 * 1024 + 8
"""Bytes of an account without data in the input region."""

RENT_EPOCH = 2**64 - 1


class Meta(NamedTuple):
    """An account of the invoked instruction.

    position: the account's position in the caller's instruction.
    length: the length of its data, as the account info states it.
    """

    position: int
    key: bytes
    is_signer: int = False
    is_writable: int = False
    length: int = 0


class Invocation(NamedTuple):
    """The arguments of the syscall, and the memory before the call."""

    arguments: tuple[int, ...]
    memory: dict[int, bytes]


def c_invocation(base: int, program_id: bytes, data: bytes, metas: Sequence[Meta] = ()) -> Invocation:
    """For `sol_invoke_signed_c`. Everything lies from `base` on."""
    memory = _Memory(base)
    instruction = memory.take(40)
    table = b"".join(
        struct.pack("<QBB6x", _record(meta) + 8, meta.is_writable, meta.is_signer) for meta in metas
    )
    program, listed, content = memory.put(program_id), memory.put(table), memory.put(data)
    memory.contents[instruction] = struct.pack("<5Q", program, listed, len(metas), content, len(data))
    infos = b"".join(
        struct.pack(
            "<6QBB6x",
            _record(meta) + 8,
            _record(meta) + 72,
            meta.length,
            _record(meta) + 88,
            _record(meta) + 40,
            RENT_EPOCH,
            meta.is_signer,
            meta.is_writable,
        )
        for meta in metas
    )
    return Invocation((instruction, memory.put(infos), len(metas), 0, 0), memory.contents)


def rust_invocation(base: int, program_id: bytes, data: bytes, metas: Sequence[Meta] = ()) -> Invocation:
    """For `sol_invoke_signed_rust`. Everything lies from `base` on."""
    memory = _Memory(base)
    instruction = memory.take(80)
    table = b"".join(struct.pack("<32sBB", meta.key, meta.is_signer, meta.is_writable) for meta in metas)
    listed, content = memory.put(table), memory.put(data)
    memory.contents[instruction] = struct.pack(
        "<6Q32s", listed, len(metas), len(metas), content, len(data), len(data), program_id
    )
    infos = b""
    for meta in metas:
        record = _record(meta)
        lamports = memory.put(struct.pack("<4Q", 1, 1, 0, record + 72))
        cell = memory.put(struct.pack("<5Q", 1, 1, 0, record + 88, meta.length))
        words = (record + 8, lamports, cell, record + 40, RENT_EPOCH)
        infos += struct.pack("<5QBB6x", *words, meta.is_signer, meta.is_writable)
    return Invocation((instruction, memory.put(infos), len(metas), 0, 0), memory.contents)


def _record(meta: Meta) -> int:
    return INPUT + 8 + meta.position * RECORD


class _Memory:
    """Gives out addresses one after the other, each a multiple of 8."""

    def __init__(self, base: int) -> None:
        self.next = base
        self.contents: dict[int, bytes] = {}

    def take(self, length: int) -> int:
        address = self.next
        self.next += (length + 7) // 8 * 8
        return address

    def put(self, content: bytes) -> int:
        address = self.take(len(content))
        if content:
            self.contents[address] = content
        return address
