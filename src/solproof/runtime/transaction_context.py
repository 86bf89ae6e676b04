"""The state of a transaction that runs: accounts, trace, meter, log and return data.

Every instruction works on this state. A frame has only its own memory, heap and call stack.

Source: `TransactionContext` of solana-transaction-context 4.1, `InvokeContext` of solana-program-runtime 4.1.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from solproof.representation import described
from solproof.runtime.accounts import Account
from solproof.runtime.environment import Environment
from solproof.runtime.executable import Executables
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.instruction_error import failure
from solproof.runtime.log_collector import LogCollector
from solproof.runtime.transaction_instruction import LogLine, TransactionInstruction
from solproof.vm.memory import DEFAULT_HEAP_SIZE


@dataclass(slots=True, eq=False)
class TransactionContext:
    """The state that all instructions of a transaction share.

    accounts: the present state of each account, by its position in the transaction. States are replaced and
        never changed in place, so a copy of the list is a snapshot.
    remaining: compute units on the meter.
    heap_size: bytes of the heap of each frame.
    process: runs an instruction on this state, and raises `InstructionFailure` if it fails. Syscalls and
        builtins call other programs with it (`solproof.runtime.invoke` sets it).
    last_blockhash, lamports_per_signature: what nonce instructions store.
    has_recent_blockhashes: whether the sysvar of recent blockhashes lists any.
    instructions: the instructions at the top level.
    trace: every instruction that was called, in this order.
    stack: the instructions that have not ended yet, the innermost last.
    instructions_sysvar: the position of the instructions sysvar, None if the transaction does not name it.
    lamports_delta: how many more lamports the accounts hold than before. It is 0 between instructions.
    resize_delta: by how many bytes the data of all accounts have grown.
    """

    environment: Environment
    accounts: list[Account]
    executables: Executables
    remaining: int
    heap_size: int = DEFAULT_HEAP_SIZE
    process: Callable[[TransactionInstruction], None] = field(init=False)
    last_blockhash: bytes = bytes(32)
    lamports_per_signature: int = 0
    has_recent_blockhashes: bool = True
    instructions: Sequence[TransactionInstruction] = ()
    trace: list[TransactionInstruction] = field(default_factory=list)
    stack: list[TransactionInstruction] = field(default_factory=list)
    instructions_sysvar: int | None = None
    lamports_delta: int = 0
    resize_delta: int = 0
    logs: LogCollector = field(default_factory=LogCollector)
    return_data: ReturnData = field(default_factory=lambda: ReturnData(bytes(32), b""))
    positions: dict[bytes, int] = field(init=False)

    def __repr__(self) -> str:
        facts = ("accounts", "remaining", "trace", "stack")
        return described(self, {name: getattr(self, name) for name in facts})

    def __post_init__(self) -> None:
        self.positions = {}
        for index, account in enumerate(self.accounts):
            self.positions.setdefault(account.key, index)

    def program_id(self, instruction: TransactionInstruction) -> bytes:
        """The address of an instruction's program."""
        return self.accounts[instruction.program].key

    def states(self, instruction: TransactionInstruction) -> tuple[Account, ...]:
        """The present states of an instruction's accounts, each once, in order of first appearance."""
        positions = dict.fromkeys(reference.index for reference in instruction.accounts)
        return tuple(self.accounts[index] for index in positions)

    @property
    def started(self) -> int:
        """How many instructions of the top level were called."""
        return sum(instruction.caller is None for instruction in self.trace)

    def write_instruction_index(self) -> None:
        """Write the index of the current instruction of the top level into the instructions sysvar."""
        if self.instructions_sysvar is not None:
            account = self.accounts[self.instructions_sysvar]
            index = struct.pack("<H", self.started - 1)
            data = account.data[: -len(index)] + index
            self.accounts[self.instructions_sysvar] = replace(account, data=data)

    def log(self, line: str, instruction: TransactionInstruction) -> None:
        """Append a line to the log, and note it with the instruction that wrote it."""
        position = self.logs.append(line)
        if position is not None:
            instruction.log_lines.append(LogLine(position, self.remaining))

    def consume(self, units: int) -> None:
        """Take compute units from the meter (`consume_checked`).

        If too few remain, the meter is empty afterwards, and the instruction fails.
        """
        if self.remaining < units:
            self.remaining = 0
            raise failure("ComputationalBudgetExceeded")
        self.remaining -= units
