"""Random transactions of the system program, most of them nearly right, compared with LiteSVM."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest
from solders.instruction import Instruction

from solproof.runtime.accounts import Account
from solproof.runtime.nonce_state import NonceData, NonceState, durable_nonce
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.sysvars import ADDRESSES, RECENT_BLOCKHASHES
from tests.support.litesvm_transactions import PAYER_KEY, litesvm, store
from tests.support.system_data import (
    ALICE_KEY,
    BOB_KEY,
    CAROL_KEY,
    MARKED_OWNER,
    OWNER,
    Mention,
    data,
    derived,
    signers_of,
    system_account,
    system_instruction,
)
from tests.support.transaction_oracle import assert_like_litesvm

TRANSACTIONS = 300  # for each of two seeds
SIGNERS = (ALICE_KEY, BOB_KEY, CAROL_KEY)
SEEDS = ("", "seed", "s" * 32, "s" * 33, "é")
NONCE_MINIMUM = 1_447_680
LAMPORTS = (0, 1, 890_880, NONCE_MINIMUM - 1, NONCE_MINIMUM, 10**7, 10**9, 2**64 - 1)
SPACES = (0, 1, 8, 79, 80, 81, 1_000, 10_485_760, 10_485_761, 2**64 - 1)


class Generator:
    """Makes accounts and instructions. Each part of an instruction is right with a high probability."""

    def __init__(self, source: random.Random, last_blockhash: bytes) -> None:
        self.source = source
        self.last_blockhash = last_blockhash
        self.seeds = {
            derived(base, seed, owner): (base, seed, owner)
            for base in SIGNERS
            for seed in SEEDS[:3]
            for owner in (SYSTEM_PROGRAM, OWNER)
        }
        keys = (*SIGNERS, *source.sample(sorted(self.seeds), 4))
        self.accounts = {key: self.account(key) for key in keys}

    def lies(self, probability: float = 0.05) -> bool:
        return self.source.random() < probability

    def account(self, key: bytes) -> Account:
        lamports = self.source.choice(LAMPORTS[:-1] if self.source.random() < 0.97 else LAMPORTS)
        if lamports == 0:
            return Account(key, SYSTEM_PROGRAM, 0, b"")
        owner = OWNER if self.lies() else SYSTEM_PROGRAM
        return Account(key, owner, lamports, self.content())

    def content(self) -> bytes:
        blockhash = self.last_blockhash if self.lies(0.3) else b"old" * 10 + b".."
        price = self.source.choice([0, 5_000])
        nonce = NonceData(self.source.choice(SIGNERS), durable_nonce(blockhash), price)
        state = NonceState(self.source.choice([nonce, nonce, None]), self.lies(0.3))
        length = self.source.choice([80, 80, 80, 81, 79, 8, 7])
        return self.source.choice([b"", b"", bytes(length), state.to_bytes().ljust(80, b"\0")[:length]])

    def pick(self, is_right: Callable[[Account], bool]) -> bytes:
        """The key of an account, a right one if there is one and this is no lie."""
        right = [key for key, account in self.accounts.items() if is_right(account)]
        return self.source.choice(right if right and not self.lies() else list(self.accounts))

    def instruction(self) -> Instruction:
        source = self.source
        space = source.choice(SPACES if self.lies() else SPACES[:7])
        absent = self.pick(lambda account: account.lamports == 0 and account.key in SIGNERS)
        rich = PAYER_KEY if source.random() < 0.7 else self.pick(is_plain)
        plain = self.pick(lambda account: is_plain(account) and account.key in SIGNERS)
        saved = self.pick(lambda account: is_plain(account) and account.key in self.seeds)
        used = self.pick(lambda account: nonce_of(account) is not None)
        unused = self.pick(lambda account: len(account.data) >= 80 and nonce_of(account) is None)
        legacy = self.pick(lambda account: account.data[:8] == b"\0\0\0\0\1\0\0\0")
        base, seed, owner = self.seeds.get(saved) or source.choice(sorted(self.seeds.values()))
        if self.lies():
            seed, owner = source.choice(SEEDS), source.choice([SYSTEM_PROGRAM, OWNER, MARKED_OWNER])
        data_of_used = nonce_of(self.accounts[used])
        authority = source.choice(SIGNERS) if data_of_used is None else data_of_used.authority
        amount = source.choice([10**7, 10**7, *LAMPORTS, self.accounts[used].lamports])
        blockhashes, rent = Mention(RECENT_BLOCKHASHES), Mention(ADDRESSES["rent"])
        choices: list[tuple[int, list[int | bytes | str], list[Mention]]] = [
            (0, [amount, space, owner], [self.signer(rich), self.signer(absent)]),
            (1, [owner], [self.signer(plain)]),
            (2, [amount], [self.signer(rich), Mention(plain)]),
            (3, [base, seed, amount, space, owner], [self.signer(rich), Mention(saved), self.signer(base)]),
            (4, [], [Mention(used), blockhashes, self.signer(authority)]),
            (5, [amount], [Mention(used), Mention(plain), blockhashes, rent, self.signer(authority)]),
            (6, [authority], [Mention(unused), blockhashes, rent]),
            (7, [plain], [Mention(used), self.signer(authority)]),
            (8, [space], [self.signer(plain)]),
            (9, [base, seed, space, owner], [Mention(saved), self.signer(base)]),
            (10, [base, seed, owner], [Mention(saved), self.signer(base)]),
            (11, [amount, seed, owner], [Mention(saved), self.signer(base), Mention(rich)]),
            (12, [], [Mention(legacy)]),
            (13, [amount, space, owner], [self.signer(plain), self.signer(rich)]),
        ]
        tag, fields, mentions = source.choice(choices)
        return system_instruction(self.damaged(data(tag, *fields)), self.misplaced(mentions))

    def signer(self, key: bytes) -> Mention:
        return Mention(key, key in (*SIGNERS, PAYER_KEY) and not self.lies(), not self.lies(0.02))

    def damaged(self, content: bytes) -> bytes:
        if self.lies(0.02):
            return content[: self.source.randrange(len(content))]
        return content + self.source.randbytes(self.source.choice([0, 0, 3]))

    def misplaced(self, mentions: list[Mention]) -> list[Mention]:
        if self.lies(0.02):
            self.source.shuffle(mentions)
        if self.lies(0.02):
            mentions.pop()
        if self.lies(0.03) and mentions:
            mentions[0] = Mention(mentions[0].key, mentions[0].signs, False)
        return mentions


def is_plain(account: Account) -> bool:
    return account.owner == SYSTEM_PROGRAM and not account.data


def nonce_of(account: Account) -> NonceData | None:
    state = NonceState.parse(account.data)
    return None if state is None else state.data


@pytest.mark.parametrize("seed", [1, 2])
def test_random_transactions_like_litesvm(seed: int) -> None:
    source = random.Random(seed)
    machine = litesvm()
    results: Counter[str] = Counter()
    for _ in range(TRANSACTIONS):
        generator = Generator(source, bytes(machine.latest_blockhash()))
        # An earlier transaction may have made the payer useless.
        for account in (*generator.accounts.values(), system_account(PAYER_KEY, 10**12)):
            store(machine, account)
        instructions = [generator.instruction() for _ in range(source.choice([1, 1, 2, 3, 4]))]
        sent = assert_like_litesvm(machine, instructions, signers_of(*instructions))
        results[str(sent.error) if sent.error is None else str(next(iter(sent.error)))] += 1
        if isinstance(sent.error, dict) and "InstructionError" in sent.error:
            results[str(sent.error["InstructionError"][1])] += 1
    assert results["None"] > TRANSACTIONS // 8, results
    assert results["InsufficientFundsForRent"] > 3, results
    assert len(results) > 15, results
