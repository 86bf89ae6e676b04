"""The embedded emulator: exact counts, all errors of a guest, and Unicorn missing."""

from __future__ import annotations

import sys

import pytest

from solproof.demo import scenario
from solproof.errors import SolproofError
from solproof.formats import bincode
from solproof.zisk import emulator
from solproof.zisk.abi import ABIS, DEFAULT, Abi
from solproof.zisk.frame import frame, memory_of
from solproof.zisk.guests import guest, segments_of
from tests.support.token_programs import P_TOKEN, elf

PAYLOAD = bincode.pack(scenario.transfer(elf(P_TOKEN)))
EXIT = (93 << 20 | 17 << 7 | 0x13).to_bytes(4, "little") + (0x73).to_bytes(4, "little")
"""li a7, 93; ecall."""


def with_code(code: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the first instructions of the guest."""
    whole = bytearray(guest(DEFAULT))
    (header, _), _ = segments_of(bytes(whole))
    whole[header.offset : header.offset + len(code)] = code
    monkeypatch.setattr(emulator, "guest", lambda _: bytes(whole))


@pytest.mark.parametrize("abi", ABIS[1:], ids=lambda abi: abi.name)
def test_steps_are_instructions(abi: Abi) -> None:
    """The count is exact: the guest ends after this number of instructions, and not one earlier."""
    steps = emulator.emulate(PAYLOAD, abi).steps
    assert steps is not None
    for limit, ends in ((steps, True), (steps - 1, False)):
        machine = emulator._Emulator(abi, memory_of(frame(PAYLOAD, abi), abi), count_steps=False)
        registers = machine.registers
        machine.machine.reg_write(registers.UC_RISCV_REG_A0, abi.input_address)
        machine.machine.reg_write(registers.UC_RISCV_REG_A1, abi.output_address)
        machine.machine.emu_start(abi.link_base, 0, count=limit)
        assert machine.has_ended is ends


def test_counting_changes_nothing() -> None:
    counted, uncounted = emulator.emulate(PAYLOAD), emulator.emulate(PAYLOAD, count_steps=False)
    assert counted.words == uncounted.words
    assert uncounted.steps is None


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (bytes(4), "0x80000004: exception 2"),
        (EXIT, "it made a call other than the exit, or exited with an error"),
        ((0x73).to_bytes(4, "little"), "it made a call other than the exit, or exited with an error"),
        ((0x80152073).to_bytes(4, "little"), "exception 2"),  # the precompile 0x801
        (
            (0x00053503).to_bytes(4, "little") + (0x00053503).to_bytes(4, "little"),
            "0x80000004: Invalid memory read",
        ),
        ((0x80551073).to_bytes(4, "little"), "exception 2"),  # csrw and not csrs
    ],
)
def test_a_guest_that_goes_wrong(code: bytes, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_code(code, monkeypatch)
    with pytest.raises(emulator.GuestError) as caught:
        emulator.emulate(PAYLOAD)
    assert str(caught.value).startswith("the guest stopped at 0x8000")
    assert problem in str(caught.value)


def test_a_precompile_at_an_odd_address(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = (4 << 20 | 10 << 15 | 10 << 7 | 0x13).to_bytes(4, "little")  # addi a0, a0, 4
    with_code(odd + (0x80052073).to_bytes(4, "little"), monkeypatch)
    with pytest.raises(emulator.GuestError) as caught:
        emulator.emulate(PAYLOAD)
    assert "a precompile got address 0x40000004, expected a multiple of 8" in str(caught.value)


def test_without_unicorn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "unicorn", None)
    with pytest.raises(SolproofError) as caught:
        emulator.emulate(PAYLOAD)
    assert str(caught.value) == (
        "the embedded emulator is not installed: pip install 'solproof[zisk]' (or: pip install unicorn)"
    )
