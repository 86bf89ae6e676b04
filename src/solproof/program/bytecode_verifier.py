"""The bytecode verifier: one pass over the text that refuses instructions that the machine cannot execute.

It checks encodings, not behaviour. It does not check reachability, termination or call targets. For each
instruction, it first checks the rule of the opcode and then the registers. Source: `RequisiteVerifier` of
solana-sbpf 0.21.0 (`verifier.rs`).
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import cache

from solproof.isa.disassemble import callx_register, disassemble_instruction
from solproof.isa.instruction import SLOT, SLOT_BYTES, Instruction
from solproof.isa.opcodes import OPCODES, Action, Form, Format, Opcode
from solproof.program.elf import MAINNET_VERSIONS, load
from solproof.program.elf_records import MAGIC
from solproof.program.errors import ElfError, VerifierError, verifier_error
from solproof.program.program import Program
from solproof.program.raw import RawFormat, load_raw

Slot = tuple[int, int, int, int]  # code, registers (source in the high 4 bits), offset, immediate
Rule = Callable[["_Text", int, Slot], None]

RAW_HINT = "for raw bytecode, give its version: --raw --sbpf-version N, or a RawFormat in Python"

_FRAME_POINTER = 10
_MASK64 = (1 << 64) - 1


def load_program(
    content: bytes,
    program_format: RawFormat | None = None,
    elf_versions: range = MAINNET_VERSIONS,
    deployment: Container[int] | None = None,
) -> Program:
    """Load and verify an ELF file or, if there is a `program_format`, raw bytecode.

    elf_versions: the sBPF versions that an ELF file may have.
    deployment: as in `solproof.program.elf.load`, for an ELF file that is deployed now.
    Raises `ElfError` or `VerifierError`, and `ProgramError` for a file that is too large for an account.
    """
    if program_format is None:
        program = _load_elf(content, elf_versions, deployment)
    else:
        program = load_raw(content, program_format.version, program_format.entry)
    verify(program)
    return program


def _load_elf(content: bytes, versions: range, deployment: Container[int] | None) -> Program:
    try:
        return load(content, versions.stop - 1, versions.start, deployment)
    except ElfError as error:
        if content.startswith(MAGIC) or not content or len(content) % SLOT_BYTES:
            raise
        raise ElfError(error.name, error.text, f"{error.detail}; {RAW_HINT}") from None


def verify(program: Program) -> None:
    """Check a program's text. Raises `VerifierError` for the first slot that breaks a rule."""
    if len(program.text) % SLOT_BYTES:
        raise verifier_error("ProgramLengthNotMultiple", detail=f"the text has {len(program.text)} bytes")
    if not program.text:
        raise verifier_error("NoProgram", detail="the text is empty")
    text = _Text(list(SLOT.iter_unpack(program.text)), program.version)
    rules = _rules(program.version)
    pc = 0
    while pc < len(text.slots):
        slot = text.slots[pc]
        code, registers, _, _ = slot
        if code not in rules:
            raise text.error(
                "UnknownOpCode", code, pc=pc, detail=f"expected an opcode of sBPF V{program.version}"
            )
        row, rule = rules[code]
        if rule is not None:
            rule(text, pc, slot)
        first = pc
        if row.format is Format.LOAD_DOUBLE_IMMEDIATE:
            # Agave counts the second slot before it checks the registers, so their errors name that slot.
            pc += 1
        source, destination = registers >> 4, registers & 0xF
        if source > _FRAME_POINTER or destination >= _FRAME_POINTER:
            _check_registers(text, first, pc, row)
        pc += 1


@dataclass(frozen=True, slots=True)
class _Text:
    slots: list[Slot]
    version: int

    def error(
        self, name: str, *arguments: object, pc: int, detail: str, shown: int | None = None
    ) -> VerifierError:
        """An error that shows the instruction at `pc`, or at `shown` if Agave names another slot."""
        at = pc if shown is None else shown
        second = _instruction(self.slots[at + 1]) if at + 1 < len(self.slots) else None
        line = disassemble_instruction(_instruction(self.slots[at]), at, self.version, second=second)
        return verifier_error(name, *arguments, pc=pc, detail=f"`{line}`: {detail}")


