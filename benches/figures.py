"""Defines every figure, and writes the figures of results.json into the README and docs/benchmarks.md.

`python -m benches.figures` writes the committed figures into both documents again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from solproof.estimation.calibration import Calibration, Measurement, shipped_calibration

RESULTS = Path(__file__).with_name("results.json")
ROOT = Path(__file__).resolve().parent.parent
README, PAGE = ROOT / "README.md", ROOT / "docs/benchmarks.md"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"


class Results(TypedDict):
    """The content of results.json."""

    machine: dict[str, str | int | float]
    figures: dict[str, float]
    syscalls: dict[str, dict[str, float]]
    """One entry for each run of `benches.syscalls`, with the fields of `SYSCALL_FIGURES`."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `scale` and `format` turn the measured value into the text that is shown."""

    name: str
    definition: str
    unit: str
    scale: float = 1.0
    format: str = ",.0f"
    includes: str = ""
    leaves_out: str = ""

    def show(self, value: float) -> str:
        """The value with its unit."""
        return f"{value * self.scale:{self.format}} {self.unit}".strip()


FIGURES = (
    Figure(
        "classic_prove_seconds",
        "Prove a Transfer of classic SPL Token (4,644 CU), including the run and the witness, "
        "with the key cached",
        "s",
        format=".2f",
        includes="Loading the ELF, running it with a trace, filling the tables, proving, encoding the proof "
        "file.",
        leaves_out="Starting Python, reading and writing files, making the key.",
    ),
    Figure(
        "classic_verify_engine_ms",
        "Verify that proof: the engine alone, key cached",
        "ms",
        includes="Checking the proof against the statement and the public tables.",
        leaves_out="Everything that the next line adds.",
    ),
    Figure(
        "classic_verify_ms",
        "Verify that proof: from proof file to verdict, key cached",
        "ms",
        includes="Hashing the program and the input, loading the ELF, replaying events, executing the last "
        "instruction, applying account rules, writing the log.",
        leaves_out="Starting Python, reading files, making the key.",
    ),
    Figure(
        "classic_proof_bytes",
        "Size of that proof file",
        "MB",
        1e-6,
        ".2f",
        includes="The whole file: the claim, the events with the words they touched, the proof.",
        leaves_out="The program and the input, which the verifier already has.",
    ),
    Figure(
        "classic_cells_per_instruction",
        "Committed base-field cells per executed instruction of that run, including auxiliary columns and "
        "padding, excluding the fixed lookup table",
        "",
        format=".1f",
        includes="Main and auxiliary columns of every table that grows with the run, and padding to "
        "powers of two.",
        leaves_out="The lookup table, the quotients.",
    ),
    Figure(
        "p_token_prove_seconds",
        "Prove a Transfer of p-token (76 CU), measured the same way",
        "s",
        format=".2f",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "p_token_verify_engine_ms",
        "Verify that proof: the engine alone, key cached",
        "ms",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "p_token_proof_bytes",
        "Size of that proof file",
        "MB",
        1e-6,
        ".2f",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "creation_prove_seconds",
        "Prove a transaction that creates an associated token account of p-token: four frames, 18,025 CU",
        "s",
        format=".2f",
        includes="Reading the message, verifying its signature, running all frames, proving, encoding the "
        "proof file.",
        leaves_out="As above.",
    ),
    Figure(
        "creation_verify_engine_ms",
        "Verify that proof: the engine alone",
        "ms",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "creation_proof_bytes",
        "Size of that proof file",
        "MB",
        1e-6,
        ".2f",
        includes="As above.",
        leaves_out="The scene, which the verifier already has.",
    ),
    Figure(
        "transfers_prove_seconds",
        "Prove a transaction of ten Transfers of classic SPL Token: ten frames, 46,440 CU",
        "s",
        format=".2f",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "transfers_verify_engine_ms",
        "Verify that proof: the engine alone",
        "ms",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "transfers_proof_bytes",
        "Size of that proof file",
        "MB",
        1e-6,
        ".2f",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "budget_prove_seconds",
        "Prove a run of 1.37 million CU with 55 calls of another program",
        "s",
        format=".1f",
        includes="All steps of a proof, with the key cached.",
        leaves_out="Starting Python, reading and writing files.",
    ),
    Figure(
        "budget_peak_gib",
        "Peak memory of the process that proves that run",
        "GiB",
        format=".2f",
        includes="The whole process, including Python.",
    ),
    Figure(
        "sequence_per_second",
        "Prove 100 mixed transactions in order, with two processes",
        "transactions/s",
        format=".1f",
        includes="Starting the processes, executing every transaction, writing the proofs and their index.",
        leaves_out="Starting Python, reading the scenes.",
    ),
    Figure(
        "sequence_verified_per_second",
        "Verify the proofs of that sequence, in one process",
        "transactions/s",
        format=".0f",
        includes="Reading the proofs, the chain of accounts, every proof.",
        leaves_out="Starting Python, reading the scenes.",
    ),
    Figure(
        "large_program_verify_seconds",
        "Verify a proof of a short run of a program of 2 MB: the whole command",
        "s",
        format=".2f",
        includes="Starting Python, reading and loading the program, making the key, everything else.",
    ),
    Figure(
        "key_seconds",
        "Make the key (needed once per process)",
        "s",
        format=".2f",
        includes="Committing to the circuit and to the lookup table.",
        leaves_out="Starting Python.",
    ),
    Figure(
        "transaction_run_ms",
        "Run a transaction of 10 instructions and 20 CPIs of SPL Token, recording a trace of every frame, "
        "with the programs loaded",
        "ms",
        includes="Reading the message, verifying its signature, loading its accounts, running every frame "
        "with a trace, the rules of accounts and rent, the log.",
        leaves_out="Starting Python, reading files, loading the ELF files of the programs.",
    ),
    Figure(
        "loop_instructions_per_second",
        "Prove a loop of a million mixed instructions: run, witness and proof together",
        "instructions/s",
        includes="All steps of a proof, with the key cached.",
        leaves_out="Starting Python, reading and writing files, making the key.",
    ),
    Figure(
        "loop_peak_gib",
        "Peak memory of the process that proves the loop",
        "GiB",
        format=".2f",
        includes="The whole process, including Python.",
    ),
    Figure(
        "loop_machine_per_second",
        "Run the loop without proving it, recording a trace",
        "instructions/s",
        includes="Loading the ELF, running it with a trace, applying account rules.",
        leaves_out="The witness and the proof.",
    ),
    Figure(
        "loop_witness_rows_per_second",
        "Make the witness of the loop",
        "instructions/s",
        includes="Filling every table from the trace.",
        leaves_out="The run and the proof.",
    ),
    Figure(
        "loop_cells_per_instruction",
        "Committed cells per executed instruction of the loop, counted as above",
        "",
        format=".1f",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "loop_proof_bytes",
        "Size of the proof file of the loop",
        "MB",
        1e-6,
        ".2f",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "security_bits",
        "Lowest proven security among these proofs, without a capacity conjecture",
        "bits",
        format=".1f",
        includes="The field, the hash, the queries and their grinding, for the real shape of each proof.",
        leaves_out="Mistakes in the circuit or in the code.",
    ),
)


