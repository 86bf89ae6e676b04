"""Compares the guest in an emulator with solproof's machine."""

from __future__ import annotations

import os

from solproof.execution.execute import Execution
from solproof.formats import bincode
from solproof.runtime.execution_input import ExecutionInput
from solproof.zisk.abi import DEFAULT, Abi
from solproof.zisk.emulator import emulate
from solproof.zisk.outputs import Outputs
from solproof.zisk.runner import differences
from solproof.zisk.tools import run_ziskemu

PROGRAMS = int(os.environ.get("SOLPROOF_GUEST_PROGRAMS", "200"))
"""Number of random programs to compare."""

USES_ZISKEMU = os.environ.get("SOLPROOF_GUEST_EMULATOR") == "ziskemu"
"""Whether an installed `ziskemu` runs the guest instead of the embedded emulator."""


def guest_outputs(given: ExecutionInput, abi: Abi = DEFAULT) -> Outputs:
    """The guest's outputs for an input."""
    if USES_ZISKEMU:
        return Outputs.of(run_ziskemu(bincode.pack(given))[0].words)
    return Outputs.of(emulate(bincode.pack(given), abi, count_steps=False).words)


def assert_agrees(execution: Execution, abi: Abi = DEFAULT) -> Outputs:
    """Check that the guest agrees with the machine on all five words, the ending, and the digests."""
    outputs = guest_outputs(execution.input, abi)
    assert outputs.refusal is None
    assert outputs.is_complete
    assert differences(outputs, execution) == []
    return outputs
