"""The callers of the tests of cross-program invocation: every loader and both layouts."""

from __future__ import annotations

import pytest

from tests.support.puppet.invocation import Abi
from tests.support.puppet.stage import CALLERS, Puppet


@pytest.fixture(params=list(CALLERS.values()), ids=list(CALLERS))
def caller(request: pytest.FixtureRequest) -> Puppet:
    found = request.param
    assert isinstance(found, Puppet)
    return found


@pytest.fixture(params=Abi, ids=lambda abi: abi.name)
def abi(request: pytest.FixtureRequest) -> Abi:
    found = request.param
    assert isinstance(found, Abi)
    return found
