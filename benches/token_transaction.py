"""Transactions that create token accounts: with 2 instructions, 4 calls and 5 frames for each account."""

from __future__ import annotations

import struct

from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair

from solproof.runtime.transaction.scene import Scene
from tests.support.token_transactions import TOKEN, TokenMachine

MINT_TO = 7


def token_transaction(accounts: int = 5) -> Scene:
    """New token accounts, each with four invocations, and tokens of SPL Token for each of them."""
    machine = TokenMachine()
    machine.svm.send_transaction(machine.transaction(machine.create_mint(), machine.mint))
    owners = [Keypair.from_seed(bytes([3 + number]) * 32).pubkey() for number in range(accounts)]
    created = [machine.create_token_account(owner) for owner in owners]
    minted = [
        Instruction(
            TOKEN,
            struct.pack("<BQ", MINT_TO, 10**6),
            [
                AccountMeta(machine.mint.pubkey(), False, True),
                AccountMeta(machine.token_account(owner), False, True),
                AccountMeta(machine.key, True, False),
            ],
        )
        for owner in owners
    ]
    return machine.scene([*created, *minted])
