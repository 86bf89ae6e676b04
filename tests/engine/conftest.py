"""A satisfied machine and its proof."""

from __future__ import annotations

import pytest

from tests.support.small_circuits import Machine, machine


@pytest.fixture(scope="module")
def satisfied() -> Machine:
    return machine()


@pytest.fixture(scope="module")
def proof(satisfied: Machine) -> bytes:
    return satisfied.prove()
