"""`solproof asm`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from solproof.cli.terminal.files import INPUT_FILE, OUTPUT_FILE, read_file, write_file
from solproof.cli.terminal.options import json_option, strip_option
from solproof.cli.terminal.outputs import check_output
from solproof.cli.terminal.reporting import note
from solproof.cli.terminal.show import print_json, print_lines
from solproof.errors import InputError, ProgramError
from solproof.isa.assemble import Assembly, assemble
from solproof.isa.instruction import SLOT_BYTES, Instruction
from solproof.isa.integers import MASK32
from solproof.isa.opcodes import VERSIONS
from solproof.program.elf import NEWEST_VERSION
from solproof.program.elf_writer import write_elf, write_raw
from solproof.program.syscall_names import SYSCALL_HASHES, SYSCALL_NAMES, similar_syscall

EXAMPLE = """\b
Example:
  solproof asm program.s -o program.so
  solproof run program.so --input input.json
"""
MAXIMUM_SOURCE = 64 * 1024 * 1024


@click.command(epilog=EXAMPLE)
@click.argument("source", type=INPUT_FILE, metavar="SOURCE")
@click.option("--output", "-o", type=OUTPUT_FILE, metavar="FILE", required=True, help="The program to write.")
@click.option(
    "--sbpf-version",
    type=click.IntRange(VERSIONS[0], VERSIONS[-1]),
    metavar="N",
    default=NEWEST_VERSION,
    show_default=True,
    help="The sBPF version, 0 to 4; 3 is the newest on mainnet.",
)
@click.option("--raw", is_flag=True, help="Write raw bytecode, which is instructions without an ELF header.")
@strip_option
@json_option
def asm(source: Path, output: Path, sbpf_version: int, raw: bool, strip: bool, as_json: bool) -> None:
    """Assemble a program into an ELF file.

    The syntax is that of the solana-sbpf assembler, with comments, constants and read-only data. It is
    described in docs/assembly.md. The program is not verified, so errors in it show only when you run it.
    """
    check_output(output)
    try:
        text = read_file(source, "source", MAXIMUM_SOURCE).decode()
    except UnicodeDecodeError as error:
        raise InputError(f"source {source}: expected UTF-8, but byte {error.start} is invalid") from None
    try:
        assembly = assemble(text, sbpf_version)
        content = write_raw(assembly) if raw else write_elf(assembly, with_symbols=not strip)
    except ProgramError as error:
        raise ProgramError(f"source {source}: {error}") from None
    except InputError as error:
        raise InputError(f"source {source}: {error}") from None
    write_file(output, content)
    for text in _unknown_syscalls(assembly):
        note(f"source {source}: {text}")
    fields = {
        "output": str(output),
        "format": "raw" if raw else "elf",
        "bytes": len(content),
        "sbpf_version": assembly.version,
        "entry": assembly.entry,
        "slots": assembly.slots,
        "labels": dict(assembly.labels),
        "data_bytes": len(assembly.data),
    }
    if as_json:
        print_json(fields)
    else:
        how = (
            f"; read it with --raw --sbpf-version {assembly.version} --entry {assembly.entry}" if raw else ""
        )
        print_lines([f"{output}: {len(content):,} bytes of sBPF V{assembly.version}{how}"])


def _unknown_syscalls(assembly: Assembly) -> Iterator[str]:
    """What to say about each syscall that the runtime does not have. A program that calls it stops there."""
    for pc, name in assembly.syscalls.items():
        key = Instruction.decode(assembly.text[pc * SLOT_BYTES : (pc + 1) * SLOT_BYTES]).immediate & MASK32
        if name is not None and name not in SYSCALL_HASHES:
            yield f"pc {pc} calls {name}, which is no syscall of the runtime{similar_syscall(name)}"
        elif key not in SYSCALL_NAMES:
            yield f"pc {pc} calls {key:#010x}, which is the hash of no syscall of the runtime"
