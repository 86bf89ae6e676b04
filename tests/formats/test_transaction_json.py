"""The result of a transaction as JSON, compared with LiteSVM and with the published schema."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer

import solproof
from solproof.execution.execute_transaction import TransactionExecution
from solproof.runtime.accounts import address_text
from tests.support.token_transactions import TOKEN, TokenMachine

SCHEMA = json.loads(files("solproof.formats").joinpath("transaction.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
OWNER = Keypair.from_seed(bytes([3]) * 32).pubkey()
GET_ACCOUNT_DATA_SIZE = b"\x15"


def machine_with_mint() -> TokenMachine:
    machine = TokenMachine()
    machine.svm.send_transaction(machine.transaction(machine.create_mint(), machine.mint))
    return machine


MACHINE = machine_with_mint()


def described(execution: TransactionExecution) -> dict[str, Any]:
    """The JSON of an execution, which is valid by the schema."""
    document = json.loads(solproof.transaction_to_json(execution))
    VALIDATOR.validate(document)
    assert isinstance(document, dict)
    return document


def run(*instructions: Instruction) -> dict[str, Any]:
    return described(solproof.run(MACHINE.scene(instructions)))


@pytest.fixture(scope="module", name="created")
def _created() -> dict[str, Any]:
    """A transfer of lamports, and an associated token account."""
    payment = transfer(TransferParams(from_pubkey=MACHINE.key, to_pubkey=OWNER, lamports=10**9))
    return run(payment, MACHINE.create_token_account(OWNER))


def test_the_schema_is_sound_and_has_every_field(created: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(SCHEMA["properties"]) == list(created)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document, as a container and the key in it. Of an array, only the first element.

    The values of what is decoded have any form.
    """
    keys = list(value) if isinstance(value, dict) else [0] if isinstance(value, list) and value else []
    for key in keys:
        yield value, key
        if key != "values":
            yield from places(value[key])


def test_the_schema_refuses_a_missing_or_other_value_in_any_place(created: dict[str, Any]) -> None:
    count = len(list(places(created)))
    assert count > 50
    for index in range(count):
        changed = copy.deepcopy(created)
        container, key = list(places(changed))[index]
        container[key] = {"other": 1.5}
        assert key in ("error", "values") or not VALIDATOR.is_valid(changed), key
        if isinstance(container, dict):
            del container[key]
            assert not VALIDATOR.is_valid(changed), key


# COMPARED WITH LITESVM


def test_the_instructions_are_those_of_litesvm(created: dict[str, Any]) -> None:
    payment = transfer(TransferParams(from_pubkey=MACHINE.key, to_pubkey=OWNER, lamports=10**9))
    transaction = MACHINE.transaction([payment, MACHINE.create_token_account(OWNER)])
    meta = MACHINE.svm.simulate_transaction(transaction).meta()
    keys = transaction.message.account_keys
    expected = []
    for top, inner in zip(transaction.message.instructions, meta.inner_instructions(), strict=True):
        compiled = [(1, top), *((call.stack_height(), call.instruction()) for call in inner)]
        for height, instruction in compiled:
            accounts = [str(keys[index]) for index in instruction.accounts]
            expected.append((height, str(keys[instruction.program_id_index]), accounts, instruction.data))
    assert [
        (
            entry["height"],
            entry["program"],
            [account["address"] for account in entry["accounts"]],
            base64.b64decode(entry["data"][0]),
        )
        for entry in created["instructions"]
    ] == expected
    assert [entry["index"] for entry in created["instructions"]] == [0, 1, 1, 1, 1, 1]
    assert [entry["caller"] for entry in created["instructions"]] == [None, None, 1, 1, 1, 1]
    assert created["logs"] == meta.logs()
    assert created["compute_units"] == meta.compute_units_consumed()
    tops = [entry["compute_units"] for entry in created["instructions"] if entry["caller"] is None]
    assert sum(tops) == created["compute_units"]


def test_the_privileges_of_an_instruction(created: dict[str, Any]) -> None:
    """The new account signs the invocation of the system program, and nothing else."""
    token_account = str(MACHINE.token_account(OWNER))
    signing = [
        entry["program"]
        for entry in created["instructions"]
        for account in entry["accounts"]
        if account["address"] == token_account and account["signer"]
    ]
    assert signing == ["1" * 32]
    payer, new, *_ = created["instructions"][1]["accounts"]
    assert payer == {"address": str(MACHINE.key), "signer": True, "writable": True}
    assert new == {"address": token_account, "signer": False, "writable": True}


