"""The program ELFs that LiteSVM embeds: the real inputs of many tests."""

from __future__ import annotations

from functools import cache

from solders.pubkey import Pubkey

from solproof.demo.programs import classic_token, p_token, read_program
from solproof.oracle.litesvm import runtime

PROGRAM_IDS = {
    "token_2022": "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
    "memo_v1": "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo",
    "memo_v3": "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr",
    "associated_token": "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL",
    "address_lookup_table": "AddressLookupTab1e1111111111111111111111111",
    "stake": "Stake11111111111111111111111111111111111111",
}


@cache
def mainnet_programs() -> dict[str, bytes]:
    """The eight ELF files by name: `p_token`, `token` (classic SPL Token) and those of `PROGRAM_IDS`."""
    svm = runtime()
    others = {name: read_program(svm, Pubkey.from_string(key)) for name, key in PROGRAM_IDS.items()}
    return {"p_token": p_token(), "token": classic_token()} | others
