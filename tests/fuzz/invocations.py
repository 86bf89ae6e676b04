"""Target: the registers and the memory of a program that invokes another one.

The input is a byte with the kind of the caller, five registers, and what lies in the heap. The registers go
to `sol_invoke_signed_c` or `sol_invoke_signed_rust`. The seeds are invocations that succeed, so their memory
has the instruction, the metas, the infos, and the script of the program that is invoked.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from random import Random

from solders.account import Account as SoldersAccount
from solders.compute_budget import set_compute_unit_limit
from solders.instruction import AccountMeta, Instruction
from solders.pubkey import Pubkey

from solproof.runtime.features import MAINNET
from solproof.vm.limits import HEAP_START, INPUT_START, STACK_START
from tests.fuzz.target import MEBIBYTE, VARYING, Target
from tests.support.puppet.invocation import Abi, Meta
from tests.support.puppet.script import RESULT, Script, inline
from tests.support.puppet.stage import (
    CALLEE,
    CALLERS,
    LOADER_V1,
    LOADER_V2,
    LOADER_V3,
    NOWHERE,
    UNRESTRICTED,
    Frame,
    Mention,
    Puppet,
    ending,
    owned,
    stage,
)

MINE, YOURS = bytes([7]) * 32, bytes([8]) * 32
SIZE = 24
PLACE = RESULT + 8
"""The address of the memory from the input."""
HEAD = struct.Struct("<B5Q")
CALLS = [
    (caller, abi, restricted) for caller in CALLERS.values() for abi in Abi for restricted in (True, False)
]
COMPUTE_UNITS = 20_000
LONGEST = 4096


def invoke(data: bytes) -> str:
    """Invoke with these registers and this memory, in solproof and in LiteSVM."""
    if len(data) < HEAD.size:
        return "no registers"
    kind, *registers = HEAD.unpack_from(data)
    caller, abi, restricted = CALLS[kind % len(CALLS)]
    memory = data[HEAD.size :]
    frame = _frame(caller)
    assert frame.script.put(memory) == PLACE
    frame.script.syscall(abi.value, *registers, result=RESULT)
    for at in frame.layout.accounts.values():
        frame.script.log_data((at.owner, 32), (at.lamports, 8), (at.length, 8), (at.data, at.size))
    frame.script.log_data((RESULT, 8), (PLACE, len(memory)))
    features = MAINNET if restricted else UNRESTRICTED
    result = stage(features).run(_accounts(caller), _limit(), frame)
    return f"{abi.name} {VARYING.sub('_', ending(result))[:60]}"


def _accounts(caller: Puppet) -> dict[bytes, SoldersAccount]:
    return {MINE: owned(caller.key, b"\1" * SIZE), YOURS: owned(CALLEE.key, b"\1" * SIZE)}


def _frame(caller: Puppet) -> Frame:
    mentions = [Mention(MINE), Mention(YOURS), Mention(CALLEE.key, is_writable=False)]
    return stage().frame(caller, mentions, _accounts(caller))


def _limit() -> Instruction:
    """The instruction that limits the compute units, with the loaders as accounts.

    LiteSVM has the loaders in every transaction. A cluster has them only where the transaction names them.
    """
    limit = set_compute_unit_limit(COMPUTE_UNITS)
    metas = [AccountMeta(Pubkey(key), False, False) for key in (LOADER_V1, LOADER_V2, LOADER_V3)]
    return Instruction(limit.program_id, limit.data, metas)


# SEEDS


def seeds() -> Sequence[bytes]:
    """An invocation of each kind. Its callee changes data and length of an account."""
    found = []
    for kind, (caller, abi, _) in enumerate(CALLS):
        frame = _frame(caller)
        below = stage().frame(CALLEE, [Mention(YOURS), Mention(MINE)], _accounts(caller))
        at = below.layout.accounts[YOURS]
        below.script.store(at.data, 0x55, 1)
        below.script.store(at.length, SIZE + 1)
        metas = [Meta(YOURS, 0, 1), Meta(MINE)]
        frame.invoke(CALLEE.key, metas, inline(below.script), abi=abi)
        found.append(HEAD.pack(kind, *_registers(frame.script)) + _memory(frame.script))
    return found


def _memory(script: Script) -> bytes:
    content = script.content()
    (commands,) = struct.unpack_from("<Q", content)
    return content[PLACE - HEAP_START : commands]


def _registers(script: Script) -> tuple[int, ...]:
    """The arguments of the first command."""
    content = script.content()
    (commands,) = struct.unpack_from("<Q", content)
    return struct.unpack_from("<5Q", content, commands + 8)


def change(data: bytes, random: Random) -> bytes:
    """Change the kind, or a few registers or words of the memory."""
    changed = bytearray(data)
    if len(data) < HEAD.size or not random.randrange(8):
        changed[:1] = bytes([random.randrange(len(CALLS))])
        return bytes(changed)
    starts = [*range(1, HEAD.size, 8), *range(HEAD.size, len(data) - 7, 8)]
    caller, _, _ = CALLS[data[0] % len(CALLS)]
    for _ in range(random.choice((1, 1, 2, 4))):
        start = random.choice(starts)
        (old,) = struct.unpack_from("<Q", changed, start)
        value = random.choice((old + random.choice((-8, -1, 1, 8)), *_values(caller, len(data), random)))
        struct.pack_into("<Q", changed, start, value % 2**64)
    return bytes(changed)


def _values(caller: Puppet, length: int, random: Random) -> list[int]:
    at = random.choice(list(_frame(caller).layout.accounts.values()))
    return [
        *(at.key, at.owner, at.lamports, at.length, at.data),
        PLACE + 8 * random.randrange(1 + length // 8),
        PLACE + random.randrange(1 + length),
        random.choice(
            (0, 1, 2, 16, 17, SIZE, SIZE + 10_240, SIZE + 10_241, 255, 256, 2**32, 2**63, 2**64 - 1)
        ),
        random.choice((STACK_START, HEAP_START, INPUT_START, NOWHERE, 2**64 - 24)),
    ]


WORDS = (b"\0" * 8, b"\xff" * 8, MINE, YOURS, CALLEE.key, bytes(32), *(HEAP_START.to_bytes(8, "little"),))

TARGETS = (Target("invoke", seeds, invoke, LONGEST, 3.0, 16 * MEBIBYTE, WORDS, change),)
