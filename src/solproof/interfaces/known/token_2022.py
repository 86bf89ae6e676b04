"""The Token-2022 program with its extensions.

Source: spl-token-2022-interface 2 (instruction.rs, error.rs, extension/), spl-token-metadata-interface 0.8
and spl-token-group-interface 0.7 (state.rs, and the hashes of their instructions).
"""

from __future__ import annotations

from hashlib import sha256

import base58

from solproof.interfaces.interface import AccountType, InstructionType, Interface
from solproof.interfaces.known.token import (
    ACCOUNT,
    ACCOUNT_LENGTH,
    AUTHORITIES,
    BASE_ACCOUNTS,
    BASE_ERRORS,
    BATCH,
    MINT,
    STATE,
    UNWRAP_LAMPORTS,
    WITHDRAW_LAMPORTS,
    base_rows,
)
from solproof.interfaces.layouts import (
    ADDRESS,
    BOOLEAN,
    I64,
    U8,
    U16,
    U64,
    Address,
    ByteArray,
    Enum,
    Extensions,
    Float,
    Gap,
    Integer,
    Layout,
    List,
    Option,
    Struct,
    Text,
    Tuple,
    structure,
)
from solproof.interfaces.tables import Row, errors, instruction, numbered

TOKEN_2022_PROGRAM = base58.b58decode("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb")

MAYBE = Address(zero_is_none=True)
I16, F64 = Integer(2, signed=True), Float(8)
CIPHERTEXT, KEY, AES_CIPHERTEXT = ByteArray(64), ByteArray(32), ByteArray(36)

# EXTENSIONS OF MINTS AND ACCOUNTS

_FEE = structure("TransferFee", epoch=U64, maximum_fee=U64, basis_points=U16)
_EMPTY = structure()
_METADATA = structure(
    "TokenMetadata",
    update_authority=MAYBE,
    mint=ADDRESS,
    name=Text(),
    symbol=Text(),
    uri=Text(),
    additional_metadata=List(Tuple((Text(), Text()))),
)
EXTENSIONS: dict[str, Layout] = {
    "TransferFeeConfig": structure(
        transfer_fee_config_authority=MAYBE,
        withdraw_withheld_authority=MAYBE,
        withheld_amount=U64,
        older_transfer_fee=_FEE,
        newer_transfer_fee=_FEE,
    ),
    "TransferFeeAmount": structure(withheld_amount=U64),
    "MintCloseAuthority": structure(close_authority=MAYBE),
    "ConfidentialTransferMint": structure(
        authority=MAYBE, auto_approve_new_accounts=BOOLEAN, auditor_elgamal_pubkey=KEY
    ),
    "ConfidentialTransferAccount": structure(
        approved=BOOLEAN,
        elgamal_pubkey=KEY,
        pending_balance_low=CIPHERTEXT,
        pending_balance_high=CIPHERTEXT,
        available_balance=CIPHERTEXT,
        decryptable_available_balance=AES_CIPHERTEXT,
        allow_confidential_credits=BOOLEAN,
        allow_non_confidential_credits=BOOLEAN,
        pending_balance_credit_counter=U64,
        maximum_pending_balance_credit_counter=U64,
        expected_pending_balance_credit_counter=U64,
        actual_pending_balance_credit_counter=U64,
    ),
    "DefaultAccountState": structure(state=STATE),
    "ImmutableOwner": _EMPTY,
    "MemoTransfer": structure(require_incoming_transfer_memos=BOOLEAN),
    "NonTransferable": _EMPTY,
    "InterestBearingConfig": structure(
        rate_authority=MAYBE,
        initialization_timestamp=I64,
        pre_update_average_rate=I16,
        last_update_timestamp=I64,
        current_rate=I16,
    ),
    "CpiGuard": structure(lock_cpi=BOOLEAN),
    "PermanentDelegate": structure(delegate=MAYBE),
    "NonTransferableAccount": _EMPTY,
    "TransferHook": structure(authority=MAYBE, program_id=MAYBE),
    "TransferHookAccount": structure(transferring=BOOLEAN),
    "ConfidentialTransferFeeConfig": structure(
        authority=MAYBE,
        withdraw_withheld_authority_elgamal_pubkey=KEY,
        harvest_to_mint_enabled=BOOLEAN,
        withheld_amount=CIPHERTEXT,
    ),
    "ConfidentialTransferFeeAmount": structure(withheld_amount=CIPHERTEXT),
    "MetadataPointer": structure(authority=MAYBE, metadata_address=MAYBE),
    "TokenMetadata": _METADATA,
    "GroupPointer": structure(authority=MAYBE, group_address=MAYBE),
    "TokenGroup": structure(update_authority=MAYBE, mint=ADDRESS, size=U64, max_size=U64),
    "GroupMemberPointer": structure(authority=MAYBE, member_address=MAYBE),
    "TokenGroupMember": structure(mint=ADDRESS, group=ADDRESS, member_number=U64),
    "ConfidentialMintBurn": structure(
        confidential_supply=CIPHERTEXT,
        decryptable_supply=AES_CIPHERTEXT,
        supply_elgamal_pubkey=KEY,
        pending_burn=CIPHERTEXT,
    ),
    "ScaledUiAmount": structure(
        authority=MAYBE, multiplier=F64, new_multiplier_effective_timestamp=I64, new_multiplier=F64
    ),
    "Pausable": structure(authority=MAYBE, paused=BOOLEAN),
    "PausableAccount": _EMPTY,
    "PermissionedBurn": structure(authority=MAYBE),
}
"""The extensions in the order of their numbers, from 1."""

