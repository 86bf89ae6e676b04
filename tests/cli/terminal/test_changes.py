"""Options that change parts of an input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from solders.keypair import Keypair

from solproof.formats.json_accounts import dumped
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf
from solproof.runtime.accounts import Account, address_text
from tests.cli.conftest import Command, Scenes

PAIR = Keypair.from_seed(b"\5" * 32)
KEY = str(PAIR.pubkey())
# Logs the slot and the time of the clock, and the number of accounts.
SOURCE = """
    mov64 r6, r1
    mov64 r1, r10
    add64 r1, -40
    syscall sol_get_clock_sysvar
    ldxdw r1, [r10-40]
    ldxdw r2, [r10-8]
    ldxdw r3, [r6+0]
    mov64 r4, 0
    mov64 r5, 0
    syscall sol_log_64_
    mov64 r0, 0
    exit
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a program, an input without accounts, an account, and a key pair."""
    monkeypatch.chdir(tmp_path)
    Path("log.so").write_bytes(write_elf(assemble(SOURCE, 0)))
    document = {"program_id": address_text(b"\1" * 32), "accounts": [], "instruction_data": [9]}
    Path("input.json").write_text(json.dumps(document))
    Path("account.json").write_text(json.dumps(dumped(Account(b"\2" * 32, b"\1" * 32, 7, b"abc"))))
    Path("key.json").write_text(json.dumps(list(bytes(PAIR))))
    return tmp_path


RUN = ("run", "log.so", "--input", "input.json", "--json")


@pytest.mark.usefixtures("place")
def test_a_clock(command: Command) -> None:
    fields = command(*RUN, "--clock", "slot=5,unix_timestamp=17").fields
    assert fields["logs"][1] == "Program log: 0x5, 0x11, 0x0, 0x0, 0x0"
    fields = command(*RUN, "--clock", "unix_timestamp = 1").fields
    assert fields["logs"][1] == "Program log: 0x19fb1f80, 0x1, 0x0, 0x0, 0x0"


@pytest.mark.usefixtures("place")
def test_accounts(command: Command) -> None:
    fields = command(*RUN, "--account", "account.json", "--account", "key.json=account.json").fields
    assert fields["logs"][1].endswith(" 0x2, 0x0, 0x0")
    assert [(account["key"], account["lamports"]) for account in fields["accounts"]] == [
        (address_text(b"\2" * 32), 7),
        (KEY, 7),
    ]


@pytest.mark.usefixtures("place")
def test_a_program_that_is_called(command: Command) -> None:
    fields = command(*RUN, "--program", f"{KEY}=log.so").fields
    assert [account["key"] for account in fields["accounts"]] == [KEY]
    assert fields["accounts"][0]["executable"] is True


@pytest.mark.parametrize("data", ["0x0102", "hex:0102", "base58:5T", "base64:AQI=", "[1, 2]"])
@pytest.mark.usefixtures("place")
def test_instruction_data(data: str, command: Command) -> None:
    assert command("pack", *RUN[1:4], "--data", data, "-o", "input.bin").status == 0
    assert command("inspect", "input.bin", "--json").fields["instruction_data"] == "0102"


@pytest.mark.usefixtures("place")
def test_verify_takes_the_same_options(command: Command) -> None:
    options = ["--account", "account.json", "--clock", "slot=5", "--data", "0x07"]
    assert command("prove", *RUN[1:4], "-o", "a.proof", "--quiet", *options).status == 0
    verify = ["verify", "a.proof", "--program", "log.so", "--input", "input.json"]
    assert command(*verify, *options, "--program", f"{KEY}=log.so").status == 4
    assert command(*verify, *options).status == 0


def test_a_scene(command: Command, scenes: Scenes, tmp_path: Path) -> None:
    fields = command("run", "--transaction", scenes.frameless, "--json").fields
    payer = fields["accounts"][0]
    path = tmp_path / "payer.json"
    path.write_text(json.dumps({"lamports": 5 * 10**12, "data": ["", "base64"], "owner": "1" * 32}))
    changed = command(
        "run", "--transaction", scenes.frameless, "--json", "--account", f"{payer['address']}={path}"
    ).fields
    assert changed["accounts"][0]["before"]["lamports"] == 5 * 10**12


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--account", "0=account.json"],
            "--account: expected a base58 address, got '0', or the file of a key pair",
        ),
        (
            ["--account", "input.json=account.json"],
            "--account input.json: expected a key pair, which is an array of 64 numbers",
        ),
        (["--account", "key.json"], "--account key.json.owner: missing"),
        (
            ["--account", "input.json"],
            "--account input.json: unknown field 'program_id', expected key, owner, is_signer, is_writable, "
            "lamports, data, executable, rentEpoch, space",
        ),
        (["--account", "account.json", "--account", "account.json"], "--account: expected each account once"),
        (
            ["--program", "log.so"],
            "--program log.so: expected PUBKEY=FILE, the address of the program and its file",
        ),
        (
            ["--clock", "time=5"],
            "--clock: expected FIELD=VALUE, each field once, of slot, epoch_start_timestamp, epoch, "
            "leader_schedule_epoch, unix_timestamp; got 'time=5'",
        ),
        (["--clock", "slot=now"], "--clock: slot: expected a number, true or false, got 'now'"),
        (
            ["--rent", "burn_percent=256"],
            "--rent: burn_percent: expected an integer from 0 to 255, got 256",
        ),
        (
            ["--data", "0102"],
            "--data: expected 0x and hexadecimal digits, base58:TEXT, base64:TEXT or [1, 2], got '0102'",
        ),
        (["--data", "0x012"], '--data[0]: expected hex, got "012"'),
        (["--data", "[256]"], "--data[0]: expected an integer from 0 to 255, got 256"),
    ],
)
@pytest.mark.usefixtures("place")
def test_refusals(options: list[str], message: str, command: Command) -> None:
    result = command(*RUN[:4], *options)
    assert (result.status, result.output, result.errors) == (2, "", f"error: {message}\n")


def test_what_excludes_a_transaction(command: Command, scenes: Scenes) -> None:
    result = command("run", "--transaction", scenes.frameless, "--data", "0x00")
    message = "error: --data and --transaction exclude each other (see solproof run --help)\n"
    assert (result.status, result.errors) == (2, message)
    result = command("run", "--transactions", scenes.frameless, "--clock", "slot=5")
    message = "error: --clock and --transactions exclude each other (see solproof run --help)\n"
    assert (result.status, result.errors) == (2, message)
