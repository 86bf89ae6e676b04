"""`solproof cc`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from solproof.cli.commands.link import MAXIMUM_OBJECT
from solproof.cli.terminal.files import OUTPUT_FILE
from solproof.cli.terminal.linking import version_option, write_linked
from solproof.cli.terminal.options import FILE, json_option, quiet_option, strip_option
from solproof.cli.terminal.outputs import check_output
from solproof.cli.terminal.progress import Phases
from solproof.cli.terminal.reporting import note
from solproof.cli.terminal.show import print_json, print_lines
from solproof.errors import InputError
from solproof.host.files import read_file
from solproof.linker.compiler import INCLUDE_DIRECTORY, CompilerError, compile_source
from solproof.program.elf_records import MAGIC

EXAMPLE = """\b
Examples:
  solproof cc program.c -o program.so
  solproof cc program.c library.o -o program.so -I include -D LIMIT=5
  clang -target bpf -mcpu=v2 -O2 -I "$(solproof cc --include-directory)" -c program.c
"""
_OBJECT = ".o"


@click.command(epilog=EXAMPLE)
@click.argument("sources", type=FILE, metavar="SOURCE...", nargs=-1)
@click.option("--output", "-o", type=OUTPUT_FILE, metavar="FILE", help="The program to write.")
@version_option
@click.option(
    "-I", "include", type=FILE, metavar="DIRECTORY", multiple=True, help="Look for headers here too."
)
@click.option("-D", "define", metavar="NAME[=VALUE]", multiple=True, help="Define a macro.")
@click.option(
    "-O",
    "optimization",
    type=click.Choice(["0", "1", "2", "3", "s", "z"]),
    default="2",
    show_default=True,
    help="The level of optimization.",
)
@click.option(
    "--compiler", metavar="COMMAND", help="A clang or a zig.  [default: the Python package ziglang]"
)
@click.option("--compiler-option", metavar="OPTION", multiple=True, help="An option for the compiler.")
@strip_option
@click.option("--include-directory", is_flag=True, help="Print the directory of solproof.h.")
@json_option
@quiet_option
def cc(
    sources: tuple[Path, ...],
    output: Path | None,
    sbpf_version: int,
    include: tuple[Path, ...],
    define: tuple[str, ...],
    optimization: str,
    compiler: str | None,
    compiler_option: tuple[str, ...],
    strip: bool,
    include_directory: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compile C into a program that Solana runs.

    A source can include "solproof.h", which has accounts, syscalls and error numbers. An input that ends in
    .o is linked without being compiled.
    """
    if include_directory:
        if as_json:
            print_json({"include_directory": str(INCLUDE_DIRECTORY)})
        else:
            print_lines([str(INCLUDE_DIRECTORY)])
        return
    if not sources:
        raise click.UsageError("Missing argument 'SOURCE...'.")
    if output is None:
        raise click.UsageError("Missing option '--output' / '-o'.")
    check_output(output)
    options = [f"-I{path}" for path in include] + [f"-D{macro}" for macro in define] + list(compiler_option)
    contents = []
    with Phases("cc", quiet=quiet) as progress:
        progress("compile")
        for path in sources:
            content = read_file(path, "source", MAXIMUM_OBJECT)
            if path.suffix != _OBJECT:
                if content.startswith(MAGIC):
                    raise InputError(
                        f"source {path}: is an ELF file, expected C, or an object that ends in .o"
                    )
                content = _compiled(path, compiler, optimization, options)
            contents.append((str(path), content))
        progress("link")
    write_linked(contents, output, sbpf_version, strip=strip, as_json=as_json)


def _compiled(source: Path, compiler: str | None, optimization: str, options: Sequence[str]) -> bytes:
    """The object of a source. The messages of the compiler become notes."""
    try:
        compiled = compile_source(source, compiler, optimization, options)
    except CompilerError as error:
        note(f"the compiler wrote:\n{error.messages}")
        raise
    if compiled.warnings:
        note(f"the compiler wrote:\n{compiled.warnings}")
    return compiled.content
