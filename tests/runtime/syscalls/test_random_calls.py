"""Random calls of every supported syscall with arguments near the edges of memory, against LiteSVM.

The programs have every sBPF version and every loader.
"""

from __future__ import annotations

import os

import pytest

from solproof.runtime.syscalls import SUPPORTED
from tests.support.random_calls import random_call

CALLS = int(os.environ.get("SOLPROOF_RANDOM_CALLS", "8"))


@pytest.mark.parametrize("seed", range(CALLS))
@pytest.mark.parametrize("name", sorted(SUPPORTED))
def test_random_call(name: str, seed: int) -> None:
    random_call(name, seed)
