"""The two formats of an Anchor IDL give the same interface, and what is not valid is refused."""

from __future__ import annotations

import json
import pickle
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from solproof.errors import InputError
from solproof.formats.idl import interface_from_idl
from solproof.interfaces.interface import ErrorType, Interface, Role
from solproof.runtime.accounts import address_text
from tests.support.idl_examples import ADDRESS, NEW, OLD, mark

BOTH = pytest.mark.parametrize("idl", [OLD, NEW], ids=["old", "new"])
KEY = bytes([7]) * 32


def changed(idl: dict[str, Any], value: Any, *path: str | int) -> dict[str, Any]:
    """An IDL with another value in one place."""
    document = deepcopy(idl)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


def type_of(described: Any, *definitions: dict[str, Any]) -> Interface:
    """The interface of a program with one account, `A`, with one field, `value`."""
    body = {"kind": "struct", "fields": [{"name": "value", "type": described}]}
    return interface_from_idl(
        {
            "metadata": {"name": "p"},
            "instructions": [],
            "accounts": [{"name": "A", "discriminator": []}],
            "types": [{"name": "A", "type": body}, *definitions],
        }
    )


def value_of(interface: Interface, digits: str) -> Any:
    decoded = interface.decode_account(bytes.fromhex(digits))
    return None if decoded is None else decoded.values["value"]


@BOTH
def test_names_address_and_errors(idl: dict[str, Any]) -> None:
    interface = interface_from_idl(idl)
    assert (interface.name, interface.addresses, interface.anchor) == ("jar", (ADDRESS,), True)
    assert interface.errors == {6000: ErrorType("JarIsFull", "The jar is full"), 6001: ErrorType("NotYours")}


@BOTH
def test_an_instruction(idl: dict[str, Any]) -> None:
    put = interface_from_idl(idl).instruction("put_coins")
    assert put.accounts == (
        Role("jar", is_writable=True),
        Role("people.owner", is_signer=True),
        Role("people.friend", optional=True),
    )
    data = put.encode({"amount": 5, "kind": {"Silver": {"year": 1999}}})
    assert data == bytes([*mark("global:put_coins"), 5, *bytes(7), 1, 0xCF, 7, 0])
    decoded = interface_from_idl(idl).decode_instruction(data, [KEY, KEY])
    assert decoded is not None
    assert decoded.values == {"amount": 5, "kind": {"Silver": {"year": 1999}}, "note": None}
    assert decoded.accounts == (("jar", KEY), ("people.owner", KEY))
    with pytest.raises(InputError) as error:
        put.encode({"amount": 5, "kind": {"Gold": [300, True]}})
    assert str(error.value) == "argument kind.Gold[0]: expected u8, got 300"


def test_discriminators() -> None:
    assert interface_from_idl(OLD).instruction("open").encode({}) == bytes(mark("global:open"))
    assert interface_from_idl(NEW).instruction("open").encode({}) == b"\1"


@BOTH
def test_an_account(idl: dict[str, Any]) -> None:
    interface = interface_from_idl(idl)
    coins = bytes([2, 0, 0, 0, 0, 9, *bytes(7), 2, 4, 1, 8, *bytes(7)])
    data = bytes(mark("account:Jar")) + KEY + coins + bytes([10, 0, 0, 0])
    decoded = interface.decode_account(data + bytes(100))
    assert decoded is not None
    assert (decoded.name, decoded.values) == (
        "Jar",
        {
            "owner": address_text(KEY),
            "coins": [{"kind": "Copper", "amount": 9}, {"kind": {"Gold": [4, True]}, "amount": 8}],
            "limit": 10,
        },
    )
    assert interface.decode_account(data[:-1]) is None
    assert interface.decode_account(bytes(8) + data[8:]) is None


@BOTH
def test_an_event(idl: dict[str, Any]) -> None:
    decoded = interface_from_idl(idl).decode_event(bytes([*mark("event:CoinsPut"), 3, *bytes(7), 0]))
    assert decoded is not None
    assert decoded.text() == "CoinsPut amount=3 kind=Copper"