SYSCALL_FIGURES = (
    Figure("compute_units", "CU", ""),
    Figure("events", "events", ""),
    Figure("prove_seconds", "prove", "s", format=".2f"),
    Figure("verify_ms", "verify", "ms"),
    Figure("replay_ms", "replay", "ms", format=".1f"),
    Figure("proof_bytes", "proof", "KB", 1e-3),
)


def read_results() -> Results | None:
    """The committed results, if there are any."""
    if not RESULTS.exists():
        return None
    results: Results = json.loads(RESULTS.read_text())
    return results


EVENT = (
    "An event is a syscall that the verifier replays.\n"
    "The circuit itself proves almost all calls of the four memory syscalls, so those are not events.\n"
    "The replay time is part of the verification time."
)


def machine_text(results: Results) -> str:
    """The computer that the figures were measured on, and the number of runs."""
    machine = results["machine"]
    return (
        f"Measured by `make bench` on {machine['cores']} cores ({machine['processor']}, "
        f"{machine['vector_lanes']} field elements per vector, {machine['memory_gib']} GiB of memory), "
        f"Python {machine['python']}.\n"
        f"Times are medians of {machine['runs']} runs, except that the loop runs once."
    )


def syscall_table(results: Results) -> list[str]:
    """The table of the runs that make syscalls."""
    return [
        "| run | " + " | ".join(figure.definition for figure in SYSCALL_FIGURES) + " |",
        "|" + "---|" * (len(SYSCALL_FIGURES) + 1),
        *(
            f"| {name} | " + " | ".join(figure.show(run[figure.name]) for figure in SYSCALL_FIGURES) + " |"
            for name, run in results["syscalls"].items()
        ),
    ]


