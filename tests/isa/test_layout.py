"""Directives, labels and constants."""

from __future__ import annotations

import pytest

from solproof.isa.assemble import assemble
from solproof.isa.layout import MAXIMUM_BYTES
from solproof.isa.source import AssemblyError

DIRECTIVES = ".text, .rodata, .equ NAME, VALUE; .fill COUNT, VALUE; .byte or .quad VALUE, ...; .ascii STRING"
BITS_64 = "a number from -9223372036854775808 to 9223372036854775807"


def test_fill_writes_slots() -> None:
    text = assemble(".fill 2, 0x0807060504030201\n.fill 1, -1\n.fill 0, 5", 0).text
    assert text == bytes(range(1, 9)) * 2 + b"\xff" * 8


def test_data() -> None:
    source = (
        '.rodata\na: .byte 1, -1, 0xff\nb: .quad -2, 3\nc: .ascii "xy"\nd:\n.text\nexit\n.rodata\n.byte 9'
    )
    assembly = assemble(source, 3)
    assert assembly.data == b"\1\xff\xff\xfe" + b"\xff" * 7 + b"\3" + bytes(7) + b"xy\t"
    assert assembly.data_labels == {"a": 0, "b": 3, "c": 19, "d": 21}
    assert assembly.slots == 1


def test_constants() -> None:
    source = ".equ SIZE, 8\n.equ LIMIT, SIZE\nmov64 r0, -SIZE\nldxb r1, [r2 - LIMIT]\n.fill SIZE, SIZE"
    assert assemble(source, 0).text == assemble("mov64 r0, -8 ldxb r1, [r2-8]\n.fill 8, 8", 0).text


def test_labels_count_slots() -> None:
    labels = assemble("a: lddw r1, 5\nb: .fill 3, 0\nc: exit\nd:", 0).labels
    assert labels == {"a": 0, "b": 2, "c": 5, "d": 6}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x: exit\nx: exit", "line 2, column 1: x is defined again, first in line 1"),
        (".equ x, 1\n.rodata\nx:", "line 3, column 1: x is defined again, first in line 1"),
        (".rodata\nentrypoint:", "line 2, column 1: found entrypoint in .rodata, expected it in .text"),
        (".rodata\nexit", "line 2, column 1: found exit in .rodata, expected it in .text"),
        (".rodata\n.fill 1, 1", "line 2, column 1: found .fill in .rodata, expected it in .text"),
        (".byte 1", "line 1, column 1: found .byte in .text, expected it in .rodata"),
        ('.ascii "a"', "line 1, column 1: found .ascii in .text, expected it in .rodata"),
        (
            ".rodata\n.byte 256",
            "line 2, column 7: found number 256, expected a number from -128 to 255",
        ),
        (".equ A, B", f"line 1, column 9: found name B, expected {BITS_64}"),
        (".equ A", f"line 1, column 1: found .equ with name A, expected {DIRECTIVES}"),
        (".align 8", f"line 1, column 1: found .align with number 8, expected {DIRECTIVES}"),
        (".quad", f"line 1, column 1: found .quad with no operand, expected {DIRECTIVES}"),
        (".fill -1, 0", "line 1, column 7: found number -1, expected a number from 0 to 1310720"),
        (".fill 1, r1", f"line 1, column 10: found register r1, expected {BITS_64}"),
        (
            ".fill 1310720, 0\nexit",
            f"line 2, column 1: the program grows beyond {MAXIMUM_BYTES} bytes, the largest account",
        ),
    ],
)
def test_errors(source: str, message: str) -> None:
    with pytest.raises(AssemblyError) as caught:
        assemble(source, 0)
    assert str(caught.value) == message
