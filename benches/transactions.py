"""Transactions and runs with cross-program invocations, for the figures."""

from __future__ import annotations

import struct

from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer

from benches.mixed_loop import mixed_loop
from solproof.oracle.litesvm import P_TOKEN_FEATURE
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.program_ids import LOADER_V3
from solproof.runtime.requested_instruction import RequestedInstruction
from solproof.runtime.transaction.scene import Scene
from tests.support.invoking_program import invoking_program
from tests.support.token_transactions import TOKEN, TokenMachine

MINT_TO, TRANSFER = 7, 3
CREATE_IDEMPOTENT = b"\1"
TRANSFERS = 10
CALLS = 55
ITERATIONS = 1_040
"""The iterations of the loop in each call. All calls together use nearly 1.4 million compute units."""
CALLER, CALLEE = bytes([1]) * 32, bytes([2]) * 32


def token_transaction(accounts: int = 5) -> Scene:
    """New token accounts, each with four invocations, and tokens of SPL Token for each of them."""
    machine = _machine()
    owners = [_key(3 + number) for number in range(accounts)]
    created = [machine.create_token_account(owner) for owner in owners]
    minted = [_mint_to(machine, owner, 10**6) for owner in owners]
    return machine.scene([*created, *minted])


def account_creation() -> Scene:
    """A new token account, made by the associated token program: four frames."""
    machine = _machine()
    return machine.scene([_idempotent(machine, _key(3))])


def transfers() -> Scene:
    """Ten transfers of classic SPL Token."""
    features = LiteSVM.mainnet_feature_set()
    features.deactivate(P_TOKEN_FEATURE)
    svm = LiteSVM.default().with_feature_set(features).with_builtins().with_lamports(10**15)
    svm = svm.with_sysvars().with_default_programs().with_sigverify(True).with_blockhash_check(True)
    machine = _machine(svm)
    target = _key(3)
    _send(machine, *(machine.create_token_account(owner) for owner in (machine.key, target)))
    _send(machine, _mint_to(machine, machine.key, 10**6))
    return machine.scene([_transfer(machine, target, 1 + number) for number in range(TRANSFERS)])


def full_budget() -> ExecutionInput:
    """A program that calls a long loop 55 times, with almost the greatest budget."""
    account = Account(CALLEE, LOADER_V3, 1, b"", executable=True)
    caller = invoking_program([account], [RequestedInstruction(CALLEE, (), b"")] * CALLS)
    programs = ((CALLEE, mixed_loop(ITERATIONS)),)
    return ExecutionInput(caller, CALLER, (InstructionAccount(account),), b"", programs=programs)


def mixed(count: int) -> list[Scene]:
    """Transactions in order: new token accounts, minted tokens, transfers of tokens and of lamports."""
    machine = _machine()
    _send(machine, machine.create_token_account(machine.key), _mint_to(machine, machine.key, 10**9))
    scenes = []
    for number in range(count):
        target = _key(10 + number // 4)
        instructions = (
            _idempotent(machine, target),
            _transfer(machine, target, 1 + number),
            _mint_to(machine, target, 1 + number),
            transfer(TransferParams(from_pubkey=machine.key, to_pubkey=target, lamports=10**9 + number)),
        )
        instruction = instructions[number % len(instructions)]
        scenes.append(machine.scene([instruction]))
        _send(machine, instruction)
    return scenes


def _machine(svm: LiteSVM | None = None) -> TokenMachine:
    """A machine with a mint."""
    machine = TokenMachine(svm)
    machine.svm.send_transaction(machine.transaction(machine.create_mint(), machine.mint))
    machine.svm.expire_blockhash()
    return machine


def _send(machine: TokenMachine, *instructions: Instruction) -> None:
    machine.svm.send_transaction(machine.transaction(instructions))
    machine.svm.expire_blockhash()


def _key(number: int) -> Pubkey:
    return Keypair.from_seed(bytes([number]) * 32).pubkey()


def _idempotent(machine: TokenMachine, owner: Pubkey) -> Instruction:
    created = machine.create_token_account(owner)
    return Instruction(created.program_id, CREATE_IDEMPOTENT, created.accounts)


def _mint_to(machine: TokenMachine, owner: Pubkey, amount: int) -> Instruction:
    metas = [
        AccountMeta(machine.mint.pubkey(), False, True),
        AccountMeta(machine.token_account(owner), False, True),
        AccountMeta(machine.key, True, False),
    ]
    return Instruction(TOKEN, struct.pack("<BQ", MINT_TO, amount), metas)


def _transfer(machine: TokenMachine, owner: Pubkey, amount: int) -> Instruction:
    metas = [
        AccountMeta(machine.token_account(machine.key), False, True),
        AccountMeta(machine.token_account(owner), False, True),
        AccountMeta(machine.key, True, False),
    ]
    return Instruction(TOKEN, struct.pack("<BQ", TRANSFER, amount), metas)
