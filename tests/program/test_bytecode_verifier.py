"""The verifier's rules one by one with whole messages, then random texts against the reference verifier."""

from __future__ import annotations

from random import Random

import pytest

from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import OPCODES, VERSIONS
from solproof.program.bytecode_verifier import load_program, verify
from solproof.program.errors import VerifierError
from solproof.program.program import IMAGE_ADDRESS, Program
from tests.support.elf_files import small_elf
from tests.support.loader_reference import as_load_error
from tests.support.oracle.oracle import LoadError, Text, oracle
from tests.support.random_instructions import EXIT, encode, random_instruction
from tests.support.refused_programs import REFUSED, SECOND

VERIFIER_NAMES = {
    "ProgramLengthNotMultiple",
    "NoProgram",
    "DivisionByZero",
    "UnsupportedLEBEArgument",
    "LDDWCannotBeLast",
    "IncompleteLDDW",
    "JumpOutOfCode",
    "JumpToMiddleOfLDDW",
    "InvalidSourceRegister",
    "CannotWriteR10",
    "InvalidDestinationRegister",
    "UnknownOpCode",
    "ShiftWithOverflow",
    "InvalidRegister",
    "UnalignedImmediate",
}


def program(text: bytes, version: int) -> Program:
    return Program(version, text, IMAGE_ADDRESS, text, IMAGE_ADDRESS, 0, {}, bytes(32))


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    version, text, message = REFUSED[case]
    with pytest.raises(VerifierError) as caught:
        verify(program(text, version))
    assert str(caught.value) == f"VerifierError::{message}"
    assert oracle().load(Text(text, version)) == as_load_error(caught.value)


@pytest.mark.parametrize(
    ("version", "instruction"),
    [
        (0, Instruction(0x7B, 10, 10)),
        (0, Instruction(0x72, 10)),
        (0, Instruction(0xBF, 1, 10)),
        (0, Instruction(0x8D, immediate=9)),
        (1, Instruction(0x07, 10, immediate=-64)),
        (2, Instruction(0x07, 10, immediate=128)),
        (0, Instruction(0x85, immediate=12345)),
        (0, Instruction(0x67, 1, immediate=63)),
        (0, Instruction(0x37, 1, immediate=-1)),
    ],
)
def test_accepted(version: int, instruction: Instruction) -> None:
    text = encode(instruction)
    verify(program(text, version))
    assert not isinstance(oracle().load(Text(text, version)), LoadError)


@pytest.mark.parametrize("version", VERSIONS)
def test_random_texts(version: int) -> None:
    random = Random(version)
    rows = [row for row in OPCODES if version in row.versions]
    verdicts = set()
    for _ in range(1000):
        slots = [
            _damaged(random_instruction(random.choice(rows), version, random, range(-6, 6)), random)
            for _ in range(random.randrange(1, 8))
        ]
        text = encode(*(slot for row in slots for slot in ([row, SECOND] if row.code == 0x18 else [row])))
        expected = oracle().load(Text(text, version))
        try:
            verify(program(text, version))
        except VerifierError as error:
            assert as_load_error(error) == expected
            verdicts.add(error.name)
        else:
            assert not isinstance(expected, LoadError)
            verdicts.add("accepted")
    assert len(verdicts) >= 7


@pytest.mark.parametrize("version", VERSIONS)
def test_every_code_with_every_kind_of_operand(version: int) -> None:
    """256 codes with 24 choices of operands, at the end of a text and inside it."""
    random, verdicts = Random(version), set()
    immediates = (0, 1, 9, 10, 16, 31, 32, 63, 64, -1, -64, 0x7FFF_FFFF, -0x8000_0000)
    for code in range(256):
        for _ in range(24):
            destination, source = (random.choice((0, 1, 9, 10, 11, 15)) for _ in range(2))
            offset, immediate = random.choice((-2, -1, 0, 1, 2)), random.choice(immediates)
            slot = Instruction(code, destination, source, offset, immediate)
            text = encode(EXIT, slot, *random.choice(((), (SECOND,), (EXIT,), (SECOND, EXIT))))
            expected = oracle().load(Text(text, version))
            try:
                verify(program(text, version))
            except VerifierError as error:
                assert as_load_error(error) == expected, slot
                verdicts.add(error.name)
            else:
                assert not isinstance(expected, LoadError), slot
    unreachable = {"NoProgram", "ProgramLengthNotMultiple"}
    unreachable |= {"IncompleteLDDW", "LDDWCannotBeLast"} if version == 2 else set()
    unreachable |= set() if version in (1, 2) else {"UnalignedImmediate"}
    assert verdicts == VERIFIER_NAMES - unreachable


def test_every_name_is_refused_once() -> None:
    assert {message.partition(":")[0] for _, _, message in REFUSED.values()} == VERIFIER_NAMES


def _damaged(instruction: Instruction, random: Random) -> Instruction:
    """Often the same instruction, sometimes an instruction with a random byte or bit."""
    slot = bytearray(instruction.encode())
    if random.random() < 0.15:
        slot[random.choice((0, 1, 1, 4, 7))] ^= random.choice(
            (1 << random.randrange(8), random.randrange(256))
        )
    return Instruction.decode(bytes(slot))


def test_loading_verifies() -> None:
    elf = small_elf()
    bad = elf.patch(elf.offset(".text") + 56, Instruction(0x06).encode())
    with pytest.raises(VerifierError) as caught:
        load_program(bad.data)
    assert str(caught.value) == (
        "VerifierError::UnknownOpCode: unknown eBPF opcode 0x6 (insn #7) "
        "(`unknown opcode=0x6`: expected an opcode of sBPF V0)"
    )
    assert load_program(elf.data).slots == 9
