"""Encoding and decoding of instruction slots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solproof.errors import ProgramError
from solproof.isa.instruction import Instruction, decode_program, slots_with, wide_immediate

instructions = st.builds(
    Instruction,
    code=st.integers(0, 255),
    destination=st.integers(0, 15),
    source=st.integers(0, 15),
    offset=st.integers(-(1 << 15), (1 << 15) - 1),
    immediate=st.integers(-(1 << 31), (1 << 31) - 1),
)


def test_fields() -> None:
    slot = bytes([0x7B, 0x5A, 0xF8, 0xFF, 0x78, 0x56, 0x34, 0x92])
    assert Instruction.decode(slot) == Instruction(0x7B, 10, 5, -8, 0x92345678 - (1 << 32))


@given(instructions)
def test_encode_then_decode(instruction: Instruction) -> None:
    assert Instruction.decode(instruction.encode()) == instruction


@given(st.binary(min_size=8, max_size=8))
def test_decode_then_encode(slot: bytes) -> None:
    assert Instruction.decode(slot).encode() == slot


@given(st.lists(instructions, max_size=20))
def test_programs(program: list[Instruction]) -> None:
    assert decode_program(b"".join(instruction.encode() for instruction in program)) == program


@given(st.lists(st.sampled_from((0x85, 0x95)), max_size=20))
def test_slots_with_a_code(codes: list[int]) -> None:
    text = b"".join(Instruction(code, 5, 8, -1, -1).encode() for code in codes)
    assert list(slots_with(0x85, text)) == [slot for slot, code in enumerate(codes) if code == 0x85]


def test_wide_immediate() -> None:
    low, high = Instruction(0x18, immediate=-1), Instruction(0, immediate=-(1 << 31))
    assert wide_immediate(low, high) == 0x8000_0000_FFFF_FFFF


@pytest.mark.parametrize("size", [0, 7, 9, 16])
def test_a_slot_has_eight_bytes(size: int) -> None:
    with pytest.raises(ProgramError, match=f"^an instruction slot has {size} bytes, expected 8$"):
        Instruction.decode(bytes(size))


def test_a_program_has_whole_slots() -> None:
    with pytest.raises(ProgramError, match=r"^the text has 12 bytes, expected a multiple of 8$"):
        decode_program(bytes(12))


@pytest.mark.parametrize(
    ("instruction", "message"),
    [
        (Instruction(256), "instruction field code is 256, expected 0 to 255"),
        (Instruction(-1), "instruction field code is -1, expected 0 to 255"),
        (Instruction(0, 16), "instruction field destination is 16, expected 0 to 15"),
        (Instruction(0, 0, -1), "instruction field source is -1, expected 0 to 15"),
        (Instruction(0, 0, 0, 1 << 15), "instruction field offset is 32768, expected -32768 to 32767"),
        (
            Instruction(0, 0, 0, 0, 1 << 31),
            "instruction field immediate is 2147483648, expected -2147483648 to 2147483647",
        ),
    ],
)
def test_fields_that_do_not_fit(instruction: Instruction, message: str) -> None:
    with pytest.raises(ProgramError) as caught:
        instruction.encode()
    assert str(caught.value) == message
