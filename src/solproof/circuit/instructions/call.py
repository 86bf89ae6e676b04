"""Calls of functions and their returns.

A row is a call, together with the exit that ends it if the call returns. Given a call, this chip proves that
execution continues at the target one frame deeper. It also proves that r10 is moved by the stride in the
program table, which depends on the sBPF version. Given the exit, it proves that r6..r9 and r10 have their
values from before the call, and that execution continues after the call.

A pseudo-register holds the depth and the open call, identified by its clk, which no other call shares. If an
exit finds a call open that is not its own, its message has no counterpart on the register bus. So calls
return in order.
"""

from __future__ import annotations

import numpy as np

from solproof.accesses.program import FamilyCode
from solproof.accesses.registers import FRAME_REGISTER
from solproof.accesses.rows import Rows
from solproof.accesses.table import Table, limbs
from solproof.air.bus import PROGRAM, STATE
from solproof.air.chip import Chip
from solproof.air.expression import Expression
from solproof.air.gadgets import LIMB, access_register, bits, range16
from solproof.circuit.instructions.family import Entry, Executor, Family, forms
from solproof.circuit.instructions.parts.adapter import Register, Step
from solproof.isa.disassemble import callx_register
from solproof.isa.instruction import Instruction
from solproof.isa.opcodes import Action, Opcode
from solproof.vm.limits import FRAME_STRIDES, MAXIMUM_CALL_DEPTH

SAVED = (6, 7, 8, 9)
DEPTH_BITS = 6
assert MAXIMUM_CALL_DEPTH == 2**DEPTH_BITS

# OPCODES


def encode(row: Opcode, instruction: Instruction, version: int) -> Entry:
    """A call of a function, or of the address in a register. `flags` holds the stride.

    The program table puts the pc of the function into `offset`, or the address of the text into `immediate`.
    """
    stride = FRAME_STRIDES[version]
    if row.action is Action.CALL:
        return Entry(FamilyCode.CALL, flags=stride)
    return Entry(FamilyCode.CALL_REGISTER, source=callx_register(instruction, version), flags=stride)


def encode_exit(_: Opcode, __: Instruction, ___: int) -> Entry:
    """A return, or the end of the program."""
    return Entry(FamilyCode.EXIT)


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """A call and its return."""
    chip = Chip(
        "call",
        "Given a call, this chip proves that execution continues at its target in a new frame, "
        "and after it when the frame exits.",
    )
    step = Step.columns(chip)
    is_register = step.flag("is_register", "1 when the target is the address in a register")
    target = chip.column("target", "the pc that is called")
    callee = Register.columns(chip, "callee")
    text_address = chip.word("text_address", "address of slot 0, for a call by register; else 0")
    eighth = chip.column("eighth", "low limb of 8 target, divided by 8, not reduced")
    remainder = chip.column("remainder", "address of the target modulo 8, which is ignored")
    carries = [
        chip.flag(f"target_carry_{limb}", f"carry out of limb {limb} of text_address + 8 target")
        for limb in range(3)
    ]
    caller = chip.column("caller", "clk of the call that is open before this one, 0 if there is none")
    depth = chip.column("depth", "how many calls are open before this one")
    frame_before = chip.column("frame_before", "time of the previous access of the frame register")
    saved = {index: chip.word(f"r{index}", f"r{index} at the call") for index in SAVED}
    saved_before = [
        chip.column(f"r{index}_before", f"time of the previous access of r{index}") for index in SAVED
    ]
    stack = chip.word("r10", "r10 before the call")
    stack_before = chip.column("r10_before", "time of the previous access of r10")
    stride = chip.column("stride", "the amount by which the call moves r10")
    stack_carry = chip.flag("r10_carry", "carry out of limb 0 of r10 + stride")
    returns = step.flag("returns", "1 when the frame exits")
    exit_clk = chip.column("exit_clk", "clk of the exit")
    exit_pc = chip.column("exit_pc", "slot of the exit")
    exit_frame_before = chip.column(
        "exit_frame_before", "time of the previous access of the frame register at the exit"
    )

    # The call.
    family = FamilyCode.CALL + (FamilyCode.CALL_REGISTER - FamilyCode.CALL) * is_register
    offset = (1 - is_register) * target
    step.fetch(family, source=callee.index, immediate=text_address, offset=offset, flags=stride)
    step.advance(target)
    callee.read_as_source(step, is_register)
    # callee = text_address + 8 target + remainder modulo 2^64. `target` is either a slot of the program,
    # because the next row or the verifier looks it up, or the end of the text. The verifier refuses the end
    # of the text as the target of a call (`solproof.statement.ending`). Every carry is 0 or 1, so each line
    # holds over the integers once `eighth` is below 2^16.
    range16(chip, eighth, is_register, "eighth is below 2^16")
    bits(chip, 3, remainder, is_register, "remainder is below 8")
    carry_0, carry_1, carry_2 = carries
    low = text_address[0] + 8 * eighth + remainder - LIMB * carry_0
    upper = callee.value[1] - text_address[1] - carry_0 + LIMB * carry_1
    carry_3 = (text_address[3] + carry_2 - callee.value[3]) / LIMB
    chip.assert_zero(is_register * (callee.value[0] - low), "limb 0 of the address")
    chip.assert_zero(is_register * (target - eighth - 2**13 * upper), "limb 1 of the address")
    chip.assert_zero(
        is_register * (text_address[2] + carry_1 - callee.value[2] - LIMB * carry_2), "limb 2 of the address"
    )
    chip.assert_zero(is_register * carry_3 * (carry_3 - 1), "limb 3 of the address")
    here = (step.clk, depth + 1, 0, 0)
    there = (caller, depth, 0, 0)
    now = 2 * step.clk + 1
    access_register(
        chip,
        FRAME_REGISTER,
        there,
        here,
        before=frame_before,
        now=now,
        active=step.is_real,
        name="the open call",
    )
    bits(chip, DEPTH_BITS, depth + 1, step.is_real, "the depth stays below the limit")
    for (index, value), before in zip(saved.items(), saved_before, strict=True):
        access_register(
            chip, index, value, value, before=before, now=now, active=step.is_real, name=f"r{index}"
        )
    moved = (stack[0] + stride - LIMB * stack_carry, stack[1] + stack_carry, stack[2], stack[3])
    # Limb 1 cannot overflow: if calls move r10, nothing else does, and at most 64 calls are open at a time.
    # If the stride is 0, the carry is 0 too.
    range16(chip, moved[0], step.is_real, "limb 0 of the moved r10")
    access_register(chip, 10, stack, moved, before=stack_before, now=now, active=step.is_real, name="r10")

    # The return.
    exit_message: list[Expression | int] = [exit_pc, FamilyCode.EXIT, 0, 0, 0, 0, 0, 0, 0, 0]
    chip.query(PROGRAM, exit_message, returns, "an exit at exit_pc")
    chip.receive(STATE, [exit_clk, exit_pc], returns, "the exit is reached")
    chip.send(STATE, [exit_clk + 1, step.pc + 1], returns, "the instruction after the call is reached")
    then = 2 * exit_clk + 1
    access_register(
        chip,
        FRAME_REGISTER,
        here,
        there,
        before=exit_frame_before,
        now=then,
        active=returns,
        name="the open call at the exit",
    )
    for index, value in {**saved, 10: stack}.items():
        at_exit = chip.word(f"exit_r{index}", f"r{index} before the exit")
        exit_before = chip.column(
            f"exit_r{index}_before", f"time of the previous access of r{index} at the exit"
        )
        access_register(
            chip,
            index,
            at_exit,
            value,
            before=exit_before,
            now=then,
            active=returns,
            name=f"r{index} at the exit",
        )
    return chip


