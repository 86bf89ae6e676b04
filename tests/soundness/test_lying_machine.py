"""A machine that computes something else: its runs are consistent, and their witnesses must not pass.

The liar runs a program after the meaning of one instruction is changed. Trace, memory and later instructions
all follow from the lie. The witness is filled from them in the same way as for a true run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from assurance.forgery import Forgery, lying_witness
from assurance.places import HEAP, INPUT, STACK
from assurance.program_builder import ProgramBuilder
from assurance.programs import asm
from assurance.report import explain
from assurance.runs import run, witness_of
from solproof.isa import semantics
from solproof.isa.integers import MASK32, MASK64, sign_extend32, signed64
from solproof.isa.opcodes import OPCODES, Form, Format, Opcode, by_mnemonic
from solproof.program.program import TEXT_ADDRESS, Program
from solproof.vm import machine
from solproof.vm.machine import Machine
from solproof.vm.memory import Layout
from solproof.vm.recorded_memory import RecordedMemory
from solproof.vm.trace import Record
from tests.support.conformance import assert_checked
from tests.support.lies import in_another_program

Function = Callable[[int, int], int]


def binary_program(mnemonic: str, a: int, b: int, version: int = 0) -> Program:
    """Compute a result with one instruction, use it in other instructions, and put its low byte in r0."""
    builder = ProgramBuilder(version)
    builder.constant(1, a)
    if by_mnemonic(mnemonic).form is Form.REGISTER:
        builder.constant(2, b)
        builder.emit(mnemonic, 1, 2)
    else:
        builder.emit(mnemonic, 1, immediate=b)
    builder.emit("MOV64_REG", 3, 1)
    builder.emit("ADD64_REG", 3, 1)
    builder.emit("ST_8B_REG" if version == 2 else "ST_DW_REG", 10, 3, -8)
    builder.emit("LD_1B_REG" if version == 2 else "LD_B_REG", 0, 10, -8)
    builder.exit()
    return builder.build()


def believe(monkeypatch: pytest.MonkeyPatch, mnemonic: str, function: Function) -> None:
    """Make the machine compute another function for a mnemonic."""
    true = semantics.binary

    def lying(row: Opcode, version: int) -> Function:
        return function if row.mnemonic == mnemonic else true(row, version)

    monkeypatch.setattr(semantics, "binary", lying)


def caught(program: Program, input_region: bytes = b"") -> set[str]:
    """The chips and buses that object to the witness of a run."""
    outcome = run(program, input_region)
    assert outcome.fault is None, str(outcome.fault)
    return {failure.chip for failure in lying_witness(outcome).failures()}


LIES: dict[str, Function] = {
    "one more": lambda result, _: (result + 1) & MASK64,
    "another sign": lambda result, _: result ^ 1 << 63,
    "another bit 32": lambda result, _: result ^ 1 << 32,
    "a limb lost": lambda result, _: result ^ 0xFFFF_0000,
    "the operand": lambda result, a: a if a != result else result ^ 2,
}
WIDTHS = {"LE": 32, "BE": 16}
COMPUTING = [
    (row.mnemonic, min(row.versions))
    for row in OPCODES
    if row.format in (Format.REGISTER, Format.REGISTER_REGISTER, Format.ENDIAN)
]
# Opcodes that V2 computes differently, or whose immediates it extends differently.
COMPUTING += [(f"{stem}_REG", 2) for stem in ("ADD32", "SUB32", "MOV32")]
COMPUTING += [(f"{stem}_IMM", 2) for stem in ("SUB32", "SUB64", "UHMUL64", "UDIV64", "UREM64", "HOR64")]


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize(("mnemonic", "version"), COMPUTING)
def test_results(mnemonic: str, version: int, lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = 0x8123_4567_89AB_CDEF, 0x0000_0001_0000_0011
    row = by_mnemonic(mnemonic)
    if row.form is not Form.REGISTER:
        b = WIDTHS.get(mnemonic, 0x11)
    program = binary_program(mnemonic, a, b, version)
    assert_checked(run(program))
    true = semantics.binary(row, version)
    operand = b if row.form is Form.REGISTER else row.operand(b)

    def lying(x: int, y: int) -> int:
        # Lie only about these operands, because the program uses MOV64 and ADD64 for other purposes too.
        result = true(x, y)
        return LIES[lie](result, x) if x in (a, 0) and y == operand else result

    believe(monkeypatch, mnemonic, lying)
    assert caught(program) != set()


@pytest.mark.parametrize(
    ("mnemonic", "version", "a", "b", "function"),
    [
        ("DIV64_REG", 0, 5, 0, lambda a, b: a // b if b else 0),
        ("MOD64_REG", 0, 5, 0, lambda a, b: a % b if b else a),
        ("DIV32_REG", 0, 5, 2**32, lambda a, b: 0),
        ("MOD32_REG", 0, 5, 2**32, lambda a, b: a),
        ("MOD64_REG", 0, 29, 10, lambda a, b: a % b + b),
        ("DIV64_REG", 0, 29, 10, lambda a, b: a // b - 1),
        ("DIV32_REG", 0, 2**32 + 29, 10, lambda a, b: a // b),
        ("LSH64_REG", 0, 3, 64, lambda a, b: 0),
        ("RSH64_REG", 0, 3, 65, lambda a, b: 0),
        ("ARSH64_REG", 0, 2**63, 64, lambda a, b: MASK64),
        ("LSH32_REG", 0, 3, 32, lambda a, b: (a << b) & MASK64),
        ("LSH32_REG", 0, 2**31, 1, lambda a, b: (a << b) & MASK64),
        ("RSH32_REG", 0, 2**32 + 8, 3, lambda a, b: a >> b),
        ("ARSH32_REG", 0, 2**31, 4, lambda a, b: (signed64(a << 32) >> 36) & MASK64),
        ("ARSH64_REG", 0, 2**63, 4, lambda a, b: a >> b),
        ("ADD32_REG", 0, 2**31 - 1, 1, lambda a, b: (a + b) & MASK32),
        ("SUB32_REG", 0, 0, 1, lambda a, b: (a - b) & MASK32),
        ("MUL32_REG", 0, 2**16, 2**15, lambda a, b: (a * b) & MASK32),
        ("MOV32_REG", 0, 1, 2**64 - 1, lambda a, b: b),
        ("NEG32", 0, 1, 0, lambda a, b: -a & MASK64),
        ("OR32_REG", 0, 2**40, 1, lambda a, b: a | b),
        ("BE", 0, 0x1234, 16, lambda a, b: a),
        ("LE", 0, 2**40, 32, lambda a, b: a),
        ("ADD32_REG", 2, 2**31 - 1, 1, lambda a, b: sign_extend32(a + b)),
        ("SUB32_REG", 2, 0, 1, lambda a, b: (a - b) & MASK64),
        ("SUB64_IMM", 2, 5, 3, lambda a, b: a - b),
        ("SUB32_IMM", 2, 5, 3, lambda a, b: a - b),
        ("MOV32_REG", 2, 1, 2**31, lambda a, b: b & MASK32),
        ("HOR64_IMM", 2, 1, 6, lambda a, b: a | b >> 32),
        ("LMUL32_REG", 2, 2**16, 2**15, lambda a, b: sign_extend32(a * b)),
        ("LMUL32_REG", 2, 2**16, 2**17, lambda a, b: a * b),
        ("UHMUL64_REG", 2, MASK64, MASK64, lambda a, b: 0),
        ("UHMUL64_REG", 2, 2**63, 2, lambda a, b: MASK64),
        ("UHMUL64_IMM", 2, MASK64, -1, lambda a, b: (a * sign_extend32(b)) >> 64),
        ("SHMUL64_REG", 2, MASK64, MASK64, lambda a, b: (a * b) >> 64),
        ("SHMUL64_REG", 2, MASK64, 5, lambda a, b: (a * b) >> 64),
        ("SHMUL64_IMM", 2, 5, -1, lambda a, b: (a * (b & MASK32)) >> 64),
        ("UDIV64_IMM", 2, MASK64, -1, lambda a, b: a // sign_extend32(b)),
        ("UREM64_IMM", 2, MASK64 - 1, -1, lambda a, b: a % sign_extend32(b)),
        ("UDIV32_REG", 2, 5, 2**32, lambda a, b: 0),
        ("SDIV64_REG", 2, MASK64 - 6, 2, lambda a, b: MASK64 - 3),
        ("SREM64_REG", 2, MASK64 - 6, 2, lambda a, b: 1),
        ("SREM64_REG", 2, 7, MASK64 - 1, lambda a, b: MASK64),
        ("SDIV32_REG", 2, MASK32 - 6, 2, lambda a, b: MASK64 - 2),
        ("SREM32_REG", 2, MASK32 - 6, 2, lambda a, b: MASK64),
        ("SDIV32_REG", 2, 2**32 + 7, 2**32 + 2, lambda a, b: 1),
        ("SDIV64_REG", 2, 5, 0, lambda a, b: 0),
        ("SREM64_REG", 2, 5, 0, lambda a, b: a),
        ("SDIV32_REG", 2, 5, 2**32, lambda a, b: 0),
        ("SREM32_REG", 2, 5, 2**32, lambda a, b: a),
        ("SDIV64_REG", 2, 2**63, MASK64, lambda a, b: a),
        ("SREM64_REG", 2, 2**63, MASK64, lambda a, b: 0),
        ("SDIV32_REG", 2, 2**31, MASK32, lambda a, b: a),
        ("SREM32_REG", 2, 2**31, MASK32, lambda a, b: 0),
    ],
)
def test_other_rules(
    mnemonic: str, version: int, a: int, b: int, function: Function, *, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules that a machine might have by mistake: other extensions, other reductions, zero divisors."""
    program = binary_program(mnemonic, a, b, version)
    believe(monkeypatch, mnemonic, function)
    assert caught(program) != set()


