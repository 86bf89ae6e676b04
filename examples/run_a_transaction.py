"""Run a whole transaction, compare the result with the real runtime, and prove it.

    .venv/bin/python examples/run_a_transaction.py

It creates a mint, creates a token account with a program that calls others, and mints tokens into it.
"""

from __future__ import annotations

from pathlib import Path

from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account
from solders.transaction import Transaction

import solproof

TOKEN = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
ASSOCIATED = Pubkey.from_string("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
payer, mint = (Keypair.from_seed(bytes([number]) * 32) for number in (1, 2))
me, coin = payer.pubkey(), mint.pubkey()
account, _ = Pubkey.find_program_address([bytes(me), bytes(TOKEN), bytes(coin)], ASSOCIATED)


def call(program: Pubkey, data: bytes, *accounts: tuple[Pubkey, bool, bool]) -> Instruction:
    """An instruction whose accounts are given as address, signer, writable."""
    return Instruction(program, data, [AccountMeta(*entry) for entry in accounts])


svm = LiteSVM()
svm.airdrop(me, 10**9)
fixed = [(key, False, False) for key in (me, coin, Pubkey.default(), TOKEN)]
made = CreateAccountParams(from_pubkey=me, to_pubkey=coin, lamports=10**7, space=82, owner=TOKEN)
initialize, mint_to = b"\x14\6" + bytes(me) + b"\0", b"\7" + (500).to_bytes(8, "little")
instructions = [
    create_account(made),
    call(TOKEN, initialize, (coin, False, True)),
    call(ASSOCIATED, b"", (me, True, True), (account, False, True), *fixed),
    call(TOKEN, mint_to, (coin, False, True), (account, False, True), (me, True, False)),
]
transaction = Transaction([payer, mint], Message(instructions, me), svm.latest_blockhash())
scene = solproof.scene_from_litesvm(svm, transaction)
output = solproof.run(scene).output
print(f"success: {output.success}, fee: {output.fee}, compute units: {output.compute_units:,}")
for entry in output.instructions:
    print(f"{'  ' * entry.height}{Pubkey(entry.program_id)}: {entry.compute_units:,} units")

theirs = svm.simulate_transaction(transaction).meta()  # LiteSVM runs it with Agave's own code
assert (list(output.logs), output.compute_units) == (theirs.logs(), theirs.compute_units_consumed())
print("LiteSVM agrees on the log and the compute units")
Path("scene.json").write_text(solproof.scene_to_json(scene))
print("again with: solproof run --transaction scene.json")
proof = solproof.prove(scene)  # one proof for all programs that run
verdict = solproof.verify(proof.data, scene)
assert verdict.output == output
print(f"proven: {verdict.frames} runs of programs, {verdict.events} syscalls replayed")
