"""`solproof run` with whole transactions."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from solders.pubkey import Pubkey

import solproof
from solproof.formats.input_file import format_input
from solproof.formats.scene_file import parse_scene
from solproof.runtime.accounts import Account, InstructionAccount, address_bytes, address_text
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.program_ids import NATIVE_LOADER
from tests.cli.conftest import Command, Files
from tests.support import lookup_tables
from tests.support.mainnet_programs import PROGRAM_IDS, mainnet_programs
from tests.support.scene_documents import ALICE, BOB, PAYER_ACCOUNT, PAYER_KEY, dumped

PAYER, TO, OWNER = address_text(PAYER_KEY), address_text(ALICE), address_text(BOB)
SYSTEM = "1" * 32


def transfer(lamports: int, to: str = TO) -> dict[str, Any]:
    return {"program": "system", "instruction": "Transfer", "from": PAYER, "to": to, "lamports": lamports}


def scene(*instructions: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"transaction": {"payer": PAYER, "instructions": list(instructions)}} | fields


FUNDED = {"accounts": [dumped(PAYER_ACCOUNT)]}
LIMIT = {"program": "compute_budget", "instruction": "SetComputeUnitLimit", "units": 1000}
ONE = scene(LIMIT, transfer(1_000_000), **FUNDED)

SHOWN = f"""\
success            yes
fee                5,000 lamports
compute units      300
instructions       0 in 0 frames of sBPF programs
accounts modified  2

instructions
  0  compute_budget  150 units  SetComputeUnitLimit units=1000
  1  system          150 units  Transfer lamports=1000000

log
  Program ComputeBudget111111111111111111111111111111 invoke [1]
  Program ComputeBudget111111111111111111111111111111 success
  Program {SYSTEM} invoke [1]
  Program {SYSTEM} success

