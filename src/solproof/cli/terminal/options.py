"""Options that several commands share, and how an execution's input is put together from them.

The input is a program and a JSON file, or one input.bin, which holds both. Which one a file is, is told by
its content; so is whether a program is ELF or raw bytecode, unless an option says it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import click

from solproof.cli.terminal import reporting
from solproof.cli.terminal.reporting import detail, note
from solproof.errors import InputError, ProgramError
from solproof.formats import bincode, input_file
from solproof.formats.loading import is_input_bin
from solproof.host.files import read_file
from solproof.isa.instruction import SLOT_BYTES
from solproof.isa.opcodes import VERSIONS
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_records import MAGIC
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import MAXIMUM_PROGRAM_LENGTH, ExecutionInput, Loader
from solproof.runtime.features import FEATURE_SETS

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)

quiet_option = reporting.quiet_option
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
program_argument = click.argument("program", type=FILE, metavar="PROGRAM")
input_option = click.option(
    "--input",
    "-i",
    "input_path",
    type=FILE,
    metavar="FILE",
    help="The input: JSON, or an input.bin with the program in it.",
)


def raw_options(command: Command) -> Command:
    """How a program is read that is not ELF; `RawOptions` takes them."""
    return _with_options(
        command,
        click.option(
            "--raw",
            is_flag=True,
            help="The program is raw bytecode, 8-byte instructions without an ELF header, "
            "as in: program.bin --raw --sbpf-version 3 --entry 12",
        ),
        click.option(
            "--sbpf-version",
            type=click.IntRange(VERSIONS[0], VERSIONS[-1]),
            metavar="N",
            help="With --raw: its sBPF version, 0 to 4.  [default: 0]",
        ),
        click.option(
            "--entry",
            type=click.IntRange(0),
            metavar="PC",
            help="With --raw: its first instruction, counted from 0 in slots of 8 bytes.  [default: 0]",
        ),
    )


def parameter_options(command: Command) -> Command:
    """`raw_options`, and the parameters of the runtime: each replaces an input.bin's or the default."""
    parameters = _with_options(
        command,
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
        click.option(
            "--feature-set",
            type=click.Choice(list(FEATURE_SETS)),
            help="The cluster's features: mainnet's, or none of those that change how programs run.  "
            "[default: mainnet]",
        ),
        click.option(
            "--feature",
            "activate",
            multiple=True,
            metavar="NAME",
            help="A feature that is active as well, by name or address, as in: "
            "--feature blake3_syscall_enabled. May be repeated.",
        ),
        click.option(
            "--no-feature",
            "deactivate",
            multiple=True,
            metavar="NAME",
            help="A feature that is not active. May be repeated.",
        ),
    )
    return raw_options(parameters)


