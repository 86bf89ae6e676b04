"""Random invocations whose account infos name any address, and whose callees change anything."""

from __future__ import annotations

from random import Random
from typing import Any

from solders.account import Account as SoldersAccount

from solproof.vm.limits import HEAP_START, INPUT_START, STACK_START
from tests.support.puppet.invocation import Abi, Info, Meta
from tests.support.puppet.script import Script, inline, words
from tests.support.puppet.stage import (
    CALLEE,
    CALLERS,
    CHAIN,
    LAMPORTS,
    NOWHERE,
    OLD_CALLEE,
    Frame,
    Mention,
    Puppet,
    Stage,
    owned,
)
from tests.support.transaction_results import TransactionResult

KEYS = MINE, YOURS, FOREIGN = tuple(bytes([number]) * 32 for number in (7, 8, 9))
LENGTHS = (0, 1, 8, 24, 31)
FIELDS = ("key", "owner", "lamports", "data", "lamports_cell", "data_cell")
SCRATCH = 512


class RandomInvocation:
    """A transaction whose caller invokes a callee, once or twice, with three accounts."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.caller: Puppet = random.choice(list(CALLERS.values()))
        self.callee: Puppet = random.choice((CALLEE, CALLEE, OLD_CALLEE))
        self.wildness = random.choice((0.0, 0.3, 1.0))
        owners = (self.caller, self.callee, random.choice((CHAIN[5], self.caller, self.callee)))
        self.accounts = {key: self._account(owner) for key, owner in zip(KEYS, owners, strict=True)}

    def run(self, stage: Stage) -> TransactionResult:
        """Run it in LiteSVM and in solproof, and assert that they agree."""
        random, program = self.random, Mention(self.callee.key, is_writable=False)
        mentions = [Mention(key, random.random() < 0.9) for key in KEYS]
        frame = stage.frame(self.caller, [*mentions, program], self.accounts)
        scratch = self._scratch(frame)
        for _ in range(random.choice((0, 0, 1, 2))):
            self._change(frame.script, frame)
        for _ in range(random.choice((1, 1, 2))):
            self._invoke(stage, frame, scratch)
        for key in KEYS:
            at = frame.layout.accounts[key]
            frame.script.log_data((at.owner, 32), (at.lamports, 8), (at.length, 8), (at.data, at.size))
        frame.script.log_data((scratch, SCRATCH), (HEAP_START, 1024))
        return stage.run(self.accounts, frame)

    def _account(self, owner: Puppet) -> SoldersAccount:
        content = self.random.choice((b"\0", b"\1")) * self.random.choice(LENGTHS)
        return owned(owner.key, content)

    def _scratch(self, frame: Frame) -> int:
        """Memory in the heap with values that would fit: owners, lamports, and data after their length."""
        content = bytearray(SCRATCH)
        for number, key in enumerate(KEYS):
            state = self.accounts[key]
            fitting = words([LAMPORTS, 0]) + bytes(state.owner) + key + words([len(state.data)]) + state.data
            content[128 * number : 128 * number + len(fitting)] = fitting
        return frame.script.put(bytes(content))

    def _invoke(self, stage: Stage, frame: Frame, scratch: int) -> None:
        random = self.random
        keys = random.sample(KEYS, random.choice((1, 2, 3, 3)))
        writable = {key: random.random() < 0.8 for key in keys}
        below = stage.frame(self.callee, [Mention(key, writable[key]) for key in keys], self.accounts)
        for _ in range(random.choice((0, 1, 1, 2))):
            self._change(below.script, below)
        infos = [self._info(frame, scratch, number) for number in map(KEYS.index, keys)]
        random.shuffle(infos)
        metas = [Meta(key, 0, int(writable[key])) for key in keys]
        overrides: dict[str, Any] = {}
        if random.random() < 0.04 * self.wildness:
            name = random.choice(("infos", "info_count", "instruction", "signers", "signer_count"))
            numbers = (0, 1, 17, 255, 256, 2**63, scratch)
            overrides[name] = random.choice((*numbers, *self._addresses(frame, scratch)))
        abi = random.choice(list(Abi))
        frame.invoke(self.callee.key, metas, inline(below.script), infos, abi=abi, **overrides)

    def _info(self, frame: Frame, scratch: int, number: int) -> Info:
        random, key = self.random, KEYS[number]
        state, start = self.accounts[key], scratch + 128 * number
        fitting = {"lamports": start, "owner": start + 16, "key": start + 48, "data": start + 88}
        chosen: dict[str, int] = {}
        for name in FIELDS:
            kind = random.random()
            if kind < 0.12 * self.wildness and name in fitting:
                chosen[name] = fitting[name]
            elif kind < 0.15 * self.wildness:
                chosen[name] = random.choice(self._addresses(frame, scratch))
        length = len(state.data)
        if random.random() < 0.2 * self.wildness:
            length = max(0, length + random.choice((-1, 1, -8, 8, 30, 10_240, 10_241, 2**62)))
        return frame.info(key, length, **chosen)

    def _addresses(self, frame: Frame, scratch: int) -> list[int]:
        random, at = self.random, frame.layout.accounts[self.random.choice(KEYS)]
        near = random.choice((-8, -1, 0, 0, 1, 8, 24))
        return [
            *(getattr(at, name) + near for name in ("key", "owner", "lamports", "length", "data")),
            scratch + 8 * random.randrange(60),
            scratch + random.randrange(SCRATCH),
            random.choice((0, STACK_START, STACK_START + 0x1000, HEAP_START + 8, HEAP_START + 32 * 1024 - 8)),
            random.choice((NOWHERE, INPUT_START, INPUT_START - 24, 2**64 - 24, 2**64 - 8, 1)),
        ]

    def _change(self, script: Script, frame: Frame) -> None:
        """Change something of an account in the memory of a frame."""
        random = self.random
        mentioned = [mention.key for mention in frame.accounts if mention.key in KEYS]
        first, second = (frame.layout.accounts[random.choice(mentioned)] for _ in range(2))
        match random.randrange(6):
            case 0 | 1:
                script.add(first.lamports, -7)
                script.add(second.lamports, 7)
            case 2 | 3:
                script.store(first.data, random.randrange(256), 1)
            case 4:
                script.store(first.length, first.size + random.choice((-8, -1, 1, 8, 10_240, 10_241)))
            case _:
                script.write(first.owner, random.choice((self.caller.key, self.callee.key, bytes(32))))
