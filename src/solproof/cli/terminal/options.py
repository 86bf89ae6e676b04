"""Options that several commands share, and the function that makes an input from them.

The input is a program and a JSON file, or one input.bin, which holds both. The content of a file decides
which kind it is. It also decides whether a program is ELF or raw bytecode, unless an option does.
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
from solproof.cli.terminal.changes import CHANGE_PARAMETERS, change_options, read_changes
from solproof.cli.terminal.files import INPUT_FILE, read_file
from solproof.cli.terminal.interface_options import (
    INTERFACE_PARAMETERS,
    check_instruction_options,
    interface_options,
    with_instruction,
)
from solproof.cli.terminal.recognition import file_kind, is_scene, scene_as_input
from solproof.cli.terminal.reporting import detail, note
from solproof.errors import InputError, ProgramError, SolproofError
from solproof.formats import bincode, input_file
from solproof.formats.changes import Changes, changed_input
from solproof.formats.fixtures.fixture import Fixture, instruction_of, is_fixture, parse_fixture
from solproof.formats.json_fields import BYTE_ORDER_MARK
from solproof.formats.loading import is_input_bin
from solproof.isa.instruction import SLOT_BYTES
from solproof.isa.opcodes import VERSIONS
from solproof.program.bytecode_verifier import load_program
from solproof.program.elf_records import MAGIC
from solproof.program.raw import RawFormat
from solproof.program.symbols import SymbolFiles
from solproof.runtime.execution_input import MAXIMUM_PROGRAM_LENGTH, ExecutionInput, Loader
from solproof.runtime.features import FEATURE_SETS, FEATURES, FeatureSet
from solproof.statement.proof_file import MAGIC as PROOF_MAGIC

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)

quiet_option = reporting.quiet_option
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
program_argument = click.argument("program", type=INPUT_FILE, metavar="PROGRAM")
strip_option = click.option(
    "--strip", is_flag=True, help="Leave out the symbol table, which has the names of functions."
)
input_option = click.option(
    "--input",
    "-i",
    "input_path",
    type=INPUT_FILE,
    metavar="FILE",
    help="The input: JSON, or an input.bin or a fixture (.fix), which contain the program.",
)

symbols_option = click.option(
    "--symbols",
    "symbol_paths",
    type=INPUT_FILE,
    multiple=True,
    metavar="FILE",
    help="A file with the same text that is not stripped, for names of functions and source lines. "
    "Can be repeated, for several programs.",
)


def read_symbols(paths: Sequence[Path]) -> SymbolFiles:
    """The files of `symbols_option`. Raises `InputError`, which names the file."""
    return SymbolFiles({str(path): read_file(path, "symbols") for path in paths})


def raw_options(command: Command) -> Command:
    """Add the options that describe raw bytecode. `RawOptions` takes their values."""
    return _with_options(
        command,
        click.option(
            "--raw",
            is_flag=True,
            help="The program is raw bytecode: 8-byte instructions without an ELF header, "
            "as in: program.bin --raw --sbpf-version 3 --entry 12",
        ),
        click.option(
            "--sbpf-version",
            type=click.IntRange(VERSIONS[0], VERSIONS[-1]),
            metavar="N",
            help="With --raw: the sBPF version, 0 to 4.  [default: 0]",
        ),
        click.option(
            "--entry",
            type=click.IntRange(0),
            metavar="PC",
            help="With --raw: the first instruction, counted from 0 in slots of 8 bytes.  [default: 0]",
        ),
    )


def feature_completions(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names of features that start with what has been typed, for the shell."""
    return [name for name in FEATURES if name.startswith(incomplete)]


def parameter_options(command: Command) -> Command:
    """Add `raw_options`, the parameters of the runtime, and the options that change parts of the input.

    Each option replaces the value in the input, or the default.
    """
    parameters = _with_options(
        command,
        click.option(
            "--compute-unit-limit",
            type=int,
            metavar="CU",
            help="The compute units that the program may use.  [default: 1400000]",
        ),
        click.option(
            "--heap-size", type=int, metavar="BYTES", help="The size of the heap.  [default: 32768]"
        ),
        click.option(
            "--loader",
            type=click.Choice(["v1", "v2", "v3"]),
            help="The loader that owns the program.  [default: v3]",
        ),
        click.option(
            "--feature-set",
            type=click.Choice(list(FEATURE_SETS)),
            help="The features of the cluster: those of mainnet, or none that changes how programs run.  "
            "[default: mainnet]",
        ),
        click.option(
            "--feature",
            "activate",
            multiple=True,
            metavar="NAME",
            shell_complete=feature_completions,
            help="Activate a feature, by name or address, as in: "
            "--feature blake3_syscall_enabled. Can be repeated.",
        ),
        click.option(
            "--no-feature",
            "deactivate",
            multiple=True,
            metavar="NAME",
            shell_complete=feature_completions,
            help="Deactivate a feature, by name or address. Can be repeated.",
        ),
    )
    return raw_options(interface_options(change_options(parameters)))


