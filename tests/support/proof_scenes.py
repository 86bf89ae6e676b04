"""Scenes of transactions to prove: with several frames, failing, without frames, and without a run."""

from __future__ import annotations

import struct
from dataclasses import replace
from functools import cache

from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer

from solproof.runtime.transaction.scene import Scene
from tests.support.token_transactions import TOKEN, TokenMachine

OWNER = Keypair.from_seed(bytes([3]) * 32).pubkey()
MINT_TO = 7


@cache
def _machine() -> TokenMachine:
    """A machine in which the mint exists."""
    machine = TokenMachine()
    machine.svm.send_transaction(machine.transaction(machine.create_mint(), machine.mint))
    return machine


@cache
def token_account() -> Scene:
    """An associated token account is created. Its program makes four calls, one of the system program."""
    return _machine().scene([_machine().create_token_account(OWNER)])


@cache
def failing() -> Scene:
    """The token program refuses to mint into an account that does not exist."""
    machine = _machine()
    metas = [
        AccountMeta(machine.mint.pubkey(), False, True),
        AccountMeta(machine.token_account(OWNER), False, True),
        AccountMeta(machine.key, True, False),
    ]
    return machine.scene([Instruction(TOKEN, struct.pack("<BQ", MINT_TO, 10**6), metas)])


@cache
def frameless() -> Scene:
    """The system program transfers lamports, so that no sBPF program runs."""
    parameters = TransferParams(from_pubkey=_machine().key, to_pubkey=OWNER, lamports=10**7)
    return _machine().scene([transfer(parameters)])


@cache
def fees_only() -> Scene:
    """The program of the instruction does not exist, so the transaction only pays its fee."""
    return _machine().scene([Instruction(Pubkey.from_bytes(bytes([9]) * 32), b"", [])])


@cache
def not_processed() -> Scene:
    """The payer does not exist."""
    return replace(frameless(), accounts=())
