"""Values that are no input, wherever an input or an execution is expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from solders.account import Account as SoldersAccount
from solders.pubkey import Pubkey

import solproof
from solproof.demo import programs, scenario

NOT_GIVEN = (
    "given: expected an ExecutionInput or a Scene "
    "(solproof.load and solproof.scene_from_json make them), got "
)
NOT_EXECUTED = "execution: expected the result of solproof.run, got "


TOKEN_INPUT = "solproof.runtime.execution_input.ExecutionInput"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda _: solproof.run("token.so"), NOT_GIVEN + "str"),  # type: ignore[call-overload]
        (lambda _: solproof.prove(b"token"), NOT_GIVEN + "bytes"),  # type: ignore[call-overload]
        (lambda _: solproof.estimate({}), NOT_GIVEN + "dict"),  # type: ignore[arg-type]
        (lambda _: solproof.verify(b"", None), NOT_GIVEN + "None"),  # type: ignore[call-overload]
        (
            lambda given: solproof.verify(5, given),  # type: ignore[call-overload]
            "proof: expected the result of solproof.prove, the bytes of its file, or the path of its file, "
            "got int",
        ),
        (lambda _: list(solproof.trace(5)), NOT_EXECUTED + "int"),  # type: ignore[arg-type]
        (solproof.explore, NOT_EXECUTED + TOKEN_INPUT),
        (solproof.check, NOT_EXECUTED + TOKEN_INPUT),
        (solproof.profile_execution, NOT_EXECUTED + TOKEN_INPUT),
        (solproof.prove_execution, NOT_EXECUTED + TOKEN_INPUT),
        (
            lambda _: solproof.ExecutionInput("token.so", bytes(32), (), b""),  # type: ignore[arg-type]
            "program: expected the bytes of the program's file (solproof.load takes its path), got str",
        ),
        (
            lambda _: solproof.Account("1" * 32, bytes(32), 0, b""),  # type: ignore[arg-type]
            "account key: expected 32 bytes or a Pubkey, got str",
        ),
        (
            lambda _: solproof.Account(bytes(32), bytes(32), 1.5, b""),  # type: ignore[arg-type]
            f"account {'1' * 32}: lamports: expected an integer, got float",
        ),
        (
            lambda _: solproof.InstructionAccount(SoldersAccount(1, b"", Pubkey.default())),  # type: ignore[arg-type]
            "account: expected a solproof.Account (solproof.input_from_solders takes those of solders), got "
            "solders.account.Account",
        ),
        (
            lambda given: solproof.ExecutionInput(b"", bytes(32), [given.accounts[0].account], b""),  # type: ignore[arg-type]
            "accounts[0]: expected a solproof.InstructionAccount, got solproof.runtime.accounts.Account",
        ),
        (
            lambda _: solproof.input_from_bytes("input.bin"),  # type: ignore[arg-type]
            "input.bin: expected its content as bytes (solproof.load takes its path), got str",
        ),
        (
            lambda _: solproof.scene_from_bytes({}),  # type: ignore[arg-type]
            "scene.bin: expected its content as bytes, got dict",
        ),
        (
            lambda _: solproof.scene_from_json({}),  # type: ignore[arg-type]
            "scene: expected a JSON text as str or bytes, got dict",
        ),
    ],
)
def test_type_errors(call: Callable[[Any], object], message: str) -> None:
    with pytest.raises(TypeError) as raised:
        call(scenario.transfer(programs.p_token()))
    assert str(raised.value) == message


def test_lists_and_mappings() -> None:
    other = Pubkey(b"\1" * 32)
    given = solproof.ExecutionInput(b"", bytes(32), [], [1, 2], programs={other: b"file"})  # type: ignore[arg-type]
    assert given == solproof.ExecutionInput(b"", bytes(32), (), b"\1\2", programs=((bytes(other), b"file"),))
