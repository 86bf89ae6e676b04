"""Random transactions of the vote program, most of them nearly right, compared with LiteSVM.

A validator votes for many slots on one machine, and the accounts of others change in every other way.
"""

from __future__ import annotations

import random
import struct
from collections import Counter
from collections.abc import Sequence

import pytest
from solders.instruction import Instruction
from solders.litesvm import LiteSVM

from solproof.runtime.builtins.vote.state import VoteState
from solproof.runtime.builtins.vote.state_versions import parse_state
from solproof.runtime.features import MAINNET
from solproof.runtime.instruction_error import InstructionFailure
from solproof.runtime.program_ids import SYSTEM_PROGRAM, VOTE_PROGRAM
from tests.support.litesvm_transactions import PAYER_KEY, litesvm, store, stored
from tests.support.system_data import (
    ALICE_KEY,
    BOB_KEY,
    CAROL_KEY,
    OWNER,
    Mention,
    data,
    derived,
    signers_of,
    system_account,
)
from tests.support.transaction_oracle import assert_like_litesvm
from tests.support.vote_data import (
    BLS_KEY,
    BLS_PROOF,
    COLLECTOR,
    ROLES,
    VOTE_KEY,
    State,
    bank_hash,
    compact_tower,
    encoded,
    slot_votes,
    tower,
    u64,
)
from tests.support.vote_machine import (
    ACCOUNT,
    CLOCK,
    RENT,
    SLOT_HASHES,
    set_clock,
    set_history,
    vote_account,
    vote_instruction,
)

TRANSACTIONS = 500  # for each seed
SIGNERS = (ALICE_KEY, BOB_KEY, CAROL_KEY)
HISTORY_LENGTH = 40
ALL_FEATURES = (
    "block_revenue_sharing",
    "custom_commission_collector",
    "vote_account_initialize_v2",
)
FEATURES: list[tuple[Sequence[str], Sequence[str]]] = [
    ((), ()),
    (ALL_FEATURES, ()),
    ((), ("delay_commission_updates", "bls_pubkey_management_in_vote_account")),
    (("deprecate_legacy_vote_ixs", *ALL_FEATURES), ("commission_rate_in_basis_points",)),
]
"""Features that are active and that are not, other than on mainnet."""


