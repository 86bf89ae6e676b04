"""Accounts in a JSON document, in two shapes.

The plain shape has the state beside the key: {"key", "owner", "lamports", "data", "executable"}. The shape of
`solana account --output json` has the state in an object: {"pubkey", "account": {"lamports", "data", "owner",
"executable", "rentEpoch", "space"}}. `rentEpoch` and `space` are ignored. Both can have the flags that an
instruction gives an account, `is_signer` and `is_writable`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from solproof.formats.json_fields import (
    in_base64,
    read_address,
    read_boolean,
    read_bytes,
    read_integer,
    read_object,
    read_required,
)
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


def read_account_element(element: Any, path: str) -> AccountElement:
    """An element of an array of accounts. Raises `InputError` with the path of the invalid field."""
    is_dump = isinstance(element, dict) and "account" in element
    fields = read_object(element, path, DUMP_FIELDS if is_dump else ACCOUNT_FIELDS)
    name = "pubkey" if is_dump else "key"
    key = read_address(read_required(fields, name, f"{path}.{name}"), f"{path}.{name}")
    state, state_path = fields, path
    if is_dump:
        state_path = f"{path}.account"
        state = read_object(fields["account"], state_path, DUMPED_ACCOUNT_FIELDS)
    is_signer, is_writable = (
        read_boolean(fields.get(flag, False), f"{path}.{flag}") for flag in ("is_signer", "is_writable")
    )
    return AccountElement(key, is_signer, is_writable, state, state_path)


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
