"""`solproof run`."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from solproof.demo import scenario
from solproof.execution.execute import execute
from solproof.formats import bincode
from solproof.formats.input_file import format_input
from solproof.runtime.accounts import address_text
from solproof.runtime.execution_input import ExecutionInput
from tests.cli.conftest import Command, Files
from tests.support.elf_builder import build_elf, call, text_address

TOKEN = address_text(scenario.TOKEN_PROGRAM)
SOURCE, DESTINATION, OWNER = (
    address_text(key) for key in (scenario.SOURCE, scenario.DESTINATION, scenario.SOURCE_OWNER)
)

TRANSFER = f"""\
success            yes
exit code          0
compute units      76
instructions       76
accounts modified  2

instruction
  token program: Transfer amount=42000000

log
  Program {TOKEN} invoke [1]
  Program {TOKEN} consumed 76 of 1400000 compute units
  Program {TOKEN} success

accounts
  {SOURCE}
    amount 250,000,000 to 208,000,000 (-42,000,000)
    4 bytes of data changed
      64      - 80 b2 e6 0e 00 00 00 00
              + 00 d4 65 0c 00 00 00 00
  {DESTINATION}
    amount 0 to 42,000,000 (+42,000,000)
    4 bytes of data changed
      64      - 00 00 00 00 00 00 00 00
              + 80 de 80 02 00 00 00 00
  {OWNER}  unchanged
"""


def test_a_transfer(command: Command, files: Files) -> None:
    result = command("run", files.program, "--input", files.input)
    assert (result.status, result.output, result.errors) == (0, TRANSFER, "")


def test_input_bin_alone_and_as_input(command: Command, files: Files) -> None:
    assert command("run", files.input_bin).output == TRANSFER
    assert command("run", files.program, "--input", files.input_bin).output == TRANSFER


def test_json(command: Command, files: Files) -> None:
    fields = command("run", files.program, "--input", files.input, "--json").fields
    accounts = fields.pop("accounts")
    decoded = fields.pop("decoded_accounts")
    (invocation,) = fields.pop("invocations")
    assert (invocation["program"], invocation["compute_units"]) == (TOKEN, 76)
    assert invocation["decoded"] == {
        "program": "token program",
        "name": "Transfer",
        "values": {"amount": 42_000_000},
        "accounts": ["source", "destination", "authority"],
    }
    assert [(account["name"], account["values"]["amount"]) for account in decoded[:2]] == [
        ("Account", amount_of(account["data"][0])) for account in accounts[:2]
    ]
    assert decoded[2:] == [None]
    assert fields == {
        "success": True,
        "exit_code": 0,
        "error": None,
        "error_message": None,
        "fault": None,
        "pc": 5160,
        "compute_units": 76,
        "compute_units_charged": 76,
        "instructions": 76,
        "accounts_modified": 2,
        "error_name": None,
        "faults": [],
        "logs": [
            f"Program {TOKEN} invoke [1]",
            f"Program {TOKEN} consumed 76 of 1400000 compute units",
            f"Program {TOKEN} success",
        ],
        "events": [],
        "return_data": None,
    }
    assert [account["key"] for account in accounts] == [SOURCE, DESTINATION, OWNER]


def test_accounts_can_be_read_back_as_input(command: Command, files: Files, tmp_path: Path) -> None:
    accounts = command("run", files.program, "--input", files.input, "--json").fields["accounts"]
    document = json.loads(files.input.read_text())
    flags = [{name: entry[name] for name in ("is_signer", "is_writable")} for entry in document["accounts"]]
    document["accounts"] = [account | flag for account, flag in zip(accounts, flags, strict=True)]
    again = tmp_path / "again.json"
    again.write_text(json.dumps(document))
    after = command("run", files.program, "--input", again, "--json").fields
    amounts = [amount_of(account["data"][0]) for account in after["accounts"][:2]]
    assert amounts == [
        scenario.SOURCE_AMOUNT - 2 * scenario.TRANSFER_AMOUNT,
        2 * scenario.TRANSFER_AMOUNT,
    ]


def amount_of(data: str) -> int:
    """The amount in the data of a token account, given in base64."""
    return int.from_bytes(base64.b64decode(data)[64:72], "little")


NAMED = ("success", "exit_code", "error", "error_name", "accounts_modified")


def test_a_failing_program_is_a_result(command: Command, files: Files) -> None:
    result = command("run", files.program, "--input", files.failing, "--json")
    assert result.status == 0
    assert {name: result.fields[name] for name in NAMED} == {
        "success": False,
        "exit_code": 1,
        "error": "Custom(1)",
        "error_name": "InsufficientFunds",
        "accounts_modified": 0,
    }
    lines = command("run", files.program, "--input", files.failing).output.splitlines()
    assert lines[:3] == [
        "success            no",
        "error              Custom(1): custom program error: 0x1 (InsufficientFunds)",
        "exit code          1",
    ]


def test_a_fault_is_a_result(command: Command, files: Files) -> None:
    result = command("run", files.program, "--input", files.input, "--compute-unit-limit", 10)
    assert result.status == 0
    assert result.output.splitlines()[:4] == [
        "success            no",
        "error              ProgramFailedToComplete: exceeded CUs meter at BPF instruction",
        "exit code          none: ExceededMaxInstructions at pc 4076",
        "compute units      10",
    ]


FAULT = """\
fault in frame 1
  AccessViolation: Access violation in program section at address 0x123456791 of size 8
  program    {TOKEN}
  pc         8: ldxdw r3, [r2+0x8]
  function   function_6
  called by  function_2 at pc 4
             entrypoint at pc 0
  registers  r0  0x0000000000000000 r1  0x0000000400000000
             r2  0x0000000123456789 r3  0x0000000000000000
             r4  0x0000000000000000 r5  0x0000000000000000
             r6  0x0000000000000005 r7  0x0000000000000000
             r8  0x0000000000000000 r9  0x0000000000000000
             r10 0x0000000200003000
