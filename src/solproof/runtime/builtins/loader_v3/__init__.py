"""Loader v3: writes programs into buffers, and deploys, upgrades, extends and closes programs.

Source: `process_loader_upgradeable_instruction` of solana-bpf-loader-program 4.1.2 (lib.rs),
`UpgradeableLoaderInstruction` of solana-loader-v3-interface 7 (instruction.rs). The numbers 8 (Migrate) and
9 (ExtendProgramChecked) of later and earlier versions do not exist there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from solproof.runtime.builtins.instruction_data import InstructionData
from solproof.runtime.builtins.loader_v3 import authority, buffer, close, deploy, extend, upgrade
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.instruction_error import failure


def run(instruction: InstructionContext) -> None:
    """Execute one instruction. Raises `InstructionFailure` if it fails."""
    data = InstructionData(instruction.data)
    execute = _INSTRUCTIONS.get(data.u32())
    if execute is None:
        raise failure("InvalidInstructionData")
    execute(instruction, data)


_INSTRUCTIONS: Mapping[int, Callable[[InstructionContext, InstructionData], None]] = {
    0: buffer.initialize,
    1: buffer.write,
    2: deploy.deploy_with_max_data_length,
    3: upgrade.upgrade,
    4: authority.set_authority,
    5: close.close,
    6: extend.extend_program,
    7: authority.set_authority_checked,
}
