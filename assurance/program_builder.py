"""Programs of any sBPF version that code generates, for loops over operands and for random programs.

A program that can be written down should use `assurance.programs.asm` instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assurance.programs import FUNCTION_KEY, text_program
from solproof.isa.instruction import Instruction
from solproof.isa.integers import signed32
from solproof.isa.opcodes import by_mnemonic
from solproof.program.bytecode_verifier import verify
from solproof.program.program import TEXT_ADDRESS, Program
from solproof.program.syscall_names import SYSCALL_HASHES


@dataclass(slots=True)
class ProgramBuilder:
    """Collects instructions. Labels may be used before they are placed; `build` fills them in."""

    version: int = 0
    slots: list[Instruction] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    jumps: list[tuple[int, str]] = field(default_factory=list)
    calls: list[tuple[int, str]] = field(default_factory=list)
    addresses: list[tuple[int, str, int]] = field(default_factory=list)

    @property
    def pc(self) -> int:
        """The slot of the next instruction."""
        return len(self.slots)

    def label(self, name: str) -> None:
        """Name the next instruction."""
        assert name not in self.labels, f"label {name} is placed twice"
        self.labels[name] = self.pc

    def emit(
        self, mnemonic: str, destination: int = 0, source: int = 0, offset: int = 0, immediate: int = 0
    ) -> None:
        """Add one instruction. `immediate` may be any 32-bit value."""
        code = by_mnemonic(mnemonic).code
        self.slots.append(Instruction(code, destination, source, offset, signed32(immediate)))

    def constant(self, register: int, value: int) -> None:
        """Load a value with two slots: lddw, or the two instructions that replace it in V2."""
        if self.version == 2:
            self.emit("MOV32_IMM", register, immediate=value)
            self.emit("HOR64_IMM", register, immediate=value >> 32)
            return
        self.emit("LD_DW_IMM", register, immediate=value)
        self.slots.append(Instruction(0, immediate=signed32(value >> 32)))

    def jump(
        self, label: str, mnemonic: str = "JA", destination: int = 0, source: int = 0, immediate: int = 0
    ) -> None:
        """Add a jump to a label."""
        self.jumps.append((self.pc, label))
        self.emit(mnemonic, destination, source, 0, immediate)

    def call(self, label: str) -> None:
        """Add a call of the function at a label."""
        self.calls.append((self.pc, label))
        self.emit("CALL_IMM", source=1)

    def address_of(self, register: int, label: str, plus: int = 0) -> None:
        """Load the address of the instruction at a label, plus some bytes."""
        self.addresses.append((self.pc, label, plus))
        self.constant(register, 0)

    def call_register(self, register: int) -> None:
        """Add a callx, which names the register in another field in each version."""
        match self.version:
            case 0 | 1:
                self.emit("CALL_REG", immediate=register)
            case 2:
                self.emit("CALL_REG", source=register)
            case _:
                self.emit("CALL_REG", register)

    def syscall(self, name: str) -> None:
        """Add a syscall."""
        self.emit("CALL_IMM", immediate=SYSCALL_HASHES[name])

    def exit(self) -> None:
        """Add an exit."""
        self.emit("EXIT")

    def code(self, text_address: int = TEXT_ADDRESS) -> bytes:
        """The text as an assembler leaves it, with relative calls, for ELF files and raw bytecode."""
        return b"".join(slot.encode() for slot in self._resolved(text_address))

    def build(self) -> Program:
        """The program, checked by the verifier. It starts at its first instruction."""
        slots = self._resolved(TEXT_ADDRESS)
        if self.version < 3:
            for pc, label in self.calls:
                slots[pc] = replace(slots[pc], immediate=FUNCTION_KEY + self.labels[label])
        text = b"".join(slot.encode() for slot in slots)
        called = {self.labels[label] for _, label in self.calls if self.version < 3}
        functions = {FUNCTION_KEY + target: target for target in called}
        program = text_program(text, functions, version=self.version)
        verify(program)
        return program

    def _resolved(self, text_address: int) -> list[Instruction]:
        """The slots with every label filled in."""
        slots = list(self.slots)
        for pc, label in self.jumps:
            slots[pc] = replace(slots[pc], offset=self.labels[label] - pc - 1)
        for pc, label in self.calls:
            slots[pc] = replace(slots[pc], immediate=self.labels[label] - pc - 1)
        for pc, label, plus in self.addresses:
            address = text_address + 8 * self.labels[label] + plus
            slots[pc] = replace(slots[pc], immediate=signed32(address))
            slots[pc + 1] = replace(slots[pc + 1], immediate=signed32(address >> 32))
        return slots
