"""Programs with few instructions: associated token account, memo, address lookup table, and loader v3.

Source: spl-associated-token-account-interface 2 (instruction.rs, error.rs), spl-memo-interface 2 (lib.rs),
solana-address-lookup-table-interface 3.1 (instruction.rs, state.rs), solana-loader-v3-interface 7
(instruction.rs, state.rs).
"""

from __future__ import annotations

import base58

from solproof.interfaces.interface import AccountType, Interface
from solproof.interfaces.layouts import (
    ADDRESS,
    U8,
    U32,
    U64,
    ByteString,
    Gap,
    List,
    Option,
    Struct,
    Text,
    structure,
)
from solproof.interfaces.tables import errors, instruction, numbered
from solproof.runtime.program_ids import ADDRESS_LOOKUP_TABLE, LOADER_V3

ASSOCIATED_TOKEN_PROGRAM = base58.b58decode("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
MEMO_V1_PROGRAM = base58.b58decode("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo")
MEMO_V2_PROGRAM = base58.b58decode("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")

_CREATE = "payer*! associated_account! wallet mint system_program token_program"

ASSOCIATED_TOKEN = Interface(
    "associated token account program",
    (ASSOCIATED_TOKEN_PROGRAM,),
    (
        *numbered(
            1,
            (
                ("Create", _CREATE, {}),
                ("CreateIdempotent", _CREATE, {}),
                (
                    "RecoverNested",
                    "nested! nested_mint destination! owner_account owner_mint wallet*! token_program",
                    {},
                ),
            ),
        ),
        instruction(b"", ("Create", _CREATE, {})),  # the first version of the program has no number
    ),
    errors=errors("InvalidOwner"),
)

_MEMO = (instruction(b"", ("Memo", "...signer", {"memo": Text(0)})),)
MEMO_V1 = Interface("memo program v1", (MEMO_V1_PROGRAM,), _MEMO)
MEMO_V2 = Interface("memo program v2", (MEMO_V2_PROGRAM,), _MEMO)

_TABLE = Struct(
    (
        ("deactivation_slot", U64),
        ("last_extended_slot", U64),
        ("last_extended_slot_start_index", U8),
        ("authority", Option(ADDRESS)),
        ("", Gap(56)),
        ("addresses", List(ADDRESS, 0)),
    ),
)
LOOKUP_TABLE = Interface(
    "address lookup table program",
    (ADDRESS_LOOKUP_TABLE,),
    numbered(
        4,
        (
            (
                "CreateLookupTable",
                "table! authority* payer*! system_program",
                {"recent_slot": U64, "bump_seed": U8},
            ),
            ("FreezeLookupTable", "table! authority*", {}),
            (
                "ExtendLookupTable",
                "table! authority* payer*! system_program",
                {"new_addresses": List(ADDRESS, 8)},
            ),
            ("DeactivateLookupTable", "table! authority*", {}),
            ("CloseLookupTable", "table! authority* recipient!", {}),
        ),
    ),
    (AccountType("LookupTable", _TABLE, b"\1\0\0\0", skip=4),),
)

LOADER = Interface(
    "loader v3",
    (LOADER_V3,),
    numbered(
        4,
        (
            ("InitializeBuffer", "buffer! authority", {}),
            ("Write", "buffer! authority*", {"offset": U32, "bytes": ByteString(8)}),
            (
                "DeployWithMaxDataLen",
                "payer*! program_data! program! buffer! rent clock system_program authority*",
                {"max_data_len": U64},
            ),
            ("Upgrade", "program_data! program! buffer! spill! rent clock authority*", {}),
            ("SetAuthority", "account! authority* new_authority", {}),
            ("Close", "account! recipient! authority* program!", {}),
            (
                "ExtendProgram",
                "program_data! program! system_program payer*!",
                {"additional_bytes": U32},
            ),
            ("SetAuthorityChecked", "account! authority* new_authority*", {}),
        ),
    ),
    (
        AccountType("Buffer", structure(authority=Option(ADDRESS)), b"\1\0\0\0", skip=4),
        AccountType("Program", structure(program_data=ADDRESS), b"\2\0\0\0", skip=4),
        AccountType("ProgramData", structure(slot=U64, authority=Option(ADDRESS)), b"\3\0\0\0", skip=4),
    ),
)
