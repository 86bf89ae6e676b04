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
    from solproof.loading import load
    from solproof.profile.profile import Profile, profile_execution
    from solproof.program.raw import RawFormat
    from solproof.proof.check import check_execution as check
    from solproof.proof.prove import Proof, ProofReport, prove, prove_execution
    from solproof.proof.verify import Verdict, verify
    from solproof.svm.accounts import Account, InstructionAccount
    from solproof.svm.bincode import pack as input_to_bytes
    from solproof.svm.bincode import unpack as input_from_bytes
    from solproof.svm.epoch_stakes import EpochStakes
    from solproof.svm.execute import Execution
    from solproof.svm.execute import execute as run
    from solproof.svm.execution_input import ExecutionInput, Loader, Parameters
    from solproof.svm.execution_output import ExecutionOutput, ReturnData
    from solproof.svm.features import FeatureSet
    from solproof.svm.input_file import format_input as input_to_json
    from solproof.svm.input_file import parse_input as input_from_json
    from solproof.svm.solders_objects import execution_input as input_from_solders
    from solproof.svm.sysvars import Sysvars
    from solproof.tracing.steps import Step, trace

__version__ = "0.1.0"

_HOMES = {
    "Account": "svm.accounts:Account",
    "Estimate": "estimation.estimate:Estimate",
    "EpochStakes": "svm.epoch_stakes:EpochStakes",
    "Execution": "svm.execute:Execution",
    "ExecutionInput": "svm.execution_input:ExecutionInput",
    "ExecutionOutput": "svm.execution_output:ExecutionOutput",
    "Failure": "air.check:Failure",
    "FeatureSet": "svm.features:FeatureSet",
    "InputError": "errors:InputError",
    "InstructionAccount": "svm.accounts:InstructionAccount",
    "Loader": "svm.execution_input:Loader",
    "NotEnoughMemory": "errors:NotEnoughMemory",
    "OutputError": "errors:OutputError",
    "Parameters": "svm.execution_input:Parameters",
    "ProgramError": "errors:ProgramError",
    "Profile": "profile.profile:Profile",
    "Proof": "proof.prove:Proof",
    "ProofRejected": "errors:ProofRejected",
    "ProofReport": "proof.prove:ProofReport",
    "ProofVersionError": "errors:ProofVersionError",
    "ProvingError": "errors:ProvingError",
    "RawFormat": "program.raw:RawFormat",
    "ReturnData": "svm.execution_output:ReturnData",
    "SolproofError": "errors:SolproofError",
    "Step": "tracing.steps:Step",
    "Sysvars": "svm.sysvars:Sysvars",
    "UnsupportedError": "errors:UnsupportedError",
    "Verdict": "proof.verify:Verdict",
    "check": "proof.check:check_execution",
    "explore": "explorer.page:explore",
    "estimate": "estimation.estimate:estimate",
    "input_from_bytes": "svm.bincode:unpack",
    "input_from_json": "svm.input_file:parse_input",
    "input_from_solders": "svm.solders_objects:execution_input",
    "input_to_bytes": "svm.bincode:pack",
    "input_to_json": "svm.input_file:format_input",
    "load": "loading:load",
    "profile_execution": "profile.profile:profile_execution",
    "prove": "proof.prove:prove",
    "prove_execution": "proof.prove:prove_execution",
    "run": "svm.execute:execute",
    "trace": "tracing.steps:trace",
    "verify": "proof.verify:verify",
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
