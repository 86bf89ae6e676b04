"""Transactions of SPL Token in a LiteSVM that has a mint."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account
from solders.transaction import Transaction

import solproof
from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.runtime.transaction.scene import Scene

TOKEN = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
ASSOCIATED_TOKEN = Pubkey.from_string("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
RENT = Pubkey.from_string("SysvarRent111111111111111111111111111111111")
SYSTEM = Pubkey.default()
MINT_LENGTH = 82


class TokenMachine:
    """A LiteSVM with a payer, who is the authority of a mint."""

    def __init__(self, svm: LiteSVM | None = None) -> None:
        self.svm = svm or LiteSVM()
        self.payer = Keypair.from_seed(bytes([1]) * 32)
        self.mint = Keypair.from_seed(bytes([2]) * 32)
        self.svm.airdrop(self.key, 10**11)

    @property
    def key(self) -> Pubkey:
        """The address of the payer."""
        return self.payer.pubkey()

    def transaction(self, instructions: Sequence[Instruction], *signers: Keypair) -> Transaction:
        """A signed transaction with the latest blockhash."""
        blockhash = self.svm.latest_blockhash()
        message = Message.new_with_blockhash(instructions, self.key, blockhash)
        return Transaction([self.payer, *signers], message, blockhash)

    def scene(self, instructions: Sequence[Instruction], *signers: Keypair) -> Scene:
        """The scene of such a transaction, which is not sent."""
        return solproof.scene_from_litesvm(self.svm, self.transaction(instructions, *signers))

    def create_mint(self) -> list[Instruction]:
        """The instructions that create the mint, which signs too."""
        parameters = CreateAccountParams(
            from_pubkey=self.key,
            to_pubkey=self.mint.pubkey(),
            lamports=self.svm.minimum_balance_for_rent_exemption(MINT_LENGTH),
            space=MINT_LENGTH,
            owner=TOKEN,
        )
        metas = [AccountMeta(self.mint.pubkey(), False, True), AccountMeta(RENT, False, False)]
        return [create_account(parameters), Instruction(TOKEN, b"\0\6" + bytes(self.key) + b"\0", metas)]

    def token_account(self, owner: Pubkey) -> Pubkey:
        """The address of an owner's associated token account."""
        seeds = [bytes(owner), bytes(TOKEN), bytes(self.mint.pubkey())]
        return Pubkey.find_program_address(seeds, ASSOCIATED_TOKEN)[0]

    def create_token_account(self, owner: Pubkey) -> Instruction:
        """The instruction that creates an owner's associated token account, with four invocations."""
        metas = [
            AccountMeta(self.key, True, True),
            AccountMeta(self.token_account(owner), False, True),
            *(AccountMeta(key, False, False) for key in (owner, self.mint.pubkey(), SYSTEM, TOKEN)),
        ]
        return Instruction(ASSOCIATED_TOKEN, b"", metas)


@cache
def created_token_account() -> TransactionExecution:
    """A transaction that creates an associated token account, with four frames."""
    machine = TokenMachine()
    machine.svm.send_transaction(machine.transaction(machine.create_mint(), machine.mint))
    owner = Keypair.from_seed(bytes([3]) * 32).pubkey()
    return execute_transaction(machine.scene([machine.create_token_account(owner)]))
