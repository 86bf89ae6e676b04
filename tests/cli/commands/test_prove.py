"""`solproof prove`: the proof, its progress, and outputs that are either complete or absent."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import click
import pytest

from benches.mixed_loop import mixed_loop
from solproof.accesses.access_log import AccessLog
from solproof.backend.plonky3 import Plonky3
from solproof.backend.protocol import Proven
from solproof.cli.terminal.sizes import byte_size
from solproof.display import NO_FRAME
from solproof.formats import bincode
from solproof.runtime.execution_input import ExecutionInput
from tests.cli.conftest import Command, Files, Scenes
from tests.support.frame_trees import single_instruction

PHASES = [
    "execute",
    "key",
    "estimate",
    "witness",
    "trace",
    "lookups",
    "grinding",
    "quotient",
    "opening",
    "low-degree test",
    "queries",
]


def test_json_and_quiet(command: Command, files: Files, tmp_path: Path) -> None:
    proof = tmp_path / "new.proof"
    result = command("prove", files.program, "--input", files.input, "--output", proof, "--json", "--quiet")
    assert (result.status, result.errors) == (0, "")
    fields = result.fields
    assert (fields["success"], fields["exit_code"], fields["error"]) == (True, 0, None)
    assert (fields["compute_units"], fields["instructions"], fields["accounts_modified"]) == (76, 76, 2)
    assert fields["security_bits"] >= 100
    assert fields["security_regime"] in ("unique decoding", "Johnson bound", "Johnson")
    assert fields["proof_bytes"] == proof.stat().st_size
    assert [*fields["seconds"]] == [*PHASES, "total"]
    phases = sum(value for phase, value in fields["seconds"].items() if phase != "total")
    assert phases == pytest.approx(fields["seconds"]["total"], abs=0.01)
    assert fields["rows"]["add"] >= 1
    assert min(fields["main_cells"], fields["auxiliary_cells"], fields["preprocessed_cells"]) > 0


def test_progress_has_each_phase_once(command: Command, files: Files, tmp_path: Path) -> None:
    result = command("prove", files.input_bin, "--output", tmp_path / "new.proof")
    said = result.errors.splitlines()
    estimate = said.pop(3)
    *begun, done = said
    assert begun == [f"prove: {phase} ..." for phase in PHASES]
    total, *seconds = (float(number) for number in re.findall(r" (\d+\.\d{3}) s", done))
    assert re.findall(r"[:,] (\D+) \d", done)[1:] == PHASES
    assert sum(seconds) == pytest.approx(total, abs=0.01)
    assert result.output.splitlines()[-1].startswith(f"proof              {tmp_path / 'new.proof'}: ")
    assert re.fullmatch(
        r"estimate: [\d,]+ cells, about \d+ MiB of memory, a proof of 0\.\d\d MB, "
        r"[\d.]+ s on \d+ cores of .+",
        estimate,
    )


def test_progress_as_json(command: Command, files: Files, tmp_path: Path) -> None:
    result = command(
        "prove", files.input_bin, "--output", tmp_path / "new.proof", "--progress", "json", "--json"
    )
    lines = [json.loads(line) for line in result.errors.splitlines()]
    assert {line["command"] for line in lines} == {"prove"}
    assert [line["phase"] for line in lines if "phase" in line] == PHASES
    (estimate,) = [line["estimate"] for line in lines if "estimate" in line]
    assert estimate["rows"] == result.fields["rows"]
    assert lines[-1]["done"] is True
    assert lines[-1]["phases"] == {
        phase: seconds for phase, seconds in result.fields["seconds"].items() if phase != "total"
    }


def test_accesses_are_chained_once(
    command: Command, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The estimate and the proof use the same access logs."""
    chained: list[object] = []
    original = AccessLog.__init__

    def counted(self: AccessLog, *arguments: Any) -> None:
        chained.append(self)
        original(self, *arguments)

    monkeypatch.setattr(AccessLog, "__init__", counted)
    proof = tmp_path / "new.proof"
    assert command("prove", files.input_bin, "--output", proof, "--quiet").status == 0
    assert len(chained) == 1
    monkeypatch.undo()
    assert command("verify", proof, "--input", files.input_bin).status == 0


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 keeps arguments until a call returns")
def test_the_engine_proves_without_the_access_log(
    command: Command, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The witness is filled by then, and the log of a long run is large."""
    made: list[weakref.ref[AccessLog]] = []
    kept: list[AccessLog | None] = []
    initialize, prove = AccessLog.__init__, Plonky3.prove

    def noted(self: AccessLog, *arguments: Any) -> None:
        made.append(weakref.ref(self))
        initialize(self, *arguments)

    def watched(self: Plonky3, *arguments: Any) -> Proven:
        kept.extend(log() for log in made)
        return prove(self, *arguments)

    monkeypatch.setattr(AccessLog, "__init__", noted)
    monkeypatch.setattr(Plonky3, "prove", watched)
    assert command("prove", files.input_bin, "--output", tmp_path / "new.proof", "--quiet").status == 0
    assert kept == [None]


def test_too_little_memory(command: Command, files: Files, tmp_path: Path) -> None:
    proof = tmp_path / "new.proof"
    result = command("prove", files.input_bin, "--output", proof, "--max-memory", "100MiB", "--json", "-q")
    assert result.status == 8
    failure = result.fields["failure"]
    assert (failure["kind"], failure["exit_status"], failure["reason"]) == ("NotEnoughMemory", 8, None)
    assert re.fullmatch(
        r"the proof needs about \d+ MiB of memory but only 100 MiB may be used; nothing was proven; "
        r"free memory or set a higher --max-memory",
        failure["message"],
    )
    assert not proof.exists()


def test_a_table_that_is_too_high(
    command: Command, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The estimate refuses it, before the witness is filled."""
    monkeypatch.setattr("solproof.circuit.table.LARGEST_HEIGHT", 16)
    monkeypatch.setattr("solproof.proving.prove.build_witness", None)
    proof = tmp_path / "new.proof"
    for arguments in (["prove", files.input_bin, "--output", proof], ["estimate", files.input_bin]):
        result = command(*arguments, "--quiet", "--json")
        assert (result.status, result.fields["failure"]["kind"]) == (7, "ProvingError")
        assert re.fullmatch(
            r"the run needs \d+ rows in a table of the chip \w+, expected at most 16; nothing was proven",
            result.fields["failure"]["message"],
        )
    assert not proof.exists()


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1), ("64k", 2**16), ("1.5 GiB", 3 * 2**29), ("2MB", 2**21), ("1T", 2**40)]
)
def test_sizes(text: str, size: int) -> None:
    context, parameter = click.Context(click.Command("prove")), click.Option(["--max-memory"])
    assert byte_size(context, parameter, text) == size


