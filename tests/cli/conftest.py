"""Commands that run in this process, and the files that they use."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from solproof.cli import solproof
from solproof.cli.terminal.failure import exit_status_of
from solproof.demo import programs, scenario
from solproof.formats import bincode
from solproof.formats.input_file import format_input
from solproof.formats.scene_file import format_scene
from tests.support import proof_scenes


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a command: its exit status and its output."""

    status: int
    output: str
    errors: str

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object on standard output."""
        document = json.loads(self.output)
        assert isinstance(document, dict)
        return document


Command = Callable[..., Result]


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a p-token Transfer. `failing` is the input of a Transfer of more than the account has."""

    directory: Path
    program: Path
    input: Path
    failing: Path
    input_bin: Path
    proof: Path


@dataclass(frozen=True, slots=True)
class Scenes:
    """Scenes as JSON, with the names of the functions of `tests.support.proof_scenes`.

    proof: a proof of `token_account`.
    """

    token_account: Path
    failing: Path
    frameless: Path
    fees_only: Path
    not_processed: Path
    proof: Path


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `solproof` with some arguments, like the installed command."""

    def run(*arguments: object) -> Result:
        status = exit_status_of(solproof, [str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of the demo's Transfer with p-token, including the proof."""
    directory = tmp_path_factory.mktemp("transfer")
    found = Files(
        directory,
        *(
            directory / name
            for name in ("token.so", "transfer.json", "failing.json", "input.bin", "transfer.proof")
        ),
    )
    elf = programs.p_token()
    given = scenario.transfer(elf)
    found.program.write_bytes(elf)
    found.input.write_text(format_input(given))
    found.failing.write_text(format_input(scenario.transfer(elf, scenario.SOURCE_AMOUNT + 1)))
    found.input_bin.write_bytes(bincode.pack(given))
    arguments = ["prove", found.program, "--input", found.input, "--output", found.proof, "--quiet", "--json"]
    assert exit_status_of(solproof, [str(argument) for argument in arguments]) == 0
    return found


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    """The files of the scenes, and the proof of one of them."""
    directory = tmp_path_factory.mktemp("scenes")
    makers = (
        proof_scenes.token_account,
        proof_scenes.failing,
        proof_scenes.frameless,
        proof_scenes.fees_only,
        proof_scenes.not_processed,
    )
    paths = {make.__name__: directory / f"{make.__name__}.json" for make in makers}
    for make in makers:
        paths[make.__name__].write_text(format_scene(make()))
    found = Scenes(**paths, proof=directory / "transaction.proof")
    arguments = ["prove", "--transaction", found.token_account, "--output", found.proof, "--quiet", "--json"]
    assert exit_status_of(solproof, [str(argument) for argument in arguments]) == 0
    return found