def test_the_accounts(created: dict[str, Any]) -> None:
    accounts = {account["address"]: account for account in created["accounts"]}
    payer, new = accounts[str(MACHINE.key)], accounts[str(MACHINE.token_account(OWNER))]
    rent = MACHINE.svm.minimum_balance_for_rent_exemption(165)
    assert created["fee"] == 5_000
    assert (payer["signer"], payer["writable"]) == (True, True)
    assert payer["after"] == payer["before"] | {
        "lamports": payer["before"]["lamports"] - 10**9 - rent - 5_000
    }
    assert payer["change"] == {
        "kind": "changed",
        "lamports": -(10**9) - rent - 5_000,
        "owner": False,
        "executable": False,
        "data_bytes": 0,
    }
    assert (new["signer"], new["writable"], new["before"]) == (False, True, None)
    assert new["after"]["owner"] == str(TOKEN)
    assert len(base64.b64decode(new["after"]["data"][0])) == 165
    assert (new["change"]["kind"], new["change"]["lamports"], new["change"]["data_bytes"]) == (
        "created",
        rent,
        165,
    )
    unchanged = accounts[str(TOKEN)]
    assert unchanged["before"] == unchanged["after"]
    assert (unchanged["change"], unchanged["writable"]) == (None, False)


def test_executed_instructions(created: dict[str, Any]) -> None:
    counts = [entry["executed_instructions"] for entry in created["instructions"]]
    assert [count is None for count in counts] == [True, False, False, True, False, False]
    assert sum(count or 0 for count in counts) == created["executed_instructions"]


def test_return_data() -> None:
    asked = Instruction(TOKEN, GET_ACCOUNT_DATA_SIZE, [AccountMeta(MACHINE.mint.pubkey(), False, False)])
    assert run(asked)["return_data"] == {
        "program_id": str(TOKEN),
        "data": [base64.b64encode((165).to_bytes(8, "little")).decode(), "base64"],
    }


def test_a_failing_instruction() -> None:
    too_much = transfer(TransferParams(from_pubkey=MACHINE.key, to_pubkey=OWNER, lamports=10**12))
    fields = run(MACHINE.create_token_account(OWNER), too_much)
    assert (fields["success"], fields["status"]) == (False, "executed")
    assert fields["error"] == {"InstructionError": [1, {"Custom": 1}]}
    assert fields["error_message"] == "Error processing Instruction 1: custom program error: 0x1"
    assert fields["instructions"][-1]["error"] == {"Custom": 1}
    assert fields["instructions"][0]["error"] is None
    changes = [account["change"] for account in fields["accounts"] if account["change"]]
    assert [(change["kind"], change["lamports"]) for change in changes] == [("changed", -5_000)]


def test_a_transaction_that_is_not_processed() -> None:
    payment = transfer(TransferParams(from_pubkey=MACHINE.key, to_pubkey=OWNER, lamports=10**9))
    fields = described(solproof.run(replace(MACHINE.scene([payment]), blockhashes=(bytes(32),))))
    assert (fields["status"], fields["error"]) == ("not processed", "BlockhashNotFound")
    assert (fields["fee"], fields["instructions"], fields["logs"]) == (0, [], [])
    assert [account["writable"] for account in fields["accounts"]] == [False] * 3
    assert fields["accounts"][0]["signer"]


def test_a_transaction_that_pays_only_its_fee() -> None:
    fields = run(Instruction(Pubkey(bytes([9]) * 32), b"", []))
    assert (fields["status"], fields["error"], fields["fee"]) == (
        "fees only",
        "ProgramAccountNotFound",
        5_000,
    )
    absent = fields["accounts"][1]
    assert (absent["address"], absent["before"], absent["after"]) == (
        address_text(bytes([9]) * 32),
        None,
        None,
    )


def test_integers_of_64_bits_are_exact() -> None:
    scene = MACHINE.scene([transfer(TransferParams(from_pubkey=MACHINE.key, to_pubkey=OWNER, lamports=1))])
    rich = tuple(
        replace(account, lamports=2**63 + 1) if account.key == bytes(MACHINE.key) else account
        for account in scene.accounts
    )
    fields = described(solproof.run(replace(scene, accounts=rich)))
    assert fields["accounts"][0]["before"]["lamports"] == 2**63 + 1