def test_no_size(command: Command, files: Files, tmp_path: Path) -> None:
    result = command("prove", files.input_bin, "--output", tmp_path / "new.proof", "--max-memory", "much")
    assert (result.status, result.errors) == (
        2,
        "error: Invalid value for '--max-memory': 'much' is not an amount of memory such as 512M, 2GiB or "
        "1000000 (see solproof prove --help)\n",
    )


def test_a_failing_program_is_proven(command: Command, files: Files, tmp_path: Path) -> None:
    proof = tmp_path / "failing.proof"
    made = command("prove", files.program, "--input", files.failing, "--output", proof, "--json", "--quiet")
    checked = command("verify", proof, "--program", files.program, "--input", files.failing, "--json")
    for result in (made, checked):
        assert result.status == 0
        assert (result.fields["success"], result.fields["error"]) == (False, "Custom(1)")


def test_a_fault(command: Command, files: Files, tmp_path: Path) -> None:
    """A run that is stopped is proven too. The verdict gives the fault and its place."""
    proof = tmp_path / "fault.proof"
    limit = ("--compute-unit-limit", 10)
    made = command("prove", files.input_bin, "--output", proof, "--quiet", *limit, "--json")
    checked = command("verify", proof, "--input", files.input_bin, *limit, "--json")
    for result in (made, checked):
        assert result.status == 0
        assert (result.fields["success"], result.fields["exit_code"]) == (False, None)
        assert result.fields["error"] == "ProgramFailedToComplete"
        assert result.fields["fault"] == "ExceededMaxInstructions"
        assert result.fields["pc"] == checked.fields["pc"]
    shown = command("verify", proof, "--input", files.input_bin, *limit)
    assert f"none: ExceededMaxInstructions at pc {made.fields['pc']}\n" in shown.output
    (claim,) = command("inspect", proof, "--json").fields["claim"]["frames"]
    assert (claim["fault"], claim["pc"], claim["exit_code"]) == (
        "ExceededMaxInstructions",
        made.fields["pc"],
        None,
    )


