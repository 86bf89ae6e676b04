"""Options that several commands share, and how an execution's input is put together from them.

The input is a program (ELF) and a JSON file, or one input.bin, which holds both. Which one a file is, is told
by its content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from solproof.errors import InputError, ProgramError
from solproof.files import read_file
from solproof.program.elf_records import MAGIC
from solproof.svm import bincode, input_file
from solproof.svm.execution_input import MAXIMUM_PROGRAM_LENGTH, ExecutionInput, Loader

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="No progress on standard error.")
program_argument = click.argument("program", type=FILE, metavar="PROGRAM")
input_option = click.option(
    "--input",
    "-i",
    "input_path",
    type=FILE,
    metavar="FILE",
    help="The input: JSON, or an input.bin with the program in it.",
)


def parameter_options(command: Command) -> Command:
    """The parameters of the runtime; each replaces what an input.bin says or the default."""
    for option in reversed(
        (
            click.option(
                "--compute-unit-limit",
                type=int,
                metavar="CU",
                help="Compute units at the start.  [default: 1400000]",
            ),
            click.option("--heap-size", type=int, metavar="BYTES", help="Bytes of heap.  [default: 32768]"),
            click.option(
                "--loader",
                type=click.Choice(["v1", "v2", "v3"]),
                help="The loader that owns the program.  [default: v3]",
            ),
        )
    ):
        command = option(command)
    return command


def read_input(program: Path | None, input_path: Path | None, **parameters: Any) -> ExecutionInput:
    """The input that the command line names; raises `InputError` with the file that is wrong.

    `program` may be an input.bin when there is no `input_path`; given beside an input.bin it must be the
    program in it.
    """
    if input_path is None:
        if program is None:
            raise InputError("no input: expected --input with a JSON file or an input.bin")
        content = read_file(program, "input")
        if content.startswith(MAGIC):
            raise InputError(f"program {program}: expected --input with a JSON file beside it")
        return _override(_unpack(content, program), **parameters)
    content = read_file(input_path, "input")
    elf = None if program is None else read_file(program, "program", MAXIMUM_PROGRAM_LENGTH)
    if is_input_bin(content):
        given = _unpack(content, input_path)
        if elf is not None and elf != given.program:
            raise InputError(f"input {input_path}: the program in it is not {program}")
    elif elf is None:
        raise InputError(f"input {input_path}: JSON holds no program, expected the program's file as well")
    else:
        try:
            given = input_file.parse_input(content, elf)
        except InputError as error:
            raise InputError(f"input {input_path}: {str(error).removeprefix('input: ')}") from None
    return _override(given, **parameters)


@contextmanager
def naming_program(path: Path | None) -> Iterator[None]:
    """Put the name of the program's file before what is wrong with the program."""
    try:
        yield
    except ProgramError as error:
        raise ProgramError(f"program {path}: {error}") from None


def is_input_bin(content: bytes) -> bool:
    """Whether this is an input.bin and not JSON: it begins with a 64-bit length below 2^32, and JSON holds no
    zero byte.
    """
    return content[4:8] == bytes(4)


def _unpack(content: bytes, path: Path) -> ExecutionInput:
    if not is_input_bin(content):
        raise InputError(f"input {path}: neither an ELF program nor an input.bin")
    try:
        return bincode.unpack(content)
    except InputError as error:
        raise InputError(f"input {path}: {error}") from None


def _override(
    given: ExecutionInput, *, compute_unit_limit: int | None, heap_size: int | None, loader: str | None
) -> ExecutionInput:
    changes: dict[str, Any] = {"compute_unit_limit": compute_unit_limit, "heap_size": heap_size}
    changes["loader"] = None if loader is None else Loader[loader.upper()]
    changes = {name: value for name, value in changes.items() if value is not None}
    return replace(given, parameters=replace(given.parameters, **changes))
