from __future__ import annotations

import struct

import pytest

from solproof.runtime.nonce_state import NonceData, NonceState, durable_nonce

AUTHORITY, NONCE = b"A" * 32, b"N" * 32
DATA = NonceData(AUTHORITY, NONCE, 5_000)
CONTENT = AUTHORITY + NONCE + (5_000).to_bytes(8, "little")


@pytest.mark.parametrize("version", [0, 1])
def test_the_80_bytes_of_an_initialized_state(version: int) -> None:
    content = struct.pack("<II", version, 1) + CONTENT
    state = NonceState(DATA, is_legacy=version == 0)
    assert len(content) == 80
    assert NonceState.parse(content) == NonceState.parse(content + b"more") == state
    assert state.to_bytes() == content
    assert NonceState.parse(content[:-1]) is None


@pytest.mark.parametrize("version", [0, 1])
def test_an_uninitialized_state_has_8_bytes(version: int) -> None:
    content = struct.pack("<II", version, 0)
    state = NonceState(None, is_legacy=version == 0)
    assert NonceState.parse(content) == NonceState.parse(content + CONTENT) == state
    assert state.to_bytes() == content
    assert NonceState.parse(content[:-1]) is None


@pytest.mark.parametrize(("version", "state"), [(2, 0), (2, 1), (0, 2), (1, 2), (2**32 - 1, 0)])
def test_unknown_tags(version: int, state: int) -> None:
    assert NonceState.parse(struct.pack("<II", version, state) + CONTENT) is None


def test_only_an_initialized_legacy_state_can_be_upgraded() -> None:
    upgraded = NonceState(DATA, is_legacy=True).upgraded()
    assert upgraded == NonceState(NonceData(AUTHORITY, durable_nonce(NONCE), 5_000))
    assert NonceState(DATA).upgraded() is None
    assert NonceState(None).upgraded() is None
    assert NonceState(None, is_legacy=True).upgraded() is None
