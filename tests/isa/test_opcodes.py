"""The opcode table against the counts of the specification, a stored table, and the reference verifier."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from assurance.contexts import bare_context
from assurance.programs import text_program
from solproof.isa import semantics
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import (
    DYNAMIC_FRAMES,
    OPCODES,
    VERSIONS,
    Action,
    Form,
    Format,
    Immediate,
    Opcode,
    by_mnemonic,
    opcode,
)
from solproof.vm.faults import Fault
from solproof.vm.machine import Machine
from solproof.vm.trace import Recorder
from solproof.vm.word_accesses import WordAccesses
from tests.support.oracle.oracle import LoadError, Text, oracle
from tests.support.random_instructions import EXIT

COUNTS = {0: 91, 1: 91, 2: 100, 3: 113, 4: 113}
IN_VERSIONS = [
    pytest.param(row, version, id=f"{row.mnemonic}-V{version}") for row in OPCODES for version in row.versions
]
COMPUTING = [
    pytest.param(row, version, id=f"{row.mnemonic}-V{version}")
    for row in OPCODES
    for version in row.versions
    if row.width and row.action in (Action.COMPUTE, Action.JUMP)
]
LETTERS = {1: "B", 2: "H", 4: "W", 8: "DW"}
NUMBERS = {"destination": 3, "source": 5, "immediate": 7}
"""The registers that the fields of an instruction name here. As an operand, 7 suits shifts and divisions."""


def test_counts() -> None:
    assert len(OPCODES) == 150
    assert len({row.mnemonic for row in OPCODES}) == 150
    assert len({row.code for row in OPCODES}) == 124
    by_version = {version: sum(version in row.versions for row in OPCODES) for version in VERSIONS}
    assert by_version == COUNTS
    assert Counter(tuple(sorted(row.versions)) for row in OPCODES) == {
        (0, 1, 2, 3, 4): 63,
        (0, 1, 3, 4): 28,
        (2,): 37,
        (3, 4): 22,
    }


def test_formats() -> None:
    assert Counter(row.format for row in OPCODES) == {
        Format.REGISTER: 2,
        Format.REGISTER_IMMEDIATE: 37,
        Format.REGISTER_REGISTER: 36,
        Format.ENDIAN: 2,
        Format.LOAD_DOUBLE_IMMEDIATE: 1,
        Format.LOAD: 8,
        Format.STORE_IMMEDIATE: 8,
        Format.STORE_REGISTER: 8,
        Format.JUMP: 1,
        Format.JUMP_IMMEDIATE: 22,
        Format.JUMP_REGISTER: 22,
        Format.CALL_IMMEDIATE: 1,
        Format.CALL_REGISTER: 1,
        Format.EXIT: 1,
    }


def test_a_code_has_one_meaning_in_a_version() -> None:
    meanings = Counter((row.code, version) for row in OPCODES for version in row.versions)
    assert set(meanings.values()) == {1}


@pytest.mark.parametrize("version", VERSIONS)
def test_lookup_by_code(version: int) -> None:
    found = {row for code in range(256) if (row := opcode(code, version)) is not None}
    assert found == {row for row in OPCODES if version in row.versions}


def test_a_code_changes_its_meaning_with_the_version() -> None:
    names = [row.mnemonic for version in VERSIONS if (row := opcode(0x27, version)) is not None]
    assert names == ["MUL64_IMM", "MUL64_IMM", "ST_1B_IMM", "MUL64_IMM", "MUL64_IMM"]
    assert opcode(0x18, 2) is None


def test_lookup_by_mnemonic() -> None:
    assert all(by_mnemonic(row.mnemonic) is row for row in OPCODES)
    with pytest.raises(KeyError, match=r"^'ADD128_REG'$"):
        by_mnemonic("ADD128_REG")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_reference_verifier_knows_the_same_codes(version: int) -> None:
    known = set()
    for code in range(256):
        # Immediate 16 suits shifts and byte swaps. 9 names a register. Offset 0 jumps to the exit.
        immediate = 9 if code == 0x8D else 16
        slots = [Instruction(code, immediate=immediate).encode()] + [bytes(8)] * (
            code == 0x18 and version != 2
        )
        answer = oracle().load(Text(b"".join([*slots, EXIT.encode()]), version))
        if isinstance(answer, LoadError):
            assert (answer.kind, answer.name) == ("VerifierError", "UnknownOpCode")
        else:
            known.add(code)
    assert known == {row.code for row in OPCODES if version in row.versions}
    assert len(known) == COUNTS[version]


def test_stored_table() -> None:
    shared = os.environ.get("SOLPROOF_SHARED")
    path = Path(shared or "") / "conformance" / "opcodes.json"
    if not shared or not path.exists():
        pytest.skip("SOLPROOF_SHARED does not name a folder with conformance/opcodes.json")
    stored = {
        (int(code), int(version), name)
        for code, names in json.loads(path.read_text()).items()
        for version, name in names.items()
    }
    assert stored == {(row.code, version, row.mnemonic) for row in OPCODES for version in row.versions}


# NAMES


def test_names_are_made_of_the_facts() -> None:
    for row in OPCODES:
        assert row.mnemonic == f"{row.stem}{row.form.value}"
        if row.size:
            assert row.stem in (f"{row.name}_{LETTERS[row.size]}", f"{row.name}_{row.size}B")
        elif row.action in (Action.COMPUTE, Action.JUMP):
            assert row.stem == f"{row.name}{row.width or ''}"


def test_every_function_of_the_semantics_belongs_to_an_opcode() -> None:
    found: dict[Action, set[str]] = {Action.COMPUTE: set(), Action.JUMP: set()}
    for row in OPCODES:
        if row.operations:
            found[row.action] |= {row.operations[version] for version in row.versions}
    assert found == {Action.COMPUTE: set(semantics.BINARY), Action.JUMP: set(semantics.CONDITIONS)}


def test_opcodes_that_differ_by_version() -> None:
    """All other facts of a row are the same in all its versions."""
    operations = {
        row.mnemonic: dict.fromkeys(row.operations[version] for version in row.versions)
        for row in OPCODES
        if row.operations
    }
    assert {name: [*keys] for name, keys in operations.items() if len(keys) > 1} == {
        "ADD32_IMM": ["ADD32", "ADD32_ZERO_EXTENDED"],
        "ADD32_REG": ["ADD32", "ADD32_ZERO_EXTENDED"],
        "SUB32_IMM": ["SUB32", "REVERSE_SUB32"],
        "SUB32_REG": ["SUB32", "SUB32_ZERO_EXTENDED"],
        "SUB64_IMM": ["SUB64", "REVERSE_SUB64"],
        "MOV32_REG": ["MOV32", "MOV32_SIGN_EXTENDED"],
    }
    assert [row.mnemonic for row in OPCODES if len(set(row.reads)) > 1] == ["CALL_REG"]
    assert {row.mnemonic: row.moves_frame_in for row in OPCODES if row.moves_frame_in} == {
        "ADD64_IMM": DYNAMIC_FRAMES
    }


# THE MACHINE


class Poison(int):
    """A register that must not be used: arithmetic and comparisons with it raise TypeError."""

    def _refuse(self, *_: object) -> int:
        raise TypeError("a poisoned register is used")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __neg__ = __abs__ = _refuse
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _refuse
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _refuse  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]


class Memory:
    """Records how many bytes are loaded and stored, and uses the stored value."""

    def __init__(self) -> None:
        self.sizes: list[tuple[Action, int]] = []

    def load(self, address: int, size: int) -> int:
        self.sizes.append((Action.LOAD, size))
        return address ^ 1

    def store(self, address: int, size: int, value: int) -> None:
        self.sizes.append((Action.STORE, size))
        assert address + value >= 0

    def begin_syscall(self) -> None:
        raise AssertionError("no syscall runs here")

    def end_syscall(self) -> WordAccesses:
        raise AssertionError("no syscall runs here")


def step(row: Opcode, version: int, registers: list[int], memory: Memory, immediate: int) -> list[int]:
    """The registers after one instruction, whose fields name those in NUMBERS. Raises its fault."""
    slot = Instruction(row.code, NUMBERS["destination"], NUMBERS["source"], 1, immediate)
    # The second slot belongs to lddw, and other instructions continue there.
    text = slot.encode() + Instruction(0, immediate=1).encode() + EXIT.encode()
    recorder = Recorder()
    recorder.pc.append(0)
    machine = Machine(
        text_program(text, {7: 2}, version=version),
        memory,
        recorder,
        registers,
        context=bare_context(),
        syscalls={},
        compute_unit_limit=1,
    )
    machine.operations[0]()
    return machine.registers


def operand(row: Opcode) -> int:
    """An immediate that suits the opcode."""
    return 16 if row.format is Format.ENDIAN else NUMBERS["immediate"]


def values(random: Random) -> list[int]:
    return [random.getrandbits(64) | 1 for _ in range(11)]


@pytest.mark.parametrize(("row", "version"), IN_VERSIONS)
def test_registers_read(row: Opcode, version: int) -> None:
    """An instruction fails exactly if a field that it reads names a register that must not be used."""
    used = set()
    for field, number in NUMBERS.items():
        registers = values(Random(number))
        registers[number] = poison = Poison()
        try:
            after = step(row, version, registers, Memory(), operand(row))
            if any(after[other] is poison for other in range(11) if other != number):
                used.add(field)
        except TypeError:
            used.add(field)
        except Fault:
            assert row.action in (Action.CALL, Action.CALL_REGISTER)
    assert used == row.reads[version]


@pytest.mark.parametrize(("row", "version"), IN_VERSIONS)
def test_registers_written_and_bytes_moved(row: Opcode, version: int) -> None:
    changed = set()
    for seed in range(8):
        registers, memory = values(Random(seed)), Memory()
        try:
            after = step(row, version, registers, memory, operand(row))
        except Fault:
            assert row.action in (Action.CALL, Action.CALL_REGISTER)
            continue
        changed |= {number for number in range(11) if registers[number] != after[number]}
        assert memory.sizes == ([(row.action, row.size)] if row.size else [])
    if row.action is Action.CALL:
        changed -= {10}  # the frame of the called function
    assert changed == ({NUMBERS["destination"]} if row.writes_destination else set())


@pytest.mark.parametrize(("row", "version"), IN_VERSIONS)
def test_a_zero_divisor(row: Opcode, version: int) -> None:
    """All divisions, and no other instructions, fault for b = 0."""
    if row.action is not Action.COMPUTE or row.form is Form.NONE:
        assert not row.is_division
        return
    registers = values(Random(0))
    registers[NUMBERS["source"]] = 0
    fault = None
    try:
        step(row, version, registers, Memory(), 0)
    except Fault as raised:
        fault = raised.name
    assert fault == ("DivideByZero" if row.is_division else None)


@pytest.mark.parametrize(("row", "version"), COMPUTING)
def test_width(row: Opcode, version: int) -> None:
    """With 32 bits the upper halves of the operands do not matter. With 64 bits one of them does."""
    function: Callable[[int, int], int] = (
        semantics.condition(row, version) if row.action is Action.JUMP else semantics.binary(row, version)
    )
    matters = False
    for a, b, upper in pairs(Random(row.mnemonic)):
        result = function(a, b)
        matters |= function(a ^ upper, b) != result or function(a, b ^ upper) != result
    assert matters == (row.width == 64)


def pairs(random: Random) -> Iterator[tuple[int, int, int]]:
    """Pairs of operands, often equal, or without a common bit, or with bits in the upper half."""
    for _ in range(200):
        a = random.getrandbits(64) | 1
        b = random.choice([a, a ^ (2**64 - 1), random.getrandbits(64) | 1])
        yield a, b, random.getrandbits(32) << 32


@pytest.mark.parametrize(
    ("mnemonic", "a", "immediate", "result"),
    [
        ("OR64_IMM", 1, -2, 2**64 - 1),
        ("HOR64_IMM", 1, -2, 0xFFFF_FFFE_0000_0001),
        ("UDIV64_IMM", 2**64 - 1, -1, 2**32 + 1),
        ("UREM64_IMM", 2**64 - 1, -2, (2**64 - 1) % (2**32 - 2)),
        ("UHMUL64_IMM", 2**63, -2, 2**31 - 1),
        ("SHMUL64_IMM", 2**63, -2, 1),
        ("SDIV64_IMM", 6, -2, 2**64 - 3),
        ("NEG64", 1, -2, 2**64 - 1),
        ("BE", 0x1122_3344, 16, 0x4433),
    ],
)
def test_immediates(mnemonic: str, a: int, immediate: int, result: int) -> None:
    row = by_mnemonic(mnemonic)
    registers = [0] * 11
    registers[NUMBERS["destination"]] = a
    after = step(row, min(row.versions - {0, 1} or row.versions), registers, Memory(), immediate)
    assert after[NUMBERS["destination"]] == result


def test_how_immediates_are_taken() -> None:
    """The operand of an immediate form is sign-extended, with these exceptions."""
    kinds = {row.mnemonic: row.immediate for row in OPCODES if row.form is Form.IMMEDIATE}
    assert {name: kind for name, kind in kinds.items() if kind is not Immediate.SIGN_EXTENDED} == {
        "UHMUL64_IMM": Immediate.ZERO_EXTENDED,
        "UDIV64_IMM": Immediate.ZERO_EXTENDED,
        "UREM64_IMM": Immediate.ZERO_EXTENDED,
        "HOR64_IMM": Immediate.SHIFTED,
        "LD_DW_IMM": Immediate.WIDE,
        "CALL_IMM": Immediate.UNUSED,
    }
    assert {
        row.mnemonic for row in OPCODES if row.mnemonic not in kinds and row.immediate is not Immediate.UNUSED
    } == {
        "LE",
        "BE",
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_the_reference_verifier_lets_the_same_opcodes_name_r10(version: int) -> None:
    for row in OPCODES:
        if version not in row.versions:
            continue
        called = row.action is Action.CALL_REGISTER and version >= 3
        slot = Instruction(
            row.code, 10, immediate=9 if row.action is Action.CALL_REGISTER else 64 - 48 * row.is_shift
        )
        second = bytes(8) * (row.action is Action.LOAD_IMMEDIATE)
        answer = oracle().load(Text(slot.encode() + second + EXIT.encode(), version))
        refused = answer.name if isinstance(answer, LoadError) else None
        allowed = row.action is Action.STORE or version in row.moves_frame_in
        assert refused == (None if allowed else "InvalidRegister" if called else "CannotWriteR10"), (
            row.mnemonic
        )
