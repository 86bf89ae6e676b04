"""Accounts for tests of the input region."""

from __future__ import annotations

import random

import base58

from solproof.runtime.accounts import Account, InstructionAccount

KEY, OTHER, OWNER, PROGRAM = (bytes([number]) * 32 for number in (1, 2, 3, 4))
NATIVE_LOADER = base58.b58decode("NativeLoader1111111111111111111111111111111")


def random_account(source: random.Random) -> InstructionAccount:
    executable = source.random() < 0.2
    data = source.randbytes(source.choice([0, 1, 7, 8, 9, 165, 2000, source.randrange(100)]))
    owner = NATIVE_LOADER if executable else source.choice([PROGRAM, OWNER, bytes(32)])
    account = Account(source.randbytes(32), owner, source.randrange(1, 10**15), data, executable)
    return InstructionAccount(account, source.random() < 0.5, source.random() < 0.5)
