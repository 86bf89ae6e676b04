"""`solproof verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.files import INPUT_FILE, KEYED_FILE, KeyedFile, read_file
from solproof.cli.terminal.instruction_tree import transaction_tree
from solproof.cli.terminal.options import (
    input_option,
    json_option,
    naming_program,
    parameter_options,
    quiet_option,
    read_input,
)
from solproof.cli.terminal.proof_sequences import verify_transactions
from solproof.cli.terminal.scenes import (
    SEQUENCE_PARAMETERS,
    feature_values,
    refuse_beside,
    transaction_option,
    transactions_option,
)
from solproof.cli.terminal.show import aligned, print_json, print_lines
from solproof.cli.terminal.subject import read_transaction, result_fields
from solproof.display import counted, rounded, seconds_text, security_text
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput, result_lines
from solproof.verifying import verify as verifier

EXAMPLE = """\b
Examples:
  solproof verify transfer.proof --program p_token.so --input transfer.json
  solproof verify transfer.proof --input input.bin --json
  solproof verify transaction.proof --transaction scene.json
  solproof verify proofs --transactions scenes.jsonl
"""


def _one_proof(context: click.Context, _parameter: click.Parameter, values: tuple[Path, ...]) -> Path:
    """The proof. Raises a usage error that says where other files belong."""
    if len(values) > 1:
        raise click.UsageError(
            f"Got unexpected extra argument ({values[1]}): "
            "the program is given with --program, and the input with --input.",
            context,
        )
    return values[0]


@click.command(epilog=EXAMPLE)
@click.argument("proof", type=INPUT_FILE, metavar="PROOF", nargs=-1, required=True, callback=_one_proof)
@click.option(
    "--program",
    "-p",
    "programs",
    type=KEYED_FILE,
    multiple=True,
    metavar="FILE",
    help="The program that you expect. With PUBKEY=FILE, a program that it may call; can be repeated.",
)
@input_option
@transaction_option
@transactions_option
@parameter_options
@json_option
@quiet_option
def verify(
    proof: Path,
    programs: tuple[KeyedFile, ...],
    input_path: Path | None,
    transaction: Path | None,
    transactions: Path | None,
    *,
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Verify a proof against your own program and input, or your own transaction.

    The exit status is 0 if the proof is valid, 4 if it is rejected, and 5 if another version made it. A valid
    proof can prove that the run failed, and "success" is then false. Nothing that the proof claims about
    itself is trusted. The options for the run, such as --compute-unit-limit, are part of the statement that
    is proven, so give the same ones as to "solproof prove".

    With --transactions, PROOF is the directory that "solproof prove --transactions" has written. The accounts
    before each transaction are those that the ones before it left, by their proofs.
    """
    if transactions is not None:
        refuse_beside("--transactions", (*SEQUENCE_PARAMETERS, "programs"))
        verify_transactions(transactions, proof, feature_values(parameters), as_json=as_json, quiet=quiet)
        return
    program, parameters["called"] = _split(programs)
    if transaction is not None and program is not None:
        refuse_beside("--transaction", ("programs",))
    data = read_file(proof, "proof")
    given: ExecutionInput | Scene
    if transaction is not None:
        given = read_transaction(transaction, **parameters)
    elif input_path is not None:
        given = read_input(program, input_path, **parameters)
    else:
        raise click.UsageError("Missing option '--input' / '-i', or --transaction.")
    with naming_program(program or input_path):
        verdict = verifier.verify(data, given)
    if as_json:
        print_json(
            {
                **result_fields(verdict),
                "frames": verdict.frames,
                "security_bits": round(verdict.security_bits, 3),
                "security_regime": verdict.security_regime,
                "proof_bytes": verdict.proof_bytes,
                "seconds": rounded(verdict.seconds),
                "replayed": {"events": verdict.events, "words": verdict.event_words},
            }
        )
        return
    lines = [
        ("proof", "valid"),
        *result_lines(verdict.output),
        ("security", security_text(verdict.security_bits, verdict.security_regime)),
        ("seconds", seconds_text(verdict.seconds)),
        (
            "replayed",
            f"{counted(verdict.events, 'syscall')}, {counted(verdict.event_words, 'word')} of memory",
        ),
    ]
    tree = transaction_tree(verdict.output) if isinstance(verdict.output, TransactionOutput) else []
    print_lines([*aligned(lines), *tree])


def _split(programs: tuple[KeyedFile, ...]) -> tuple[Path | None, list[KeyedFile]]:
    """The program that is expected, and those that it may call, which are given as PUBKEY=FILE."""
    own = [value.path for value in programs if value.key is None]
    if len(own) > 1:
        raise click.UsageError(
            "--program: expected one program, and others as PUBKEY=FILE.", click.get_current_context()
        )
    return (own[0] if own else None), [value for value in programs if value.key is not None]
