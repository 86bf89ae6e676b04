"""`solproof prove` and `solproof verify` with a sequence of transactions."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import base58
import pytest

from solproof.cli.commands import prove
from solproof.runtime.transaction.message import parse_transaction
from solproof.statement.sequence_index import INDEX_NAME, read_index
from tests.cli.conftest import Command
from tests.support.processes import children, is_alive, wait_until
from tests.support.sequences import other_scenes, scenes, write_scenes

REFUSED = "This transaction has already been processed"
SECONDS = re.compile(r" +\d+\.\d{3}\b")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file with the scenes."""
    path = tmp_path_factory.mktemp("scenes") / "scenes.jsonl"
    write_scenes(path, scenes())
    return path


@pytest.fixture(scope="module")
def proofs(path: Path) -> Path:
    """The directory with the proofs of the sequence."""
    directory = path.parent / "proofs"
    prove.prove.main(
        ["--transactions", str(path), "--output", str(directory), "--jobs", "2", "--quiet", "--json"],
        standalone_mode=False,
    )
    return directory


def shown(text: str) -> str:
    """The output without seconds."""
    return SECONDS.sub(" SECONDS", text)


def expected(directory: Path) -> str:
    """The output for the sequence."""
    sizes = {number: (directory / f"{number:06}.proof").stat().st_size for number in (1, 2, 4)}
    names = [signature(number)[:12] for number in (1, 2, 3, 4)]
    invalid = "Error processing Instruction 0: invalid account data for instruction"
    return f"""\
number  signature     ending                units  instructions  proof bytes    seconds
     1  {names[0]}  success                 237            87  {sizes[1]:>11,} SECONDS
     2  {names[1]}  success                 150             0  {sizes[2]:>11,} SECONDS
     3  {names[2]}  not processed             0             0         none SECONDS  {REFUSED}
     4  {names[3]}  failed                  186            86  {sizes[4]:>11,} SECONDS  {invalid}

transactions   4: 2 success, 1 failed, 1 not processed
fees           20,000 lamports
compute units  573
proofs         3: {sum(sizes.values()):,} bytes
seconds SECONDS
"""


