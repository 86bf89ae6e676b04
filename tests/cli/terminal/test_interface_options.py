"""--idl, --instruction and --arg: instruction data by name, from an IDL or of a known program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from solproof.formats.idl import interface_from_idl
from solproof.interfaces.anchor import account_discriminator
from solproof.runtime.accounts import address_text
from tests.cli.conftest import Command, Files
from tests.support.idl_examples import ADDRESS, NEW, OLD, mark

SOURCE = """\
entrypoint:
  stxdw [r10-16], r2
  ldxdw r3, [r2-8]
  stxdw [r10-8], r3
  mov64 r1, r10
  add64 r1, -16
  mov64 r2, 1
  syscall sol_log_data
  lddw r0, 6001
  exit
"""
"""Logs its instruction data as an event, and fails with an error of its own."""
JAR = address_text(ADDRESS)
KEY = address_text(bytes([9]) * 32)


@dataclass(frozen=True, slots=True)
class Example:
    """A program, an input for it without instruction data, and its IDL in both formats."""

    program: Path
    input: Path
    idl: Path
    old: Path


@pytest.fixture
def jar(tmp_path: Path, command: Command) -> Example:
    """The instruction `put_coins` has the bytes of the event `CoinsPut` as its data."""
    example = Example(*(tmp_path / name for name in ("jar.so", "input.json", "idl.json", "old.json")))
    source = tmp_path / "jar.s"
    source.write_text(SOURCE)
    assert command("asm", source, "-o", example.program).status == 0
    data = account_discriminator("Jar") + bytes(36) + bytes([4, 0, 0, 0])
    account = {"key": KEY, "owner": JAR, "lamports": 10**9, "data": list(data), "is_writable": True}
    example.input.write_text(json.dumps({"program_id": JAR, "accounts": [account]}))
    idl = json.loads(json.dumps(NEW))
    idl["instructions"][0]["discriminator"] = mark("event:CoinsPut")
    example.idl.write_text(json.dumps(idl))
    example.old.write_text(json.dumps({name: value for name, value in OLD.items() if name != "metadata"}))
    return example


PUT = ("--instruction", "putCoins", "--arg", "amount=5", "--arg", 'kind={"Silver": {"year": 3}}')
HELP = " (see solproof run --help)"
NOTES = "note: accounts[1]: missing, put_coins expects people.owner\n"


def test_an_instruction_its_event_and_its_error(command: Command, jar: Example) -> None:
    result = command("run", jar.program, "--input", jar.input, "--idl", jar.idl, *PUT, "--json")
    assert (result.status, result.errors) == (0, NOTES)
    fields = result.fields
    values = {"amount": 5, "kind": {"Silver": {"year": 3}}}
    (invocation,) = fields["invocations"]
    assert invocation["decoded"] == {
        "program": "jar",
        "name": "put_coins",
        "values": {**values, "note": None},
        "accounts": ["jar"],
    }
    assert invocation["error_name"] == fields["error_name"] == "NotYours"
    assert fields["events"] == [
        {"log_line": 1, "instruction": None, "program": JAR, "name": "CoinsPut", "values": values}
    ]
    assert fields["decoded_accounts"][0]["values"]["limit"] == 4


def test_text(command: Command, jar: Example) -> None:
    result = command("run", jar.program, "--input", jar.input, "--idl", jar.idl, *PUT)
    lines = result.output.splitlines()
    (error,) = [line for line in lines if line.startswith("error ")]
    assert error.endswith("(NotYours)")
    start = lines.index("instruction")
    assert lines[start + 1] == "  jar: put_coins amount=5 kind={Silver: {year: 3}} note=none"
    start = lines.index("events")
    assert lines[start + 1] == "  jar: CoinsPut amount=5 kind={Silver: {year: 3}}"


def test_the_old_format_without_an_address(command: Command, jar: Example) -> None:
    result = command("run", jar.program, "--input", jar.input, "--idl", jar.old, *PUT, "--json")
    (invocation,) = result.fields["invocations"]
    assert invocation["decoded"]["name"] == "putCoins"
    assert invocation["error_name"] == "NotYours"


def test_an_idl_for_another_address(command: Command, jar: Example, tmp_path: Path) -> None:
    document = json.loads(jar.input.read_text()) | {"program_id": KEY, "accounts": []}
    jar.input.write_text(json.dumps(document))
    alone = command("run", jar.program, "--input", jar.input, "--idl", jar.idl, *PUT)
    expected = f"--instruction putCoins: the interface of {KEY} is not known, expected --idl {KEY}=FILE"
    assert (alone.status, alone.errors) == (2, f"error: {expected}\n")
    keyed = command("run", jar.program, "--input", jar.input, "--idl", f"{KEY}={jar.idl}", *PUT, "--json")
    assert keyed.fields["invocations"][0]["decoded"]["name"] == "put_coins"


def test_the_same_data_as_by_hand(command: Command, jar: Example, tmp_path: Path) -> None:
    named, by_hand = tmp_path / "named.bin", tmp_path / "by_hand.bin"
    options = ("--input", jar.input, "-o")
    assert command("pack", jar.program, *options, named, "--idl", jar.idl, *PUT).status == 0
    put = interface_from_idl(jar.idl).instruction("put_coins")
    data = put.encode({"amount": 5, "kind": {"Silver": {"year": 3}}}).hex()
    assert command("pack", jar.program, *options, by_hand, "--data", f"0x{data}").status == 0
    assert named.read_bytes() == by_hand.read_bytes()


def test_a_known_program_needs_no_idl(command: Command, files: Files) -> None:
    put = ("--instruction", "transfer", "--arg", "amount=1000")
    (invocation,) = command("run", files.program, "--input", files.input, *put, "--json").fields[
        "invocations"
    ]
    assert invocation["decoded"]["values"] == {"amount": 1_000}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--arg", "amount=5"), f"--arg: expected --instruction as well{HELP}"),
        ((*PUT, "--data", "0x00"), f"--data and --instruction exclude each other{HELP}"),
        (("--instruction", "take"), "jar has no instruction 'take', expected one of: put_coins, open"),
        (("--instruction", "put_coins", "--arg", "amount"), "argument 'amount': expected NAME=VALUE"),
        (
            ("--instruction", "put_coins", "--arg", "amount=5"),
            "instruction put_coins: kind is missing, expected CoinKind",
        ),
        (
            ("--instruction", "put_coins", "--arg", "amount=-5", "--arg", "kind=copper"),
            "argument amount: expected u64, got '-5'",
        ),
    ],
)
def test_refused(command: Command, jar: Example, options: tuple[str, ...], message: str) -> None:
    result = command("run", jar.program, "--input", jar.input, "--idl", jar.idl, *options)
    assert result.status == 2
    assert result.errors.startswith(f"error: {message}\n")


def test_files_that_are_no_idl(command: Command, jar: Example) -> None:
    result = command("run", jar.program, "--input", jar.input, "--idl", jar.input, *PUT)
    expected = "expected the IDL of an Anchor program, with its instructions"
    assert (result.status, result.errors) == (2, f"error: --idl {jar.input}: {expected}\n")


def test_beside_a_transaction(command: Command, jar: Example) -> None:
    result = command("run", "--transaction", jar.input, *PUT)
    assert (result.status, result.errors.splitlines()[0]) == (
        2,
        f"error: --instruction and --transaction exclude each other{HELP}",
    )
    result = command("run", "--transaction", jar.input, "--idl", jar.old)
    expected = f"--idl {jar.old}: the IDL has no address, expected PUBKEY={jar.old}"
    assert (result.status, result.errors) == (2, f"error: {expected}\n")
