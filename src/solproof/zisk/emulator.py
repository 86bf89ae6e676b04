"""Runs a guest without ZisK. Unicorn emulates the RISC-V processor, and this module adds the rest.

The rest is the memory map and the precompiles. The emulator executes the same RISC-V instructions as ZisK, on
the same addresses and with the same results, and counts them. ZisK itself needs about 1,000 more steps, to
start and to end a guest.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from solproof.errors import SolproofError
from solproof.zisk.abi import (
    DEFAULT,
    GUEST_RAM_END,
    GUEST_RAM_START,
    INPUT_SIZE,
    OUTPUT_WORDS,
    RAM_END,
    ROM_SIZE,
    Abi,
)
from solproof.zisk.endings import SEGMENT_END
from solproof.zisk.frame import frame, memory_of
from solproof.zisk.guests import entry_of, guest, segments_of
from solproof.zisk.outputs import Word
from solproof.zisk.precompiles import compress, keccak_permutation

INSTRUCTION_BYTES = 4
EXIT_CALL = 93
ECALL, ILLEGAL_INSTRUCTION = 8, 2
SHA256_CSR, KECCAK_CSR = 0x805, 0x800
SYSTEM_OPCODE, SET_BITS = 0x73, 2
PAGE = 4096


class GuestError(SolproofError):
    """The guest did something that our guests never do. This is a fault of solproof, not of the program."""


def unicorn_modules() -> tuple[Any, Any, Any]:
    """Unicorn, its RISC-V constants and its general constants.

    Raises `SolproofError` if Unicorn is not installed.
    """
    try:
        import unicorn  # noqa: PLC0415
        from unicorn import riscv_const, unicorn_const  # noqa: PLC0415
    except ImportError:
        raise SolproofError(
            "the embedded emulator is not installed: pip install 'solproof[zisk]' (or: pip install unicorn)"
        ) from None
    return unicorn, riscv_const, unicorn_const


@dataclass(frozen=True, slots=True)
class Emulation:
    """The result of a guest run.

    words: its public words.
    steps: number of executed RISC-V instructions, None if they were not counted. Counting takes most of the
        time.
    state: the last state of a segment that is not the end of its run, otherwise empty.
    """

    words: tuple[int, ...]
    steps: int | None
    state: bytes


def emulate(payload: bytes, abi: Abi = DEFAULT, *, count_steps: bool = True) -> Emulation:
    """Run the guest on an input.bin, or on the payload of a segment.

    Raises `SolproofError` if Unicorn is not installed, and `GuestError` if the guest does not exit.
    """
    emulator = _Emulator(abi, memory_of(frame(payload, abi), abi), count_steps=count_steps)
    emulator.run()
    words = emulator.words()
    state = emulator.state() if words[Word.ENDING] == SEGMENT_END else b""
    return Emulation(words, emulator.steps if count_steps else None, state)


class _Emulator:
    """One run of the guest."""

    def __init__(self, abi: Abi, memory: bytes, *, count_steps: bool) -> None:
        self.unicorn, self.registers, constants = unicorn_modules()
        self.abi = abi
        self.elf = guest(abi)
        self.steps = 0
        self.problem: str | None = None
        self.has_ended = False
        machine = self.unicorn.Uc(constants.UC_ARCH_RISCV, constants.UC_MODE_RISCV64)
        self.machine = machine
        machine.mem_map(abi.link_base, ROM_SIZE, constants.UC_PROT_READ | constants.UC_PROT_EXEC)
        for header, content in segments_of(self.elf):
            machine.mem_write(header.address, content)
        machine.mem_map(abi.input_address, INPUT_SIZE, constants.UC_PROT_READ)
        machine.mem_write(abi.input_address, memory)
        # Map only the guest's own memory. A write elsewhere, such as to the system's page or past the
        # outputs, is a fault.
        machine.mem_map(abi.output_address, PAGE)
        machine.mem_map(GUEST_RAM_START, RAM_END - GUEST_RAM_START)
        machine.hook_add(constants.UC_HOOK_INTR, self._interrupt)
        if count_steps:
            machine.hook_add(constants.UC_HOOK_BLOCK, self._block)

    def run(self) -> None:
        """Run to the exit. Raises `GuestError` if the guest does not exit."""
        machine, registers = self.machine, self.registers
        machine.reg_write(registers.UC_RISCV_REG_A0, self.abi.input_address)
        machine.reg_write(registers.UC_RISCV_REG_A1, self.abi.output_address)
        try:
            machine.emu_start(entry_of(self.elf), 0)
        except self.unicorn.UcError as error:
            self.problem = self.problem or str(error)
        if self.problem is not None or not self.has_ended:
            pc = machine.reg_read(registers.UC_RISCV_REG_PC)
            raise GuestError(f"the guest stopped at {pc:#x}: {self.problem or 'it did not exit'}")

    def words(self) -> tuple[int, ...]:
        """The public words."""
        start = self.abi.output_address + (4 if self.abi.has_count else 0)
        content = bytes(self.machine.mem_read(start, 4 * OUTPUT_WORDS))
        return struct.unpack(f"<{OUTPUT_WORDS}I", content)

    def state(self) -> bytes:
        """The state that a segment left. The last words of RAM point to it (guest/segment.h)."""
        size, address = struct.unpack("<QQ", self.machine.mem_read(GUEST_RAM_END - 16, 16))
        return bytes(self.machine.mem_read(address, size))

    def _block(self, _machine: Any, _address: int, size: int, _data: Any) -> None:
        self.steps += size >> 2

    def _interrupt(self, machine: Any, number: int, _data: Any) -> None:
        registers = self.registers
        if number == ECALL:
            self.has_ended = machine.reg_read(registers.UC_RISCV_REG_A7) == EXIT_CALL
            if not self.has_ended or machine.reg_read(registers.UC_RISCV_REG_A0) != 0:
                self.problem = "it made a call other than the exit, or exited with an error"
            machine.emu_stop()
            return
        # The pc is already past the instruction.
        at = machine.reg_read(registers.UC_RISCV_REG_PC) - INSTRUCTION_BYTES
        if number != ILLEGAL_INSTRUCTION or not self._precompile(
            int.from_bytes(machine.mem_read(at, INSTRUCTION_BYTES), "little")
        ):
            self.problem = self.problem or f"exception {number}"
        if self.problem is not None:
            machine.emu_stop()

    def _precompile(self, instruction: int) -> bool:
        """Execute the precompile of a CSR. Returns whether it is one of ours."""
        if instruction & 0x7F != SYSTEM_OPCODE or instruction >> 12 & 7 != SET_BITS:
            return False
        register = self.registers.UC_RISCV_REG_X0 + (instruction >> 15 & 31)
        address, csr = self.machine.reg_read(register), instruction >> 20
        if csr == KECCAK_CSR:
            self._write(address, keccak_permutation(self._read(address, 200)))
        elif csr == SHA256_CSR:
            state, block = struct.unpack("<QQ", self._read(address, 16))
            self._write(state, self._compress(self._read(state, 32), self._read(block, 64)))
        else:
            return False
        return True

    def _compress(self, state: bytes, block: bytes) -> bytes:
        if self.abi.packs_words:
            state = struct.pack(">4Q", *struct.unpack("<4Q", state))
            block = struct.pack(">8Q", *struct.unpack("<8Q", block))
            return struct.pack("<4Q", *struct.unpack(">4Q", compress(state, block)))
        state = struct.pack(">8I", *struct.unpack("<8I", state))
        return struct.pack("<8I", *struct.unpack(">8I", compress(state, block)))

    def _read(self, address: int, size: int) -> bytes:
        if address % 8:
            self.problem = f"a precompile got address {address:#x}, expected a multiple of 8"
        return bytes(self.machine.mem_read(address, size))

    def _write(self, address: int, content: bytes) -> None:
        self.machine.mem_write(address, content)
