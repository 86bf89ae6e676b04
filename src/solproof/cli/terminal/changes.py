"""Options that change parts of an input: accounts, programs that are called, sysvars, instruction data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from solproof.cli.terminal.files import KEYED_FILE, KeyedFile, read_file
from solproof.errors import InputError
from solproof.formats.changes import Changes
from solproof.formats.json_accounts import read_account_text
from solproof.formats.json_fields import ENCODINGS, decode_json, is_keypair, keypair_address, read_bytes
from solproof.formats.sysvar_fields import SYSVAR_FIELDS
from solproof.runtime.accounts import Account, address_bytes
from solproof.runtime.execution_input import MAXIMUM_INSTRUCTION_DATA_LENGTH, MAXIMUM_PROGRAM_LENGTH

Command = TypeVar("Command", bound=Callable[..., Any])
SYSVARS = ("clock", "rent", "epoch_schedule")
"""The sysvars that have an option."""

CHANGE_PARAMETERS = ("accounts", "called", "data", *SYSVARS)
"""The parameters of these options."""

account_option = click.option(
    "--account",
    "accounts",
    type=KEYED_FILE,
    multiple=True,
    metavar="[PUBKEY=]FILE",
    help="An account that replaces the one in the input or is added to it, as `solana account --output json` "
    "prints it. Can be repeated.",
)
called_option = click.option(
    "--program",
    "called",
    type=KEYED_FILE,
    multiple=True,
    metavar="PUBKEY=FILE",
    help="A program that may be called, as in: --program TokenkegQ...=p_token.so. Can be repeated.",
)
data_option = click.option(
    "--data",
    metavar="BYTES",
    help="The instruction data, as 0x0102, base58:TEXT, base64:TEXT or [1, 2].",
)


def sysvar_option(name: str, example: str) -> Callable[[Command], Command]:
    """The option that sets fields of a sysvar."""
    return click.option(
        f"--{name.replace('_', '-')}",
        metavar="FIELDS",
        help=f"Fields of the sysvar, as in: {example}",
    )


def change_options(command: Command) -> Command:
    """Add the options, except for --program."""
    options = (
        account_option,
        data_option,
        sysvar_option("clock", "--clock slot=5,unix_timestamp=1700000000"),
        sysvar_option("rent", "--rent lamports_per_byte=3480"),
        sysvar_option("epoch_schedule", "--epoch-schedule slots_per_epoch=432000"),
    )
    for option in reversed(options):
        command = option(command)
    return command


def read_changes(parameters: Mapping[str, Any]) -> Changes:
    """The changes that the options give. Raises `InputError`, which names the option and the file."""
    data = parameters.get("data")
    return Changes(
        accounts=_distinct("--account", [_account(value) for value in parameters.get("accounts", ())]),
        programs=tuple(dict(_program(value) for value in parameters.get("called", ())).items()),
        sysvars={
            name: _fields(name, parameters[name]) for name in SYSVARS if parameters.get(name) is not None
        },
        instruction_data=None if data is None else _bytes(data),
    )


def _account(value: KeyedFile) -> Account:
    key = None if value.key is None else read_key(value.key, "--account")
    content = read_file(value.path, "--account")
    element = read_account_text(content, f"--account {value.path}", key)
    return element.account(required=("owner", "lamports"))


def _distinct(option: str, accounts: Sequence[Account]) -> tuple[Account, ...]:
    if len({account.key for account in accounts}) < len(accounts):
        raise InputError(f"{option}: expected each account once")
    return tuple(accounts)


def _program(value: KeyedFile) -> tuple[bytes, bytes]:
    if value.key is None:
        raise InputError(
            f"--program {value.path}: expected PUBKEY=FILE, the address of the program and its file"
        )
    return read_key(value.key, "--program"), read_file(value.path, "--program", MAXIMUM_PROGRAM_LENGTH)


def read_key(text: str, option: str) -> bytes:
    """The address that a text is, or the public key of the key pair in a file."""
    try:
        return address_bytes(text)
    except InputError as error:
        path = Path(text)
        if not path.is_file():
            raise InputError(f"{option}: {error}, or the file of a key pair") from None
    value = decode_json(read_file(path, option), f"{option} {path}")
    if not is_keypair(value):
        raise InputError(f"{option} {path}: expected a key pair, which is an array of 64 numbers")
    return keypair_address(value, f"{option} {path}")


def _fields(name: str, text: str) -> dict[str, Any]:
    """The fields in a text such as slot=5,unix_timestamp=1700000000."""
    option, fields = f"--{name.replace('_', '-')}", {}
    for part in text.split(","):
        field, separator, value = (piece.strip() for piece in part.partition("="))
        if not separator or field not in SYSVAR_FIELDS[name] or field in fields:
            names = ", ".join(SYSVAR_FIELDS[name])
            raise InputError(f"{option}: expected FIELD=VALUE, each field once, of {names}; got {part!r}")
        try:
            fields[field] = json.loads(value)
        except json.JSONDecodeError:
            raise InputError(f"{option}: {field}: expected a number, true or false, got {value!r}") from None
        _, encode = SYSVAR_FIELDS[name][field]
        encode(fields[field], f"{option}: {field}")  # refuses a value that does not fit
    return fields


def _bytes(text: str) -> bytes:
    """The bytes of --data."""
    encoding, separator, encoded = text.partition(":")
    value: Any
    if text.startswith("0x"):
        value = [text[2:], "hex"]
    elif text.lstrip().startswith("["):
        value = decode_json(text, "--data")
    elif separator and encoding in ENCODINGS:
        value = [encoded, encoding]
    else:
        raise InputError(
            f"--data: expected 0x and hexadecimal digits, base58:TEXT, base64:TEXT or [1, 2], got {text!r}"
        )
    return read_bytes(value, "--data", MAXIMUM_INSTRUCTION_DATA_LENGTH)
