"""The demo's accounts and instructions: a mint, two token accounts, and one Transfer between them.

Source of layouts and instruction codes: spl-token-interface 2 (state.rs, instruction.rs).
"""

from __future__ import annotations

import hashlib
import struct

from solproof.oracle.litesvm import RuntimeResult, run_in_litesvm, runtime
from solproof.runtime.accounts import Account, InstructionAccount, address_bytes
from solproof.runtime.execution_input import ExecutionInput, Parameters

TOKEN_PROGRAM = address_bytes("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
SYSTEM_PROGRAM = bytes(32)

MINT_LENGTH = 82
TOKEN_ACCOUNT_LENGTH = 165
MINT_LAMPORTS = (MINT_LENGTH + 128) * 6_960  # exactly rent-exempt
TOKEN_ACCOUNT_LAMPORTS = (TOKEN_ACCOUNT_LENGTH + 128) * 6_960

INITIALIZED = 1
TRANSFER = 3

DECIMALS = 6
SUPPLY = 1_000_000_000
SOURCE_AMOUNT = 250_000_000
TRANSFER_AMOUNT = 42_000_000


def demo_key(label: str) -> bytes:
    """A fixed address for each role in the demo."""
    return hashlib.sha256(f"solproof demo: {label}".encode()).digest()


MINT = demo_key("mint")
MINT_AUTHORITY = demo_key("mint authority")
SOURCE = demo_key("source")
SOURCE_OWNER = demo_key("owner of the source")
DESTINATION = demo_key("destination")
DESTINATION_OWNER = demo_key("owner of the destination")


def optional_key(key: bytes | None) -> bytes:
    """A `COption<Pubkey>`: a tag of 4 bytes and a key of 32 bytes."""
    return struct.pack("<I32s", key is not None, key or b"")


def mint_data(
    authority: bytes | None, supply: int, decimals: int, *, freeze_authority: bytes | None = None
) -> bytes:
    """The 82 bytes of an initialized Mint."""
    state = struct.pack("<QB?", supply, decimals, True)
    return optional_key(authority) + state + optional_key(freeze_authority)


def token_account_data(
    mint: bytes, owner: bytes, amount: int, *, delegate: bytes | None = None, delegated_amount: int = 0
) -> bytes:
    """The 165 bytes of an initialized token account that holds no native SOL."""
    not_native = bytes(12)
    no_close_authority = optional_key(None)
    return (
        mint
        + owner
        + struct.pack("<Q", amount)
        + optional_key(delegate)
        + bytes([INITIALIZED])
        + not_native
        + struct.pack("<Q", delegated_amount)
        + no_close_authority
    )


def mint_account(supply: int = SUPPLY) -> Account:
    """The demo's mint."""
    return Account(MINT, TOKEN_PROGRAM, MINT_LAMPORTS, mint_data(MINT_AUTHORITY, supply, DECIMALS))


def source_account(amount: int = SOURCE_AMOUNT) -> Account:
    """The demo's token account that pays."""
    return Account(
        SOURCE, TOKEN_PROGRAM, TOKEN_ACCOUNT_LAMPORTS, token_account_data(MINT, SOURCE_OWNER, amount)
    )


def destination_account(amount: int = 0) -> Account:
    """The demo's token account that receives the payment."""
    return Account(
        DESTINATION,
        TOKEN_PROGRAM,
        TOKEN_ACCOUNT_LAMPORTS,
        token_account_data(MINT, DESTINATION_OWNER, amount),
    )


def wallet(key: bytes) -> Account:
    """An account that only signs."""
    return Account(key, SYSTEM_PROGRAM, 0, b"")


def transfer(
    program: bytes, amount: int = TRANSFER_AMOUNT, parameters: Parameters | None = None
) -> ExecutionInput:
    """The demo's Transfer of `amount` base units, for the ELF of a token program."""
    return ExecutionInput(
        program,
        TOKEN_PROGRAM,
        (
            InstructionAccount(source_account(), is_writable=True),
            InstructionAccount(destination_account(), is_writable=True),
            # The owner also pays the transaction's fee, so the message makes it writable.
            InstructionAccount(wallet(SOURCE_OWNER), is_signer=True, is_writable=True),
        ),
        struct.pack("<BQ", TRANSFER, amount),
        parameters or Parameters(),
    )


def run_token_instruction(given: ExecutionInput, *, classic_token: bool) -> RuntimeResult:
    """Run a token instruction in LiteSVM, with its current p-token or with classic SPL Token."""
    return run_in_litesvm(given, runtime(given.parameters, classic_token=classic_token))
