"""The disassembler against upstream's, for every opcode in every version, and on whole programs."""

from __future__ import annotations

import re
from random import Random

import pytest

from solproof.errors import ProgramError
from solproof.isa.disassemble import Names, disassemble, disassemble_instruction
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import OPCODES, Format, Opcode
from solproof.program.bytecode_verifier import load_program
from solproof.program.syscall_names import NAMES, SYSCALL_HASHES, SYSCALL_NAMES, function_hash
from tests.support.mainnet_programs import mainnet_programs
from tests.support.oracle.oracle import Text, oracle
from tests.support.random_instructions import EXIT, encode, random_instruction

PC = 4
EXAMPLES = [
    (Instruction(0x07, 1, 0, 0, 5), 0, "add64 r1, 5"),
    (Instruction(0x17, 3, 0, 0, -5), 0, "sub64 r3, -5"),
    (Instruction(0x0F, 1, 2), 0, "add64 r1, r2"),
    (Instruction(0x87, 4), 0, "neg64 r4"),
    (Instruction(0xD4, 2, 0, 0, 32), 0, "le32 r2"),
    (Instruction(0xDC, 2, 0, 0, 16), 0, "be16 r2"),
    (Instruction(0x79, 1, 2, 8), 0, "ldxdw r1, [r2+0x8]"),
    (Instruction(0x71, 1, 10, -1), 0, "ldxb r1, [r10-0x1]"),
    (Instruction(0x6A, 10, 0, -32768, 7), 0, "sth [r10-0x8000], 7"),
    (Instruction(0x63, 1, 2, 0), 0, "stxw [r1+0x0], r2"),
    (Instruction(0x05, 0, 0, 7), 0, "ja lbb_12"),
    (Instruction(0x15, 1, 0, 7, 3), 0, "jeq r1, 3, lbb_12"),
    (Instruction(0xCD, 1, 2, -5), 0, "jslt r1, r2, lbb_0"),
    (Instruction(0x8D, 0, 0, 0, 3), 0, "callx r3"),
    (Instruction(0x8D, 0, 4, 0, 3), 2, "callx r4"),
    (Instruction(0x8D, 5, 4, 0, 3), 3, "callx r5"),
    (Instruction(0x95), 0, "exit"),
    (Instruction(0x27, 1, 0, 2, 9), 2, "stb [r1+0x2], 9"),
    (Instruction(0x9C, 1, 2, 2), 2, "ldxdw r1, [r2+0x2]"),
    (Instruction(0xF7, 1, 0, 0, 9), 2, "hor64 r1, 9"),
    (Instruction(0xBE, 1, 2), 2, "shmul64 r1, r2"),
    (Instruction(0xBE, 1, 2, 7), 3, "jle32 r1, r2, lbb_12"),
    (Instruction(0x06), 0, "unknown opcode=0x6"),
    (Instruction(0x85, 0, 0, 0, -2), 0, "syscall -2"),
]


@pytest.mark.parametrize(("instruction", "version", "expected"), EXAMPLES)
def test_examples(instruction: Instruction, version: int, expected: str) -> None:
    assert disassemble_instruction(instruction, PC, version) == expected


def test_wide_immediates_take_two_slots() -> None:
    text = encode(Instruction(0x18, 1, immediate=0), Instruction(0, immediate=1), EXIT)
    assert list(disassemble(text, 0)) == [(0, "lddw r1, 0x100000000"), (2, "exit")]


def test_calls_are_named() -> None:
    functions = {function_hash(2): 2}
    names = Names.of(functions, 0, SYSCALL_NAMES)
    keys = [function_hash(2), SYSCALL_HASHES["sol_log_"], 1]
    calls = [Instruction(0x85, 0, 0, 0, key - (key >> 31 << 32)) for key in keys]
    text = encode(*calls, Instruction(0x05, offset=-4), Instruction(0x05, offset=-3), EXIT)
    assert [line for _, line in disassemble(text, 0, names)] == [
        "call function_2",
        "syscall sol_log_",
        "syscall 1",
        "ja entrypoint",
        "ja function_2",
        "exit",
    ]


def test_a_ragged_text_is_refused() -> None:
    with pytest.raises(ProgramError, match=r"^the text has 9 bytes, expected a multiple of 8$"):
        list(disassemble(bytes(9), 0))


@pytest.mark.parametrize(
    ("row", "version"),
    [
        pytest.param(row, version, id=f"{row.mnemonic}-V{version}")
        for row in OPCODES
        for version in sorted(row.versions)
    ],
)
def test_every_opcode_reads_as_upstream(row: Opcode, version: int) -> None:
    random = Random(f"{row.mnemonic} {version}")
    for _ in range(8):
        instruction = random_instruction(row, version, random, range(-5, 4))
        text, functions = _text(instruction, row, version, random)
        names = Names.of(functions, 0, SYSCALL_NAMES)
        ours = [(pc, _plain(line)) for pc, line in disassemble(text, version, names)]
        theirs = oracle().disassemble(Text(text, version, 0, functions), NAMES)
        assert ours == [(pc, _plain(line)) for pc, line in theirs]


def _text(
    instruction: Instruction, row: Opcode, version: int, random: Random
) -> tuple[bytes, dict[int, int]]:
    """The instruction at pc 4 with exits around it. Calls name a function, a syscall, or nothing."""
    functions: dict[int, int] = {}
    if row.format is Format.CALL_IMMEDIATE:
        target = random.randrange(1, 9)
        key = random.choice((SYSCALL_HASHES["abort"], 7, function_hash(target)))
        functions = {function_hash(target): target}
        # Before V3 the source field has no meaning, yet upstream shows no function where it is 0.
        source = 1
        if version >= 3:
            source = random.randrange(2)
            functions = {target: target}
            key = target - PC - 1 if source else key
        immediate = key - (1 << 32) if key >= 1 << 31 else key
        instruction = Instruction(row.code, instruction.destination, source, instruction.offset, immediate)
    second = [Instruction(0, immediate=-2)] if row.format is Format.LOAD_DOUBLE_IMMEDIATE else []
    return encode(*[EXIT] * PC, instruction, *second, *[EXIT] * 4), functions


def _plain(line: str) -> str:
    """The text without labels that differ.

    Upstream also guesses starts of functions from unreachable blocks. In jumps both labels mean the same
    place.
    """
    return line if line.startswith("call") else re.sub(r"\bfunction_", "lbb_", line)


@pytest.mark.parametrize("name", mainnet_programs())
def test_mainnet_programs_read_as_upstream(name: str) -> None:
    elf = mainnet_programs()[name]
    program = load_program(elf)
    names = Names.of(program.functions, program.entry, SYSCALL_NAMES)
    ours = [(pc, _plain(line)) for pc, line in disassemble(program.text, program.version, names)]
    theirs = [(pc, _plain(line)) for pc, line in oracle().disassemble(elf, NAMES)]
    # For a call through a relocation, upstream shows the symbol. We name every function after its place.
    differences = [(their, our) for their, our in zip(theirs, ours, strict=True) if their != our]
    assert all(their[1] == "call custom_panic" for their, _ in differences)
    assert all(re.fullmatch(r"call function_\d+", our[1]) for _, our in differences)
    assert len(differences) <= 1
