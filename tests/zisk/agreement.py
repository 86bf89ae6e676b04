"""The guest in an emulator, compared with solproof's machine."""

from __future__ import annotations

import os

from solproof.formats import bincode
from solproof.runtime.execute import Execution
from solproof.runtime.execution_input import ExecutionInput
from solproof.zisk.abi import DEFAULT, Abi
from solproof.zisk.emulator import emulate
from solproof.zisk.outputs import Outputs
from solproof.zisk.runner import differences
from solproof.zisk.tools import run_ziskemu

PROGRAMS = int(os.environ.get("SOLPROOF_GUEST_PROGRAMS", "200"))
"""How many random programs are compared."""

USES_ZISKEMU = os.environ.get("SOLPROOF_GUEST_EMULATOR") == "ziskemu"
"""Whether an installed `ziskemu` runs the guest, instead of the embedded emulator."""


def guest_outputs(given: ExecutionInput, abi: Abi = DEFAULT) -> Outputs:
    """What the guest outputs of an input."""
    if USES_ZISKEMU:
        return Outputs.of(run_ziskemu(bincode.pack(given))[0].words)
    return Outputs.of(emulate(bincode.pack(given), abi, count_steps=False).words)


def assert_agrees(execution: Execution, abi: Abi = DEFAULT) -> Outputs:
    """The guest outputs what the machine says: all five words, the ending, and the digests."""
    outputs = guest_outputs(execution.input, abi)
    assert outputs.refusal is None
    assert outputs.is_complete
    assert differences(outputs, execution) == []
    return outputs
