"""Scenes with a transfer of lamports, which runs no program of sBPF."""

from __future__ import annotations

from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer
from solders.transaction import Transaction

from solproof.runtime.accounts import Account
from solproof.runtime.environment import Environment
from solproof.runtime.sysvars import Sysvars
from solproof.runtime.transaction.scene import Scene

PAYER = Keypair.from_seed(b"\7" * 32)
BLOCKHASH = bytes([5]) * 32
FUNDED = Account(bytes(PAYER.pubkey()), bytes(32), 10**12, b"")


def payment(to: int, lamports: int, payer: Keypair = PAYER) -> bytes:
    """A signed transfer to the address that has a number."""
    parameters = TransferParams(from_pubkey=payer.pubkey(), to_pubkey=address(to), lamports=lamports)
    message = Message.new_with_blockhash([transfer(parameters)], payer.pubkey(), Hash(BLOCKHASH))
    return bytes(Transaction([payer], message, Hash(BLOCKHASH)))


def address(number: int) -> Pubkey:
    return Pubkey(number.to_bytes(4, "big") + bytes([9]) * 28)


def scene(transaction: bytes, *accounts: Account, sysvars: Sysvars | None = None) -> Scene:
    return Scene(transaction, accounts, Environment(sysvars=sysvars or Sysvars()), (BLOCKHASH,))
