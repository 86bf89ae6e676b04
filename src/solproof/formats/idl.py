"""The interface of a program from its Anchor IDL, in the format up to Anchor 0.29 and in that since 0.30.

The later format has the address of the program and every discriminator. In the earlier one, discriminators
follow from the names, and an address is in `metadata`, if anywhere. docs/interfaces.md has the details.
Source: anchor-lang-idl-spec 0.1 (lib.rs), anchor-syn 0.29 (idl/types.rs).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from solproof.errors import InputError
from solproof.formats.idl_types import MOST_ELEMENTS, IdlTypes
from solproof.formats.json_fields import (
    decode_json,
    expected,
    read_address,
    read_array,
    read_boolean,
    read_integer,
    read_required,
    read_text,
)
from solproof.host.files import read_file
from solproof.interfaces.anchor import account_discriminator, event_discriminator, instruction_discriminator
from solproof.interfaces.interface import (
    AccountType,
    ErrorType,
    EventType,
    InstructionType,
    Interface,
    Role,
)

LARGEST_ERROR = 2**32 - 1
Items = Iterator[tuple[str, str, dict[str, Any]]]


def interface_from_idl(idl: bytes | str | os.PathLike[str] | Mapping[str, Any]) -> Interface:
    """The interface of a program from its Anchor IDL.

    idl: bytes are the content of a file, a dictionary is its JSON, and anything else is a path.
    Raises `InputError` with the path of what is not valid.
    """
    if isinstance(idl, Mapping):
        return parse_idl(json.dumps(idl))
    if isinstance(idl, bytes):
        return parse_idl(idl)
    path = Path(idl)
    try:
        return parse_idl(read_file(path, "IDL"))
    except InputError as error:
        raise InputError(f"IDL {path}: {str(error).removeprefix('idl: ')}") from None


def parse_idl(text: str | bytes) -> Interface:
    """The interface that the JSON of an Anchor IDL describes. Raises `InputError`."""
    document = decode_json(text, "idl")
    if not isinstance(document, dict) or not isinstance(document.get("instructions"), list):
        raise InputError("idl: expected the IDL of an Anchor program, with its instructions")
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    if metadata.get("origin") == "shank":
        raise InputError("idl: this is an IDL of Shank, expected one of Anchor")
    address = document.get("address", metadata.get("address"))
    types = IdlTypes(_definitions(document))
    return Interface(
        read_text(document.get("name", metadata.get("name")), "name"),
        () if address is None else (read_address(address, "address"),),
        tuple(_instructions(document, types)),
        tuple(_accounts(document, types)),
        tuple(_events(document, types)),
        dict(_errors(document)),
        anchor=True,
    )


def _items(document: dict[str, Any], name: str, path: str = "") -> Items:
    """The elements of a list that have a name: the name, the path and the element."""
    place = f"{path}{name}"
    for index, item in enumerate(read_array(document.get(name, []), place, MOST_ELEMENTS)):
        inner = f"{place}[{index}]"
        if not isinstance(item, dict):
            raise expected(inner, "an object", item)
        yield read_text(read_required(item, "name", f"{inner}.name"), f"{inner}.name"), inner, item


def _definitions(document: dict[str, Any]) -> dict[str, tuple[dict[str, Any], str]]:
    """The defined types, among them those of accounts and events that have their fields beside them."""
    found: dict[str, tuple[dict[str, Any], str]] = {}
    for name, path, event in _items(document, "events"):
        if "fields" in event:
            found[name] = ({"type": {"kind": "struct", "fields": event["fields"]}}, path)
    for kind in ("accounts", "types"):
        found |= {name: (item, path) for name, path, item in _items(document, kind) if "type" in item}
    return found


def _instructions(document: dict[str, Any], types: IdlTypes) -> Iterator[InstructionType]:
    for name, path, item in _items(document, "instructions"):
        yield InstructionType(
            name,
            _discriminator(item, path, name, instruction_discriminator),
            types.fields(item.get("args", []), f"{path}.args", name),
            tuple(_roles(item, path)),
        )


def _roles(item: dict[str, Any], path: str, group: str = "") -> Iterator[Role]:
    """The accounts of an instruction. Those of a group have the name of the group in front of theirs."""
    for name, place, account in _items(item, "accounts", f"{path}."):
        if "accounts" in account:
            if group.count(".") > 8:
                raise InputError(f"{place}: groups of accounts are nested too deeply")
            yield from _roles(account, place, f"{group}{name}.")
            continue
        signer, writable, optional = (
            read_boolean(account.get(later, account.get(earlier, False)), f"{place}.{later}")
            for later, earlier in (
                ("signer", "isSigner"),
                ("writable", "isMut"),
                ("optional", "isOptional"),
            )
        )
        yield Role(f"{group}{name}", signer, writable, optional)


def _accounts(document: dict[str, Any], types: IdlTypes) -> Iterator[AccountType]:
    for name, path, item in _items(document, "accounts"):
        mark = _discriminator(item, path, name, account_discriminator)
        yield AccountType(name, types.defined(name, path), mark, skip=len(mark))


def _events(document: dict[str, Any], types: IdlTypes) -> Iterator[EventType]:
    for name, path, item in _items(document, "events"):
        mark = _discriminator(item, path, name, event_discriminator)
        yield EventType(name, mark, types.defined(name, path))


def _errors(document: dict[str, Any]) -> Iterator[tuple[int, ErrorType]]:
    for name, path, item in _items(document, "errors"):
        code = read_integer(read_required(item, "code", f"{path}.code"), f"{path}.code", LARGEST_ERROR)
        message = item.get("msg")
        yield code, ErrorType(name, "" if message is None else read_text(message, f"{path}.msg"))


def _discriminator(item: dict[str, Any], path: str, name: str, default: Callable[[str], bytes]) -> bytes:
    if "discriminator" not in item:
        return default(name)
    place = f"{path}.discriminator"
    numbers = read_array(item["discriminator"], place, 255)
    return bytes(read_integer(number, f"{place}[{index}]", 255) for index, number in enumerate(numbers))
