"""Which instructions programs may invoke, and invocations by builtin programs.

What LiteSVM does with the invocations of builtin programs is in `builtins/loader_v3`.
"""

from __future__ import annotations

import struct

import pytest

from solproof.runtime.accounts import Account
from solproof.runtime.cross_program import may_be_invoked, native_invoke_signed
from solproof.runtime.environment import Environment
from solproof.runtime.executable import Executables
from solproof.runtime.features import MAINNET
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import InstructionFailure
from solproof.runtime.program_address import find_program_address, program_address
from solproof.runtime.program_ids import LOADER_V2, LOADER_V3, NATIVE_LOADER, SYSTEM_PROGRAM
from solproof.runtime.requested_instruction import Meta, RequestedInstruction
from solproof.runtime.transaction_context import TransactionContext
from solproof.runtime.transaction_instruction import AccountReference, TransactionInstruction

SIGNER, BUMP = find_program_address([b"seed"], LOADER_V3)
SEEDS = [b"seed", bytes([BUMP])]
ON_CURVE = next(
    bytes([number]) for number in range(256) if program_address([bytes([number])], LOADER_V3) is None
)
OTHER = next(
    bytes([number]) for number in range(256) if program_address([*SEEDS, bytes([number])], LOADER_V3)
)
TRANSFER = RequestedInstruction(SYSTEM_PROGRAM, (Meta(SIGNER, True, True),), struct.pack("<IQ", 2, 1))


def caller() -> InstructionContext:
    """An instruction of loader v3 with the system program and an account that has not signed."""
    accounts = [Account(SIGNER, SYSTEM_PROGRAM, 1, b""), Account(SYSTEM_PROGRAM, NATIVE_LOADER, 1, b"")]
    accounts.append(Account(LOADER_V3, NATIVE_LOADER, 1, b""))
    executables = Executables(lambda _: None, 1, range(4))
    transaction = TransactionContext(Environment(), accounts, executables, 1_000)
    references = (AccountReference(0, False, True), AccountReference(1, False, False))
    return InstructionContext(transaction, TransactionInstruction(2, references, b""))


def invoked(*signers: list[bytes]) -> list[TransactionInstruction]:
    """Invoke the transfer, and return the instructions that would be processed."""
    context = caller()
    processed: list[TransactionInstruction] = []
    context.transaction.process = processed.append
    native_invoke_signed(context, TRANSFER, *signers)
    return processed


def test_a_builtin_signs_for_its_derived_addresses() -> None:
    (instruction,) = invoked(SEEDS)
    assert instruction.program == 1
    assert instruction.accounts == (AccountReference(0, True, True),)
    assert instruction.data == TRANSFER.data
    assert instruction.caller is not None


@pytest.mark.parametrize(
    ("signers", "error"),
    [
        ((), "PrivilegeEscalation"),
        (([*SEEDS, OTHER],), "PrivilegeEscalation"),
        ((SEEDS, [b"s" * 33]), "Custom(0)"),
        ((SEEDS, [b"s"] * 17), "Custom(0)"),
        (([ON_CURVE],), "Custom(1)"),
    ],
)
def test_seeds_without_the_right_address(signers: tuple[list[bytes], ...], error: str) -> None:
    """The codes are the numbers of `PubkeyError` in solana-address 2, cast by `native_invoke_signed`."""
    with pytest.raises(InstructionFailure) as caught:
        invoked(*signers)
    assert caught.value.error.name == error


@pytest.mark.parametrize("tag", range(10))
def test_instructions_of_loader_v3(tag: int) -> None:
    data = struct.pack("<I", tag)
    assert may_be_invoked(LOADER_V3, data, MAINNET) == (tag in {3, 4, 5, 7})
    without = MAINNET.changed(deactivate=["enable_bpf_loader_set_authority_checked_ix"])
    assert may_be_invoked(LOADER_V3, data, without) == (tag in {3, 4, 5})


def test_other_programs() -> None:
    assert not may_be_invoked(LOADER_V3, b"", MAINNET)
    assert not may_be_invoked(LOADER_V2, b"\3", MAINNET)
    assert may_be_invoked(SYSTEM_PROGRAM, b"", MAINNET)
