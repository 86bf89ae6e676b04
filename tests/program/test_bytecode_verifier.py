"""The verifier's rules one by one with whole messages, then random texts against the reference verifier."""

from __future__ import annotations

from random import Random

import pytest

from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import OPCODES, VERSIONS
from solproof.program.bytecode_verifier import load_program, verify
from solproof.program.errors import VerifierError
from solproof.program.program import IMAGE_ADDRESS, Program
from tests.isa.samples import EXIT, encode, random_instruction
from tests.oracle.oracle import LoadError, Text, oracle
from tests.program.elf_files import small_elf
from tests.program.reference import as_load_error

WIDE = Instruction(0x18, 1)
SECOND = Instruction(0)

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
REFUSED = {
    "ragged": (
        0,
        EXIT.encode() + b"\0",
        "ProgramLengthNotMultiple: program length must be a multiple of 8 octets (the text has 9 bytes)",
    ),
    "empty": (
        0,
        b"",
        "NoProgram: no program set, call prog_set() to load one (the text is empty)",
    ),
    "unknown": (
        0,
        encode(EXIT, Instruction(0x06)),
        "UnknownOpCode: unknown eBPF opcode 0x6 (insn #1) "
        "(`unknown opcode=0x6`: expected an opcode of sBPF V0)",
    ),
    "opcode of another version": (
        2,
        encode(WIDE, SECOND),
        "UnknownOpCode: unknown eBPF opcode 0x18 (insn #0) "
        "(`unknown opcode=0x18`: expected an opcode of sBPF V2)",
    ),
    "stray second slot": (
        0,
        encode(EXIT, SECOND),
        "UnknownOpCode: unknown eBPF opcode 0x0 (insn #1) "
        "(`unknown opcode=0x0`: expected an opcode of sBPF V0)",
    ),
    "wide last": (
        0,
        encode(EXIT, WIDE),
        "LDDWCannotBeLast: LD_DW instruction cannot be last in program "
        "(`lddw r1, 0x0`: slot 1 is the last, expected a second slot)",
    ),
    "wide incomplete": (
        0,
        encode(EXIT, WIDE, EXIT),
        "IncompleteLDDW: incomplete LD_DW instruction (insn #1) "
        "(`lddw r1, 0x0`: the next slot has opcode 0x95, expected 0)",
    ),
    "division": (
        0,
        encode(Instruction(0x37, 1), EXIT),
        "DivisionByZero: division by 0 (insn #0) (`div64 r1, 0`: expected an immediate other than 0)",
    ),
    "remainder": (
        2,
        encode(Instruction(0xE6, 1), EXIT),
        "DivisionByZero: division by 0 (insn #0) (`srem32 r1, 0`: expected an immediate other than 0)",
    ),
    "shift of 32 bits": (
        0,
        encode(EXIT, Instruction(0x64, 1, immediate=32)),
        "ShiftWithOverflow: Shift with overflow of 32-bit value by 32 (insn #1) "
        "(`lsh32 r1, 32`: expected a shift of 0 to 31)",
    ),
    "shift of 64 bits": (
        0,
        encode(EXIT, Instruction(0xC7, 1, immediate=-1)),
        "ShiftWithOverflow: Shift with overflow of 18446744073709551615-bit value by 64 (insn #1) "
        "(`arsh64 r1, -1`: expected a shift of 0 to 63)",
    ),
    "byte order": (
        0,
        encode(EXIT, Instruction(0xD4, 1, immediate=8)),
        "UnsupportedLEBEArgument: unsupported argument for LE/BE (insn #1) "
        "(`le8 r1`: expected an immediate of 16, 32 or 64)",
    ),
    "jump after the end": (
        0,
        encode(Instruction(0x05, offset=1), EXIT),
        "JumpOutOfCode: jump out of code to #2 (insn #0) (`ja lbb_2`: the target is slot 2, expected 0 to 1)",
    ),
    "jump before the start": (
        0,
        encode(EXIT, Instruction(0x1D, 1, 2, -3)),
        "JumpOutOfCode: jump out of code to #18446744073709551615 (insn #1) "
        "(`jeq r1, r2, lbb_-1`: the target is slot -1, expected 0 to 1)",
    ),
    "jump into a wide instruction": (
        0,
        encode(WIDE, SECOND, Instruction(0x15, offset=-2)),
        "JumpToMiddleOfLDDW: jump to middle of LD_DW at #1 (insn #2) "
        "(`jeq r0, 0, lbb_1`: the target slot has opcode 0)",
    ),
    "source": (
        0,
        encode(Instruction(0x07, 1, 11)),
        "InvalidSourceRegister: invalid source register (insn #0) "
        "(`add64 r1, 0`: register 11, expected 0 to 10)",
    ),
    "destination": (
        0,
        encode(Instruction(0x7B, 11)),
        "InvalidDestinationRegister: invalid destination register (insn #0) "
        "(`stxdw [r11+0x0], r0`: register 11, expected 0 to 10)",
    ),
    "frame pointer": (
        0,
        encode(EXIT, Instruction(0x07, 10)),
        "CannotWriteR10: cannot write into register r10 (insn #1) "
        "(`add64 r10, 0`: expected a destination of r0 to r9)",
    ),
    "frame pointer by a wide instruction": (
        0,
        encode(EXIT, Instruction(0x18, 10), Instruction(0, immediate=1)),
        "CannotWriteR10: cannot write into register r10 (insn #2) "
        "(`lddw r10, 0x100000000`: expected a destination of r0 to r9)",
    ),
    "frame pointer by another sum": (
        1,
        encode(Instruction(0x04, 10)),
        "CannotWriteR10: cannot write into register r10 (insn #0) "
        "(`add32 r10, 0`: expected a destination of r0 to r9)",
    ),
    "frame bump": (
        1,
        encode(Instruction(0x07, 10, immediate=-32)),
        "UnalignedImmediate: Unaligned immediate (insn #0) (`add64 r10, -32`: expected a multiple of 64)",
    ),
    "callx by immediate": (
        0,
        encode(EXIT, Instruction(0x8D, immediate=10)),
        "InvalidRegister: Invalid register specified at instruction 1 "
        "(`callx r10`: callx names register 10, expected 0 to 9)",
    ),
    "callx by a wide immediate": (
        1,
        encode(EXIT, Instruction(0x8D, immediate=256)),
        "InvalidRegister: Invalid register specified at instruction 1 "
        "(`callx r0`: callx names register 256, expected 0 to 9)",
    ),
    "callx by source": (
        2,
        encode(EXIT, Instruction(0x8D, source=10)),
        "InvalidRegister: Invalid register specified at instruction 1 "
        "(`callx r10`: callx names register 10, expected 0 to 9)",
    ),
    "callx by destination": (
        3,
        encode(EXIT, Instruction(0x8D, destination=10)),
        "InvalidRegister: Invalid register specified at instruction 1 "
        "(`callx r10`: callx names register 10, expected 0 to 9)",
    ),
    "rule before registers": (
        0,
        encode(Instruction(0x37, 11, 11)),
        "DivisionByZero: division by 0 (insn #0) (`div64 r11, 0`: expected an immediate other than 0)",
    ),
    "source before destination": (
        0,
        encode(Instruction(0x0F, 11, 11)),
        "InvalidSourceRegister: invalid source register (insn #0) "
        "(`add64 r11, r11`: register 11, expected 0 to 10)",
    ),
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
