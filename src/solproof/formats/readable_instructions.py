"""Instructions that a message can give by name and fields: those of the system and compute budget programs.

`LAYOUTS` has, for each instruction, its tag, its accounts in order, and the fields of its data in order. A
field that is both, such as the base of a seed, is listed in both.

Source: solana-system-interface 3 and solana-compute-budget-interface 3 (instruction.rs).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, NamedTuple

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.formats.json_fields import (
    expected,
    read_address,
    read_integer,
    read_object,
    read_required,
    read_text,
)
from solproof.runtime.cluster_accounts import BUILTIN_PROGRAMS
from solproof.runtime.sysvars import ADDRESSES, RECENT_BLOCKHASHES


class Listed(NamedTuple):
    """An account of an instruction: the field with its address, or the address itself, and its flags."""

    field: str | bytes
    is_signer: bool = False
    is_writable: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """An instruction. The kinds of its data's fields are the keys of `WRITERS`."""

    tag: int
    accounts: tuple[Listed, ...] = ()
    data: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields, each once: first those of the accounts, then those of the data."""
        names = [listed.field for listed in self.accounts if isinstance(listed.field, str)]
        return tuple(dict.fromkeys([*names, *(name for name, _ in self.data)]))


def _pays(field: str) -> Listed:
    return Listed(field, is_signer=True, is_writable=True)


def _signs(field: str) -> Listed:
    return Listed(field, is_signer=True)


def _changes(field: str) -> Listed:
    return Listed(field, is_writable=True)


_BLOCKHASHES, _RENT = Listed(RECENT_BLOCKHASHES), Listed(ADDRESSES["rent"])
_LAMPORTS, _SPACE, _SEED = ("lamports", "u64"), ("space", "u64"), ("seed", "text")
_OWNER, _BASE = ("owner", "address"), ("base", "address")

LAYOUTS: dict[str, dict[str, Layout]] = {
    "system": {
        "CreateAccount": Layout(0, (_pays("from"), _pays("to")), (_LAMPORTS, _SPACE, _OWNER)),
        "Assign": Layout(1, (_pays("account"),), (_OWNER,)),
        "Transfer": Layout(2, (_pays("from"), _changes("to")), (_LAMPORTS,)),
        "CreateAccountWithSeed": Layout(
            3, (_pays("from"), _changes("to"), _signs("base")), (_BASE, _SEED, _LAMPORTS, _SPACE, _OWNER)
        ),
        "AdvanceNonceAccount": Layout(4, (_changes("nonce"), _BLOCKHASHES, _signs("authority"))),
        "WithdrawNonceAccount": Layout(
            5, (_changes("nonce"), _changes("to"), _BLOCKHASHES, _RENT, _signs("authority")), (_LAMPORTS,)
        ),
        "InitializeNonceAccount": Layout(
            6, (_changes("nonce"), _BLOCKHASHES, _RENT), (("authority", "address"),)
        ),
        "AuthorizeNonceAccount": Layout(
            7, (_changes("nonce"), _signs("authority")), (("new_authority", "address"),)
        ),
        "Allocate": Layout(8, (_pays("account"),), (_SPACE,)),
        "AllocateWithSeed": Layout(9, (_changes("account"), _signs("base")), (_BASE, _SEED, _SPACE, _OWNER)),
        "AssignWithSeed": Layout(10, (_changes("account"), _signs("base")), (_BASE, _SEED, _OWNER)),
        "TransferWithSeed": Layout(
            11, (_changes("from"), _signs("base"), _changes("to")), (_LAMPORTS, _SEED, _OWNER)
        ),
        "UpgradeNonceAccount": Layout(12, (_changes("nonce"),)),
        "CreateAccountAllowPrefund": Layout(13, (_pays("to"), _pays("from")), (_LAMPORTS, _SPACE, _OWNER)),
    },
    "compute_budget": {
        "RequestHeapFrame": Layout(1, (), (("bytes", "u32"),)),
        "SetComputeUnitLimit": Layout(2, (), (("units", "u32"),)),
        "SetComputeUnitPrice": Layout(3, (), (("micro_lamports", "u64"),)),
        "SetLoadedAccountsDataSizeLimit": Layout(4, (), (("bytes", "u32"),)),
    },
}
"""The instructions by program and name."""

TAG_BYTES = {"system": 4, "compute_budget": 1}
MAXIMUM_SEED_CHARACTERS = 1_024
"""Characters of a seed. The program itself refuses a seed of more than 32 bytes."""


def _u32(value: Any, path: str) -> bytes:
    return struct.pack("<I", read_integer(value, path, 2**32 - 1))


def _u64(value: Any, path: str) -> bytes:
    return struct.pack("<Q", read_integer(value, path, 2**64 - 1))


def _text(value: Any, path: str) -> bytes:
    text = read_text(value, path)
    if len(text) > MAXIMUM_SEED_CHARACTERS:
        raise InputError(f"{path}: expected at most {MAXIMUM_SEED_CHARACTERS} characters, got {len(text)}")
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError:
        raise expected(path, "text in Unicode", text) from None
    return struct.pack("<Q", len(content)) + content


WRITERS = {"address": read_address, "u32": _u32, "u64": _u64, "text": _text}
"""How a field of the data is written, by its kind."""


def readable_instruction(described: dict[str, Any], path: str) -> Instruction:
    """The instruction with a name, {"program", "instruction", ...fields}.

    Raises `InputError` with the path of the invalid field.
    """
    program = read_required(described, "program", f"{path}.program")
    if not isinstance(program, str) or program not in LAYOUTS:
        raise expected(f"{path}.program", " or ".join(f'"{name}"' for name in LAYOUTS), program)
    name = described["instruction"]
    if not isinstance(name, str) or name not in LAYOUTS[program]:
        raise expected(f"{path}.instruction", " or ".join(f'"{known}"' for known in LAYOUTS[program]), name)
    layout = LAYOUTS[program][name]
    read_object(described, path, ("program", "instruction", *layout.fields))
    values = {field: read_required(described, field, f"{path}.{field}") for field in layout.fields}
    metas = [
        AccountMeta(
            Pubkey(
                read_address(values[listed.field], f"{path}.{listed.field}")
                if isinstance(listed.field, str)
                else listed.field
            ),
            listed.is_signer,
            listed.is_writable,
        )
        for listed in layout.accounts
    ]
    data = layout.tag.to_bytes(TAG_BYTES[program], "little")
    data += b"".join(WRITERS[kind](values[field], f"{path}.{field}") for field, kind in layout.data)
    return Instruction(Pubkey(BUILTIN_PROGRAMS[program][0]), data, metas)
