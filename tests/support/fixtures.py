"""Fixtures of Mollusk and Firedancer, made of runs of LiteSVM as those tools make them of theirs."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

from google.protobuf.message import Message
from solders.litesvm import LiteSVM
from solders.message import MessageV0
from solders.transaction import VersionedTransaction

import solproof
from solproof.demo import programs, scenario
from solproof.formats.fixtures.messages import FIREDANCER, MOLLUSK, message_type
from solproof.formats.fixtures.prices import NEW_PRICES, OLD_PRICES
from solproof.formats.program_files import upgradeable_program
from solproof.oracle.litesvm import RuntimeResult
from solproof.runtime.accounts import Account, distinct_accounts
from solproof.runtime.cluster_accounts import stored_accounts
from solproof.runtime.execution_input import ExecutionInput
from solproof.runtime.features import FEATURES, MAINNET, FeatureSet
from solproof.runtime.instruction_error import BUILTIN_CODES, CUSTOM, TEXTS
from solproof.runtime.sysvars import ADDRESSES
from solproof.runtime.transaction.transaction_error import NUMBERS
from tests.support.transaction_results import send


def transfer(amount: int = scenario.TRANSFER_AMOUNT) -> tuple[ExecutionInput, RuntimeResult]:
    """The demo's Transfer, and what LiteSVM makes of it."""
    given = scenario.transfer(programs.p_token(), amount)
    return given, scenario.run_token_instruction(given, classic_token=False)


def make(package: str, name: str, **values: Any) -> Any:
    """A protobuf message of a fixture."""
    return message_type(package, name)(**values)


def serialized(message: Message) -> bytes:
    """The file of a fixture."""
    return message.SerializeToString()


def feature_numbers(features: FeatureSet = MAINNET) -> list[int]:
    """The features as a fixture has them."""
    return [int.from_bytes(FEATURES[name][:8], "little") for name in sorted(features.active)]


def account_state(package: str, account: Account) -> Any:
    """The `AcctState` of an account."""
    return make(
        package,
        "AcctState",
        address=account.key,
        lamports=account.lamports,
        data=account.data,
        executable=account.executable,
        owner=account.owner,
    )


def _states(package: str, accounts: Iterable[Account]) -> list[Any]:
    return [account_state(package, account) for account in accounts]


def firedancer_instruction(given: ExecutionInput, result: RuntimeResult) -> Any:
    """The `InstrFixture` of Firedancer. Its accounts have the program, its file and the sysvars too."""
    parameters = given.parameters
    sysvars = [parameters.sysvars.account(name) for name, _ in parameters.sysvars.items()]
    accounts = distinct_accounts(given.accounts)
    listed = (*accounts, *upgradeable_program(given.program_id, given.program), *sysvars)
    context = make(
        FIREDANCER,
        "InstrContext",
        program_id=given.program_id,
        accounts=_states(FIREDANCER, listed),
        instr_accounts=_entries(FIREDANCER, given),
        data=given.instruction_data,
        cu_avail=parameters.compute_unit_limit,
        features=make(FIREDANCER, "FeatureSet", features=feature_numbers(parameters.features)),
    )
    number, code = _error_numbers(result.error)
    changed = [state for before, state in zip(accounts, result.accounts, strict=True) if state != before]
    effects = make(
        FIREDANCER,
        "InstrEffects",
        result=number,
        custom_err=code,
        modified_accounts=_states(FIREDANCER, changed),
        cu_avail=parameters.compute_unit_limit - result.transaction_compute_units,
        return_data=result.return_data.data,
    )
    metadata = make(FIREDANCER, "FixtureMetadata", fn_entrypoint="sol_compat_instr_execute_v1")
    return make(FIREDANCER, "InstrFixture", metadata=metadata, input=context, output=effects)


def mollusk_instruction(given: ExecutionInput, result: RuntimeResult) -> Any:
    """The `InstrFixture` of Mollusk, whose accounts are only those of the instruction."""
    parameters = given.parameters
    sysvars = parameters.sysvars
    clock, schedule = (
        struct.unpack("<QqQQq", sysvars.clock),
        struct.unpack("<QQ?QQ", sysvars.epoch_schedule),
    )
    rent = struct.unpack("<QdB", sysvars.rent)
    context = make(
        MOLLUSK,
        "InstrContext",
        compute_budget=make(
            MOLLUSK,
            "ComputeBudget",
            compute_unit_limit=parameters.compute_unit_limit,
            heap_size=parameters.heap_size,
            max_instruction_stack_depth=5,
            **OLD_PRICES,
            **NEW_PRICES,
        ),
        feature_set=make(MOLLUSK, "FeatureSet", features=feature_numbers(parameters.features)),
        sysvars=make(
            MOLLUSK,
            "SysvarContext",
            clock=_with_fields("Clock", clock),
            epoch_schedule=_with_fields("EpochSchedule", schedule),
            rent=_with_fields("Rent", rent),
        ),
        program_id=given.program_id,
        instr_accounts=_entries(MOLLUSK, given),
        data=given.instruction_data,
        accounts=_states(MOLLUSK, distinct_accounts(given.accounts)),
    )
    effects = make(
        MOLLUSK,
        "InstrEffects",
        compute_units_consumed=result.transaction_compute_units,
        execution_time=17,
        program_result=_exit_code(result.error),
        return_data=result.return_data.data,
        resulting_accounts=_states(MOLLUSK, result.accounts),
    )
    return make(MOLLUSK, "InstrFixture", input=context, output=effects)


