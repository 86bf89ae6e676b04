"""The scene as JSON: valid scenes, sequences, and the whole error message for each invalid scene."""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from solproof.errors import InputError
from solproof.formats.program_files import upgradeable_program
from solproof.formats.scene_file import format_scene, parse_scene, read_scenes
from solproof.runtime.accounts import Account, address_text
from solproof.runtime.environment import Environment
from solproof.runtime.epoch_stakes import EpochStakes
from solproof.runtime.features import FEATURE_SETS
from solproof.runtime.sysvars import LITESVM_BLOCKHASH, Sysvars
from solproof.runtime.transaction.scene import Scene
from tests.support.scene_documents import (
    ALICE,
    BLOCKHASH,
    BOB,
    PAYER_ACCOUNT,
    PROGRAM,
    TABLE,
    TABLE_ACCOUNT,
    document,
    documents,
    dumped,
    durable_nonce_bytes,
    message,
    plain,
    transfer_bytes,
)

DOCUMENTS = documents()
CLOCK = struct.pack("<QqQQq", 9, 1, 2, 3, 4)
TRANSFER = Scene(transfer_bytes(), (PAYER_ACCOUNT,), Environment(), (BLOCKHASH,))


def parse(content: Any, directory: Path = Path("nowhere")) -> Scene:
    return parse_scene(json.dumps(content), directory)


def refusal(content: Any) -> str:
    with pytest.raises(InputError) as raised:
        parse(content)
    return str(raised.value)


# POSITIVE


def test_the_smallest_scene() -> None:
    """Everything but the transaction has a default."""
    assert parse(document()) == TRANSFER
    assert parse({"transaction": document()["transaction"]}) == replace(TRANSFER, accounts=())
    assert parse_scene(json.dumps(document()).encode()) == TRANSFER


@pytest.mark.parametrize("name", DOCUMENTS)
def test_round_trip(name: str) -> None:
    scene = parse(DOCUMENTS[name])
    assert parse_scene(format_scene(scene)) == scene


def test_text_that_is_written() -> None:
    text = format_scene(TRANSFER)
    encoded = base64.b64encode(transfer_bytes()).decode()
    assert text == (
        "{\n"
        f'  "transaction": ["{encoded}", "base64"],\n'
        '  "accounts": [\n'
        f"    {json.dumps(dumped(PAYER_ACCOUNT))}\n"
        "  ],\n"
        f'  "blockhash": "{address_text(BLOCKHASH)}"\n'
        "}\n"
    )
    rare = replace(
        TRANSFER, blockhashes=(BLOCKHASH, ALICE), lamports_per_signature=1, verify_signatures=False
    )
    assert format_scene(rare).endswith(
        f'  "blockhash": ["{address_text(BLOCKHASH)}", "{address_text(ALICE)}"],\n'
        '  "lamports_per_signature": 1,\n'
        '  "verify_signatures": false\n'
        "}\n"
    )


def test_accounts_in_both_shapes() -> None:
    account = Account(ALICE, BOB, 2**64 - 1, b"\0\xff", executable=True)
    flags = {"is_signer": True, "is_writable": False}
    for described in (dumped(account), dumped(account) | flags, plain(account), plain(account, **flags)):
        assert parse(document(accounts=[described])).accounts == (account,)
    least = {"key": address_text(ALICE), "owner": address_text(BOB), "lamports": 3}
    assert parse(document(accounts=[least])).accounts == (Account(ALICE, BOB, 3, b""),)


def test_programs_are_relative_to_the_directory(tmp_path: Path) -> None:
    (tmp_path / "program.so").write_bytes(b"the program")
    scene = parse(document(programs={address_text(PROGRAM): "program.so"}), tmp_path)
    assert scene.accounts == (PAYER_ACCOUNT, *upgradeable_program(PROGRAM, b"the program"))
    assert parse_scene(format_scene(scene), "nowhere") == scene


