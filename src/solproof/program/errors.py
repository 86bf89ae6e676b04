"""The reasons to refuse a program, in Agave's words.

Names and texts are those of `ElfError` and `ElfParserError` of solana-sbpf 0.21.0 (`elf.rs`,
`elf_parser/mod.rs`) and of `VerifierError` (`verifier.rs`). Each message consists of the name, Agave's text,
and in brackets the value found and the value expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from solproof.errors import ProgramError


class ErrorText(NamedTuple):
    """Agave's message, with holes for its values, and its meaning."""

    message: str
    meaning: str


# Only the errors that can happen. WrongClass and WrongEndianess cannot happen, because the parser refuses
# such a header first. SectionNotFound cannot happen after NotOneTextSection. Nothing in solana-sbpf 0.21.0
# raises FailedToGetSection, AddressOutsideLoadableSection or FailedToReadRelocationInfo, nor the verifier's
# InfiniteLoop, InvalidFunction, InvalidSyscall and ProgramTooLarge.
ELF_ERRORS: Mapping[str, ErrorText] = {
    "FailedToParse": ErrorText(
        "Failed to parse ELF file: {}",
        "A header, table, section, symbol or string breaks the format. The parser gives the reason.",
    ),
    "EntrypointOutOfBounds": ErrorText(
        "Entrypoint out of bounds",
        "The entry point lies outside the text.",
    ),
    "InvalidEntrypoint": ErrorText(
        "Invalid entrypoint",
        "The entry point is inside an instruction.",
    ),
    "RelativeJumpOutOfBounds": ErrorText(
        "Relative jump out of bounds at instruction #{}",
        "A call by distance goes outside the text.",
    ),
    "SymbolHashCollision": ErrorText(
        "Symbol hash collision {:#x}",
        "Two functions, or a function and a syscall, have the same hash.",
    ),
    "WrongAbi": ErrorText(
        "Incompatible ELF: wrong ABI",
        "The file is for an operating system. Programs have OS ABI 0.",
    ),
    "WrongMachine": ErrorText(
        "Incompatible ELF: wrong machine",
        "The file is for a processor other than BPF and SBPF.",
    ),
    "WrongType": ErrorText(
        "Incompatible ELF: wrong type",
        "The file is not a shared object.",
    ),
    "NotOneTextSection": ErrorText(
        "Multiple or no text sections, consider removing llc option: -function-sections",
        "The file has no section `.text`, or more than one.",
    ),
    "WritableSectionNotSupported": ErrorText(
        "Found writable section ({}) in ELF, read-write data not supported",
        "The file has a section of writable data, which programs cannot have.",
    ),
    "InvalidVirtualAddress": ErrorText(
        "Relocation failed, invalid referenced virtual address {:#x}",
        "A relocated lddw does not hold an address.",
    ),
    "UnknownRelocation": ErrorText(
        "Relocation failed, unknown type {}",
        "The type of a relocation is not 1, 8 or 10.",
    ),
    "UnknownSymbol": ErrorText(
        "Unknown symbol with index {}",
        "A relocation names a symbol that does not exist.",
    ),
    "UnresolvedSymbol": ErrorText(
        "Unresolved symbol ({}) at instruction #{} (ELF file offset {:#x})",
        "At deployment: a call names a syscall that does not exist.",
    ),
    "ValueOutOfBounds": ErrorText(
        "Offset or value is out of bounds",
        "An offset or a sum is outside the file or the address space.",
    ),
    "UnsupportedSBPFVersion": ErrorText(
        "Detected sbpf_version required by the executable which are not enabled",
        "The version in `e_flags` does not exist, or the cluster's features do not have it.",
    ),
    "InvalidProgramHeader": ErrorText(
        "Invalid ELF program header",
        "From V3 on: a program header does not have the strict layout.",
    ),
}

