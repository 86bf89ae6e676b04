"""Execute a transaction in the machine, with every frame that its instructions open."""

from __future__ import annotations

from dataclasses import dataclass

from solproof.display import html_log, html_table
from solproof.execution.fault_places import FaultPlace, fault_places
from solproof.execution.machine_executor import MachineExecutor
from solproof.representation import described
from solproof.runtime.invoke import Frame
from solproof.runtime.transaction.process import process_transaction
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.transaction_output import TransactionOutput, transaction_lines
from solproof.vm.trace import Run


@dataclass(frozen=True, slots=True, eq=False)
class TransactionExecution:
    """A finished transaction.

    frames: the frames of sBPF programs, in the order in which they began.
    """

    scene: Scene
    frames: tuple[Frame[Run], ...]
    output: TransactionOutput

    @property
    def given(self) -> Scene:
        """What was executed."""
        return self.scene

    @property
    def fault_places(self) -> tuple[FaultPlace, ...]:
        """Where faults stopped its frames: instruction, open calls and registers. Empty without a fault."""
        return fault_places(self.frames)

    def __repr__(self) -> str:
        return described(self, self.output.headline())

    def _repr_html_(self) -> str:
        return html_table("Transaction", transaction_lines(self.output)) + html_log(self.output.logs)


def execute_transaction(
    scene: Scene, *, recorded: bool = True, memory_limit: int | None = None
) -> TransactionExecution:
    """Execute the transaction of a scene.

    recorded, memory_limit: as for `solproof.execution.run.run`, whose errors this function raises.
    """
    processed = process_transaction(scene, MachineExecutor(recorded, memory_limit))
    return TransactionExecution(scene, processed.frames, processed.output)
