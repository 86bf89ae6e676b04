"""What is measured, and how it is shown: definitions, results.json, and the table in the README."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

RESULTS = Path(__file__).with_name("results.json")
README = Path(__file__).resolve().parent.parent / "README.md"
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
    ),
    Figure("classic_verify_engine_ms", "Verify it: the engine alone, key cached", "ms"),
    Figure(
        "classic_verify_ms",
        "Verify it: from proof file to verdict, ELF loaded, events replayed, key cached",
        "ms",
    ),
    Figure("classic_proof_bytes", "Its proof file", "MB", 1e-6, ".2f"),
    Figure(
        "classic_cells_per_instruction",
        "Committed base-field cells per executed instruction of it, auxiliary columns and padding included, "
        "the fixed tables (program image, lookups) apart",
        "",
        format=".1f",
    ),
    Figure("p_token_prove_seconds", "Prove a Transfer of p-token (76 CU), likewise", "s", format=".2f"),
    Figure("p_token_verify_engine_ms", "Verify it: the engine alone, key cached", "ms"),
    Figure("p_token_proof_bytes", "Its proof file", "MB", 1e-6, ".2f"),
    Figure("key_seconds", "Make the key of classic SPL Token: once per program", "s", format=".2f"),
    Figure(
        "loop_instructions_per_second",
        "A loop of a million mixed instructions: machine, witness and proof together",
        "instructions/s",
    ),
    Figure("loop_peak_gib", "Peak memory of that process", "GiB", format=".2f"),
    Figure("loop_machine_per_second", "The machine alone, trace recorded", "instructions/s"),
    Figure("loop_witness_rows_per_second", "Witness generation alone", "instructions/s"),
    Figure(
        "loop_cells_per_instruction", "Cells per instruction of the loop, counted as above", "", format=".1f"
    ),
    Figure("loop_proof_bytes", "Its proof file", "MB", 1e-6, ".2f"),
    Figure(
        "security_bits",
        "The least proven security of these proofs, no capacity conjecture",
        "bits",
        format=".1f",
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


def markdown(results: Results) -> str:
    """The table of the README."""
    machine = results["machine"]
    rows = [f"| {figure.definition} | {figure.show(results['figures'][figure.name])} |" for figure in FIGURES]
    lines = [
        "## Figures",
        "",
        f"Measured by `make bench` on {machine['cores']} cores ({machine['processor']}, "
        f"{machine['vector_lanes']} field elements per vector, {machine['memory_gib']} GiB of memory), "
        f"Python {machine['python']}. Medians of {machine['runs']} runs; the loop runs once.",
        "",
        "| what | figure |",
        "|---|---|",
        *rows,
        "",
        "Runs of syscalls, likewise. An event is a syscall that the verifier replays; the circuit proves "
        "those on memory.",
        "",
        "| run | " + " | ".join(figure.definition for figure in SYSCALL_FIGURES) + " |",
        "|" + "---|" * (len(SYSCALL_FIGURES) + 1),
        *(
            f"| {name} | " + " | ".join(figure.show(run[figure.name]) for figure in SYSCALL_FIGURES) + " |"
            for name, run in results["syscalls"].items()
        ),
        "",
    ]
    return "\n".join(lines)


def write(results: Results) -> None:
    """Replace results.json and the README's table."""
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    text = README.read_text()
    before, rest = text.split(BEGIN)
    README.write_text(before + BEGIN + markdown(results) + END + rest.split(END)[1])
