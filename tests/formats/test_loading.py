"""`solproof.load`: every form of an input, and the errors for other contents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from solproof.demo import programs, scenario
from solproof.errors import InputError
from solproof.formats import bincode
from solproof.formats.input_file import format_input, parse_input
from solproof.formats.loading import load
from solproof.isa.assemble import assemble
from solproof.program.elf_writer import write_raw
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import address_text
from solproof.runtime.execution_input import ExecutionInput, Parameters
from tests.support.fixtures import firedancer_instruction, mollusk_instruction, serialized


@pytest.fixture(scope="module")
def given() -> ExecutionInput:
    return scenario.transfer(programs.p_token())


def test_contents_paths_and_dictionaries(given: ExecutionInput, tmp_path: Path) -> None:
    program, instruction = tmp_path / "token.so", tmp_path / "transfer.json"
    program.write_bytes(given.program)
    instruction.write_text(format_input(given))
    text = format_input(given)
    assert load(program, instruction) == given
    assert load(str(program), str(instruction)) == given
    assert load(given.program, text.encode()) == given
    assert load(given.program, json.loads(text)) == given


def test_relative_paths_start_in_the_directory_of_the_file(
    given: ExecutionInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = bytes(32)
    (tmp_path / "other.so").write_bytes(b"its file")
    document = json.loads(format_input(given)) | {"programs": {address_text(other): "other.so"}}
    path = tmp_path / "transfer.json"
    path.write_text(json.dumps(document))
    assert load(given.program, path).programs == ((other, b"its file"),)
    with pytest.raises(InputError, match=r"^programs\.1{32} other\.so: cannot be read"):
        load(given.program, document)
    monkeypatch.chdir(tmp_path)
    assert load(given.program, document).programs == ((other, b"its file"),)


def test_input_bin(given: ExecutionInput, tmp_path: Path) -> None:
    content = bincode.pack(given)
    path = tmp_path / "input.bin"
    path.write_bytes(content)
    assert load(content) == load(path) == load(given.program, path) == given


def test_fixtures(given: ExecutionInput, tmp_path: Path) -> None:
    result = scenario.run_token_instruction(given, classic_token=False)
    path = tmp_path / "transfer.fix"
    path.write_bytes(serialized(firedancer_instruction(given, result)))
    assert load(path) == load(given.program, path) == load(path.read_bytes()) == given
    with pytest.raises(InputError) as caught:
        load(b"another program", path)
    assert str(caught.value) == "instruction: this fixture contains a different program"
    lacking = serialized(mollusk_instruction(given, result))
    assert load(given.program, lacking).program == given.program


def test_raw_bytecode_and_parameters() -> None:
    text = write_raw(assemble("mov64 r0, 0\nexit", 3))
    described = {"program_id": "11111111111111111111111111111111", "accounts": [], "instruction_data": []}
    parameters = Parameters(compute_unit_limit=5)
    found = load(text, described, parameters=parameters, program_format=RawFormat(3))
    assert (found.parameters, found.program_format) == (parameters, RawFormat(3))


def test_refusals(given: ExecutionInput, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(given.program)
    assert (
        str(caught.value) == "instruction: expected an instruction, because the program is not an input.bin"
    )
    with pytest.raises(InputError) as caught:
        load(given.program + b"\0", bincode.pack(given))
    assert str(caught.value) == "instruction: this input.bin contains a different program"
    missing = tmp_path / "missing.so"
    with pytest.raises(InputError) as caught:
        load(missing, {})
    assert str(caught.value) == f"program {missing}: cannot be read: No such file or directory"


def test_values_of_other_types(given: ExecutionInput) -> None:
    with pytest.raises(TypeError) as caught:
        load(5, {})  # type: ignore[arg-type]
    assert str(caught.value) == "program: expected the path of a file, or its content as bytes, got int"
    with pytest.raises(TypeError) as caught:
        load(given.program, [1])  # type: ignore[arg-type]
    assert str(caught.value) == "input: expected the path of a file, or its content as bytes, got list"
    with pytest.raises(InputError) as refused:
        load(given.program, format_input(given))
    message = "input: expected the path of a file, got JSON; pass it as bytes or as a dictionary"
    assert str(refused.value) == message
    with pytest.raises(TypeError) as caught:
        parse_input({}, given.program)  # type: ignore[arg-type]
    message = (
        "input: expected a JSON text as str or bytes (solproof.load takes paths and dictionaries), got dict"
    )
    assert str(caught.value) == message