def _with_fields(name: str, values: Iterable[object]) -> Any:
    names = [field.name for field in message_type(MOLLUSK, name).DESCRIPTOR.fields]
    return make(MOLLUSK, name, **dict(zip(names, values, strict=True)))


def _entries(package: str, given: ExecutionInput) -> list[Any]:
    keys = [account.key for account in distinct_accounts(given.accounts)]
    return [
        make(
            package,
            "InstrAcct",
            index=keys.index(entry.account.key),
            is_signer=entry.is_signer,
            is_writable=entry.is_writable,
        )
        for entry in given.accounts
    ]


def _error_numbers(error: str | None) -> tuple[int, int]:
    """The number of an `InstructionError` plus 1, and the program's own code. Both are 0 on success."""
    if error is None:
        return 0, 0
    variant, _, code = error.partition("(")
    return tuple(TEXTS).index(variant) + 1, int(code.removesuffix(")") or 0)


def _exit_code(error: str | None) -> int:
    """The number of a `ProgramError`, or of any other error."""
    if error is None:
        return 0
    variant, _, code = error.partition("(")
    if variant == CUSTOM:
        return int(code.removesuffix(")")) or 1 << 32
    return (BUILTIN_CODES.index(variant) + 2) << 32 if variant in BUILTIN_CODES else 2**64 - 1


def firedancer_transaction(svm: LiteSVM, transaction: VersionedTransaction) -> Any:
    """The `TxnFixture` of a transaction, which is sent to a LiteSVM. Only an instruction of it may fail."""
    scene = solproof.scene_from_litesvm(svm, transaction)
    stored = stored_accounts(scene)
    result = send(svm, transaction)
    sysvars = [stored[address] for address in ADDRESSES.values()]
    given = {account.key: account for account in (*sysvars, *scene.accounts)}
    message = transaction.message
    counts = message.header
    fields: dict[str, Any] = {}
    if isinstance(message, MessageV0):
        fields["address_table_lookups"] = [
            make(
                FIREDANCER,
                "MessageAddressTableLookup",
                account_key=bytes(lookup.account_key),
                writable_indexes=list(lookup.writable_indexes),
                readonly_indexes=list(lookup.readonly_indexes),
            )
            for lookup in message.address_table_lookups
        ]
    compiled = make(
        FIREDANCER,
        "TransactionMessage",
        is_legacy=not isinstance(message, MessageV0),
        header=make(
            FIREDANCER,
            "MessageHeader",
            num_required_signatures=counts.num_required_signatures,
            num_readonly_signed_accounts=counts.num_readonly_signed_accounts,
            num_readonly_unsigned_accounts=counts.num_readonly_unsigned_accounts,
        ),
        account_keys=[bytes(key) for key in message.account_keys],
        recent_blockhash=bytes(message.recent_blockhash),
        instructions=[
            make(
                FIREDANCER,
                "CompiledInstruction",
                program_id_index=instruction.program_id_index,
                accounts=list(instruction.accounts),
                data=bytes(instruction.data),
            )
            for instruction in message.instructions
        ],
        **fields,
    )
    bank = make(
        FIREDANCER,
        "TxnBank",
        blockhash_queue=[
            make(FIREDANCER, "BlockhashQueueEntry", blockhash=blockhash, lamports_per_signature=5_000)
            for blockhash in reversed(scene.blockhashes)
        ],
        rbh_lamports_per_signature=5_000,
        features=make(FIREDANCER, "FeatureSet", features=feature_numbers(scene.environment.features)),
    )
    context = make(
        FIREDANCER,
        "TxnContext",
        tx=make(
            FIREDANCER,
            "SanitizedTransaction",
            message=compiled,
            signatures=[bytes(signature) for signature in transaction.signatures],
        ),
        account_shared_data=_states(FIREDANCER, given.values()),
        bank=bank,
    )
    return make(
        FIREDANCER,
        "TxnFixture",
        metadata=make(FIREDANCER, "FixtureMetadata", fn_entrypoint="sol_compat_txn_execute_v1"),
        input=context,
        output=_transaction_result(scene, result),
    )


def _transaction_result(scene: solproof.Scene, result: Any) -> Any:
    after = [
        account or Account(key, bytes(32), 0, b"")
        for key, account in result.accounts.items()
        if account != stored_accounts(scene).get(key)
    ]
    fields: dict[str, Any] = {"modified_accounts": _states(FIREDANCER, after)}
    if result.error is not None:
        index, error = result.error["InstructionError"]
        name = error if isinstance(error, str) else f"Custom({error['Custom']})"
        number, code = _error_numbers(name)
        fields = {
            "txn_error": NUMBERS["InstructionError"] + 1,
            "instruction_error": number,
            "instruction_error_index": index,
            "custom_error": code,
            "rollback_accounts": _states(FIREDANCER, after),
        }
    return make(
        FIREDANCER,
        "TxnResult",
        executed=True,
        return_data=result.return_data[1],
        executed_units=result.compute_units,
        fee_details=make(FIREDANCER, "FeeDetails", transaction_fee=result.fee),
        loaded_accounts_data_size=solproof.run(scene).output.loaded_accounts_data_size,
        **fields,
    )
