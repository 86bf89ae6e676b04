"""The grammar of assembly source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solproof.isa.source import (
    AssemblyError,
    Instruction,
    Integer,
    Label,
    Memory,
    Name,
    Operand,
    Place,
    Register,
    String,
    parse,
)


def operand(text: str) -> Operand:
    (statement,) = parse(f"op {text}")
    assert isinstance(statement, Instruction)
    (found,) = statement.operands
    assert found.place == Place(1, 4)
    return found


def test_statements() -> None:
    assert list(parse("  start: exit # done\n\n.fill 1, 2 // data\nja start")) == [
        Label(Place(1, 3), "start"),
        Instruction(Place(1, 10), "exit", ()),
        Instruction(Place(3, 1), "fill", (Integer(Place(3, 7), 1), Integer(Place(3, 10), 2)), True),
        Instruction(Place(4, 1), "ja", (Name(Place(4, 4), "start"),)),
    ]


def test_two_statements_in_a_line() -> None:
    names = [statement.name for statement in parse("neg r1 neg r2 x: exit")]
    assert names == ["neg", "neg", "x", "exit"]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing", "   // nothing\t", "\r\n"])
def test_nothing(text: str) -> None:
    assert list(parse(text)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-5", -5),
        ("+ 7", 7),
        ("0x1f", 31),
        ("-0x10", -16),
        ("0xffffffffffffffff", -1),
        ("9223372036854775807", (1 << 63) - 1),
        ("-9223372036854775808", -(1 << 63)),
        ("9223372036854775808", -(1 << 63)),
    ],
)
def test_numbers(text: str, value: int) -> None:
    found = operand(text)
    assert isinstance(found, Integer)
    assert found.value == value


def test_other_operands() -> None:
    place = Place(1, 4)
    assert operand("r10") == Register(place, 10)
    assert operand("return") == Name(place, "return")
    assert operand("-SIZE") == Name(place, "SIZE", -1)
    assert operand("[r3]") == Memory(place, Register(Place(1, 5), 3), Integer(Place(1, 7), 0))
    assert operand("[r3 - 0x8]") == Memory(place, Register(Place(1, 5), 3), Integer(Place(1, 8), -8))
    assert operand("[r3+SIZE]") == Memory(place, Register(Place(1, 5), 3), Name(Place(1, 7), "SIZE"))
    assert operand(r'"a # \"\x00\xff\n ü"') == String(place, b'a # "\x00\xff\n \xc3\xbc')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("?", "line 1, column 1: found '?', expected a statement"),
        ("exit\n  [r1]", "line 2, column 3: found [, expected an instruction, a label or a directive"),
        ("5:", "line 1, column 1: found 5, expected an instruction, a label or a directive"),
        (".", "line 1, column 2: found the end of the line, expected the name of a directive"),
        ("op r16", "line 1, column 4: found r16, expected a register r0 to r15"),
        ("op 0X5", "line 1, column 4: found 0X5, expected a number"),
        ("op 12ab", "line 1, column 4: found 12ab, expected a number"),
        ("op 1,", "line 1, column 6: found the end of the line, expected an operand"),
        ("op -", "line 1, column 5: found the end of the line, expected a number"),
        ("op -r1", None),
        (
            "op 0x10000000000000000",
            "line 1, column 4: found 0x10000000000000000, expected a number of at most 64 bits",
        ),
        (
            "op -9223372036854775809",
            "line 1, column 4: found 9223372036854775809, expected a number of at most 64 bits",
        ),
        ("op " + "9" * 5000, f"line 1, column 4: found {'9' * 40}..., expected a number of at most 64 bits"),
        ("op [5]", "line 1, column 5: found 5, expected a register"),
        ("op [r1", "line 1, column 7: found the end of the line, expected an offset"),
        ("op [r1+1", "line 1, column 9: found the end of the line, expected ]"),
        ('op "abc', 'line 1, column 4: found a string without its end, expected another "'),
        (
            r'op "\q"',
            r"line 1, column 4: found \q in a string, expected \n, \t, \r, \0, \", \\ or \x41",
        ),
    ],
)
def test_errors(text: str, message: str | None) -> None:
    if message is None:
        list(parse(text))  # a constant may have any name, and later code finds out that it does not exist
        return
    with pytest.raises(AssemblyError) as caught:
        list(parse(text))
    assert str(caught.value) == message


@given(st.text(max_size=60) | st.text('r1[]+-,.:#/"\\x0a \n', max_size=60))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        list(parse(text))
    except AssemblyError as error:
        assert 1 <= error.line <= text.count("\n") + 1
        assert error.column >= 1
