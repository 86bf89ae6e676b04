"""The programs that are part of the runtime: they run natively and not in the machine.

Source: solana-builtins-default-costs 4.1 and the `declare_process_instruction!` of each program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from solproof.runtime.builtins import loader_v3, retired_loaders, system, vote, zk_elgamal_proof
from solproof.runtime.features import FeatureSet
from solproof.runtime.instruction_context import InstructionContext
from solproof.runtime.program_ids import (
    COMPUTE_BUDGET,
    LOADER_V1,
    LOADER_V2,
    LOADER_V3,
    SYSTEM_PROGRAM,
    VOTE_PROGRAM,
    ZK_ELGAMAL_PROOF,
)


@dataclass(frozen=True, slots=True)
class Builtin:
    """A program of the runtime.

    compute_units: what an instruction costs, whether it succeeds or fails. They are taken before the
        instruction data are read. A program whose instructions have different prices takes them in `run`.
    run: does the work. Raises `InstructionFailure`.
    feature: without this feature, the program does not exist.
    """

    name: str
    compute_units: int
    run: Callable[[InstructionContext], None]
    feature: str | None = None

    def exists(self, features: FeatureSet) -> bool:
        """Whether a cluster with these features has the program."""
        return self.feature is None or self.feature in features

    def execute(self, context: InstructionContext) -> None:
        """Take the compute units and run."""
        context.consume(self.compute_units)
        self.run(context)


def _nothing(_context: InstructionContext) -> None:
    """Instructions of the compute budget program act before the transaction runs."""


BUILTINS: Mapping[bytes, Builtin] = MappingProxyType(
    {
        COMPUTE_BUDGET: Builtin("compute budget", 150, _nothing),
        SYSTEM_PROGRAM: Builtin("system", 150, system.run),
        LOADER_V1: Builtin("loader v1", 1_140, retired_loaders.run_v1),
        LOADER_V2: Builtin("loader v2", 570, retired_loaders.run_v2),
        LOADER_V3: Builtin("loader v3", 2_370, loader_v3.run),
        VOTE_PROGRAM: Builtin("vote", 2_100, vote.run),
        ZK_ELGAMAL_PROOF: Builtin("ZK ElGamal proof", 0, zk_elgamal_proof.run, zk_elgamal_proof.ENABLED),
    }
)
"""The builtin programs, by address."""
