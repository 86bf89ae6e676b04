"""Random instructions for the eight programs that LiteSVM embeds, in solproof and in LiteSVM."""

from __future__ import annotations

import random
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

from solders.litesvm import LiteSVM

from solproof.demo.scenario import TOKEN_PROGRAM
from solproof.execution.execute import Execution
from solproof.oracle.litesvm import runtime
from solproof.program.bytecode_verifier import load_program
from solproof.runtime.accounts import Account, InstructionAccount, address_bytes
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.sysvars import Sysvars
from tests.differential.token_instructions import TokenInstructions
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.mainnet_programs import PROGRAM_IDS, mainnet_programs

TOKENS = {
    "p_token": TOKEN_PROGRAM,
    "token": TOKEN_PROGRAM,
    "token_2022": address_bytes(PROGRAM_IDS["token_2022"]),
}
OTHERS = {name: address_bytes(text) for name, text in PROGRAM_IDS.items() if name not in TOKENS}
NAMES = (*TOKENS, *OTHERS)
LOADERS = {"token": Loader.V2, "memo_v1": Loader.V1, "memo_v3": Loader.V2, "associated_token": Loader.V2}
SYSTEM_PROGRAM = bytes(32)
LENGTHS = (0, 1, 56, 82, 165, 200, 355)  # of mints, token, stake and lookup table accounts, and others
AUTHORITY = bytes([3]) * 32
STATES = {
    "stake": (struct.pack("<IQ", 1, 0).ljust(12, b"\0") + 2 * AUTHORITY + bytes(48 + 76),),
    "address_lookup_table": (
        struct.pack("<IQQBB32sH", 1, 2**64 - 1, 0, 0, 1, AUTHORITY, 0),
        struct.pack("<IQQBB32sH", 1, 2**64 - 1, 0, 0, 1, AUTHORITY, 0) + 64 * b"k",
    ),
}
"""Accounts that are in use and have the same authority."""

DATA_LENGTHS = {
    ("stake", 0): 112,
    ("stake", 1): 36,
    ("stake", 3): 8,
    ("stake", 4): 8,
    ("stake", 6): 3,
    ("stake", 10): 4,
    ("address_lookup_table", 0): 9,
    ("address_lookup_table", 2): 8 + 32,
}
INSTRUCTIONS_OF_A_STATE = 25


@cache
def machine(*, classic_token: bool = False) -> LiteSVM:
    """A LiteSVM that holds the programs."""
    return runtime(classic_token=classic_token)


class Outcomes:
    """How many instructions of a program had each outcome."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()
        self.instructions = 0

    def report(self) -> str:
        """A line of counts."""
        failed = sum(count for name, count in self.ended.items() if name != "success")
        return (
            f"{sum(self.ended.values()):,} compared ({self.ended['success']:,} succeed, {failed:,} fail with "
            f"{len(self.ended) - 1} errors), {self.instructions:,} instructions"
        )


def compare(name: str, count: int, seed: str, examine: Callable[[Execution], object]) -> Outcomes:
    """Run `count` random instructions of a program in both.

    Raises AssertionError, with the input, for the first instruction whose outcome differs from LiteSVM's.
    """
    outcomes = Outcomes()
    svm = machine(classic_token=name == "token")
    program = load_program(mainnet_programs()[name])
    for number, (given, apply) in enumerate(_instructions(name, count, random.Random(f"{name} {seed}"))):
        try:
            execution = assert_like_litesvm(given, svm, program)
        except AssertionError as error:
            accounts = "\n".join(f"  {entry}" for entry in given.accounts)
            data = given.instruction_data.hex()
            raise AssertionError(
                f"{name}, seed {seed}, instruction {number} ({data}): {error}\n{accounts}"
            ) from error
        outcomes.ended["success" if execution.output.success else str(execution.output.error)] += 1
        outcomes.instructions += execution.output.instructions
        apply(execution)
        examine(execution)
    return outcomes


def _instructions(
    name: str, count: int, source: random.Random
) -> Iterator[tuple[ExecutionInput, Callable[[Execution], None]]]:
    program = mainnet_programs()[name]
    if name not in TOKENS:
        for _ in range(count):
            yield _any_instruction(name, program, source), lambda _: None
        return
    state = TokenInstructions(program, TOKENS[name], source)
    for number in range(count):
        if number % INSTRUCTIONS_OF_A_STATE == 0:
            state = TokenInstructions(program, TOKENS[name], source)
        given = state.draw()
        yield given, lambda execution, state=state: state.apply(execution.output)  # type: ignore[misc]


def _any_instruction(name: str, program: bytes, source: random.Random) -> ExecutionInput:
    drawn = [_any_account(name, source) for _ in range(source.randrange(9))]
    accounts = list({entry.account.key: entry for entry in drawn}.values())
    if accounts and source.random() < 0.3:
        accounts.append(source.choice(accounts))
    code = source.randrange(18)
    if name.startswith("memo"):
        data = source.choice([b"a memo", b"\xc3\xa9 \xe2\x82\xac", source.randbytes(5), b"m" * 200, b""])
    elif name == "associated_token":
        data = source.choice([b"", b"\0", b"\1", b"\2", source.randbytes(2)])
    else:
        length = source.choice([DATA_LENGTHS.get((name, code), 0), source.randrange(80)])
        data = code.to_bytes(4, "little") + source.choice([bytes(length), source.randbytes(length)])
    parameters = Parameters(loader=LOADERS.get(name, Loader.V3))
    return ExecutionInput(program, OTHERS[name], tuple(accounts), data, parameters)


def _any_account(name: str, source: random.Random) -> InstructionAccount:
    program_id = OTHERS[name]
    if source.random() < 0.2 and not name.startswith("memo"):
        return InstructionAccount(
            Sysvars().account(source.choice(["rent", "clock", "stake_history", "slot_hashes"]))
        )
    length = source.choice(LENGTHS)
    states = [bytes(length), source.randbytes(length), bytes([2]).ljust(length, b"\0")[:length]]
    data = source.choice([*states, *STATES.get(name, ())])
    owner = source.choice([program_id, program_id, SYSTEM_PROGRAM, bytes([9]) * 32])
    key = source.choice([AUTHORITY, source.randbytes(32)])
    account = Account(key, owner, source.choice([10**10, 10**7]), data)
    signs = 0.95 if name.startswith("memo") else 0.7
    return InstructionAccount(account, source.random() < signs, source.random() < 0.7)