class Generator:
    """Makes time pass, and makes instructions. Each part is right with a high probability."""

    def __init__(self, source: random.Random, machine: LiteSVM) -> None:
        self.source = source
        self.machine = machine
        self.slot, self.epoch = 1_000, 5
        self.history: list[int] = []
        self.derived = {derived(base, "seed", OWNER): base for base in SIGNERS}

    def lies(self, probability: float = 0.05) -> bool:
        return self.source.random() < probability

    def advance(self) -> None:
        """Some slots later, some of them without a block. Sometimes it is another epoch."""
        source = self.source
        for _ in range(source.choice([1, 1, 1, 2, 5])):
            if not self.lies(0.2):
                self.history = [*self.history, self.slot][-HISTORY_LENGTH:]
            self.slot += 1
        self.epoch += source.choice([0] * 12 + [1, 1, 3])
        set_clock(self.machine, self.slot, self.epoch, self.epoch + source.choice([1, 1, 1, 0]))
        set_history(self.machine, self.history)

    def renew(self) -> None:
        """Store another vote account."""
        source = self.source
        old = [slot for slot in self.history[:-3] if self.lies(0.5)] or [self.slot - 300]
        votes = self.grown((), source.sample(old, min(len(old), source.choice([0, 1, 5, 31]))))
        authorities = list(self.derived if self.lies(0.1) else SIGNERS)
        epochs = source.sample(range(max(0, self.epoch - 3), self.epoch + 3), 2)
        state = State(
            source.choice([1, 2, 3, 3]),
            source.choice(SIGNERS),
            source.choice(authorities),
            source.choice([0, 5, 100, 255]),
            votes,
            [source.choice([0, 1, 2, 3, 17, 18, 19, 255]) for _ in votes],
            source.choice([None, votes[0][0] - 1 if votes else 0]),
            {0: source.choice(authorities)} | {epoch: source.choice(authorities) for epoch in epochs},
            [(self.epoch - age, 20 * (9 - age), 20 * (8 - age)) for age in source.choice([(), (2,), (3, 1)])],
            (source.choice([0, self.slot - 50]), source.choice([0, 100])),
            source.choice([0, 0, 10**6]),
            BLS_KEY if self.lies(0.1) else None,
        )
        if self.lies(0.03):
            state = State(state.version, voters={})
        content = bytes(3_762) if self.lies(0.07) else state.data()
        content = self.damaged(content) if self.lies() else content
        lamports = source.choice([10**9, 10**9, 27_074_400, 27_074_399])
        owner = SYSTEM_PROGRAM if self.lies(0.01) else VOTE_PROGRAM
        store(self.machine, vote_account(content, lamports, owner))

    def grown(self, votes: Sequence[tuple[int, int]], slots: Sequence[int]) -> list[tuple[int, int]]:
        """A tower after more votes, as the rules for honest voters make it."""
        grown = list(votes)
        for slot in sorted(slots):
            while grown and grown[-1][0] + 2 ** min(grown[-1][1], 31) < slot:
                grown.pop()
            grown = [*grown, (slot, 1)][-31:]
            depth = len(grown)
            grown = [
                (each, count + 1 if depth > index + count else count)
                for index, (each, count) in enumerate(grown)
            ]
        return grown

    def state(self) -> VoteState | None:
        account = stored(self.machine, VOTE_KEY)
        try:
            return parse_state(account.data if account else b"", VOTE_KEY)[1]
        except InstructionFailure:
            return None

    def can_vote(self) -> bool:
        """Whether somebody can sign a vote."""
        state = self.state()
        return state is not None and state.voters.voter(self.epoch) in SIGNERS

    def proposal(self, state: VoteState | None) -> tuple[list[tuple[int, int]], int | None]:
        """A tower for the present state, and a root."""
        source = self.source
        votes = [(vote.slot, vote.confirmations) for vote in state.votes] if state else []
        last = votes[-1][0] if votes else 0
        new = [slot for slot in self.history if slot > last] or [self.slot]
        root = state.root if state else None
        chosen = source.sample(new, min(len(new), source.choice([1, 1, 2, 5])))
        for slot in sorted(chosen):
            full = len(votes) == 31
            first = votes[0][0] if votes else 0
            votes = self.grown(votes, [slot])
            if full and votes[0][0] != first:
                root = first
        if self.lies(0.15) and len(votes) > 2:
            # Roots may also come early.
            root = votes[0][0]
            votes = votes[1:]
        if self.lies(0.2):
            votes, root = self.bent(votes, root)
        return votes, root

    def bent(
        self, votes: list[tuple[int, int]], root: int | None
    ) -> tuple[list[tuple[int, int]], int | None]:
        """A tower and a root that are not quite right."""
        source = self.source
        index = source.randrange(len(votes))
        slot, count = votes[index]
        change = source.randrange(6)
        if change == 0:
            votes = votes[:index] + votes[index + 1 :]
        elif change == 1:
            votes[index] = slot, source.choice([0, count + 1, max(0, count - 1), 32])
        elif change == 2:
            votes[index] = max(0, slot + source.choice([-1, 1, -300, 5])), count
        elif change == 3:
            votes = [*votes, *votes]
        else:
            root = source.choice([None, 0, self.slot - 1, self.slot - 200, slot])
        return votes, root

    def votes(self) -> Instruction:
        source = self.source
        state = self.state()
        votes, root = self.proposal(state)
        slots = [slot for slot, _ in votes[-source.choice([1, 2, 5]) :]]
        last_hash = OWNER if self.lies(0.02) else bank_hash(votes[-1][0] if votes else 0)
        time = source.choice([None, None, None, 100, self.slot, 99])
        # The compact encoding has no slots in descending order.
        ascending = sorted(votes)
        root = None if root is not None and ascending and root > ascending[0][0] and self.lies(0.5) else root
        compact_root = root if root is None or not ascending or root <= ascending[0][0] else None
        compact = compact_tower(ascending, compact_root, last_hash, time)
        proof = source.randbytes(32)
        content, mentions = source.choice(
            [
                (encoded(2, slot_votes(slots, last_hash, time)), [SLOT_HASHES, CLOCK]),
                (encoded(6, slot_votes(slots, last_hash, time), proof), [SLOT_HASHES, CLOCK]),
                (encoded(8, tower(votes, root, last_hash, time)), []),
                (encoded(9, tower(votes, root, last_hash, time), proof), []),
                (encoded(12, compact), []),
                (encoded(13, compact, proof), []),
                *[(encoded(14, compact, proof), list[Mention]())] * 5,
                (encoded(15, compact, proof, proof), []),
            ]
        )
        voter = state.voters.voter(self.epoch) if state else None
        return self.made(content, [ACCOUNT, *mentions, self.signer(voter or BOB_KEY)])

    def changes(self) -> Instruction:
        source = self.source
        state = self.state()
        withdrawer = state.withdrawer if state else ALICE_KEY
        voter = (state.voters.voter(self.epoch) if state else None) or BOB_KEY
        authority = source.choice([withdrawer, withdrawer, voter])
        base = self.derived.get(authority) or source.choice(SIGNERS)
        key = source.choice(SIGNERS)
        role = source.choice([ROLES["voter"], ROLES["withdrawer"], ROLES["bls"]])
        if self.lies():
            role = self.damaged(role)
        lamports = u64(source.choice([0, 10**6, 10**9, 27_074_400, 10**9 - 27_074_400, 2**64 - 1]))
        percent, bps = bytes([source.randrange(256)]), struct.pack("<H", source.randrange(2**16))
        kind = struct.pack("<I", source.choice([0, 1]))
        signs, new = self.signer(authority), self.signer(key)
        collector = source.choice([ACCOUNT, Mention(COLLECTOR), Mention(COLLECTOR), new])
        choices: list[tuple[bytes, list[Mention]]] = [
            (encoded(0, key, voter, withdrawer, percent), [ACCOUNT, RENT, CLOCK, new]),
            (encoded(1, key, role), [ACCOUNT, CLOCK, signs]),
            (encoded(3, lamports), [ACCOUNT, Mention(COLLECTOR), self.signer(withdrawer)]),
            (encoded(4), [ACCOUNT, new, self.signer(withdrawer)]),
            (encoded(5, percent), [ACCOUNT, self.signer(withdrawer)]),
            (encoded(7, role), [ACCOUNT, CLOCK, signs, new]),
            (data(10, role, OWNER, "seed", key), [ACCOUNT, CLOCK, self.signer(base)]),
            (data(11, role, OWNER, "seed"), [ACCOUNT, CLOCK, self.signer(base), new]),
            (
                encoded(16, key, voter, BLS_KEY, BLS_PROOF, withdrawer, bps, bps),
                [ACCOUNT, new, collector, ACCOUNT],
            ),
            (encoded(17, kind), [ACCOUNT, collector, self.signer(withdrawer)]),
            (encoded(18, bps, kind), [ACCOUNT, self.signer(withdrawer)]),
            (encoded(19, lamports), [ACCOUNT, self.signer(PAYER_KEY), Mention(SYSTEM_PROGRAM)]),
        ]
        return self.made(*source.choice(choices))

    def signer(self, key: bytes) -> Mention:
        return Mention(key, key in (*SIGNERS, PAYER_KEY) and not self.lies(), not self.lies(0.02))

    def made(self, content: bytes, mentions: list[Mention]) -> Instruction:
        if self.lies(0.02):
            content = self.damaged(content)
        if self.lies(0.02):
            mentions.pop()
        if self.lies(0.02) and mentions:
            mentions[0] = Mention(mentions[0].key, is_writable=False)
        return vote_instruction(content[:900], mentions)

    def damaged(self, content: bytes) -> bytes:
        position = self.source.randrange(len(content))
        if self.lies(0.5):
            return content[:position]
        return content[:position] + self.source.randbytes(1) + content[position + 1 :]


