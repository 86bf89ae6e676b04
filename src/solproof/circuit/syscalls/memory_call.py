"""Calls of the memory syscalls: sol_memcpy_, sol_memmove_, sol_memset_, sol_memcmp_.

Given a call, this chip proves that the call succeeds by the rules of the runtime's function
(`solproof.runtime.syscalls.memory`), and how many compute units it is charged. The effect on the bytes is
proven by the rows of a block (`memory_copy` and `memory_compare` beside this module). The call sends a
message for it on the block bus. The call's first range (r1) is the aligned range of the block, its second
range (r2) the shifted range.

A pseudo-register adds up the charges of these calls. The events read it, so the verifier knows how many units
were left at each event.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solproof.accesses.access_log import AccessLog
from solproof.accesses.memory import WRITABLE_TAG, available
from solproof.accesses.memory_calls import ARGUMENTS, LENGTH_BITS, NAMES, BlockKind, MemoryCalls, Operation
from solproof.accesses.program import FamilyCode
from solproof.accesses.registers import MEMORY_UNITS_REGISTER
from solproof.accesses.table import Table, limbs
from solproof.air.bus import BLOCK
from solproof.air.chip import Chip
from solproof.air.expression import Expression, Word, total
from solproof.air.field import inverse
from solproof.air.gadgets import LIMB, access_memory, access_register, bits, byte_pair, range16
from solproof.circuit.instructions.parts.adapter import Step
from solproof.circuit.table import ChipTable
from solproof.program.syscall_names import SYSCALL_HASHES
from solproof.runtime.budget import CROSS_PROGRAM_BYTES_PER_UNIT, MEMORY_OPERATION_BASE_COST
from solproof.vm.recorded_memory import REGIONS

SHORT = CROSS_PROGRAM_BYTES_PER_UNIT * (MEMORY_OPERATION_BASE_COST + 1) - 1
"""The largest number of bytes for which the base cost is charged."""


# COLUMNS AND CONSTRAINTS


def build() -> Chip:
    """A call of a memory syscall."""
    chip = Chip(
        "memory_call",
        "Given a call of a memory syscall, this chip proves that the call succeeds, how many units it is "
        "charged, and which bytes a block has to copy, set or compare.",
    )
    step = Step.columns(chip)
    is_copy = chip.flag("is_copy", "1 for sol_memcpy_")
    is_move = chip.flag("is_move", "1 for sol_memmove_")
    is_set = chip.flag("is_set", "1 for sol_memset_")
    is_compare = chip.flag("is_compare", "1 for sol_memcmp_")
    flags = {
        Operation.COPY: is_copy,
        Operation.MOVE: is_move,
        Operation.SET: is_set,
        Operation.COMPARE: is_compare,
    }
    # On padding all four are 0.
    chip.assert_equal(is_copy + is_move + is_set + is_compare, step.is_real, "one syscall")
    is_empty = step.flag("is_empty", "1 for a length of 0")
    acts = step.is_real - is_empty
    arguments = _arguments(step)
    first, second, length, result_address = arguments
    value = chip.column("value", "for a set: the byte; for a comparison: the difference it finds; else 0")

    key = [
        _selected(flags, [SYSCALL_HASHES[NAMES[operation]] >> 16 * limb & 0xFFFF for operation in Operation])
        for limb in (0, 1)
    ]
    step.fetch(FamilyCode.SYSCALL, immediate=[*key, 0, 0])
    step.advance(step.pc + 1)
    _result(step)
    _length(step, length, is_empty)
    byte_pair(chip, value, (second[0] - value) / 256, is_set, "value and the rest of r2's low limb are bytes")
    chip.assert_zero(is_empty * is_compare * value, "nothing compared is no difference")
    _compared(step, result_address, value, is_compare)
    _apart(step, first, second, length, is_copy, is_empty)

    # The places of the bytes. `start` is below 8, because the block's mask has no other byte.
    has_second = 1 - is_set
    start, index = _place(step, "first", first, acts, acts)
    offset, second_index = _place(step, "second", second, acts * has_second, acts)
    bits(chip, 3, offset, acts, "the byte of r2 is below 8")
    # The shift is below 8 as well, so `reads` is 1 exactly if `offset` is at least `start`.
    reads = chip.flag("reads", "1 when the word of the second range is read with the first word of the first")
    chip.assert_zero(is_set * reads, "a set has no second range")
    shift = has_second * (offset - start + 8 * (1 - reads))
    kind = is_set * BlockKind.SET + is_compare * BlockKind.COMPARE
    block: list[Expression | int] = [
        step.clk,
        kind,
        first[2],
        index,
        start,
        length[0] + LIMB * length[1] + start,
    ]
    block += [has_second * second[2], has_second * (second_index - 1 + reads), reads, shift, value]
    chip.send(BLOCK, block, acts, "the block that does it")
    return chip


def _selected(flags: dict[Operation, Expression], values: Sequence[int]) -> Expression:
    return total([flag * value for flag, value in zip(flags.values(), values, strict=True)])


def _arguments(step: Step) -> list[Word]:
    words = []
    for register in ARGUMENTS:
        value = step.chip.word(f"r{register}", f"r{register}")
        before = step.chip.column(f"r{register}_before", f"time of the previous access of r{register}")
        access_register(
            step.chip,
            register,
            value,
            value,
            before=before,
            now=2 * step.clk,
            active=step.is_real,
            name=f"argument r{register}",
        )
        words.append(value)
    return words


def _result(step: Step) -> None:
    """r0 becomes 0."""
    chip = step.chip
    old = chip.word("r0", "r0 before the call")
    before = chip.column("r0_before", "time of the previous access of r0")
    now = 2 * step.clk + 1
    access_register(
        chip, 0, old, (0, 0, 0, 0), before=before, now=now, active=step.is_real, name="the result in r0"
    )


def _length(step: Step, length: Word, is_empty: Expression) -> None:
    """The length is below 2^24. The call is charged one unit per 250 bytes, but at least 10."""
    chip, is_real = step.chip, step.is_real
    bytes_ = length[0] + LIMB * length[1]
    chip.assert_zero(length[2], "limb 2 of the length")
    chip.assert_zero(length[3], "limb 3 of the length")
    bits(chip, LENGTH_BITS - 16, length[1], is_real, "the length is below 2^24")
    chip.assert_zero(is_empty * bytes_, "an empty range has no bytes")
    is_long = step.flag("is_long", "1 when the length decides what the call costs")
    cost = chip.column("cost", "max(10, floor(length / 250)) compute units")
    rest = chip.column("rest", "for a long call: length modulo 250")
    chip.assert_zero(
        (is_real - is_long) * (cost - MEMORY_OPERATION_BASE_COST), "a short call has the base cost"
    )
    range16(chip, SHORT - bytes_, is_real - is_long, "a short call is short")
    # Both sides are below p, because cost has 16 bits and rest has 8.
    chip.assert_zero(
        is_long * (CROSS_PROGRAM_BYTES_PER_UNIT * cost + rest - bytes_),
        "a unit for each 250 bytes of a long call",
    )
    byte_pair(chip, rest, CROSS_PROGRAM_BYTES_PER_UNIT - 1 - rest, is_long, "rest is below 250")
    range16(chip, cost - MEMORY_OPERATION_BASE_COST, is_long, "a long call costs at least the base cost")
    # Each unit above the base cost stands for 250 bytes, that is for 31 rows, so no sum reaches p.
    units = chip.column("units", "compute units charged for the memory syscalls before this one")
    before = chip.column("units_before", "time of the previous access of the units")
    access_register(
        chip,
        MEMORY_UNITS_REGISTER,
        (units, 0, 0, 0),
        (units + cost, 0, 0, 0),
        before=before,
        now=2 * step.clk + 1,
        active=is_real,
        name="the units",
    )


def _place(
    step: Step, name: str, address: Word, gate: Expression, active: Expression
) -> tuple[Expression, Expression]:
    """The byte of an address (0..7 if the caller proves that) and its word index, if `gate` is 1.

    See `solproof.circuit.instructions.parts.address`.
    """
    chip = step.chip
    eighth = chip.column(f"{name}_eighth", f"low limb of the {name} range's address, divided by 8")
    byte = chip.column(f"{name}_byte", f"address of the {name} range modulo 8")
    range16(chip, eighth, active, f"{name}_eighth is below 2^16")
    chip.assert_zero(gate * (address[0] - 8 * eighth - byte), f"low limb of the {name} range's address")
    chip.assert_zero(gate * address[3], f"high limb of the {name} range's address")
    return byte, eighth + 2**13 * address[1]


def _apart(
    step: Step, first: Word, second: Word, length: Word, is_copy: Expression, is_empty: Expression
) -> None:
    """The ranges of a copy do not overlap: they are in two regions, or one ends before the other starts.

    The higher address minus the lower address minus the length is not negative. This is proven limb by limb.
    """
    chip = step.chip
    is_near = chip.flag("is_near", "1 for a copy whose addresses are compared")
    # It is 1 if a copy is not near. (A value of -1 in other rows would only add constraints.)
    is_far = chip.column("is_far", "1 for a copy from one region to another")
    is_forward = chip.flag("is_forward", "1 when the copy's source has the lower address")
    borrow = chip.column("borrow", "borrow out of limb 0 of the distance between the ranges: 0, 1 or 2")
    inverse = chip.column("inverse", "for a copy to another region: 1 / the difference of the regions")
    chip.assert_equal(is_near + is_far, is_copy * (1 - is_empty), "a copy of some bytes is near or far")
    chip.assert_zero(is_far * ((first[2] - second[2]) * inverse - 1), "the regions differ")
    chip.assert_zero(borrow * (borrow - 1) * (borrow - 2), "borrow is 0, 1 or 2")
    sign = 2 * is_forward - 1
    low = sign * (first[0] - second[0]) - length[0] + LIMB * borrow
    high = sign * (first[1] - second[1]) - length[1] - borrow
    range16(chip, low, is_near, "the low limb of the distance is not negative")
    range16(chip, high, is_near, "the high limb of the distance is not negative")


def _compared(step: Step, address: Word, value: Expression, is_compare: Expression) -> None:
    """The difference is written, as a 32-bit integer, to an address that is a multiple of 4."""
    chip = step.chip
    is_negative = chip.flag("is_negative", "1 when the difference is negative")
    is_upper = chip.flag("is_upper", "1 when the difference is written to the upper half of its word")
    eighth = chip.column("result_eighth", "low limb of the difference's address, divided by 8")
    available = chip.column("result_available", "how many bytes of the difference's word exist")
    old = chip.word("result", "the difference's word before")
    before = chip.column("result_before", "time of the previous access of the difference's word")
    low, high = value + LIMB * is_negative, (LIMB - 1) * is_negative
    range16(chip, low, is_compare, "low limb of the difference")
    range16(chip, eighth, is_compare, "result_eighth is below 2^16")
    chip.assert_zero(
        is_compare * (address[0] - 8 * eighth - 4 * is_upper), "low limb of the difference's address"
    )
    chip.assert_zero(is_compare * address[3], "high limb of the difference's address")
    bits(chip, 3, available - 4 - 4 * is_upper, is_compare, "the bytes of the difference exist")
    new = [
        old[0] + (1 - is_upper) * (low - old[0]),
        old[1] + (1 - is_upper) * (high - old[1]),
        old[2] + is_upper * (low - old[2]),
        old[3] + is_upper * (high - old[3]),
    ]
    access_memory(
        chip,
        (address[2], eighth + 2**13 * address[1], available + WRITABLE_TAG),
        old,
        new,
        before=before,
        now=2 * step.clk + 1,
        active=is_compare,
        name="the difference",
    )


CHIP = build()

# WITNESS

INVERSES = np.array([0, *(inverse(difference) for difference in range(1, REGIONS))])


def fill(log: AccessLog) -> Table:
    """One row per call, not padded."""
    calls = log.memory_calls
    table = Table(CHIP, len(calls))
    table["is_real"], table["clk"], table["pc"] = 1, calls.clk, log.trace.pc[calls.clk - 1]
    for operation in Operation:
        table[f"is_{operation.name.lower()}"] = calls.operation == operation
    accesses = log.registers.memory_calls
    for position, register in enumerate(ARGUMENTS):
        table.word(f"r{register}", calls.arguments[:, position])
        table[f"r{register}_before"] = accesses.arguments_before[:, position]
    table.word("r0", accesses.r0)
    table["r0_before"], table["units_before"] = accesses.r0_before, accesses.units_before
    table["units"], table["cost"] = calls.units, calls.cost
    is_long = calls.length > SHORT
    table["is_empty"], table["is_long"] = calls.length == 0, is_long
    table["rest"] = is_long * (calls.length % CROSS_PROGRAM_BYTES_PER_UNIT)
    table["value"], table["reads"] = calls.value, calls.reads
    for name, places in (("first", calls.first), ("second", calls.second)):
        table[f"{name}_eighth"], table[f"{name}_byte"] = places.index & 0x1FFF, places.byte
    _fill_apart(table, calls)
    _fill_result(table, calls, log)
    return table


def _fill_apart(table: Table, calls: MemoryCalls) -> None:
    is_copy = (calls.operation == Operation.COPY) & (calls.length != 0)
    first, second, length = (limbs(calls.arguments[:, position]) for position in range(3))
    regions = first[:, 2] - second[:, 2]
    is_near, is_far = is_copy & (regions == 0), is_copy & (regions != 0)
    is_forward = is_near & (calls.arguments[:, 0] > calls.arguments[:, 1])
    low = np.where(is_forward, 1, -1) * (first[:, 0] - second[:, 0]) - length[:, 0]
    table["is_near"], table["is_far"], table["is_forward"] = is_near, is_far, is_forward
    table["borrow"] = is_near * -(low >> 16)
    regions = np.where(is_far, regions, 0)
    table["inverse"] = np.sign(regions) * INVERSES[np.abs(regions)]


def _fill_result(table: Table, calls: MemoryCalls, log: AccessLog) -> None:
    result, is_compare = calls.result, calls.result.exists
    address = limbs(calls.arguments[:, 3])[:, 0]
    table["is_negative"], table["is_upper"] = is_compare & (calls.value < 0), is_compare & (address & 4 != 0)
    table["result_eighth"] = is_compare * (address >> 3)
    table["result_available"] = is_compare * available(log.layout, result.region, result.index)
    table.word("result", result.old)
    table["result_before"] = log.memory.result_before


TABLES = (ChipTable(CHIP, lambda log: len(log.memory_calls), fill),)
