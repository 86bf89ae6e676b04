"""Loaders v1 and v2: their programs still run, but their instructions do nothing any more.

Source: `process_instruction_inner` of solana-bpf-loader-program 4.1.2 (lib.rs).
"""

from __future__ import annotations

from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure


def run_v1(instruction: InstructionContext) -> None:
    """Refuse an instruction. Raises `InstructionFailure`."""
    instruction.log("Deprecated loader is no longer supported")
    raise failure("UnsupportedProgramId")


def run_v2(instruction: InstructionContext) -> None:
    """Refuse an instruction. Raises `InstructionFailure`."""
    instruction.log("BPF loader management instructions are no longer supported")
    raise failure("UnsupportedProgramId")