""".replace("{TOKEN}", TOKEN)


def test_the_place_of_a_fault(command: Command, tmp_path: Path) -> None:
    program, given = tmp_path / "program.so", tmp_path / "input.json"
    program.write_bytes(
        build_elf(
            "call 1; exit; mov64 r6, 5; mov64 r8, 0; call 1; exit; lddw r2, 0x123456789; "
            "ldxdw r3, [r2+8]; exit",
            version=3,
        )
    )
    given.write_text(f'{{"program_id": "{TOKEN}", "accounts": [], "instruction_data": []}}')
    assert FAULT in command("run", program, "--input", given).output
    (fault,) = command("run", program, "--input", given, "--json").fields["faults"]
    assert fault.pop("registers")[:3] == [0, 0x4_0000_0000, 0x123456789]
    assert fault == {
        "frame": 1,
        "program": TOKEN,
        "fault": "AccessViolation",
        "message": "Access violation in program section at address 0x123456791 of size 8",
        "pc": 8,
        "instruction": "ldxdw r3, [r2+0x8]",
        "stack": [
            {"function": "function_6", "pc": 8, "source": None},
            {"function": "function_2", "pc": 4, "source": None},
            {"function": "entrypoint", "pc": 0, "source": None},
        ],
    }


def test_what_a_fault_is_charged(command: Command, tmp_path: Path) -> None:
    program, given = tmp_path / "program.so", tmp_path / "input.json"
    program.write_bytes(build_elf("ldxdw r0, [r0]"))
    given.write_text(f'{{"program_id": "{TOKEN}", "accounts": [], "instruction_data": []}}')
    assert command("run", program, "--input", given).output.splitlines()[3:6] == [
        "compute units      1",
        "charged            1,400,000 compute units",
        "instructions       1",
    ]
    fields = command("run", program, "--input", given, "--json").fields
    assert (fields["compute_units"], fields["compute_units_charged"]) == (1, 1_400_000)


def test_parameters_replace_those_of_an_input_bin(command: Command, files: Files) -> None:
    logs = command("run", files.input_bin, "--compute-unit-limit", 80, "--json").fields["logs"]
    assert logs[1] == f"Program {TOKEN} consumed 76 of 80 compute units"


def test_output_file(command: Command, files: Files, tmp_path: Path) -> None:
    output = tmp_path / "output.bin"
    assert command("run", files.input_bin, "--output", output).status == 0
    given = bincode.unpack(files.input_bin.read_bytes())
    assert bincode.unpack_output(output.read_bytes()) == execute(given).output


def test_return_data_and_other_changes(command: Command, tmp_path: Path) -> None:
    elf = build_elf([*call("sol_set_return_data", (text_address(0) + 0x20, 2)), "lddw r0, 0; exit"])
    program, given = tmp_path / "program.so", tmp_path / "input.json"
    program.write_bytes(elf)
    given.write_text(f'{{"program_id": "{TOKEN}", "accounts": [], "instruction_data": []}}')
    result = command("run", program, "--input", given)
    assert result.status == 0
    assert f"return data of {TOKEN}\n" in result.output
    assert command("run", program, "--input", given, "--json").fields["return_data"]["program_id"] == TOKEN


# THE CLUSTER'S FEATURES


@pytest.fixture
def blake3(tmp_path: Path) -> list[object]:
    """A program that calls a syscall that mainnet does not have, and an input for it."""
    program, given = tmp_path / "blake3.so", tmp_path / "input.json"
    program.write_bytes(build_elf([*call("sol_blake3", (0, 0, 0x3_0000_0000)), "exit"]))
    given.write_text(format_input(ExecutionInput(b"", bytes([4]) * 32, (), b"")))
    return [program, "--input", given]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ([], "UnsupportedInstruction"),
        (["--feature", "blake3_syscall_enabled"], None),
        (["--feature", "HTW2pSyErTj4BV6KBM9NZ9VBUJVxt7sacNWcf76wtzb3"], None),
        (["--feature-set", "none"], "UnsupportedInstruction"),
        (["--feature-set", "none", "--feature", "blake3_syscall_enabled"], None),
        (["--no-feature", "get_sysvar_syscall_enabled"], "UnsupportedInstruction"),
    ],
)
def test_features(options: list[str], fault: str | None, command: Command, blake3: list[object]) -> None:
    assert command("run", *blake3, *options, "--json").fields["fault"] == fault


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (
            ["--feature", "blake3"],
            2,
            "feature 'blake3': expected the name or address of a feature that changes how a program runs: ",
        ),
        (
            ["--feature", "blake3_syscall_enabled", "--no-feature", "blake3_syscall_enabled"],
            2,
            "feature blake3_syscall_enabled: both activated and deactivated",
        ),
        (
            ["--feature", "account_data_direct_mapping"],
            3,
            "feature account_data_direct_mapping is not supported yet",
        ),
    ],
)
def test_features_that_are_refused(
    options: list[str], status: int, message: str, command: Command, blake3: list[object]
) -> None:
    result = command("run", *blake3, *options)
    assert result.status == status
    assert result.errors.startswith(f"error: {message}")
    assert len(result.errors.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("sol_lgo_", "sol_lgo_, which neither the program nor the runtime has; did you mean sol_log_?"),
        (
            "sol_blake3",
            "sol_blake3, which the runtime does not have without --feature blake3_syscall_enabled",
        ),
        (
            "sol_get_fees_sysvar",
            "sol_get_fees_sysvar, which the runtime does not have without --no-feature disable_fees_sysvar",
        ),
    ],
)
def test_a_call_that_nothing_answers_is_named(name: str, note: str, command: Command, tmp_path: Path) -> None:
    program, given = tmp_path / "program.so", tmp_path / "input.json"
    content = build_elf(["mov64 r0, 0", f"syscall {name}", "exit"])
    program.write_bytes(content)
    given.write_text(format_input(ExecutionInput(content, bytes([9] * 32), (), b"")))
    result = command("run", program, "--input", given)
    assert result.status == 0
    assert "none: UnsupportedInstruction at pc 1" in result.output
    assert result.errors == f"note: program {address_text(bytes([9] * 32))}: pc 1 calls {note}\n"
