"""The JSON input: valid inputs, and the whole error message for each invalid input."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import base58
import pytest

from solproof.errors import InputError
from solproof.formats.input_file import format_input, parse_input
from solproof.formats.program_files import program_account
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import Account, InstructionAccount, address_text
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.features import FEATURE_SETS, FEATURES, MAINNET, FeatureSet
from solproof.runtime.sysvars import Sysvars

ALICE, BOB, OWNER, PROGRAM = (bytes([number]) * 32 for number in (1, 2, 3, 4))
ELF = b"the program"
LARGEST = 2**64 - 1


def document(**changes: Any) -> dict[str, Any]:
    return {
        "program_id": address_text(PROGRAM),
        "accounts": [described()],
        "instruction_data": [3, 255, 0],
    } | changes


def described(**changes: Any) -> dict[str, Any]:
    return {
        "key": address_text(ALICE),
        "owner": address_text(OWNER),
        "is_signer": False,
        "is_writable": True,
        "lamports": 1000,
        "data": [0, 0, 0, 3],
    } | changes


def without(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


def parse(content: Any) -> ExecutionInput:
    return parse_input(json.dumps(content), ELF)


def message(content: Any) -> str:
    with pytest.raises(InputError) as raised:
        parse(content)
    return str(raised.value)


# POSITIVE


def test_ledger_tool_format() -> None:
    given = parse(document())
    account = Account(ALICE, OWNER, 1000, b"\0\0\0\3")
    assert given == ExecutionInput(
        ELF, PROGRAM, (InstructionAccount(account, is_writable=True),), b"\3\xff\0", Parameters()
    )


def test_parameters_are_passed_on() -> None:
    parameters = Parameters(compute_unit_limit=5)
    assert parse_input(json.dumps(document()).encode(), ELF, parameters).parameters is parameters


def test_defaults_of_an_account() -> None:
    given = parse(document(accounts=[{"key": address_text(ALICE), "owner": address_text(OWNER)}]))
    assert given.accounts == (InstructionAccount(Account(ALICE, OWNER, 0, b"")),)


@pytest.mark.parametrize(
    "data",
    [
        list(b"some data"),
        base58.b58encode(b"some data").decode(),
        [base58.b58encode(b"some data").decode(), "base58"],
        [base64.b64encode(b"some data").decode(), "base64"],
    ],
)
def test_encodings_of_bytes(data: Any) -> None:
    given = parse(document(accounts=[described(data=data)], instruction_data=data))
    assert given.accounts[0].account.data == b"some data"
    assert given.instruction_data == b"some data"


def test_dumped_account() -> None:
    dumped = {
        "pubkey": address_text(BOB),
        "account": {
            "lamports": 7,
            "data": ["AQI=", "base64"],
            "owner": address_text(OWNER),
            "executable": True,
            "rentEpoch": LARGEST,
            "space": 2,
        },
    }
    given = parse(document(accounts=[described(), dumped | {"is_signer": True}]))
    account = Account(BOB, OWNER, 7, b"\1\2", executable=True)
    assert given.accounts[1] == InstructionAccount(account, is_signer=True)


def test_further_mention_may_leave_the_state_out_and_shares_privileges() -> None:
    again = {"key": address_text(ALICE), "is_signer": True}
    given = parse(document(accounts=[described(), again]))
    account = Account(ALICE, OWNER, 1000, b"\0\0\0\3")
    assert given.accounts == (InstructionAccount(account, is_signer=True, is_writable=True),) * 2


def test_round_trip() -> None:
    given = ExecutionInput(
        ELF,
        PROGRAM,
        (
            InstructionAccount(Account(ALICE, OWNER, LARGEST, bytes(range(256))), True, True),
            InstructionAccount(Account(BOB, OWNER, 0, b"", executable=True)),
            InstructionAccount(Account(ALICE, OWNER, LARGEST, bytes(range(256))), True, True),
        ),
        b"\0\1\2",
    )
    assert parse_input(format_input(given), ELF) == given


def test_text_that_is_written() -> None:
    account = Account(ALICE, OWNER, 1000, b"\0\3")
    given = ExecutionInput(ELF, PROGRAM, (InstructionAccount(account, is_writable=True),), b"\7")
    assert format_input(given) == (
        "{\n"
        f'  "program_id": "{address_text(PROGRAM)}",\n'
        '  "accounts": [\n'
        f'    {{"key": "{address_text(ALICE)}", "owner": "{address_text(OWNER)}", "is_signer": false, '
        '"is_writable": true, "lamports": 1000, "data": [0, 3]}\n'
        "  ],\n"
        '  "instruction_data": [7]\n'
        "}\n"
    )
    assert parse_input(format_input(ExecutionInput(ELF, PROGRAM, (), b"")), ELF).accounts == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("elf", None),
        ({"raw": {}}, RawFormat()),
        ({"raw": {"version": 3}}, RawFormat(3)),
        ({"raw": {"entry": 7}}, RawFormat(entry=7)),
        ({"raw": {"version": 4, "entry": LARGEST}}, RawFormat(4, LARGEST)),
    ],
)
def test_program_format(value: Any, expected: RawFormat | None) -> None:
    text = json.dumps(document(program_format=value))
    assert parse_input(text, ELF, program_format=RawFormat(1, 1)).program_format == expected


def test_program_format_when_the_text_does_not_say() -> None:
    text = json.dumps(document())
    assert parse_input(text, ELF).program_format is None
    assert parse_input(text, ELF, program_format=RawFormat(1, 1)).program_format == RawFormat(1, 1)


def test_program_format_is_written_for_raw_bytecode() -> None:
    given = ExecutionInput(ELF, PROGRAM, (), b"\7", program_format=RawFormat(2, 5))
    assert format_input(given) == (
        "{\n"
        f'  "program_id": "{address_text(PROGRAM)}",\n'
        '  "accounts": [\n'
        "  ],\n"
        '  "instruction_data": [7],\n'
        '  "program_format": {"raw": {"version": 2, "entry": 5}}\n'
        "}\n"
    )
    assert parse_input(format_input(given), ELF) == given


def test_programs_are_files_or_bytes(tmp_path: Path) -> None:
    (tmp_path / "bob.so").write_bytes(b"the file of Bob")
    programs = {address_text(BOB): "bob.so", address_text(OWNER): ["CQc=", "base64"]}
    text = json.dumps(document(programs=programs))
    assert parse_input(text, ELF, directory=tmp_path).programs == (
        (BOB, b"the file of Bob"),
        (OWNER, b"\x09\x07"),
    )
    absolute = document(programs={address_text(BOB): str(tmp_path / "bob.so")})
    assert parse(absolute).programs == ((BOB, b"the file of Bob"),)


def test_the_account_of_a_program_may_leave_out_its_state() -> None:
    programs = {address_text(BOB): [0]}
    element = {"key": address_text(BOB), "is_writable": True}
    dump = {"pubkey": address_text(BOB), "account": {"rentEpoch": 0}}
    given = parse(document(accounts=[described(), element, dump], programs=programs))
    account = program_account(BOB)
    assert (account.lamports, len(account.data), account.executable) == (1_141_440, 36, True)
    assert given.accounts[1:] == (InstructionAccount(account, is_writable=True),) * 2


def test_the_account_of_a_program_may_have_another_state() -> None:
    programs = {address_text(BOB): [0]}
    element = {"key": address_text(BOB), "owner": address_text(OWNER), "data": [1]}
    given = parse(document(accounts=[element, {"key": address_text(BOB)}], programs=programs))
    assert given.accounts == (InstructionAccount(Account(BOB, OWNER, 0, b"\1")),) * 2


def test_programs_are_written_in_base64() -> None:
    given = ExecutionInput(ELF, PROGRAM, (), b"\7", programs=((BOB, b"\x09\x07"), (ALICE, b"")))
    assert format_input(given) == (
        "{\n"
        f'  "program_id": "{address_text(PROGRAM)}",\n'
        '  "accounts": [\n'
        "  ],\n"
        '  "instruction_data": [7],\n'
        f'  "programs": {{"{address_text(BOB)}": ["CQc=", "base64"], '
        f'"{address_text(ALICE)}": ["", "base64"]}}\n'
        "}\n"
    )
    assert parse_input(format_input(given), ELF) == given


# NEGATIVE


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([], "programs: expected an object of addresses and files, got []"),
        ({"x": "a.so"}, "programs: expected a base58 address of 32 bytes, got 1 bytes in 'x'"),
        (
            {address_text(BOB): 3},
            f'programs.{address_text(BOB)}: expected the name of a file or [text, "base64"], got 3',
        ),
        ({address_text(BOB): ["?", "base64"]}, f'programs.{address_text(BOB)}[0]: expected base64, got "?"'),
        (
            {address_text(BOB): "/missing.so"},
            f"programs.{address_text(BOB)} /missing.so: cannot be read: No such file or directory",
        ),
        (
            {address_text(BOB): "a\0"},
            f'programs.{address_text(BOB)}: expected the name of a file, got "a\\u0000"',
        ),
        (
            {address_text(PROGRAM): [0]},
            "programs: expected only other programs, got the input's own program id",
        ),
    ],
)
def test_refused_programs(value: Any, expected: str) -> None:
    assert message(document(programs=value)) == expected


def test_an_account_without_state_needs_its_program() -> None:
    content = document(accounts=[{"key": address_text(ALICE)}], programs={address_text(BOB): [0]})
    assert message(content) == "accounts[0].owner: missing"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("raw", 'program_format: expected "elf" or {"raw": {"version", "entry"}}, got "raw"'),
        (None, 'program_format: expected "elf" or {"raw": {"version", "entry"}}, got null'),
        ({}, "program_format.raw: missing"),
        ({"elf": {}}, "program_format: unknown field 'elf', expected raw"),
        ({"raw": 3}, "program_format.raw: expected an object, got 3"),
        ({"raw": {"sbpf": 3}}, "program_format.raw: unknown field 'sbpf', expected version, entry"),
        ({"raw": {"version": 5}}, "program_format.raw.version: expected an integer from 0 to 4, got 5"),
        ({"raw": {"version": True}}, "program_format.raw.version: expected an integer from 0 to 4, got true"),
        (
            {"raw": {"entry": -1}},
            "program_format.raw.entry: expected an integer from 0 to 18446744073709551615, got -1",
        ),
    ],
)
def test_program_formats_that_are_refused(value: Any, expected: str) -> None:
    assert message(document(program_format=value)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "input: not JSON at line 1, column 1: Expecting value"),
        (
            '{"a": 1,\n oops}',
            "input: not JSON at line 2, column 2: Expecting property name enclosed in double quotes",
        ),
        ('{"a": 1} x', "input: not JSON at line 1, column 10: Extra data"),
        (b'{"a": "\xff"}', "input: expected UTF-8, but byte 7 is invalid"),
        ('{"a": NaN}', "input: NaN is not JSON"),
        ('{"a": 1, "a": 2}', "input: the key 'a' occurs twice in one object"),
        ("[" * 100_000, "input: not JSON: nested too deeply, or a number is too long"),
        ('{"a": ' + "9" * 5000 + "}", "input: not JSON: nested too deeply, or a number is too long"),
        ("[]", "input: expected an object, got []"),
        ("null", "input: expected an object, got null"),
    ],
)
def test_text_that_is_no_input(text: str | bytes, expected: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_input(text, ELF)
    assert str(raised.value) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (without("program_id", document()), "program_id: missing"),
        (without("accounts", document()), "accounts: missing"),
        (without("instruction_data", document()), "instruction_data: missing"),
        (
            document(extra=1),
            "input: unknown field 'extra', expected program_id, accounts, instruction_data, program_format, "
            "programs, features, sysvars, epoch_stakes",
        ),
        (document(program_id=7), "program_id: expected a base58 address, got 7"),
        (document(program_id="0"), "program_id: expected a base58 address, got '0'"),
        (
            document(program_id="11"),
            "program_id: expected a base58 address of 32 bytes, got 2 bytes in '11'",
        ),
        (document(accounts={}), "accounts: expected an array, got {}"),
        (document(accounts=[described()] * 256), "accounts: expected at most 255, got 256"),
        (
            document(instruction_data=None),
            'instruction_data: expected an array of integers, a base58 text or [text, "base64"], got null',
        ),
        (
            document(instruction_data=[0, 256]),
            "instruction_data[1]: expected an integer from 0 to 255, got 256",
        ),
        (
            document(instruction_data=[0, -1]),
            "instruction_data[1]: expected an integer from 0 to 255, got -1",
        ),
        (
            document(instruction_data=[True]),
            "instruction_data[0]: expected an integer from 0 to 255, got true",
        ),
        (document(instruction_data=[1.0]), "instruction_data[0]: expected an integer from 0 to 255, got 1.0"),
        (
            document(instruction_data=["AA==", "base32"]),
            'instruction_data[1]: expected "base58" or "base64" or "base64+zstd" or "hex", got "base32"',
        ),
        (document(instruction_data=["A", "base64"]), 'instruction_data[0]: expected base64, got "A"'),
        (document(instruction_data=["é", "base64"]), 'instruction_data[0]: expected base64, got "\\u00e9"'),
        (document(instruction_data=["0", "base58"]), 'instruction_data[0]: expected base58, got "0"'),
        (document(instruction_data="l"), 'instruction_data: expected base58, got "l"'),
        (
            document(instruction_data="1" * 4097),
            "instruction_data: expected at most 4096 characters of base58, got 4097",
        ),
        (
            document(instruction_data=[0] * 10_241),
            "instruction_data: expected at most 10240 bytes, got 10241",
        ),
    ],
)
def test_document(content: Any, expected: str) -> None:
    assert message(content) == expected


FIELDS = "key, owner, is_signer, is_writable, lamports, data, executable"


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (5, "accounts[1]: expected an object, got 5"),
        (described(rent_epoch=0), f"accounts[1]: unknown field 'rent_epoch', expected {FIELDS}"),
        (without("key", described()), "accounts[1].key: missing"),
        (without("owner", described(key=address_text(BOB))), "accounts[1].owner: missing"),
        (described(key="x"), "accounts[1].key: expected a base58 address of 32 bytes, got 1 bytes in 'x'"),
        (described(owner=[1]), "accounts[1].owner: expected a base58 address, got [1]"),
        (described(is_signer=1), "accounts[1].is_signer: expected true or false, got 1"),
        (described(is_writable="no"), 'accounts[1].is_writable: expected true or false, got "no"'),
        (described(executable=None), "accounts[1].executable: expected true or false, got null"),
        (
            described(lamports="1000"),
            f'accounts[1].lamports: expected an integer from 0 to {LARGEST}, got "1000"',
        ),
        (
            described(lamports=LARGEST + 1),
            f"accounts[1].lamports: expected an integer from 0 to {LARGEST}, got {LARGEST + 1}",
        ),
        (
            described(lamports=1e3),
            f"accounts[1].lamports: expected an integer from 0 to {LARGEST}, got 1000.0",
        ),
        (
            described(data=[0, "a" * 100]),
            f'accounts[1].data[1]: expected an integer from 0 to 255, got "{"a" * 56}...',
        ),
        (
            described(lamports=1001),
            f"accounts[1]: the same account as accounts[0] ({address_text(ALICE)}) "
            "with different state or privileges",
        ),
        (
            {"pubkey": address_text(BOB), "account": []},
            "accounts[1].account: expected an object, got []",
        ),
        (
            {"pubkey": address_text(BOB), "account": {}, "lamports": 1},
            "accounts[1]: unknown field 'lamports', expected pubkey, account, is_signer, is_writable",
        ),
        ({"account": {}}, "accounts[1].pubkey: missing"),
        ({"pubkey": address_text(BOB), "account": {}}, "accounts[1].account.owner: missing"),
        (
            {"pubkey": address_text(BOB), "account": {"owner": address_text(OWNER), "data": "l"}},
            'accounts[1].account.data: expected base58, got "l"',
        ),
    ],
)
def test_account(account: Any, expected: str) -> None:
    assert message(document(accounts=[described(), account])) == expected


def test_account_data_of_more_than_ten_mebibytes() -> None:
    data = [base64.b64encode(bytes(10 * 2**20 + 1)).decode(), "base64"]
    assert message(document(accounts=[described(data=data)])) == (
        "accounts[0].data: expected at most 10485760 bytes, got 10485761"
    )


# THE CLUSTER


def test_features_sysvars_and_stakes() -> None:
    cluster = {
        "features": {"activate": ["blake3_syscall_enabled"], "deactivate": ["abort_on_invalid_curve"]},
        "sysvars": {"rent": list(range(17)), "fees": [base64.b64encode(bytes(8)).decode(), "base64"]},
        "epoch_stakes": {"vote_accounts": {address_text(BOB): 2, address_text(ALICE): 1}},
    }
    before = Parameters(compute_unit_limit=5, sysvars=Sysvars(clock=bytes(40)))
    given = parse_input(json.dumps({**document(), **cluster}), ELF, before)
    assert given.parameters == Parameters(
        compute_unit_limit=5,
        sysvars=Sysvars(clock=bytes(40), rent=bytes(range(17))),
        epoch_stakes=EpochStakes(3, ((ALICE, 1), (BOB, 2))),
        features=MAINNET.changed(["blake3_syscall_enabled"], ["abort_on_invalid_curve"]),
    )
    assert parse_input(format_input(given), ELF, Parameters(compute_unit_limit=5)) == given


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ({}, MAINNET),
        ({"set": "mainnet"}, MAINNET),
        ({"set": "none"}, FEATURE_SETS["none"]),
        (
            {"set": "none", "activate": [address_text(FEATURES["get_sysvar_syscall_enabled"])]},
            FeatureSet(frozenset(["get_sysvar_syscall_enabled"])),
        ),
    ],
)
def test_feature_sets(features: Any, expected: FeatureSet) -> None:
    given = parse({**document(), "features": features})
    assert given.parameters.features == expected
    assert parse_input(format_input(given), ELF) == given


def test_total_stake() -> None:
    given = parse({**document(), "epoch_stakes": {"total": 7}})
    assert given.parameters.epoch_stakes == EpochStakes(7)
    assert parse_input(format_input(given), ELF) == given


STAKES = "epoch_stakes.vote_accounts"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("features", [], "features: expected an object, got []"),
        ("features", {"set": "all"}, 'features.set: expected "mainnet" or "none", got "all"'),
        ("features", {"set": []}, 'features.set: expected "mainnet" or "none", got []'),
        (
            "features",
            {"activate": "x"},
            'features.activate: expected an array of names or addresses, got "x"',
        ),
        (
            "features",
            {"deactivate": [1]},
            "features.deactivate: expected an array of names or addresses, got [1]",
        ),
        ("features", {"on": []}, "features: unknown field 'on', expected set, activate, deactivate"),
        ("sysvars", {"rent": [1]}, "sysvar rent: expected 17 bytes, got 1"),
        (
            "sysvars",
            {"rent": 1},
            'sysvars.rent: expected an array of integers, a base58 text or [text, "base64"], got 1',
        ),
        (
            "sysvars",
            {"rents": 1},
            "sysvars: unknown field 'rents', expected clock, rent, epoch_schedule, epoch_rewards, "
            "last_restart_slot, slot_hashes, stake_history, fees",
        ),
        (
            "epoch_stakes",
            {"vote_accounts": []},
            f"{STAKES}: expected an object of addresses and stakes, got []",
        ),
        (
            "epoch_stakes",
            {"total": -1},
            "epoch_stakes.total: expected an integer from 0 to 18446744073709551615, got -1",
        ),
        (
            "epoch_stakes",
            {"vote_accounts": {address_text(BOB): "2"}},
            f'{STAKES}.{address_text(BOB)}: expected an integer from 0 to 18446744073709551615, got "2"',
        ),
    ],
)
def test_clusters_that_are_refused(name: str, value: Any, expected: str) -> None:
    assert message({**document(), name: value}) == expected


def test_unknown_feature() -> None:
    refused = message({**document(), "features": {"activate": ["x"]}})
    assert refused.startswith(
        "feature 'x': expected the name or address of a feature that changes how a program runs: "
    )
