"""`solproof run`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.account_lines import ShownAccount, account_lines
from solproof.cli.terminal.event_lines import event_block, instruction_block
from solproof.cli.terminal.fault_lines import fault_lines
from solproof.cli.terminal.files import OUTPUT_FILE, write_file
from solproof.cli.terminal.instruction_tree import execution_tree
from solproof.cli.terminal.interface_options import read_interfaces
from solproof.cli.terminal.options import (
    input_option,
    json_option,
    naming_program,
    parameter_options,
    quiet_option,
    read_input,
    read_symbols,
    symbols_option,
)
from solproof.cli.terminal.outputs import check_output
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.reporting import note
from solproof.cli.terminal.scenes import (
    INSTRUCTION_PARAMETERS,
    SEQUENCE_PARAMETERS,
    feature_values,
    optional_program_argument,
    read_scene,
    read_sequence,
    refuse_beside,
    scene_values,
    transaction_option,
    transactions_option,
)
from solproof.cli.terminal.screen import Line
from solproof.cli.terminal.show import (
    Fields,
    account_fields,
    aligned,
    outcome_fields,
    print_json,
    print_lines,
    print_pieces,
)
from solproof.cli.terminal.subject import named_result
from solproof.cli.terminal.table import header_lines
from solproof.cli.terminal.transaction_lines import (
    FIELDS,
    Summary,
    detailed_lines,
    return_data_lines,
    short_lines,
)
from solproof.cli.terminal.unknown_calls import note_unknown_calls
from solproof.execution.execute import Execution, execute
from solproof.execution.fault_places import FaultPlace, fault_places
from solproof.execution.sequence import execute_next, run_sequence
from solproof.formats import bincode
from solproof.formats.decoded_fields import decoded_account, decoded_events
from solproof.formats.fault_json import fault_fields
from solproof.formats.scene_file import format_accounts
from solproof.formats.transaction_json import (
    format_transaction,
    instruction_fields,
    return_data_fields,
    transaction_fields,
)
from solproof.interfaces.failures import failure_name
from solproof.interfaces.registry import Interfaces
from solproof.program.symbols import SymbolFiles
from solproof.runtime.accounts import distinct_accounts
from solproof.runtime.transaction.ledger import Ledger

EXAMPLE = """\b
Examples:
  solproof run p_token.so --input transfer.json
  solproof run input.bin --json --compute-unit-limit 200000
  solproof run --input instruction.fix
  solproof run jar.so --input accounts.json --idl jar_idl.json --instruction put_coins --arg amount=5
  solproof run --transaction scene.json
  solproof run --transactions scenes.jsonl --accounts-after accounts.json
"""


@click.command(epilog=EXAMPLE)
@optional_program_argument
@input_option
@transaction_option
@transactions_option
@parameter_options
@symbols_option
@click.option(
    "--output",
    "-o",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write the result to a file: a bincode SolanaExecutionOutput, or JSON for a transaction.",
)
@click.option(
    "--accounts-after",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write the accounts after the transactions, as JSON that a scene can have as its accounts.",
)
@json_option
@quiet_option
def run(
    program: Path | None,
    input_path: Path | None,
    transaction: Path | None,
    transactions: Path | None,
    output: Path | None,
    accounts_after: Path | None,
    symbol_paths: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Run a program on an input, or whole transactions, as the runtime would.

    PROGRAM is an ELF file or raw bytecode, with a JSON file as --input. It can also be an input.bin, which
    holds both. A scene, as --transaction, needs no program. A failing program or transaction is a result too:
    the exit status is 0, and "success" is false.
    """
    for path in (output, accounts_after):
        if path is not None:
            check_output(path)
    symbols = read_symbols(symbol_paths)
    if transaction is not None or transactions is not None:
        ledger = Ledger()
        if transactions is not None:
            refuse_beside("--transactions", (*SEQUENCE_PARAMETERS, "output", "symbol_paths"))
            features, interfaces = feature_values(parameters), read_interfaces(parameters)
            _run_sequence(transactions, ledger, features, interfaces, as_json=as_json, quiet=quiet)
        elif transaction is not None:
            refuse_beside("--transaction", INSTRUCTION_PARAMETERS)
            names = symbols, read_interfaces(parameters)
            _run_transaction(transaction, ledger, scene_values(parameters), output, names, as_json=as_json)
        if accounts_after is not None:
            write_file(accounts_after, f"{format_accounts(ledger.accounts)}\n".encode())
        return
    if program is None and input_path is None:
        raise click.UsageError("Missing argument 'PROGRAM', or --transaction or --transactions.")
    refuse_beside("PROGRAM", ("accounts_after",))
    _run_instruction(program, input_path, output, parameters, symbols, as_json=as_json)


