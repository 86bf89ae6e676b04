"""Texts as source. Any bytes give a source that assembles to the same bytes."""

from __future__ import annotations

import pytest

from solproof.errors import ProgramError
from solproof.isa.assemble import assemble
from solproof.isa.instruction import Instruction
from solproof.isa.listing import Line, listing, source_of
from tests.support.random_instructions import EXIT, encode

CALL = Instruction(0x85, source=1, immediate=1)


def test_labels() -> None:
    text = encode(Instruction(0x05, offset=2), CALL, EXIT, EXIT, Instruction(0x15, 1, 0, -2, 9))
    lines = listing(text, 3, 2, {1: 3})
    assert lines == [
        Line(0, 1, None, "ja function_3"),
        Line(1, 1, None, "call function_3"),
        Line(2, 1, "entrypoint", "exit"),
        Line(3, 1, "function_3", "exit"),
        Line(4, 1, None, "jeq r1, 9, function_3"),
    ]
    assert source_of(lines) == (
        "    ja function_3\n    call function_3\n\nentrypoint:\n    exit\n\nfunction_3:\n    exit\n"
        "    jeq r1, 9, function_3\n"
    )


def test_targets_without_a_label_are_distances() -> None:
    wide = [Instruction(0x18, 1, immediate=5), Instruction(0)]
    text = encode(*wide, Instruction(0x05, offset=-2), Instruction(0x05, offset=9), CALL, CALL, EXIT)
    statements = [line.statement for line in listing(text, 3, 6, {4: 1, 5: 90})]
    assert statements[1:] == ["ja -2", "ja 9", "call -4", "call 84", "exit"]


FILLED = [
    (Instruction(0x06), 0, "unknown opcode=0x6"),
    (Instruction(0x0F, 1, 2, 3), 0, "add64 r1, r2"),
    (Instruction(0x0F, 1, 2, 0, 4), 0, "add64 r1, r2"),
    (Instruction(0x07, 1, 2, 0, 4), 0, "add64 r1, 4"),
    (Instruction(0x07, 10, 0, 0, 4), 0, "add64 r10, 4"),
    (Instruction(0xDC, 1, 0, 0, 8), 0, "be8 r1"),
    (Instruction(0x8D, 0, 0, 0, 16), 0, "callx r16"),
    (Instruction(0x8D, 0, 1), 3, "callx r0"),
    (Instruction(0x85, 0, 0, 0, 7), 0, "syscall 7"),
    (Instruction(0x18, 1), 0, "lddw r1, 0x0"),
    (Instruction(0x95, 0, 0, 0, 1), 0, "exit"),
]


@pytest.mark.parametrize(("instruction", "version", "comment"), FILLED)
def test_slots_that_only_fill_can_write(instruction: Instruction, version: int, comment: str) -> None:
    text = encode(instruction)
    (line,) = listing(text, version, 1, {})
    slot = int.from_bytes(text, "little")
    assert line == Line(0, 1, None, f".fill 1, {slot:#x}  # {comment}")
    assert assemble(source_of([line]), version).text == text


def test_comments() -> None:
    (line,) = listing(encode(CALL), 0, 0, {}, {0: "call f"})
    assert line == Line(0, 1, "entrypoint", ".fill 1, 0x100001085  # call f")


def test_an_entry_inside_of_lddw() -> None:
    text = encode(Instruction(0x18, 1, immediate=5), Instruction(0))
    assert [line.label for line in listing(text, 0, 1, {})] == [None, "entrypoint"]


def test_a_ragged_text_is_refused() -> None:
    with pytest.raises(ProgramError, match=r"^the text has 9 bytes, expected a multiple of 8$"):
        listing(bytes(9), 0, 0, {})
