"""Run any Solana program exactly as a validator would, and prove the run.

    import solproof

    given = solproof.load("token.so", "transfer.json")  # or input_from_solders, ExecutionInput, ...
    execution = solproof.run(given)  # execution.output: success, compute units, logs, accounts, ...
    for step in solproof.trace(execution): ...  # step.pc, step.assembly, step.registers_after, ...
    estimate = solproof.estimate(given)  # rows, cells, memory, time and size of a proof
    proof = solproof.prove(given)  # proof.data: the content of a proof file
    verdict = solproof.verify(proof.data, given)  # raises ProofRejected with the reason

Names are imported when they are first used: `import solproof` loads nothing else. Inputs, outputs, proofs and
verdicts are frozen and can be pickled. Every error that is raised on purpose is a `SolproofError`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solproof.air.check import Failure
    from solproof.errors import (
        InputError,
        NotEnoughMemory,
        OutputError,
        ProgramError,
        ProofRejected,
        ProofVersionError,
        ProvingError,
        SolproofError,
        UnsupportedError,
    )
    from solproof.estimation.estimate import Estimate, estimate
    from solproof.explorer.page import explore
    from solproof.formats.bincode import pack as input_to_bytes
    from solproof.formats.bincode import unpack as input_from_bytes
    from solproof.formats.input_file import format_input as input_to_json
    from solproof.formats.input_file import parse_input as input_from_json
    from solproof.formats.loading import load
    from solproof.formats.solders_objects import execution_input as input_from_solders
    from solproof.profile.profile import Profile, profile_execution
    from solproof.program.raw import RawFormat
    from solproof.proving.check import check_execution as check
    from solproof.proving.prove import Proof, ProofReport, prove, prove_execution
    from solproof.runtime.accounts import Account, InstructionAccount
    from solproof.runtime.epoch_stakes import EpochStakes
    from solproof.runtime.execute import Execution
    from solproof.runtime.execute import execute as run
    from solproof.runtime.execution_input import ExecutionInput, Loader, Parameters
    from solproof.runtime.execution_output import ExecutionOutput, ReturnData
    from solproof.runtime.features import FeatureSet
    from solproof.runtime.sysvars import Sysvars
    from solproof.tracing.steps import Step, trace
    from solproof.verifying.verify import Verdict, verify

__version__ = "0.1.0"

_HOMES = {
    "Account": "runtime.accounts:Account",
    "Estimate": "estimation.estimate:Estimate",
    "EpochStakes": "runtime.epoch_stakes:EpochStakes",
    "Execution": "runtime.execute:Execution",
    "ExecutionInput": "runtime.execution_input:ExecutionInput",
    "ExecutionOutput": "runtime.execution_output:ExecutionOutput",
    "Failure": "air.check:Failure",
    "FeatureSet": "runtime.features:FeatureSet",
    "InputError": "errors:InputError",
    "InstructionAccount": "runtime.accounts:InstructionAccount",
    "Loader": "runtime.execution_input:Loader",
    "NotEnoughMemory": "errors:NotEnoughMemory",
    "OutputError": "errors:OutputError",
    "Parameters": "runtime.execution_input:Parameters",
    "ProgramError": "errors:ProgramError",
    "Profile": "profile.profile:Profile",
    "Proof": "proving.prove:Proof",
    "ProofRejected": "errors:ProofRejected",
    "ProofReport": "proving.prove:ProofReport",
    "ProofVersionError": "errors:ProofVersionError",
    "ProvingError": "errors:ProvingError",
    "RawFormat": "program.raw:RawFormat",
    "ReturnData": "runtime.execution_output:ReturnData",
    "SolproofError": "errors:SolproofError",
    "Step": "tracing.steps:Step",
    "Sysvars": "runtime.sysvars:Sysvars",
    "UnsupportedError": "errors:UnsupportedError",
    "Verdict": "verifying.verify:Verdict",
    "check": "proving.check:check_execution",
    "explore": "explorer.page:explore",
    "estimate": "estimation.estimate:estimate",
    "input_from_bytes": "formats.bincode:unpack",
    "input_from_json": "formats.input_file:parse_input",
    "input_from_solders": "formats.solders_objects:execution_input",
    "input_to_bytes": "formats.bincode:pack",
    "input_to_json": "formats.input_file:format_input",
    "load": "formats.loading:load",
    "profile_execution": "profile.profile:profile_execution",
    "prove": "proving.prove:prove",
    "prove_execution": "proving.prove:prove_execution",
    "run": "runtime.execute:execute",
    "trace": "tracing.steps:trace",
    "verify": "verifying.verify:verify",
}

__all__ = [
    "Account",
    "EpochStakes",
    "Estimate",
    "Execution",
    "ExecutionInput",
    "ExecutionOutput",
    "Failure",
    "FeatureSet",
    "InputError",
    "InstructionAccount",
    "Loader",
    "NotEnoughMemory",
    "OutputError",
    "Parameters",
    "Profile",
    "ProgramError",
    "Proof",
    "ProofRejected",
    "ProofReport",
    "ProofVersionError",
    "ProvingError",
    "RawFormat",
    "ReturnData",
    "SolproofError",
    "Step",
    "Sysvars",
    "UnsupportedError",
    "Verdict",
    "__version__",
    "check",
    "estimate",
    "explore",
    "input_from_bytes",
    "input_from_json",
    "input_from_solders",
    "input_to_bytes",
    "input_to_json",
    "load",
    "profile_execution",
    "prove",
    "prove_execution",
    "run",
    "trace",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    value = getattr(import_module(f"{__name__}.{module}"), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
