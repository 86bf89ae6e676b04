"""Mainnet programs, read from the accounts of LiteSVM, which embeds them."""

from __future__ import annotations

from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey

from solproof.errors import InputError
from solproof.oracle.litesvm import runtime

TOKEN = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")

_UPGRADEABLE_LOADER = Pubkey.from_string("BPFLoaderUpgradeab1e11111111111111111111111")
# A program account of this loader has a 4-byte tag and the address of a data account. The data account has a
# 45-byte header and the ELF.
_PROGRAM_ACCOUNT_BYTES = 36
_PROGRAM_DATA_HEADER_BYTES = 45


def p_token() -> bytes:
    """The ELF of p-token, the token program of mainnet (100,312 bytes in solders 0.29)."""
    return read_program(runtime(), TOKEN)


def classic_token() -> bytes:
    """The ELF of SPL Token 3.5.0, the token program before SIMD-0266 (134,080 bytes in solders 0.29)."""
    return read_program(runtime(classic_token=True), TOKEN)


def read_program(svm: LiteSVM, program_id: Pubkey) -> bytes:
    """The ELF file of a program deployed in `svm`. Raises `InputError` if there is no such program."""
    account = svm.get_account(program_id)
    if account is None:
        raise InputError(f"there is no account {program_id}, expected a program")
    if not account.executable:
        raise InputError(f"account {program_id} is not executable, expected a program")
    if account.owner != _UPGRADEABLE_LOADER or len(account.data) != _PROGRAM_ACCOUNT_BYTES:
        return bytes(account.data)
    data_id = Pubkey(account.data[4:])
    data_account = svm.get_account(data_id)
    if data_account is None:
        raise InputError(f"program {program_id} has no data account {data_id}")
    return bytes(data_account.data[_PROGRAM_DATA_HEADER_BYTES:])
