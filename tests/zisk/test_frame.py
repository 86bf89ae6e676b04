"""Frames for every version of ZisK: the file, and the memory that the guest finds."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from solproof.errors import InputError, UnsupportedError
from solproof.formats import bincode
from solproof.runtime.execution_input import ExecutionInput
from solproof.zisk.abi import ABIS, DEFAULT, INPUT_SIZE, Abi, abi_of
from solproof.zisk.frame import frame, memory_of, payload_of

PAYLOAD = b"thirteen byte"
NO_OTHER_PROGRAMS = "programs: the ZisK guest runs no calls of other programs, expected an input without them"


@pytest.mark.parametrize("abi", ABIS, ids=lambda abi: abi.name)
def test_length_and_bytes_are_where_the_guest_looks(abi: Abi) -> None:
    memory = memory_of(frame(PAYLOAD, abi), abi)
    assert struct.unpack_from("<Q", memory, 8) == (len(PAYLOAD),)
    assert memory[16 : 16 + len(PAYLOAD)] == PAYLOAD


def test_files() -> None:
    framed = struct.pack("<Q", 13) + PAYLOAD + bytes(3)
    assert [frame(PAYLOAD, abi) for abi in ABIS] == [PAYLOAD, framed, framed, framed]


def test_the_payload_is_an_input_bin() -> None:
    given = ExecutionInput(b"ELF", bytes(32), (), b"data")
    assert payload_of(given) == bincode.pack(given)
    with pytest.raises(UnsupportedError) as caught:
        payload_of(replace(given, programs=((b"\1" * 32, b"ELF"),)))
    assert str(caught.value) == NO_OTHER_PROGRAMS


def test_an_input_that_is_too_large() -> None:
    with pytest.raises(InputError) as caught:
        frame(bytes(INPUT_SIZE), DEFAULT)
    assert (
        str(caught.value)
        == "the input has 134,217,728 bytes, expected at most 134,217,696, the limit of ZisK"
    )


@pytest.mark.parametrize(
    ("version", "name"),
    [
        ("0.9.0", "0.15"),
        ("0.15.0", "0.15"),
        ("cargo-zisk 0.16.1 (abc 2026-01-01)", "0.18"),
        ("0.18.0", "0.18"),
        ("1.1.0", "1.3"),
        ("1.4.0-alpha", "1.4"),
    ],
)
def test_versions(version: str, name: str) -> None:
    assert abi_of(version).name == name


@pytest.mark.parametrize("version", ["0.8.0", "2.0", "newest"])
def test_unknown_versions(version: str) -> None:
    with pytest.raises(InputError) as caught:
        abi_of(version)
    known = "0.9 to 0.15, 0.16 to 0.18, 1.1 to 1.3, 1.4 to 1.4"
    assert (
        str(caught.value) == f"ZisK version {version!r}: expected a version with a known memory map: {known}"
    )