accounts
  {PAYER:<44}  signer, writable
    lamports 1,000,000,000 to 998,995,000 (-1,005,000)
  {TO:<44}  writable
    created
    lamports 0 to 1,000,000 (+1,000,000)
    owner {SYSTEM}
    0 bytes of data
  {SYSTEM:<44}                    unchanged
  ComputeBudget111111111111111111111111111111                     unchanged
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write scenes into a file: one as JSON, or several as JSON lines."""

    def written(name: str, *scenes: dict[str, Any]) -> Path:
        path = tmp_path / name
        path.write_text("\n".join(map(json.dumps, scenes)))
        return path

    return written


# ONE TRANSACTION


def test_a_transaction(command: Command, write: Write) -> None:
    result = command("run", "--transaction", write("scene.json", ONE))
    assert (result.status, result.output, result.errors) == (0, SHOWN, "")


def test_json_is_that_of_python(command: Command, write: Write) -> None:
    path = write("scene.json", ONE)
    fields = command("run", "--transaction", path, "--json").fields
    execution = solproof.run(parse_scene(path.read_text()))
    assert fields == json.loads(solproof.transaction_to_json(execution))
    assert (fields["success"], fields["fee"], fields["compute_units"]) == (True, 5_000, 300)


def test_a_failing_transaction_is_a_result(command: Command, write: Write) -> None:
    result = command("run", "-t", write("scene.json", scene(LIMIT, transfer(10**10), **FUNDED)))
    assert result.status == 0
    lines = result.output.splitlines()
    assert lines[:3] == [
        "success            no",
        "error              Error processing Instruction 1: custom program error: 0x1 "
        "(ResultWithNegativeLamports)",
        "fee                5,000 lamports",
    ]
    assert lines[7:10] == [
        "instructions",
        "  0  compute_budget  150 units  SetComputeUnitLimit units=1000",
        "  1  system          150 units  Transfer lamports=10000000000  "
        "Custom(1): custom program error: 0x1 (ResultWithNegativeLamports)",
    ]


def test_a_transaction_that_is_not_processed(command: Command, write: Write) -> None:
    path = write("scene.json", scene(transfer(5), accounts=[]))
    result = command("run", "--transaction", path)
    assert result.status == 0
    lines = result.output.splitlines()
    assert lines[1:4] == [
        "error              Attempt to debit an account but found no record of a prior credit.",
        "status             not processed",
        "fee                0 lamports",
    ]
    assert lines[lines.index("accounts") + 1] == f"  {PAYER:<44}  signer  unchanged"
    assert "log" not in lines


def test_kinds_of_changes(command: Command, write: Write) -> None:
    """An account that gets an owner and data, and one that loses everything."""
    assign = {"program": "system", "instruction": "Assign", "account": TO, "owner": OWNER}
    allocate = {"program": "system", "instruction": "Allocate", "account": TO, "space": 100}
    leave = {"program": "system", "instruction": "Transfer", "from": OWNER, "to": PAYER, "lamports": 10**9}
    accounts = [dumped(Account(key, bytes(32), 10**9, b"")) for key in (PAYER_KEY, ALICE, BOB)]
    path = write("scene.json", scene(allocate, assign, leave, accounts=accounts))
    lines = command("run", "--transaction", path).output.splitlines()
    assert lines[lines.index("accounts") + 1 :] == [
        f"  {PAYER:<44}  signer, writable",
        "    lamports 1,000,000,000 to 1,999,985,000 (+999,985,000)",
        f"  {TO:<44}  signer, writable",
        f"    owner {SYSTEM} to {OWNER}",
        "    0 bytes of data to 100",
        f"  {OWNER:<44}  signer, writable",
        "    closed",
        "    lamports 1,000,000,000 to 0 (-1,000,000,000)",
        f"  {SYSTEM:<44}                    unchanged",
    ]


def test_output_and_accounts_after(command: Command, write: Write, tmp_path: Path) -> None:
    output, after = tmp_path / "result.json", tmp_path / "after.json"
    path = write("scene.json", ONE)
    result = command("run", "-t", path, "--output", output, "--accounts-after", after, "--json")
    assert json.loads(output.read_text()) == result.fields
    again = scene(transfer(1_000_000), accounts=json.loads(after.read_text()))
    fields = command("run", "-t", write("again.json", again), "--json").fields
    assert [account["after"]["lamports"] for account in fields["accounts"][:2]] == [997_990_000, 2_000_000]


def test_features(command: Command, write: Write) -> None:
    options = ["--feature", "no-such-feature"]
    result = command("run", "-t", write("scene.json", ONE), *options)
    assert result.status == 2
    assert result.errors.startswith("error: feature 'no-such-feature': expected the name or address of a")
    options = ["--feature", "account_data_direct_mapping"]
    assert command("run", "-t", write("scene.json", ONE), *options).status == 3


# SEQUENCES

SEQUENCE = (
    scene(transfer(1_000_000), **FUNDED),
    scene(transfer(10**10)),
    scene(transfer(2_000_000)),
    scene(transfer(1_000_000)),
)
INSUFFICIENT = "Error processing Instruction 0: custom program error: 0x1"
SEQUENCE_SHOWN = f"""\
number  ending          lamports      units
     1  success            5,000        150
     2  failed             5,000        150  {INSUFFICIENT}
     3  success            5,000        150
     4  not processed          0          0  This transaction has already been processed