def signature(number: int) -> str:
    first = parse_transaction(scenes()[number - 1].transaction).signatures[0]
    return base58.b58encode(first).decode()


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def without_seconds(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


# WHAT IS SHOWN


def test_prove_shows_a_table(command: Command, path: Path, proofs: Path) -> None:
    result = command("prove", "--transactions", path, "-o", proofs, "--quiet")
    assert (result.status, result.errors) == (0, "")
    assert shown(result.output) == expected(proofs)


def test_verify_shows_the_same(command: Command, path: Path, proofs: Path) -> None:
    result = command("verify", proofs, "--transactions", path, "--quiet")
    assert (result.status, result.errors) == (0, "")
    assert shown(result.output) == expected(proofs)


def test_json(command: Command, path: Path, proofs: Path) -> None:
    made = command("prove", "--transactions", path, "-o", proofs, "--json", "--progress", "none")
    checked = command("verify", proofs, "--transactions", path, "--json", "--progress", "none")
    assert made.status == checked.status == 0
    lines = rows(made.output)
    assert without_seconds(lines) == without_seconds(rows(checked.output))
    assert [line["number"] for line in lines] == [1, 2, 3, 4]
    assert [line["signature"] for line in lines] == [signature(number) for number in (1, 2, 3, 4)]
    assert [line["status"] for line in lines] == ["executed", "executed", "not processed", "executed"]
    assert lines[0].pop("seconds") > 0
    assert lines[0] == {
        "number": 1,
        "signature": signature(1),
        "success": True,
        "status": "executed",
        "error": None,
        "error_message": None,
        "fee": 10_000,
        "compute_units": 237,
        "executed_instructions": 87,
        "accounts_modified": 2,
        "loaded_accounts_data_size": 100_744,
        "proof": "000001.proof",
        "proof_bytes": (proofs / "000001.proof").stat().st_size,
    }
    assert (lines[2]["proof"], lines[2]["proof_bytes"], lines[2]["seconds"]) == (None, None, 0)
    for result in (made, checked):
        assert result.errors.startswith("note: transactions: 4: 2 success, 1 failed, 1 not processed, ")


def test_progress(command: Command, path: Path, proofs: Path) -> None:
    for title, arguments in (("prove", ("-o", proofs)), ("verify", (proofs,))):
        lines = command(title, "--transactions", path, *arguments).errors.splitlines()
        percent = [f"{title}: transactions, {done} % ..." for done in (20, 50, 70, 100)]
        assert lines[:-1] == [f"{title}: read ...", f"{title}: transactions ...", *percent]
        assert lines[-1].startswith(f"{title}: done in ")


def test_a_directory_of_scenes(command: Command, path: Path, proofs: Path, tmp_path: Path) -> None:
    for number, line in enumerate(path.read_text().splitlines()):
        (tmp_path / f"{number}.json").write_text(line)
    assert command("verify", proofs, "--transactions", tmp_path, "--quiet").status == 0


def test_features_are_part_of_the_statement(command: Command, path: Path, proofs: Path) -> None:
    options = ("--transactions", path, "--feature-set", "none", "--json")
    result = command("verify", proofs, *options)
    assert result.status == 4
    (*_, last) = rows(result.output)
    assert last["failure"]["reason"] == "other-input"
    assert command("prove", "-o", proofs, *options).status == 2


# REFUSED AND REJECTED


def test_proofs_of_another_sequence(command: Command, proofs: Path, tmp_path: Path) -> None:
    others = tmp_path / "others.jsonl"
    write_scenes(others, other_scenes())
    before = {path: path.stat().st_mtime_ns for path in proofs.iterdir()}
    made = command("prove", "--transactions", others, "-o", proofs, "--quiet")
    assert made.status == 2
    assert made.errors == (
        f"error: {proofs / INDEX_NAME}: lists a proof of another transaction 2; "
        "expected the same sequence, or another directory\n"
    )
    assert {path: path.stat().st_mtime_ns for path in proofs.iterdir()} == before
    checked = command("verify", proofs, "--transactions", others, "--quiet")
    assert checked.status == 4
    assert checked.errors.startswith("error: transaction 2: the proof is about the scene with SHA-256 ")
    assert [line.split()[0] for line in checked.output.splitlines()] == ["number", "1"]


def test_a_rejected_proof(command: Command, path: Path, proofs: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(proofs, tmp_path / "copy")
    (copy / "000004.proof").unlink()
    result = command("verify", copy, "--transactions", path, "--json", "--quiet")
    assert (result.status, [line.get("number") for line in rows(result.output)]) == (4, [1, 2, 3, None])
    assert rows(result.output)[-1]["failure"] == {
        "kind": "ProofRejected",
        "message": f"transaction 4: {copy / '000004.proof'}: there is no such file",
        "exit_status": 4,
        "reason": "proof-missing",
    }


def test_a_file_in_place_of_the_directory(command: Command, path: Path, proofs: Path) -> None:
    file = proofs / "000001.proof"
    result = command("verify", file, "--transactions", path, "--quiet")
    message = f"error: proof {file}: is a file, expected the directory of the proofs\n"
    assert (result.status, result.output, result.errors) == (2, "", message)


def test_a_huge_index(command: Command, path: Path, tmp_path: Path) -> None:
    with (tmp_path / INDEX_NAME).open("wb") as file:
        file.truncate(2**40)
    for arguments in (("prove", "-o", tmp_path), ("verify", tmp_path)):
        result = command(*arguments, "--transactions", path, "--quiet")
        assert result.status == 2
        assert result.errors == f"error: index {tmp_path / INDEX_NAME}: has more than 16777216 bytes\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prove", "token.so", "--transactions", "a", "-o", "b"], "PROGRAM and --transactions exclude each"),
        (["prove", "--transactions", "a", "-o", "b", "-i", "c"], "--input and --transactions exclude each"),
        (
            ["prove", "--transactions", "a", "-o", "b", "-t", "c"],
            "--transaction and --transactions exclude",
        ),
        (
            ["prove", "--transactions", "a", "-o", "b", "--jobs", "0"],
            "Invalid value for '--jobs': 0 is not in",
        ),
        (["prove", "token.so", "-o", "b", "--jobs", "2"], "--jobs and a single proof exclude each other"),
        (["verify", "a", "--transactions", "b", "-p", "c"], "--program and --transactions exclude each"),
        (["verify", "a", "--transaction", "b", "-p", "c"], "--program and --transaction exclude each"),
        (["verify", "a", "--transactions", "b", "--heap-size", "32768"], "--heap-size and --transactions"),
    ],
)
def test_arguments_that_contradict(arguments: list[str], message: str, command: Command) -> None:
    result = command(*arguments)
    assert (result.status, result.output) == (2, "")
    assert result.errors.startswith(f"error: {message}")


