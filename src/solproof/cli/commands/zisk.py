"""`solproof zisk`: run and prove a program as a guest inside the zkVM ZisK."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.changes import called_option
from solproof.cli.terminal.files import OUTPUT_FILE, write_file
from solproof.cli.terminal.options import (
    FILE,
    input_option,
    json_option,
    naming_program,
    parameter_options,
    program_argument,
    quiet_option,
    read_input,
)
from solproof.cli.terminal.outputs import STREAM, check_output
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import Fields, aligned, print_json, print_lines
from solproof.errors import InputError, ProvingError
from solproof.execution.execute import execute
from solproof.runtime.execution_input import ExecutionInput
from solproof.zisk import chunks, doctor, prover
from solproof.zisk.abi import DEFAULT, Abi, abi_of
from solproof.zisk.claim import accept
from solproof.zisk.emulator import Emulation, emulate
from solproof.zisk.frame import frame, payload_of
from solproof.zisk.guests import digests, file_name
from solproof.zisk.outputs import OUTPUT_NAMES, Outputs, Word
from solproof.zisk.runner import differences, raise_refusal
from solproof.zisk.tools import CARGO_ZISK, need_tool, run_ziskemu, tool_version

EXAMPLES = """\b
Examples:
  solproof zisk run p_token.so --input transfer.json
  solproof zisk doctor
  solproof zisk prove p_token.so --input transfer.json --directory transfer-zisk
