"""Every type is written and read back, and what does not fit is refused with its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from solproof.errors import InputError, UnsupportedError
from solproof.interfaces.layouts import (
    ADDRESS,
    BOOLEAN,
    I64,
    U8,
    U16,
    U64,
    Address,
    Array,
    ByteArray,
    ByteString,
    Enum,
    Extensions,
    Float,
    Gap,
    Integer,
    Layout,
    List,
    Named,
    Option,
    Struct,
    Text,
    Tuple,
    Unreadable,
    ValueReader,
    c_option,
    structure,
)
from solproof.runtime.accounts import address_text
from solproof.runtime.instruction_error import InstructionFailure

KEY = address_text(bytes(range(32)))
SIDE = Enum(
    "Side", (("Buy", None), ("Sell", None), ("Limit", structure(price=U64)), ("Pair", Tuple((U8, U8))))
)
TYPES: dict[str, Layout] = {}
TYPES["Node"] = structure("Node", value=U8, next=Option(Named("Node", TYPES)))

WRITTEN: list[tuple[Layout, Any, str]] = [
    (U8, 255, "ff"),
    (Integer(2), 258, "0201"),
    (I64, -2, "feffffffffffffff"),
    (Integer(16), 2**64, "00000000000000000100000000000000"),
    (Integer(32, signed=True), -1, "ff" * 32),
    (Float(4), 1.5, "0000c03f"),
    (Float(8), -2.0, "00000000000000c0"),
    (BOOLEAN, True, "01"),
    (Text(), "né", "030000006ec3a9"),
    (Text(8), "a", "010000000000000061"),
    (Text(0), "abc", "616263"),
    (ByteString(), b"\1\2", "020000000102"),
    (ByteArray(3), b"\1\2\3", "010203"),
    (ADDRESS, KEY, bytes(range(32)).hex()),
    (Address(zero_is_none=True), None, "00" * 32),
    (Option(U16), None, "00"),
    (Option(U16), 7, "010700"),
    (c_option(U16, 2), None, "000000000000"),
    (c_option(U16, 2), 7, "010000000700"),
    (List(U16), [1, 2], "0200000001000200"),
    (List(U16, 0), [1, 2], "01000200"),
    (Array(U16, 2), [1, 2], "01000200"),
    (Tuple((U8, BOOLEAN)), [3, False], "0300"),
    (structure(a=U8, b=Option(U8)), {"a": 1, "b": None}, "0100"),
    (SIDE, "Sell", "01"),
    (SIDE, {"Limit": {"price": 5}}, "020500000000000000"),
    (SIDE, {"Pair": [1, 2]}, "030102"),
    (Enum("Wide", (("A", None), ("B", None)), 4), "B", "01000000"),
    (TYPES["Node"], {"value": 1, "next": {"value": 2, "next": None}}, "01010200"),
]


@pytest.mark.parametrize(("layout", "value", "digits"), WRITTEN)
def test_written_and_read(layout: Layout, value: Any, digits: str) -> None:
    content = layout.write(value, "argument a")
    assert content.hex() == digits
    reader = ValueReader(content)
    assert (layout.read(reader), reader.left) == (value, 0)


@pytest.mark.parametrize(
    ("layout", "text", "value"),
    [
        (U64, "0x10", 16),
        (U64, "1_000", 1_000),
        (Float(8), "1e3", 1000.0),
        (ByteString(), "0x0102", b"\1\2"),
        (ByteArray(2), [1, 2], b"\1\2"),
        (ADDRESS, bytes(range(32)), KEY),
        (SIDE, "buy", "Buy"),
        (structure(mintTo=U8), {"mint_to": 1}, {"mintTo": 1}),
        (structure(a=Option(U8)), {}, {"a": None}),
    ],
)
def test_other_forms_that_are_taken(layout: Layout, text: Any, value: Any) -> None:
    assert layout.read(ValueReader(layout.write(text, "a"))) == value


@pytest.mark.parametrize(
    ("layout", "value", "message"),
    [
        (U8, 256, "argument a: expected u8, got 256"),
        (U8, -1, "argument a: expected u8, got -1"),
        (U8, "five", "argument a: expected u8, got 'five'"),
        (U8, True, "argument a: expected u8, got True"),
        (U8, 1.0, "argument a: expected u8, got 1.0"),
        (Float(4), 1e300, "argument a: expected f32, got 1e+300"),
        (Float(4), None, "argument a: expected f32, got None"),
        (BOOLEAN, 1, "argument a: expected bool, got 1"),
        (Text(), 5, "argument a: expected string, got 5"),
        (Text(), "\ud800", "argument a: expected string, got '\\ud800'"),
        (ByteString(), "xy", "argument a: expected bytes in hexadecimal or as a list of numbers, got 'xy'"),
        (
            ByteString(),
            [256],
            "argument a: expected bytes in hexadecimal or as a list of numbers, got [256]",
        ),
        (ByteArray(2), b"\1", "argument a: expected 2 bytes, got 1"),
        (ADDRESS, "me", "argument a: expected a base58 address of 32 bytes, got 2 bytes in 'me'"),
        (ADDRESS, 5, "argument a: expected pubkey, got 5"),
        (Option(U8), 300, "argument a: expected u8, got 300"),
        (List(U8), 5, "argument a: expected vec<u8>, got 5"),
        (List(U8), [1, 300], "argument a[1]: expected u8, got 300"),
        (Array(U16, 2), [1], "argument a: expected [u16; 2], got [1]"),
        (Tuple((U8, U8)), [1], "argument a: expected (u8, u8), got [1]"),
        (structure("Point", x=U8), 5, "argument a: expected Point, got 5"),
        (structure("Point", x=U8), {}, "argument a: x is missing, expected u8"),
        (structure("Point", x=U8), {"x": 1, "y": 2}, "argument a: unknown field 'y', expected x: u8"),
        (structure("Point", x=U8), {"y": 2}, "argument a: unknown field 'y', expected x: u8"),
        (structure("Point", xy=U8), {"xy": 1, "x_y": 2}, "argument a: x_y is given twice"),
        (SIDE, "Up", "argument a: expected one of Buy, Sell, Limit, Pair, got 'Up'"),
        (SIDE, {"Limit": {"price": -1}}, "argument a.Limit.price: expected u64, got -1"),
        (SIDE, "Limit", "argument a.Limit: price is missing, expected u64"),
    ],
)
def test_refused_values(layout: Layout, value: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        layout.write(value, "argument a")
    assert str(error.value) == message


def test_types_that_are_only_read() -> None:
    with pytest.raises(UnsupportedError) as error:
        Unreadable("hashMap<u8, u8>").write({}, "argument a")
    assert str(error.value) == "argument a: the type hashMap<u8, u8> of an IDL is not supported"


def test_a_value_that_is_nested_too_deeply() -> None:
    value: Any = None
    for _ in range(50):
        value = {"value": 1, "next": value}
    with pytest.raises(InputError) as error:
        TYPES["Node"].write(value, "node")
    assert str(error.value).endswith(": nested too deeply")


@pytest.mark.parametrize(
    ("layout", "digits"),
    [
        (U16, "01"),
        (BOOLEAN, "02"),
        (Text(), "01000000ff"),
        (Text(), "ffffffff"),
        (ByteString(8), "ffffffffffffffff"),
        (Option(U8), "0201"),
        (List(Struct()), "ffffffff"),
        (SIDE, "04"),
        (structure(a=U8, b=Gap(5)), "0100"),
        (structure(a=U64, b=Gap(5)), "01" * 9),
        (Unreadable("x"), "01"),
        (Named("Node", TYPES), "0101" * 100),
        (Extensions((("Fee", U64),)), "0100040001020304"),
    ],
)
def test_bytes_that_are_no_value(layout: Layout, digits: str) -> None:
    with pytest.raises(InstructionFailure):
        layout.read(ValueReader(bytes.fromhex(digits)))


def test_extensions() -> None:
    known = Extensions((("Fee", U16), ("Empty", Struct())))
    content = bytes.fromhex("0100 0200 05000200 00000900 0100 070000 0000 0000")
    assert known.read(ValueReader(content)) == {"Fee": 5, "Empty": {}, "extension 9": b"\7"}


def test_numbers_that_json_does_not_have() -> None:
    assert Float(4).read(ValueReader(bytes.fromhex("0000807f"))) == "inf"
    assert Float(4).read(ValueReader(bytes.fromhex("0000c07f"))) == "nan"


@given(content=some.binary(max_size=80))
def test_reading_any_bytes(content: bytes) -> None:
    for layout, _, _ in WRITTEN:
        reader = ValueReader(content)
        try:
            layout.read(reader)
        except InstructionFailure:
            continue
        assert reader.left >= 0
