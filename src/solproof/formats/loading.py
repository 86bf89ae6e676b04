"""`load`, which makes an input from files, their contents, or a dictionary."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from solproof.arguments import wrong_type
from solproof.errors import InputError
from solproof.formats import bincode, input_file
from solproof.formats.fixtures.fixture import instruction_of, is_fixture, parse_fixture
from solproof.formats.python_values import plain_value
from solproof.host.files import MAXIMUM_READ, read_file
from solproof.program.elf_records import MAGIC
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import MAXIMUM_PROGRAM_LENGTH, ExecutionInput, Parameters

Source: TypeAlias = "bytes | bytearray | memoryview | str | os.PathLike[str]"
"""The content of a file, or its path."""


def load(
    program: Source,
    instruction: Source | Mapping[str, Any] | None = None,
    *,
    parameters: Parameters | None = None,
    program_format: RawFormat | None = None,
) -> ExecutionInput:
    """Make an input from a program and an instruction.

    program: an ELF file, or raw bytecode with its `program_format`. An input.bin needs no instruction, nor
    does a fixture of Mollusk or Firedancer that has its program.
    instruction: the JSON of docs/input-format.md, as bytes or as a dictionary, or an input.bin or a fixture
    of the same program. Bytes are the content of a file, and a text is a path. Relative paths in the JSON
    start in the directory of its file, or in the current directory. A dictionary may also hold bytes, paths,
    and objects of `solders`: public keys, key pairs, accounts and sysvars.
    parameters: the values for the parameters that the JSON leaves out.

    Raises `InputError`, which names the expected value, and `TypeError` for values of other types.
    """
    content = _content(program, "program", MAXIMUM_PROGRAM_LENGTH)
    if instruction is None:
        if is_fixture(content):
            return instruction_of(parse_fixture(content))
        if content.startswith(MAGIC) or not is_input_bin(content):
            raise InputError("instruction: expected an instruction, because the program is not an input.bin")
        return bincode.unpack(content)
    directory = Path()
    if isinstance(instruction, Mapping):
        described = json.dumps(plain_value(instruction, "")).encode()
    else:
        described = _content(instruction, "input")
        if isinstance(instruction, (str, os.PathLike)):
            directory = Path(instruction).parent
    if is_fixture(described):
        given = instruction_of(parse_fixture(described, content))
        if given.program != content:
            raise InputError("instruction: this fixture contains a different program")
        return given
    if not is_input_bin(described):
        return input_file.parse_input(described, content, parameters, program_format, directory)
    given = bincode.unpack(described)
    if given.program != content:
        raise InputError("instruction: this input.bin contains a different program")
    return given


def is_input_bin(content: bytes) -> bool:
    """Whether some content is an input.bin and not JSON.

    An input.bin begins with a 64-bit length below 2^32, so bytes 4 to 7 are zero. JSON has no zero bytes.
    """
    return content[4:8] == bytes(4)


def _content(source: Source, what: str, limit: int = MAXIMUM_READ) -> bytes:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    if not isinstance(source, (str, os.PathLike)):
        wrong_type(source, what, "the path of a file, or its content as bytes")
    if isinstance(source, str) and source.lstrip().startswith("{"):
        raise InputError(
            f"{what}: expected the path of a file, got JSON; pass it as bytes or as a dictionary"
        )
    return read_file(Path(source), what, limit)