def _check_wide(text: _Text, pc: int, slot: Slot) -> None:
    if pc + 1 >= len(text.slots):
        raise text.error("LDDWCannotBeLast", pc=pc, detail=f"slot {pc} is the last, expected a second slot")
    second = text.slots[pc + 1][0]
    if second != 0:
        raise text.error("IncompleteLDDW", pc=pc, detail=f"the next slot has opcode {second:#x}, expected 0")


def _check_divisor(text: _Text, pc: int, slot: Slot) -> None:
    if slot[3] == 0:
        raise text.error("DivisionByZero", pc=pc, detail="expected an immediate other than 0")


def _check_shift(bits: int) -> Rule:
    def check(text: _Text, pc: int, slot: Slot) -> None:
        if not 0 <= slot[3] < bits:
            detail = f"expected a shift of 0 to {bits - 1}"
            raise text.error("ShiftWithOverflow", slot[3] & _MASK64, bits, pc=pc, detail=detail)

    return check


def _check_byte_order(text: _Text, pc: int, slot: Slot) -> None:
    if slot[3] not in (16, 32, 64):
        raise text.error("UnsupportedLEBEArgument", pc=pc, detail="expected an immediate of 16, 32 or 64")


def _check_jump(text: _Text, pc: int, slot: Slot) -> None:
    target = pc + 1 + slot[2]
    if not 0 <= target < len(text.slots):
        detail = f"the target is slot {target}, expected 0 to {len(text.slots) - 1}"
        raise text.error("JumpOutOfCode", target & _MASK64, pc=pc, detail=detail)
    if text.slots[target][0] == 0:
        raise text.error("JumpToMiddleOfLDDW", target, pc=pc, detail="the target slot has opcode 0")


def _check_register_call(text: _Text, pc: int, slot: Slot) -> None:
    immediate = slot[3]
    # Agave checks the whole immediate, although V0 and V1 use only its low 8 bits.
    register = immediate if text.version <= 1 else callx_register(_instruction(slot), text.version)
    if not 0 <= register < _FRAME_POINTER:
        raise text.error("InvalidRegister", pc=pc, detail=f"callx names register {register}, expected 0 to 9")


def _check_frame_bump(text: _Text, pc: int, slot: Slot) -> None:
    """Programs of V1 and V2 move r10 themselves, by multiples of 64 (SIMD-0166)."""
    if slot[1] & 0xF == _FRAME_POINTER and slot[3] % 64:
        raise text.error("UnalignedImmediate", pc=pc, detail="expected a multiple of 64")


def _check_registers(text: _Text, shown: int, pc: int, row: Opcode) -> None:
    instruction = _instruction(text.slots[shown])
    if instruction.source > _FRAME_POINTER:
        detail = f"register {instruction.source}, expected 0 to 10"
        raise text.error("InvalidSourceRegister", pc=pc, detail=detail, shown=shown)
    if instruction.destination > _FRAME_POINTER:
        detail = f"register {instruction.destination}, expected 0 to 10"
        raise text.error("InvalidDestinationRegister", pc=pc, detail=detail, shown=shown)
    may_name_r10 = row.action is Action.STORE or text.version in row.moves_frame_in
    if instruction.destination == _FRAME_POINTER and not may_name_r10:
        detail = "expected a destination of r0 to r9"
        raise text.error("CannotWriteR10", pc=pc, detail=detail, shown=shown)


def _instruction(slot: Slot) -> Instruction:
    code, registers, offset, immediate = slot
    return Instruction(code, registers & 0xF, registers >> 4, offset, immediate)


@cache
def _rules(version: int) -> dict[int, tuple[Opcode, Rule | None]]:
    """The opcodes of a version, each with the rule for its operands."""
    return {row.code: (row, _rule(row, version)) for row in OPCODES if version in row.versions}


def _rule(row: Opcode, version: int) -> Rule | None:
    match row.action:
        case Action.LOAD_IMMEDIATE:
            return _check_wide
        case Action.JUMP:
            return _check_jump
        case Action.CALL_REGISTER:
            return _check_register_call
        case Action.COMPUTE if row.format is Format.ENDIAN:
            return _check_byte_order
        case Action.COMPUTE if row.form is Form.IMMEDIATE and row.is_division:
            return _check_divisor
        case Action.COMPUTE if row.form is Form.IMMEDIATE and row.is_shift:
            return _check_shift(row.width)
        case Action.COMPUTE if version in row.moves_frame_in:
            return _check_frame_bump
    return None