@BOTH
def test_an_interface_is_a_value(idl: dict[str, Any]) -> None:
    interface = interface_from_idl(idl)
    assert pickle.loads(pickle.dumps(interface)) == interface == interface_from_idl(idl)


def test_forms_of_the_source(tmp_path: Path) -> None:
    path = tmp_path / "jar.json"
    path.write_text(json.dumps(NEW), encoding="utf-8")
    interfaces = [interface_from_idl(idl) for idl in (NEW, json.dumps(NEW).encode(), path, str(path))]
    assert [interface.name for interface in interfaces] == ["jar"] * 4
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError) as error:
        interface_from_idl(path)
    expected = "expected the IDL of an Anchor program, with its instructions"
    assert str(error.value) == f"IDL {path}: {expected}"


TYPES: list[tuple[Any, str, Any]] = [
    ("bool", "01", True),
    ("u128", "01" + "00" * 15, 1),
    ("i256", "ff" * 32, -1),
    ("f64", "000000000000f03f", 1.0),
    ("bytes", "020000000102", b"\1\2"),
    ({"vec": "u8"}, "020000000102", b"\1\2"),
    ({"array": ["u8", 2]}, "0102", b"\1\2"),
    ({"array": ["u16", 2]}, "01000200", [1, 2]),
    ({"option": {"vec": "bool"}}, "010100000001", [True]),
    ({"coption": "u16"}, "000000000500", None),
    ({"coption": "u16"}, "010000000500", 5),
    ({"coption": "bool"}, "0100000001", True),
    ({"tuple": ["u8", "string"]}, "01010000006e", [1, "n"]),
    ("u7", "01", None),
    ({"hashMap": ["u8", "u8"]}, "00000000", None),
    ({"coption": "string"}, "00000000", None),
]


@pytest.mark.parametrize(("described", "digits", "value"), TYPES)
def test_types(described: Any, digits: str, value: Any) -> None:
    assert value_of(type_of(described), digits) == value


def test_a_generic_type() -> None:
    pair = {
        "name": "Pair",
        "generics": [{"kind": "type", "name": "T"}, {"kind": "const", "name": "N", "type": "usize"}],
        "type": {
            "kind": "struct",
            "fields": [
                {"name": "first", "type": {"generic": "T"}},
                {"name": "rest", "type": {"array": [{"generic": "T"}, {"generic": "N"}]}},
            ],
        },
    }
    outer = {
        "name": "Outer",
        "generics": [{"kind": "const", "name": "M", "type": "usize"}],
        "type": {
            "kind": "type",
            "alias": {
                "defined": {
                    "name": "Pair",
                    "generics": [{"kind": "type", "type": "u16"}, {"kind": "const", "value": "M"}],
                }
            },
        },
    }
    used = {"defined": {"name": "Outer", "generics": [{"kind": "const", "value": "2"}]}}
    assert value_of(type_of(used, pair, outer), "010002000300") == {"first": 1, "rest": [2, 3]}


def test_types_that_contain_themselves() -> None:
    tree = {
        "name": "Tree",
        "type": {"kind": "struct", "fields": [{"name": "of", "type": {"vec": {"defined": "Tree"}}}]},
    }
    assert value_of(type_of({"defined": "Tree"}, tree), "0100000000000000") == {"of": [{"of": []}]}
    assert value_of(type_of({"defined": "Tree"}, tree), "01000000" * 100 + "00000000") is None
    loop = {"name": "Loop", "type": {"kind": "type", "alias": {"defined": "Loop"}}}
    assert value_of(type_of({"defined": "Loop"}, loop), "01") is None


@pytest.mark.parametrize(
    ("more", "value"),
    [
        ({}, {"a": 1, "b": 2}),
        ({"serialization": "bytemuck"}, {"a": 1, "b": 2}),
        ({"serialization": "bytemuckunsafe", "repr": {"packed": True}}, {"a": 1, "b": 2}),
        ({"serialization": "bytemuckunsafe"}, None),
        ({"serialization": {"custom": "mine"}}, None),
    ],
)
def test_how_accounts_are_serialized(more: dict[str, Any], value: Any) -> None:
    fields = [{"name": "a", "type": "u8"}, {"name": "b", "type": "u16"}]
    account = {"name": "Z", "type": {"kind": "struct", "fields": fields}, **more}
    assert value_of(type_of({"defined": {"name": "Z"}}, account), "010200") == value