def test_cluster() -> None:
    scene = parse(DOCUMENTS["cluster"])
    assert scene == replace(
        TRANSFER,
        blockhashes=(BLOCKHASH, ALICE),
        lamports_per_signature=0,
        verify_signatures=False,
        environment=Environment(
            FEATURE_SETS["none"].changed(["enable_sbpf_v1_deployment_and_execution"]),
            Sysvars(rent=bytes(range(17)), clock=bytes(40)),
            EpochStakes(9, ((BOB, 2),)),
        ),
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, BLOCKHASH),
        ({"blockhash": address_text(ALICE)}, ALICE),
        ({"transaction": list(durable_nonce_bytes())}, LITESVM_BLOCKHASH),
        ({"transaction": list(durable_nonce_bytes()), "blockhash": address_text(ALICE)}, ALICE),
        ({"transaction": message()}, LITESVM_BLOCKHASH),
        ({"transaction": message(blockhash=address_text(BOB))}, BOB),
        ({"transaction": message(blockhash=address_text(BOB)), "blockhash": address_text(ALICE)}, ALICE),
    ],
)
def test_blockhashes(changes: dict[str, Any], expected: bytes) -> None:
    assert parse(document(**changes)).blockhashes == (expected,)


def test_a_readable_message_has_the_first_blockhash_of_the_scene() -> None:
    both = [address_text(ALICE), address_text(BOB)]
    scene = parse(document(transaction=message(), blockhash=both))
    assert scene.blockhashes == (ALICE, BOB)
    assert ALICE in scene.transaction
    assert BLOCKHASH in parse(document(transaction=message(blockhash=address_text(BLOCKHASH)))).transaction


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"verify_signatures": False}, False),
        ({"transaction": message()}, False),
        ({"transaction": message(), "verify_signatures": True}, True),
        ({"transaction": message(signatures=[])}, True),
    ],
)
def test_verification_of_signatures(changes: dict[str, Any], expected: bool) -> None:
    assert parse(document(**changes)).verify_signatures is expected


@pytest.mark.parametrize(
    "changes",
    [
        {"slot": 9, "sysvars": {"clock": list(CLOCK)}},
        {"sysvars": {"clock": list(CLOCK)}},
        {"accounts": [dumped(Sysvars(clock=CLOCK).account("clock"))]},
        {"accounts": [dumped(Sysvars(clock=CLOCK).account("clock"))], "slot": 9},
        {
            "accounts": [dumped(Sysvars(clock=CLOCK).account("clock"))],
            "sysvars": {"clock": list(CLOCK)},
            "slot": 9,
        },
    ],
)
def test_sysvars_can_be_given_in_three_places(changes: dict[str, Any]) -> None:
    assert parse(document(**changes)).environment.sysvars == Sysvars(clock=CLOCK)


def test_a_slot_alone() -> None:
    clock = struct.pack("<QqQQq", 2**64 - 1, 0, 0, 0, 0)
    assert parse(document(slot=2**64 - 1)).environment.sysvars == Sysvars(clock=clock)


# SEQUENCES


def written(path: Path, *scenes: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(scene) for scene in scenes))
    return path


def sequence() -> list[dict[str, Any]]:
    clock = dumped(Sysvars(clock=CLOCK).account("clock"))
    return [
        document(
            accounts=[clock, dumped(TABLE_ACCOUNT)],
            features={"set": "none"},
            epoch_stakes={"total": 5},
            lamports_per_signature=7,
            verify_signatures=False,
            blockhash=address_text(ALICE),
        ),
        {"transaction": message(version=0, lookups=[address_text(TABLE)])},
        document(slot=10, lamports_per_signature=8),
        document(sysvars={"rent": [1] * 17}),
    ]


def check_sequence(scenes: tuple[Scene, ...]) -> None:
    first, second, third, fourth = scenes
    later = struct.pack("<QqQQq", 10, 1, 2, 3, 4)
    environment = Environment(FEATURE_SETS["none"], Sysvars(clock=CLOCK), EpochStakes(5))
    assert first.environment == second.environment == environment
    assert third.environment == replace(environment, sysvars=Sysvars(clock=later))
    assert fourth.environment == replace(environment, sysvars=Sysvars(clock=later, rent=b"\1" * 17))
    assert [scene.lamports_per_signature for scene in scenes] == [7, 7, 8, 8]
    # What belongs to one transaction is not taken over.
    assert [scene.verify_signatures for scene in scenes] == [False, False, True, True]
    assert [scene.blockhashes[0] for scene in scenes] == [ALICE, LITESVM_BLOCKHASH, BLOCKHASH, BLOCKHASH]
    assert [len(scene.accounts) for scene in scenes] == [2, 0, 1, 1]
    assert TABLE in second.transaction


