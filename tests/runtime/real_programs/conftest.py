"""Every transaction of these tests is checked for a proof, and the last one of each test is proven.

`--prove` proves all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from solproof.execution.execute_transaction import TransactionExecution
from tests.support.proof_agreement import assert_provable, assert_proven
from tests.support.transaction_agreement import OBSERVERS


@pytest.fixture(autouse=True)
def _prove(request: pytest.FixtureRequest) -> Iterator[None]:
    executions: list[TransactionExecution] = []
    OBSERVERS.append(executions.append)
    yield
    OBSERVERS.remove(executions.append)
    proves_all = request.config.getoption("--prove")
    for position, execution in enumerate(executions, start=1):
        assert_provable(execution)
        if proves_all or position == len(executions):
            assert_proven(execution)
