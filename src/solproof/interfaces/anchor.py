"""What every program has that is written with Anchor: discriminators, events, and errors of the framework.

Source: anchor-lang 0.30 to 0.32 (error.rs, event.rs, idl.rs), anchor-syn (codegen).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType

from solproof.interfaces.interface import ErrorType
from solproof.interfaces.names import snake_case
from solproof.interfaces.tables import errors

EVENT_INSTRUCTION = bytes.fromhex("e445a52e51cb9a1d")
"""In front of an event that a program hands to itself as an instruction (`emit_cpi!`): the first 8 bytes of
SHA-256 of "anchor:event", from the last to the first."""


def instruction_discriminator(name: str) -> bytes:
    """The bytes in front of the arguments of an instruction, if the IDL does not have them."""
    return _hash("global", snake_case(name))


def account_discriminator(name: str) -> bytes:
    """The bytes in front of the fields of an account, if the IDL does not have them."""
    return _hash("account", name)


def event_discriminator(name: str) -> bytes:
    """The bytes in front of the fields of an event, if the IDL does not have them."""
    return _hash("event", name)


def _hash(space: str, name: str) -> bytes:
    return sha256(f"{space}:{name}".encode()).digest()[:8]


FRAMEWORK_ERRORS: Mapping[int, ErrorType] = MappingProxyType(
    errors(
        """
        InstructionMissing InstructionFallbackNotFound InstructionDidNotDeserialize
        InstructionDidNotSerialize
        """,
        100,
    )
    | errors("IdlInstructionStub IdlInstructionInvalidProgram IdlAccountNotEmpty", 1000)
    | errors("EventInstructionStub", 1500)
    | errors(
        """
        ConstraintMut ConstraintHasOne ConstraintSigner ConstraintRaw ConstraintOwner ConstraintRentExempt
        ConstraintSeeds ConstraintExecutable ConstraintState ConstraintAssociated ConstraintAssociatedInit
        ConstraintClose ConstraintAddress ConstraintZero ConstraintTokenMint ConstraintTokenOwner
        ConstraintMintMintAuthority ConstraintMintFreezeAuthority ConstraintMintDecimals ConstraintSpace
        ConstraintAccountIsNone ConstraintTokenTokenProgram ConstraintMintTokenProgram
        ConstraintAssociatedTokenTokenProgram ConstraintMintGroupPointerExtension
        ConstraintMintGroupPointerExtensionAuthority ConstraintMintGroupPointerExtensionGroupAddress
        ConstraintMintGroupMemberPointerExtension ConstraintMintGroupMemberPointerExtensionAuthority
        ConstraintMintGroupMemberPointerExtensionMemberAddress ConstraintMintMetadataPointerExtension
        ConstraintMintMetadataPointerExtensionAuthority
        ConstraintMintMetadataPointerExtensionMetadataAddress ConstraintMintCloseAuthorityExtension
        ConstraintMintCloseAuthorityExtensionAuthority ConstraintMintPermanentDelegateExtension
        ConstraintMintPermanentDelegateExtensionDelegate ConstraintMintTransferHookExtension
        ConstraintMintTransferHookExtensionAuthority ConstraintMintTransferHookExtensionProgramId
        """,
        2000,
    )
    | errors(
        """
        RequireViolated RequireEqViolated RequireKeysEqViolated RequireNeqViolated RequireKeysNeqViolated
        RequireGtViolated RequireGteViolated
        """,
        2500,
    )
    | errors(
        """
        AccountDiscriminatorAlreadySet AccountDiscriminatorNotFound AccountDiscriminatorMismatch
        AccountDidNotDeserialize AccountDidNotSerialize AccountNotEnoughKeys AccountNotMutable
        AccountOwnedByWrongProgram InvalidProgramId InvalidProgramExecutable AccountNotSigner
        AccountNotSystemOwned AccountNotInitialized AccountNotProgramData AccountNotAssociatedTokenAccount
        AccountSysvarMismatch AccountReallocExceedsLimit AccountDuplicateReallocs
        """,
        3000,
    )
    | errors("DeclaredProgramIdMismatch TryingToInitPayerAsProgramAccount InvalidNumericConversion", 4100)
    | errors("Deprecated", 5000)
)
"""The errors of the framework, by number. A program's own errors start at 6000."""
