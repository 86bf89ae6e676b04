"""What a file is that is given in the place of another, for errors."""

from __future__ import annotations

import json
from pathlib import Path

from solproof.errors import InputError
from solproof.formats.loading import is_input_bin
from solproof.formats.scene_bincode import is_scene_bin
from solproof.program.elf_records import MAGIC as ELF_MAGIC
from solproof.statement.proof_file import MAGIC as PROOF_MAGIC


def file_kind(content: bytes) -> str | None:
    """The kind of a binary file, such as "a proof". None for JSON and for every file of another kind."""
    if content.startswith(ELF_MAGIC):
        return "an ELF file"
    if content.startswith(PROOF_MAGIC):
        return "a proof"
    if is_scene_bin(content):
        return "a scene.bin"
    return "an input.bin" if is_input_bin(content) else None


def is_scene(content: bytes) -> bool:
    """Whether a file is a scene.bin, or JSON that describes a transaction."""
    return is_scene_bin(content) or _has_field(content, "transaction")


def is_instruction(content: bytes) -> bool:
    """Whether a file is an input.bin, or JSON that describes the input of a single instruction."""
    return is_input_bin(content) or _has_field(content, "program_id")


def scene_as_input(path: Path) -> InputError:
    """The error for a scene that is given as the input of an instruction."""
    return InputError(f"input {path}: is a scene, expected --transaction {path} and no program")


def _has_field(content: bytes, name: str) -> bool:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and name in document
