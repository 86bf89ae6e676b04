"""Targets: the two forms of an input and of a scene, JSON and bytes, output.bin, and the index of proofs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from solproof.demo.scenario import transfer
from solproof.errors import InputError, UnsupportedError
from solproof.execution.execute import execute
from solproof.formats import scene_bincode
from solproof.formats.bincode import pack, pack_output, unpack, unpack_output
from solproof.formats.input_file import format_input, parse_input
from solproof.formats.scene_file import format_scene, parse_scene
from solproof.runtime.accounts import address_text
from solproof.runtime.environment import Environment
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.features import FEATURE_SETS, FEATURES
from solproof.runtime.sysvars import ADDRESSES, INSTRUCTIONS_SYSVAR, Sysvars
from solproof.runtime.transaction.scene import Scene
from solproof.statement.sequence_index import IndexedProof, SequenceIndex, parse_index
from tests.fuzz.target import MEBIBYTE, Target, outcome
from tests.support.elf_files import small_elf
from tests.support.scene_documents import PROGRAM, document, documents, transfer_bytes

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
SMALL_SYSVARS = Sysvars(clock=bytes(40), slot_hashes=bytes(8))
INDEX_WORDS = (
    *JSON_WORDS,
    *(b'"format"', b'"system"', b'"proofs"', b'"number"', b'"scene"', b'"proof"', b'"milliseconds"'),
    b"00" * 32,
)
BINARY_WORDS = (bytes(8), b"\x01" + bytes(7), b"\xff" * 8, b"\1\0\0\0\2", bytes(32))
SCENE_BIN_WORDS = (
    *BINARY_WORDS,
    *(scene_bincode.MAGIC, ADDRESSES["clock"], ADDRESSES["rent"], INSTRUCTIONS_SYSVAR),
    *(FEATURES[name] for name in ("account_data_direct_mapping", "blake3_syscall_enabled")),
)


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


def read_scene_bin(content: bytes) -> str:
    """Each scene has one encoding."""
    try:
        scene = scene_bincode.unpack(content)
    except (InputError, UnsupportedError) as error:
        return outcome(error)
    assert scene_bincode.pack(scene) == content
    assert scene_bincode.is_scene_bin(content)
    return f"{min(len(scene.accounts), 4)} accounts, {min(len(scene.blockhashes), 3)} blockhashes"


def read_index(content: bytes) -> str:
    """An accepted index can be written and read again."""
    try:
        index = parse_index(content)
    except InputError as error:
        return outcome(error)
    assert parse_index(index.to_bytes()) == index
    return f"{min(len(index.proofs), 4)} proofs"


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
    small = replace(given, accounts=given.accounts[2:], instruction_data=b"\1\2")
    return [
        given,
        small,
        replace(small, accounts=(*small.accounts, *small.accounts)),
        replace(small, accounts=(), parameters=Parameters(1000, 64 * 1024, Loader.V1)),
        replace(small, parameters=Parameters(sysvars=SMALL_SYSVARS)),
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


def scene_bin_seeds() -> Sequence[bytes]:
    """Scenes with few bytes and every kind of field."""
    stakes = EpochStakes(9, ((bytes(32), 2), (PROGRAM, 3)))
    features = FEATURE_SETS["none"].changed(["blake3_syscall_enabled", "enable_sha512_syscall"])
    accounts = tuple(entry.account for entry in given_inputs()[1].accounts)
    small = Scene(transfer_bytes(), accounts[:1], Environment(features, SMALL_SYSVARS, stakes), (bytes(32),))
    clock = SMALL_SYSVARS.account("clock")
    scenes = (
        small,
        replace(small, accounts=(), environment=replace(small.environment, epoch_stakes=EpochStakes())),
        replace(small, accounts=(*accounts, clock), blockhashes=(PROGRAM, bytes(32))),
        replace(small, lamports_per_signature=0, verify_signatures=False),
    )
    return [scene_bincode.pack(scene) for scene in scenes]


def input_bin_seeds() -> Sequence[bytes]:
    """Inputs, with and without their optional parts."""
    return [pack(given) for given in given_inputs()]


def index_seeds() -> Sequence[bytes]:
    """Indexes of no proof and of three."""
    proof = IndexedProof(bytes(32), bytes(range(32)), 1234)
    return [SequenceIndex(bytes(32), dict.fromkeys(numbers, proof)).to_bytes() for numbers in ((), (1, 3, 9))]


def output_bin_seeds() -> Sequence[bytes]:
    """The output of a failing run, which has most kinds of fields."""
    return [pack_output(execute(given).output) for given in given_inputs()[:2]]


TARGETS = (
    Target("json", json_seeds, read_json, 16 * 1024, 0.5, 8 * MEBIBYTE, JSON_WORDS),
    Target("scene", scene_seeds, read_scene, 16 * 1024, 0.5, 8 * MEBIBYTE, SCENE_WORDS),
    Target("scene_bin", scene_bin_seeds, read_scene_bin, 8192, 0.5, 4 * MEBIBYTE, SCENE_BIN_WORDS),
    Target("index", index_seeds, read_index, 8192, 0.5, 4 * MEBIBYTE, INDEX_WORDS),
    Target("input_bin", input_bin_seeds, read_input_bin, 8192, 0.5, 4 * MEBIBYTE, BINARY_WORDS),
    Target("output_bin", output_bin_seeds, read_output_bin, 8192, 0.5, 4 * MEBIBYTE, BINARY_WORDS),
)
