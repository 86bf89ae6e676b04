"""Why a program is refused, in Agave's words.

Names and texts: `ElfError` and `ElfParserError` of solana-sbpf 0.21.0 (`elf.rs`, `elf_parser/mod.rs`), and
`VerifierError` of its `verifier.rs`. Each message is the name, Agave's text, and in brackets what was found
and what was expected.
"""

from __future__ import annotations

from solproof.errors import ProgramError

# Only what can happen at execution. WrongClass and WrongEndianess cannot: the parser refuses such a header
# before. UnresolvedSymbol belongs to deployment, which rejects files that the runtime still loads.
# SectionNotFound is left nothing by NotOneTextSection. Nothing in solana-sbpf 0.21.0 answers
# FailedToGetSection, AddressOutsideLoadableSection or FailedToReadRelocationInfo, nor the verifier's
# InfiniteLoop, InvalidFunction, InvalidSyscall and ProgramTooLarge.
_ELF_TEXTS = {
    "FailedToParse": "Failed to parse ELF file: {}",
    "EntrypointOutOfBounds": "Entrypoint out of bounds",
    "InvalidEntrypoint": "Invalid entrypoint",
    "RelativeJumpOutOfBounds": "Relative jump out of bounds at instruction #{}",
    "SymbolHashCollision": "Symbol hash collision {:#x}",
    "WrongAbi": "Incompatible ELF: wrong ABI",
    "WrongMachine": "Incompatible ELF: wrong machine",
    "WrongType": "Incompatible ELF: wrong type",
    "NotOneTextSection": "Multiple or no text sections, consider removing llc option: -function-sections",
    "WritableSectionNotSupported": "Found writable section ({}) in ELF, read-write data not supported",
    "InvalidVirtualAddress": "Relocation failed, invalid referenced virtual address {:#x}",
    "UnknownRelocation": "Relocation failed, unknown type {}",
    "UnknownSymbol": "Unknown symbol with index {}",
    "ValueOutOfBounds": "Offset or value is out of bounds",
    "UnsupportedSBPFVersion": "Detected sbpf_version required by the executable which are not enabled",
    "InvalidProgramHeader": "Invalid ELF program header",
}

_VERIFIER_TEXTS = {
    "ProgramLengthNotMultiple": "program length must be a multiple of 8 octets",
    "NoProgram": "no program set, call prog_set() to load one",
    "DivisionByZero": "division by 0 (insn #{pc})",
    "UnsupportedLEBEArgument": "unsupported argument for LE/BE (insn #{pc})",
    "LDDWCannotBeLast": "LD_DW instruction cannot be last in program",
    "IncompleteLDDW": "incomplete LD_DW instruction (insn #{pc})",
    "JumpOutOfCode": "jump out of code to #{} (insn #{pc})",
    "JumpToMiddleOfLDDW": "jump to middle of LD_DW at #{} (insn #{pc})",
    "InvalidSourceRegister": "invalid source register (insn #{pc})",
    "CannotWriteR10": "cannot write into register r10 (insn #{pc})",
    "InvalidDestinationRegister": "invalid destination register (insn #{pc})",
    "UnknownOpCode": "unknown eBPF opcode {:#x} (insn #{pc})",
    # Agave's own text swaps the two numbers: the first is the shift, the second the width.
    "ShiftWithOverflow": "Shift with overflow of {}-bit value by {} (insn #{pc})",
    "InvalidRegister": "Invalid register specified at instruction {pc}",
    "UnalignedImmediate": "Unaligned immediate (insn #{pc})",
}


class _AgaveError(ProgramError):
    """`name` is Agave's variant, `text` its message, `detail` what was found, where, and what to expect."""

    def __init__(self, name: str, text: str, detail: str) -> None:
        super().__init__(name, text, detail)
        self.name = name
        self.text = text
        self.detail = detail

    def __str__(self) -> str:
        return f"{type(self).__name__}::{self.name}: {self.text} ({self.detail})"


class ElfError(_AgaveError):
    """The ELF file cannot be loaded."""


class VerifierError(_AgaveError):
    """The file loads, but its text breaks a rule of the verifier. `pc` in the text counts slots from 0."""


def elf_error(name: str, *arguments: object, detail: str) -> ElfError:
    """An `ElfError` with Agave's text for `name`, its arguments filled in."""
    return ElfError(name, _ELF_TEXTS[name].format(*arguments), detail)


def parse_error(reason: str, detail: str) -> ElfError:
    """A `FailedToParse` with one of the parser's reasons."""
    return elf_error("FailedToParse", reason, detail=detail)


def out_of_bounds(detail: str) -> ElfError:
    """A `ValueOutOfBounds`: Agave's answer to any offset or sum outside the file or the address space."""
    return elf_error("ValueOutOfBounds", detail=detail)


def verifier_error(name: str, *arguments: object, pc: int = 0, detail: str) -> VerifierError:
    """A `VerifierError` with Agave's text for `name`, its arguments filled in."""
    return VerifierError(name, _VERIFIER_TEXTS[name].format(*arguments, pc=pc), detail)