TYPE_OFFSET = ACCOUNT_LENGTH
"""Where an account with extensions has the number of its type: 1 for a mint, 2 for a token account."""


def _extended(base: Struct) -> Struct:
    extensions = Extensions(tuple(EXTENSIONS.items()))
    end = (("", Gap(TYPE_OFFSET + 1)), ("extensions", extensions))
    return Struct((*base.fields, *end), base.name)


ACCOUNTS = (
    *BASE_ACCOUNTS,  # first, because an account with extensions never has the length of a multisig
    AccountType("Mint", _extended(MINT), b"\1", TYPE_OFFSET),
    AccountType("Account", _extended(ACCOUNT), b"\2", TYPE_OFFSET),
)

# INSTRUCTIONS

_KINDS = Enum("ExtensionType", tuple((name, None) for name in ("Uninitialized", *EXTENSIONS)), 2)
_AUTHORITY = {"authority": MAYBE}
_SIGNED = "authority* ...signer"
AUTHORITY_TYPES = (
    *AUTHORITIES,
    *("TransferFeeConfig", "WithheldWithdraw", "CloseMint", "InterestRate", "PermanentDelegate"),
    *("ConfidentialTransferMint", "TransferHookProgramId", "ConfidentialTransferFeeConfig"),
    *("MetadataPointer", "GroupPointer", "GroupMemberPointer", "ScaledUiAmount", "Pause", "PermissionedBurn"),
)

