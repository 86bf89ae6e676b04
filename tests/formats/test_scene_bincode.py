"""scene.bin: round trips, and the whole error message for everything that is not the encoding of a scene."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies

from solproof.errors import InputError, UnsupportedError
from solproof.formats import bincode
from solproof.formats.loading import is_input_bin
from solproof.formats.scene_bincode import is_scene_bin, pack, unpack
from solproof.formats.scene_file import format_scene, parse_scene
from solproof.runtime.accounts import MAXIMUM_LAMPORTS, Account, address_text
from solproof.runtime.environment import Environment
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.features import FEATURE_SETS, FEATURES, MAINNET
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR, Sysvars
from solproof.runtime.transaction.scene import Scene
from tests.fuzz.mutation import mutate
from tests.support.frame_trees import associated_token, builtins, chain
from tests.support.scene_documents import documents
from tests.support.wire_transactions import random_wire

ALICE, BOB, OWNER, LAST = (bytes([number]) * 32 for number in (1, 2, 3, 4))
FIRST, SECOND = sorted(FEATURES[name] for name in ("blake3_syscall_enabled", "enable_sha512_syscall"))
SYSVARS = Sysvars(slot_hashes=bytes(8), stake_history=b"")
SCENE = Scene(
    b"wire",
    (Account(ALICE, OWNER, 7, b"\1\2"), Account(BOB, OWNER, 2**64 - 1, b"", executable=True)),
    Environment(
        FEATURE_SETS["none"].changed([address_text(FIRST), address_text(SECOND)]),
        SYSVARS,
        EpochStakes(9, ((ALICE, 2), (BOB, 3))),
    ),
    (LAST, OWNER),
    6_000,
    verify_signatures=False,
)
PACKED = pack(SCENE)

# Where the fields of PACKED start.
ACCOUNTS = 8 + 2 + 8 + len(SCENE.transaction)
ALICES, BOBS = ACCOUNTS + 8, ACCOUNTS + 8 + 83
ACCOUNTS_END = BOBS + 81
FEATURES_AT = ACCOUNTS_END
SYSVARS_AT = FEATURES_AT + 8 + 2 * 32
STAKES = SYSVARS_AT + len(SYSVARS.to_bytes())
BLOCKHASHES = STAKES + 8 + 8 + 2 * 40
FEE = BLOCKHASHES + 8 + 2 * 32
FLAG = FEE + 8


def random_scene(random: Random) -> Scene:
    """A scene with random contents in every field."""
    keys = [random.randbytes(32) for _ in range(random.choice((0, 1, 2, 9)))]
    sysvars = Sysvars(
        clock=random.randbytes(40),
        rent=random.randbytes(17),
        last_restart_slot=random.randbytes(8),
        slot_hashes=random.randbytes(random.randrange(100)),
        stake_history=random.randbytes(random.randrange(100)),
    )
    inactive = [name for name in sorted(MAINNET.active) if random.randrange(4) == 0 and "sbpf" not in name]
    stakes = {random.randbytes(32): random.randrange(1, 2**40) for _ in range(random.randrange(4))}
    total = sum(stakes.values()) + random.randrange(9)
    accounts = [
        Account(
            key,
            random.randbytes(32),
            random.choice((0, 1, random.randrange(2**64), MAXIMUM_LAMPORTS)),
            random.randbytes(random.choice((0, 1, random.randrange(300)))),
            random.randrange(2) == 1,
        )
        for key in keys
    ]
    if random.randrange(3) == 0:
        accounts.append(sysvars.account("clock"))
    return Scene(
        random_wire(random)[:1_232],
        tuple(accounts),
        Environment(
            MAINNET.changed(deactivate=inactive),
            sysvars,
            EpochStakes.of(stakes, total),
        ),
        tuple(random.randbytes(32) for _ in range(random.choice((1, 1, 2, 300)))),
        random.choice((0, 5_000, MAXIMUM_LAMPORTS)),
        random.randrange(2) == 1,
    )


def ordered(scene: Scene) -> Scene:
    """The scene with its accounts in the order in which they are written."""
    return replace(scene, accounts=tuple(sorted(scene.accounts, key=lambda account: account.key)))


# POSITIVE


def test_layout() -> None:
    """The encoding, field by field."""
    account = struct.Struct("<32s32sQQ")
    assert (
        b"".join(
            [
                *(b"SOLSCENE", struct.pack("<H", 1)),
                *(struct.pack("<Q", 4), b"wire"),
                *(struct.pack("<Q", 2), account.pack(ALICE, OWNER, 7, 2), b"\1\2", b"\0"),
                *(account.pack(BOB, OWNER, 2**64 - 1, 0), b"\1"),
                *(struct.pack("<Q", 2), FIRST, SECOND),
                *(struct.pack("<Q", len(content)) + content for _, content in SYSVARS.items()),
                struct.pack("<QQ32sQ32sQ", 9, 2, ALICE, 2, BOB, 3),
                *(struct.pack("<Q", 2), LAST, OWNER),
                struct.pack("<Q?", 6_000, False),
            ]
        )
        == PACKED
    )
    assert unpack(PACKED) == SCENE


def test_nothing_is_left_out() -> None:
    """Defaults are written too, so that the bytes mean the same in a version with other defaults."""
    packed = pack(Scene(b"", (), Environment(), (LAST,)))
    features = b"".join(MAINNET.addresses())
    assert features + Sysvars().to_bytes() + bytes(8 + 8) + struct.pack("<Q", 1) + LAST in packed


@pytest.mark.parametrize("seed", range(60))
def test_random_scenes(seed: int) -> None:
    scene = random_scene(Random(seed))
    packed = pack(scene)
    assert unpack(packed) == ordered(scene)
    assert pack(unpack(packed)) == packed
    shuffled = Random(seed).sample(scene.accounts, len(scene.accounts))
    assert pack(replace(scene, accounts=tuple(shuffled))) == packed


@pytest.mark.parametrize("made", [associated_token, chain, builtins])
def test_scenes_of_programs(made: Callable[[], Any]) -> None:
    """Accounts that a LiteSVM held, with the files of programs."""
    scene = made().execution.scene
    assert unpack(pack(scene)) == ordered(scene)


@pytest.mark.parametrize("name", documents())
def test_scenes_of_json(name: str) -> None:
    """The JSON of a scene that was packed describes the same scene."""
    scene = parse_scene(json.dumps(documents()[name]), Path("nowhere"))
    again = unpack(pack(scene))
    assert again == ordered(scene)
    assert parse_scene(format_scene(again)) == again


def test_largest_lists() -> None:
    stakes = EpochStakes.of({struct.pack(">I28x", number): 1 for number in range(1, 1 + 2**16)})
    accounts = tuple(Account(struct.pack(">I28x", number), OWNER, 1, b"") for number in range(2**16))
    scene = replace(
        SCENE,
        transaction=bytes(1_232),
        accounts=accounts,
        environment=replace(SCENE.environment, epoch_stakes=stakes),
        blockhashes=(LAST,) * 300,
    )
    assert unpack(pack(scene)) == scene


def test_the_magic_tells_a_scene_from_an_input() -> None:
    packed = bincode.pack(ExecutionInput(b"ELF!", OWNER, (), b""))
    assert (is_scene_bin(PACKED), is_input_bin(PACKED)) == (True, False)
    assert (is_scene_bin(packed), is_input_bin(packed)) == (False, True)
    assert not is_scene_bin(format_scene(SCENE).encode())
    with pytest.raises(InputError):
        bincode.unpack(PACKED)
    with pytest.raises(InputError):
        unpack(packed)


# NEGATIVE


def refusal(content: bytes) -> str:
    """The error message for some content."""
    with pytest.raises(InputError) as raised:
        unpack(content)
    return str(raised.value)


def broken(offset: int, content: bytes) -> str:
    """The error message for PACKED with other bytes at an offset."""
    packed = bytearray(PACKED)
    packed[offset : offset + len(content)] = content
    return refusal(bytes(packed))


def test_every_truncation_is_refused() -> None:
    for length in range(len(PACKED)):
        with pytest.raises(InputError, match=r"^scene\.bin: \S+ at offset \d+: expected \d+ bytes"):
            unpack(PACKED[:length])


def test_trailing_bytes() -> None:
    end = len(PACKED)
    assert refusal(PACKED + b"\0") == f"scene.bin: expected the end at offset {end}, 1 more bytes follow"
    assert refusal(PACKED * 2) == f"scene.bin: expected the end at offset {end}, {end} more bytes follow"


@pytest.mark.parametrize(
    ("offset", "content", "expected"),
    [
        (0, b"SOLPROOF", "magic at offset 0: expected b'SOLSCENE', got b'SOLPROOF'"),
        (0, b"s", "magic at offset 0: expected b'SOLSCENE', got b'sOLSCENE'"),
        (8, b"\0\0", "version at offset 8: expected 1, got 0"),
        (8, b"\2\1", "version at offset 8: expected 1, got 258"),
        (
            10,
            struct.pack("<Q", 1_233),
            "transaction at offset 10: expected a length of at most 1232, got 1233",
        ),
        (
            ACCOUNTS,
            struct.pack("<Q", 65_537),
            f"accounts at offset {ACCOUNTS}: expected a length of at most 65536, got 65537",
        ),
        (
            ALICES + 72,
            struct.pack("<Q", 10 * 2**20 + 1),
            f"accounts[0].data at offset {ALICES + 72}: expected a length of at most 10485760, got 10485761",
        ),
        (
            ALICES + 82,
            b"\2",
            f"accounts[0].executable at offset {ALICES + 82}: expected 0 or 1, got 2",
        ),
        (
            FEATURES_AT,
            struct.pack("<Q", len(FEATURES) + 1),
            f"environment.features at offset {FEATURES_AT}: "
            f"expected a length of at most {len(FEATURES)}, got {len(FEATURES) + 1}",
        ),
        (
            SYSVARS_AT,
            struct.pack("<Q", 20_489),
            f"environment.sysvars.clock at offset {SYSVARS_AT}: "
            "expected a length of at most 20488, got 20489",
        ),
        (
            STAKES + 8,
            struct.pack("<Q", 65_537),
            f"environment.epoch_stakes.vote_accounts at offset {STAKES + 8}: "
            "expected a length of at most 65536, got 65537",
        ),
        (
            BLOCKHASHES,
            struct.pack("<Q", 301),
            f"blockhashes at offset {BLOCKHASHES}: expected a length of at most 300, got 301",
        ),
        (FLAG, b"\2", f"verify_signatures at offset {FLAG}: expected 0 or 1, got 2"),
        (FLAG, b"\xff", f"verify_signatures at offset {FLAG}: expected 0 or 1, got 255"),
    ],
)
def test_values_out_of_range(offset: int, content: bytes, expected: str) -> None:
    assert broken(offset, content) == f"scene.bin: {expected}"


@pytest.mark.parametrize(
    ("start", "middle", "end", "field"),
    [
        (ALICES, BOBS, ACCOUNTS_END, "accounts"),
        (FEATURES_AT + 8, FEATURES_AT + 40, SYSVARS_AT, "environment.features"),
        (STAKES + 16, STAKES + 56, BLOCKHASHES, "environment.epoch_stakes.vote_accounts"),
    ],
)
def test_other_orders_are_refused(start: int, middle: int, end: int, field: str) -> None:
    """Two elements in the wrong order, and one element twice."""
    first, second = PACKED[start:middle], PACKED[middle:end]
    for before, after in ((second, first), (first, first), (second, second)):
        assert refusal(PACKED[:start] + before + after + PACKED[end:]) == (
            f"scene.bin: {field}[1] at offset {start + len(before)}: expected addresses in rising order"
        )


@pytest.mark.parametrize(
    ("offset", "content", "expected"),
    [
        (STAKES, struct.pack("<Q", 4), "epoch_stakes.total: expected 5, the sum of the vote accounts"),
        (STAKES + 48, bytes(8), f"epoch_stakes.vote_accounts: {address_text(ALICE)}: expected a stake of 1"),
        (BOBS, INSTRUCTIONS_SYSVAR, "accounts[1]: the instructions sysvar is made of the transaction"),
        (FEATURES_AT + 8, bytes(32), f"feature '{'1' * 32}': expected the name or address of a feature"),
    ],
)
def test_scenes_that_cannot_be(offset: int, content: bytes, expected: str) -> None:
    """What no scene can hold is refused in the words of the scene, whatever its form."""
    assert expected in broken(offset, content)


def test_a_sysvar_of_another_length() -> None:
    content = PACKED[:SYSVARS_AT] + struct.pack("<Q", 39) + PACKED[SYSVARS_AT + 9 :]
    assert refusal(content) == "sysvar clock: expected 40 bytes, got 39"


def test_no_blockhash() -> None:
    content = PACKED[:BLOCKHASHES] + bytes(8) + PACKED[FEE:]
    assert refusal(content) == "blockhashes: expected 1 to 300 of them, got 0"


def test_sysvars_that_contradict_their_accounts() -> None:
    packed = pack(replace(SCENE, accounts=(SYSVARS.account("clock"),)))
    content = packed.replace(SYSVARS.clock, bytes(40), 1)
    assert refusal(content) == "accounts[0]: the data differs from the environment's sysvar clock"


def test_a_feature_that_is_not_supported() -> None:
    address = FEATURES["virtual_address_space_adjustments"]
    content = PACKED[:FEATURES_AT] + struct.pack("<Q", 1) + address + PACKED[SYSVARS_AT:]
    with pytest.raises(UnsupportedError) as raised:
        unpack(content)
    assert str(raised.value) == "feature virtual_address_space_adjustments is not supported yet"


# DAMAGE


@for_all(strategies.binary(max_size=300), strategies.booleans())
def test_arbitrary_bytes_are_refused(content: bytes, has_head: bool) -> None:
    with pytest.raises(InputError):
        unpack(PACKED[:10] + content if has_head else content)


def test_each_changed_byte_is_read_back_or_refused() -> None:
    """No two contents are the same scene."""
    for offset in range(len(PACKED)):
        for change in (1, 2, 0x80, 0xFF):
            content = PACKED[:offset] + bytes([PACKED[offset] ^ change]) + PACKED[offset + 1 :]
            _check(content)


@pytest.mark.parametrize("seed", range(20))
def test_mutations_are_read_back_or_refused(seed: int) -> None:
    random = Random(seed)
    corpus = [PACKED, pack(ordered(random_scene(random)))]
    accepted = 0
    for _ in range(300):
        accepted += _check(mutate(random.choice(corpus), random, (ALICE, bytes(8)), corpus, 10**6))
    assert accepted


def _check(content: bytes) -> bool:
    """Whether some content is accepted, and then it is the encoding of its scene."""
    try:
        scene = unpack(content)
    except (InputError, UnsupportedError):
        return False
    assert pack(scene) == content
    return True