# WITNESS


def fill(table: Table, rows: Rows) -> None:
    """One row per call."""
    table.fill_step(rows)
    calls = rows.calls
    table["is_register"] = by_register = calls.by_register
    table["target"] = calls.target
    table["callee_index"], table["callee_before"] = calls.callee, calls.callee_before
    table.word("callee", calls.callee_value)
    text_address = np.where(by_register, np.uint64(rows.text_address), np.uint64(0))
    table.word("text_address", text_address)
    value, start = limbs(calls.callee_value), limbs(text_address)
    eighth = np.where(by_register, calls.target & 0x1FFF, 0)
    remainder = np.where(by_register, (calls.callee_value - text_address) & np.uint64(7), 0).astype(np.int64)
    carry_0 = (start[:, 0] + 8 * eighth + remainder - value[:, 0]) >> 16
    carry_1 = (start[:, 1] + (calls.target >> 13) + carry_0 - value[:, 1]) >> 16
    carry_2 = (start[:, 2] + carry_1 - value[:, 2]) >> 16
    table["eighth"], table["remainder"] = eighth, remainder
    for limb, carry in enumerate((carry_0, carry_1, carry_2)):
        table[f"target_carry_{limb}"] = carry * by_register
    table["caller"], table["depth"], table["frame_before"] = calls.caller, calls.depth, calls.before[:, 5]
    returns = calls.exit_clk != 0
    table["returns"], table["exit_clk"], table["exit_pc"] = returns, calls.exit_clk, calls.exit_pc
    for position, index in enumerate((*SAVED, 10)):
        table.word(f"r{index}", calls.saved[:, position])
        table[f"r{index}_before"] = calls.before[:, position]
        table.word(f"exit_r{index}", calls.at_exit[:, position])
        table[f"exit_r{index}_before"] = calls.exit_before[:, position]
    table["stride"], table["r10_carry"] = calls.stride, limbs(calls.saved[:, 4])[:, 0] + calls.stride >> 16
    table["exit_frame_before"] = calls.exit_before[:, 5]


FAMILIES = (
    Family(
        (FamilyCode.CALL, FamilyCode.CALL_REGISTER),
        (*forms(Action.CALL, "CALL"), *forms(Action.CALL_REGISTER, "CALL")),
        encode,
        (Executor(build(), fill),),
    ),
    # A return is half of its call's row. The end of the program is a row of the execution table.
    Family((FamilyCode.EXIT,), forms(Action.EXIT, "EXIT"), encode_exit, ()),
)