transactions   4: 2 success, 1 failed, 1 not processed
fees           15,000 lamports
compute units  450
"""


def test_a_sequence(command: Command, write: Write) -> None:
    result = command("run", "--transactions", write("scenes.jsonl", *SEQUENCE), "--quiet")
    assert (result.status, result.output, result.errors) == (0, SEQUENCE_SHOWN, "")


def test_a_directory(command: Command, write: Write, tmp_path: Path) -> None:
    for number, each in enumerate(SEQUENCE):
        write(f"{number}.json", each)
    assert command("run", "--transactions", tmp_path, "--quiet").output == SEQUENCE_SHOWN


def test_json_lines_and_accounts_after(command: Command, write: Write, tmp_path: Path) -> None:
    path, after = write("scenes.jsonl", *SEQUENCE), tmp_path / "after.json"
    result = command("run", "--transactions", path, "--json", "--accounts-after", after, "--progress", "none")
    schema = json.loads(
        (Path(solproof.__file__).parent / "formats/transaction.schema.json").read_text("utf-8")
    )
    lines = [json.loads(line) for line in result.output.splitlines()]
    for line in lines:
        Draft202012Validator(schema).validate(line)
    assert [line["status"] for line in lines] == ["executed", "executed", "executed", "not processed"]
    assert lines[3]["error"] == "AlreadyProcessed"
    assert result.errors == (
        "note: transactions: 4: 2 success, 1 failed, 1 not processed, fees: 15,000 lamports, "
        "compute units: 450\n"
    )
    accounts = {entry["pubkey"]: entry["account"]["lamports"] for entry in json.loads(after.read_text())}
    assert accounts == {PAYER: 10**9 - 3 * 5_000 - 3_000_000, TO: 3_000_000}


def test_progress_of_a_sequence(command: Command, write: Write) -> None:
    scenes = [scene(transfer(10**6 + number), **(FUNDED if number == 0 else {})) for number in range(40)]
    path = write("scenes.jsonl", *scenes)
    lines = command("run", "--transactions", path).errors.splitlines()
    percent = [f"run: transactions, {done} % ..." for done in range(0, 101, 10)]
    assert lines[:-1] == ["run: read ...", "run: transactions ...", *percent]
    assert lines[-1].startswith("run: done in ")


# REFUSED


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["token.so", "-t", "scene.json"], "PROGRAM and --transaction exclude each other"),
        (["-i", "input.json", "-t", "scene.json"], "--input and --transaction exclude each other"),
        (["--raw", "-t", "scene.json"], "--raw and --transaction exclude each other"),
        (["--heap-size", "32768", "-t", "scene.json"], "--heap-size and --transaction exclude each other"),
        (
            ["--transactions", "scenes", "-t", "scene.json"],
            "--transaction and --transactions exclude each other",
        ),
        (["--transactions", "scenes", "-o", "result"], "--output and --transactions exclude each other"),
        (["token.so", "--accounts-after", "after.json"], "--accounts-after and PROGRAM exclude each other"),
        (
            ["--accounts-after", "after.json"],
            "Missing argument 'PROGRAM', or --transaction or --transactions",
        ),
    ],
)
def test_arguments_that_contradict(
    arguments: list[str], message: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = command("run", *arguments)
    assert (result.status, result.output) == (2, "")
    assert result.errors == f"error: {message} (see solproof run --help)\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "transaction: missing"),
        (scene(transfer(-1)), "transaction.instructions[0].lamports: expected an integer from 0 to "),
        (scene(transfer(1), slot=-1), "slot: expected an integer from 0 to "),
        (
            scene(transfer(1), programs={SYSTEM: "no.so"}),
            "programs.11111111111111111111111111111111 {directory}/no.so: cannot be read: No such",
        ),
        ({"transaction": "AQ=="}, "transaction: expected a transaction in base64 or base58"),
    ],
)
def test_bad_scenes(
    content: dict[str, Any], message: str, command: Command, write: Write, tmp_path: Path
) -> None:
    path = write("scene.json", content)
    for option in ("--transaction", "--transactions"):
        result = command("run", option, path, "--progress", "none")
        assert (result.status, result.output) == (2, "")
        (line,) = result.errors.splitlines()
        where = f"scene {path}" if option == "--transaction" else "scene.json"
        start = f"error: {where}: {message.format(directory=tmp_path)}"
        assert line.startswith(start), line


def test_files_that_are_no_scene(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    path.write_bytes(b"\x7fELF")
    for given, message in (
        (path, f"scene {path}: is an ELF file, expected a scene"),
        (tmp_path / "none", f"scene {tmp_path}/none: cannot be read: No such file or directory"),
        (tmp_path, f"scene {tmp_path}: cannot be read: Is a directory"),
    ):
        result = command("run", "--transaction", given)
        assert (result.status, result.output, result.errors) == (2, "", f"error: {message}\n")


def test_a_scene_that_is_unreadable_names_its_line(command: Command, write: Write, tmp_path: Path) -> None:
    """Every scene is read before the first one runs, so nothing is written."""
    after = tmp_path / "after.json"
    path = write("scenes.jsonl", *SEQUENCE, scene(transfer(1), slot="x"))
    result = command("run", "--transactions", path, "--accounts-after", after, "--quiet")
    assert (result.status, result.output) == (2, "")
    assert result.errors.startswith("error: scenes.jsonl: line 5: slot: expected an integer from 0 to ")
    assert not after.exists()


def test_an_output_that_cannot_be_written(command: Command, write: Write, tmp_path: Path) -> None:
    path = write("scene.json", ONE)
    for option in ("--output", "--accounts-after"):
        result = command("run", "-t", path, option, tmp_path / "none/file")
        assert (result.status, result.output) == (6, "")


# SINGLE INSTRUCTIONS


def test_the_invocations_of_a_single_instruction(command: Command, files: Files) -> None:
    """A program that calls no other shows no tree."""
    (top,) = command("run", files.program, "--input", files.input, "--json").fields["invocations"]
    assert (top["height"], top["caller"], top["compute_units"], top["executed_instructions"]) == (
        1,
        None,
        76,
        76,
    )
    assert "invocations" not in command("run", files.program, "--input", files.input).output


def test_the_tree_of_a_single_instruction(command: Command, tmp_path: Path) -> None:
    """The program of lookup tables calls the system program three times to create a table."""
    authority, payer, system = (bytes([number]) * 32 for number in (21, 22, 0))
    sysvars = lookup_tables.sysvars()
    slot = struct.pack("<Q", lookup_tables.SLOT - 1)
    program_id = address_bytes(PROGRAM_IDS["address_lookup_table"])
    derived, bump = Pubkey.find_program_address([authority, slot], Pubkey(program_id))
    accounts = (
        InstructionAccount(Account(bytes(derived), system, 0, b""), is_writable=True),
        InstructionAccount(Account(authority, system, 1, b"")),
        InstructionAccount(Account(payer, system, 10**9, b""), is_signer=True, is_writable=True),
        InstructionAccount(Account(system, NATIVE_LOADER, 1, b"system_program", executable=True)),
    )
    elf = mainnet_programs()["address_lookup_table"]
    data = struct.pack("<I", 0) + slot + bytes([bump])
    given = ExecutionInput(elf, program_id, accounts, data, Parameters(sysvars=sysvars))
    program, path = tmp_path / "program.so", tmp_path / "input.json"
    program.write_bytes(elf)
    path.write_text(format_input(given))
    lines = command("run", program, "--input", path).output.splitlines()
    start = lines.index("invocations")
    total = lines[2].split()[-1]
    rent = 1_280_640  # of 56 bytes
    assert lines[start + 1 : start + 6] == [
        f"  0  {PROGRAM_IDS['address_lookup_table']}  {total} units  CreateLookupTable "
        f"recent_slot={lookup_tables.SLOT - 1} bump_seed={bump}",
        *[
            f"       {'system':<42}    150 units  {meaning}"
            for meaning in (
                f"Transfer lamports={rent}",
                "Allocate space=56",
                f"Assign owner={PROGRAM_IDS['address_lookup_table']}",
            )
        ],
        "",
    ]
    found = command("run", program, "--input", path, "--json").fields["invocations"]
    assert [(entry["height"], entry["caller"]) for entry in found] == [(1, None), *[(2, 0)] * 3]
    assert found[1]["executed_instructions"] is None