VERIFIER_ERRORS: Mapping[str, ErrorText] = {
    "ProgramLengthNotMultiple": ErrorText(
        "program length must be a multiple of 8 octets",
        "The text ends with an incomplete instruction.",
    ),
    "NoProgram": ErrorText(
        "no program set, call prog_set() to load one",
        "The text is empty.",
    ),
    "DivisionByZero": ErrorText(
        "division by 0 (insn #{pc})",
        "A division or remainder has an immediate of 0.",
    ),
    "UnsupportedLEBEArgument": ErrorText(
        "unsupported argument for LE/BE (insn #{pc})",
        "The width of a byte swap is not 16, 32 or 64.",
    ),
    "LDDWCannotBeLast": ErrorText(
        "LD_DW instruction cannot be last in program",
        "The second slot of an lddw is missing.",
    ),
    "IncompleteLDDW": ErrorText(
        "incomplete LD_DW instruction (insn #{pc})",
        "The slot after an lddw has an opcode.",
    ),
    "JumpOutOfCode": ErrorText(
        "jump out of code to #{} (insn #{pc})",
        "A jump goes outside the text.",
    ),
    "JumpToMiddleOfLDDW": ErrorText(
        "jump to middle of LD_DW at #{} (insn #{pc})",
        "A jump goes to the second slot of an lddw.",
    ),
    "InvalidSourceRegister": ErrorText(
        "invalid source register (insn #{pc})",
        "The source register is above r10.",
    ),
    "CannotWriteR10": ErrorText(
        "cannot write into register r10 (insn #{pc})",
        "An instruction writes the frame pointer.",
    ),
    "InvalidDestinationRegister": ErrorText(
        "invalid destination register (insn #{pc})",
        "The destination register is above r10.",
    ),
    "UnknownOpCode": ErrorText(
        "unknown eBPF opcode {:#x} (insn #{pc})",
        "The program's version has no such opcode.",
    ),
    # Agave's own text swaps the two numbers. The first is the shift and the second is the width.
    "ShiftWithOverflow": ErrorText(
        "Shift with overflow of {}-bit value by {} (insn #{pc})",
        "The immediate of a shift is not below the width.",
    ),
    "InvalidRegister": ErrorText(
        "Invalid register specified at instruction {pc}",
        "A callx names a register other than r0 to r9.",
    ),
    "UnalignedImmediate": ErrorText(
        "Unaligned immediate (insn #{pc})",
        "In V1 and V2: an instruction moves r10 by a number that is not a multiple of 64.",
    ),
}


class _AgaveError(ProgramError):
    """An error of Agave: `name` is its variant, `text` its message, and `detail` our explanation.

    The detail has the place, the value found and the value expected. `kind` says what a file is that is no
    program at all.
    """

    def __init__(self, name: str, text: str, detail: str, kind: str | None = None) -> None:
        super().__init__(name, text, detail, kind)
        self.name = name
        self.text = text
        self.detail = detail
        self.kind = kind

    def __str__(self) -> str:
        message = f"{type(self).__name__}::{self.name}: {self.text} ({self.detail})"
        return message if self.kind is None else f"{self.kind}; {message}"


class ElfError(_AgaveError):
    """The ELF file cannot be loaded."""


class VerifierError(_AgaveError):
    """The file loads, but its text breaks a rule of the verifier. `pc` in the text counts slots from 0."""


def elf_error(name: str, *arguments: object, detail: str) -> ElfError:
    """An `ElfError` with Agave's text for `name`, with `arguments` filled in."""
    return ElfError(name, ELF_ERRORS[name].message.format(*arguments), detail)


def parse_error(reason: str, detail: str) -> ElfError:
    """A `FailedToParse` error with one of the parser's reasons."""
    return elf_error("FailedToParse", reason, detail=detail)


def out_of_bounds(detail: str) -> ElfError:
    """A `ValueOutOfBounds` error.

    Agave raises it for any offset or sum outside the file or the address space.
    """
    return elf_error("ValueOutOfBounds", detail=detail)


def verifier_error(name: str, *arguments: object, pc: int = 0, detail: str) -> VerifierError:
    """A `VerifierError` with Agave's text for `name`, with `arguments` filled in."""
    return VerifierError(name, VERIFIER_ERRORS[name].message.format(*arguments, pc=pc), detail)
