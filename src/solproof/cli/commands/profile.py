"""`solproof profile`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.files import OUTPUT_FILE, write_file
from solproof.cli.terminal.options import (
    input_option,
    json_option,
    naming_program,
    parameter_options,
    quiet_option,
    read_symbols,
    symbols_option,
)
from solproof.cli.terminal.outputs import check_output
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.scenes import optional_program_argument, transaction_option
from solproof.cli.terminal.show import Fields, aligned, print_json, print_lines
from solproof.cli.terminal.subject import named_result, read_subject, result_fields
from solproof.cli.terminal.table import Column, print_table
from solproof.execution.execute import Execution
from solproof.execution.execute_transaction import TransactionExecution
from solproof.execution.run import run
from solproof.profile.cells import Owner
from solproof.profile.flame_graph import flame_graph
from solproof.profile.formats import collapsed, speedscope
from solproof.profile.profile import FrameCost, Profile, Weight, profile_execution

EXAMPLE = """\b
Examples:
  solproof profile p_token.so --input transfer.json
  solproof profile p_token.so --input transfer.json --weight cells --collapsed transfer.folded
  solproof profile input.bin --speedscope transfer.speedscope.json --json
  solproof profile --transaction scene.json --svg flame.svg
"""

ROWS_OF = {Owner.INSTRUCTION: "instructions", Owner.FRAME: "frames", Owner.PROOF: "the proof"}


@click.command(epilog=EXAMPLE)
@optional_program_argument
@input_option
@transaction_option
@parameter_options
@symbols_option
@click.option(
    "--weight",
    type=click.Choice([weight.value for weight in Weight]),
    default=Weight.COMPUTE_UNITS.value,
    show_default=True,
    help="Order the tables and weigh the stacks and bars by compute units, or by cells of the proof.",
)
@click.option(
    "--top", type=click.IntRange(1), metavar="N", default=20, show_default=True, help="Rows shown per table."
)
@click.option(
    "--collapsed", "collapsed_path", type=OUTPUT_FILE, metavar="FILE", help="Write collapsed stacks."
)
@click.option(
    "--speedscope", "speedscope_path", type=OUTPUT_FILE, metavar="FILE", help="Write a speedscope profile."
)
@click.option(
    "--svg",
    "svg_path",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Write a flame graph that opens in any browser.",
)
@json_option
@quiet_option
def profile(
    program: Path | None,
    input_path: Path | None,
    transaction: Path | None,
    weight: str,
    top: int,
    *,
    collapsed_path: Path | None,
    speedscope_path: Path | None,
    svg_path: Path | None,
    symbol_paths: tuple[Path, ...],
    as_json: bool,
    quiet: bool,
    **parameters: Any,
) -> None:
    """Show the costs of each function, opcode family and syscall of a run.

    Compute units are the cost to run, as the runtime counts them. Cells are the cost to prove. They are the
    field elements that a prover commits to, counted in the tables of this run. Nothing is proven. A syscall's
    costs include the instruction that calls it. With several frames, there is a table of programs. One proof
    holds all frames.
    """
    for path in (collapsed_path, speedscope_path, svg_path):
        if path is not None:
            check_output(path)
    symbols = read_symbols(symbol_paths)
    given = read_subject(program, input_path, transaction, **parameters)
    with naming_program(program or input_path), Phases("profile", quiet=quiet) as progress:
        progress("execute")
        execution = run(given)
        progress("profile")
        found = profile_execution(execution, symbols)
    chosen, name = Weight(weight), (transaction or program or input_path or Path()).name
    if collapsed_path is not None:
        write_file(collapsed_path, collapsed(found, chosen).encode())
    if speedscope_path is not None:
        write_file(speedscope_path, speedscope(found, name).encode())
    if svg_path is not None:
        write_file(svg_path, flame_graph(found, chosen, name).encode())
    if as_json:
        print_json(_fields(execution, found))
    else:
        _print(execution, found, chosen, top)


def _fields(execution: Execution | TransactionExecution, found: Profile) -> Fields:
    programs = {"programs": [_frame(frame) for frame in found.programs]} if found.programs else {}
    return {
        **result_fields(execution),
        "cells": {
            "instructions": found.total.cells,
            "frames": found.frame_cells,
            "proof": found.proof_cells,
            "padding": found.padding_cells,
            "committed": found.committed_cells,
        },
        **programs,
        "functions": [_frame(frame) for frame in found.functions],
        "syscalls": [_frame(frame) for frame in found.syscalls],
        "families": [{"name": family.name, **asdict(family.own)} for family in found.families],
        "chips": [asdict(chip) | {"owner": chip.owner.value} for chip in found.chips],
    }


def _frame(frame: FrameCost) -> Fields:
    """A function, a program or a syscall. A syscall has only one cost, because it has no callees here."""
    fields: Fields = {"name": frame.name, "calls": frame.calls}
    if frame.program is not None:
        fields["program"] = frame.program
    if frame.pc is not None:
        fields["pc"] = frame.pc
    if frame.line is not None:
        fields["source"] = asdict(frame.line)
    if frame.program is None and frame.pc is None:
        return fields | asdict(frame.own)
    return fields | {"self": asdict(frame.own), "total": asdict(frame.total)}


def _print(execution: Execution | TransactionExecution, found: Profile, weight: Weight, top: int) -> None:
    parts = {
        "instructions": found.total.cells,
        "frames": found.frame_cells,
        "the proof as a whole": found.proof_cells,
        "padding": found.padding_cells,
    }
    shares = ", ".join(f"{count:,} of {name}" for name, count in parts.items())
    cells = f"{found.committed_cells:,}: {shares}"
    print_lines(aligned([*named_result(execution), ("cells", cells)]))
    _print_calls("programs, without what they call", "program", found.programs, found, weight, top)
    _print_calls("functions, without what they call", "function", found.functions, found, weight, top)
    syscalls = sorted(found.syscalls, key=lambda frame: -frame.own.of(weight))
    _print_top(
        "syscalls, with the instructions that call them",
        ["syscall", "calls", "CU", "share", "cells", "share"],
        [
            [
                frame.name,
                f"{frame.calls:,}",
                *_parts(frame.own.compute_units, found.total.compute_units),
                *_parts(frame.own.cells, found.total.cells),
            ]
            for frame in syscalls
        ],
        top,
    )
    families = sorted(found.families, key=lambda family: -family.own.of(weight))
    _print_top(
        "opcode families",
        ["family", "CU", "share", "cells", "share", "cells each"],
        [
            [
                family.name,
                *_parts(family.own.compute_units, found.total.compute_units),
                *_parts(family.own.cells, found.total.cells),
                f"{family.own.cells / family.own.instructions:.1f}",
            ]
            for family in families
        ],
        top,
    )
    _print_top(
        "chips",
        ["chip", "rows of", "rows", "padding", "cells a row", "cells", "padding cells"],
        [
            [
                chip.name,
                ROWS_OF[chip.owner],
                f"{chip.rows:,}",
                f"{chip.padding:,}",
                f"{chip.cells_per_row:,}",
                f"{chip.cells:,}",
                f"{chip.padding_cells:,}",
            ]
            for chip in sorted(found.chips, key=lambda chip: -chip.cells - chip.padding_cells)
        ],
        top,
        texts=2,
    )


def _print_calls(
    title: str, name: str, frames: Sequence[FrameCost], found: Profile, weight: Weight, top: int
) -> None:
    """A table of programs or functions, the most expensive first. It names the programs of functions."""
    names = [name] if name == "program" or not found.programs else ["program", name]
    rows = [
        [
            *([frame.program or ""] if len(names) > 1 else []),
            frame.name,
            f"{frame.calls:,}",
            *_parts(frame.own.compute_units, found.total.compute_units),
            f"{frame.total.compute_units:,}",
            *_parts(frame.own.cells, found.total.cells),
            f"{frame.total.cells:,}",
        ]
        for frame in sorted(frames, key=lambda frame: -frame.own.of(weight))
    ]
    costs = ["calls", "self CU", "share", "total CU", "self cells", "share", "total cells"]
    _print_top(title, [*names, *costs], rows, top, texts=len(names))


def _parts(value: int, whole: int) -> list[str]:
    """A number and its share of the whole, as text. The share is empty if the whole is 0."""
    return [f"{value:,}", f"{value / whole:.1%}" if whole else ""]


def _print_top(title: str, titles: Sequence[str], rows: list[list[str]], top: int, *, texts: int = 1) -> None:
    """Print the first rows of a table, unless it has none. The first `texts` columns hold names."""
    if not rows:
        return
    left = f" ({len(rows) - top} more: --top)" if len(rows) > top else ""
    columns = [
        Column(name, is_number=position >= texts, with_previous=name == "share")
        for position, name in enumerate(titles)
    ]
    print_table(title + left, columns, rows[:top])