def test_lines(tmp_path: Path) -> None:
    path = written(tmp_path / "scenes.jsonl", *sequence())
    path.write_text("\n" + path.read_text().replace("\n", "\r\n \n") + "\n")
    check_sequence(read_scenes(path))


def test_directories(tmp_path: Path) -> None:
    """In the order of the names, whatever the order of writing."""
    for number, scene in reversed(list(enumerate(sequence()))):
        written(tmp_path / f"{number}.json", scene)
    (tmp_path / "notes.txt").write_text("no scene")
    check_sequence(read_scenes(tmp_path))


def test_a_single_scene(tmp_path: Path) -> None:
    path = tmp_path / "scene.json"
    path.write_text(format_scene(TRANSFER))
    assert read_scenes(path) == (TRANSFER,)


def test_programs_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "program.so").write_bytes(b"the program")
    scene = document(programs={address_text(PROGRAM): "program.so"})
    for path in (written(tmp_path / "one.json", scene), written(tmp_path / "lines.jsonl", scene)):
        assert len(read_scenes(path)[0].accounts) == 3
    assert len(read_scenes(tmp_path)[0].accounts) == 3


def test_a_table_of_an_earlier_scene_is_not_replaced(tmp_path: Path) -> None:
    """Only accounts that are absent join the running set, so the first mention of an account counts."""
    empty = dumped(replace(TABLE_ACCOUNT, data=TABLE_ACCOUNT.data[:56]))
    lookup = {"transaction": message(version=0, lookups=[address_text(TABLE)])}
    scenes = read_scenes(
        written(
            tmp_path / "a.jsonl",
            document(accounts=[dumped(TABLE_ACCOUNT)]),
            document(accounts=[empty]),
            lookup,
        )
    )
    assert TABLE in scenes[2].transaction


def test_sequences_that_are_refused(tmp_path: Path) -> None:
    lines = written(tmp_path / "scenes.jsonl", document(), document(slot=-1))
    single = written(tmp_path / "scene.json", {})
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text("\n")
    for path, expected in (
        (
            lines,
            "scenes.jsonl: line 2: slot: expected an integer from 0 to 18446744073709551615, got -1",
        ),
        (single, "scene.json: transaction: missing"),
        (tmp_path, "scene.json: transaction: missing"),
        (nothing, f"{nothing}: expected at least one scene"),
        (tmp_path / "none", f"scene {tmp_path}/none: cannot be read: No such file or directory"),
    ):
        with pytest.raises(InputError) as raised:
            read_scenes(path)
        assert str(raised.value) == expected