def _with_options(command: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class RawOptions:
    """The values of `--raw`, `--sbpf-version` and `--entry`. Raises `InputError` if they contradict."""

    raw: bool = False
    sbpf_version: int | None = None
    entry: int | None = None

    def __post_init__(self) -> None:
        for option, value in (("--sbpf-version", self.sbpf_version), ("--entry", self.entry)):
            if value is not None and not self.raw:
                raise InputError(f"{option}: expected --raw as well, because an ELF file has its own value")

    def program_format(self, content: bytes, path: Path) -> RawFormat | None:
        """The format of a file according to the options and their defaults. None without `--raw`.

        Raises `InputError` if `--raw` is given for an ELF file.
        """
        if not self.raw:
            return None
        if content.startswith(MAGIC):
            raise InputError(f"program {path}: starts with the ELF magic, which contradicts --raw")
        return RawFormat(self.sbpf_version or 0, self.entry or 0)

    def check(self, given: ExecutionInput, path: Path) -> None:
        """Raise `InputError` if the options contradict the program format of an input."""
        if not self.raw:
            return
        recorded = given.program_format
        if recorded is None:
            raise InputError(f"input {path}: its program is an ELF file, which contradicts --raw")
        for option, value, expected in (
            ("--sbpf-version", self.sbpf_version, recorded.version),
            ("--entry", self.entry, recorded.entry),
        ):
            if value not in (None, expected):
                raise InputError(f"input {path}: the recorded value {expected} contradicts {option} {value}")


def read_input(
    program: Path | None,
    input_path: Path | None,
    *,
    raw: bool = False,
    sbpf_version: int | None = None,
    entry: int | None = None,
    **parameters: Any,
) -> ExecutionInput:
    """The input that the command line names. Raises `InputError`, which names the invalid file.

    Without `input_path`, `program` must be an input.bin or a fixture. If `input_path` is such a file,
    `program` must be the program in it, or the program that the fixture lacks. A program that is valid sBPF
    V0 but not ELF is read as raw bytecode, and a note on standard error reports this.
    """
    check_instruction_options(parameters)
    others = {name: value for name, value in parameters.items() if name not in INTERFACE_PARAMETERS}
    options = RawOptions(raw, sbpf_version, entry)
    if parameters.get("instruction") is None:
        return _described(_read_input(program, input_path, options, others))
    # Without data of its own, because a document may leave out what the options describe.
    given = _read_input(program, input_path, options, others | {"data": "0x"})
    return _described(with_instruction(given, parameters))


def _read_input(
    program: Path | None, input_path: Path | None, options: RawOptions, parameters: dict[str, Any]
) -> ExecutionInput:
    changes = read_changes(parameters)
    parameters = {name: value for name, value in parameters.items() if name not in CHANGE_PARAMETERS}
    if input_path is None:
        if program is None:
            raise InputError("no input: expected --input with a JSON file or an input.bin")
        content = read_file(program, "input")
        if content.startswith(MAGIC) or options.raw or is_bytecode(content):
            raise InputError(f"program {program}: expected --input with a JSON file as well")
        if not is_fixture(content) and not is_input_bin(content):
            raise _no_input(content, program, "a program")
        given = _recorded(content, program, None) if is_fixture(content) else _unpack(content, program)
        return _override(changed_input(given, changes), **parameters)
    content = read_file(input_path, "input")
    file = None if program is None else read_file(program, "program", MAXIMUM_PROGRAM_LENGTH)
    if content.startswith(MAGIC):
        raise _program_as_input(input_path, program, file)
    if is_fixture(content):
        given = changed_input(_recorded(content, input_path, file), changes)
    elif is_input_bin(content):
        given = changed_input(_unpack(content, input_path), changes)
    elif program is None or file is None or file_kind(content) is not None:
        raise _no_input(content, input_path, "JSON")
    else:
        given = _parse(content, input_path, program, file, options, changes)
    options.check(given, input_path)
    if file is not None and file != given.program:
        raise InputError(f"input {input_path}: the program in it is not {program}")
    return _override(given, **parameters)


def _is_json(content: bytes) -> bool:
    return content.removeprefix(BYTE_ORDER_MARK.encode()).lstrip().startswith(b"{")


def _program_as_input(path: Path, program: Path | None, file: bytes | None) -> InputError:
    """The error for a program that is given as the input."""
    message = f"input {path}: is an ELF file, expected JSON or an input.bin"
    if file is not None and _is_json(file):
        message += f"; the arguments are swapped, expected: {path} --input {program}"
    return InputError(message)


def _no_input(content: bytes, path: Path, expected: str) -> InputError:
    """The error for a file that does not hold a program with its input.

    expected: what else the file could be.
    """
    if is_scene(content):
        return scene_as_input(path)
    if _is_json(content):
        return InputError(f"input {path}: JSON holds no program, expected the program's file as well")
    kind = file_kind(content)
    found = "" if kind is None else f"is {kind}, "
    return InputError(f"input {path}: {found}expected {expected}, an input.bin or a fixture")


def _described(given: ExecutionInput) -> ExecutionInput:
    """The input, after printing its description if --verbose is given."""
    parameters = given.parameters
    detail(f"program: {len(given.program):,} bytes, SHA-256 {sha256(given.program).hexdigest()}")
    detail(
        f"input: {len(given.accounts)} accounts, {len(given.instruction_data):,} bytes of instruction data, "
        f"{parameters.compute_unit_limit:,} compute units, {parameters.heap_size:,} bytes of heap, "
        f"loader {parameters.loader.name.lower()}"
    )
    return given


def _recorded(content: bytes, path: Path, program: bytes | None) -> ExecutionInput:
    """The input of a fixture, after notes about what the run has in another way."""
    try:
        fixture = parse_fixture(content, program)
        given = instruction_of(fixture)
    except SolproofError as error:
        raise error.placed(f"input {path}") from None
    note_departures(path, fixture)
    return given


def note_departures(path: Path, fixture: Fixture) -> None:
    """Print what the run of a fixture has in another way than the fixture asks for."""
    for departure in fixture.departures:
        note(f"{path}: {departure}")


def _parse(
    content: bytes, input_path: Path, program: Path, file: bytes, options: RawOptions, changes: Changes
) -> ExecutionInput:
    program_format = options.program_format(file, program)
    if program_format is None and file.startswith(PROOF_MAGIC):
        raise InputError(f"program {program}: is a proof, expected a program")
    detected = RawFormat() if program_format is None and is_bytecode(file) else None
    try:
        given = input_file.parse_input(
            content,
            file,
            program_format=program_format or detected,
            directory=input_path.parent,
            changes=changes,
        )
    except InputError as error:
        if is_scene(content):
            raise scene_as_input(input_path) from None
        raise InputError(f"input {input_path}: {str(error).removeprefix('input: ')}") from None
    if detected is not None and given.program_format is detected:
        note_bytecode(program)
    return given


def note_bytecode(path: Path) -> None:
    """Print a note that a program is read as raw bytecode."""
    reason = "not ELF but valid sBPF, so it is read with --raw --sbpf-version 0 --entry 0"
    note(f"program {path}: {reason}")


def is_bytecode(content: bytes) -> bool:
    """Whether a file is not ELF, but the loader and the verifier accept it as raw bytecode of V0."""
    if content.startswith(MAGIC) or len(content) % SLOT_BYTES:
        return False
    try:
        load_program(content, RawFormat())
    except ProgramError:
        return False
    return True


@contextmanager
def naming_program(path: Path | None) -> Iterator[None]:
    """Put the name of the program's file before the message of every `ProgramError`."""
    try:
        yield
    except ProgramError as error:
        raise ProgramError(f"program {path}: {error}") from None


def _unpack(content: bytes, path: Path) -> ExecutionInput:
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
    changes["features"] = changed_features(given.parameters.features, feature_set, activate, deactivate)
    return replace(given, parameters=replace(given.parameters, **changes))


def changed_features(
    features: FeatureSet, feature_set: str | None, activate: Sequence[str], deactivate: Sequence[str]
) -> FeatureSet:
    """The features after --feature-set, --feature and --no-feature. Raises `InputError` for unknown names."""
    chosen = features if feature_set is None else FEATURE_SETS[feature_set]
    return chosen.changed(activate, deactivate)
