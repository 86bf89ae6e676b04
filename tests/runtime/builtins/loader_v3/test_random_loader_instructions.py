"""Random transactions of loader v3, most of them nearly right, compared with LiteSVM."""

from __future__ import annotations

import random
import struct
from collections import Counter
from dataclasses import replace

import pytest
from solders.instruction import Instruction
from solders.pubkey import Pubkey

from solproof.runtime.accounts import Account
from solproof.runtime.program_ids import LOADER_V3, SYSTEM_PROGRAM
from tests.support.elf_builder import build_elf
from tests.support.litesvm_transactions import PAYER_KEY, litesvm, store
from tests.support.loader_accounts import (
    CLOCK,
    LARGEST,
    PAYER,
    RENT,
    SLOT,
    SYSTEM,
    loader_instruction,
    option,
    write,
)
from tests.support.system_data import ALICE_KEY, BOB_KEY, CAROL_KEY, Mention, signers_of, system_account
from tests.support.transaction_oracle import assert_like_litesvm

TRANSACTIONS = 300  # for each of two seeds
AUTHORITIES = (ALICE_KEY, BOB_KEY)
BUFFERS = tuple(bytes([number]) * 32 for number in (31, 32, 33))
PROGRAMS = tuple(bytes([number]) * 32 for number in (41, 42, 43))
DATA_OF = {key: bytes(Pubkey.find_program_address([key], Pubkey(LOADER_V3))[0]) for key in PROGRAMS}
FILES = (
    build_elf("mov64 r0, 0; exit"),
    build_elf("mov64 r0, 7; syscall sol_log_64_; exit"),
    build_elf("mov64 r0, 0; exit", 3),
    build_elf("syscall sol_alloc_free_; exit"),
    build_elf("mov64 r0, 0; exit")[:-8],
    b"\x7fELF",
    b"",
)
LAMPORTS = (1, 10**6, 3 * 10**6, 10**7, 10**8, 10**9, 2**64 - 10**12)


