"""What `solproof link` and `solproof cc` share: their options, the link, and the lines about the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from solproof.cli.terminal.files import write_file
from solproof.cli.terminal.show import print_json, print_lines
from solproof.display import counted
from solproof.isa.opcodes import VERSIONS
from solproof.linker.build import link_program
from solproof.program.elf import NEWEST_VERSION

version_option = click.option(
    "--sbpf-version",
    type=click.IntRange(VERSIONS[0], VERSIONS[-1]),
    metavar="N",
    default=NEWEST_VERSION,
    show_default=True,
    help="The sBPF version of the program, 0 or 3.",
)


def write_linked(
    objects: Sequence[tuple[str, bytes]], output: Path, version: int, *, strip: bool, as_json: bool
) -> None:
    """Link objects, write the program, and describe it."""
    program = link_program(objects, version, with_symbols=not strip)
    write_file(output, program.content)
    assembly = program.assembly
    if as_json:
        print_json(
            {
                "output": str(output),
                "bytes": len(program.content),
                "sbpf_version": assembly.version,
                "entry": assembly.entry,
                "slots": assembly.slots,
                "functions": dict(assembly.labels),
                "syscalls": sorted({name for name in assembly.syscalls.values() if name is not None}),
                "data_bytes": len(assembly.data),
            }
        )
    else:
        print_lines(
            [
                f"{output}: {len(program.content):,} bytes of sBPF V{version}, "
                f"{counted(assembly.slots, 'slot')}, {counted(len(assembly.labels), 'function')}"
            ]
        )
