"""`solproof pack`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from solproof.cli.terminal.options import (
    FILE,
    input_option,
    json_option,
    parameter_options,
    program_argument,
    read_input,
)
from solproof.cli.terminal.show import print_json, print_lines
from solproof.formats import bincode
from solproof.host.files import check_writable, write_file

EXAMPLE = """\b
Example:
  solproof pack token.so --input transfer.json -o input.bin
  solproof run input.bin
"""


@click.command(epilog=EXAMPLE)
@program_argument
@input_option
@parameter_options
@click.option("--output", "-o", type=FILE, metavar="FILE", required=True, help="The input.bin to write.")
@json_option
def pack(program: Path, input_path: Path | None, output: Path, as_json: bool, **parameters: Any) -> None:
    """Write a program and its input into one input.bin.

    The file is a SolanaExecutionInput in bincode, including the parameters. Its layout is described in
    docs/input-format.md. The program is not loaded, so errors in it show only when you run it.
    """
    check_writable(output)
    content = bincode.pack(read_input(program, input_path, **parameters))
    write_file(output, content)
    if as_json:
        print_json({"output": str(output), "bytes": len(content)})
    else:
        print_lines([f"{output}: {len(content):,} bytes"])
