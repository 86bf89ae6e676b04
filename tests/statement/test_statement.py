"""The digest of an input covers every part of it."""

from __future__ import annotations

from dataclasses import replace

from solproof.formats import bincode, scene_bincode
from solproof.program.raw import RawFormat
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.environment import Environment
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.features import FEATURES, MAINNET
from solproof.runtime.sysvars import Sysvars
from solproof.runtime.transaction.scene import Scene
from solproof.statement.statement import input_digest, program_digest
from tests.support.single_changes import single_changes

ALICE, BOB, OWNER, PROGRAM, CALLEE = (bytes([number]) * 32 for number in (10, 20, 30, 40, 50))
ACCOUNTS = (Account(ALICE, OWNER, 7, b"data", executable=True), Account(BOB, PROGRAM, 5, b"more"))
STAKES = EpochStakes(9_000, ((ALICE, 2_000), (BOB, 3_000)))
SYSVARS = Sysvars(slot_hashes=bytes(16))

# No part is empty, so that every part can be changed.
SCENE = Scene(b"wire", ACCOUNTS, Environment(MAINNET, SYSVARS, STAKES), (ALICE, BOB), 5_000, True)
INPUT = ExecutionInput(
    program=b"file",
    program_id=PROGRAM,
    accounts=(InstructionAccount(ACCOUNTS[0], is_signer=True), InstructionAccount(ACCOUNTS[1])),
    instruction_data=b"\1\2",
    parameters=Parameters(200_000, 64 * 1024, Loader.V2, SYSVARS, STAKES, MAINNET),
    program_format=RawFormat(2, 3),
    programs=((CALLEE, b"callee"),),
)


def digests(given: ExecutionInput) -> tuple[bytes | None, bytes]:
    return program_digest(given), input_digest(given)


def test_every_part_of_a_scene_changes_its_digest() -> None:
    changes = single_changes(SCENE)
    assert (
        len({input_digest(scene) for scene in (SCENE, *(scene for _, scene in changes))}) == len(changes) + 1
    )
    for path, scene in changes:
        assert input_digest(scene) != input_digest(SCENE), path
        assert scene_bincode.unpack(scene_bincode.pack(scene)) == _ordered(scene), path


def test_every_part_of_an_input_changes_its_digests() -> None:
    changes = single_changes(INPUT)
    changes.append(("program_format", replace(INPUT, program_format=None)))
    found = {digests(given) for _, given in changes}
    assert len(found | {digests(INPUT)}) == len(changes) + 1
    for path, given in changes:
        assert digests(given) != digests(INPUT), path
        assert bincode.unpack(bincode.pack(given)) == given, path
        if not path.startswith("program") or path.startswith(("program_", "programs")):
            assert program_digest(given) == program_digest(INPUT), path


def test_all_parts_are_changed() -> None:
    """The changes reach the leaves of both inputs."""
    for given, expected in (
        (
            SCENE,
            {
                *("transaction", "accounts", "accounts[1].key", "accounts[0].executable", "blockhashes[1]"),
                *("environment.sysvars.clock", "environment.epoch_stakes.vote_accounts[1][1]"),
                *("environment.features.active.abort_on_invalid_curve", "verify_signatures"),
            },
        ),
        (
            INPUT,
            {
                *("program", "programs[0][0]", "programs[0][1]", "accounts[0].is_signer"),
                *("accounts[1].account.owner", "parameters.loader", "parameters.heap_size"),
                *("parameters.sysvars.fees", "program_format.version", "program_format.entry"),
            },
        ),
    ):
        assert expected <= {path for path, _ in single_changes(given)}


def test_each_feature_has_an_address_of_its_own() -> None:
    assert len(set(FEATURES.values())) == len(FEATURES)


def test_the_order_of_blockhashes_counts_and_that_of_accounts_does_not() -> None:
    assert input_digest(replace(SCENE, blockhashes=(BOB, ALICE))) != input_digest(SCENE)
    assert input_digest(replace(SCENE, accounts=ACCOUNTS[::-1])) == input_digest(SCENE)
    turned = replace(INPUT, accounts=INPUT.accounts[::-1])
    assert input_digest(turned) != input_digest(INPUT)


def test_a_scene_is_never_hashed_as_an_input() -> None:
    """The bytes of an input without its program start with eight zeros."""
    assert bincode.pack(replace(INPUT, program=b""))[:8] == bytes(8)
    assert scene_bincode.pack(SCENE)[:8] == b"SOLSCENE"


def _ordered(scene: Scene) -> Scene:
    return replace(scene, accounts=tuple(sorted(scene.accounts, key=lambda account: account.key)))
