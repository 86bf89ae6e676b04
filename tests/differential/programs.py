"""A grammar of programs: straight code, nested loops, jumps, calls, recursion, memory, and all faults."""

from __future__ import annotations

from functools import cache

from assurance.places import FRAME, HEAP, INPUT, STACK, STRIDE, image, sizes
from assurance.program_builder import ProgramBuilder
from solproof.isa.opcodes import OPCODES, Action, Form, Format, Opcode
from tests.differential.source import Source

ROUTINES = 3
"""The largest number of functions in a program, not counting recursive ones."""

DEPTH = 2
"""The largest depth of nested loops and jumps."""

COUNTERS = (9, 8)
"""The registers that count the outer and the inner loop."""

RECURSION = 5
"""The register that counts the calls of a recursive function."""

BASE = 6
"""The register that usually holds addresses."""

OFFSETS = (0, 1, -1, 8, 0x7FFF, -0x8000)
FRAME_BUMPS = (-64, -4096, -8192)
RECURSIONS = (1, 5, 61, 62, 63, 64, 80)


@cache
def opcodes(version: int, *formats: Format) -> list[Opcode]:
    """The opcodes of these formats that a version has."""
    return [row for row in OPCODES if version in row.versions and row.format in formats]


class RandomProgram:
    """One program. `daring` is the chance in percent of an instruction that may be a fault.

    Sizes are in bytes. From V3 on, `image_size` is the size of the image. Before V3 the image is the text.
    """

    def __init__(
        self,
        source: Source,
        version: int,
        *,
        input_size: int,
        heap_size: int,
        image_size: int = 0,
        daring: int = 0,
    ) -> None:
        self.source = source
        self.builder = ProgramBuilder(version)
        self.version = version
        self.input_size = input_size
        self.heap_size = heap_size
        self.image_size = image_size
        self.daring = daring
        self.labels = 0
        self.routines = source.below(ROUTINES + 1)

    @property
    def entry(self) -> int:
        """The slot of the first executed instruction."""
        return self.builder.labels["main"]

    def fill(self) -> ProgramBuilder:
        """The program, with the label `main` at its entry."""
        order = [-1, *range(self.routines)]
        if self.source.percent(30):
            order.reverse()
        for number in order:
            if number < 0:
                self.builder.label("main")
                self._prologue()
            else:
                self.builder.label(f"routine {number}")
            for _ in range(1 + self.source.below(4)):
                self._block(number, 0)
            if self.source.percent(50):
                self.builder.emit("MOV64_IMM", 0)
            # Without an exit, the code runs on into the next routine, or past the end of the text.
            if not self._dares():
                self.builder.exit()
        self.builder.label("end")
        return self.builder

    def _prologue(self) -> None:
        for register in range(10):
            if self.source.percent(30):
                self.builder.constant(register, self.source.value())

    def _label(self) -> str:
        self.labels += 1
        return f"label {self.labels}"

    def _dares(self) -> bool:
        return self.daring > 0 and self.source.percent(self.daring)

    def _any(self, depth: int = 0) -> int:
        """A register to write. It never counts an enclosing loop."""
        return self.source.below(10 - depth)

    # BLOCKS

    def _block(self, routine: int, depth: int) -> None:
        """Some code. It calls only routines of higher numbers, so it ends unless a daring choice is made."""
        self.source.start()
        if self._dares():
            self._odd()
        match self.source.below(10):
            case 0 | 1 | 2:
                self._straight(depth)
            case 3 | 4 if depth < DEPTH:
                self._skip(routine, depth)
            case 5 | 6 if depth < DEPTH:
                self._loop(routine, depth)
            case 7 if routine + 1 < self.routines:
                self._call(routine, depth)
            case 8 if depth == 0:
                self._recursion()
            case 9 if self.version in (1, 2):
                self.builder.emit("ADD64_IMM", 10, immediate=self.source.around(4) * 64)
            case _:
                self._straight(depth)

    def _straight(self, depth: int) -> None:
        for _ in range(1 + self.source.below(5)):
            self._instruction(depth)

    def _skip(self, routine: int, depth: int) -> None:
        past = self._label()
        self._jump(past)
        for _ in range(1 + self.source.below(2)):
            self._block(routine, depth + 1)
        self.builder.label(past)
        self._instruction(depth)

    def _loop(self, routine: int, depth: int) -> None:
        """A loop that counts down to zero. It continues while its counter is positive, signed or unsigned."""
        again, counter = self._label(), COUNTERS[depth]
        self.builder.emit("MOV64_IMM", counter, immediate=1 + self.source.below(4))
        self.builder.label(again)
        for _ in range(1 + self.source.below(2)):
            self._block(routine, depth + 1)
        self.builder.emit("ADD64_IMM", counter, immediate=-1)
        stems = ["JNE64", "JGT64", "JSGT64"] + ["JNE32", "JGT32", "JSGT32"] * (self.version >= 3)
        self.builder.jump(again, f"{self.source.choice(stems)}_IMM", counter)

    def _call(self, routine: int, depth: int) -> None:
        target = f"routine {routine + 1 + self.source.below(self.routines - routine - 1)}"
        if self.source.percent(60):
            self.builder.call(target)
            return
        register = self._any(depth)
        # An address in the middle of a slot belongs to the slot.
        self.builder.address_of(register, target, self.source.below(8) if self._dares() else 0)
        self.builder.call_register(register)

    def _recursion(self) -> None:
        """A function that calls itself, possibly deeper than allowed."""
        function, out, past = self._label(), self._label(), self._label()
        deepest = len(RECURSIONS) if self.daring else 4
        self.builder.emit("MOV64_IMM", RECURSION, immediate=RECURSIONS[self.source.below(deepest)])
        self.builder.call(function)
        self.builder.jump(past)
        self.builder.label(function)
        if self.version in (1, 2):
            self.builder.emit(
                "ADD64_IMM", 10, immediate=self.source.choice(FRAME_BUMPS[: 2 + bool(self.daring)])
            )
        if self.source.percent(50):
            name, size = self.source.choice(list(sizes(self.version).items()))
            self.builder.emit(f"ST_{name}_REG", 10, self._any(), -size - self.source.below(9))
        self.builder.jump(out, "JEQ64_IMM", RECURSION)
        self.builder.emit("ADD64_IMM", RECURSION, immediate=-1)
        if self.source.percent(60):
            self.builder.call(function)
        else:
            self.builder.address_of(4, function)
            self.builder.call_register(4)
        self.builder.label(out)
        self.builder.exit()
        self.builder.label(past)
        self._instruction(0)

    def _odd(self) -> None:
        """Code that ends most programs."""
        match self.source.below(8):
            case 0:
                self.builder.exit()
            case 1:
                self._call_nothing()
            case 2:
                self._call_anywhere()
            case 3:
                again = self._label()
                self.builder.label(again)
                self._instruction(0)
                self.builder.jump(again)
            case 4:
                self._divide_badly()
            case _:
                self._memory(0, wild=True)

    def _call_nothing(self) -> None:
        """A call that names no function."""
        if self.version < 3:
            self.builder.emit("CALL_IMM", immediate=-1)
            return
        kind, immediate = self.source.below(3), self.source.choice([1 << 20, -(1 << 20), 2**31 - 1, -(2**31)])
        self.builder.emit("CALL_IMM", source=kind, immediate=immediate if kind else 0x0BAD_C0DE)

    def _call_anywhere(self) -> None:
        """A callx to the second slot of a constant, to either side of the text's end, or to any address."""
        register, label = self._any(), self._label()
        match self.source.below(4):
            case 0 if self.version != 2:
                self.builder.label(label)
                self.builder.constant(0, 0)
                self.builder.address_of(register, label, 8 + self.source.below(8))
            case 1:
                self.builder.address_of(register, "end", self.source.around(16))
            case 2:
                self.builder.constant(register, (1 << 32) - 1 - self.source.below(9))
            case _:
                self.builder.constant(register, self.source.value())
        self.builder.call_register(register)

    def _divide_badly(self) -> None:
        divisions = [row for row in opcodes(self.version, Format.REGISTER_REGISTER) if row.is_division]
        row = self.source.choice(divisions)
        dividend, divisor = self._any(), self._any()
        if row.name in ("SDIV", "SREM") and self.source.percent(60):
            self.builder.constant(dividend, 1 << (row.width - 1))
            self.builder.constant(divisor, 2**64 - 1)
        else:
            self.builder.constant(divisor, self.source.value() << row.width)
        self.builder.emit(row.mnemonic, dividend, divisor)

    # INSTRUCTIONS

    def _jump(self, label: str) -> None:
        kinds = (Format.JUMP, Format.JUMP_IMMEDIATE, Format.JUMP_REGISTER)
        row = self.source.choice(opcodes(self.version, *kinds))
        if row.format is Format.JUMP:
            self.builder.jump(label)
            return
        a, b = self._any(), self.source.below(11)
        if self.source.percent(40):
            self.builder.emit("MOV64_REG", 7, b)  # makes the operands equal, or nearly equal
            self.builder.emit("ADD64_IMM", 7, immediate=self.source.around(1))
            a = 7
        if row.form is Form.REGISTER:
            self.builder.jump(label, row.mnemonic, a, b)
        else:
            self.builder.jump(label, row.mnemonic, a, immediate=self.source.immediate())

    def _instruction(self, depth: int) -> None:
        self.source.start()
        match self.source.below(12):
            case 0 | 1 | 2:
                self._compute_immediate(depth)
            case 3 | 4 | 5:
                self._compute_register(depth)
            case 6:
                self._compute_one(depth)
            case 7 | 8:
                past = self._label()
                self._jump(past)
                self.builder.emit("ADD64_IMM", self._any(depth), immediate=1)
                self.builder.label(past)
                self.builder.emit("ADD64_IMM", self._any(depth), immediate=2)
            case _:
                self._memory(depth)

    def _compute_immediate(self, depth: int) -> None:
        row = self.source.choice(opcodes(self.version, Format.REGISTER_IMMEDIATE))
        destination = self._prepared(depth)
        immediate = self.source.immediate()
        if row.is_shift:
            immediate %= row.width
        elif row.is_division:
            # A divisor of -1 is a fault for one dividend. The verifier refuses a divisor of zero.
            immediate = immediate or 1
            if not self.daring and immediate == 0xFFFF_FFFF:
                immediate = 2
        self.builder.emit(row.mnemonic, destination, immediate=immediate)

    def _compute_register(self, depth: int) -> None:
        row = self.source.choice(opcodes(self.version, Format.REGISTER_REGISTER))
        destination, operand = self._prepared(depth), self.source.below(11)
        if row.is_division and not self._dares():
            operand = self._any(depth)
            self.builder.constant(operand, 1 + self.source.below(2**31 - 1))
        self.builder.emit(row.mnemonic, destination, operand)

    def _compute_one(self, depth: int) -> None:
        kinds = (Format.REGISTER, Format.ENDIAN, Format.LOAD_DOUBLE_IMMEDIATE)
        row = self.source.choice(opcodes(self.version, *kinds))
        if row.action is Action.LOAD_IMMEDIATE:
            self.builder.constant(self._any(depth), self.source.value())
        else:
            width = self.source.choice([16, 32, 64]) if row.format is Format.ENDIAN else 0
            self.builder.emit(row.mnemonic, self._prepared(depth), immediate=width)

    def _prepared(self, depth: int) -> int:
        """A register to compute with, either unchanged or with a new value."""
        register = self._any(depth)
        if self.source.percent(25):
            self.builder.constant(register, self.source.value())
        return register

    # MEMORY

    def _memory(self, depth: int, *, wild: bool = False) -> None:
        source, version = self.source, self.version
        formats = (Format.LOAD, Format.STORE_REGISTER, Format.STORE_IMMEDIATE)
        row = source.choice(opcodes(version, *formats))
        size = row.size
        wild = wild or self._dares()
        if source.percent(20):
            base, offset = 10, -size - source.below(200)
            if wild:
                offset = source.around(9000)
        elif wild and source.percent(20):
            base, offset = source.below(11), source.around(0x7FFF)
        else:
            base, offset = BASE, source.choice(OFFSETS)
            self._point(base, size, offset, write=row.action is Action.STORE, wild=wild)
        if row.action is Action.LOAD:
            self.builder.emit(row.mnemonic, self._any(depth), base, offset)
        else:
            register = row.form is Form.REGISTER
            operand = self._any() if register else 0
            self.builder.emit(row.mnemonic, base, operand, offset, 0 if register else source.immediate())

    def _point(self, register: int, size: int, offset: int, *, write: bool, wild: bool) -> None:
        """Make register + offset point at `size` accessible bytes, or wildly around them."""
        source = self.source
        places = [(INPUT, self.input_size), (HEAP, self.heap_size), self._stack(size)]
        if not write or wild:
            places.append((image(self.version), self.image_size))
        if wild:
            places += [
                (1 << 32, 0),
                (STACK, 64 * (STRIDE if self.version == 0 else FRAME)),
                (5 << 32, 0),
                (0, 0),
            ]
        start, length = source.choice(places)
        if start == image(self.version) and self.version < 3:
            plus = source.around(24) if wild else -size - source.below(16)
            self.builder.address_of(register, "end", plus - offset)
            return
        if wild:
            place = source.choice([start, start + length]) + source.around(9)
        elif length < size:
            place = INPUT
        else:
            free = length - size
            near = source.below(min(free, 16) + 1)
            place = start + [near, free - near, source.below(free + 1)][source.below(3)]
        self.builder.constant(register, (place - offset) % 2**64)

    def _stack(self, size: int) -> tuple[int, int]:
        """A part of the stack that can be accessed. In V0 it may cross the end of a frame."""
        if self.version != 0:
            return STACK, 64 * FRAME
        frame = self.source.choice([0, 1, 31, 62, 63])
        return STACK + frame * STRIDE, FRAME + (size - 1) * (frame < 63)
