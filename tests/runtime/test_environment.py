"""The environment has the defaults of the parameters of one instruction."""

from __future__ import annotations

from solproof.runtime.environment import Environment
from solproof.runtime.execution_input import Parameters


def test_defaults() -> None:
    environment, parameters = Environment(), Parameters()
    assert environment.features == parameters.features
    assert environment.sysvars == parameters.sysvars
    assert environment.epoch_stakes == parameters.epoch_stakes
