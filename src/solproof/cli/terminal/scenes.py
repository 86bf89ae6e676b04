"""The options that name a transaction instead of a program and its input, and the functions that read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from solproof.cli.terminal.changes import CHANGE_PARAMETERS, called_option, read_changes
from solproof.cli.terminal.files import INPUT_FILE, read_file
from solproof.cli.terminal.options import Command, changed_features, note_departures
from solproof.cli.terminal.outputs import STREAM
from solproof.cli.terminal.recognition import file_kind, is_instruction
from solproof.cli.terminal.reporting import detail
from solproof.errors import InputError, UnsupportedError
from solproof.formats import scene_bincode
from solproof.formats.changes import Changes, changed_scene
from solproof.formats.fixtures.fixture import is_fixture, parse_fixture, scene_of
from solproof.formats.scene_file import parse_scene, parse_scenes, read_scenes
from solproof.program.elf_records import MAGIC
from solproof.runtime.transaction.scene import Scene

INSTRUCTION_PARAMETERS = (
    *("program", "input_path", "input_paths", "raw", "sbpf_version", "entry"),
    *("compute_unit_limit", "heap_size", "loader", "data", "instruction", "arguments"),
)
"""The parameters of commands that describe a single instruction. A scene has its own values."""

SEQUENCE_PARAMETERS = (*INSTRUCTION_PARAMETERS, *CHANGE_PARAMETERS, "transaction")
"""The parameters of commands that a sequence of scenes excludes."""


def _one_program(context: click.Context, parameter: click.Parameter, values: tuple[Path, ...]) -> Path | None:
    """The program, if there is at most one. Raises a usage error that says where other files belong."""
    if len(values) < 2:
        return values[0] if values else None
    program, other, *more = values
    message = f"Got unexpected extra argument ({other})"
    if not more:
        if _starts_with_magic(other) and not _starts_with_magic(program):
            program, other = other, program
        example = f"{context.command_path} {program} --input {other}"
        message = f"{message}: an input is given with --input, as in: {example}"
    raise click.UsageError(f"{message}.", context)


def _starts_with_magic(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def optional_program_argument(command: Command) -> Command:
    """Add the argument PROGRAM, which may be left out, and the option for programs that it calls."""
    argument = click.argument(
        "program", type=INPUT_FILE, metavar="[PROGRAM]", nargs=-1, callback=_one_program
    )
    return argument(called_option(command))


transaction_option = click.option(
    "--transaction",
    "-t",
    type=INPUT_FILE,
    metavar="FILE",
    help="A scene as JSON, a scene.bin or a fixture (.fix): a whole transaction, instead of a program and "
    "its input.",
)
transactions_option = click.option(
    "--transactions",
    type=INPUT_FILE,
    metavar="PATH",
    help="Scenes in order on one set of accounts: a directory of JSON files, or a file of JSON lines.",
)


def feature_values(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the options that change the features of scenes, as `read_sequence` takes them."""
    return {name: parameters[name] for name in ("feature_set", "activate", "deactivate")}


def refuse_beside(option: str, parameters: Iterable[str]) -> None:
    """Raise a usage error if the command line has one of these parameters, named as the command names them.

    option: what contradicts them, for the message.
    """
    context = click.get_current_context()
    names = frozenset(parameters)
    for parameter in context.command.params:
        source = None if parameter.name is None else context.get_parameter_source(parameter.name)
        if parameter.name in names and source is ParameterSource.COMMANDLINE:
            shown = "PROGRAM" if isinstance(parameter, click.Argument) else parameter.opts[0]
            raise click.UsageError(f"{shown} and {option} exclude each other.", context)


def scene_values(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the options that change a scene, as `read_scene` takes them."""
    return feature_values(parameters) | {"changes": read_changes(parameters)}


def read_scene(
    path: Path,
    *,
    feature_set: str | None,
    activate: Sequence[str],
    deactivate: Sequence[str],
    changes: Changes,
) -> Scene:
    """The scene in a file, with the features and changes that the command line has.

    The file is JSON, a scene.bin or a fixture of a transaction.

    Raises `InputError`, which names the file.
    """
    content = read_file(path, "scene")
    try:
        if scene_bincode.is_scene_bin(content):
            scene = scene_bincode.unpack(content)
        elif is_fixture(content):
            fixture = parse_fixture(content)
            scene = scene_of(fixture)
            note_departures(path, fixture)
        else:
            scene = parse_scene(content, path.parent)
        scene = changed_scene(scene, changes)
    except InputError as error:
        if is_instruction(content):
            message = f"scene {path}: is the input of one instruction, expected --input {path}"
            raise InputError(message) from None
        if (kind := file_kind(content)) is not None and not scene_bincode.is_scene_bin(content):
            raise InputError(f"scene {path}: is {kind}, expected a scene") from None
        raise InputError(f"scene {path}: {str(error).removeprefix('scene: ')}") from None
    except UnsupportedError as error:
        raise error.placed(f"scene {path}") from None
    detail(f"scene: {len(scene.transaction):,} bytes of transaction, {len(scene.accounts)} accounts")
    return _changed(scene, feature_set, activate, deactivate)


def read_sequence(
    path: Path, *, feature_set: str | None, activate: Sequence[str], deactivate: Sequence[str]
) -> tuple[Scene, ...]:
    """The scenes of a directory or a file of JSON lines, with the features that the command line selects.

    Raises `InputError`, which names the file and the line.
    """
    if path == STREAM:
        scenes = parse_scenes(read_file(path, "scenes"), "standard input")
    else:
        scenes = read_scenes(path)
    detail(f"scenes: {len(scenes):,} transactions")
    return tuple(_changed(scene, feature_set, activate, deactivate) for scene in scenes)


def _changed(
    scene: Scene, feature_set: str | None, activate: Sequence[str], deactivate: Sequence[str]
) -> Scene:
    environment = scene.environment
    features = changed_features(environment.features, feature_set, activate, deactivate)
    if features == environment.features:
        return scene
    return replace(scene, environment=replace(environment, features=features))
