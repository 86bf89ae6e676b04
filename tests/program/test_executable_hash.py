"""The hash of a program's file without the zeros at its end."""

from __future__ import annotations

import hashlib

import pytest

from solproof.program.executable_hash import executable_hash


@pytest.mark.parametrize(
    ("file", "hashed"), [(b"ELF\0x\0\0", b"ELF\0x"), (b"ELF", b"ELF"), (b"\0\0", b""), (b"", b"")]
)
def test_zeros_at_the_end_do_not_count(file: bytes, hashed: bytes) -> None:
    assert executable_hash(file) == hashlib.sha256(hashed).digest()