# NEGATIVE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "scene: not JSON at line 1, column 1: Expecting value"),
        (b'{"a": "\xff"}', "scene: expected UTF-8, but byte 7 is invalid"),
        ('{"a": NaN}', "scene: NaN is not JSON"),
        ('{"a": 1, "a": 2}', "scene: the key 'a' occurs twice in one object"),
        ("[" * 100_000, "scene: not JSON: nested too deeply, or a number is too long"),
        ("[]", "scene: expected an object, got []"),
    ],
)
def test_text_that_is_no_scene(text: str | bytes, expected: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_scene(text)
    assert str(raised.value) == expected


ADDRESS = address_text(ALICE)
CLOCK_ACCOUNT = dumped(Sysvars(clock=CLOCK).account("clock"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, "transaction: missing"),
        (
            document(program={}),
            "scene: unknown field 'program', expected transaction, accounts, programs, slot, blockhash, "
            "lamports_per_signature, verify_signatures, features, sysvars, epoch_stakes, notes",
        ),
        (document(accounts={}), "accounts: expected an array, got {}"),
        (document(accounts=[{}] * 65_537), "accounts: expected at most 65536, got 65537"),
        (document(accounts=[5]), "accounts[0]: expected an object, got 5"),
        (document(accounts=[{"key": ADDRESS}]), "accounts[0].owner: missing"),
        (document(accounts=[{"key": ADDRESS, "owner": ADDRESS}]), "accounts[0].lamports: missing"),
        (document(accounts=[{"account": {}}]), "accounts[0].pubkey: missing"),
        (
            document(accounts=[{"pubkey": ADDRESS, "account": {"owner": ADDRESS}}]),
            "accounts[0].account.lamports: missing",
        ),
        (
            document(accounts=[plain(PAYER_ACCOUNT), dumped(PAYER_ACCOUNT)]),
            f"accounts[1]: {address_text(PAYER_ACCOUNT.key)} is already accounts[0]",
        ),
        (
            document(accounts=[plain(PAYER_ACCOUNT, is_signer=1)]),
            "accounts[0].is_signer: expected true or false, got 1",
        ),
        (
            document(accounts=[dumped(PAYER_ACCOUNT, data=["", "base32"])]),
            'accounts[0].account.data[1]: expected "base58" or "base64" or "base64+zstd" or "hex", '
            'got "base32"',
        ),
        (
            document(accounts=[plain(PAYER_ACCOUNT, key="Sysvar1nstructions1111111111111111111111111")]),
            "accounts[0]: the instructions sysvar is made of the transaction, so it cannot be given",
        ),
        (document(programs=[]), "programs: expected an object of addresses and files, got []"),
        (
            document(programs={ADDRESS: None}),
            f'programs.{ADDRESS}: expected the name of a file or [text, "base64"], got null',
        ),
        (document(slot=-1), "slot: expected an integer from 0 to 18446744073709551615, got -1"),
        (document(slot=True), "slot: expected an integer from 0 to 18446744073709551615, got true"),
        (document(blockhash=5), "blockhash: expected a base58 hash, got 5"),
        (document(blockhash=[]), "blockhash: expected a blockhash or an array of them, got []"),
        (document(blockhash=[ADDRESS, None]), "blockhash[1]: expected a base58 hash, got null"),
        (document(blockhash=[ADDRESS] * 301), "blockhash: expected at most 300, got 301"),
        (
            document(lamports_per_signature="5000"),
            'lamports_per_signature: expected an integer from 0 to 18446744073709551615, got "5000"',
        ),
        (document(verify_signatures=None), "verify_signatures: expected true or false, got null"),
        (document(features={"set": "devnet"}), 'features.set: expected "mainnet" or "none", got "devnet"'),
        (document(sysvars={"clock": [1, 2]}), "sysvar clock: expected 40 bytes, got 2"),
        (
            document(sysvars={"instructions": []}),
            "sysvars: unknown field 'instructions', expected clock, rent, epoch_schedule, epoch_rewards, "
            "last_restart_slot, slot_hashes, stake_history, fees",
        ),
        (
            document(epoch_stakes={"total": 1, "vote_accounts": {ADDRESS: 2}}),
            "epoch_stakes.total: expected 2, the sum of the vote accounts, to 18446744073709551615, got 1",
        ),
        (
            document(accounts=[CLOCK_ACCOUNT], sysvars={"clock": [0] * 40}),
            "sysvars.clock: differs from the data of its account among the accounts",
        ),
        (
            document(accounts=[CLOCK_ACCOUNT], slot=10),
            "slot: expected 9, the slot of the given clock, got 10",
        ),
        (
            document(sysvars={"clock": list(CLOCK)}, slot=10),
            "slot: expected 9, the slot of the given clock, got 10",
        ),
        (
            document(accounts=[CLOCK_ACCOUNT | {"account": CLOCK_ACCOUNT["account"] | {"data": [1]}}]),
            "sysvar clock: expected 40 bytes, got 1",
        ),
    ],
)
def test_document(content: Any, expected: str) -> None:
    assert refusal(content) == expected


def test_a_response_of_get_transaction() -> None:
    content = documents()["response"]
    scene = parse_scene(json.dumps(content))
    assert scene == parse_scene(json.dumps(document()))
    assert scene.verify_signatures
    with pytest.raises(InputError) as error:
        parse_scene(json.dumps(document(transaction={"jsonrpc": "2.0", "result": None, "id": 1})))
    assert str(error.value) == "transaction.result: null, so the node did not know the transaction"


def test_notes() -> None:
    scene = parse_scene(json.dumps(document()))
    text = format_scene(scene, ["slot 5", 'a "quoted" text'])
    assert json.loads(text)["notes"] == ["slot 5", 'a "quoted" text']
    assert parse_scene(text) == scene
    with pytest.raises(InputError) as error:
        parse_scene(json.dumps(document(notes=["a", 5])))
    assert str(error.value) == "notes[1]: expected a text, got 5"