@pytest.mark.parametrize("seed", range(len(FEATURES)))
def test_random_transactions_like_litesvm(seed: int) -> None:
    source = random.Random(seed)
    activate, deactivate = FEATURES[seed]
    machine = litesvm(activate=activate, deactivate=deactivate)
    generator = Generator(source, machine)
    for account in (*map(system_account, SIGNERS), system_account(COLLECTOR, 10**7)):
        store(machine, account)
    for _ in range(HISTORY_LENGTH):
        generator.advance()
    generator.renew()
    results: Counter[str] = Counter()
    for _ in range(TRANSACTIONS):
        generator.advance()
        if source.random() < (0.08 if generator.can_vote() else 0.4):
            generator.renew()
        store(machine, system_account(PAYER_KEY, 10**12))
        instructions = [
            generator.votes() if source.random() < 0.6 else generator.changes()
            for _ in range(source.choice([1, 1, 1, 2]))
        ]
        signers = signers_of(*instructions)
        sent = assert_like_litesvm(machine, instructions, signers, MAINNET.changed(activate, deactivate))
        if isinstance(sent.error, dict) and "InstructionError" in sent.error:
            results[str(sent.error["InstructionError"][1])] += 1
        else:
            results[str(sent.error)] += 1
    assert results["None"] > TRANSACTIONS // 5, results
    assert len(results) > 15, results
