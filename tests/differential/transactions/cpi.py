"""Random invocations by a puppet: their structures, and what is wrong about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from solproof.vm.limits import HEAP_START, INPUT_START
from tests.differential.transactions.actor import Privileges
from tests.differential.transactions.callees import choose_callee
from tests.differential.transactions.frame import Frame
from tests.support.puppet.invocation import Abi, Info, Invocation, Meta, invoke

MOST_FRAMES = 5
BAD_ADDRESSES = (
    0,
    1,
    INPUT_START,
    INPUT_START + 8,
    HEAP_START + 1,
    0x1_0000_0000,
    0x2_0000_0000,
    2**63,
    2**64 - 1,
)
REGISTERS_AND_HEAD = ("instruction", "infos", "signers", "program", "metas", "data")
TOO_MANY = {"info_count": 256, "signer_count": 17, "meta_count": 256, "data_length": 10_241}
FIELDS = ("key", "owner", "lamports", "data", "lamports_cell", "data_cell")


def append_invocation(frame: Frame, fill: Callable[[Frame], None]) -> None:
    """Append an invocation to a frame's script. `fill` writes the script of a puppet that it calls."""
    choices, world = frame.choices, frame.world
    if world.invocations <= 0 or (len(frame.stack) >= MOST_FRAMES and not choices.slips(3)):
        return
    sizes = {key: world.states[key].size for key in frame.layout.accounts if key in world.states}
    instruction = choose_callee(frame, fill)
    if instruction is None:
        return
    metas = instruction.accounts
    call = Invocation(
        instruction.program,
        metas,
        instruction.data,
        _infos(frame, metas, sizes),
        _seeds(frame, metas),
        _overrides(frame),
        choices.choice((Abi.C, Abi.RUST)),
        70 if choices.slips(0.2) else 1 + choices.percent(5),
    )
    invoke(frame.script, call)
    frame.unsynced.clear()


def _seeds(frame: Frame, metas: Sequence[Meta]) -> list[Sequence[bytes]]:
    """The seeds of the addresses that the program signs for."""
    choices, states = frame.choices, frame.world.states
    signed = {meta.key for meta in metas if meta.is_signer and meta.key in states}
    seeds: list[Sequence[bytes]] = [
        states[key].seeds
        for key in sorted(signed)
        if states[key].signing_program == frame.program
        and not frame.privileges.get(key, Privileges()).is_signer
    ]
    if choices.slips(0.2):
        seeds.append(choices.choice(([b"x" * 33], [b"x"] * 17, [b"wrong"], [], [b"", b"\xff"])))
    if choices.slips(0.1):
        seeds = [[b"a"]] * 17
    return seeds


def _infos(frame: Frame, metas: Sequence[Meta], sizes: Mapping[bytes, int]) -> list[Info]:
    """The infos of a call's accounts in random order. `sizes`: the lengths before the call."""
    choices, world = frame.choices, frame.world
    needed = [meta.key for meta in metas if meta.key in frame.layout.accounts]
    keys = list(dict.fromkeys(needed))
    programs = [key for key in keys if world.is_program(key)]
    keys = [key for key in keys if key not in programs or choices.percent(20)]
    if choices.slips(0.3) and keys:
        keys.remove(choices.choice(keys))
    keys = choices.shuffled(keys)
    if choices.percent(10):
        keys += keys[:1]
    return [_info(frame, key, sizes.get(key, 0)) for key in keys]


def _info(frame: Frame, key: bytes, size: int) -> Info:
    choices, addresses = frame.choices, frame.layout.accounts[key]
    if choices.slips(0.1):
        size = max(0, size + choices.choice((-1, 1, 5, 10_241)))
    if not choices.slips(0.1):
        return Info(addresses, size)
    name = choices.choice(FIELDS)
    right = getattr(addresses, name, HEAP_START)
    return Info(addresses, size, {name: choices.choice((*BAD_ADDRESSES, right + 1, right + 8))})


def _overrides(frame: Frame) -> dict[str, int]:
    choices = frame.choices
    found: dict[str, int] = {}
    if choices.slips(0.3):
        found[choices.choice(REGISTERS_AND_HEAD)] = choices.choice(BAD_ADDRESSES)
    if choices.slips(0.3):
        name, count = choices.choice(list(TOO_MANY.items()))
        found[name] = count if choices.percent(60) else choices.choice((0, 1, count - 1, 2**32, 2**63))
    return found
