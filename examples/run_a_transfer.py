"""Run a token transfer, and compare the result with the real runtime.

    .venv/bin/python examples/run_a_transfer.py

The program is p-token, the token program of mainnet. LiteSVM is a Solana runtime for tests that contains it.
"""

from __future__ import annotations

import solproof
from solproof.demo import programs, scenario

# The program is an ELF file, and the input is one instruction: Transfer, with three accounts.
program = programs.p_token()
given = scenario.transfer(program, amount=42_000_000)
print(f"program: {len(program):,} bytes")
print(f"instruction: {given.instruction_data.hex()}, {len(given.accounts)} accounts")

# A run returns what the program did, what it cost, and the accounts afterwards.
output = solproof.run(given).output
print(f"success: {output.success}")
print(f"compute units: {output.compute_units}")
print(f"accounts modified: {output.accounts_modified}")


def balance(account: solproof.Account) -> int:
    """The number of tokens in a token account, which stands at bytes 64 to 71."""
    return int.from_bytes(account.data[64:72], "little")


for role, entry, after in zip(("source", "destination"), given.accounts, output.accounts, strict=False):
    print(f"{role}: {balance(entry.account):,} tokens before, {balance(after):,} after")

# LiteSVM runs the same instruction with Agave's own code.
theirs = scenario.run_token_instruction(given, classic_token=False)
assert output.accounts == theirs.accounts
assert output.logs == theirs.logs
assert output.compute_units == theirs.compute_units
print("LiteSVM agrees on the accounts, the log and the compute units")
