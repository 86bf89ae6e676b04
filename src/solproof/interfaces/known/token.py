"""The token program, and what Token-2022 has in common with it.

Source: spl-token-interface 2 (instruction.rs, state.rs, error.rs), pinocchio p-token 1 (`Batch`).
"""

from __future__ import annotations

import base58

from solproof.interfaces.interface import AccountType, Interface
from solproof.interfaces.layouts import (
    ADDRESS,
    BOOLEAN,
    U8,
    U64,
    Array,
    ByteString,
    Enum,
    List,
    Option,
    Text,
    c_option,
    structure,
)
from solproof.interfaces.tables import Row, errors, instruction, numbered

TOKEN_PROGRAM = base58.b58decode("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")

AUTHORITIES = ("MintTokens", "FreezeAccount", "AccountOwner", "CloseAccount")
_MINT_ARGUMENTS = {"decimals": U8, "mint_authority": ADDRESS, "freeze_authority": Option(ADDRESS)}
_AMOUNT = {"amount": U64}
_CHECKED = {"amount": U64, "decimals": U8}


def base_rows(authorities: tuple[str, ...], size_arguments: dict[str, List]) -> tuple[Row, ...]:
    """The instructions 0 to 24, which both token programs have.

    authorities: the kinds of authority that `SetAuthority` changes.
    size_arguments: the arguments of `GetAccountDataSize`.
    """
    authority = Enum("AuthorityType", tuple((name, None) for name in authorities))
    return (
        ("InitializeMint", "mint! rent", _MINT_ARGUMENTS),
        ("InitializeAccount", "account! mint owner rent", {}),
        ("InitializeMultisig", "multisig! rent ...signer", {"m": U8}),
        ("Transfer", "source! destination! authority* ...signer", _AMOUNT),
        ("Approve", "source! delegate owner* ...signer", _AMOUNT),
        ("Revoke", "source! owner* ...signer", {}),
        (
            "SetAuthority",
            "account! authority* ...signer",
            {"authority_type": authority, "new_authority": Option(ADDRESS)},
        ),
        ("MintTo", "mint! account! mint_authority* ...signer", _AMOUNT),
        ("Burn", "account! mint! authority* ...signer", _AMOUNT),
        ("CloseAccount", "account! destination! owner* ...signer", {}),
        ("FreezeAccount", "account! mint freeze_authority* ...signer", {}),
        ("ThawAccount", "account! mint freeze_authority* ...signer", {}),
        ("TransferChecked", "source! mint destination! authority* ...signer", _CHECKED),
        ("ApproveChecked", "source! mint delegate owner* ...signer", _CHECKED),
        ("MintToChecked", "mint! account! mint_authority* ...signer", _CHECKED),
        ("BurnChecked", "account! mint! authority* ...signer", _CHECKED),
        ("InitializeAccount2", "account! mint rent", {"owner": ADDRESS}),
        ("SyncNative", "account!", {}),
        ("InitializeAccount3", "account! mint", {"owner": ADDRESS}),
        ("InitializeMultisig2", "multisig! ...signer", {"m": U8}),
        ("InitializeMint2", "mint!", _MINT_ARGUMENTS),
        ("GetAccountDataSize", "mint", size_arguments),
        ("InitializeImmutableOwner", "account!", {}),
        ("AmountToUiAmount", "mint", _AMOUNT),
        ("UiAmountToAmount", "mint", {"ui_amount": Text(0)}),
    )


WITHDRAW_LAMPORTS: Row = ("WithdrawExcessLamports", "source! destination! authority* ...signer", {})
UNWRAP_LAMPORTS: Row = (
    "UnwrapLamports",
    "source! destination! authority* ...signer",
    {"amount": Option(U64)},
)
BATCH: Row = (
    "Batch",
    "",
    {"instructions": List(structure("Instruction", accounts=U8, data=ByteString(1)), 0)},
)

MINT = structure(
    "Mint",
    mint_authority=c_option(ADDRESS, 32),
    supply=U64,
    decimals=U8,
    is_initialized=BOOLEAN,
    freeze_authority=c_option(ADDRESS, 32),
)
STATE = Enum("AccountState", (("Uninitialized", None), ("Initialized", None), ("Frozen", None)))
ACCOUNT = structure(
    "Account",
    mint=ADDRESS,
    owner=ADDRESS,
    amount=U64,
    delegate=c_option(ADDRESS, 32),
    state=STATE,
    is_native=c_option(U64, 8),
    delegated_amount=U64,
    close_authority=c_option(ADDRESS, 32),
)
MULTISIG = structure("Multisig", m=U8, n=U8, is_initialized=BOOLEAN, signers=Array(ADDRESS, 11))
MINT_LENGTH, ACCOUNT_LENGTH, MULTISIG_LENGTH = 82, 165, 355
BASE_ACCOUNTS = (
    AccountType("Mint", MINT, length=MINT_LENGTH),
    AccountType("Account", ACCOUNT, length=ACCOUNT_LENGTH),
    AccountType("Multisig", MULTISIG, length=MULTISIG_LENGTH),
)

BASE_ERRORS = """
    NotRentExempt InsufficientFunds InvalidMint MintMismatch OwnerMismatch FixedSupply AlreadyInUse
    InvalidNumberOfProvidedSigners InvalidNumberOfRequiredSigners UninitializedState NativeNotSupported
    NonNativeHasBalance InvalidInstruction InvalidState Overflow AuthorityTypeNotSupported MintCannotFreeze
    AccountFrozen MintDecimalsMismatch NonNativeNotSupported
"""

TOKEN = Interface(
    "token program",
    (TOKEN_PROGRAM,),
    (
        *numbered(1, base_rows(AUTHORITIES, {})),
        instruction(b"\x26", WITHDRAW_LAMPORTS),
        instruction(b"\x2d", UNWRAP_LAMPORTS),
        instruction(b"\xff", BATCH),
    ),
    BASE_ACCOUNTS,
    errors=errors(BASE_ERRORS),
)
