"""The steps of random scripts: a frame changes its accounts, calls others, and looks at what it sees."""

from __future__ import annotations

import struct
from collections.abc import Callable

from solproof.vm.limits import HEAP_START, INPUT_START
from tests.differential.transactions.cpi import append_invocation
from tests.differential.transactions.frame import Frame
from tests.differential.transactions.machine import CLOCK, INSTRUCTIONS, PUPPETS, SYSTEM
from tests.support.puppet.layout import SPARE_BYTES
from tests.support.puppet.program import COMMAND_BYTES, Command
from tests.support.puppet.script import RESULT, words

MOST_STEPS = 6
FORBIDDEN = (0, 0x1_0000_0000, HEAP_START + (1 << 20), INPUT_START + (1 << 31))


def fill(frame: Frame) -> None:
    """Write the script of a frame, and those of all frames below it."""
    for _ in range(frame.choices.below(MOST_STEPS) + 1):
        frame.choices.weighted(STEPS)(frame)
    if frame.choices.percent(20):
        invoke(frame)
    frame.script.exit(_exit_code(frame))


# Changes of accounts.


def store(frame: Frame) -> None:
    """Write into an account's data."""
    own = [state for state in frame.own() if state.size]
    if not own:
        return look(frame)
    state = frame.choices.choice(own)
    width = frame.choices.choice([each for each in (1, 2, 4, 8) if each <= state.size])
    offset = frame.choices.below(state.size - width + 1) + frame.choices.slips(0.3)
    value = int.from_bytes(frame.choices.content(8), "little")
    frame.script.store(frame.layout.accounts[state.key].data + offset, value, width)
    state.is_zero = False


def resize(frame: Frame) -> None:
    """Write an account's length."""
    own = frame.own()
    if not own or not frame.can_resize:
        return look(frame)
    state = frame.choices.choice(own)
    original = frame.sizes[state.key]
    size = frame.choices.weighted(
        {
            0: 2,
            max(0, original - 1 - frame.choices.below(9)): 2,
            original + 1 + frame.choices.below(40): 4,
            original + SPARE_BYTES: 1,
        }
    )
    if frame.choices.slips(0.5):
        size = original + SPARE_BYTES + 1
    frame.script.store(frame.layout.accounts[state.key].length, size)
    state.size = size
    state.is_zero = state.is_zero or not size


def copy(frame: Frame) -> None:
    """Copy the first data of an account into another one, or over themselves."""
    own = [state for state in frame.own() if state.size]
    others = [state for state in frame.actor.states() if state.size]
    if frame.world.is_durable:
        # LiteSVM stores other hashes in nonce accounts (see `departures.py`).
        others = [state for state in others if state.nonce is None]
    if not own or not others:
        return look(frame)
    target, source = frame.choices.choice(own), frame.choices.choice(others)
    length = frame.choices.below(min(source.size, target.size, 200) + 1)
    name = "sol_memcpy_" if frame.choices.slips() else "sol_memmove_"
    addresses = frame.layout.accounts
    frame.script.syscall(name, addresses[target.key].data, addresses[source.key].data, length)
    target.is_zero = False


def move_lamports(frame: Frame) -> None:
    """Move lamports from an account of the program to any account."""
    sources = [state for state in frame.own() if state.lamports]
    targets = [state for state in frame.actor.states() if frame.actor.can_write(state) and state.lamports]
    if frame.choices.slips(0.5):
        targets = frame.actor.states()
    if not sources or not targets:
        return look(frame)
    source, target = frame.choices.choice(sources), frame.choices.choice(targets)
    amount = min(source.spare, frame.choices.choice((1, 1_000, 10**6)))
    if frame.choices.percent(3) or frame.choices.slips():
        amount = frame.choices.choice((source.lamports, source.spare + 1))
    received = amount + frame.choices.slips(0.3)
    frame.script.add(frame.layout.accounts[source.key].lamports, -amount)
    frame.script.add(frame.layout.accounts[target.key].lamports, received)
    source.lamports -= amount
    target.lamports += received
    frame.unsynced |= {source.key, target.key}


def give_away(frame: Frame) -> None:
    """Write an account's owner, after its data are zero."""
    own = frame.own()
    if not own or frame.is_loader_v1:
        return look(frame)
    state = frame.choices.choice(own)
    addresses = frame.layout.accounts[state.key]
    if not state.is_zero and not frame.choices.slips():
        frame.script.syscall("sol_memset_", addresses.data, 0, state.size)
        state.is_zero = True
    owner = frame.choices.choice((SYSTEM, frame.choices.choice(PUPPETS).key))
    for number, (word,) in enumerate(struct.iter_unpack("<Q", owner)):
        frame.script.store(addresses.owner + 8 * number, word)
    state.owner = owner


# What the frame sees.


def look(frame: Frame) -> None:
    """Log what an account looks like: lamports, length, and the first bytes of its data."""
    if not frame.layout.accounts:
        return None
    key = frame.choices.choice(sorted(frame.layout.accounts))
    at = frame.layout.accounts[key]
    shown = 100 if key == INSTRUCTIONS else min(at.size, 16)
    frame.script.log_data((at.lamports, 8), (at.length, 8), (at.data, shown), (at.owner, 32))
    return None


