"""A short sequence of transactions in which state flows, and proofs of it that never end."""

from __future__ import annotations

import struct
import time
from functools import cache
from pathlib import Path

from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey
from solders.system_program import TransferParams, transfer

import solproof
from solproof.proving.prove import Proof, prove
from solproof.runtime.transaction.message import parse_transaction
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput
from tests.support.token_transactions import TOKEN, TokenMachine

RECEIVER = Pubkey(bytes([9]) * 32)
PROGRAM_RUNS = (1, 4)
"""The numbers of the transactions that run a program of sBPF."""

REPEATED = 3


@cache
def scenes() -> tuple[Scene, ...]:
    """A mint is created, lamports are sent, the first message is repeated, and tokens are minted in vain.

    The last transaction fails in the token program, because the account to mint to is no token account. It
    depends on the first one, since no scene has the mint.
    """
    machine = TokenMachine()
    create = machine.scene(machine.create_mint(), machine.mint)
    pay = transfer(TransferParams(from_pubkey=machine.key, to_pubkey=RECEIVER, lamports=10**9))
    metas = [
        AccountMeta(machine.mint.pubkey(), False, True),
        AccountMeta(RECEIVER, False, True),
        AccountMeta(machine.key, True, False),
    ]
    mint = Instruction(TOKEN, b"\7" + struct.pack("<Q", 5), metas)
    return (create, machine.scene([pay]), create, machine.scene([mint]))


def other_scenes() -> tuple[Scene, ...]:
    """The same but for transaction 2, which sends another amount."""
    machine = TokenMachine()
    pay = transfer(TransferParams(from_pubkey=machine.key, to_pubkey=RECEIVER, lamports=10**9 + 1))
    first, _, third, fourth = scenes()
    return (first, machine.scene([pay]), third, fourth)


def write_scenes(path: Path, given: tuple[Scene, ...]) -> None:
    """Write scenes as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{' '.join(solproof.scene_to_json(scene).split())}\n" for scene in given)


def prove_unless_a_program_runs(scene: Scene, limit: int = 0) -> Proof[TransactionOutput]:
    """Makes a proof in a worker. That of a transaction that calls the token program never ends."""
    if bytes(TOKEN) in parse_transaction(scene.transaction).message.static_keys:
        time.sleep(10_000)
    return prove(scene)
