"""The scene as JSON: a transaction and everything on the chain that it depends on.

    {"transaction": bytes, a readable message or a response of getTransaction, "accounts": [account, ...],
     "programs": {address: file}, "slot": u64, "blockhash": address or an array of them,
     "lamports_per_signature": u64, "verify_signatures": bool, "features": ..., "sysvars": ...,
     "epoch_stakes": ..., "notes": [text, ...]}

Only `transaction` must be there. docs/scene.md has the details, and scene.schema.json beside this module is
the schema. Anything unexpected raises `InputError` with the path of the field.
"""

from __future__ import annotations

import json
import os
from collections import ChainMap
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from solproof.errors import InputError
from solproof.formats.json_accounts import dumped, read_account_element
from solproof.formats.json_cluster import CLUSTER_FIELDS, described_environment, read_environment
from solproof.formats.json_fields import (
    decode_json,
    in_base64,
    read_array,
    read_boolean,
    read_hash,
    read_integer,
    read_object,
    read_required,
    read_text,
)
from solproof.formats.program_files import read_programs
from solproof.formats.transaction_response import is_response, read_response
from solproof.formats.transaction_text import (
    decoded_transaction,
    has_durable_nonce,
    is_unsigned,
    read_transaction,
)
from solproof.host.files import read_file
from solproof.runtime.accounts import MAXIMUM_LAMPORTS, Account, address_text
from solproof.runtime.environment import Environment
from solproof.runtime.sysvars import ADDRESSES, LITESVM_BLOCKHASH, Sysvars
from solproof.runtime.transaction.scene import (
    LAMPORTS_PER_SIGNATURE,
    MAXIMUM_BLOCKHASHES,
    MAXIMUM_SCENE_ACCOUNTS,
    Scene,
)

SCENE_FIELDS = (
    "transaction",
    "accounts",
    "programs",
    "slot",
    "blockhash",
    "lamports_per_signature",
    "verify_signatures",
    *CLUSTER_FIELDS,
    "notes",
)
MAXIMUM_NOTES = 10_000
LARGEST_SLOT = 2**64 - 1
LINES_SUFFIX = ".jsonl"


@dataclass(frozen=True, slots=True)
class _Before:
    """What a scene takes over from the scenes before it, if it does not have its own."""

    environment: Environment = field(default_factory=Environment)
    lamports_per_signature: int = LAMPORTS_PER_SIGNATURE
    accounts: dict[bytes, Account] = field(default_factory=dict)


def parse_scene(text: str | bytes, directory: str | os.PathLike[str] = ".") -> Scene:
    """The scene that a JSON text describes (docs/scene.md).

    directory: where the relative paths of `programs` start, usually the directory of the scene's file. Only
        files that `programs` names are read.

    Raises `InputError` with the path of the invalid field.
    """
    return _scene(text, Path(directory), _Before())


def format_scene(scene: Scene, notes: Iterable[str] = ()) -> str:
    """The JSON text of a scene, with one account per line, as `solana account --output json` prints it.

    Files of programs are not needed to read it, because the programs are among the accounts.

    notes: texts for people, which are no part of the scene.
    """
    blockhashes = [address_text(blockhash) for blockhash in scene.blockhashes]
    lines = [
        f'  "transaction": {json.dumps(in_base64(scene.transaction))}',
        f'  "accounts": {format_accounts(scene.accounts, "  ")}',
        f'  "blockhash": {json.dumps(blockhashes[0] if len(blockhashes) == 1 else blockhashes)}',
    ]
    if scene.lamports_per_signature != LAMPORTS_PER_SIGNATURE:
        lines.append(f'  "lamports_per_signature": {scene.lamports_per_signature}')
    if not scene.verify_signatures:
        lines.append('  "verify_signatures": false')
    for name, value in described_environment(scene.environment).items():
        lines.append(f'  "{name}": {json.dumps(value)}')
    listed = ",".join(f"\n    {json.dumps(note)}" for note in notes)
    if listed:
        lines.append(f'  "notes": [{listed}\n  ]')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def format_accounts(accounts: Iterable[Account], indentation: str = "") -> str:
    """A JSON array of accounts, which a scene can have as its `accounts`, with one account per line."""
    lines = ",".join(f"\n{indentation}  {json.dumps(dumped(account))}" for account in accounts)
    return f"[{lines}\n{indentation}]"


def read_scenes(path: Path) -> tuple[Scene, ...]:
    """The scenes of a sequence of transactions, at least one, in order.

    The features, sysvars, stakes, slot and fee that a scene leaves out are those of the scene before it. A
    readable message can use the lookup tables of all scenes before it.

    path: a directory, whose `*.json` files are read in the order of their names; a file of JSON lines
        (`.jsonl`), which has a scene in each line that is not blank; or the file of a single scene.

    Raises `InputError` with the name of the file, the number of the line, and the path of the invalid field.
    """
    scenes = _sequence(_texts(path), path if path.is_dir() else path.parent)
    if not scenes:
        raise InputError(f"{path}: expected at least one scene")
    return scenes