# TRANSACTIONS


def test_a_transaction(command: Command, scenes: Scenes, tmp_path: Path) -> None:
    proof = tmp_path / "new.proof"
    result = command("prove", "--transaction", scenes.token_account, "--output", proof, "--quiet")
    assert (result.status, result.errors) == (0, "")
    lines = result.output.splitlines()
    assert lines[:5] == [
        "success            yes",
        "fee                5,000 lamports",
        "compute units      17,987",
        "instructions       7,408 in 4 frames of sBPF programs",
        "accounts modified  2",
    ]
    assert [line.partition("  ")[0] for line in lines[5:10]] == [
        *("security", "rows", "cells", "seconds", "proof")
    ]
    assert lines[9] == f"proof              {proof}: {proof.stat().st_size:,} bytes"
    run = command("run", "--transaction", scenes.token_account).output
    tree = run[run.index("\ninstructions\n") : run.index("\nlog\n")]
    assert "\n".join(lines[10:]) == tree.removesuffix("\n")
    assert len(lines[12:]) == 5


def test_a_transaction_as_json(command: Command, scenes: Scenes, tmp_path: Path) -> None:
    proof = tmp_path / "failing.proof"
    arguments = ["--transaction", scenes.failing, "--json"]
    made = command("prove", *arguments, "--output", proof, "--quiet").fields
    assert (made["success"], made["status"], made["fee"], made["frames"]) == (False, "executed", 5_000, 1)
    assert made["error"] == {"InstructionError": [0, "InvalidAccountData"]}
    assert made["security_bits"] >= 100
    verified = command("verify", proof, *arguments).fields
    for name in ("success", "status", "error", "error_message", "fee", "compute_units", "frames"):
        assert verified[name] == made[name]


@pytest.mark.parametrize(
    ("name", "status", "shown"),
    [
        ("frameless", "executed", []),
        ("fees_only", "fees only", ["status             fees only"]),
        ("not_processed", "not processed", ["status             not processed"]),
    ],
)
def test_without_a_frame(
    name: str, status: str, shown: list[str], command: Command, scenes: Scenes, tmp_path: Path
) -> None:
    """There is nothing to prove by a STARK, and every command says so."""
    proof, scene = tmp_path / "new.proof", getattr(scenes, name)
    made = command("prove", "--transaction", scene, "--output", proof, "--quiet")
    verified = command("verify", proof, "--transaction", scene)
    estimated = command("estimate", "--transaction", scene, "--quiet")
    for result in (made, verified, estimated):
        assert (result.status, result.errors) == (0, "")
        lines = result.output.splitlines()
        assert f"security           {NO_FRAME}" in lines
        assert [line for line in lines if line.startswith("status")] == shown
        assert not any(line.startswith(("rows", "cells")) for line in lines)
    checked = command("check", "--transaction", scene, "--quiet").output.splitlines()
    assert f"constraints        {NO_FRAME}" in checked
    assert command("inspect", proof).output.splitlines()[-1] == NO_FRAME
    fields = command("verify", proof, "--transaction", scene, "--json").fields
    assert (fields["status"], fields["frames"], fields["security_bits"]) == (status, 0, 0)
    assert fields["security_regime"] == ""


