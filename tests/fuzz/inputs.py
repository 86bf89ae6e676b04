"""Targets: the two forms of an input, JSON and input.bin, output.bin, and the scene as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from solproof.demo.scenario import transfer
from solproof.errors import InputError
from solproof.execution.execute import execute
from solproof.formats.bincode import pack, pack_output, unpack, unpack_output
from solproof.formats.input_file import format_input, parse_input
from solproof.formats.scene_file import format_scene, parse_scene
from solproof.runtime.accounts import address_text
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.sysvars import Sysvars
from tests.fuzz.target import MEBIBYTE, Target, outcome
from tests.support.elf_files import small_elf
from tests.support.scene_documents import PROGRAM, document, documents

ELF = small_elf().data
JSON_WORDS = (
    *(b'"program_id"', b'"accounts"', b'"instruction_data"', b'"program_format"', b'"raw"', b'"version"'),
    *(b'"key"', b'"pubkey"', b'"account"', b'"owner"', b'"lamports"', b'"data"', b'"executable"', b'"entry"'),
    *(b'"is_signer"', b'"is_writable"', b'"rentEpoch"', b'"space"', b'"base64"', b'"base58"', b'"elf"'),
    *(b"null", b"true", b"false", b"NaN", b"-Infinity", b"1e999", b"-1", b"18446744073709551616", b"0.5"),
    *(b"[", b"]", b"{", b"}", b"\\ud800", b"\\u0000", b"\xff", b"\xef\xbb\xbf", b"[" * 2000, b"9" * 5000),
)
SCENE_WORDS = (
    *JSON_WORDS,
    *(b'"transaction"', b'"programs"', b'"slot"', b'"blockhash"', b'"features"', b'"sysvars"', b'"clock"'),
    *(b'"payer"', b'"instructions"', b'"lookups"', b'"signatures"', b'"program"', b'"instruction"', b'"hex"'),
    *(
        b'"address"',
        b'"signer"',
        b'"writable"',
        b'"system"',
        b'"Transfer"',
        b'"vote"',
        b'"legacy"',
        b'"seed"',
    ),
)
BINARY_WORDS = (bytes(8), b"\x01" + bytes(7), b"\xff" * 8, b"\1\0\0\0\2", bytes(32))


def read_json(text: bytes) -> str:
    """An accepted input can be written and read again."""
    try:
        given = parse_input(text, ELF)
    except InputError as error:
        return outcome(error)
    assert parse_input(format_input(given), ELF) == given
    return f"{min(len(given.accounts), 4)} accounts"


def read_scene(text: bytes) -> str:
    """An accepted scene can be written and read again. Files are read from the directory of this module."""
    try:
        scene = parse_scene(text, Path(__file__).parent)
    except InputError as error:
        # A long text that is found instead of another is cut off, so its kind cannot be told by quotes.
        return outcome(InputError(str(error).partition(", got ")[0]))
    assert parse_scene(format_scene(scene)) == scene
    return f"{min(len(scene.accounts), 4)} accounts"


def read_input_bin(content: bytes) -> str:
    """Each input has one encoding, except that the default sysvars may also be spelled out."""
    try:
        given = unpack(content)
    except InputError as error:
        return outcome(error)
    packed = pack(given)
    assert packed == content or (given.parameters.sysvars == Sysvars() and unpack(packed) == given)
    return f"{given.parameters.loader.name}, {min(len(given.accounts), 4)} accounts"


def read_output_bin(content: bytes) -> str:
    """Each output has one encoding."""
    try:
        output = unpack_output(content)
    except InputError as error:
        return outcome(error)
    assert pack_output(output) == content
    return "success" if output.success else "failure"


# SEEDS


def given_inputs() -> Sequence[ExecutionInput]:
    """Inputs with few bytes and every kind of field."""
    given = transfer(ELF)
    no_sysvar = replace(Sysvars(), clock=bytes(40), slot_hashes=bytes(8))
    small = replace(given, accounts=given.accounts[2:], instruction_data=b"\1\2")
    return [
        given,
        small,
        replace(small, accounts=(*small.accounts, *small.accounts)),
        replace(small, accounts=(), parameters=Parameters(1000, 64 * 1024, Loader.V1)),
        replace(small, parameters=Parameters(sysvars=no_sysvar)),
        replace(small, programs=((PROGRAM, ELF), (bytes(32), b""))),
    ]


def json_seeds() -> Sequence[bytes]:
    """Inputs in our own format, and in the format of other tools."""
    dumped = b"""{"program_id": "11111111111111111111111111111111", "instruction_data": ["AQI=", "base64"],
        "accounts": [{"pubkey": "SysvarC1ock11111111111111111111111111111111", "is_writable": true, "account":
        {"lamports": 1, "data": ["", "base64"], "owner": "11111111111111111111111111111111", "executable":
        false, "rentEpoch": 18446744073709551615, "space": 0}}]}"""
    return [dumped, *(format_input(given).encode() for given in given_inputs()[1:])]


def scene_seeds() -> Sequence[bytes]:
    """Scenes with every kind of field. One names a file, whose content does not matter."""
    program = document(programs={address_text(PROGRAM): "target.py"})
    return [json.dumps(scene).encode() for scene in (*documents().values(), program)]


def input_bin_seeds() -> Sequence[bytes]:
    """Inputs, with and without their optional parts."""
    return [pack(given) for given in given_inputs()]


def output_bin_seeds() -> Sequence[bytes]:
    """The output of a failing run, which has most kinds of fields."""
    return [pack_output(execute(given).output) for given in given_inputs()[:2]]


TARGETS = (
    Target("json", json_seeds, read_json, 16 * 1024, 0.5, 8 * MEBIBYTE, JSON_WORDS),
    Target("scene", scene_seeds, read_scene, 16 * 1024, 0.5, 8 * MEBIBYTE, SCENE_WORDS),
    Target("input_bin", input_bin_seeds, read_input_bin, 8192, 0.5, 4 * MEBIBYTE, BINARY_WORDS),
    Target("output_bin", output_bin_seeds, read_output_bin, 8192, 0.5, 4 * MEBIBYTE, BINARY_WORDS),
)
