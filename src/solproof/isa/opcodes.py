"""The opcode table: all 150 mnemonics of sBPF V0 to V4, with the facts of each as data.

One row per code and mnemonic. A code can mean different things in different versions (0x27 multiplies, but
stores a byte in V2), so a lookup always needs the version of the program. If a
mnemonic changes with the version, its row has an entry for each version. No other module takes facts from the
text of a mnemonic.

Source: solana-sbpf 0.21.0, `ebpf.rs` for codes, `verifier.rs` for the versions that accept them, and
`interpreter.rs` for what they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TypeVar

T = TypeVar("T")


class Action(Enum):
    """What the machine does with an instruction."""

    COMPUTE = "compute a new destination"
    LOAD_IMMEDIATE = "set the destination to the immediate of two slots"
    LOAD = "load from memory"
    STORE = "store to memory"
    JUMP = "jump, always or on a condition"
    CALL = "call a function or a syscall"
    CALL_REGISTER = "call the address in a register"
    EXIT = "return, or end the program"


class Form(Enum):
    """Whether the last operand is an immediate or a register. The value is the end of the mnemonic."""

    IMMEDIATE = "_IMM"
    REGISTER = "_REG"
    NONE = ""


class Immediate(Enum):
    """How the immediate becomes operand b, a number in [0, 2^64).

    V2 zero-extends it for unsigned operations on 64 bits (SIMD-0174), and shifts it for HOR64 (SIMD-0173).
    """

    UNUSED = "it is no operand: b is 0"
    SIGN_EXTENDED = "sign-extended to 64 bits"
    ZERO_EXTENDED = "zero-extended to 64 bits"
    SHIFTED = "in the upper 32 bits of 64"
    WIDE = "the 64 bits of two slots"


_NEITHER, _DESTINATION, _SOURCE = frozenset[str](), frozenset({"destination"}), frozenset({"source"})
_BOTH = _DESTINATION | _SOURCE


class Format(Enum):
    """Operand shape: which fields of the 8-byte slot an opcode uses, and for what.

    operands: the shape in words. reads: the fields that name registers whose values are used. A move does not
    read its destination, and the field that `CALL_REGISTER` reads depends on the version.
    """

    REGISTER = "destination", Action.COMPUTE, Form.NONE, _DESTINATION
    REGISTER_IMMEDIATE = "destination, immediate", Action.COMPUTE, Form.IMMEDIATE, _DESTINATION
    REGISTER_REGISTER = "destination, source", Action.COMPUTE, Form.REGISTER, _BOTH
    ENDIAN = "destination, width in bits in the immediate", Action.COMPUTE, Form.NONE, _DESTINATION
    LOAD_DOUBLE_IMMEDIATE = (
        *("destination, 64-bit immediate over two slots", Action.LOAD_IMMEDIATE),
        *(Form.IMMEDIATE, _NEITHER),
    )
    LOAD = "destination, [source + offset]", Action.LOAD, Form.REGISTER, _SOURCE
    STORE_IMMEDIATE = "[destination + offset], immediate", Action.STORE, Form.IMMEDIATE, _DESTINATION
    STORE_REGISTER = "[destination + offset], source", Action.STORE, Form.REGISTER, _BOTH
    JUMP = "offset", Action.JUMP, Form.NONE, _NEITHER
    JUMP_IMMEDIATE = "destination, immediate, offset", Action.JUMP, Form.IMMEDIATE, _DESTINATION
    JUMP_REGISTER = "destination, source, offset", Action.JUMP, Form.REGISTER, _BOTH
    CALL_IMMEDIATE = "key or relative target in the immediate", Action.CALL, Form.IMMEDIATE, _NEITHER
    CALL_REGISTER = (
        "register: number in the immediate (V0, V1), source (V2) or destination (V3, V4)",
        *(Action.CALL_REGISTER, Form.REGISTER, _NEITHER),
    )
    EXIT = "none", Action.EXIT, Form.NONE, _NEITHER

    def __init__(self, operands: str, action: Action, form: Form, reads: frozenset[str]) -> None:
        self.operands = operands
        self.action = action
        self.form = form
        self.reads = reads


VERSIONS = (0, 1, 2, 3, 4)
NEVER = frozenset[int]()
ALL_VERSIONS = frozenset(VERSIONS)
NOT_V2 = frozenset({0, 1, 3, 4})
ONLY_V2 = frozenset({2})
FROM_V3 = frozenset({3, 4})
DYNAMIC_FRAMES = frozenset({1, 2})
"""The versions in which a program moves its frame pointer r10 itself (SIMD-0166)."""

CALLED_REGISTER_FIELDS = ("immediate", "immediate", "source", "destination", "destination")
"""The field of `callx` that holds the number of its register, by version (SIMD-0173, SIMD-0377)."""


@dataclass(frozen=True, slots=True, eq=False)  # each row exists once, in the table
class Opcode:
    """One row of the table: an 8-bit code, its name, and its meaning.

    name: the mnemonic without width, size and form, such as `ADD`. stem: the mnemonic without its form, such
    as `ADD64`. versions: the sBPF versions in which the code means this.

    operations: by version, the key of its computation in `solproof.isa.semantics`. Empty for opcodes that
    compute nothing. Opcodes that compute the same from their operands have the same key. reads: by version,
    the fields that name the registers whose values it uses. A call also saves registers, and a syscall has
    arguments, but no field names these registers.

    width: how many low bits of its operands an operation or a condition uses, 32 or 64, otherwise 0.
    size: how many bytes a load or a store moves, otherwise 0. is_division: it faults if the divisor is 0, and
    a signed division also if the quotient overflows. is_shift: operand b is a number of bits.
    moves_frame_in: the versions in which its destination may be r10.
    """

    code: int
    name: str
    stem: str
    versions: frozenset[int]
    format: Format
    operations: tuple[str, ...] = ()
    reads: tuple[frozenset[str], ...] = (_NEITHER,) * len(VERSIONS)
    immediate: Immediate = Immediate.UNUSED
    width: int = 0
    size: int = 0
    is_division: bool = False
    is_shift: bool = False
    moves_frame_in: frozenset[int] = NEVER

    @property
    def mnemonic(self) -> str:
        """The full name, such as `ADD64_REG`."""
        return self.stem + self.form.value

    @property
    def action(self) -> Action:
        """What the machine does with the instruction."""
        return self.format.action

    @property
    def form(self) -> Form:
        """Whether its last operand is an immediate or a register."""
        return self.format.form

    @property
    def writes_destination(self) -> bool:
        """Whether it writes the register that the field `destination` names."""
        return self.action in (Action.COMPUTE, Action.LOAD_IMMEDIATE, Action.LOAD)

    def operand(self, immediate: int) -> int:
        """Operand b, in [0, 2^64), given the immediate. For WIDE, that is the immediate of both slots."""
        match self.immediate:
            case Immediate.UNUSED:
                return 0
            case Immediate.ZERO_EXTENDED:
                return immediate % 2**32
            case Immediate.SHIFTED:
                return (immediate << 32) % 2**64
        return immediate % 2**64


# HOW ROWS ARE MADE


def _every(value: T) -> tuple[T, ...]:
    """The same in every version."""
    return (value,) * len(VERSIONS)


def _format(action: Action, form: Form) -> Format:
    return next(each for each in Format if (each.action, each.form) == (action, form))


def _compute(
    code: int,
    name: str,
    width: int,
    form: Form,
    versions: frozenset[int],
    *,
    same_as: str | None = None,
    in_v2: str | None = None,
    immediate: Immediate = Immediate.SIGN_EXTENDED,
    reads_destination: bool = True,
    is_division: bool = False,
    is_shift: bool = False,
    moves_frame_in: frozenset[int] = NEVER,
) -> Opcode:
    """A computation. Its key is its stem, unless `same_as` is the key of an equal computation.

    V2 uses the key `in_v2` instead, if there is one. V2 zero-extends 32-bit sums and differences,
    sign-extends a 32-bit move of a register, and subtracts the destination from an immediate (SIMD-0174).
    """
    stem, format = f"{name}{width}", _format(Action.COMPUTE, form)
    operation = same_as or stem
    return Opcode(
        *(code, name, stem, versions, format),
        operations=tuple((in_v2 or operation) if version == 2 else operation for version in VERSIONS),
        reads=_every(format.reads if reads_destination else format.reads - _DESTINATION),
        immediate=immediate if form is Form.IMMEDIATE else Immediate.UNUSED,
        width=width,
        is_division=is_division,
        is_shift=is_shift,
        moves_frame_in=moves_frame_in,
    )


_move = partial(_compute, reads_destination=False)
_divide = partial(_compute, is_division=True)
_shift = partial(_compute, is_shift=True)


def _byte_order(code: int, name: str, versions: frozenset[int]) -> Opcode:
    """LE or BE: operand b is the width in bits."""
    format, immediate = Format.ENDIAN, Immediate.SIGN_EXTENDED
    operations, reads = _every(name), _every(format.reads)
    return Opcode(code, name, name, versions, format, operations, reads, immediate)


def _load(code: int, stem: str, size: int, versions: frozenset[int]) -> Opcode:
    return Opcode(code, "LD", stem, versions, Format.LOAD, reads=_every(Format.LOAD.reads), size=size)


def _store(code: int, stem: str, size: int, form: Form, versions: frozenset[int]) -> Opcode:
    format = _format(Action.STORE, form)
    immediate = Immediate.SIGN_EXTENDED if form is Form.IMMEDIATE else Immediate.UNUSED
    return Opcode(code, "ST", stem, versions, format, (), _every(format.reads), immediate, size=size)


def _jump_if(code: int, name: str, width: int, form: Form, versions: frozenset[int]) -> Opcode:
    stem, format = f"{name}{width}", _format(Action.JUMP, form)
    immediate = Immediate.SIGN_EXTENDED if form is Form.IMMEDIATE else Immediate.UNUSED
    return Opcode(code, name, stem, versions, format, _every(stem), _every(format.reads), immediate, width)


def _call_register(code: int, name: str, versions: frozenset[int]) -> Opcode:
    reads = tuple(frozenset({field}) for field in CALLED_REGISTER_FIELDS)
    return Opcode(code, name, name, versions, Format.CALL_REGISTER, reads=reads)


# THE TABLE

OPCODES = (
    # every version
    _compute(0x04, "ADD", 32, Form.IMMEDIATE, ALL_VERSIONS, in_v2="ADD32_ZERO_EXTENDED"),
    Opcode(0x05, "JA", "JA", ALL_VERSIONS, Format.JUMP),
    _compute(0x07, "ADD", 64, Form.IMMEDIATE, ALL_VERSIONS, moves_frame_in=DYNAMIC_FRAMES),
    _compute(0x0C, "ADD", 32, Form.REGISTER, ALL_VERSIONS, in_v2="ADD32_ZERO_EXTENDED"),
    _compute(0x0F, "ADD", 64, Form.REGISTER, ALL_VERSIONS),
    _compute(0x14, "SUB", 32, Form.IMMEDIATE, ALL_VERSIONS, in_v2="REVERSE_SUB32"),
    _jump_if(0x15, "JEQ", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _compute(0x17, "SUB", 64, Form.IMMEDIATE, ALL_VERSIONS, in_v2="REVERSE_SUB64"),
    _compute(0x1C, "SUB", 32, Form.REGISTER, ALL_VERSIONS, in_v2="SUB32_ZERO_EXTENDED"),
    _jump_if(0x1D, "JEQ", 64, Form.REGISTER, ALL_VERSIONS),
    _compute(0x1F, "SUB", 64, Form.REGISTER, ALL_VERSIONS),
    _jump_if(0x25, "JGT", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _jump_if(0x2D, "JGT", 64, Form.REGISTER, ALL_VERSIONS),
    _jump_if(0x35, "JGE", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _jump_if(0x3D, "JGE", 64, Form.REGISTER, ALL_VERSIONS),
    _compute(0x44, "OR", 32, Form.IMMEDIATE, ALL_VERSIONS),
    _jump_if(0x45, "JSET", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _compute(0x47, "OR", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _compute(0x4C, "OR", 32, Form.REGISTER, ALL_VERSIONS),
    _jump_if(0x4D, "JSET", 64, Form.REGISTER, ALL_VERSIONS),
    _compute(0x4F, "OR", 64, Form.REGISTER, ALL_VERSIONS),
    _compute(0x54, "AND", 32, Form.IMMEDIATE, ALL_VERSIONS),
    _jump_if(0x55, "JNE", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _compute(0x57, "AND", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _compute(0x5C, "AND", 32, Form.REGISTER, ALL_VERSIONS),
    _jump_if(0x5D, "JNE", 64, Form.REGISTER, ALL_VERSIONS),
    _compute(0x5F, "AND", 64, Form.REGISTER, ALL_VERSIONS),
    _shift(0x64, "LSH", 32, Form.IMMEDIATE, ALL_VERSIONS),
    _jump_if(0x65, "JSGT", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _shift(0x67, "LSH", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _shift(0x6C, "LSH", 32, Form.REGISTER, ALL_VERSIONS),
    _jump_if(0x6D, "JSGT", 64, Form.REGISTER, ALL_VERSIONS),
    _shift(0x6F, "LSH", 64, Form.REGISTER, ALL_VERSIONS),
    _shift(0x74, "RSH", 32, Form.IMMEDIATE, ALL_VERSIONS),
    _jump_if(0x75, "JSGE", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _shift(0x77, "RSH", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _shift(0x7C, "RSH", 32, Form.REGISTER, ALL_VERSIONS),
    _jump_if(0x7D, "JSGE", 64, Form.REGISTER, ALL_VERSIONS),
    _shift(0x7F, "RSH", 64, Form.REGISTER, ALL_VERSIONS),
    Opcode(0x85, "CALL", "CALL", ALL_VERSIONS, Format.CALL_IMMEDIATE),
    _call_register(0x8D, "CALL", ALL_VERSIONS),
    Opcode(0x95, "EXIT", "EXIT", ALL_VERSIONS, Format.EXIT),
    _compute(0xA4, "XOR", 32, Form.IMMEDIATE, ALL_VERSIONS),
    _jump_if(0xA5, "JLT", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _compute(0xA7, "XOR", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _compute(0xAC, "XOR", 32, Form.REGISTER, ALL_VERSIONS),
    _jump_if(0xAD, "JLT", 64, Form.REGISTER, ALL_VERSIONS),
    _compute(0xAF, "XOR", 64, Form.REGISTER, ALL_VERSIONS),
    _move(0xB4, "MOV", 32, Form.IMMEDIATE, ALL_VERSIONS),
    _jump_if(0xB5, "JLE", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _move(0xB7, "MOV", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _move(0xBC, "MOV", 32, Form.REGISTER, ALL_VERSIONS, in_v2="MOV32_SIGN_EXTENDED"),
    _jump_if(0xBD, "JLE", 64, Form.REGISTER, ALL_VERSIONS),
    _move(0xBF, "MOV", 64, Form.REGISTER, ALL_VERSIONS),
    _shift(0xC4, "ARSH", 32, Form.IMMEDIATE, ALL_VERSIONS),
    _jump_if(0xC5, "JSLT", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _shift(0xC7, "ARSH", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _shift(0xCC, "ARSH", 32, Form.REGISTER, ALL_VERSIONS),
    _jump_if(0xCD, "JSLT", 64, Form.REGISTER, ALL_VERSIONS),
    _shift(0xCF, "ARSH", 64, Form.REGISTER, ALL_VERSIONS),
    _jump_if(0xD5, "JSLE", 64, Form.IMMEDIATE, ALL_VERSIONS),
    _byte_order(0xDC, "BE", ALL_VERSIONS),
    _jump_if(0xDD, "JSLE", 64, Form.REGISTER, ALL_VERSIONS),
    # every version but V2 (SIMD-0173 and SIMD-0174 replaced them there)
    Opcode(0x18, "LD", "LD_DW", NOT_V2, Format.LOAD_DOUBLE_IMMEDIATE, immediate=Immediate.WIDE, width=64),
    _compute(0x24, "MUL", 32, Form.IMMEDIATE, NOT_V2),
    _compute(0x27, "MUL", 64, Form.IMMEDIATE, NOT_V2),
    _compute(0x2C, "MUL", 32, Form.REGISTER, NOT_V2),
    _compute(0x2F, "MUL", 64, Form.REGISTER, NOT_V2),
    _divide(0x34, "DIV", 32, Form.IMMEDIATE, NOT_V2),
    _divide(0x37, "DIV", 64, Form.IMMEDIATE, NOT_V2),
    _divide(0x3C, "DIV", 32, Form.REGISTER, NOT_V2),
    _divide(0x3F, "DIV", 64, Form.REGISTER, NOT_V2),
    _load(0x61, "LD_W", 4, NOT_V2),
    _store(0x62, "ST_W", 4, Form.IMMEDIATE, NOT_V2),
    _store(0x63, "ST_W", 4, Form.REGISTER, NOT_V2),
    _load(0x69, "LD_H", 2, NOT_V2),
    _store(0x6A, "ST_H", 2, Form.IMMEDIATE, NOT_V2),
    _store(0x6B, "ST_H", 2, Form.REGISTER, NOT_V2),
    _load(0x71, "LD_B", 1, NOT_V2),
    _store(0x72, "ST_B", 1, Form.IMMEDIATE, NOT_V2),
    _store(0x73, "ST_B", 1, Form.REGISTER, NOT_V2),
    _load(0x79, "LD_DW", 8, NOT_V2),
    _store(0x7A, "ST_DW", 8, Form.IMMEDIATE, NOT_V2),
    _store(0x7B, "ST_DW", 8, Form.REGISTER, NOT_V2),
    _compute(0x84, "NEG", 32, Form.NONE, NOT_V2),
    _compute(0x87, "NEG", 64, Form.NONE, NOT_V2),
    _divide(0x94, "MOD", 32, Form.IMMEDIATE, NOT_V2),
    _divide(0x97, "MOD", 64, Form.IMMEDIATE, NOT_V2),
    _divide(0x9C, "MOD", 32, Form.REGISTER, NOT_V2),
    _divide(0x9F, "MOD", 64, Form.REGISTER, NOT_V2),
    _byte_order(0xD4, "LE", NOT_V2),
    # V2 only (SIMD-0173, SIMD-0174)
    _store(0x27, "ST_1B", 1, Form.IMMEDIATE, ONLY_V2),
    _load(0x2C, "LD_1B", 1, ONLY_V2),
    _store(0x2F, "ST_1B", 1, Form.REGISTER, ONLY_V2),
    _compute(0x36, "UHMUL", 64, Form.IMMEDIATE, ONLY_V2, immediate=Immediate.ZERO_EXTENDED),
    _store(0x37, "ST_2B", 2, Form.IMMEDIATE, ONLY_V2),
    _load(0x3C, "LD_2B", 2, ONLY_V2),
    _compute(0x3E, "UHMUL", 64, Form.REGISTER, ONLY_V2),
    _store(0x3F, "ST_2B", 2, Form.REGISTER, ONLY_V2),
    _divide(0x46, "UDIV", 32, Form.IMMEDIATE, ONLY_V2, same_as="DIV32"),
    _divide(0x4E, "UDIV", 32, Form.REGISTER, ONLY_V2, same_as="DIV32"),
    _divide(0x56, "UDIV", 64, Form.IMMEDIATE, ONLY_V2, same_as="DIV64", immediate=Immediate.ZERO_EXTENDED),
    _divide(0x5E, "UDIV", 64, Form.REGISTER, ONLY_V2, same_as="DIV64"),
    _divide(0x66, "UREM", 32, Form.IMMEDIATE, ONLY_V2, same_as="MOD32"),
    _divide(0x6E, "UREM", 32, Form.REGISTER, ONLY_V2, same_as="MOD32"),
    _divide(0x76, "UREM", 64, Form.IMMEDIATE, ONLY_V2, same_as="MOD64", immediate=Immediate.ZERO_EXTENDED),
    _divide(0x7E, "UREM", 64, Form.REGISTER, ONLY_V2, same_as="MOD64"),
    _compute(0x86, "LMUL", 32, Form.IMMEDIATE, ONLY_V2),
    _store(0x87, "ST_4B", 4, Form.IMMEDIATE, ONLY_V2),
    _load(0x8C, "LD_4B", 4, ONLY_V2),
    _compute(0x8E, "LMUL", 32, Form.REGISTER, ONLY_V2),
    _store(0x8F, "ST_4B", 4, Form.REGISTER, ONLY_V2),
    _compute(0x96, "LMUL", 64, Form.IMMEDIATE, ONLY_V2, same_as="MUL64"),
    _store(0x97, "ST_8B", 8, Form.IMMEDIATE, ONLY_V2),
    _load(0x9C, "LD_8B", 8, ONLY_V2),
    _compute(0x9E, "LMUL", 64, Form.REGISTER, ONLY_V2, same_as="MUL64"),
    _store(0x9F, "ST_8B", 8, Form.REGISTER, ONLY_V2),
    _compute(0xB6, "SHMUL", 64, Form.IMMEDIATE, ONLY_V2),
    _compute(0xBE, "SHMUL", 64, Form.REGISTER, ONLY_V2),
    _divide(0xC6, "SDIV", 32, Form.IMMEDIATE, ONLY_V2),
    _divide(0xCE, "SDIV", 32, Form.REGISTER, ONLY_V2),
    _divide(0xD6, "SDIV", 64, Form.IMMEDIATE, ONLY_V2),
    _divide(0xDE, "SDIV", 64, Form.REGISTER, ONLY_V2),
    _divide(0xE6, "SREM", 32, Form.IMMEDIATE, ONLY_V2),
    _divide(0xEE, "SREM", 32, Form.REGISTER, ONLY_V2),
    _divide(0xF6, "SREM", 64, Form.IMMEDIATE, ONLY_V2),
    _compute(0xF7, "HOR", 64, Form.IMMEDIATE, ONLY_V2, same_as="OR64", immediate=Immediate.SHIFTED),
    _divide(0xFE, "SREM", 64, Form.REGISTER, ONLY_V2),
    # V3 and V4 (SIMD-0377)
    _jump_if(0x16, "JEQ", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0x1E, "JEQ", 32, Form.REGISTER, FROM_V3),
    _jump_if(0x26, "JGT", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0x2E, "JGT", 32, Form.REGISTER, FROM_V3),
    _jump_if(0x36, "JGE", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0x3E, "JGE", 32, Form.REGISTER, FROM_V3),
    _jump_if(0x46, "JSET", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0x4E, "JSET", 32, Form.REGISTER, FROM_V3),
    _jump_if(0x56, "JNE", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0x5E, "JNE", 32, Form.REGISTER, FROM_V3),
    _jump_if(0x66, "JSGT", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0x6E, "JSGT", 32, Form.REGISTER, FROM_V3),
    _jump_if(0x76, "JSGE", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0x7E, "JSGE", 32, Form.REGISTER, FROM_V3),
    _jump_if(0xA6, "JLT", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0xAE, "JLT", 32, Form.REGISTER, FROM_V3),
    _jump_if(0xB6, "JLE", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0xBE, "JLE", 32, Form.REGISTER, FROM_V3),
    _jump_if(0xC6, "JSLT", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0xCE, "JSLT", 32, Form.REGISTER, FROM_V3),
    _jump_if(0xD6, "JSLE", 32, Form.IMMEDIATE, FROM_V3),
    _jump_if(0xDE, "JSLE", 32, Form.REGISTER, FROM_V3),
)

_BY_CODE = {(row.code, version): row for row in OPCODES for version in row.versions}
_BY_MNEMONIC = {row.mnemonic: row for row in OPCODES}


def opcode(code: int, version: int) -> Opcode | None:
    """The row of a code in an sBPF version, or None if the code is not an instruction there."""
    return _BY_CODE.get((code, version))


def by_mnemonic(mnemonic: str) -> Opcode:
    """The row of a mnemonic such as `ADD64_REG`. Raises KeyError for a name that is not in the table."""
    return _BY_MNEMONIC[mnemonic]
