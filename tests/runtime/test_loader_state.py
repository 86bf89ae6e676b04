"""The states of loader v3. The encodings are those of solana-loader-v3-interface 7."""

from __future__ import annotations

import pytest

from solproof.runtime.loader_state import (
    BUFFER_HEADER,
    PROGRAM_DATA_HEADER,
    PROGRAM_LENGTH,
    UNINITIALIZED_LENGTH,
    Buffer,
    LoaderState,
    ProgramData,
    ProgramPointer,
    Uninitialized,
    parse_state,
)

KEY = bytes(range(32))
ENCODED: list[tuple[LoaderState, str]] = [
    (Uninitialized(), "00000000"),
    (Buffer(None), "0100000000"),
    (Buffer(KEY), "0100000001" + KEY.hex()),
    (ProgramPointer(KEY), "02000000" + KEY.hex()),
    (ProgramData(0x0102030405060708, None), "03000000080706050403020100"),
    (ProgramData(5, KEY), "03000000050000000000000001" + KEY.hex()),
]


@pytest.mark.parametrize(("state", "encoded"), ENCODED)
def test_encodings(state: LoaderState, encoded: str) -> None:
    content = bytes.fromhex(encoded)
    assert state.to_bytes() == content
    assert parse_state(content) == parse_state(content + b"a file") == state
    assert all(parse_state(content[:length]) != state for length in range(len(content)))


@pytest.mark.parametrize(
    "content",
    ["", "000000", "04000000", "01000000", "0100000002" + "00" * 40, "03000000" + "00" * 8 + "ff" * 40],
)
def test_other_data(content: str) -> None:
    assert parse_state(bytes.fromhex(content)) is None


def test_lengths() -> None:
    lengths = [len(state.to_bytes()) for state, _ in ENCODED]
    assert lengths == [UNINITIALIZED_LENGTH, 5, BUFFER_HEADER, PROGRAM_LENGTH, 13, PROGRAM_DATA_HEADER]