SINGLE: dict[int, Row] = {
    25: ("InitializeMintCloseAuthority", "mint!", {"close_authority": Option(ADDRESS)}),
    29: ("Reallocate", "account! payer*! system_program owner* ...signer", {"extensions": List(_KINDS, 0)}),
    31: ("CreateNativeMint", "payer*! native_mint! system_program", {}),
    32: ("InitializeNonTransferableMint", "mint!", {}),
    35: ("InitializePermanentDelegate", "mint!", {"delegate": ADDRESS}),
    38: WITHDRAW_LAMPORTS,
    45: UNWRAP_LAMPORTS,
    255: BATCH,
}
FEE = {"basis_points": U16, "maximum_fee": U64}
OF_EXTENSIONS: dict[int, tuple[Row, ...]] = {
    26: (
        (
            "InitializeTransferFeeConfig",
            "mint!",
            {
                "transfer_fee_config_authority": Option(ADDRESS),
                "withdraw_withheld_authority": Option(ADDRESS),
                **FEE,
            },
        ),
        (
            "TransferCheckedWithFee",
            "source! mint destination! authority* ...signer",
            {"amount": U64, "decimals": U8, "fee": U64},
        ),
        ("WithdrawWithheldTokensFromMint", f"mint! destination! {_SIGNED}", {}),
        ("WithdrawWithheldTokensFromAccounts", f"mint destination! {_SIGNED}", {"accounts": U8}),
        ("HarvestWithheldTokensToMint", "mint! ...source", {}),
        ("SetTransferFee", f"mint! {_SIGNED}", FEE),
    ),
    27: tuple(
        (f"ConfidentialTransfer{name}", "", {})
        for name in (
            *("InitializeMint", "UpdateMint", "ConfigureAccount", "ApproveAccount", "EmptyAccount"),
            *("Deposit", "Withdraw", "Transfer", "ApplyPendingBalance", "EnableConfidentialCredits"),
            *("DisableConfidentialCredits", "EnableNonConfidentialCredits", "DisableNonConfidentialCredits"),
            *("TransferWithFee", "ConfigureAccountWithRegistry"),
        )
    ),
    28: (
        ("InitializeDefaultAccountState", "mint!", {"state": STATE}),
        ("UpdateDefaultAccountState", "mint! freeze_authority* ...signer", {"state": STATE}),
    ),
    30: (
        ("EnableRequiredMemoTransfers", "account! owner* ...signer", {}),
        ("DisableRequiredMemoTransfers", "account! owner* ...signer", {}),
    ),
    33: (
        ("InitializeInterestBearingMint", "mint!", {"rate_authority": MAYBE, "rate": I16}),
        ("UpdateInterestRate", f"mint! {_SIGNED}", {"rate": I16}),
    ),
    34: (
        ("EnableCpiGuard", "account! owner* ...signer", {}),
        ("DisableCpiGuard", "account! owner* ...signer", {}),
    ),
    36: (
        ("InitializeTransferHook", "mint!", {**_AUTHORITY, "program_id": MAYBE}),
        ("UpdateTransferHook", f"mint! {_SIGNED}", {"program_id": MAYBE}),
    ),
    37: tuple(
        (f"ConfidentialTransferFee{name}", "", {})
        for name in (
            *("InitializeConfig", "WithdrawWithheldTokensFromMint", "WithdrawWithheldTokensFromAccounts"),
            *("HarvestWithheldTokensToMint", "EnableHarvestToMint", "DisableHarvestToMint"),
        )
    ),
    39: (
        ("InitializeMetadataPointer", "mint!", {**_AUTHORITY, "metadata_address": MAYBE}),
        ("UpdateMetadataPointer", f"mint! {_SIGNED}", {"metadata_address": MAYBE}),
    ),
    40: (
        ("InitializeGroupPointer", "mint!", {**_AUTHORITY, "group_address": MAYBE}),
        ("UpdateGroupPointer", f"mint! {_SIGNED}", {"group_address": MAYBE}),
    ),
    41: (
        ("InitializeGroupMemberPointer", "mint!", {**_AUTHORITY, "member_address": MAYBE}),
        ("UpdateGroupMemberPointer", f"mint! {_SIGNED}", {"member_address": MAYBE}),
    ),
    42: tuple(
        (f"ConfidentialMintBurn{name}", "", {})
        for name in (
            *("InitializeMint", "RotateSupplyElGamalPubkey", "UpdateDecryptableSupply", "Mint", "Burn"),
            "ApplyPendingBurn",
        )
    ),
    43: (
        ("InitializeScaledUiAmount", "mint!", {**_AUTHORITY, "multiplier": F64}),
        ("UpdateMultiplier", f"mint! {_SIGNED}", {"multiplier": F64, "effective_timestamp": I64}),
    ),
    44: (
        ("InitializePausable", "mint!", _AUTHORITY),
        ("Pause", f"mint! {_SIGNED}", {}),
        ("Resume", f"mint! {_SIGNED}", {}),
    ),
    46: (
        ("InitializePermissionedBurn", "mint!", _AUTHORITY),
        (
            "PermissionedBurn",
            "account! mint! burn_authority* authority* ...signer",
            {"amount": U64},
        ),
        (
            "PermissionedBurnChecked",
            "account! mint! burn_authority* authority* ...signer",
            {"amount": U64, "decimals": U8},
        ),
        ("PermissionedConfidentialBurn", "", {}),
    ),
}
"""The instructions of extensions, by the first byte. The second is the position."""

