"""`vectors/serialization.json`: instructions, and the input region of each loader."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator

from solproof.cli.terminal.show import account_fields
from solproof.runtime.accounts import Account, InstructionAccount, address_text
from solproof.runtime.execution_input import Loader
from solproof.runtime.serialization import serialize
from tests.support.accounts import KEY, OTHER, OWNER, random_account
from tests.support.syscall_harness import PROGRAM
from tests.vectors.encoding import Fields, base64_text, document, word_text

SEEDS = 12


def scenes() -> Iterator[tuple[str, tuple[InstructionAccount, ...], bytes]]:
    """Accounts and instruction data, by name."""
    yield "nothing", (), b""
    one = InstructionAccount(Account(KEY, OWNER, 7, b"abc", executable=True), is_signer=True)
    two = InstructionAccount(Account(OTHER, OWNER, 2**64 - 1, b""), is_writable=True)
    yield "an account and its duplicate", (one, two, one), b"hello"
    for length in range(1, 9):
        yield f"{length} bytes of data", (), bytes(range(length))
        entry = InstructionAccount(Account(KEY, OWNER, 1, bytes(range(length))), is_writable=True)
        yield f"an account of {length} bytes", (entry,), b""
    for seed in range(SEEDS):
        source = random.Random(seed)
        distinct = [random_account(source) for _ in range(source.randrange(1, 5))]
        accounts = [*distinct, *source.choices(distinct, k=source.randrange(3))]
        source.shuffle(accounts)
        yield f"random accounts, {seed}", tuple(accounts), source.randbytes(source.randrange(60))


def serialization_vectors() -> str:
    """The content of the file."""
    return document(
        {
            "program_id": address_text(PROGRAM),
            "cases": [_fields(name, accounts, data) for name, accounts, data in scenes()],
        }
    )


def region_fields(accounts: tuple[InstructionAccount, ...], data: bytes, loader: Loader) -> Fields:
    """The input region of an instruction for one loader."""
    serialized = serialize(accounts, data, PROGRAM, loader)
    return {
        "length": len(serialized.region),
        "sha256": hashlib.sha256(serialized.region).hexdigest(),
        "instruction_data_address": word_text(serialized.instruction_data_address),
        "records": list(serialized.records),
    }


def _fields(name: str, accounts: tuple[InstructionAccount, ...], data: bytes) -> Fields:
    return {
        "name": name,
        "accounts": [
            {
                **account_fields(entry.account),
                "lamports": word_text(entry.account.lamports),
                "is_signer": entry.is_signer,
                "is_writable": entry.is_writable,
            }
            for entry in accounts
        ],
        "instruction_data": base64_text(data),
        "regions": {loader.name: region_fields(accounts, data, loader) for loader in Loader},
    }