JUMP_PAIRS = [(1, 2), (2, 1), (3, 3), (2**63, 1), (1, 2**63), (2**64 - 1, 2**64 - 2), (4, 3), (2**48, 2**16)]
JUMP_PAIRS += [(2**32 + 1, 2), (2**31, 1), (2**31 + 1, 2**32 + 2**31)]


@pytest.mark.parametrize("pair", JUMP_PAIRS)
@pytest.mark.parametrize("stem", semantics.CONDITIONS)
def test_jumps(stem: str, pair: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each condition is inverted."""
    # Without a width in its name, a jump compares 64 bits.
    jump, version = stem.lower().removesuffix("64"), 3 if stem.endswith("32") else 0
    program = asm(f"lddw r1, {pair[0]}; lddw r2, {pair[1]}; {jump} r1, r2, +1; mov64 r0, 1; exit", version)
    true = semantics.CONDITIONS[stem]
    assert_checked(run(program))
    monkeypatch.setitem(semantics.CONDITIONS, stem, lambda a, b: not true(a, b))
    assert caught(program) != set()


# MEMORY


def memory_program(size: str, address: int, *, store: bool) -> Program:
    access = f"stx{size} [r1], r2" if store else f"ldx{size} r0, [r1]"
    return asm(f"lddw r1, {address}; lddw r2, 0x0807060504030201; {access}; exit")


def locate_anything(self: Layout, address: int, length: int, *, write: bool) -> tuple[int, int]:
    region, offset = address >> 32, address & 0xFFFF_FFFF
    return region, (offset >> 13 << 12) | (offset & 0xFFF) if region == 2 else offset


@pytest.mark.parametrize("value", ["equal", "another"])
@pytest.mark.parametrize("size", ["b", "h", "w", "dw"])
@pytest.mark.parametrize("shift", [0, 1])
def test_store_to_the_image(size: str, value: str, shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program cannot store even the value that is already there."""
    change = "xor64 r2, -1" if value == "another" else ""
    program = asm(f"lddw r1, {0x1_0000_0000 + shift}; ldxdw r2, [r1]; {change}; stx{size} [r1], r2; exit")
    monkeypatch.setattr(Layout, "locate", locate_anything)
    assert caught(program) & {"store", "store_narrow", "store_unaligned"}


@pytest.mark.parametrize("store", [False, True])
@pytest.mark.parametrize(
    ("size", "address"),
    [
        ("dw", INPUT + 8),
        ("dw", INPUT + 6),
        ("w", INPUT + 12),
        ("w", INPUT + 10),
        ("h", INPUT + 13),
        ("b", INPUT + 13),
        ("b", INPUT + 16),
        ("dw", HEAP + 32 * 1024),
        ("b", HEAP + 32 * 1024),
        ("dw", HEAP + 32 * 1024 - 4),
        ("b", STACK + 0x1000),
        ("dw", STACK + 0x1004),
        ("b", STACK + 0x1FFF),
        ("b", STACK + 64 * 0x2000),
        ("dw", STACK + 63 * 0x2000 + 0xFFC),
    ],
)
def test_beyond_the_map(size: str, address: int, store: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that do not exist: past a partial last word, past a region, or in a hole of the stack."""
    program = memory_program(size, address, store=store)
    assert run(program, bytes(13)).fault is not None
    monkeypatch.setattr(Layout, "locate", locate_anything)
    original = RecordedMemory.__init__

    def with_room(self: RecordedMemory, *arguments: object) -> None:
        original(self, *arguments)  # type: ignore[arg-type]
        for content in self.data.values():
            content.extend(bytes(64))

    monkeypatch.setattr(RecordedMemory, "__init__", with_room)
    assert caught(program, bytes(13)) != set()


@pytest.mark.parametrize("size", ["b", "h", "w", "dw"])
@pytest.mark.parametrize("shift", [0, 5, 7])
@pytest.mark.parametrize("region", [0x1_0000_0010, STACK + 8, HEAP + 8, INPUT + 8])
def test_loaded_values(size: str, shift: int, region: int) -> None:
    """A load returns a value that memory does not hold, recorded as if memory held it."""
    program = memory_program(size, region + shift, store=False)
    outcome = run(program, bytes(40))
    assert_checked(outcome)
    true = outcome.trace
    lied = replace(
        outcome,
        final=replace(outcome.final, registers=(outcome.r0 ^ 1, *outcome.final.registers[1:])),
        record=Record(
            replace(
                true,
                value=np.where(np.arange(len(true.value)) == 2, true.value ^ np.uint64(1), true.value),
                first_word=true.first_word ^ np.uint64(1 << 8 * shift),
            ),
            outcome.input_region,
        ),
    )
    lie = lying_witness(lied)
    if region in (0x1_0000_0010, INPUT + 8):
        # The lie is about the image or the input. It is consistent, but the words are not the verifier's own.
        assert lie.failures() == [], explain(lie)
        (public,), (truth,) = lie.public, witness_of(outcome).public
        assert public.words.first.tolist() != truth.words.first.tolist()
    else:
        assert {failure.name.split(":")[0] for failure in lie.failures()} == {"bus memory"}, explain(lie)


@pytest.mark.parametrize("size", ["b", "h", "w", "dw"])
@pytest.mark.parametrize("shift", [0, 3])
def test_stored_values(size: str, shift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that changes a neighbouring byte, and a store that stores nothing."""
    source = f"""
        lddw r1, {HEAP + 16 + shift}
        lddw r2, 0x0807060504030201
        stx{size} [r1], r2
        lddw r3, {HEAP + 16}
        ldxdw r4, [r3]
        ldxdw r5, [r3+8]
        exit
    """
    program = asm(source)
    assert_checked(run(program))
    original = RecordedMemory.store

    def beside(self: RecordedMemory, address: int, size: int, value: int) -> None:
        original(self, address, size, value)
        offset = (address & 0xFFFF_FFFF) + size
        self.data[3][offset] ^= 1

    def nothing(self: RecordedMemory, address: int, size: int, value: int) -> None:
        before = bytes(self.data[3])
        original(self, address, size, value)
        self.data[3][:] = before

    for lie in (beside, nothing):
        monkeypatch.setattr(RecordedMemory, "store", lie)
        assert caught(program) != set()


# CALLS


def call_program(depth: int = 3) -> Program:
    source = f"""
        mov64 r1, {depth}
        mov64 r6, 11
        call f
        mov64 r0, r6
        exit
    f:
        add64 r6, 5
        mov64 r7, r10
        sub64 r1, 1
        jeq r1, 0, end
        call f
        add64 r0, 1
        add64 r0, r10
    end:
        exit
    """
    return asm(source)


def patched_exit(take: Callable[[list[tuple[int, ...]], list[int]], int]) -> Callable[[Machine], object]:
    def make(self: Machine) -> Callable[[], int]:
        def step() -> int:
            self.recorder.value.append(0)
            if not self.frames:
                return machine.HALT
            return take(self.frames, self.registers)

        return step

    return make


def _oldest(frames: list[tuple[int, ...]], registers: list[int]) -> int:
    *registers[6:11], target, _ = frames.pop(0)
    return target


def _keep_saved(frames: list[tuple[int, ...]], registers: list[int]) -> int:
    *_, registers[10], target, _ = frames.pop()
    return target


def _keep_stack(frames: list[tuple[int, ...]], registers: list[int]) -> int:
    *registers[6:10], _, target, _ = frames.pop()
    return target


def _elsewhere(frames: list[tuple[int, ...]], registers: list[int]) -> int:
    *registers[6:11], target, _ = frames.pop()
    return target + 1 if frames else target


def _stop(frames: list[tuple[int, ...]], registers: list[int]) -> int:
    *registers[6:11], target, _ = frames.pop()
    return target if frames else machine.HALT


@pytest.mark.parametrize("lie", [_oldest, _keep_saved, _keep_stack, _elsewhere, _stop])
def test_returns(
    lie: Callable[[list[tuple[int, ...]], list[int]], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Returns to the wrong frame or pc, returns that restore too little, and an end while a call is open."""
    program = call_program()
    assert_checked(run(program))
    monkeypatch.setattr(Machine, "_exit", patched_exit(lie))
    assert caught(program) != set()


def test_depth_64(monkeypatch: pytest.MonkeyPatch) -> None:
    assert_checked(run(call_program(63)))
    assert str(run(call_program(64)).fault) == "exceeded max BPF to BPF call depth"
    monkeypatch.setattr(machine, "MAXIMUM_CALL_DEPTH", 65)
    assert "call" in caught(call_program(64))


def test_stack_moves_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "FRAME_STRIDES", {0: 0x1000})
    assert caught(call_program()) != set()


@pytest.mark.parametrize("other", [-1, 1])
def test_call_register_to_another_pc(other: int, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
        lddw r1, f
        callx r1
        exit
        exit
    f:
        mov64 r0, 1
        exit
    """
    program = asm(source)
    assert_checked(run(program))
    original = Machine._enter

    def elsewhere(self: Machine, pc: int, destination: Callable[[], int]) -> Callable[[], int]:
        return original(self, pc, lambda: destination() + other)

    monkeypatch.setattr(Machine, "_enter", elsewhere)
    assert "call" in caught(program)


def test_second_slot_of_lddw(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call of the second slot. Nothing can be executed there, not even as a no-op."""
    program = asm(f"lddw r1, {TEXT_ADDRESS + 8 * 5}; callx r1; exit; lddw r2, 0; exit")
    original = Machine._operation

    def lenient(self: Machine, pc: int, instruction: object) -> Callable[[], int]:
        if getattr(instruction, "code", 0):
            return original(self, pc, instruction)  # type: ignore[arg-type]
        return self._always(pc + 1)

    monkeypatch.setattr(Machine, "_operation", lenient)
    assert caught(program) != set()


# THE PROGRAM


@pytest.mark.parametrize("name", ["sub64 r{}, 5", "add64 r{}, 6", "mov64 r{}, 5", "add32 r{}, 5"])
@pytest.mark.parametrize("register", [1, 2])
def test_another_program(name: str, register: int) -> None:
    """The run of a program is not a run of another program of the same shape."""
    lie = Forgery.of(run(asm(f"mov64 r0, 9; {name.format(register)}; exit")))
    in_another_program(lie, asm("mov64 r0, 9; add64 r1, 5; exit"))
    assert any(": bus program" in each for each in lie.names()), explain(lie)


def test_the_image_is_the_statements() -> None:
    """The program's bytes as data are those that the verifier knows."""
    lie = Forgery.of(run(asm("lddw r1, 0x100000000; ldxdw r0, [r1]; exit")))
    word = lie.find("input", region=1)
    for name in ("first_0", "last_0"):
        word.claim(name, word[name] ^ 1)
    assert any(": bus memory" in each for each in lie.names()), explain(lie)
