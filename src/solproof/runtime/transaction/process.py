"""Process a transaction: check it, take its fee, run its instructions, and decide what is committed.

This module has the order of everything. It runs the frames of sBPF programs with an executor, so the same
code processes a transaction in the machine and checks a claimed result.

Source: `load_and_execute_sanitized_transactions` of solana-svm 4.1 (transaction_processor.rs),
`process_message` (message_processor.rs).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Generic

from solproof.runtime.accounts import Account
from solproof.runtime.builtins.precompiles import PRECOMPILES
from solproof.runtime.cluster_accounts import stored_accounts
from solproof.runtime.executable import Executables
from solproof.runtime.execution_output import ReturnData
from solproof.runtime.executor import Executor
from solproof.runtime.instruction_error import InstructionFailure
from solproof.runtime.instruction_record import records
from solproof.runtime.invoke import Frame, InstructionProcessor, Result
from solproof.runtime.program_ids import SYSTEM_PROGRAM
from solproof.runtime.read_back import accounts_modified
from solproof.runtime.rent import Rent
from solproof.runtime.sysvars import INSTRUCTIONS_SYSVAR, RECENT_BLOCKHASHES, SYSVAR_OWNER
from solproof.runtime.transaction.account_keys import LoadedMessage, check_account_locks
from solproof.runtime.transaction.budget_instructions import ComputeBudgetLimits, compute_budget_limits
from solproof.runtime.transaction.durable_nonce import advanced_nonce, nonce_position, rollback_accounts
from solproof.runtime.transaction.fees import transaction_fee
from solproof.runtime.transaction.instructions_sysvar import instructions_sysvar
from solproof.runtime.transaction.loading import LoadedAccounts, load_accounts
from solproof.runtime.transaction.message import Transaction, parse_transaction
from solproof.runtime.transaction.payer import pay_fee
from solproof.runtime.transaction.rent_transitions import check_transitions
from solproof.runtime.transaction.sanitize import sanitize
from solproof.runtime.transaction.scene import Scene
from solproof.runtime.transaction.signatures import check_signatures
from solproof.runtime.transaction.tables import resolve_tables
from solproof.runtime.transaction.transaction_error import TransactionError, TransactionFailure
from solproof.runtime.transaction.transaction_output import Status, TransactionOutput
from solproof.runtime.transaction_context import TransactionContext
from solproof.runtime.transaction_instruction import AccountReference, TransactionInstruction


@dataclass(frozen=True, slots=True)
class Processed(Generic[Result]):
    """A transaction that was processed: its result, and the frames of sBPF programs that it opened."""

    output: TransactionOutput
    frames: tuple[Frame[Result], ...]


def process_transaction(
    scene: Scene, executor: Executor[Result], seen: Container[bytes] = ()
) -> Processed[Result]:
    """Process the transaction of a scene.

    `seen` holds the messages that the cluster has processed already. Raises `InputError` if the transaction
    cannot be read, and `UnsupportedError` for a Solana feature that solproof does not run yet.
    """
    transaction = parse_transaction(scene.transaction)
    stored = stored_accounts(scene)
    try:
        admitted = _admit(scene, transaction, stored, seen)
    except TransactionFailure as refused:
        return Processed(_refused(transaction, stored, refused.error), ())
    return _Run(scene, stored, admitted).process(executor)


# BEFORE THE FIRST INSTRUCTION


@dataclass(frozen=True, slots=True)
class _Admitted:
    """A transaction that pays its fee.

    payer: the payer after the fee.
    nonce: the advanced nonce account, None if the transaction has a recent blockhash.
    """

    message: LoadedMessage
    limits: ComputeBudgetLimits
    fee: int
    payer: Account
    nonce: Account | None


def _admit(
    scene: Scene, transaction: Transaction, stored: Mapping[bytes, Account], seen: Container[bytes]
) -> _Admitted:
    """Check everything that keeps a transaction out of a block. Raises `TransactionFailure`."""
    message, features = transaction.message, scene.environment.features
    sanitize(transaction, features)
    signers = message.static_keys[: message.required_signatures]
    if scene.verify_signatures and not check_signatures(message.content, signers, transaction.signatures):
        raise TransactionFailure(TransactionError("SignatureFailure"))
    sysvars = scene.environment.sysvars
    addresses = resolve_tables(message, stored.get, sysvars.slot, sysvars.slot_hashes)
    loaded = LoadedMessage.of(message, addresses)
    check_account_locks(loaded, features)
    nonce = _durable_nonce(scene, loaded, stored)
    if message.blockhash not in scene.blockhashes and nonce is None:
        raise TransactionFailure(TransactionError("BlockhashNotFound"))
    instructions = [
        (program_id, instruction.data)
        for program_id, instruction in zip(loaded.program_ids, message.instructions, strict=True)
    ]
    limits = compute_budget_limits(instructions, features)
    if message.content in seen:
        raise TransactionFailure(TransactionError("AlreadyProcessed"))
    fee = transaction_fee(
        message.required_signatures, instructions, limits, scene.lamports_per_signature
    ).total
    payer = pay_fee(stored.get(loaded.keys[0]), fee, Rent.from_sysvar(sysvars.rent))
    return _Admitted(loaded, limits, fee, payer, nonce)


def _durable_nonce(scene: Scene, loaded: LoadedMessage, stored: Mapping[bytes, Account]) -> Account | None:
    """The advanced nonce account of a transaction whose blockhash is a durable nonce, or None."""
    message = loaded.message
    if message.blockhash in scene.blockhashes or not message.instructions:
        return None
    first = message.instructions[0]
    position = nonce_position(first, loaded.keys, len(message.static_keys), loaded.writable)
    if position is None:
        return None
    signers = {loaded.keys[index] for index in first.accounts if loaded.is_signer(index)}
    return advanced_nonce(
        stored.get(loaded.keys[position]),
        message.blockhash,
        signers,
        scene.blockhashes[0],
        scene.lamports_per_signature,
    )


def _refused(
    transaction: Transaction, stored: Mapping[bytes, Account], error: TransactionError
) -> TransactionOutput:
    """The result of a transaction that is not processed. It changes nothing."""
    keys = tuple(dict.fromkeys(transaction.message.static_keys))
    accounts = tuple(stored.get(key) or _absent(key) for key in keys)
    return TransactionOutput(
        status=Status.NOT_PROCESSED,
        failure=error,
        fee=0,
        compute_units=0,
        executed_instructions=0,
        accounts_modified=0,
        loaded_accounts_data_size=0,
        keys_writable=(False,) * len(keys),
        accounts_before=accounts,
        accounts=accounts,
        instructions=(),
        logs=(),
        return_data=NO_RETURN_DATA,
    )


# THE INSTRUCTIONS


class _Run:
    """A transaction that pays its fee, from loading its accounts to its result."""

    def __init__(self, scene: Scene, stored: Mapping[bytes, Account], admitted: _Admitted) -> None:
        self.scene = scene
        self.stored = stored
        self.admitted = admitted
        self.message = admitted.message
        self.rent = Rent.from_sysvar(scene.environment.sysvars.rent)
        self.before = tuple(stored.get(key) or _absent(key) for key in self.message.keys)

    def process(self, executor: Executor[Result]) -> Processed[Result]:
        loaded = self._load()
        context = self._context(loaded)
        if loaded.error is not None:
            output = self._output(Status.FEES_ONLY, loaded, context, loaded.error)
            return Processed(output, ())
        processor = InstructionProcessor(context, executor)
        error = None
        try:
            self._execute(processor)
            self._check_accounts(loaded, context)
        except TransactionFailure as failed:
            error = failed.error
        frames = processor.frames()
        output = self._output(Status.EXECUTED, loaded, context, error)
        executed = sum(frame.outcome.instructions for frame in frames)
        return Processed(replace(output, executed_instructions=executed), frames)

    def _load(self) -> LoadedAccounts:
        message = self.message
        sysvar = Account(INSTRUCTIONS_SYSVAR, SYSVAR_OWNER, 0, instructions_sysvar(message))
        return load_accounts(
            message.keys,
            message.program_ids,
            self.stored,
            {message.keys[0]: self.admitted.payer, INSTRUCTIONS_SYSVAR: sysvar},
            lookup_tables=len(message.message.lookups),
            limit=self.admitted.limits.loaded_accounts_data_size_limit,
        )

    def _context(self, loaded: LoadedAccounts) -> TransactionContext:
        environment, keys = self.scene.environment, self.message.keys
        context = TransactionContext(
            environment=environment,
            accounts=list(loaded.accounts),
            executables=Executables(
                self.stored.get, environment.sysvars.slot, environment.features.sbpf_versions
            ),
            remaining=self.admitted.limits.compute_unit_limit,
            heap_size=self.admitted.limits.heap_size,
            last_blockhash=self.scene.blockhashes[0],
            lamports_per_signature=self.scene.lamports_per_signature,
            has_recent_blockhashes=any(self.stored[RECENT_BLOCKHASHES].data[:8]),
        )
        context.instructions = tuple(
            TransactionInstruction(
                instruction.program_index,
                tuple(
                    AccountReference(index, self.message.is_signer(index), self.message.is_writable(index))
                    for index in instruction.accounts
                ),
                instruction.data,
            )
            for instruction in self.message.message.instructions
        )
        if INSTRUCTIONS_SYSVAR in keys:
            context.instructions_sysvar = keys.index(INSTRUCTIONS_SYSVAR)
        return context

    def _execute(self, processor: InstructionProcessor[Result]) -> None:
        context = processor.transaction
        for index, instruction in enumerate(context.instructions):
            try:
                if context.program_id(instruction) in PRECOMPILES:
                    processor.process_precompile(instruction)
                else:
                    processor.process(instruction)
            except InstructionFailure as failed:
                error = TransactionError("InstructionError", index, failed.error)
                raise TransactionFailure(error) from None

    def _check_accounts(self, loaded: LoadedAccounts, context: TransactionContext) -> None:
        """Check what the instructions left behind. Raises `TransactionFailure`."""
        states = zip(loaded.accounts, context.accounts, strict=True)
        check_transitions(
            self.rent,
            [
                (index, before, after)
                for index, (before, after) in enumerate(states)
                if self.message.is_writable(index)
            ],
        )
        # This cannot happen by the rules for single instructions.
        if sum(account.lamports for account in loaded.accounts) != sum(
            account.lamports for account in context.accounts
        ):
            raise TransactionFailure(TransactionError("UnbalancedTransaction"))

    def _output(
        self,
        status: Status,
        loaded: LoadedAccounts,
        context: TransactionContext,
        error: TransactionError | None,
    ) -> TransactionOutput:
        after = self._committed(context, error)
        return TransactionOutput(
            status=status,
            failure=error,
            fee=self.admitted.fee,
            compute_units=sum(
                instruction.compute_units for instruction in context.trace if instruction.caller is None
            ),
            executed_instructions=0,
            accounts_modified=accounts_modified(self.before, after),
            loaded_accounts_data_size=loaded.data_size,
            keys_writable=self.message.writable,
            accounts_before=self.before,
            accounts=after,
            instructions=records(context),
            logs=tuple(context.logs.lines),
            return_data=context.return_data,
        )

    def _committed(self, context: TransactionContext, error: TransactionError | None) -> tuple[Account, ...]:
        """The accounts as they are on the chain afterwards."""
        if error is None:
            changed = {
                account.key: account if account.lamports else _absent(account.key)
                for index, account in enumerate(context.accounts)
                if self.message.is_writable(index)
            }
        else:
            kept = rollback_accounts(self.admitted.payer, self.admitted.nonce)
            changed = {account.key: account for account in kept}
        return tuple(changed.get(account.key, account) for account in self.before)


def _absent(key: bytes) -> Account:
    """The state of an account that does not exist."""
    return Account(key, SYSTEM_PROGRAM, 0, b"")


NO_RETURN_DATA = ReturnData(SYSTEM_PROGRAM, b"")
