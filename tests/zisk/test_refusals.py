"""The guest refuses everything that solproof does not load: broken inputs and broken programs."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from solproof.formats import bincode
from solproof.program.bytecode_verifier import load_program
from solproof.program.errors import ElfError, VerifierError
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.features import MAINNET
from solproof.zisk.endings import PROGRAM_REFUSALS
from tests.support import broken_lenient_files, broken_strict_files
from tests.support.elf_files import ElfBytes, small_elf
from tests.support.guest_verdicts import assert_same_verdict, outputs_of, small_input

MUTATIONS = 60


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