def _with_options(command: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class RawOptions:
    """`--raw`, `--sbpf-version` and `--entry` as given; raises `InputError` when they contradict."""

    raw: bool = False
    sbpf_version: int | None = None
    entry: int | None = None

    def __post_init__(self) -> None:
        for option, value in (("--sbpf-version", self.sbpf_version), ("--entry", self.entry)):
            if value is not None and not self.raw:
                raise InputError(f"{option}: expected --raw as well; an ELF file says it itself")

    def program_format(self, content: bytes, path: Path) -> RawFormat | None:
        """What the options say of a file, with defaults; None without `--raw`. An ELF file is refused."""
        if not self.raw:
            return None
        if content.startswith(MAGIC):
            raise InputError(f"program {path}: starts with the ELF magic, which --raw contradicts")
        return RawFormat(self.sbpf_version or 0, self.entry or 0)

    def check(self, given: ExecutionInput, path: Path) -> None:
        """Refuse options that contradict what an input says of its program."""
        if not self.raw:
            return
        said = given.program_format
        if said is None:
            raise InputError(f"input {path}: its program is an ELF file, which --raw contradicts")
        for option, value, expected in (
            ("--sbpf-version", self.sbpf_version, said.version),
            ("--entry", self.entry, said.entry),
        ):
            if value not in (None, expected):
                raise InputError(f"input {path}: says {expected} where {option} says {value}")


def read_input(
    program: Path | None,
    input_path: Path | None,
    *,
    raw: bool = False,
    sbpf_version: int | None = None,
    entry: int | None = None,
    **parameters: Any,
) -> ExecutionInput:
    """The input that the command line names; raises `InputError` with the file that is wrong.

    `program` may be an input.bin when there is no `input_path`; given beside an input.bin it must be the
    program in it. A program that is not ELF but valid sBPF is taken for raw bytecode, which standard error is
    told.
    """
    options = RawOptions(raw, sbpf_version, entry)
    if input_path is None:
        if program is None:
            raise InputError("no input: expected --input with a JSON file or an input.bin")
        content = read_file(program, "input")
        if content.startswith(MAGIC) or raw or is_bytecode(content):
            raise InputError(f"program {program}: expected --input with a JSON file beside it")
        if content.lstrip().startswith(b"{"):
            raise _without_program(program)
        return _described(_override(_unpack(content, program), **parameters))
    content = read_file(input_path, "input")
    file = None if program is None else read_file(program, "program", MAXIMUM_PROGRAM_LENGTH)
    if is_input_bin(content):
        given = _unpack(content, input_path)
        options.check(given, input_path)
        if file is not None and file != given.program:
            raise InputError(f"input {input_path}: the program in it is not {program}")
    elif program is None or file is None:
        raise _without_program(input_path)
    else:
        given = _parse(content, input_path, program, file, options)
    return _described(_override(given, **parameters))


def _without_program(path: Path) -> InputError:
    return InputError(f"input {path}: JSON holds no program, expected the program's file as well")


def _described(given: ExecutionInput) -> ExecutionInput:
    """The input, after saying what it is to those who asked for more."""
    parameters = given.parameters
    detail(f"program: {len(given.program):,} bytes, SHA-256 {sha256(given.program).hexdigest()}")
    detail(
        f"input: {len(given.accounts)} accounts, {len(given.instruction_data):,} bytes of instruction data, "
        f"{parameters.compute_unit_limit:,} compute units, {parameters.heap_size:,} bytes of heap, "
        f"loader {parameters.loader.name.lower()}"
    )
    return given


def _parse(
    content: bytes, input_path: Path, program: Path, file: bytes, options: RawOptions
) -> ExecutionInput:
    program_format = options.program_format(file, program)
    detected = RawFormat() if program_format is None and is_bytecode(file) else None
    try:
        given = input_file.parse_input(content, file, program_format=program_format or detected)
    except InputError as error:
        raise InputError(f"input {input_path}: {str(error).removeprefix('input: ')}") from None
    options.check(given, input_path)
    if detected is not None and given.program_format is detected:
        note_bytecode(program)
    return given


def note_bytecode(path: Path) -> None:
    """Say on standard error that a program is taken for raw bytecode."""
    said = "is no ELF file but valid sBPF: read as with --raw --sbpf-version 0 --entry 0"
    note(f"program {path}: {said}")


def is_bytecode(content: bytes) -> bool:
    """Whether a file can be raw bytecode of V0: not ELF, and the loader and the verifier accept it."""
    if content.startswith(MAGIC) or len(content) % SLOT_BYTES:
        return False
    try:
        load_program(content, RawFormat())
    except ProgramError:
        return False
    return True


@contextmanager
def naming_program(path: Path | None) -> Iterator[None]:
    """Put the name of the program's file before what is wrong with the program."""
    try:
        yield
    except ProgramError as error:
        raise ProgramError(f"program {path}: {error}") from None


def _unpack(content: bytes, path: Path) -> ExecutionInput:
    if not is_input_bin(content):
        raise InputError(f"input {path}: neither an ELF program nor an input.bin")
    try:
        return bincode.unpack(content)
    except InputError as error:
        raise InputError(f"input {path}: {error}") from None


def _override(
    given: ExecutionInput,
    *,
    compute_unit_limit: int | None,
    heap_size: int | None,
    loader: str | None,
    feature_set: str | None,
    activate: Sequence[str],
    deactivate: Sequence[str],
) -> ExecutionInput:
    changes: dict[str, Any] = {"compute_unit_limit": compute_unit_limit, "heap_size": heap_size}
    changes["loader"] = None if loader is None else Loader[loader.upper()]
    changes = {name: value for name, value in changes.items() if value is not None}
    features = given.parameters.features if feature_set is None else FEATURE_SETS[feature_set]
    changes["features"] = features.changed(activate, deactivate)
    return replace(given, parameters=replace(given.parameters, **changes))
