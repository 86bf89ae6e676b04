"""Arguments as texts of a command line."""

from __future__ import annotations

from typing import Any

import pytest

from solproof.errors import InputError
from solproof.formats.idl import interface_from_idl
from solproof.interfaces.arguments import arguments_from_texts, value_from_text
from solproof.interfaces.layouts import ADDRESS, BOOLEAN, U8, U64, ByteString, Layout, List, Option, Text
from tests.support.idl_examples import NEW


@pytest.mark.parametrize(
    ("layout", "text", "value"),
    [
        (U64, "5", "5"),
        (Text(), "5", "5"),
        (ADDRESS, "abc", "abc"),
        (BOOLEAN, "true", True),
        (BOOLEAN, "yes", "yes"),
        (Option(U64), "none", None),
        (Option(U64), "5", "5"),
        (List(U8), "[1, 2]", [1, 2]),
        (List(U8), "[1,", "[1,"),
        (ByteString(), "0x01", "0x01"),
        (ByteString(), "[1, 2]", [1, 2]),
    ],
)
def test_values(layout: Layout, text: str, value: Any) -> None:
    assert value_from_text(layout, text) == value


def test_arguments() -> None:
    put = interface_from_idl(NEW).instruction("putCoins")
    texts = ["amount=0x10", "kind=copper", "note=a=b"]
    assert put.encode(arguments_from_texts(put, texts))[8:] == b"\x10" + bytes(8) + b"\1\3\0\0\0a=b"
    silver = arguments_from_texts(put, ["amount=1", 'kind={"Silver": {"year": 3}}'])
    assert put.encode(silver)[16:] == b"\1\3\0\0"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["amount"], "argument 'amount': expected NAME=VALUE"),
        (["=5"], "argument '=5': expected NAME=VALUE"),
        (["amount=5", "Amount=6"], "argument Amount is given twice"),
        (["amount=5"], "instruction put_coins: kind is missing, expected CoinKind"),
        (["amount=five", "kind=Copper"], "argument amount: expected u64, got 'five'"),
        (["amount=5", "kind=Iron"], "argument kind: expected one of Copper, Silver, Gold, got 'Iron'"),
        (
            ["amount=5", "kind=Copper", "size=3"],
            "instruction put_coins: unknown field 'size', "
            "expected amount: u64, kind: CoinKind, note: option<string>",
        ),
    ],
)
def test_refused(texts: list[str], message: str) -> None:
    put = interface_from_idl(NEW).instruction("put_coins")
    with pytest.raises(InputError) as error:
        put.encode(arguments_from_texts(put, texts))
    assert str(error.value) == message