class Generator:
    """Makes accounts and instructions. Each part of an instruction is right with a high probability."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.accounts: dict[bytes, Account] = {}
        for key in AUTHORITIES:
            self.accounts[key] = system_account(key, source.choice([10**9, 10**9, 10**9, *LAMPORTS]))
        for key in BUFFERS:
            self.keep(key, self.buffer())
        for key in PROGRAMS:
            is_new = self.lies(0.4)
            pointed = DATA_OF[source.choice(PROGRAMS) if self.lies(0.03) else key]
            self.keep(
                key, bytes(source.choice([36, 36, 40, 35])) if is_new else struct.pack("<I", 2) + pointed
            )
            self.keep(DATA_OF[key], None if is_new and not self.lies() else self.program_data())

    def lies(self, probability: float = 0.05) -> bool:
        return self.source.random() < probability

    def keep(self, key: bytes, content: bytes | None) -> None:
        if content is None:
            self.accounts[key] = Account(key, SYSTEM_PROGRAM, 0, b"")
            return
        owner = SYSTEM_PROGRAM if self.lies(0.02) else LOADER_V3
        lamports = self.source.choice(LAMPORTS[:-1] if self.lies() else LAMPORTS[2:6])
        self.accounts[key] = Account(key, owner, lamports, content)

    def authority(self) -> bytes | None:
        return None if self.lies() else self.source.choice(AUTHORITIES)

    def file(self) -> bytes:
        return self.source.choice(FILES if self.lies(0.3) else FILES[:3])

    def buffer(self) -> bytes:
        if self.lies(0.25):
            return bytes(self.source.choice([37, 100, 500, 4, 3, 0]))
        content = (struct.pack("<I", 1) + option(self.authority())).ljust(37, b"\0") + self.file()
        return content[: self.source.choice([5, 36, 37, 38])] if self.lies(0.03) else content

    def program_data(self) -> bytes:
        slot = SLOT if self.lies() else self.source.randrange(SLOT)
        header = (struct.pack("<IQ", 3, slot) + option(self.authority())).ljust(45, b"\0")
        content = header + self.file() + bytes(self.source.choice([0, 8, 1_000]))
        return content[: self.source.choice([13, 44, 45, 46])] if self.lies(0.03) else content

    def one_of(self, keys: tuple[bytes, ...], tag: int) -> bytes:
        """One of these accounts, by preference with this state."""
        right = [key for key in keys if self.accounts[key].data[:4] == struct.pack("<I", tag)]
        return self.source.choice(right if right and not self.lies() else keys)

    def authority_of(self, key: bytes) -> Mention:
        data = self.accounts[key].data
        found = data[5:37] if data[:4] == struct.pack("<I", 1) else data[13:45]
        right = found in AUTHORITIES and not self.lies()
        return self.signer(found if right else self.source.choice(AUTHORITIES))

    def signer(self, key: bytes) -> Mention:
        return Mention(key, not self.lies(), not self.lies(0.3))

    def instruction(self) -> Instruction:
        source = self.source
        buffer, unused = self.one_of(BUFFERS, 1), self.one_of(BUFFERS, 0)
        old, new = self.one_of(PROGRAMS, 2), self.one_of(PROGRAMS, 0)
        old_data, new_data = DATA_OF[old], DATA_OF[new]
        authority, other = self.authority_of(buffer), self.signer(source.choice(AUTHORITIES))
        spill = Mention(
            source.choice([*AUTHORITIES, CAROL_KEY, buffer, old] if self.lies(0.2) else [CAROL_KEY])
        )
        owned, closed = source.choice([buffer, old_data]), source.choice([buffer, old_data, old_data, unused])
        room = source.choice([0, 1, 8, 100, len(self.accounts[buffer].data) - 37, 5_000, 5_000])
        longest = LARGEST + source.choice([-44, -45]) if self.lies() else room
        additional = source.choice([10_240, 10_240, 20_000, 10_239, 1, 0, LARGEST])
        content = write(
            source.choice([0, 0, 4, 463, 464, 2**32 - 1]), source.randbytes(source.choice([0, 1, 36]))
        )
        fields = {1: content, 2: struct.pack("<Q", max(longest, 0)), 6: struct.pack("<I", additional)}
        accounts = {
            0: [Mention(unused), other],
            1: [Mention(buffer), authority],
            2: [PAYER, *map(Mention, (new_data, new, buffer)), RENT, CLOCK, SYSTEM, authority],
            3: [*map(Mention, (old_data, old, buffer)), spill, RENT, CLOCK, authority],
            4: [Mention(owned), self.authority_of(owned), other][: 2 if self.lies(0.2) else 3],
            5: [Mention(closed), spill, self.authority_of(closed), Mention(old)],
            6: [*map(Mention, (old_data, old)), SYSTEM, PAYER],
            7: [Mention(owned), self.authority_of(owned), other],
        }
        tag = source.choice([0, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 6, 7, source.randrange(8)])
        return loader_instruction(tag, self.misplaced(accounts[tag]), self.damaged(fields.get(tag, b"")))

    def misplaced(self, mentions: list[Mention]) -> list[Mention]:
        if self.lies(0.02):
            self.source.shuffle(mentions)
        if self.lies(0.03):
            mentions.pop()
        if self.lies(0.03):
            position = self.source.randrange(len(mentions))
            mentions[position] = replace(mentions[position], is_writable=False)
        if self.lies(0.03):
            mentions[self.source.randrange(len(mentions))] = self.source.choice(mentions)
        return mentions

    def damaged(self, fields: bytes) -> bytes:
        if fields and self.lies(0.02):
            return fields[:-1]
        return fields + self.source.randbytes(self.source.choice([0, 0, 3]))


@pytest.mark.parametrize("seed", [1, 2])
def test_random_transactions_like_litesvm(seed: int) -> None:
    source = random.Random(seed)
    machine = litesvm()
    machine.warp_to_slot(SLOT)
    results: Counter[str] = Counter()
    for _ in range(TRANSACTIONS):
        generator = Generator(source)
        # None of them is marked as a program, so LiteSVM does not load them.
        for account in (*generator.accounts.values(), system_account(PAYER_KEY, 10**12)):
            store(machine, account)
        instructions = [generator.instruction() for _ in range(source.choice([1, 1, 2, 3]))]
        sent = assert_like_litesvm(machine, instructions, signers_of(*instructions))
        error = sent.error["InstructionError"][1] if isinstance(sent.error, dict) else sent.error
        results[str(error)] += 1
        for line in sent.logs:
            if line.startswith(("Deployed", "Upgraded", "Closed", "Extended", "New authority")):
                results[line.split()[0]] += 1
    assert results["None"] > TRANSACTIONS // 8, results
    assert min(results[name] for name in ("Deployed", "Upgraded", "Closed", "Extended", "New")) > 5, results
    assert len(results) > 18, results
