"""`solproof run`."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import click
import numpy as np

from solproof.cli.terminal.options import (
    FILE,
    input_option,
    json_option,
    naming_program,
    parameter_options,
    program_argument,
    read_input,
)
from solproof.cli.terminal.show import (
    Fields,
    account_fields,
    aligned,
    outcome_fields,
    print_json,
    print_lines,
)
from solproof.execution.execute import Execution, execute
from solproof.formats import bincode
from solproof.host.files import check_writable, write_file
from solproof.runtime.accounts import address_text, distinct_accounts
from solproof.runtime.execution_output import outcome_lines

EXAMPLE = """\b
Examples:
  solproof run token.so --input transfer.json
  solproof run input.bin --json --compute-unit-limit 200000
"""


@click.command(epilog=EXAMPLE)
@program_argument
@input_option
@parameter_options
@click.option(
    "--output", "-o", type=FILE, metavar="FILE", help="Write the result as a bincode SolanaExecutionOutput."
)
@json_option
def run(
    program: Path, input_path: Path | None, output: Path | None, as_json: bool, **parameters: Any
) -> None:
    """Run a program on an input, as the runtime would.

    PROGRAM is an ELF file or raw bytecode, with a JSON file as --input. It can also be an input.bin, which
    holds both. A failing program is a result too: the exit status is 0, and "success" is false.
    """
    if output is not None:
        check_writable(output)
    given = read_input(program, input_path, **parameters)
    with naming_program(program):
        execution = execute(given)
    if output is not None:
        write_file(output, bincode.pack_output(execution.output))
    if as_json:
        print_json(_fields(execution))
    else:
        print_lines(_lines(execution))


def _fields(execution: Execution) -> Fields:
    output = execution.output
    returned = None
    if output.return_data.data:
        data = base64.b64encode(output.return_data.data).decode("ascii")
        returned = {"program_id": address_text(output.return_data.program_id), "data": [data, "base64"]}
    return {
        **outcome_fields(output),
        "logs": list(output.logs),
        "return_data": returned,
        "accounts": [account_fields(account) for account in output.accounts],
    }


def _lines(execution: Execution) -> list[str]:
    output = execution.output
    lines = aligned(outcome_lines(output))
    if output.return_data.data:
        lines += [
            "",
            f"return data of {address_text(output.return_data.program_id)}",
            f"  {output.return_data.data.hex()}",
        ]
    lines += ["", "log", *(f"  {line}" for line in output.logs)]
    lines += ["", "accounts"]
    for before, after in zip(distinct_accounts(execution.input.accounts), output.accounts, strict=True):
        changes = []
        if before.lamports != after.lamports:
            changes.append(f"lamports {before.lamports:,} to {after.lamports:,}")
        if before.owner != after.owner:
            changes.append(f"owner {address_text(before.owner)} to {address_text(after.owner)}")
        if len(before.data) != len(after.data):
            changes.append(f"{len(before.data)} bytes of data to {len(after.data)}")
        elif before.data != after.data:
            different = np.count_nonzero(
                np.frombuffer(before.data, np.uint8) != np.frombuffer(after.data, np.uint8)
            )
            changes.append(f"{different} bytes of data changed")
        lines.append(f"  {address_text(after.key):<44}  {'; '.join(changes) or 'unchanged'}")
    return lines
