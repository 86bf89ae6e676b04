"""The public names of solproof, and where each is defined. `__init__.py` reads this file."""

from solproof.air.check import Failure as Failure
from solproof.coverage.coverage import ProgramCoverage as ProgramCoverage
from solproof.coverage.coverage import coverage_of as coverage_of
from solproof.errors import InputError as InputError
from solproof.errors import NotAProof as NotAProof
from solproof.errors import NotEnoughMemory as NotEnoughMemory
from solproof.errors import OutputError as OutputError
from solproof.errors import ProgramError as ProgramError
from solproof.errors import ProofRejected as ProofRejected
from solproof.errors import ProofVersionError as ProofVersionError
from solproof.errors import ProvingError as ProvingError
from solproof.errors import Rejection as Rejection
from solproof.errors import RemoteError as RemoteError
from solproof.errors import SolproofError as SolproofError
from solproof.errors import UnsupportedError as UnsupportedError
from solproof.errors import VersionMismatch as VersionMismatch
from solproof.estimation.estimate import Estimate as Estimate
from solproof.estimation.estimate import estimate as estimate
from solproof.execution.execute import Execution as Execution
from solproof.execution.execute_transaction import TransactionExecution as TransactionExecution
from solproof.execution.fault_places import CallSite as CallSite
from solproof.execution.fault_places import FaultPlace as FaultPlace
from solproof.execution.run import run as run
from solproof.execution.sequence import run_sequence as run_sequence
from solproof.explorer.page import explore as explore
from solproof.formats.bincode import pack as _input_to_bytes
from solproof.formats.bincode import unpack as _input_from_bytes
from solproof.formats.fixtures.effects import Difference as Difference
from solproof.formats.fixtures.effects import Effects as Effects
from solproof.formats.fixtures.fixture import Fixture as Fixture
from solproof.formats.fixtures.fixture import parse_fixture as _fixture_from_bytes
from solproof.formats.fixtures.run import FixtureResult as FixtureResult
from solproof.formats.fixtures.run import run_fixture as run_fixture
from solproof.formats.idl import interface_from_idl as interface_from_idl
from solproof.formats.input_file import format_input as _input_to_json
from solproof.formats.input_file import parse_input as _input_from_json
from solproof.formats.loading import load as load
from solproof.formats.scene_bincode import pack as _scene_to_bytes
from solproof.formats.scene_bincode import unpack as _scene_from_bytes
from solproof.formats.scene_file import format_scene as _scene_to_json
from solproof.formats.scene_file import parse_scene as _scene_from_json
from solproof.formats.scene_litesvm import scene_from_litesvm as scene_from_litesvm
from solproof.formats.solders_objects import execution_input as _input_from_solders
from solproof.formats.transaction_json import format_transaction as _transaction_to_json
from solproof.interfaces.interface import Decoded as Decoded
from solproof.interfaces.interface import Interface as Interface
from solproof.interfaces.registry import Interfaces as Interfaces
from solproof.profile.profile import Profile as Profile
from solproof.profile.profile import profile_execution as profile_execution
from solproof.program.raw import RawFormat as RawFormat
from solproof.program.symbols import SymbolFiles as SymbolFiles
from solproof.proving.check import check_execution as _check
from solproof.proving.prove import Proof as Proof
from solproof.proving.prove import ProofReport as ProofReport
from solproof.proving.prove import prove as prove
from solproof.proving.prove import prove_execution as prove_execution
from solproof.proving.sequence import ProvenTransaction as ProvenTransaction
from solproof.proving.sequence import prove_sequence as prove_sequence
from solproof.rpc.fetch import FetchedScene as FetchedScene
from solproof.rpc.fetch import fetch as fetch
from solproof.rpc.origin import FetchedAccount as FetchedAccount
from solproof.rpc.origin import Origin as Origin
from solproof.runtime.accounts import Account as Account
from solproof.runtime.accounts import InstructionAccount as InstructionAccount
from solproof.runtime.environment import Environment as Environment
from solproof.runtime.epoch_stakes import EpochStakes as EpochStakes
from solproof.runtime.execution_input import ExecutionInput as ExecutionInput
from solproof.runtime.execution_input import Loader as Loader
from solproof.runtime.execution_input import Parameters as Parameters
from solproof.runtime.execution_output import ExecutionOutput as ExecutionOutput
from solproof.runtime.execution_output import ReturnData as ReturnData
from solproof.runtime.features import FeatureSet as FeatureSet
from solproof.runtime.sysvars import Sysvars as Sysvars
from solproof.runtime.transaction.ledger import Ledger as Ledger
from solproof.runtime.transaction.scene import Scene as Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput as TransactionOutput
from solproof.tracing.steps import Step as Step
from solproof.tracing.steps import trace as trace
from solproof.tracing.timeline import Timeline as Timeline
from solproof.tracing.timeline import timeline as timeline
from solproof.verifying.sequence import VerifiedTransaction as VerifiedTransaction
from solproof.verifying.sequence import verify_sequence as verify_sequence
from solproof.verifying.verify import Verdict as Verdict
from solproof.verifying.verify import verify as verify

check = _check
fixture_from_bytes = _fixture_from_bytes
input_from_bytes = _input_from_bytes
input_from_json = _input_from_json
input_from_solders = _input_from_solders
input_to_bytes = _input_to_bytes
input_to_json = _input_to_json
scene_from_bytes = _scene_from_bytes
scene_from_json = _scene_from_json
scene_to_bytes = _scene_to_bytes
scene_to_json = _scene_to_json
transaction_to_json = _transaction_to_json

__version__: str
__all__: list[str]
