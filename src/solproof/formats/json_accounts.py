"""Accounts in a JSON document or in a file of their own, in two shapes.

The plain shape has the state beside the key: {"key", "owner", "lamports", "data", "executable"}. The shape of
`solana account --output json` has the state in an object: {"pubkey", "account": {"lamports", "data", "owner",
"executable", "rentEpoch", "space"}}. `rentEpoch` and `space` are ignored. Both can have the flags that an
instruction gives an account, `is_signer` and `is_writable`.

In a document, the name of a file can stand in place of an element or of its object `account`. The file has
one of the two shapes, or only the object `account`, as the response of `getAccountInfo` has it. It can also
be a key pair of `solana-keygen`, which stands for its public key and has no state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from solproof.errors import InputError
from solproof.formats.json_fields import (
    decode_json,
    expected,
    in_base64,
    is_keypair,
    keypair_address,
    read_address,
    read_boolean,
    read_bytes,
    read_integer,
    read_object,
    read_required,
)
from solproof.host.files import read_file
from solproof.runtime.accounts import MAXIMUM_DATA_LENGTH, MAXIMUM_LAMPORTS, Account, address_text

ACCOUNT_FIELDS = ("key", "owner", "is_signer", "is_writable", "lamports", "data", "executable")
DUMP_FIELDS = ("pubkey", "account", "is_signer", "is_writable")
DUMPED_ACCOUNT_FIELDS = ("lamports", "data", "owner", "executable", "rentEpoch", "space")
RENT_EPOCH = 2**64 - 1
"""The rent epoch of every rent-exempt account, as `solana account` prints it."""


@dataclass(frozen=True, slots=True)
class AccountElement:
    """An account of a document: its key, its flags, and the fields of its state, which are not read yet.

    path: where the fields of the state are, for errors.
    """

    key: bytes
    is_signer: bool
    is_writable: bool
    state: dict[str, Any]
    path: str

    def account(self, known: Account | None = None, required: tuple[str, ...] = ("owner",)) -> Account:
        """The account. A field that is left out is as in the `known` account.

        Without a known account, the `required` fields must be there, and others are 0, empty or false.
        Raises `InputError` with the path of the invalid field.
        """
        if known is None:
            for name in required:
                read_required(self.state, name, f"{self.path}.{name}")
            known = Account(self.key, self.key, 0, b"")
        owner, lamports, data, executable = known.owner, known.lamports, known.data, known.executable
        if "owner" in self.state:
            owner = read_address(self.state["owner"], f"{self.path}.owner")
        if "lamports" in self.state:
            lamports = read_integer(self.state["lamports"], f"{self.path}.lamports", MAXIMUM_LAMPORTS)
        if "data" in self.state:
            data = read_bytes(self.state["data"], f"{self.path}.data", MAXIMUM_DATA_LENGTH)
        if "executable" in self.state:
            executable = read_boolean(self.state["executable"], f"{self.path}.executable")
        return Account(self.key, owner, lamports, data, executable)


def read_account_element(element: Any, path: str, directory: Path) -> AccountElement:
    """An element of an array of accounts. Raises `InputError` with the path of the invalid field.

    directory: where the relative paths of files start.
    """
    if isinstance(element, str):
        element = {"account": element}
    is_dump = isinstance(element, dict) and "account" in element
    fields = read_object(element, path, DUMP_FIELDS if is_dump else ACCOUNT_FIELDS)
    is_signer, is_writable = (
        read_boolean(fields.get(flag, False), f"{path}.{flag}") for flag in ("is_signer", "is_writable")
    )
    if is_dump and isinstance(fields["account"], str):
        key = read_address(fields["pubkey"], f"{path}.pubkey") if "pubkey" in fields else None
        read = read_account_file(directory / fields["account"], f"{path}.account", key)
        return replace(read, is_signer=is_signer, is_writable=is_writable)
    name = "pubkey" if is_dump else "key"
    key = read_address(read_required(fields, name, f"{path}.{name}"), f"{path}.{name}")
    state, state_path = fields, path
    if is_dump:
        state_path = f"{path}.account"
        state = read_object(fields["account"], state_path, DUMPED_ACCOUNT_FIELDS)
    return AccountElement(key, is_signer, is_writable, state, state_path)


def read_account_file(path: Path, what: str, key: bytes | None = None) -> AccountElement:
    """The account in a file, or the public key in the file of a key pair.

    what: the role of the file, for errors. key: the address of the account, if it is not the one in the file.

    Raises `InputError`, which names the file, also if the file has no address and no `key` is given.
    """
    try:
        content = read_file(path, what)
    except ValueError:  # a name with a zero, which no file has
        raise expected(what, "the name of a file", str(path)) from None
    return read_account_text(content, f"{what} {path}", key)


def read_account_text(content: bytes, place: str, key: bytes | None = None) -> AccountElement:
    """As `read_account_file`, from the content of the file, which is at a `place`."""
    value = decode_json(content, place)
    if is_keypair(value):
        return AccountElement(key or keypair_address(value, place), False, False, {}, place)
    if isinstance(value, dict) and "result" in value:
        value = value["result"]
    if isinstance(value, dict) and "value" in value:
        value = value["value"]
    if value is None:
        raise InputError(f"{place}: the response has no account, because the account does not exist")
    if not isinstance(value, dict):
        raise expected(place, "an account as `solana account --output json` prints it, or a key pair", value)
    if "account" in value:
        state = read_object(value["account"], f"{place}: account", DUMPED_ACCOUNT_FIELDS)
        name, own = "pubkey", read_object(value, place, DUMP_FIELDS)
        place = f"{place}: account"
    else:
        name, state = (
            "key",
            read_object(value, place, tuple(dict.fromkeys((*ACCOUNT_FIELDS, *DUMPED_ACCOUNT_FIELDS)))),
        )
        own = state
    if key is None:
        if name not in own:
            raise InputError(f"{place}: has no address, expected one beside the file as well")
        key = read_address(own[name], f"{place}: {name}")
    return AccountElement(key, False, False, state, place)


def dumped(account: Account) -> dict[str, Any]:
    """An account as `solana account --output json` prints it."""
    return {
        "pubkey": address_text(account.key),
        "account": {
            "lamports": account.lamports,
            "data": in_base64(account.data),
            "owner": address_text(account.owner),
            "executable": account.executable,
            "rentEpoch": RENT_EPOCH,
            "space": len(account.data),
        },
    }
