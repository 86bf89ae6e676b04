"""What is measured, and how it is shown: definitions, results.json, the README and docs/benchmarks.md.

`python -m benches.figures` writes the figures that are committed into both documents again.
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
    """By run of `benches.syscalls`, with the fields of `SYSCALL_FIGURES`."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `scale` and `format` turn what is measured into what is shown."""

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
        "Prove a Transfer of classic SPL Token (4,644 CU), machine and witness included, "
        "key of the program cached",
        "s",
        format=".2f",
        includes="Loading the ELF, the run with its trace, the tables, the proof, the bytes of its file.",
        leaves_out="Python's start, reading and writing files, the program's key.",
    ),
    Figure(
        "classic_verify_engine_ms",
        "Verify it: the engine alone, key cached",
        "ms",
        includes="The check of the proof against statement and public tables.",
        leaves_out="All that the next line adds.",
    ),
    Figure(
        "classic_verify_ms",
        "Verify it: from proof file to verdict, ELF loaded, events replayed, key cached",
        "ms",
        includes="Hashes of program and input, loading the ELF, the replay of events, the last "
        "instruction, account rules, log.",
        leaves_out="Python's start, reading files, the program's key.",
    ),
    Figure(
        "classic_proof_bytes",
        "Its proof file",
        "MB",
        1e-6,
        ".2f",
        includes="The whole file: claim, events with the words they touched, proof.",
        leaves_out="Program and input, which the verifier has.",
    ),
    Figure(
        "classic_cells_per_instruction",
        "Committed base-field cells per executed instruction of it, auxiliary columns and padding included, "
        "the fixed tables (program image, lookups) apart",
        "",
        format=".1f",
        includes="Main and auxiliary columns of every table that grows with the run, padding to "
        "powers of two.",
        leaves_out="The program's image, the lookup table, quotients.",
    ),
    Figure(
        "p_token_prove_seconds",
        "Prove a Transfer of p-token (76 CU), likewise",
        "s",
        format=".2f",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "p_token_verify_engine_ms",
        "Verify it: the engine alone, key cached",
        "ms",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "p_token_proof_bytes",
        "Its proof file",
        "MB",
        1e-6,
        ".2f",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "key_seconds",
        "Make the key of classic SPL Token: once per program",
        "s",
        format=".2f",
        includes="Decoding every slot, committing to the image, the program table and the lookup table.",
        leaves_out="Loading the ELF.",
    ),
    Figure(
        "loop_instructions_per_second",
        "A loop of a million mixed instructions: machine, witness and proof together",
        "instructions/s",
        includes="All of a proof, the program's key being made already.",
        leaves_out="Python's start, reading and writing files, the program's key.",
    ),
    Figure(
        "loop_peak_gib",
        "Peak memory of that process",
        "GiB",
        format=".2f",
        includes="The whole process, Python included.",
    ),
    Figure(
        "loop_machine_per_second",
        "The machine alone, trace recorded",
        "instructions/s",
        includes="Loading the ELF, the run with its trace, account rules.",
        leaves_out="Witness and proof.",
    ),
    Figure(
        "loop_witness_rows_per_second",
        "Witness generation alone",
        "instructions/s",
        includes="From the trace to every filled table.",
        leaves_out="The run and the proof.",
    ),
    Figure(
        "loop_cells_per_instruction",
        "Cells per instruction of the loop, counted as above",
        "",
        format=".1f",
        includes="As above.",
        leaves_out="As above.",
    ),
    Figure(
        "loop_proof_bytes", "Its proof file", "MB", 1e-6, ".2f", includes="As above.", leaves_out="As above."
    ),
    Figure(
        "security_bits",
        "The least proven security of these proofs, no capacity conjecture",
        "bits",
        format=".1f",
        includes="The field, the hash, the queries and their grinding, from the real shape of each proof.",
        leaves_out="Flaws of the circuit or of the code.",
    ),
)


SYSCALL_FIGURES = (
    Figure("compute_units", "CU", ""),
    Figure("events", "events", ""),
    Figure("prove_seconds", "prove", "s", format=".2f"),
    Figure("verify_ms", "verify", "ms"),
    Figure("replay_ms", "of it replay", "ms", format=".1f"),
    Figure("proof_bytes", "proof", "KB", 1e-3),
)


def read_results() -> Results | None:
    """The committed results, if there are any."""
    if not RESULTS.exists():
        return None
    results: Results = json.loads(RESULTS.read_text())
    return results


EVENT = "An event is a syscall that the verifier replays; the circuit proves those on memory."


def machine_text(results: Results) -> str:
    """What the figures were measured on, and how often."""
    machine = results["machine"]
    return (
        f"Measured by `make bench` on {machine['cores']} cores ({machine['processor']}, "
        f"{machine['vector_lanes']} field elements per vector, {machine['memory_gib']} GiB of memory), "
        f"Python {machine['python']}. Medians of {machine['runs']} runs; the loop runs once."
    )


def syscall_table(results: Results) -> list[str]:
    """The runs of syscalls."""
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
        f"Runs of syscalls, likewise. {EVENT}",
        "",
        *syscall_table(results),
        "",
    ]
    return "\n".join(lines)


def page_section(results: Results, calibration: Calibration) -> str:
    """The figures of docs/benchmarks.md: what each counts, and the model of `solproof estimate`."""
    lines = ["## The machine", "", machine_text(results), "", "## Transfers, and a long loop", ""]
    lines += ["| what | figure | includes | leaves out |", "|---|---|---|---|"]
    for figure in FIGURES:
        shown = figure.show(results["figures"][figure.name])
        lines.append(f"| {figure.definition} | {shown} | {figure.includes} | {figure.leaves_out} |")
    lines += ["", "## Runs of syscalls", "", f"Proving and verifying as above. {EVENT}"]
    lines += ["The replay includes serializing the input, and the last instruction.", ""]
    lines += [*syscall_table(results), ""]
    errors, machine = calibration.errors, calibration.machine
    lines += [
        "## What `solproof estimate` says",
        "",
        f"The model was fitted on {calibration.date} to {len(calibration.measurements)} programs, each "
        f"proven in a process of its own, on {machine.cores} cores ({machine.processor}, "
        f"{machine.vector_lanes} field elements per vector, "
        f"{machine.memory_bytes / 2**30:.1f} GiB of memory).",
        "Rows, cells and security are exact. The greatest errors, each program estimated by a model that is "
        f"fitted to the others: {errors.seconds:.1%} of the time, {errors.peak_bytes:.1%} of the peak",
        f"memory; and {errors.proof_bytes:.1%} of the size of the proof, which is computed and not fitted.",
        "",
        "The estimates in the table are those of the model that comes with solproof. A time includes the "
        "run, its estimate and making the program's key, and leaves out Python's start;",
        "the peak is that of the whole process.",
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
        f"{item.estimated_proof_bytes / 1000:,.0f} KB",
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
