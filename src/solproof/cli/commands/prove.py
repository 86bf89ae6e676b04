"""`solproof prove`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from solproof.cli.commands.estimate import estimate_fields, estimate_line
from solproof.cli.terminal.files import OUTPUT_FILE, write_file
from solproof.cli.terminal.instruction_tree import execution_tree
from solproof.cli.terminal.options import (
    input_option,
    json_option,
    naming_program,
    parameter_options,
    quiet_option,
)
from solproof.cli.terminal.outputs import STREAM, check_output, refuse_overwriting
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.proof_sequences import prove_transactions
from solproof.cli.terminal.scenes import (
    SEQUENCE_PARAMETERS,
    feature_values,
    optional_program_argument,
    refuse_beside,
    transaction_option,
    transactions_option,
)
from solproof.cli.terminal.show import aligned, print_json, print_lines
from solproof.cli.terminal.sizes import byte_size
from solproof.cli.terminal.subject import named_result, read_subject, result_fields
from solproof.display import rounded, seconds_text, security_text
from solproof.estimation.affordable import affordable
from solproof.estimation.estimate import Estimate
from solproof.execution.run import run
from solproof.proving import prove as prover

EXAMPLE = """\b
Examples:
  solproof prove p_token.so --input transfer.json -o transfer.proof
  solproof prove input.bin -o transfer.proof --json --quiet
  solproof prove --transaction scene.json -o transaction.proof
  solproof prove --transactions scenes.jsonl -o proofs --jobs 4
"""


@click.command(epilog=EXAMPLE)
@optional_program_argument
@input_option
@transaction_option
@transactions_option
@parameter_options
@click.option(
    "--output",
    "-o",
    type=OUTPUT_FILE,
    metavar="PATH",
    required=True,
    help="The proof file to write, or with --transactions the directory of the proofs.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="With --transactions: how many proofs to make at the same time. They share the processor.",
)
@click.option(
    "--max-memory",
    callback=byte_size,
    metavar="SIZE",
    help="Refuse a proof that needs more memory, as in: --max-memory 4GiB. The proofs of --jobs share it.  "
    "[default: the available memory]",
)
@json_option
@quiet_option
def prove(
    program: Path | None,
    input_path: Path | None,
    transaction: Path | None,
    transactions: Path | None,
    output: Path,
    jobs: int,
    max_memory: int | None,
    *,
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Run a program or a transaction, and write a proof of the run.

    PROGRAM is an ELF file or raw bytecode, with a JSON file as --input. It can also be an input.bin, which
    holds both. A scene, as --transaction, needs no program. The programs that a program calls are proven with
    it. A failing run can be proven too: the program may return an error code, or a fault may stop it (a bad
    access, the budget, a failing syscall). The command first prints an estimate. It refuses a proof that
    needs more memory than it may use.

    With --transactions, it proves transactions in order, each on the accounts that the ones before it left.
    If it is interrupted, the same command continues, and keeps the proofs that are finished.
    """
    if transactions is not None:
        refuse_beside("--transactions", SEQUENCE_PARAMETERS)
        refuse_overwriting(output)
        if output == STREAM:
            raise click.UsageError("--output: expected a directory with --transactions, not standard output.")
        features = feature_values(parameters)
        prove_transactions(
            transactions, output, features, jobs=jobs, max_memory=max_memory, as_json=as_json, quiet=quiet
        )
        return
    refuse_beside("a single proof", ("jobs",))
    check_output(output)
    given = read_subject(program, input_path, transaction, **parameters)
    with naming_program(program or input_path), Phases("prove", quiet=quiet) as progress:
        progress("execute")
        execution = run(given, memory_limit=max_memory)
        # No name holds the access logs, because `prove_execution` frees them before the engine starts.
        proof = prover.prove_execution(
            execution,
            progress,
            affordable(
                execution,
                max_memory,
                progress,
                lambda found: _announce(progress, found),
            ),
        )
    seconds = progress.seconds()
    write_file(output, proof.data)
    report = proof.report
    if as_json:
        print_json(
            {
                **result_fields(proof),
                "frames": len(execution.frames),
                "security_bits": round(report.security_bits, 3),
                "security_regime": report.security_regime,
                "proof_bytes": report.proof_bytes,
                "seconds": rounded(seconds),
                "rows": report.rows,
                "main_cells": report.main_cells,
                "auxiliary_cells": report.auxiliary_cells,
                "preprocessed_cells": report.preprocessed_cells,
            }
        )
        return
    lines = [
        *named_result(execution),
        ("security", security_text(report.security_bits, report.security_regime)),
    ]
    if report.rows:
        cells = report.main_cells + report.auxiliary_cells
        lines += [
            ("rows", f"{sum(report.rows.values()):,} in {len(report.rows)} chips, padding included"),
            ("cells", f"{cells:,} committed, and {report.preprocessed_cells:,} of the key"),
        ]
    lines += [
        ("seconds", seconds_text(seconds)),
        ("proof", f"{output}: {report.proof_bytes:,} bytes"),
    ]
    print_lines([*aligned(lines), *execution_tree(execution)])


def _announce(progress: Phases, found: Estimate) -> None:
    """Print the estimate, and show from now on how much of the work is done."""
    progress.say(estimate_line(found), estimate=estimate_fields(found))
    progress.expect(found.seconds)
