"""`solproof link`."""

from __future__ import annotations

from pathlib import Path

import click

from solproof.cli.terminal.files import INPUT_FILE, OUTPUT_FILE, read_file
from solproof.cli.terminal.linking import version_option, write_linked
from solproof.cli.terminal.options import json_option, strip_option
from solproof.cli.terminal.outputs import check_output
from solproof.program.elf import MAXIMUM_BYTES

EXAMPLE = """\b
Example:
  clang -target bpf -mcpu=v2 -O2 -c program.c -o program.o
  solproof link program.o -o program.so
"""
MAXIMUM_OBJECT = 8 * MAXIMUM_BYTES
"""An object may have debug information, which the program does not have."""


@click.command(epilog=EXAMPLE)
@click.argument("objects", type=INPUT_FILE, metavar="OBJECT...", nargs=-1, required=True)
@click.option("--output", "-o", type=OUTPUT_FILE, metavar="FILE", required=True, help="The program to write.")
@version_option
@strip_option
@json_option
def link(objects: tuple[Path, ...], output: Path, sbpf_version: int, strip: bool, as_json: bool) -> None:
    """Link BPF objects into a program that Solana runs.

    An object is what "clang -target bpf -mcpu=v2 -c" writes. The program starts at the function "entrypoint"
    and has what this function needs. Functions that no object defines are syscalls.
    """
    check_output(output)
    contents = [(str(path), read_file(path, "object", MAXIMUM_OBJECT)) for path in objects]
    write_linked(contents, output, sbpf_version, strip=strip, as_json=as_json)
