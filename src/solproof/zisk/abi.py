"""The differences between ZisK's versions for a guest: its memory map, and the framing of its input.

Source: the sources of 0.9 to 0.18 and the crates of 1.x. A table is in docs/zisk.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from solproof.errors import InputError

ROM_SIZE = 128 * 1024 * 1024
INPUT_SIZE = 128 * 1024 * 1024
RAM_END = 0xBFFC_0000
"""End of the memory that a guest may use in every version, including its stack."""
GUEST_RAM_START, GUEST_RAM_END = 0xA043_0000, 0xBFF0_0000
"""The part of that memory that the guest allocates from. Its stack is above."""
OUTPUT_WORDS = 64
"""Number of public words of 32 bits."""


@dataclass(frozen=True, slots=True)
class Abi:
    """One memory map. Addresses are those of the zkVM.

    first, last: the range of versions that have this map, as (major, minor).
    link_base: where the code of a guest starts.
    input_address: where the input starts: 8 bytes that our guests ignore, its length as u64, and its bytes.
    output_address: where the public words start.
    has_count: whether the number of words precedes them.
    has_records: whether the host frames the input: a u64 length, the bytes, zeros up to a multiple of 8.
    packs_words: whether the SHA-256 precompile takes two words as one 64-bit word, high half first.
    """

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    link_base: int
    input_address: int
    output_address: int
    has_count: bool = False
    has_records: bool = True
    packs_words: bool = False


ABIS = (
    Abi(
        "0.15", (0, 9), (0, 15), 0x8000_0000, 0x9000_0000, 0xA001_0000,
        has_count=True, has_records=False, packs_words=True,
    ),
    Abi("0.18", (0, 16), (0, 18), 0x8000_0000, 0x4000_0000, 0xA001_0000),
    Abi("1.3", (1, 1), (1, 3), 0x8000_0000, 0x4000_0000, 0xA041_0000),
    Abi("1.4", (1, 4), (1, 4), 0x9000_0000, 0x1000_0000, 0xA041_0000),
)  # fmt: skip
DEFAULT = ABIS[1]
"""The memory map of the newest release that is not a preview."""


def version_text(version: tuple[int, int]) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))


def abi_of(text: str) -> Abi:
    """The memory map of a version such as `0.18.0`, or of a tool's output that contains a version.

    Raises `InputError` if the version is unknown.
    """
    found = re.search(r"(\d+)\.(\d+)", text)
    version = None if found is None else (int(found[1]), int(found[2]))
    for abi in ABIS:
        if version is not None and abi.first <= version <= abi.last:
            return abi
    known = ", ".join(f"{version_text(abi.first)} to {version_text(abi.last)}" for abi in ABIS)
    raise InputError(f"ZisK version {text!r}: expected a version with a known memory map: {known}")
