"""Loader v3: what a program must fulfil to be deployed, upgraded or extended.

Source: `deploy_program` of solana-program-runtime 4.1.2 (deploy.rs).
"""

from __future__ import annotations

from solproof.errors import ProgramError
from solproof.program.bytecode_verifier import load_program
from solproof.program.errors import ElfError, VerifierError
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.runtime.builtins.loader_v3.account_state import refusal
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import InstructionFailure
from solproof.runtime.syscalls import registry

NEVER_DEPLOYED = SYSCALL_HASHES["sol_alloc_free_"]
OLDEST_ALLOWED = 3  # sBPF version, where disable_sbpf_v0_v1_v2_deployment is active


def old_versions_disabled(instruction: InstructionContext) -> bool:
    """Whether programs of sBPF V0 to V2 may not be deployed any more."""
    return "disable_sbpf_v0_v1_v2_deployment" in instruction.environment.features


def verify_deployment(
    instruction: InstructionContext, program_id: bytes, file: bytes, *, only_new_versions: bool
) -> None:
    """Check an ELF file, and note that the program cannot run in the rest of the transaction.

    file: may end with zeros.
    only_new_versions: refuse sBPF V0 to V2.
    Raises `InstructionFailure` after logging what is wrong with the file.
    """
    features = instruction.environment.features
    versions = features.sbpf_versions
    if only_new_versions:
        versions = range(max(OLDEST_ALLOWED, versions.start), versions.stop)
    try:
        load_program(file, None, versions, registry(features).keys() - {NEVER_DEPLOYED})
    except ProgramError as error:
        raise _refused(instruction, error) from None
    instruction.transaction.executables.modify(program_id)


def _refused(instruction: InstructionContext, error: ProgramError) -> InstructionFailure:
    assert isinstance(error, ElfError | VerifierError), "no account is too large for a program"
    prefix = "Verifier error: " if isinstance(error, VerifierError) else ""
    return refusal(instruction, prefix + error.text, "InvalidAccountData")
