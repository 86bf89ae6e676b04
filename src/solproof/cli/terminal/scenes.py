"""The options that name a transaction instead of a program and its input, and the functions that read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from solproof.cli.terminal.options import FILE, changed_features, note_departures
from solproof.cli.terminal.reporting import detail
from solproof.errors import InputError, UnsupportedError
from solproof.formats import scene_bincode
from solproof.formats.fixtures.fixture import is_fixture, parse_fixture, scene_of
from solproof.formats.scene_file import parse_scene, read_scenes
from solproof.host.files import read_file
from solproof.runtime.transaction.scene import Scene

INSTRUCTION_PARAMETERS = (
    *("program", "input_path", "raw", "sbpf_version", "entry"),
    *("compute_unit_limit", "heap_size", "loader"),
)
"""The parameters of commands that describe a single instruction. A scene has its own values."""

optional_program_argument = click.argument("program", type=FILE, metavar="[PROGRAM]", required=False)
transaction_option = click.option(
    "--transaction",
    "-t",
    type=FILE,
    metavar="FILE",
    help="A scene as JSON, a scene.bin or a fixture (.fix): a whole transaction, instead of a program and "
    "its input.",
)
transactions_option = click.option(
    "--transactions",
    type=FILE,
    metavar="PATH",
    help="Scenes in order on one set of accounts: a directory of JSON files, or a file of JSON lines.",
)


def feature_values(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the options that change the features of a scene, as `read_scene` takes them."""
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


def read_scene(
    path: Path, *, feature_set: str | None, activate: Sequence[str], deactivate: Sequence[str]
) -> Scene:
    """The scene in a file, with the features that the command line selects.

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
    except InputError as error:
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
