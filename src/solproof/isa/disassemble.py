"""Instructions as text, in the syntax of the solana-sbpf 0.21.0 assembler and disassembler."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from solproof.isa.instruction import Instruction, decode_program, wide_immediate
from solproof.isa.integers import MASK32
from solproof.isa.opcodes import CALLED_REGISTER_FIELDS, Action, Form, Format, Opcode, opcode

_SIZES = {1: "b", 2: "h", 4: "w", 8: "dw"}


@dataclass(frozen=True, slots=True)
class Names:
    """The names of targets: `labels` by pc, `functions` from call key to pc, `syscalls` from hash to name."""

    labels: Mapping[int, str] = field(default_factory=dict)
    functions: Mapping[int, int] = field(default_factory=dict)
    syscalls: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, functions: Mapping[int, int], entry: int, syscalls: Mapping[int, str]) -> Names:
        """Names for functions: `function_N` with the pc, and `entrypoint` for the function at `entry`."""
        labels = {pc: f"function_{pc}" for pc in functions.values()} | {entry: "entrypoint"}
        return cls(labels, functions, syscalls)

    def jump_target(self, pc: int) -> str:
        """The label of a pc, which is `lbb_N` if no function starts there."""
        return self.labels.get(pc, f"lbb_{pc}")

    def function(self, pc: int) -> str:
        """The label of a function's first pc."""
        return self.labels.get(pc, f"function_{pc}")


def assembly_name(row: Opcode) -> str:
    """The assembler's name of an opcode: `add64` for ADD64_IMM, `ldxw` for LD_W_REG, `jeq` for JEQ64_REG."""
    name = row.name.lower()
    match row.action:
        case Action.LOAD_IMMEDIATE:
            return "lddw"
        case Action.LOAD | Action.STORE:
            return name + "x" * (row.form is Form.REGISTER) + _SIZES[row.size]
        case Action.JUMP:
            return f"{name}32" if row.width == 32 else name
        case Action.CALL_REGISTER:
            return "callx"
    return row.stem.lower()


def disassemble_instruction(
    instruction: Instruction,
    pc: int,
    version: int,
    *,
    second: Instruction | None = None,
    names: Names | None = None,
) -> str:
    """One instruction as text. `second` is the slot after an `lddw`.

    The text is `unknown opcode=0x..` if the version does not have the opcode.
    """
    row = opcode(instruction.code, version)
    if row is None:
        return f"unknown opcode={instruction.code:#x}"
    names = names or Names()
    name, immediate = assembly_name(row), instruction.immediate
    destination, source = f"r{instruction.destination}", f"r{instruction.source}"
    offset, target = _signed(instruction.offset), names.jump_target(pc + 1 + instruction.offset)
    match row.format:
        case Format.REGISTER:
            return f"{name} {destination}"
        case Format.REGISTER_IMMEDIATE:
            return f"{name} {destination}, {immediate}"
        case Format.REGISTER_REGISTER:
            return f"{name} {destination}, {source}"
        case Format.ENDIAN:
            return f"{name}{immediate} {destination}"
        case Format.LOAD_DOUBLE_IMMEDIATE:
            return f"{name} {destination}, {wide_immediate(instruction, second or Instruction(0)):#x}"
        case Format.LOAD:
            return f"{name} {destination}, [{source}{offset}]"
        case Format.STORE_IMMEDIATE:
            return f"{name} [{destination}{offset}], {immediate}"
        case Format.STORE_REGISTER:
            return f"{name} [{destination}{offset}], {source}"
        case Format.JUMP:
            return f"{name} {target}"
        case Format.JUMP_IMMEDIATE:
            return f"{name} {destination}, {immediate}, {target}"
        case Format.JUMP_REGISTER:
            return f"{name} {destination}, {source}, {target}"
        case Format.CALL_IMMEDIATE:
            return _call(instruction, pc, version, names)
        case Format.CALL_REGISTER:
            return f"{name} r{callx_register(instruction, version)}"
        case Format.EXIT:
            return name


def disassemble(text: bytes, version: int, names: Names | None = None) -> Iterator[tuple[int, str]]:
    """Every instruction of a text as (pc, text), in order. The second slots of `lddw` are skipped.

    Raises `ProgramError` if the length is not a multiple of 8.
    """
    slots = decode_program(text)
    pc = 0
    while pc < len(slots):
        row = opcode(slots[pc].code, version)
        wide = row is not None and row.format is Format.LOAD_DOUBLE_IMMEDIATE and pc + 1 < len(slots)
        second = slots[pc + 1] if wide else None
        yield pc, disassemble_instruction(slots[pc], pc, version, second=second, names=names)
        pc += 2 if wide else 1


def callx_register(instruction: Instruction, version: int) -> int:
    """The number of the register that holds the target of `callx`: of an immediate, the low 8 bits."""
    number: int = getattr(instruction, CALLED_REGISTER_FIELDS[version])
    return number & 0xFF


def _call(instruction: Instruction, pc: int, version: int, names: Names) -> str:
    """V0 to V2 look the immediate up among functions, then syscalls. From V3 on, the source field decides."""
    immediate = instruction.immediate
    key = immediate & MASK32
    syscall = f"syscall {names.syscalls.get(key, immediate)}"
    if version >= 3:
        if instruction.source == 0:
            return syscall
        key = (pc + 1 + immediate) & MASK32
        return (
            f"call {names.function(names.functions[key])}" if key in names.functions else f"call {immediate}"
        )
    return f"call {names.function(names.functions[key])}" if key in names.functions else syscall


def _signed(offset: int) -> str:
    return f"-{-offset:#x}" if offset < 0 else f"+{offset:#x}"
