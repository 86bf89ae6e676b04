"""The guest refuses everything that solproof does not load: broken inputs and broken programs."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from solproof.errors import InputError, ProgramError
from solproof.formats import bincode
from solproof.program.bytecode_verifier import load_program
from solproof.program.errors import ElfError, VerifierError
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execute import execute
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.features import MAINNET
from solproof.runtime.sysvars import Sysvars
from solproof.zisk.emulator import emulate
from solproof.zisk.endings import PROGRAM_REFUSALS, Refused
from solproof.zisk.outputs import Outputs, Word
from solproof.zisk.runner import differences
from tests.program import broken_lenient_files, broken_strict_files
from tests.program.elf_files import ElfBytes, small_elf
from tests.program_builder import ProgramBuilder

FEATURES = MAINNET.changed(["blake3_syscall_enabled"])
PARAMETERS = Parameters(
    sysvars=replace(Sysvars(), stake_history=bytes(16)),
    epoch_stakes=EpochStakes(50, ((bytes(32), 5), (bytes([1]) * 32, 7))),
    features=FEATURES,
)
MUTATIONS = 60


def small_input() -> ExecutionInput:
    """An input with every optional part."""
    builder = ProgramBuilder(0)
    builder.emit("MOV64_IMM", 0)
    builder.exit()
    first = InstructionAccount(Account(bytes([1]) * 32, bytes([7]) * 32, 5, b"1234567"), is_writable=True)
    second = InstructionAccount(Account(bytes([2]) * 32, bytes([7]) * 32, 6, b""), is_signer=True)
    return ExecutionInput(
        builder.code(), bytes([7]) * 32, (first, second, first), b"data", PARAMETERS, RawFormat()
    )


def outputs_of(content: bytes) -> tuple[int, Outputs]:
    words = emulate(content, count_steps=False).words
    return words[Word.ENDING], Outputs.of(words)


def assert_same_verdict(content: bytes) -> str:
    """The guest refuses what solproof refuses, and runs what it runs. Returns the verdict."""
    ending, outputs = outputs_of(content)
    try:
        given = bincode.unpack(content)
    except InputError as error:
        assert ending == Refused.INPUT, error
        return "input"
    try:
        execution = execute(given)
    except ProgramError as error:
        assert ending == Refused.PROGRAM, error
        assert outputs.refusal is not None
        assert outputs.refusal.endswith(": " + str(error).split(": ")[0])
        return "program"
    # An input may contain parts that it could omit. Then its digest differs.
    found = [text for text in differences(outputs, execution) if not text.startswith("input_digest")]
    assert found == []
    return "run"


def test_whole() -> None:
    assert assert_same_verdict(bincode.pack(small_input())) == "run"


@pytest.mark.parametrize("group", range(4))
def test_cut_inputs(group: int) -> None:
    content = bincode.pack(small_input())
    lengths = range(8 + group, len(content), 61)
    assert {assert_same_verdict(content[:length]) for length in lengths} == {"input"}
    assert assert_same_verdict(content + bytes(1 + group)) == "input"


def test_changed_inputs() -> None:
    """Random changes of bytes, mostly at places where a byte matters."""
    content = bincode.pack(small_input())
    source = random.Random(5)
    verdicts = set()
    for _ in range(MUTATIONS):
        changed = bytearray(content)
        for _ in range(source.choice([1, 1, 2])):
            place = source.choice(
                [source.randrange(len(changed)), source.randrange(330), 8 + source.randrange(16)]
            )
            changed[place] = source.choice([0, 1, 2, 255, changed[place] ^ 1 << source.randrange(8)])
        verdicts.add(assert_same_verdict(bytes(changed)))
    assert verdicts == {"input", "program", "run"}


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(compute_unit_limit=100, heap_size=256 * 1024),
        Parameters(features=MAINNET.changed(["disable_sbpf_v0_execution"])),
        Parameters(features=MAINNET.changed(deactivate=["enable_sbpf_v3_deployment_and_execution"])),
    ],
)
def test_parameters(parameters: Parameters) -> None:
    given = replace(small_input(), parameters=parameters, program=small_elf().data, program_format=None)
    assert assert_same_verdict(bincode.pack(given)) in ("run", "program")


# PROGRAMS

BROKEN = {
    **{f"lenient {name}": file for name, file in broken_lenient_files.BROKEN.items()},
    **{f"strict {name}": file for name, file in broken_strict_files.BROKEN.items()},
}


def refusal_of(program: bytes, program_format: RawFormat | None = None) -> str | None:
    given = ExecutionInput(program, bytes(32), (), b"", program_format=program_format)
    return outputs_of(bincode.pack(given))[1].refusal


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files(name: str) -> None:
    file: ElfBytes = BROKEN[name]
    with pytest.raises(ElfError) as caught:
        load_program(file.data)
    expected = f"the runtime would not load the program: ElfError::{caught.value.name}"
    assert refusal_of(file.data) == expected


REFUSED_TEXTS = {
    "NoProgram": (b"", 0),
    "ProgramLengthNotMultiple": (bytes(7), 0),
    "UnknownOpCode": (bytes(8), 0),
    "LDDWCannotBeLast": (b"\x18" + bytes(7), 0),
    "IncompleteLDDW": (b"\x18" + bytes(7) + b"\x95" + bytes(7), 0),
    "DivisionByZero": (b"\x37" + bytes(7), 0),
    "ShiftWithOverflow": (b"\x67\0\0\0\x40\0\0\0", 3),
    "UnsupportedLEBEArgument": (b"\xdc\0\0\0\x08\0\0\0", 2),
    "JumpOutOfCode": (b"\x05\0\x01\0\0\0\0\0", 0),
    "JumpToMiddleOfLDDW": (b"\x05\0\x01\0\0\0\0\0" + b"\x18" + bytes(15), 0),
    "InvalidRegister": (b"\x8d\0\0\0\x0a\0\0\0", 0),
    "UnalignedImmediate": (b"\x07\x0a\0\0\x01\0\0\0", 1),
    "InvalidSourceRegister": (b"\xbf\xb0\0\0\0\0\0\0", 4),
    "InvalidDestinationRegister": (b"\xb7\x0b\0\0\0\0\0\0", 0),
    "CannotWriteR10": (b"\xb7\x0a\0\0\0\0\0\0", 0),
}


@pytest.mark.parametrize("name", REFUSED_TEXTS)
def test_refused_texts(name: str) -> None:
    text, version = REFUSED_TEXTS[name]
    with pytest.raises(VerifierError) as caught:
        load_program(text, RawFormat(version))
    assert caught.value.name == name
    expected = f"the runtime would not load the program: VerifierError::{name}"
    assert refusal_of(text, RawFormat(version)) == expected


def test_every_refusal_of_a_program_has_a_test() -> None:
    tested = {f"VerifierError::{name}" for name in REFUSED_TEXTS}
    for file in BROKEN.values():
        with pytest.raises(ElfError) as caught:
            load_program(file.data)
        tested.add(f"ElfError::{caught.value.name}")
    assert tested == set(PROGRAM_REFUSALS.values())