def say(frame: Frame) -> None:
    """Log a text, a key, a number or the remaining units."""
    kind = frame.choices.below(4)
    if kind == 0:
        text = b"a" * frame.choices.choice((0, 1, 30, 3_000 if frame.choices.percent(10) else 5))
        frame.script.syscall("sol_log_", frame.script.put(text), len(text))
    elif kind == 1:
        frame.script.syscall("sol_log_pubkey", frame.layout.instruction_data)
    elif kind == 2:
        frame.script.syscall("sol_log_64_", 1, 2, 3, 4, frame.choices.below(1 << 64))
    else:
        frame.script.syscall("sol_log_compute_units_")


def set_return_data(frame: Frame) -> None:
    """Set return data of some length."""
    length = 1_025 if frame.choices.slips(0.3) else frame.choices.choice((0, 1, 9, 9, 100, 1_024))
    frame.script.return_data(frame.choices.content(length))


def get_return_data(frame: Frame) -> None:
    """Log the return data, and the program that set them."""
    script = frame.script
    program, buffer = script.put(bytes(32)), script.put(bytes(16))
    length = frame.choices.choice((0, 4, 16))
    script.syscall("sol_get_return_data", buffer, length, program, result=RESULT)
    script.log_data((RESULT, 8), (program, 32), (buffer, 16))


def stack_height(frame: Frame) -> None:
    """Log the height of the stack."""
    frame.script.syscall("sol_get_stack_height", result=RESULT)
    frame.script.log_result()


def sibling(frame: Frame) -> None:
    """Log a processed sibling instruction: first its lengths, and then all of it."""
    script = frame.script
    index = frame.choices.choice((0, 0, 0, 1, 2, 5))
    meta, program, data, accounts = (script.put(bytes(size)) for size in (16, 32, 256, 34 * 12))
    script.store(meta, 16)
    for _ in range(2):
        script.syscall(
            "sol_get_processed_sibling_instruction", index, meta, program, data, accounts, result=RESULT
        )
        script.log_data((RESULT, 8), (meta, 16), (program, 32), (data, 24), (accounts, 34 * 3))


def sysvar(frame: Frame) -> None:
    """Log a sysvar, or a part of one."""
    script, buffer = frame.script, frame.script.put(bytes(40))
    name = frame.choices.choice(("sol_get_clock_sysvar", "sol_get_rent_sysvar", "sol_get_sysvar"))
    if name == "sol_get_sysvar":
        script.syscall(name, script.put(CLOCK), buffer, frame.choices.below(40), 8, result=RESULT)
    else:
        script.syscall(name, buffer, result=RESULT)
    script.log_data((RESULT, 8), (buffer, 40))


def derive(frame: Frame) -> None:
    """Log a program address for some seeds, with or without a bump seed."""
    script = frame.script
    seed, program = script.put(b"seed"), script.put(frame.program)
    address, bump = script.put(bytes(32)), script.put(bytes(8))
    seeds = script.put(words([seed, 4 if not frame.choices.slips() else 33]))
    name = frame.choices.choice(("sol_create_program_address", "sol_try_find_program_address"))
    script.syscall(name, seeds, 1, program, address, bump, result=RESULT)
    script.log_data((RESULT, 8), (address, 32), (bump, 1))


def burn(frame: Frame) -> None:
    """Execute many instructions."""
    frame.script.command(Command.BURN, frame.choices.choice((10, 100, 1_000)))


def fail(frame: Frame) -> None:
    """End with a fault, if the case is daring."""
    if not frame.choices.slips():
        return say(frame)
    script = frame.script
    kind = frame.choices.below(8)
    if kind == 0:
        script.store(frame.choices.choice(FORBIDDEN), 1)
    elif kind == 1:
        script.command(Command.DIVIDE, 1, 0)
    elif kind == 2:
        script.command(Command.RECURSE, 100)
    elif kind == 3:
        script.command(Command.JUMP, frame.choices.choice((0, 0x1_0000_0004)))
    elif kind == 4:
        script.syscall("abort")
    elif kind == 5:
        script.syscall("sol_panic_", script.put(b"file"), 4, 7, 8)
    elif kind == 6:
        script.command(Command.BURN, 2**40)
    else:
        script.command(99)
    return None


def repeat(frame: Frame) -> None:
    """Log the same number some times."""
    counter = frame.script.put(struct.pack("<Q", 2 + frame.choices.below(5)))
    frame.script.syscall("sol_log_64_", 0, 0, 0, 0, counter)
    frame.script.command(Command.REPEAT, counter, 2 * COMMAND_BYTES)


def _exit_code(frame: Frame) -> int:
    if not frame.choices.slips(0.5):
        return 0
    builtin = frame.choices.below(28) << 32
    return frame.choices.choice((builtin, 1, 5, 2**32 - 1, 77 << 32, 2**63))


def invoke(frame: Frame) -> None:
    """Invoke another program."""
    append_invocation(frame, fill)


STEPS: dict[Callable[[Frame], None], float] = {
    store: 4,
    resize: 1.5,
    copy: 1,
    move_lamports: 2,
    give_away: 0.5,
    look: 2,
    say: 1,
    set_return_data: 1,
    get_return_data: 0.7,
    stack_height: 0.5,
    sibling: 0.7,
    sysvar: 0.5,
    derive: 0.3,
    burn: 0.5,
    repeat: 0.3,
    fail: 1.5,
    invoke: 7,
}