def readme_section(results: Results) -> str:
    """The figures of the README."""
    rows = [f"| {figure.definition} | {figure.show(results['figures'][figure.name])} |" for figure in FIGURES]
    lines = [
        "## Figures",
        "",
        machine_text(results),
        "",
        "| what | figure |",
        "|---|---|",
        *rows,
        "",
        f"The next table shows runs that make syscalls, measured the same way.\n{EVENT}",
        "",
        *syscall_table(results),
        "",
    ]
    return "\n".join(lines)


def page_section(results: Results, calibration: Calibration) -> str:
    """The figures of docs/benchmarks.md, with the scope of each, and the model of `solproof estimate`."""
    lines = ["## The machine", "", machine_text(results), "", "## Transfers, and a long loop", ""]
    lines += ["| what | figure | includes | leaves out |", "|---|---|---|---|"]
    for figure in FIGURES:
        shown = figure.show(results["figures"][figure.name])
        lines.append(f"| {figure.definition} | {shown} | {figure.includes} | {figure.leaves_out} |")
    lines += ["", "## Runs of syscalls", "", f"Proving and verifying are measured as above.\n{EVENT}"]
    lines += ["The replay time includes serializing the input and executing the last instruction.", ""]
    lines += [*syscall_table(results), ""]
    errors, machine = calibration.errors, calibration.machine
    lines += [
        "## The model behind `solproof estimate`",
        "",
        f"The model was fitted on {calibration.date} to {len(calibration.measurements)} programs, each "
        f"proven in its own process, on {machine.cores} cores ({machine.processor}, "
        f"{machine.vector_lanes} field elements per vector, "
        f"{machine.memory_bytes / 2**30:.1f} GiB of memory).",
        "Rows, cells and security are exact.",
        "To measure the errors, each program was estimated by a model fitted to the other programs.",
        f"The largest errors were {errors.seconds:.1%} of the time, {errors.peak_bytes:.1%} of the peak "
        f"memory and {errors.proof_bytes:.1%} of the size of the proof.",
        "The size of the proof is computed, not fitted.",
        "",
        "The estimates in the table come from the model that is shipped with solproof.",
        "A time includes the run, its estimate and making the key, but not starting Python.",
        "The peak memory is that of the whole process.",
        "",
        "| program | instructions | cells | time | estimate | peak memory | estimate | proof | estimate |",
        "|" + "---|" * 9,
        *(_measurement(item, calibration) for item in calibration.measurements),
        "",
    ]
    return "\n".join(lines)


def _measurement(item: Measurement, calibration: Calibration) -> str:
    cells = (
        item.name,
        f"{item.load.instructions:,}",
        f"{item.load.cells:,}",
        f"{item.seconds:.2f} s",
        f"{calibration.seconds.at(item.load):.2f} s",
        f"{item.peak_bytes / 2**20:,.0f} MiB",
        f"{calibration.peak_bytes.at(item.load) / 2**20:,.0f} MiB",
        f"{item.proof_bytes / 1000:,.0f} KB",
        f"{item.load.proof_bytes / 1000:,.0f} KB",
    )
    return f"| {' | '.join(cells)} |"


def write_documents(results: Results, calibration: Calibration) -> None:
    """Replace the figures of the README and of docs/benchmarks.md."""
    for path, section in (
        (README, readme_section(results)),
        (PAGE, page_section(results, calibration)),
    ):
        before, rest = path.read_text(encoding="utf-8").split(BEGIN)
        path.write_text(before + BEGIN + section + END + rest.split(END)[1], encoding="utf-8")


def write(results: Results) -> None:
    """Replace results.json, and the figures of the documents."""
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    write_documents(results, shipped_calibration())


if __name__ == "__main__":
    committed = read_results()
    assert committed is not None, f"{RESULTS} is missing"
    write_documents(committed, shipped_calibration())
