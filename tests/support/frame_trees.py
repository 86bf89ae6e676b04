"""Transactions whose trees of invocations are known, with the metadata that LiteSVM returns for them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from solders.compute_budget import set_compute_unit_limit
from solders.instruction import AccountMeta
from solders.instruction import Instruction as SoldersInstruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, TransferParams, create_account, transfer
from solders.transaction import Transaction
from solders.transaction_metadata import FailedTransactionMetadata, TransactionMetadata

from solproof.execution.execute_transaction import TransactionExecution, execute_transaction
from solproof.formats.scene_litesvm import scene_from_litesvm
from solproof.runtime.accounts import Account, InstructionAccount
from solproof.runtime.execution_input import ExecutionInput, Parameters
from solproof.runtime.program_ids import LOADER_V3
from solproof.vm.limits import HEAP_START, INPUT_START
from tests.support.elf_builder import build_elf, write_memory
from tests.support.mainnet_programs import PROGRAM_IDS
from tests.support.wire_transactions import key, put

TOKEN = Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA")
ASSOCIATED_TOKEN = Pubkey.from_string(PROGRAM_IDS["associated_token"])
SYSTEM = Pubkey.default()
RENT = Pubkey.from_string("SysvarRent111111111111111111111111111111111")
PAYER, MINT = Keypair.from_seed(b"\1" * 32), Keypair.from_seed(b"\2" * 32)
OWNER = Keypair.from_seed(b"\3" * 32).pubkey()

FIRST, SECOND, THIRD, NOTE, ABSENT = (key(name) for name in ("first", "second", "third", "note", "absent"))
"""Three programs that call each other, an account of the first, and an address without an account."""

RECORD = INPUT_START + 8
NOTE_INFO = struct.pack("<7Q", RECORD + 8, RECORD + 72, 2, RECORD + 88, RECORD + 40, 0, 0)
"""The C SDK's account info of the first account of a frame, which has two bytes of data."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A transaction that solproof and LiteSVM have run on the same accounts."""

    execution: TransactionExecution
    metadata: TransactionMetadata

    def called(self) -> list[tuple[int, bytes]]:
        """The heights and program ids of all instructions as LiteSVM reports them, in order of the calls."""
        message = Transaction.from_bytes(self.execution.scene.transaction).message
        found: list[tuple[int, bytes]] = []
        for position, top in enumerate(message.instructions):
            found.append((1, bytes(message.account_keys[top.program_id_index])))
            inner = self.metadata.inner_instructions()
            for call in inner[position] if position < len(inner) else []:
                program = message.account_keys[call.instruction().program_id_index]
                height = call.stack_height()
                assert height is not None
                found.append((height, bytes(program)))
        return found


@cache
def associated_token(limit: int | None = None) -> Compared:
    """Create an associated token account, which calls the token program and the system program; then mint.

    limit: the compute units, which an instruction before the others sets.
    """
    svm = _machine()
    lamports = svm.minimum_balance_for_rent_exemption(82)
    made = create_account(
        CreateAccountParams(
            from_pubkey=PAYER.pubkey(), to_pubkey=MINT.pubkey(), lamports=lamports, space=82, owner=TOKEN
        )
    )
    begun = _instruction(TOKEN, b"\0\6" + bytes(PAYER.pubkey()) + b"\0", [(MINT.pubkey(), "w"), (RENT, "")])
    sent = svm.send_transaction(_transaction(svm, [made, begun], [MINT]))
    assert isinstance(sent, TransactionMetadata)
    svm.expire_blockhash()
    seeds = [bytes(OWNER), bytes(TOKEN), bytes(MINT.pubkey())]
    account, _ = Pubkey.find_program_address(seeds, ASSOCIATED_TOKEN)
    create = _instruction(
        ASSOCIATED_TOKEN,
        b"",
        [
            *((PAYER.pubkey(), "sw"), (account, "w"), (OWNER, ""), (MINT.pubkey(), "")),
            *((SYSTEM, ""), (TOKEN, "")),
        ],
    )
    mint = _instruction(
        TOKEN,
        b"\7" + struct.pack("<Q", 10**6),
        [(MINT.pubkey(), "w"), (account, "w"), (PAYER.pubkey(), "s")],
    )
    limits = [] if limit is None else [set_compute_unit_limit(limit)]
    return _compared(svm, [*limits, create, mint])


@cache
def chain(ending: str = "mov64 r0, 0; exit") -> Compared:
    """The first program writes to its account, calls the second, which calls the third, and writes again.

    ending: the last instructions of the third program.
    """
    return _programs(_chain(ending))


