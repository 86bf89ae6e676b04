"""`solproof pack`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.files import OUTPUT_FILE, write_file
from solproof.cli.terminal.options import (
    input_option,
    json_option,
    parameter_options,
)
from solproof.cli.terminal.outputs import check_output
from solproof.cli.terminal.scenes import optional_program_argument, transaction_option
from solproof.cli.terminal.show import print_json, print_lines
from solproof.cli.terminal.subject import read_subject
from solproof.formats import bincode, scene_bincode
from solproof.runtime.transaction.scene import Scene

EXAMPLE = """\b
Examples:
  solproof pack p_token.so --input transfer.json -o input.bin
  solproof run input.bin
  solproof pack --transaction scene.json -o scene.bin
  solproof run --transaction scene.bin
"""


@click.command(epilog=EXAMPLE)
@optional_program_argument
@input_option
@transaction_option
@parameter_options
@click.option(
    "--output",
    "-o",
    type=OUTPUT_FILE,
    metavar="FILE",
    required=True,
    help="The input.bin to write, or the scene.bin of a transaction.",
)
@json_option
def pack(
    program: Path | None,
    input_path: Path | None,
    transaction: Path | None,
    output: Path,
    as_json: bool,
    **parameters: Any,
) -> None:
    """Write a program and its input into an input.bin, or a transaction into a scene.bin.

    An input.bin is a SolanaExecutionInput in bincode, including the parameters. A scene.bin is a scene with
    all of its accounts. docs/input-format.md describes both layouts. No program is loaded, so errors in it
    show only when you run it.
    """
    check_output(output)
    given = read_subject(program, input_path, transaction, **parameters)
    content = scene_bincode.pack(given) if isinstance(given, Scene) else bincode.pack(given)
    write_file(output, content)
    if as_json:
        print_json({"output": str(output), "bytes": len(content)})
    else:
        print_lines([f"{output}: {len(content):,} bytes"])
