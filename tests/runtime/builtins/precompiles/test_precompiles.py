"""All precompiles: which exist, that no feature changes them, and random instructions against LiteSVM."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from solders.litesvm import FeatureSet
from solders.pubkey import Pubkey

from solproof._native import primitives
from solproof.runtime.builtins.precompiles import PRECOMPILES
from solproof.runtime.builtins.precompiles.signature_offsets import THIS_INSTRUCTION
from tests.support.accounts import NATIVE_LOADER
from tests.support.edwards_points import LOW_ORDER, NO_POINTS, NOT_CANONICAL, number
from tests.support.elliptic_curves import CURVE25519_ORDER, P256_GROUP, SECP256K1_GROUP
from tests.support.precompiles import (
    CARRIER,
    ED25519,
    SECP256K1,
    SECP256R1,
    Call,
    Signed,
    check,
    ed25519_signed,
    runtime,
    secp256k1_signed,
    secp256r1_signed,
)

LAYOUTS = {"ed25519": ED25519, "secp256k1": SECP256K1, "secp256r1": SECP256R1}
SIGNERS: dict[str, Callable[[bytes, int], Signed]] = {
    "ed25519": ed25519_signed,
    "secp256k1": secp256k1_signed,
    "secp256r1": secp256r1_signed,
}
CODES = {"ed25519": {None, 0, 2, 3, 4}, "secp256k1": {None, 1, 2, 3, 4}, "secp256r1": {None, 0, 2, 3, 4}}
"""Every outcome that a precompile can have."""

precompiles = pytest.mark.parametrize("name", LAYOUTS)


def test_the_registry() -> None:
    assert {key: each.name for key, each in PRECOMPILES.items()} == {
        layout.program: name for name, layout in LAYOUTS.items()
    }


@precompiles
def test_litesvm_has_the_precompile(name: str) -> None:
    account = runtime().get_account(Pubkey(LAYOUTS[name].program))
    assert account is not None
    assert bytes(account.owner) == NATIVE_LOADER


# FEATURES

INTRODUCED_BY = (
    "ed9tNscbWLYBooxWA7FE2B5KHWs8A6sxfY8EzezEcoo",  # ed25519_precompile_verify_strict
    "srremy31J5Y25FrAApwVb9kZcfXbusYMMsvTK9aWv5q",  # enable_secp256r1_precompile
    "9ypxGLzkMxi89eDerRKXWDXe44UY2z4hBig4mDhNq5Dp",  # move_precompile_verification_to_svm
)


@precompiles
@pytest.mark.parametrize("feature", [*INTRODUCED_BY, "none"])
def test_no_feature_changes_a_precompile(name: str, feature: str) -> None:
    """The features that introduced parts of the precompiles, each switched off, and no feature at all."""
    features = FeatureSet.default()
    if feature != "none":
        features = FeatureSet.all_enabled()
        features.deactivate(Pubkey.from_string(feature))
    machine = runtime(features)
    layout = LAYOUTS[name]
    good = SIGNERS[name](b"a message", 1)
    wrong = Signed(good.signature, good.key, b"another")
    assert check(layout.call(good), machine=machine) is None
    assert check(layout.call(wrong), machine=machine) == 2
    assert check((layout.program, layout.data([])), machine=machine) == (4 if name == "secp256r1" else None)
    for key in (*LOW_ORDER, *NOT_CANONICAL) if name == "ed25519" else ():
        assert check(layout.call(Signed(LOW_ORDER[0] + bytes(32), key, b"")), machine=machine) == 2


# RANDOM INSTRUCTIONS


def odd_parts(name: str) -> tuple[list[bytes], list[bytes]]:
    """Signatures and keys at the limits."""
    if name == "ed25519":
        points = [*LOW_ORDER, *NOT_CANONICAL, *NO_POINTS]
        scalars = [0, 1, CURVE25519_ORDER - 1, CURVE25519_ORDER, 2**253 - 1, 2**253, 2**256 - 1]
        return [point + number(scalar) for point in points for scalar in scalars], points
    group = P256_GROUP if name == "secp256r1" else SECP256K1_GROUP
    numbers = [
        value.to_bytes(32, "big")
        for value in (0, 1, group.order // 2, group.order // 2 + 1, group.order - 1, group.order, group.prime)
    ]
    signatures = [r + s for r in numbers for s in numbers]
    if name == "secp256k1":
        return [each + bytes([identity]) for each in signatures for identity in range(5)], [bytes(20)]
    return signatures, [bytes([form]) + x for form in range(9) for x in numbers]


def random_calls(source: random.Random, name: str, pool: list[Signed]) -> list[Call]:
    """An instruction of a precompile, and up to two carriers that hold some of its parts.

    Some parts, entries, counts, lengths and bytes are wrong.
    """
    layout = LAYOUTS[name]
    signed = [source.choice(pool) for _ in range(source.choice([1, 1, 1, 2, 3]))]
    contents = [source.randbytes(source.randrange(4)) for _ in range(source.choice([1, 1, 2, 3]))]
    own = source.randrange(len(contents))
    contents[own] = bytes(layout.start(len(signed)))
    entries = []
    for each in signed:
        parts = list(each.parts)
        if source.random() < 0.2:
            position = source.randrange(2)
            parts[position] = source.choice(odd_parts(name)[position])
        entry = []
        for part in parts:
            index = source.randrange(len(contents))
            alias = index == own and layout.own == THIS_INSTRUCTION and source.random() < 0.5
            entry += [len(contents[index]), layout.own if alias else index]
            contents[index] += part
        entry.insert(5, len(each.message))
        if source.random() < 0.2:
            field = source.randrange(7)
            highest = 255 if name == "secp256k1" and field in (1, 3, 6) else 0xFFFF
            entry[field] = source.choice([0, 1, 2, 3, min(entry[field] + 1, highest), highest])
        entries.append(entry)
    count = len(entries) if source.random() < 0.9 else source.choice([0, 1, 2, 3, 8, 9, 255])
    contents[own] = layout.data(entries, contents[own][layout.start(len(entries)) :], count)
    if source.random() < 0.1:
        contents[own] = contents[own][: source.randrange(len(contents[own]) + 1)]
    if source.random() < 0.2:
        index = source.randrange(len(contents))
        contents[index] = with_a_changed_bit(source, contents[index])
    return [(layout.program if index == own else CARRIER, content) for index, content in enumerate(contents)]


def with_a_changed_bit(source: random.Random, content: bytes) -> bytes:
    """The bytes with one bit changed, if there are any."""
    if not content:
        return content
    number_of_bits = 8 * len(content)
    changed = int.from_bytes(content, "big") ^ 1 << source.randrange(number_of_bits)
    return changed.to_bytes(len(content), "big")


@precompiles
def test_random_instructions(name: str) -> None:
    source = random.Random(name)
    pool = [SIGNERS[name](source.randbytes(source.randrange(40)), 1 + each) for each in range(12)]
    outcomes = Counter(check(*random_calls(source, name, pool)) for _ in range(300))
    assert set(outcomes) == CODES[name]
    assert min(outcomes.values()) >= 5, outcomes


# THE PRIMITIVES


@pytest.mark.parametrize(
    ("verify", "key_length"),
    [
        (primitives.ed25519_verify, 32),
        (primitives.ed25519_precompile_verify, 32),
        (primitives.secp256r1_verify, 33),
    ],
)
def test_arguments_of_a_wrong_length(
    verify: Callable[[bytes, bytes, bytes], bool | None], key_length: int
) -> None:
    with pytest.raises(ValueError, match=f"^key: {key_length - 1} bytes, expected {key_length}$"):
        verify(bytes(key_length - 1), b"", bytes(64))
    with pytest.raises(ValueError, match=r"^signature: 65 bytes, expected 64$"):
        verify(bytes(key_length), b"", bytes(65))