"""
version_option = click.option(
    "--zisk-version",
    "version",
    metavar="VERSION",
    help="The version of ZisK, which decides addresses and framing.  "
    f"[default: the installed version, or {DEFAULT.name}]",
)
segment_option = click.option(
    "--max-steps",
    type=click.IntRange(1),
    metavar="N",
    help="Split the run into segments of at most N sBPF instructions, each with its own run of the guest.",
)


@click.group(epilog=EXAMPLES, invoke_without_command=True)
@click.pass_context
def zisk(context: click.Context) -> None:
    """Run and prove a program as a guest inside the zkVM ZisK.

    The guest interprets sBPF. Its public outputs are a success flag (0 means success), the exit code, the
    compute units, instructions and modified accounts, and digests of program, input and result. All outputs
    are described in docs/zisk.md. Every command takes --json.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@zisk.command(
    "input", epilog="\b\nExample:\n  solproof zisk input p_token.so --input transfer.json -o zisk-input.bin\n"
)
@program_argument
@called_option
@input_option
@parameter_options
@version_option
@segment_option
@click.option("--output", "-o", type=OUTPUT_FILE, metavar="FILE", required=True, help="The file to write.")
@json_option
def zisk_input(
    program: Path,
    input_path: Path | None,
    version: str | None,
    max_steps: int | None,
    output: Path,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Write the input file of the guest, framed for a version of ZisK.

    With --max-steps, each segment has its own numbered file: zisk-input-0.bin, zisk-input-1.bin. The result
    also names the guest and its SHA-256 digest.
    """
    check_output(output)
    if output == STREAM and max_steps is not None:
        raise InputError("--output: expected a file with --max-steps, because each segment has its own")
    abi = _abi(version)
    given = read_input(program, input_path, **parameters)
    written = []
    payloads = [payload_of(given)]
    if max_steps is not None:
        payloads = [run.payload for run in _guest_runs(given, max_steps, abi, count_steps=False)]
    for number, payload in enumerate(payloads):
        path = output if max_steps is None else output.with_name(f"{output.stem}-{number}{output.suffix}")
        content = frame(payload, abi)
        write_file(path, content)
        written.append({"output": str(path), "bytes": len(content)})
    name = file_name(abi)
    if as_json:
        print_json({"files": written, "abi": abi.name, "guest": name, "guest_sha256": digests()[name]})
    else:
        lines = [f"{file['output']}: {file['bytes']:,} bytes, framed for ZisK {abi.name}" for file in written]
        print_lines([*lines, f"guest {name}, SHA-256 {digests()[name]}"])


@zisk.command("run", epilog="\b\nExample:\n  solproof zisk run p_token.so --input transfer.json --json\n")
@program_argument
@called_option
@input_option
@parameter_options
@version_option
@segment_option
@click.option(
    "--emulator",
    type=click.Choice(["embedded", "ziskemu"]),
    default="embedded",
    help="The emulator in this package, or ZisK's own, which must be installed.  [default: embedded]",
)
@json_option
def zisk_run(
    program: Path,
    input_path: Path | None,
    version: str | None,
    max_steps: int | None,
    emulator: str,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Run the guest and print its public outputs.

    The embedded emulator executes and counts the guest's RISC-V instructions. ZisK takes about 1,000 steps
    more. A failing program is a result too. The exit status is 3 if the guest does not support the run.
    """
    given = read_input(program, input_path, **parameters)
    if emulator == "ziskemu" and max_steps is not None:
        raise InputError(
            "--max-steps: expected the embedded emulator, which keeps the state between segments"
        )
    with naming_program(program):
        if emulator == "ziskemu":
            payload = payload_of(given)
            emulation, abi = run_ziskemu(payload, version=version)
            runs = [_run_of(payload, emulation)]
        else:
            abi = _abi(version)
            runs = _guest_runs(given, max_steps, abi, count_steps=True)
    outputs = accept([run.outputs for run in runs], given)
    emulation = runs[-1].emulation
    steps = [run.emulation.steps for run in runs if run.emulation.steps is not None]
    fields: Fields = {
        "outputs": list(emulation.words),
        "steps": sum(steps) if steps else None,
        **_named(outputs),
        "abi": abi.name,
        "guest_sha256": digests()[file_name(abi)],
    }
    if max_steps is not None:
        fields["segments"] = [
            {"outputs": list(run.emulation.words), "steps": run.emulation.steps} for run in runs
        ]
    if as_json:
        print_json(fields)
    else:
        print_lines(_lines(outputs, emulation, fields))


@zisk.command(
    "prove",
    epilog="\b\nExample:\n  solproof zisk prove p_token.so --input transfer.json --directory transfer-zisk\n",
)
@program_argument
@called_option
@input_option
@parameter_options
@version_option
@segment_option
@click.option(
    "--directory",
    "-d",
    type=FILE,
    default=Path("zisk"),
    help="The directory for the guest, input and proof.  [default: zisk]",
)
@click.option("--proving-key", type=FILE, metavar="FOLDER", help="ZisK's proving key, if not in ~/.zisk.")
@click.option(
    "--assembly", is_flag=True, help="Use ZisK's assembly mode, which is faster and needs more memory."
)
@click.option("--unlock-memory", is_flag=True, help="With --assembly: do not lock memory.")
@click.option("--skip-setup", is_flag=True, help="Use the existing setup of this guest.")
@quiet_option
@json_option
def zisk_prove(
    program: Path,
    input_path: Path | None,
    version: str | None,
    max_steps: int | None,
    directory: Path,
    proving_key: Path | None,
    assembly: bool,
    unlock_memory: bool,
    skip_setup: bool,
    quiet: bool,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Prove the guest's run with an installed ZisK.

    Runs the setup, checks the constraints, makes the proof and verifies it. The guest first runs in the
    embedded emulator. It is proven only if its outputs match those of solproof's own machine. If ZisK fails,
    the exit status is 7. For a known failure, the message explains the cause and the remedy.
    """
    given = read_input(program, input_path, **parameters)
    version = version or tool_version(need_tool(CARGO_ZISK))
    abi = abi_of(version)
    options = prover.Options(assembly, unlock_memory, skip_setup, proving_key)
    proofs = []
    with naming_program(program), Phases("zisk prove", quiet=quiet) as progress:
        progress("run in the embedded emulator")
        payloads, outputs = _checked(given, max_steps, abi)
        for number, payload in enumerate(payloads):
            folder = directory if max_steps is None else directory / f"segment-{number}"
            # The setup depends only on the guest, so one setup serves all segments.
            chosen = replace(options, skip_setup=skip_setup or number > 0)

            def begin(step: prover.Step, number: int = number) -> None:
                progress(step.name)
                call = f"{CARGO_ZISK} {' '.join(step.arguments)}"
                progress.say(f"  {call}", segment=number, call=call)

            proof, _ = prover.prove(payload, folder, chosen, version=version, progress=begin)
            proofs.append(str(proof))
    if as_json:
        print_json({"proofs": proofs, **_named(outputs)})
    else:
        print_lines([f"{proof}: proven and verified" for proof in proofs])


@zisk.command("doctor", epilog="\b\nExample:\n  solproof zisk doctor --zisk-version 0.18.0\n")
@version_option
@json_option
def zisk_doctor(version: str | None, as_json: bool) -> None:
    """Look for known causes of ZisK failures.

    Examples are memory limits, a stale setup and missing tools. A finding is good, bad, or a warning, which
    affects only the assembly mode. The exit status is 0 unless a finding is bad.
    """
    system = doctor.read_system()
    findings = doctor.examine(system, _abi(version or system.cargo_zisk))
    if as_json:
        names = ("name", "verdict", "reading", "remedy")
        rows = [(item.name, item.verdict.value, item.reading, item.remedy) for item in findings]
        print_json({"findings": [dict(zip(names, row, strict=True)) for row in rows]})
    else:
        print_lines(aligned([(item.name, _finding_text(item)) for item in findings]))
    bad = [item.name for item in findings if item.verdict is doctor.Severity.BAD]
    if bad:
        raise ProvingError(f"ZisK cannot prove here because of: {', '.join(bad)}")


def _abi(version: str | None) -> Abi:
    return DEFAULT if version is None else abi_of(version)


def _guest_runs(
    given: ExecutionInput, max_steps: int | None, abi: Abi, *, count_steps: bool
) -> list[chunks.Segment]:
    """Run the guest on an input: once, or once per segment if `max_steps` is given.

    If the guest refuses an input, the error that its refusal stands for is raised.
    """

    def run(payload: bytes) -> Emulation:
        return _run_of(payload, emulate(payload, abi, count_steps=count_steps)).emulation

    payload = payload_of(given)
    if max_steps is None:
        return [_run_of(payload, emulate(payload, abi, count_steps=count_steps))]
    return chunks.split(payload, max_steps, run)


def _run_of(payload: bytes, emulation: Emulation) -> chunks.Segment:
    """The segment of a run of the guest. Raises the error that a refusal of the guest stands for."""
    outputs = Outputs.of(emulation.words)
    raise_refusal(outputs, emulation.words[Word.ENDING])
    return chunks.Segment(payload, emulation, outputs)


def _checked(given: ExecutionInput, max_steps: int | None, abi: Abi) -> tuple[list[bytes], Outputs]:
    """The guest's inputs to prove, and the outputs of the whole run.

    Runs the guest without proving. Raises `ProvingError` if its outputs differ from those of solproof's own
    machine.
    """
    runs = _guest_runs(given, max_steps, abi, count_steps=False)
    outputs = chunks.join([run.outputs for run in runs])
    found = differences(outputs, execute(given, recorded=False))
    if found:
        raise ProvingError(
            f"the guest and solproof's machine disagree, please report this: {'; '.join(found)}"
        )
    return [run.payload for run in runs], outputs


def _named(outputs: Outputs) -> Fields:
    return {
        "success": outputs.success,
        "exit_code": outputs.exit_code,
        "fault": outputs.fault,
        "rule": outputs.rule,
        "pc": outputs.pc,
        "compute_units": outputs.compute_units,
        "instructions": outputs.instructions,
        "accounts_modified": outputs.accounts_modified,
        "program_sha256": outputs.program_digest.hex(),
        "input_sha256": outputs.input_digest.hex(),
        "result_sha256": outputs.result_digest.hex(),
    }


def _lines(outputs: Outputs, emulation: Emulation, fields: Fields) -> list[Line]:
    reason = outputs.fault or outputs.rule
    pairs = [
        *(
            (f"output {number}", f"{emulation.words[number]:<10}  {name}")
            for number, name in enumerate(OUTPUT_NAMES)
        ),
        ("ending", "the program returned" if reason is None else reason),
        ("program", outputs.program_digest.hex()),
        ("input", outputs.input_digest.hex()),
        ("result", outputs.result_digest.hex()),
    ]
    if fields["steps"] is not None:
        pairs.append(("steps", f"{fields['steps']:,} RISC-V instructions"))
    if "segments" in fields:
        pairs.append(("segments", f"{len(fields['segments'])}, joined"))
    return aligned(pairs)


def _finding_text(item: doctor.Finding) -> str:
    remedy = f"; {item.remedy}" if item.remedy else ""
    return f"{item.verdict.value:<8} {item.reading}{remedy}"
