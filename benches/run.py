"""All figures of the README in one command: `python benches/run.py [--write]` (or `make bench`).

Each figure is the median of several runs in this process, after one run that is not counted. The exceptions
are the sequence and the two long runs, which run once. Each long run has its own process, so that its peak
memory can be measured. The committed figures are printed beside the new ones. `--write` replaces them in
benches/results.json, the README and docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benches.figures import FIGURES, SYSCALL_FIGURES, Results, read_results, write
from benches.mixed_loop import mixed_loop
from benches.syscalls import SYSCALL_RUNS
from benches.transactions import (
    CALLER,
    account_creation,
    full_budget,
    mixed,
    token_transaction,
    transfers,
)
from solproof.backend.plonky3 import VECTOR_LANES, Plonky3
from solproof.circuit.frames import access_logs
from solproof.circuit.registry import CIRCUIT
from solproof.demo.programs import classic_token, p_token
from solproof.demo.scenario import transfer
from solproof.execution.execute import execute
from solproof.execution.execute_transaction import execute_transaction
from solproof.formats.input_file import format_input
from solproof.host.resources import peak_memory, processor_name, total_memory
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_elf
from solproof.proving.prove import Proof, prove
from solproof.proving.sequence import prove_sequence
from solproof.proving.witness import build_witness
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.execution_output import ExecutionOutput
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput
from solproof.statement.system import ProofSystem, default_system
from solproof.verifying.sequence import verify_sequence
from solproof.verifying.verify import Verdict, verify

LOOP_ITERATIONS = 43_478  # of about 23 instructions each: one million in all
RUNS = 7
SEQUENCE = 100
LARGE_PROGRAM = "entrypoint:\n  mov64 r0, 0\n  exit\nfiller:\n  .fill 240000, 0xb7\n  exit\n"


def rounded(value: float) -> float:
    """Round to four significant digits."""
    return float(f"{value:.4g}")


def median_seconds(action: Callable[[], object]) -> float:
    """The median time of several runs, after one run that is not counted."""
    action()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def cells_per_instruction(proof: Proof[ExecutionOutput]) -> float:
    """Committed cells of the tables that grow with the run, per executed instruction."""
    widths = default_system().widths()
    cells = sum(
        rows * (chip.width + widths[CIRCUIT.number(chip)].auxiliary)
        for chip in CIRCUIT.chips
        if chip.name != "lookup" and (rows := proof.report.rows.get(chip.name, 0))
    )
    return cells / proof.output.instructions


def measure_transfer(name: str, program: bytes) -> dict[str, float]:
    """Figures of one Transfer."""
    given = transfer(program)
    return measure_proof(name, given) | {f"{name}_cells_per_instruction": cells_per_instruction(prove(given))}


def measure_proof(name: str, given: ExecutionInput | Scene) -> dict[str, float]:
    """Figures of one proof, and its security."""
    proof = prove(given)
    verdicts: list[Verdict[ExecutionOutput] | Verdict[TransactionOutput]] = []
    return {
        f"{name}_prove_seconds": median_seconds(lambda: prove(given)),
        f"{name}_verify_ms": 1000 * median_seconds(lambda: verdicts.append(verify(proof.data, given))),
        f"{name}_verify_engine_ms": 1000
        * statistics.median(verdict.seconds["engine"] for verdict in verdicts),
        f"{name}_proof_bytes": len(proof.data),
        f"{name}_security_bits": min(verdict.security_bits for verdict in verdicts),
    }


def measure_sequence() -> dict[str, float]:
    """Transactions of a sequence that two processes prove in a second, with the start of the processes."""
    scenes = mixed(SEQUENCE)
    with tempfile.TemporaryDirectory() as directory:
        start = time.perf_counter()
        prove_sequence(scenes, directory, jobs=2)
        proven = time.perf_counter()
        verify_sequence(directory, scenes)
        return {
            "sequence_per_second": SEQUENCE / (proven - start),
            "sequence_verified_per_second": SEQUENCE / (time.perf_counter() - proven),
        }


def measure_large_program() -> dict[str, float]:
    """Seconds of the whole command that verifies a run of a program of 2 MB."""
    program = write_elf(assemble(LARGE_PROGRAM, 0))
    given = ExecutionInput(program, CALLER, (), b"")
    with tempfile.TemporaryDirectory() as directory:
        paths = [str(Path(directory) / name) for name in ("big.so", "input.json", "big.proof")]
        contents = (program, format_input(given).encode(), prove(given).data)
        for path, content in zip(paths, contents, strict=True):
            Path(path).write_bytes(content)
        file, input_file, proof = paths
        command = [
            sys.executable,
            "-m",
            "solproof",
            "verify",
            proof,
            "--program",
            file,
            "--input",
            input_file,
        ]

        def run() -> None:
            subprocess.run(command, check=True, capture_output=True)

        return {"large_program_verify_seconds": median_seconds(run)}


def measure_budget() -> dict[str, float]:
    """Figures of a run with nearly 1.4 million compute units and 55 calls. Run this in its own process."""
    given = full_budget()
    prove(ExecutionInput(mixed_loop(100), bytes(32), (), b""))
    start = time.perf_counter()
    proof = prove(given)
    return {
        "budget_prove_seconds": time.perf_counter() - start,
        "budget_peak_gib": peak_memory() / 2**30,
        "budget_proof_bytes": len(proof.data),
        "budget_security_bits": proof.report.security_bits,
    }


def measure_transaction() -> float:
    """Milliseconds of a transaction whose programs call each other."""
    scene = token_transaction()
    records = execute_transaction(scene).output.instructions
    assert (sum(record.caller is None for record in records), len(records)) == (10, 30)
    return 1000 * median_seconds(lambda: execute_transaction(scene))


def measure_syscalls(given: ExecutionInput) -> dict[str, float]:
    """Figures of one run of syscalls."""
    proof = prove(given)
    verdicts: list[Verdict[ExecutionOutput]] = []
    prove_seconds = median_seconds(lambda: prove(given))
    verify_ms = 1000 * median_seconds(lambda: verdicts.append(verify(proof.data, given)))
    return {
        "compute_units": proof.output.compute_units,
        "events": verdicts[0].events,
        "prove_seconds": prove_seconds,
        "verify_ms": verify_ms,
        "replay_ms": 1000 * statistics.median(verdict.seconds["replay"] for verdict in verdicts),
        "proof_bytes": len(proof.data),
    }


def measure_loop() -> dict[str, float]:
    """Figures of the long loop. Run this in its own process."""
    given = ExecutionInput(mixed_loop(LOOP_ITERATIONS), bytes(32), (), b"")
    prove(ExecutionInput(mixed_loop(100), bytes(32), (), b""))
    start = time.perf_counter()
    execution = execute(given)
    machine = time.perf_counter() - start
    start = time.perf_counter()
    build_witness(CIRCUIT, access_logs(execution.frames))
    witness = time.perf_counter() - start
    del execution
    start = time.perf_counter()
    proof = prove(given)
    total = time.perf_counter() - start
    instructions = proof.output.instructions
    return {
        "loop_instructions": instructions,
        "loop_instructions_per_second": instructions / total,
        "loop_peak_gib": peak_memory() / 2**30,
        "loop_machine_per_second": instructions / machine,
        "loop_witness_rows_per_second": instructions / witness,
        "loop_cells_per_instruction": cells_per_instruction(proof),
        "loop_proof_bytes": len(proof.data),
        "loop_security_bits": proof.report.security_bits,
    }


ALONE = {"loop": measure_loop, "budget": measure_budget}
"""The runs that have a process of their own."""


def machine_description() -> dict[str, str | int | float]:
    """The machine that the figures were measured on."""
    return {
        "processor": processor_name(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(total_memory() / 2**30, 1),
        "vector_lanes": VECTOR_LANES,
        "python": platform.python_version(),
        "system": platform.system(),
        "runs": RUNS,
    }


def main() -> None:
    """Measure, print the committed figures beside the new ones, and write them if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="replace the committed figures")
    parser.add_argument(
        "--alone", choices=ALONE, help="measure only one long run, as JSON (used by this script)"
    )
    arguments = parser.parse_args()
    if arguments.alone:
        print(json.dumps(ALONE[arguments.alone]()))
        return
    figures: dict[str, float] = {}
    for name in ALONE:
        command = [sys.executable, __file__, "--alone", name]
        figures |= json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    figures |= measure_transfer("classic", classic_token()) | measure_transfer("p_token", p_token())
    figures |= measure_proof("creation", account_creation()) | measure_proof("transfers", transfers())
    figures |= measure_large_program() | measure_sequence()
    start = time.perf_counter()
    _ = ProofSystem(CIRCUIT, Plonky3()).key
    figures["key_seconds"] = time.perf_counter() - start
    figures["transaction_run_ms"] = measure_transaction()
    syscalls = {name: measure_syscalls(make()) for name, make in SYSCALL_RUNS.items()}
    least_bits = min(value for name, value in figures.items() if name.endswith("security_bits"))
    figures["security_bits"] = math.floor(least_bits * 10) / 10  # never rounded up, as in the commands

    machine = machine_description()
    previous = read_results()
    print("machine:", ", ".join(f"{name} {value}" for name, value in machine.items()))
    for figure in FIGURES:
        known = {} if previous is None else previous["figures"]
        before = f"  (committed: {figure.show(known[figure.name])})" if figure.name in known else ""
        print(f"{figure.show(figures[figure.name]):>24}{before}  {figure.name}: {figure.definition}")
    for name, run in syscalls.items():
        print(
            f"{name}:",
            ", ".join(f"{each.definition} {each.show(run[each.name])}" for each in SYSCALL_FIGURES),
        )
    if arguments.write:
        kept = {figure.name: rounded(figures[figure.name]) for figure in FIGURES}
        runs = {
            name: {each.name: rounded(run[each.name]) for each in SYSCALL_FIGURES}
            for name, run in syscalls.items()
        }
        write(Results(machine=machine, figures=kept, syscalls=runs))


if __name__ == "__main__":
    main()
