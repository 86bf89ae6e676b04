"""Random programs: straight-line computing, memory in every region, forward jumps, bounded loops, calls."""

from __future__ import annotations

import random

from solproof.families.jump import MODES as JUMPS
from solproof.isa.opcodes import OPCODES, Format
from solproof.program.program import Program
from tests.families.operands import random_value
from tests.families.places import HEAP, IMAGE, INPUT, SIZES, STACK
from tests.program_builder import ProgramBuilder

INPUT_LENGTH = 77
V0 = [row for row in OPCODES if 0 in row.versions]
IMMEDIATE = [row.mnemonic for row in V0 if row.format is Format.REGISTER_IMMEDIATE]
REGISTER = [row.mnemonic for row in V0 if row.format is Format.REGISTER_REGISTER]
UNARY = [row.mnemonic for row in V0 if row.format is Format.REGISTER]
LOOP_COUNTER = 9
BASE = 8


class RandomProgram:
    """One program for each seed. r9 counts loops and r8 holds addresses; everything else is anybody's."""

    def __init__(self, seed: int) -> None:
        self.source = random.Random(seed)
        self.builder = ProgramBuilder()
        self.labels = 0
        self.functions = 0

    def build(self) -> Program:
        """The program; it ends, unless it divides by zero."""
        for register in range(10):
            self.builder.constant(register, random_value(self.source))
        for _ in range(self.source.randint(2, 6)):
            self._block(loops=True)
        self.builder.exit()
        for number in range(self.functions):
            self.builder.label(f"function {number}")
            for _ in range(self.source.randint(1, 6)):
                self._instruction()
            self.builder.exit()
        return self.builder.build()

    def _label(self) -> str:
        self.labels += 1
        return f"label {self.labels}"

    def _block(self, *, loops: bool) -> None:
        kind = self.source.random()
        if loops and kind < 0.3:
            again = self._label()
            self.builder.emit("MOV64_IMM", LOOP_COUNTER, immediate=self.source.randint(1, 6))
            self.builder.label(again)
            for _ in range(self.source.randint(1, 3)):
                self._block(loops=False)
            self.builder.emit("SUB64_IMM", LOOP_COUNTER, immediate=1)
            self.builder.jump(again, "JNE64_IMM", LOOP_COUNTER, immediate=0)
        elif kind < 0.6:
            past = self._label()
            self._jump(past)
            for _ in range(self.source.randint(1, 4)):
                self._instruction()
            self.builder.label(past)
        elif kind < 0.75:
            self.builder.call(f"function {self.functions}")
            self.functions += 1
        else:
            for _ in range(self.source.randint(2, 10)):
                self._instruction()
        self.builder.emit("MOV64_REG", 1, 1)  # so that a label at the end of a block names something

    def _jump(self, label: str) -> None:
        stem = self.source.choice([*JUMPS, "JSET64", "JA"])
        if stem == "JA":
            self.builder.jump(label)
        elif self.source.random() < 0.5:
            self.builder.jump(label, f"{stem}_REG", self._any(), self.source.randrange(11))
        else:
            self.builder.jump(label, f"{stem}_IMM", self._any(), immediate=self._immediate())

    def _any(self) -> int:
        return self.source.randrange(8)

    def _immediate(self) -> int:
        return self.source.choice([0, 1, -1, self.source.getrandbits(32), self.source.getrandbits(8)])

    def _instruction(self) -> None:
        source, emit = self.source, self.builder.emit
        kind = source.random()
        if kind < 0.3:
            self._memory()
        elif kind < 0.6:
            emit(source.choice(REGISTER), self._any(), source.randrange(11))
        elif kind < 0.9:
            mnemonic, immediate = source.choice(IMMEDIATE), self._immediate()
            if mnemonic[:3] in ("DIV", "MOD"):
                immediate = immediate or 3
            if "SH" in mnemonic:
                immediate = source.randrange(32 if "32" in mnemonic else 64)
            emit(mnemonic, self._any(), immediate=immediate)
        elif kind < 0.95:
            emit(source.choice(UNARY), self._any(), immediate=self._immediate())
        else:
            emit(source.choice(["LE", "BE"]), self._any(), immediate=source.choice([16, 32, 64]))

    def _memory(self) -> None:
        source = self.source
        name, size = source.choice(list(SIZES.items()))
        start, length, writable = source.choice(
            [
                (STACK, 0x1000, True),
                (STACK + 0x2000, 0x1000, True),
                (HEAP, 32 * 1024, True),
                (INPUT, INPUT_LENGTH, True),
                (IMAGE, 64, False),
            ]
        )
        near = source.choice([0, length // 2, length - size - 4])
        place = start + min(max(near + source.randrange(-8, 9), 0), length - size)
        offset = source.choice([0, 0, 5, -300, source.randrange(-(2**15), 2**15)])
        self.builder.constant(BASE, (place - offset) % 2**64)
        if not writable or source.random() < 0.5:
            self.builder.emit(f"LD_{name}_REG", self._any(), BASE, offset)
        elif source.random() < 0.6:
            self.builder.emit(f"ST_{name}_REG", BASE, self._any(), offset)
        else:
            self.builder.emit(f"ST_{name}_IMM", BASE, 0, offset, source.getrandbits(32))