@cache
def builtins() -> Compared:
    """Two transfers of the system program. The payer cannot pay the second, so nothing is transferred."""
    return _compared(
        _machine(),
        [
            transfer(TransferParams(from_pubkey=PAYER.pubkey(), to_pubkey=OWNER, lamports=lamports))
            for lamports in (10**9, 10**15)
        ],
    )


def single_instruction(heap_size: int) -> ExecutionInput:
    """The instruction of `chain` without a transaction around it."""
    programs = {program_id: build_elf(source) for program_id, source in _chain("mov64 r0, 0; exit").items()}
    file = programs.pop(FIRST)
    others = [Account(program_id, LOADER_V3, 1, bytes(36), executable=True) for program_id in programs]
    accounts = (
        InstructionAccount(Account(NOTE, FIRST, 10**7, bytes(2)), is_writable=True),
        *map(InstructionAccount, others),
    )
    parameters = Parameters(compute_unit_limit=200_000, heap_size=heap_size)
    return ExecutionInput(file, FIRST, accounts, b"", parameters, programs=tuple(programs.items()))


def _chain(ending: str) -> dict[bytes, list[str]]:
    first = [
        *_note(0, 0x11),
        *_invoke(SECOND, [(NOTE, 0), (THIRD, 0)], NOTE_INFO),
        *_note(1, 0x22),
        "mov64 r0, 0; exit",
    ]
    second = [*_invoke(THIRD, [], b""), "mov64 r0, 0; exit"]
    return {FIRST: first, SECOND: second, THIRD: [ending]}


@cache
def refused() -> Compared:
    """The first program calls a program that has no account here, so the call fails before it begins."""
    return _programs({FIRST: [*_invoke(ABSENT, [], b""), "exit"], SECOND: ["exit"], THIRD: ["exit"]})


def _note(position: int, value: int) -> list[str]:
    """Store a byte in the data of the first account."""
    return [f"lddw r1, {RECORD + 88 + position}; stb [r1], {value}"]


def _invoke(program: bytes, metas: Sequence[tuple[bytes, int]], infos: bytes) -> list[str]:
    """Call a program through the C SDK's structures, which are put into the heap."""
    keys = [program, *(address for address, _ in metas)]
    start = HEAP_START + 32 * len(keys)
    entries = b"".join(
        struct.pack("<2Q", HEAP_START + 32 * position, writable)
        for position, (_, writable) in enumerate(metas, start=1)
    )
    instruction = start + len(entries)
    head = struct.pack("<5Q", HEAP_START, start, len(metas), HEAP_START, 0)
    content = b"".join(keys) + entries + head + infos
    registers = (instruction, instruction + len(head), len(infos) // 56, 0, 0)
    arguments = [f"lddw r{number}, {value}" for number, value in enumerate(registers, start=1)]
    return [*write_memory({HEAP_START: content}), *arguments, "syscall sol_invoke_signed_c"]


def _programs(sources: dict[bytes, list[str]]) -> Compared:
    svm = _machine()
    for program_id, source in sources.items():
        svm.add_program(Pubkey(program_id), build_elf(source))
    put(svm, Account(NOTE, FIRST, 10**7, bytes(2)))
    accounts = [(Pubkey(NOTE), "w"), (Pubkey(SECOND), ""), (Pubkey(THIRD), "")]
    return _compared(svm, [_instruction(Pubkey(FIRST), b"", accounts)])


def _machine() -> LiteSVM:
    svm = LiteSVM()
    svm.airdrop(PAYER.pubkey(), 10**11)
    return svm


def _instruction(program: Pubkey, data: bytes, accounts: Sequence[tuple[Pubkey, str]]) -> SoldersInstruction:
    """An instruction. "s" marks a signer and "w" a writable account."""
    return SoldersInstruction(
        program, data, [AccountMeta(address, "s" in marks, "w" in marks) for address, marks in accounts]
    )


def _transaction(
    svm: LiteSVM, instructions: Sequence[SoldersInstruction], signers: Sequence[Keypair] = ()
) -> Transaction:
    blockhash = svm.latest_blockhash()
    message = Message.new_with_blockhash(list(instructions), PAYER.pubkey(), blockhash)
    return Transaction([PAYER, *signers], message, blockhash)


def _compared(svm: LiteSVM, instructions: Sequence[SoldersInstruction]) -> Compared:
    """Run a transaction in both, and check that they agree."""
    transaction = _transaction(svm, instructions)
    execution = execute_transaction(scene_from_litesvm(svm, transaction))
    sent = svm.send_transaction(transaction)
    metadata = sent.meta() if isinstance(sent, FailedTransactionMetadata) else sent
    assert execution.output.logs == tuple(metadata.logs())
    assert execution.output.compute_units == metadata.compute_units_consumed()
    return Compared(execution, metadata)
