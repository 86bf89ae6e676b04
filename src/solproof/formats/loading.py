"""`load`, which makes an input from files, their contents, or a dictionary."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from solproof.errors import InputError
from solproof.formats import bincode, input_file
from solproof.host.files import read_file
from solproof.program.elf_records import MAGIC
from solproof.program.raw import RawFormat
from solproof.runtime.execution_input import MAXIMUM_PROGRAM_LENGTH, ExecutionInput, Parameters

Source: TypeAlias = "bytes | str | os.PathLike[str]"
"""The content of a file, or its path."""


def load(
    program: Source,
    instruction: Source | Mapping[str, Any] | None = None,
    *,
    parameters: Parameters | None = None,
    program_format: RawFormat | None = None,
) -> ExecutionInput:
    """Make an input from a program and an instruction.

    program: an ELF file, or raw bytecode with its `program_format`. An input.bin needs no instruction.
    instruction: the JSON of docs/input-format.md, as text or as a dictionary, or an input.bin with the same
    program. Bytes are the content of a file, and anything else is a path. Relative paths in the JSON start in
    the directory of its file, or in the current directory.
    parameters: the values for the parameters that the JSON leaves out.

    Raises `InputError`, which names the expected value.
    """
    content = _content(program, "program", MAXIMUM_PROGRAM_LENGTH)
    if instruction is None:
        if content.startswith(MAGIC) or not is_input_bin(content):
            raise InputError("instruction: expected an instruction, because the program is not an input.bin")
        return bincode.unpack(content)
    directory = Path()
    if isinstance(instruction, Mapping):
        described = json.dumps(instruction).encode()
    else:
        described = _content(instruction, "input")
        directory = directory if isinstance(instruction, bytes) else Path(instruction).parent
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


def _content(source: Source, what: str, limit: int | None = None) -> bytes:
    if isinstance(source, bytes):
        return source
    path = Path(source)
    return read_file(path, what) if limit is None else read_file(path, what, limit)