def parse_scenes(lines: bytes, name: str, directory: str | os.PathLike[str] = ".") -> tuple[Scene, ...]:
    """The scenes of a sequence, from JSON lines. Arguments and errors as in `read_scenes`.

    name: what the lines are, for errors. directory: where relative paths start.
    """
    scenes = _sequence(_lines(lines, name), Path(directory))
    if not scenes:
        raise InputError(f"{name}: expected at least one scene")
    return scenes


def _sequence(texts: Iterable[tuple[str, bytes]], directory: Path) -> tuple[Scene, ...]:
    scenes: list[Scene] = []
    accounts: dict[bytes, Account] = {}
    before = _Before()
    for where, text in texts:
        try:
            scene = _scene(text, directory, before)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        scenes.append(scene)
        for account in scene.accounts:
            accounts.setdefault(account.key, account)
        before = _Before(scene.environment, scene.lamports_per_signature, accounts)
    return tuple(scenes)


def _texts(path: Path) -> list[tuple[str, bytes]]:
    """The texts of a sequence, each with its place for errors."""
    if path.is_dir():
        files = sorted(path.glob("*.json"), key=lambda file: file.name)
        return [(file.name, read_file(file, "scene")) for file in files]
    content = read_file(path, "scene")
    if path.suffix != LINES_SUFFIX:
        return [(path.name, content)]
    return _lines(content, path.name)


def _lines(content: bytes, name: str) -> list[tuple[str, bytes]]:
    lines = enumerate(content.split(b"\n"), start=1)
    return [(f"{name}: line {number}", line) for number, line in lines if line.strip()]


def _scene(text: str | bytes, directory: Path, before: _Before) -> Scene:
    document = read_object(decode_json(text, "scene"), "scene", SCENE_FIELDS)
    given = read_required(document, "transaction", "transaction")
    if is_response(given):
        given = in_base64(read_response(given, "transaction").transaction)
    for index, note in enumerate(read_array(document.get("notes", []), "notes", MAXIMUM_NOTES)):
        read_text(note, f"notes[{index}]")
    listed = [
        read_account_element(element, f"accounts[{position}]", directory).account(
            required=("owner", "lamports")
        )
        for position, element in enumerate(
            read_array(document.get("accounts", []), "accounts", MAXIMUM_SCENE_ACCOUNTS)
        )
    ]
    accounts = read_programs(document.get("programs", {}), "programs", listed, directory)
    blockhashes = _blockhashes(document["blockhash"]) if "blockhash" in document else ()
    transaction = read_transaction(
        given,
        "transaction",
        ChainMap({account.key: account for account in accounts}, before.accounts),
        blockhashes[0] if blockhashes else LITESVM_BLOCKHASH,
    )
    return Scene(
        transaction,
        accounts,
        _environment(document, before.environment, accounts),
        blockhashes or (_default_blockhash(transaction),),
        read_integer(
            document.get("lamports_per_signature", before.lamports_per_signature),
            "lamports_per_signature",
            MAXIMUM_LAMPORTS,
        ),
        read_boolean(document.get("verify_signatures", not is_unsigned(given)), "verify_signatures"),
    )


def _blockhashes(value: Any) -> tuple[bytes, ...]:
    if not isinstance(value, list):
        return (read_hash(value, "blockhash"),)
    if not value:
        raise InputError("blockhash: expected a blockhash or an array of them, got []")
    listed = read_array(value, "blockhash", MAXIMUM_BLOCKHASHES)
    return tuple(read_hash(element, f"blockhash[{index}]") for index, element in enumerate(listed))


def _default_blockhash(content: bytes) -> bytes:
    """The message's own blockhash, so that it is valid. That of a durable nonce would never be valid."""
    transaction = decoded_transaction(content)
    assert transaction is not None
    if has_durable_nonce(transaction):
        return LITESVM_BLOCKHASH
    return bytes(transaction.message.recent_blockhash)


# THE ENVIRONMENT


def _environment(document: dict[str, Any], before: Environment, accounts: tuple[Account, ...]) -> Environment:
    """The environment. Its sysvars are in three places that must agree: accounts, `sysvars` and `slot`."""
    environment = read_environment(document, before, accounts)
    if "slot" not in document:
        return environment
    clock = document.get("sysvars", {}).get("clock")
    has_slot = "slot" in clock if isinstance(clock, dict) else clock is not None
    has_slot |= any(account.key == ADDRESSES["clock"] for account in accounts)
    slot = read_integer(document["slot"], "slot", LARGEST_SLOT)
    return replace(environment, sysvars=_at_slot(environment.sysvars, slot, has_slot))


def _at_slot(sysvars: Sysvars, slot: int, has_slot: bool) -> Sysvars:
    """The sysvars with this slot in the clock, whose first field it is."""
    clock = slot.to_bytes(8, "little") + sysvars.clock[8:]
    if has_slot and clock != sysvars.clock:
        raise InputError(f"slot: expected {sysvars.slot}, the slot of the given clock, got {slot}")
    return replace(sysvars, clock=clock)
