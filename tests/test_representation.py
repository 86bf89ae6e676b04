"""The `repr` of every public object fits on a terminal and identifies the object."""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import solproof
from solproof.demo import programs, scenario
from solproof.errors import Reason
from solproof.representation import described
from solproof.runtime.accounts import address_text
from tests.support.fixtures import firedancer_instruction, serialized, transfer
from tests.support.payments import FUNDED, payment, scene
from tests.support.rpc_node import running_node
from tests.support.scene_documents import document

MOST = 500
"""The most characters of a representation."""

LIBRARY = "solproof."

CLASSES = {
    value
    for value in (getattr(solproof, name) for name in solproof.__all__)
    if isinstance(value, type) and not issubclass(value, (BaseException, Reason))
}


@pytest.fixture(scope="module")
def given() -> solproof.ExecutionInput:
    return scenario.transfer(programs.classic_token())


@pytest.fixture(scope="module")
def execution(given: solproof.ExecutionInput) -> solproof.Execution:
    return solproof.run(given)


@pytest.fixture(scope="module")
def proof(execution: solproof.Execution) -> solproof.Proof[solproof.ExecutionOutput]:
    return solproof.prove_execution(execution)


def parts(value: object) -> Iterator[object]:
    """The library's objects in a value, including the value itself. Only both ends of long collections."""
    if type(value).__module__.startswith(LIBRARY):
        yield value
    if isinstance(value, dict):
        value = tuple(value.values())
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from parts(getattr(value, field.name))
    elif isinstance(value, (tuple, list)):
        for item in value if len(value) < 100 else (*value[:50], *value[-50:]):
            yield from parts(item)


def large() -> list[object]:
    """Values of the largest size."""
    account = solproof.Account(b"\xff" * 32, b"\xff" * 32, 2**64 - 1, bytes(100_000), True)
    entries = tuple(
        solproof.InstructionAccount(replace(account, key=bytes([number]) * 32)) for number in range(255)
    )
    stakes = solproof.EpochStakes.of({bytes([number]) * 32: 2**40 for number in range(255)})
    features = solproof.FeatureSet().changed(["blake3_syscall_enabled"])
    parameters = solproof.Parameters(epoch_stakes=stakes, features=features)
    output = solproof.ExecutionOutput(
        success=False,
        exit_code=2**64 - 1,
        error="Custom(4294967295)",
        error_message="custom program error: " * 100,
        fault="ExceededMaxInstructions",
        pc=2**32,
        compute_units=1_400_000,
        compute_units_charged=1_400_000,
        instructions=1_400_000,
        accounts_modified=255,
        accounts=tuple(entry.account for entry in entries),
        logs=("Program log: " * 100,) * 100,
        return_data=solproof.ReturnData(b"\xff" * 32, bytes(1024)),
    )
    return [
        solproof.ExecutionInput(bytes(1_000_000), b"\xff" * 32, entries, bytes(10_240), parameters),
        output,
        solproof.Scene(
            bytes(1_232),
            tuple(entry.account for entry in entries),
            solproof.Environment(features, parameters.sysvars, stakes),
            (b"\xff" * 32,) * 300,
        ),
        solproof.RawFormat(4, 2**20),
        solproof.Failure("chip", "name", 2**22, "expected", "got", 2**20, "lddw r1, 0xffffffffffffffff"),
    ]


