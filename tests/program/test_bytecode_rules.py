"""The first error of a text, where several instructions break rules, against the reference verifier."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import product
from random import Random

import pytest

from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import OPCODES, VERSIONS
from solproof.program.bytecode_rules import first_error
from tests.support.loader_reference import as_load_error
from tests.support.oracle.oracle import LoadError, Text, oracle
from tests.support.python_calls import python_calls
from tests.support.random_instructions import EXIT, encode, random_instruction

WIDE, SECOND, UNKNOWN = Instruction(0x18, 1), Instruction(0), Instruction(0x06)


def error_name(text: bytes, version: int) -> str | None:
    """The name of the first error of a text, which the reference must find too, or None."""
    expected = oracle().load(Text(text, version))
    error = first_error(text, version)
    if error is None:
        assert not isinstance(expected, LoadError)
        return None
    assert as_load_error(error) == expected
    return error.name


@pytest.mark.parametrize("version", [0, 2, 3])
def test_sequences_of_wide_loads(version: int) -> None:
    """Every text of up to five slots, each of which can begin an `lddw`, end it, or neither."""
    for size in range(1, 6):
        for slots in product((WIDE, SECOND, EXIT, Instruction(0x18, 11), UNKNOWN), repeat=size):
            error_name(encode(*slots), version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_first_of_several_errors(version: int) -> None:
    """Texts of about 100 slots with up to four damaged bytes."""
    random, names = Random(version), Counter[str | None]()
    rows = [row for row in OPCODES if version in row.versions]
    for _ in range(500):
        chosen = [random_instruction(random.choice(rows), version, random, range(2)) for _ in range(100)]
        slots = [slot for each in chosen for slot in ((each, SECOND) if each.code == WIDE.code else (each,))]
        text = bytearray(encode(*slots, EXIT, EXIT))
        for _ in range(random.randrange(5)):
            field = random.choice((0, 1, 1, 3, 4, 7))
            text[random.randrange(len(slots)) * 8 + field] = random.randrange(256)
        names[error_name(bytes(text), version)] += 1
    assert names[None] and len(names) >= 8, names


@pytest.mark.parametrize("version", VERSIONS)
def test_no_instruction_is_read_alone(version: int) -> None:
    slots = encode(Instruction(0xB5, 1, 0, -1), Instruction(0x67, 1), EXIT)
    few, many = (python_calls(partial(first_error, slots * count, version)) for count in (10, 10_000))
    assert many < few + 100
