"""Random instructions for the programs that LiteSVM embeds. Most fail, and all have LiteSVM's results."""

from __future__ import annotations

import os
import random
from functools import cache

import pytest
from solders.litesvm import LiteSVM

from solproof.errors import UnsupportedError
from solproof.oracle.litesvm import runtime
from solproof.runtime.accounts import Account, InstructionAccount, address_bytes
from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
from solproof.runtime.sysvars import Sysvars
from tests.support.litesvm_oracle import assert_like_litesvm
from tests.support.mainnet_programs import PROGRAM_IDS, mainnet_programs
from tests.support.syscall_harness import replay

SEEDS = int(os.environ.get("SOLPROOF_RANDOM_CALLS", "8"))
IDS = {name: address_bytes(text) for name, text in PROGRAM_IDS.items()}
LOADERS = {"memo_v1": Loader.V1, "memo_v3": Loader.V2, "associated_token": Loader.V2}
SYSTEM_PROGRAM = bytes(32)
LENGTHS = (0, 1, 56, 82, 165, 200, 355)  # lengths of mint, token, stake and lookup table accounts and others


@cache
def machine() -> LiteSVM:
    """A LiteSVM that holds the programs."""
    return runtime()


def random_account(source: random.Random, program_id: bytes) -> InstructionAccount:
    if source.random() < 0.2:
        name = source.choice(["rent", "clock", "stake_history", "slot_hashes"])
        return InstructionAccount(Sysvars().account(name))
    length = source.choice(LENGTHS)
    data = source.choice([bytes(length), source.randbytes(length), bytes([2]).ljust(length, b"\0")[:length]])
    owner = source.choice([program_id, program_id, SYSTEM_PROGRAM, bytes([9]) * 32])
    account = Account(source.randbytes(32), owner, source.choice([10**10, 10**7]), data)
    return InstructionAccount(account, source.random() < 0.6, source.random() < 0.6)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", PROGRAM_IDS)
def test_random_instruction(name: str, seed: int) -> None:
    source = random.Random(f"{name} {seed}")
    accounts = [random_account(source, IDS[name]) for _ in range(source.randrange(6))]
    if accounts and source.random() < 0.3:
        accounts.append(source.choice(accounts))
    code = source.randrange(40).to_bytes(source.choice([1, 4]), "little")
    rest = source.randrange(80)
    data = source.choice([code + source.randbytes(rest), code + bytes(rest), b"a memo"[: rest // 10]])
    parameters = Parameters(loader=LOADERS.get(name, Loader.V3))
    given = ExecutionInput(mainnet_programs()[name], IDS[name], tuple(accounts), data, parameters)
    try:
        execution = assert_like_litesvm(given, machine())
    except UnsupportedError as error:
        pytest.skip(str(error))  # for example, a call of another program
    replay(execution)
