"""A machine that lies once, and a judge: does the circuit or the verifier object to the run?

The liar runs a program truly except at one step. Everything after that step follows from the lie. The witness
and the claim are made from that run in the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
import pytest

from assurance.forgery import Forgery, lying_witness
from assurance.runs import State
from solproof.accesses import register_log as chains
from solproof.accesses.registers import RegisterAccesses
from solproof.backend.plonky3 import Plonky3
from solproof.backend.protocol import Columns, Key, PublicInput, Security
from solproof.circuit.registry import CIRCUIT
from solproof.errors import ProofRejected, Rejection
from solproof.execution.execute import Execution, execute
from solproof.proving.witness import Instance
from solproof.runtime.execution_input import ExecutionInput
from solproof.statement.claim import Claim, claim_of
from solproof.statement.proof_file import ProofFile
from solproof.statement.statement import input_digest, program_digest
from solproof.statement.system import ProofSystem
from solproof.verifying.verify import verify
from solproof.vm import faults, machine
from solproof.vm.faults import Fault
from solproof.vm.machine import HALT, RELOAD_METER, Machine
from solproof.vm.trace import Run

Lie = Callable[["LyingMachine", int], int]
"""Does something other than the instruction at a pc, and returns the next pc."""


class LyingMachine(Machine):
    """A machine that lies at instruction number `at`. `states` has the registers before each instruction."""

    def __init__(self, *arguments: Any, lie: Lie, at: int, random: Random, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.lie, self.at, self.random = lie, at, random
        self.states: list[State] = []

    def execute(self) -> Fault | None:
        """Like `Machine.execute`, except for the lie."""
        pcs, pc = self.recorder.pc, self.program.entry
        try:
            while len(pcs) + self.syscall_units < self.limit:
                pcs.append(pc)
                self.states.append(tuple(self.registers))
                is_lie, self.at = len(pcs) == self.at, self.at if len(pcs) < self.at else 0
                pc = self.lie(self, pc) if is_lie else self.true_step(pc)
                if pc == HALT:
                    self.next_pc = pcs[-1]
                    return None
            self.next_pc = pc
            return faults.exceeded_max_instructions()
        except Fault as fault:
            self.next_pc = pcs[-1] if pcs else self.program.entry
            return fault

    def true_step(self, pc: int) -> int:
        """Execute the instruction at a pc. Returns the next pc, or HALT."""
        next_pc = self.operations[pc]()
        return self.next_pc if next_pc == RELOAD_METER else next_pc

    def another_slot(self, pc: int) -> int:
        """A different pc, either nearby or anywhere. The end of the text counts as a pc."""
        near = [pc + distance for distance in (-2, -1, 1, 2)]
        slots = [*near, *(self.random.randrange(self.program.slots + 1) for _ in range(2))]
        return self.random.choice([slot for slot in slots if slot != pc and 0 <= slot <= self.program.slots])

    def another_value(self, value: int, bits: int = 64) -> int:
        """A different value with at most this many bits."""
        return value ^ self.random.choice([1, 1 << self.random.randrange(bits), (1 << bits) - 1])


def truth(liar: LyingMachine, pc: int) -> int:
    """No lie."""
    return liar.true_step(pc)


@dataclass(frozen=True)
class Told:
    """A run of a lying machine. `states` has the registers before each instruction, frame by frame."""

    execution: Execution
    states: list[list[State]]

    def claim(self, forgery: Forgery) -> Claim:
        """The claim about the run, with the public data of a witness of it."""
        return claim_of(zip(self._runs(), forgery.public, strict=True))

    def _runs(self) -> list[Run]:
        return [frame.outcome for frame in self.execution.frames]

    def witness(self, *, as_found: bool = False) -> Forgery:
        """The witness of the run, or the one whose rows show what the machine found in its registers."""
        with registers_as_found(self.states) if as_found else nullcontext():
            return lying_witness(*self._runs())


def tell(given: ExecutionInput, lie: Lie = truth, at: int = 0, seed: object = 0, frame: int = 0) -> Told:
    """Execute with a lie at instruction number `at` of a frame. Instructions count from 1, frames from 0."""
    made: list[LyingMachine] = []

    def make(*arguments: Any, **named: Any) -> LyingMachine:
        where = at if len(made) == frame else 0
        made.append(LyingMachine(*arguments, lie=lie, at=where, random=Random(str(seed)), **named))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "Machine", make)
        execution = execute(given)
    return Told(execution, [each.states for each in made])


def same(one: Told, other: Told, *, as_found: bool = False) -> bool:
    """Whether two runs have the same witness and the same claim, so that neither lies about the other.

    Both witnesses are made in the same way, see `Told.witness`. A lie may be in only one of the two ways. An
    example is a quotient that the machine writes to another register, where neither register changes by it:
    the record has a false value, but every register has the true one.
    """
    mine, yours = one.witness(as_found=as_found), other.witness(as_found=as_found)
    pairs = zip(mine.instances, yours.instances, strict=False)
    return (
        len(mine.instances) == len(yours.instances)
        and all(_same_table(first, second) for first, second in pairs)
        # The claim is compared last, because values that no table can hold may not fit into a claim either.
        and one.claim(mine).to_bytes() == other.claim(yours).to_bytes()
    )


def _same_table(one: Instance, other: Instance) -> bool:
    return (
        one.chip is other.chip and np.array_equal(one.main, other.main) and _equal(one.public, other.public)
    )


def _equal(one: Columns | None, other: Columns | None) -> bool:
    return np.array_equal(one, other) if one is not None and other is not None else one is other


# THE JUDGE


@contextmanager
def registers_as_found(states: list[list[State]]) -> Iterator[None]:
    """Make each row show what the machine found in its registers, not what the row before left in them.

    The instruction computes with the value that it found. So the bus objects to a false register, and the
    instruction does not.
    """
    original: Callable[..., RegisterAccesses] = vars(chains)["chain_registers"]
    frames = iter(states)

    def chain(registers: Any, writes: Any, values: Any, special: Any, initial: Any) -> RegisterAccesses:
        accesses = original(registers, writes, values, special, initial)
        frame = next(frames)
        found = np.array(frame, np.uint64).reshape(len(frame), -1)
        value, special_value = accesses.value.copy(), accesses.special_value.copy()
        steps, slots = np.nonzero(registers >= 0)
        value[steps, slots] = found[steps, registers[steps, slots]]
        ordinary = special.index < found.shape[1]
        special_value[ordinary] = found[special.time[ordinary] // 2 - 1, special.index[ordinary]]
        return replace(accesses, value=value, special_value=special_value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chains, "chain_registers", chain)
        yield


def circuit_objections(told: Told, *, as_found: bool = False) -> tuple[set[str], Forgery]:
    """Everything that the circuit objects to in the witness of a run, and the witness."""
    forgery = told.witness(as_found=as_found)
    return forgery.names(), forgery


def verifier_objection(told: Told, forgery: Forgery) -> str:
    """Why the verifier rejects the claim of a run that the circuit accepts, or "" if it does not.

    The verifier is the real one. Its engine accepts what the checker has accepted: a witness for exactly the
    public tables that the verifier made.
    """
    witness = {
        CIRCUIT.number(instance.chip): instance.public
        for instance in forgery.instances
        if instance.public is not None
    }

    given = told.execution.input
    claim = told.claim(forgery)
    system = ProofSystem(CIRCUIT, _Accepting(witness))
    file = ProofFile(
        version="0",
        system_digest=system.digest(),
        program_sha256=program_digest(given),
        input_sha256=input_digest(given),
        security_bits=0.0,
        security_regime="none",
        claim=claim.to_bytes(),
        proof=b"",
    )
    try:
        verify(file.to_bytes(), given, system=system)
    except ProofRejected as error:
        return str(error)
    return ""


class _NoKey:
    digest = bytes(32)


class _Accepting(Plonky3):
    """A backend that accepts a witness for exactly the public tables that the verifier made."""

    def __init__(self, witness: Mapping[int, Columns]) -> None:
        super().__init__()
        self._witness = witness

    def setup(self, *_: object) -> Key:
        return _NoKey()

    def verify(self, _key: Key, _proof: bytes, public: Sequence[PublicInput], _transcript: bytes) -> Security:
        for table in public:
            if not np.array_equal(table.columns, self._witness[table.chip]):
                name = CIRCUIT.chips[table.chip].name
                raise ProofRejected(
                    Rejection.ENGINE_PROOF, f"the witness is for another public table of {name}"
                )
        return Security(100.0, "none")


def objections(told: Told, *, as_found: bool = False) -> set[str]:
    """The objections to a run, from the circuit or else from the verifier. A true run has no objections."""
    names, forgery = circuit_objections(told, as_found=as_found)
    if names:
        return names
    said = verifier_objection(told, forgery)
    return {f"verifier: {said}"} if said else set()
