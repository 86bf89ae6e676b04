"""input.bin and its result: round trips, the documented example, and all kinds of broken files."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import strategies

from solproof.errors import InputError, UnsupportedError
from solproof.formats.bincode import pack, pack_output, unpack, unpack_output
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.execution_output import ExecutionOutput, ReturnData
from solproof.runtime.features import FEATURE_SETS, FEATURES, MAINNET, FeatureSet
from solproof.runtime.sysvars import Sysvars

ALICE, BOB, OWNER, PROGRAM = (bytes([number]) * 32 for number in (1, 2, 3, 4))
DOCUMENT = Path(__file__).parents[2] / "docs" / "input-format.md"

INPUT = ExecutionInput(
    program=b"ELF!",
    program_id=PROGRAM,
    accounts=(InstructionAccount(Account(ALICE, OWNER, 1000, b"\0\0\0\3"), is_writable=True),),
    instruction_data=b"\x1f\x20",
    parameters=Parameters(compute_unit_limit=200_000),
)
OUTPUT = ExecutionOutput(
    success=False,
    exit_code=1,
    error="Custom(1)",
    error_message="custom program error: 0x1",
    fault=None,
    pc=7,
    compute_units=181,
    compute_units_charged=189,
    instructions=79,
    accounts_modified=0,
    accounts=(Account(ALICE, OWNER, 1000, b"\0\0\0\3"),),
    logs=("Program log: é",),
    return_data=ReturnData(PROGRAM, b""),
)
FAULTED = replace(
    OUTPUT,
    exit_code=None,
    error="ProgramFailedToComplete",
    error_message="",
    fault="DivideByZero",
    logs=(),
    accounts=(),
)
SUCCEEDED = replace(OUTPUT, success=True, exit_code=0, error=None, error_message=None)


def keys(first: bytes) -> strategies.SearchStrategy[bytes]:
    """Keys that start with a byte, so that no key is reserved, and no program is in two roles."""
    return strategies.binary(min_size=31, max_size=31).map(lambda rest: first + rest)


accounts = strategies.builds(
    Account,
    key=keys(b"\1"),
    owner=strategies.binary(min_size=32, max_size=32),
    lamports=strategies.integers(0, 2**64 - 1),
    data=strategies.binary(max_size=50),
    executable=strategies.booleans(),
)
parameters = strategies.builds(
    Parameters,
    compute_unit_limit=strategies.integers(56, 1_400_000),
    heap_size=strategies.integers(32, 256).map(lambda kibibytes: kibibytes * 1024),
    loader=strategies.sampled_from(Loader),
    sysvars=strategies.sampled_from([Sysvars(), Sysvars(clock=bytes(range(40)), stake_history=b"")]),
    epoch_stakes=strategies.sampled_from([EpochStakes(), EpochStakes.of({ALICE: 1}), EpochStakes(total=5)]),
    features=strategies.sampled_from([*FEATURE_SETS.values(), MAINNET.changed(["blake3_syscall_enabled"])]),
)


# POSITIVE


@for_all(
    strategies.builds(
        ExecutionInput,
        program=strategies.binary(max_size=50),
        program_id=keys(b"\2"),
        accounts=strategies.lists(
            strategies.builds(
                InstructionAccount,
                account=accounts,
                is_signer=strategies.booleans(),
                is_writable=strategies.booleans(),
            ),
            max_size=4,
            unique_by=lambda entry: entry.account.key,
        ).map(tuple),
        instruction_data=strategies.binary(max_size=50),
        parameters=parameters,
        program_format=strategies.none()
        | strategies.builds(RawFormat, strategies.integers(0, 4), strategies.integers(0, 2**64 - 1)),
        programs=strategies.dictionaries(keys(b"\3"), strategies.binary(max_size=50), max_size=3).map(
            lambda programs: tuple(programs.items())
        ),
    )
)
def test_input_round_trip(given: ExecutionInput) -> None:
    assert unpack(pack(given)) == given


@pytest.mark.parametrize("output", [OUTPUT, FAULTED, SUCCEEDED])
def test_output_round_trip(output: ExecutionOutput) -> None:
    assert unpack_output(pack_output(output)) == output


def test_example_in_the_documentation() -> None:
    """The two hexadecimal listings in docs/input-format.md are the encodings of INPUT and OUTPUT."""
    listings = re.findall(r"```hex\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert len(listings) == 2
    first, second = (bytes.fromhex(re.sub(r"#.*", "", listing)) for listing in listings)
    assert first == pack(INPUT)
    assert second == pack_output(OUTPUT)


def test_sysvars_other_than_the_defaults_are_written() -> None:
    given = replace(INPUT, parameters=Parameters(sysvars=Sysvars(rent=bytes(17))))
    packed = pack(given)
    assert packed.endswith(b"\1" + given.parameters.sysvars.to_bytes() + bytes(2 + 4))
    assert unpack(packed) == given


def test_stakes_other_than_the_default_are_written() -> None:
    stakes = EpochStakes.of({BOB: 2, ALICE: 1}, total=7)
    given = replace(INPUT, parameters=Parameters(epoch_stakes=stakes))
    entries = ALICE + struct.pack("<Q", 1) + BOB + struct.pack("<Q", 2)
    assert pack(given).endswith(b"\0\1" + struct.pack("<QQ", 7, 2) + entries + bytes(1 + 4))
    assert unpack(pack(given)) == given


@pytest.mark.parametrize(
    "features",
    [FEATURE_SETS["none"], MAINNET.changed(["blake3_syscall_enabled"], ["abort_on_invalid_curve"])],
)
def test_features_other_than_mainnets_are_written(features: FeatureSet) -> None:
    given = replace(INPUT, parameters=Parameters(features=features))
    addresses = features.addresses()
    written = b"\1" + struct.pack("<Q", len(addresses)) + b"".join(addresses)
    assert pack(given).endswith(b"\0\0" + written + bytes(4))
    assert unpack(pack(given)) == given


def with_features(*addresses: bytes) -> bytes:
    """INPUT with an encoded list of features."""
    encoded = b"\1" + struct.pack("<Q", len(addresses)) + b"".join(addresses)
    return pack(INPUT)[:167] + encoded + bytes(4)


def test_features_that_are_refused() -> None:
    first, second = MAINNET.addresses()[:2]
    for addresses in ((second, first), (first, first)):
        with pytest.raises(InputError) as raised:
            unpack(with_features(*addresses))
        message = "input.bin: parameters.features[1] at offset 208: expected addresses in rising order"
        assert str(raised.value) == message
    expected = "expected the name or address of a feature that changes how a program runs"
    with pytest.raises(InputError, match=f"^feature '{'1' * 32}': {expected}: "):
        unpack(with_features(bytes(32)))
    with pytest.raises(InputError) as raised:
        unpack(pack(INPUT)[:167] + b"\1" + struct.pack("<Q", len(FEATURES) + 1))
    assert str(raised.value) == (
        "input.bin: parameters.features at offset 168: "
        f"expected a length of at most {len(FEATURES)}, got {len(FEATURES) + 1}"
    )
    with pytest.raises(UnsupportedError) as unsupported:
        unpack(with_features(FEATURES["virtual_address_space_adjustments"]))
    assert str(unsupported.value) == "feature virtual_address_space_adjustments is not supported yet"


def test_stakes_that_are_refused() -> None:
    encoded = b"\1" + struct.pack("<QQ", 9, 2) + (BOB + struct.pack("<Q", 1)) * 2
    with pytest.raises(InputError) as raised:
        unpack(pack(INPUT)[:166] + encoded + bytes(1 + 4))
    assert str(raised.value) == (
        "input.bin: parameters.epoch_stakes.vote_accounts[1] at offset 223: "
        "expected addresses in rising order"
    )


def test_the_program_format_is_the_end() -> None:
    """The first listing ends with it, and so does the short listing in docs/input-format.md."""
    assert pack(INPUT).endswith(bytes(3) + bytes(4))
    given = replace(INPUT, program_format=RawFormat(version=3, entry=2))
    (listing,) = re.findall(r"```text\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert pack(given) == pack(INPUT)[:-4] + bytes.fromhex(re.sub(r"#.*", "", listing))
    assert unpack(pack(given)) == given


def test_other_programs_follow_only_if_there_are_any() -> None:
    given = replace(INPUT, programs=((BOB, b"\x09\x07"), (ALICE, b"")))
    packed = pack(given)
    vector = struct.pack("<Q", 2) + BOB + struct.pack("<Q", 2) + b"\x09\x07" + ALICE + struct.pack("<Q", 0)
    assert packed == pack(INPUT) + vector
    assert unpack(packed) == given


# NEGATIVE


def broken(offset: int, content: bytes) -> str:
    """The error message for INPUT with other bytes at an offset."""
    packed = bytearray(pack(INPUT))
    packed[offset : offset + len(content)] = content
    with pytest.raises(InputError) as raised:
        unpack(bytes(packed))
    return str(raised.value)


def test_every_truncation_is_refused() -> None:
    for packed, read in ((pack(INPUT), unpack), (pack_output(OUTPUT), unpack_output)):
        for length in range(len(packed)):
            with pytest.raises(InputError, match=r"^(input|output)\.bin: \S+ at offset \d+: expected"):
                read(packed[:length])


def test_truncation_names_field_and_offset() -> None:
    with pytest.raises(InputError) as raised:
        unpack(pack(INPUT)[:60])
    assert str(raised.value) == "input.bin: accounts[0].key at offset 52: expected 32 bytes, 8 are left"
    with pytest.raises(InputError) as raised:
        unpack(b"\5\0\0\0\0\0\0\0abcd")
    assert str(raised.value) == "input.bin: program at offset 8: expected 5 bytes, 4 are left"


def test_trailing_bytes() -> None:
    packed = pack(replace(INPUT, programs=((BOB, b"file"),)))
    with pytest.raises(InputError) as raised:
        unpack(packed + b"\0\0")
    assert str(raised.value) == f"input.bin: expected the end at offset {len(packed)}, 2 more bytes follow"
    with pytest.raises(
        InputError, match=r"^output\.bin: expected the end at offset \d+, 1 more bytes follow$"
    ):
        unpack_output(pack_output(OUTPUT) + b"\0")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (bytes(2), "programs at offset {end}: expected 8 bytes, 2 are left"),
        (bytes(8), "programs at offset {end}: expected at least one program or the end"),
        (struct.pack("<Q", 256), "programs at offset {end}: expected a length of at most 255, got 256"),
        (
            struct.pack("<Q", 1) + BOB + struct.pack("<Q", 2) + b"1",
            "programs[0].program at offset {file}: expected 2 bytes, 1 are left",
        ),
    ],
)
def test_other_programs_that_are_refused(content: bytes, expected: str) -> None:
    end = len(pack(INPUT))
    with pytest.raises(InputError) as raised:
        unpack(pack(INPUT) + content)
    assert str(raised.value) == "input.bin: " + expected.format(end=end, file=end + 48)


@pytest.mark.parametrize(
    ("offset", "content", "expected"),
    [
        (
            0,
            b"\xff" * 8,
            "program at offset 0: expected a length of at most 10485760, got 18446744073709551615",
        ),
        (44, struct.pack("<Q", 256), "accounts at offset 44: expected a length of at most 255, got 256"),
        (
            124,
            struct.pack("<Q", 10 * 2**20 + 1),
            "accounts[0].data at offset 124: expected a length of at most 10485760, got 10485761",
        ),
        (136, b"\2", "accounts[0].executable at offset 136: expected 0 or 1, got 2"),
        (137, b"\xff", "accounts[0].is_signer at offset 137: expected 0 or 1, got 255"),
        (138, b"\3", "accounts[0].is_writable at offset 138: expected 0 or 1, got 3"),
        (
            139,
            struct.pack("<Q", 10_241),
            "instruction_data at offset 139: expected a length of at most 10240, got 10241",
        ),
        (161, b"\3", "parameters.loader at offset 161: expected 0 to 2, got 3"),
        (165, b"\2", "parameters.sysvars at offset 165: expected 0 or 1, got 2"),
        (166, b"\2", "parameters.epoch_stakes at offset 166: expected 0 or 1, got 2"),
        (167, b"\2", "parameters.features at offset 167: expected 0 or 1, got 2"),
        (168, b"\2", "program_format at offset 168: expected 0 to 1, got 2"),
        (168, b"\0\0\1\0", "program_format at offset 168: expected 0 to 1, got 65536"),
        (168, b"\1\0\0\0\5", "program_format.version at offset 172: expected 0 to 4, got 5"),
        (168, b"\1\0\0\0\4\0", "program_format.entry at offset 173: expected 8 bytes, 1 are left"),
    ],
)
def test_values_out_of_range(offset: int, content: bytes, expected: str) -> None:
    assert broken(offset, content) == f"input.bin: {expected}"


def test_a_file_without_a_program_format_is_cut_short() -> None:
    with pytest.raises(InputError) as raised:
        unpack(pack(INPUT)[:-4])
    assert str(raised.value) == "input.bin: program_format at offset 168: expected 4 bytes, 0 are left"


def test_limits_of_the_parameters() -> None:
    assert broken(149, b"\xff" * 8) == (
        "parameters.compute_unit_limit: expected 0 to 1400000, got 18446744073709551615"
    )
    assert broken(157, struct.pack("<I", 1)) == (
        "parameters.heap_size: expected a multiple of 1024 from 32768 to 262144, got 1"
    )


def test_text_that_is_not_utf8() -> None:
    packed = pack_output(OUTPUT).replace("é".encode(), b"\xff\xff")
    with pytest.raises(InputError) as raised:
        unpack_output(packed)
    offset = packed.index(b"Program log: ")
    assert str(raised.value) == f"output.bin: logs[0] at offset {offset}: expected UTF-8"


@for_all(strategies.binary(max_size=300))
def test_arbitrary_bytes_are_refused_and_nothing_else(content: bytes) -> None:
    for read in (unpack, unpack_output):
        with pytest.raises(InputError):
            read(content)


@for_all(strategies.integers(0, len(pack(INPUT)) - 1), strategies.integers(0, 255))
def test_arbitrary_changes_are_read_back_or_refused(offset: int, value: int) -> None:
    packed = bytearray(pack(INPUT))
    packed[offset] = value
    try:
        given = unpack(bytes(packed))
    except InputError:
        return
    assert pack(given) == bytes(packed)