_FIELD = Enum("Field", (("Name", None), ("Symbol", None), ("Uri", None), ("Key", Tuple((Text(),)))), 1)
HASHED: dict[str, Row] = {
    "spl_token_metadata_interface:initialize_account": (
        "InitializeTokenMetadata",
        "metadata! update_authority mint mint_authority*",
        {"name": Text(), "symbol": Text(), "uri": Text()},
    ),
    "spl_token_metadata_interface:updating_field": (
        "UpdateTokenMetadataField",
        "metadata! update_authority*",
        {"field": _FIELD, "value": Text()},
    ),
    "spl_token_metadata_interface:remove_key_ix": (
        "RemoveTokenMetadataKey",
        "metadata! update_authority*",
        {"idempotent": BOOLEAN, "key": Text()},
    ),
    "spl_token_metadata_interface:update_the_authority": (
        "UpdateTokenMetadataAuthority",
        "metadata! update_authority*",
        {"new_authority": MAYBE},
    ),
    "spl_token_metadata_interface:emitter": (
        "EmitTokenMetadata",
        "metadata",
        {"start": Option(U64), "end": Option(U64)},
    ),
    "spl_token_group_interface:initialize_token_group": (
        "InitializeTokenGroup",
        "group! mint mint_authority*",
        {"update_authority": MAYBE, "max_size": U64},
    ),
    "spl_token_group_interface:update_group_max_size": (
        "UpdateTokenGroupMaxSize",
        "group! update_authority*",
        {"max_size": U64},
    ),
    "spl_token_group_interface:update_authority": (
        "UpdateTokenGroupAuthority",
        "group! update_authority*",
        {"new_authority": MAYBE},
    ),
    "spl_token_group_interface:initialize_member": (
        "InitializeTokenGroupMember",
        "member! member_mint member_mint_authority* group! group_update_authority*",
        {},
    ),
}
"""The instructions of the interfaces for metadata and groups, by what their discriminators are hashes of."""


def _instructions() -> tuple[InstructionType, ...]:
    # The hashes stand first, because their first bytes may be the number of another instruction.
    found = [instruction(sha256(hashed.encode()).digest()[:8], row) for hashed, row in HASHED.items()]
    found += numbered(1, base_rows(AUTHORITY_TYPES, {"extensions": List(_KINDS, 0)}))
    found += [instruction(bytes([number]), row) for number, row in SINGLE.items()]
    for number, rows in OF_EXTENSIONS.items():
        found += numbered(1, rows, bytes([number]))
    return tuple(found)


ERRORS = """
    ExtensionTypeMismatch ExtensionBaseMismatch ExtensionAlreadyInitialized
    ConfidentialTransferAccountHasBalance ConfidentialTransferAccountNotApproved
    ConfidentialTransferDepositsAndTransfersDisabled ConfidentialTransferElGamalPubkeyMismatch
    ConfidentialTransferBalanceMismatch MintHasSupply NoAuthorityExists TransferFeeExceedsMaximum
    MintRequiredForTransfer FeeMismatch FeeParametersMismatch ImmutableOwner AccountHasWithheldTransferFees
    NoMemo NonTransferable NonTransferableNeedsImmutableOwnership MaximumPendingBalanceCreditCounterExceeded
    MaximumDepositAmountExceeded CpiGuardSettingsLocked CpiGuardTransferBlocked CpiGuardBurnBlocked
    CpiGuardCloseAccountBlocked CpiGuardApproveBlocked CpiGuardSetAuthorityBlocked CpiGuardOwnerChangeBlocked
    ExtensionNotFound NonConfidentialTransfersDisabled ConfidentialTransferFeeAccountHasWithheldFee
    InvalidExtensionCombination InvalidLengthForAlloc AccountDecryption ProofGeneration
    InvalidProofInstructionOffset HarvestToMintDisabled SplitProofContextStateAccountsNotSupported
    NotEnoughProofContextStateAccounts MalformedCiphertext CiphertextArithmeticFailed
    PedersenCommitmentMismatch RangeProofLengthMismatch IllegalBitLength FeeCalculation
    IllegalMintBurnConversion InvalidScale MintPaused PendingBalanceNonZero
"""

TOKEN_2022 = Interface(
    "Token-2022 program",
    (TOKEN_2022_PROGRAM,),
    _instructions(),
    ACCOUNTS,
    errors=errors(BASE_ERRORS + ERRORS),
)