# ONE INSTRUCTION


def _run_instruction(
    program: Path | None,
    input_path: Path | None,
    output: Path | None,
    parameters: dict[str, Any],
    symbols: SymbolFiles,
    *,
    as_json: bool,
) -> None:
    given = read_input(program, input_path, **parameters)
    with naming_program(program or input_path):
        execution = execute(given, recorded=False)
    note_unknown_calls(execution.frames)
    places, interfaces = fault_places(execution.frames, symbols), read_interfaces(parameters, given)
    if output is not None:
        write_file(output, bincode.pack_output(execution.output))
    if as_json:
        print_json(_fields(execution, places, interfaces))
    else:
        print_lines(_lines(execution, places, interfaces))


def _fields(execution: Execution, places: Sequence[FaultPlace], interfaces: Interfaces) -> Fields:
    output = execution.output
    return {
        **outcome_fields(output),
        "error_name": failure_name(execution.instructions, interfaces),
        "faults": fault_fields(places),
        "logs": list(output.logs),
        "return_data": return_data_fields(output.return_data),
        "events": decoded_events(output.logs, execution.instructions, interfaces),
        "invocations": instruction_fields(execution.instructions, execution.frames, interfaces),
        "accounts": [account_fields(account) for account in output.accounts],
        "decoded_accounts": [decoded_account(account, interfaces) for account in output.accounts],
    }


def _lines(execution: Execution, places: Sequence[FaultPlace], interfaces: Interfaces) -> list[Line]:
    output = execution.output
    lines = [*aligned(named_result(execution, interfaces)), *execution_tree(execution, interfaces)]
    lines += instruction_block(execution.instructions, interfaces)
    lines += fault_lines(places)
    lines += return_data_lines(output.return_data)
    lines += ["", "log", *(f"  {line}" for line in output.logs)]
    lines += event_block(output.logs, execution.instructions, interfaces)
    states = zip(distinct_accounts(execution.input.accounts), output.accounts, strict=True)
    return [*lines, "", "accounts", *account_lines([ShownAccount(*pair) for pair in states], interfaces)]


# TRANSACTIONS


def _run_transaction(
    path: Path,
    ledger: Ledger,
    values: dict[str, Any],
    output: Path | None,
    names: tuple[SymbolFiles, Interfaces],
    *,
    as_json: bool,
) -> None:
    symbols, interfaces = names
    execution = execute_next(read_scene(path, **values), ledger, recorded=False)
    note_unknown_calls(execution.frames)
    fields = transaction_fields(execution, interfaces, symbols)
    if output is not None:
        write_file(output, f"{json.dumps(fields)}\n".encode())
    if as_json:
        print_json(fields)
    else:
        print_lines(detailed_lines(execution, symbols, interfaces))


def _run_sequence(
    path: Path,
    ledger: Ledger,
    features: dict[str, Any],
    interfaces: Interfaces,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    summary = Summary()
    # On a terminal, the lines of the results show the progress.
    with Phases("run", quiet=quiet or sys.stdout.isatty()) as progress:
        progress("read")
        scenes = read_sequence(path, **features)
        progress("transactions")
        if not as_json:
            print_lines(header_lines(FIELDS))
        for number, execution in enumerate(run_sequence(scenes, ledger, recorded=False), start=1):
            summary.add(execution.output)
            if as_json:
                print_pieces([f"{format_transaction(execution, interfaces)}\n".encode()])
            else:
                print_lines(short_lines(number, execution.output))
            progress.reach(10 * number // len(scenes) * 10)
    if as_json:
        note(", ".join(f"{name}: {value}" for name, value in summary.lines()))
    else:
        print_lines(["", *aligned(summary.lines())])