def test_an_instruction_that_calls_other_programs(command: Command, tmp_path: Path) -> None:
    given, proof = tmp_path / "input.bin", tmp_path / "new.proof"
    given.write_bytes(bincode.pack(single_instruction(32 * 1024)))
    made = command("prove", given, "--output", proof, "--quiet")
    assert (made.status, made.errors) == (0, "")
    lines = made.output.splitlines()
    assert len(lines[lines.index("invocations") + 1 :]) == 3
    assert command("check", given, "--quiet").output.splitlines()[-5:] == lines[-5:]
    verified = command("verify", proof, "--input", given, "--json").fields
    estimated = command("estimate", given, "--json", "--quiet").fields
    assert (verified["success"], verified["frames"], estimated["frames"]) == (True, 3, 3)
    frames = command("inspect", proof, "--json").fields["claim"]["frames"]
    assert sum(frame["instructions"] for frame in frames) == verified["instructions"]


@pytest.mark.parametrize("name", ["prove", "verify", "check", "estimate"])
def test_a_transaction_needs_no_input(name: str, command: Command, files: Files, scenes: Scenes) -> None:
    places: dict[str, list[object]] = {"prove": ["-o", files.directory / "none"], "verify": [scenes.proof]}
    for arguments in (["--input", files.input], ["--compute-unit-limit", 1000]):
        result = command(name, *places.get(name, []), "--transaction", scenes.failing, *arguments)
        said = f"error: {arguments[0]} and --transaction exclude each other (see solproof {name} --help)\n"
        assert (result.status, result.errors) == (2, said)


# OUTPUTS


def test_no_such_directory(command: Command, files: Files, tmp_path: Path) -> None:
    proof = tmp_path / "missing" / "new.proof"
    result = command("prove", files.input_bin, "--output", proof)
    message = f"error: {proof}: cannot be written: there is no directory {proof.parent}\n"
    assert (result.status, result.errors) == (6, message)


def test_output_is_a_directory(command: Command, files: Files, tmp_path: Path) -> None:
    result = command("prove", files.input_bin, "--output", tmp_path)
    message = f"error: {tmp_path}: cannot be written: it is a directory\n"
    assert (result.status, result.errors) == (6, message)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_unwritable_directory(command: Command, files: Files, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    result = command("prove", files.input_bin, "--output", tmp_path / "new.proof")
    tmp_path.chmod(0o700)
    message = f"error: {tmp_path / 'new.proof'}: cannot be written: no permission to write in {tmp_path}\n"
    assert (result.status, result.errors) == (6, message)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_full_device(command: Command, files: Files) -> None:
    result = command("prove", files.input_bin, "--output", "/dev/full", "--quiet")
    message = "error: /dev/full: cannot be written: No space left on device\n"
    assert (result.status, result.errors) == (6, message)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_full_standard_output(files: Files) -> None:
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "solproof", "run", str(files.input_bin)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    message = "error: standard output: cannot be written: No space left on device\n"
    assert (process.returncode, process.stderr) == (6, message)


def test_full_disk_leaves_the_old_file(files: Files, tmp_path: Path) -> None:
    proof = tmp_path / "new.proof"
    proof.write_bytes(b"old")
    process = subprocess.run(
        [sys.executable, "-m", "solproof", "prove", str(files.input_bin), "--output", str(proof), "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    message = f"error: {proof}: cannot be written: File too large\n"
    assert (process.returncode, process.stderr, process.stdout) == (6, message, "")
    assert [path.name for path in tmp_path.iterdir()] == ["new.proof"]
    assert proof.read_bytes() == b"old"


INTERRUPTIBLE = """
import runpy, signal
# A job in the background of a shell ignores the signal, and its children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("solproof", run_name="__main__")
"""


def test_interrupted(tmp_path: Path) -> None:
    """The signal arrives in the middle of a proof that takes a while after its phase `trace` begins."""
    given, directory = tmp_path / "input.bin", tmp_path / "out"
    given.write_bytes(bincode.pack(ExecutionInput(mixed_loop(17_000), bytes(32), (), b"")))
    directory.mkdir()
    arguments = ["prove", str(given), "--output", str(directory / "new.proof")]
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert any("prove: trace ..." in line for line in iter(process.stderr.readline, ""))
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    assert process.returncode == 130
    assert (output, errors.splitlines()[-1]) == ("", "error: interrupted")
    assert list(directory.iterdir()) == []