def test_the_memory_is_shared(command: Command, path: Path, tmp_path: Path) -> None:
    """Each of two proofs may use a half, and the process that makes it alone needs more."""
    proofs = tmp_path / "proofs"
    limit = ("--max-memory", "100M", "--jobs", "2")
    result = command("prove", "--transactions", path, "-o", proofs, *limit, "--quiet")
    assert result.status == 8
    assert re.match(
        r"error: transaction [12]: the proof needs about \d+ MiB of memory but only 50 MiB may", result.errors
    )


def test_an_output_that_cannot_be_made(command: Command, path: Path, tmp_path: Path) -> None:
    result = command("prove", "--transactions", path, "-o", tmp_path / "no/proofs", "--quiet")
    assert result.status == 6
    assert result.errors == f"error: {tmp_path / 'no/proofs'}: cannot be written: No such file or directory\n"


# ENDED FROM OUTSIDE

HANGING = """
import signal, sys
from solproof.cli import main
from solproof.estimation import affordable
from tests.support.sequences import prove_unless_a_program_runs
# A job in the background of a shell ignores the signal, and its children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
affordable.affordable_proof = prove_unless_a_program_runs
main()
"""


@pytest.mark.parametrize(
    ("number", "status", "message"),
    [
        (signal.SIGKILL, -9, None),
        (signal.SIGINT, 130, "error: interrupted"),
        (signal.SIGTERM, 143, "error: terminated"),
    ],
)
def test_the_command_continues(
    number: signal.Signals, status: int, message: str | None, command: Command, path: Path, tmp_path: Path
) -> None:
    """The proofs of transactions 1 and 4 never end, so only that of transaction 2 is there."""
    proofs = tmp_path / "proofs"
    parent = subprocess.Popen(
        [sys.executable, "-c", HANGING, "prove", "--transactions", path, "-o", proofs, "--jobs", "2"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_until(lambda: (proofs / INDEX_NAME).exists() and 2 in read_index(proofs).proofs)
    workers = children(parent.pid, "solproof.host.workers")
    os.killpg(parent.pid, number)
    _, errors = parent.communicate(timeout=60)
    assert parent.returncode == status
    assert (errors.splitlines()[-1] if message else None) == message
    assert "Traceback" not in errors
    wait_until(lambda: not any(map(is_alive, workers)))
    assert sorted(file.name for file in proofs.iterdir()) == ["000002.proof", INDEX_NAME]
    before = (proofs / "000002.proof").stat().st_mtime_ns
    result = command("prove", "--transactions", path, "-o", proofs, "--jobs", "2", "--quiet")
    assert (result.status, result.errors) == (0, "")
    assert (proofs / "000002.proof").stat().st_mtime_ns == before
    assert command("verify", proofs, "--transactions", path, "--quiet").status == 0


def test_help_has_examples(command: Command) -> None:
    for name in ("prove", "verify"):
        assert f"solproof {name} " in (text := command(name, "--help").output)
        assert "--transactions scenes.jsonl" in text