FIELDS = ("accounts", 0, "type", "fields")
REFUSED: list[tuple[dict[str, Any] | bytes, str]] = [
    (b"{", "idl: not JSON at line 1, column 2: Expecting property name enclosed in double quotes"),
    (b"[]", "idl: expected the IDL of an Anchor program, with its instructions"),
    ({"kind": "rootNode"}, "idl: expected the IDL of an Anchor program, with its instructions"),
    (
        changed(OLD, {"origin": "shank"}, "metadata"),
        "idl: this is an IDL of Shank, expected one of Anchor",
    ),
    (changed(OLD, 5, "name"), "name: expected a text, got 5"),
    (changed(NEW, "me", "address"), "address: expected a base58 address of 32 bytes, got 2 bytes in 'me'"),
    (changed(OLD, [5], "instructions"), "instructions[0]: expected an object, got 5"),
    (changed(OLD, [{}], "instructions"), "instructions[0].name: missing"),
    (
        changed(NEW, [256], "instructions", 1, "discriminator"),
        "instructions[1].discriminator[0]: expected an integer from 0 to 255, got 256",
    ),
    (
        changed(NEW, 1, "instructions", 0, "accounts", 0, "writable"),
        "instructions[0].accounts[0].writable: expected true or false, got 1",
    ),
    (
        changed(OLD, {"a": 1, "b": 2}, "instructions", 0, "args", 0, "type"),
        'instructions[0].args[0].type: expected a type, got {"a": 1, "b": 2}',
    ),
    (
        changed(OLD, {"defined": "Nothing"}, *FIELDS, 0, "type"),
        'accounts[0].type.fields[0].type.defined: expected a type that the IDL defines, got "Nothing"',
    ),
    (
        changed(OLD, {"generic": "T"}, *FIELDS, 0, "type"),
        'accounts[0].type.fields[0].type.generic: expected a type parameter of the definition, got "T"',
    ),
    (
        changed(OLD, {"array": ["u8"]}, *FIELDS, 0, "type"),
        'accounts[0].type.fields[0].type.array: expected a type and a length, got ["u8"]',
    ),
    (
        changed(OLD, {"array": ["u8", -1]}, *FIELDS, 0, "type"),
        "accounts[0].type.fields[0].type.array[1]: expected an integer from 0 to 10485760, got -1",
    ),
    (
        changed(OLD, "union", "types", 0, "type", "kind"),
        'types[0].type.kind: expected "struct", "enum" or "type", got "union"',
    ),
    (
        changed(OLD, -1, "errors", 0, "code"),
        "errors[0].code: expected an integer from 0 to 4294967295, got -1",
    ),
    (changed(NEW, NEW["types"][1:], "types"), 'accounts[0]: expected a type that the IDL defines, got "Jar"'),
]


@pytest.mark.parametrize(("idl", "message"), REFUSED)
def test_refused(idl: dict[str, Any] | bytes, message: str) -> None:
    with pytest.raises(InputError) as error:
        interface_from_idl(idl)
    assert str(error.value) == message


def test_types_that_are_nested_too_deeply() -> None:
    described: Any = "u8"
    for _ in range(100):
        described = {"option": described}
    with pytest.raises(InputError) as error:
        type_of(described)
    assert str(error.value).endswith(": types are nested too deeply")
    growing = {
        "name": "G",
        "generics": [{"kind": "type", "name": "T"}],
        "type": {
            "kind": "type",
            "alias": {
                "defined": {"name": "G", "generics": [{"kind": "type", "type": {"vec": {"generic": "T"}}}]}
            },
        },
    }
    with pytest.raises(InputError) as error:
        type_of({"defined": {"name": "G", "generics": [{"kind": "type", "type": "u8"}]}}, growing)
    assert str(error.value).endswith(": types are nested too deeply")