def test_every_public_object_is_short(
    given: solproof.ExecutionInput,
    execution: solproof.Execution,
    proof: solproof.Proof[solproof.ExecutionOutput],
    tmp_path: Path,
) -> None:
    seen: set[type] = set()
    node, signature = running_node()
    payments = [scene(payment(1, 1_000_000_000), FUNDED)]
    recorded = firedancer_instruction(*transfer())
    recorded.output.cu_avail -= 1
    values = [
        *large(),
        solproof.run_fixture(serialized(recorded)),
        solproof.fetch(signature, node.url),
        solproof.Ledger(entry.account for entry in given.accounts),
        solproof.run(solproof.scene_from_json(json.dumps(document()))),
        execution,
        proof,
        solproof.verify(proof.data, given),
        solproof.estimate(given),
        solproof.profile_execution(execution),
        *solproof.trace(execution),
        solproof.timeline(execution),
        solproof.SymbolFiles(),
        *solproof.coverage_of([execution]),
        *solproof.run(replace(given, parameters=solproof.Parameters(compute_unit_limit=50))).fault_places,
        *solproof.prove_sequence(payments, tmp_path),
        *solproof.verify_sequence(tmp_path, payments),
        solproof.Interfaces().with_interface(
            solproof.interface_from_idl({"name": "jar", "instructions": []})
        ),
        solproof.Interfaces().decode_instruction(given.program_id, given.instruction_data),
    ]
    for value in values:
        for part in parts(value):
            seen.add(type(part))
            assert len(repr(part)) <= MOST, f"{type(part)}: {repr(part)[:MOST]}"
            assert "\n" not in repr(part)
    assert seen >= CLASSES


def test_what_they_say(
    given: solproof.ExecutionInput,
    execution: solproof.Execution,
    proof: solproof.Proof[solproof.ExecutionOutput],
) -> None:
    address, digest = address_text(given.program_id), execution.invocation.program.file_sha256.hex()
    assert repr(given).startswith(
        f"ExecutionInput(program=<134,080 bytes, SHA-256 {digest[:8]}...>, program_id={address}, "
        "accounts=<3 items>, instruction_data=0x0380de800200000000, "
    )
    outcome = "success=True, error=None, fault=None, compute_units=4644, instructions=4484"
    assert repr(execution) == f"Execution(program_id={address}, program_sha256=0x{digest}, {outcome})"
    assert repr(proof).startswith(f"Proof(data=<{len(proof.data):,} bytes, SHA-256 ")
    assert repr(proof).endswith(f"security_bits={proof.report.security_bits:.1f}, {outcome})")
    transaction = solproof.run(solproof.scene_from_json(json.dumps(document())))
    assert repr(transaction) == (
        "TransactionExecution(success=False, error='Transaction results in an account (1) with in...', "
        "fee=5000, compute_units=150, executed_instructions=0)"
    )
    ledger = solproof.Ledger(entry.account for entry in given.accounts)
    # The owner of the token accounts has no lamports, so its account does not exist.
    assert repr(ledger) == "Ledger(accounts=2, processed=0)"
    verdict = solproof.verify(proof.data, given)
    assert repr(verdict).startswith(f"Verdict({outcome}, security_bits=")
    assert repr(given.accounts[0]).startswith(
        f"InstructionAccount(key={address_text(given.accounts[0].account.key)}, owner={address}, lamports="
    )


class _Colour(enum.Enum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"", "b''"),
        (b"\x01\x02", "0x0102"),
        (b"\0" * 32, "0x" + "00" * 32),
        (b"\0" * 33, "<33 bytes, SHA-256 7f9c9e31...>"),
        ("short", "'short'"),
        ("x" * 49, "'" + "x" * 45 + "...'"),
        ((1, 2), "(1, 2)"),
        ((1, 2, 3, 4, 5), "<5 items>"),
        (("x" * 100,), "<1 item>"),
        ({"a": 1}, "{'a': 1}"),
        (np.zeros((2, 3)), "<array of 2 x 3>"),
        (_Colour.RED, "<_Colour.RED: 1>"),
        (None, "None"),
        (solproof.ReturnData(b"\x01" * 32, bytes(40)), "ReturnData(...)"),
    ],
)
def test_fields(value: object, shown: str) -> None:
    assert described(None, {"field": value}) == f"NoneType(field={shown})"


def test_addresses_are_in_base58() -> None:
    assert described(None, {"owner": b"\0" * 32}) == f"NoneType(owner={'1' * 32})"
    assert described(None, {"key": 7}) == "NoneType(key=7)"
