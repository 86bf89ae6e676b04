"""The rules of the bytecode verifier, each as a condition on all instructions of a text at once.

A program has up to a million slots, so conditions are on arrays. Only the first instruction that breaks a
rule is read alone, for its error. For each instruction, Agave first checks the rule of the opcode and then
the registers. Source: `RequisiteVerifier` of solana-sbpf 0.21.0 (`verifier.rs`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from solproof.isa.disassemble import disassemble_instruction
from solproof.isa.instruction import SLOT_BYTES, Instruction
from solproof.isa.opcodes import CALLED_REGISTER_FIELDS, Action, Form, Format, Opcode, opcode
from solproof.program.errors import VerifierError, verifier_error

Numbers = NDArray[np.integer]
Pcs = NDArray[np.int64]
Mask = NDArray[np.bool_]
Finding = tuple[Mask, Callable[[int], VerifierError]]
"""Which of the given instructions break a rule, and the error of the one at a pc that does."""

_FIELDS = np.dtype([("code", "u1"), ("registers", "u1"), ("offset", "<i2"), ("immediate", "<i4")])
_CODES = range(256)
_FRAME_POINTER = 10
_MASK64 = (1 << 64) - 1


def first_error(text: bytes, version: int) -> VerifierError | None:
    """The error of the first instruction that breaks a rule. The text has whole slots, one or more."""
    read = _Text.of(text, version)
    errors = []
    for order, (rule, codes) in enumerate(_rules(version)):
        pcs = np.flatnonzero(codes[read.code] & read.starts)
        if not len(pcs):
            continue
        broken, error = rule(read, pcs)
        if broken.any():
            errors.append((int(pcs[broken.argmax()]), order, error))
    if not errors:
        return None
    pc, _, error = min(errors, key=lambda each: each[:2])
    return error(pc)


@dataclass(frozen=True, slots=True)
class _Text:
    """The fields of each slot as arrays. `starts` is false at the second slot of an `lddw`."""

    content: bytes
    version: int
    code: Numbers
    destination: Numbers
    source: Numbers
    offset: Numbers
    immediate: Numbers
    starts: Mask

    @classmethod
    def of(cls, content: bytes, version: int) -> _Text:
        slots = np.frombuffer(content, _FIELDS)
        code, registers = slots["code"].copy(), slots["registers"].copy()
        # If an `lddw` is the second slot of another, the starts after it are wrong. This does not matter,
        # because the first `lddw` has an error.
        starts = np.ones(len(slots), np.bool_)
        starts[1:] = ~_codes_with(_is_wide, version)[code[:-1]]
        return cls(
            content=content,
            version=version,
            code=code,
            destination=registers & 0xF,
            source=registers >> 4,
            offset=slots["offset"],
            immediate=slots["immediate"],
            starts=starts,
        )

    @property
    def slots(self) -> int:
        return len(self.code)

    def instruction(self, pc: int) -> Instruction:
        return Instruction.decode(self.content[pc * SLOT_BYTES : (pc + 1) * SLOT_BYTES])

    def error(
        self, name: str, *arguments: object, pc: int, detail: str, shown: int | None = None
    ) -> VerifierError:
        """An error that shows the instruction at `pc`, or at `shown` if Agave names another slot."""
        at = pc if shown is None else shown
        second = self.instruction(at + 1) if at + 1 < self.slots else None
        line = disassemble_instruction(self.instruction(at), at, self.version, second=second)
        return verifier_error(name, *arguments, pc=pc, detail=f"`{line}`: {detail}")


Rule = Callable[[_Text, Pcs], Finding]


# RULES OF OPCODES


def _unknown(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        detail = f"expected an opcode of sBPF V{text.version}"
        return text.error("UnknownOpCode", int(text.code[pc]), pc=pc, detail=detail)

    return np.ones(len(pcs), np.bool_), error


def _wide_last(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        detail = f"slot {pc} is the last, expected a second slot"
        return text.error("LDDWCannotBeLast", pc=pc, detail=detail)

    return pcs == text.slots - 1, error


def _wide_incomplete(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        detail = f"the next slot has opcode {text.code[pc + 1]:#x}, expected 0"
        return text.error("IncompleteLDDW", pc=pc, detail=detail)

    return text.code[np.minimum(pcs + 1, text.slots - 1)] != 0, error


def _byte_order(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        return text.error("UnsupportedLEBEArgument", pc=pc, detail="expected an immediate of 16, 32 or 64")

    immediates = text.immediate[pcs]
    return (immediates != 16) & (immediates != 32) & (immediates != 64), error


def _divisor(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        return text.error("DivisionByZero", pc=pc, detail="expected an immediate other than 0")

    return text.immediate[pcs] == 0, error


def _shift(bits: int, text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        shift, detail = int(text.immediate[pc]) & _MASK64, f"expected a shift of 0 to {bits - 1}"
        return text.error("ShiftWithOverflow", shift, bits, pc=pc, detail=detail)

    return _outside(text.immediate[pcs], bits), error


def _jump(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        target = pc + 1 + int(text.offset[pc])
        detail = f"the target is slot {target}, expected 0 to {text.slots - 1}"
        return text.error("JumpOutOfCode", target & _MASK64, pc=pc, detail=detail)

    return _outside(pcs + 1 + text.offset[pcs], text.slots), error


def _jump_into_wide(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        target, detail = pc + 1 + int(text.offset[pc]), "the target slot has opcode 0"
        return text.error("JumpToMiddleOfLDDW", target, pc=pc, detail=detail)

    return text.code.take(pcs + 1 + text.offset[pcs], mode="clip") == 0, error


def _register_call(text: _Text, pcs: Pcs) -> Finding:
    # Agave checks the whole immediate, although V0 and V1 use only its low 8 bits.
    registers: Numbers = getattr(text, CALLED_REGISTER_FIELDS[text.version])

    def error(pc: int) -> VerifierError:
        detail = f"callx names register {registers[pc]}, expected 0 to 9"
        return text.error("InvalidRegister", pc=pc, detail=detail)

    return _outside(registers[pcs], _FRAME_POINTER), error


def _frame_bump(text: _Text, pcs: Pcs) -> Finding:
    """Programs of V1 and V2 move r10 themselves, by multiples of 64 (SIMD-0166)."""

    def error(pc: int) -> VerifierError:
        return text.error("UnalignedImmediate", pc=pc, detail="expected a multiple of 64")

    return (text.destination[pcs] == _FRAME_POINTER) & (text.immediate[pcs] % 64 != 0), error


def _outside(values: Numbers, stop: int) -> Mask:
    return (values < 0) | (values >= stop)


# RULES OF REGISTERS


def _source(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        detail = f"register {text.source[pc]}, expected 0 to 10"
        return _register_error(text, "InvalidSourceRegister", pc, detail)

    return text.source[pcs] > _FRAME_POINTER, error


def _destination(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        detail = f"register {text.destination[pc]}, expected 0 to 10"
        return _register_error(text, "InvalidDestinationRegister", pc, detail)

    return text.destination[pcs] > _FRAME_POINTER, error


def _frame_pointer(text: _Text, pcs: Pcs) -> Finding:
    def error(pc: int) -> VerifierError:
        return _register_error(text, "CannotWriteR10", pc, "expected a destination of r0 to r9")

    return text.destination[pcs] == _FRAME_POINTER, error


def _register_error(text: _Text, name: str, pc: int, detail: str) -> VerifierError:
    """Agave counts the second slot of an `lddw` before it checks the registers, so the error names it."""
    is_wide = _codes_with(_is_wide, text.version)[text.code[pc]]
    return text.error(name, pc=pc + 1 if is_wide else pc, detail=detail, shown=pc)


# WHICH OPCODES HAVE WHICH RULES


def _is_wide(row: Opcode, version: int) -> bool:
    return row.format is Format.LOAD_DOUBLE_IMMEDIATE


def _is_shift(bits: int, row: Opcode, version: int) -> bool:
    return row.is_shift and row.form is Form.IMMEDIATE and row.width == bits


# In the order in which Agave checks an instruction.
_OPCODES_OF_RULES: tuple[tuple[Rule, Callable[[Opcode, int], bool]], ...] = (
    (_wide_last, _is_wide),
    (_wide_incomplete, _is_wide),
    (_byte_order, lambda row, _: row.format is Format.ENDIAN),
    (_divisor, lambda row, _: row.is_division and row.form is Form.IMMEDIATE),
    (partial(_shift, 32), partial(_is_shift, 32)),
    (partial(_shift, 64), partial(_is_shift, 64)),
    (_jump, lambda row, _: row.action is Action.JUMP),
    (_jump_into_wide, lambda row, _: row.action is Action.JUMP),
    (_register_call, lambda row, _: row.action is Action.CALL_REGISTER),
    (_frame_bump, lambda row, version: version in row.moves_frame_in),
    (_source, lambda row, _: True),
    (_destination, lambda row, _: True),
    (
        _frame_pointer,
        lambda row, version: row.action is not Action.STORE and version not in row.moves_frame_in,
    ),
)


@cache
def _rules(version: int) -> tuple[tuple[Rule, Mask], ...]:
    """The rules of a version, each with the codes that have it."""
    unknown = ~_codes_with(lambda row, _: True, version)
    rules = tuple((rule, _codes_with(has_rule, version)) for rule, has_rule in _OPCODES_OF_RULES)
    return ((_unknown, unknown), *rules)


@cache
def _codes_with(has_rule: Callable[[Opcode, int], bool], version: int) -> Mask:
    rows = [opcode(code, version) for code in _CODES]
    return np.array([row is not None and has_rule(row, version) for row in rows])
