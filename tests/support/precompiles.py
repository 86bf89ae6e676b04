"""Instructions of precompiles, and the comparison of their outcome with LiteSVM's."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from solders.instruction import Instruction
from solders.keypair import Keypair
from solders.litesvm import FeatureSet, LiteSVM
from solders.message import Message
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata
from solders.transaction_status import InstructionErrorCustom, TransactionErrorInstructionError

from solproof._native import primitives
from solproof.runtime.accounts import address_bytes
from solproof.runtime.builtins.precompiles import PRECOMPILES, PrecompileError
from tests.support.elf_builder import build_elf
from tests.support.elliptic_curves import P256_GROUP, SECP256K1_GROUP, Point, bytes_of, sign

Call: TypeAlias = tuple[bytes, bytes]
"""A program id and instruction data. No instruction has accounts."""

CARRIER = b"carrier!" * 4
"""A program that ignores its data, which so can hold the parts that another instruction refers to."""

PAYER = Keypair.from_seed(b"precompiles".ljust(32))
PAYER_LAMPORTS = 10**12


# INSTRUCTIONS


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature with its key and its message.

    For secp256k1, the signature has its recovery id at the end, and the key is an address.
    """

    signature: bytes
    key: bytes
    message: bytes

    @property
    def parts(self) -> tuple[bytes, bytes, bytes]:
        """Signature, key and message."""
        return self.signature, self.key, self.message


@dataclass(frozen=True, slots=True)
class Layout:
    """How the data of a precompile's instruction is laid out.

    An entry has offset and instruction of the signature, offset and instruction of the key, and offset,
    length and instruction of the message. `own` is the number of the precompile's own instruction.
    """

    program: bytes
    header_length: int
    entry: struct.Struct
    own: int

    def data(self, entries: Sequence[Iterable[int]], rest: bytes = b"", count: int | None = None) -> bytes:
        """The number of signatures, the entries, and the bytes after them."""
        header = bytes([len(entries) if count is None else count]).ljust(self.header_length, b"\0")
        return header + b"".join(self.entry.pack(*entry) for entry in entries) + rest

    def start(self, count: int) -> int:
        """The offset of the first byte after the entries."""
        return self.header_length + count * self.entry.size

    def call(self, *signed: Signed) -> Call:
        """An instruction that holds all its parts itself. For secp256k1, it must be the first one."""
        entries, rest = [], b""
        for each in signed:
            signature = self.start(len(signed)) + len(rest)
            key = signature + len(each.signature)
            message = key + len(each.key)
            entries.append((signature, self.own, key, self.own, message, len(each.message), self.own))
            rest += b"".join(each.parts)
        return self.program, self.data(entries, rest)


ED25519 = Layout(
    address_bytes("Ed25519SigVerify111111111111111111111111111"), 2, struct.Struct("<7H"), 0xFFFF
)
SECP256R1 = Layout(
    address_bytes("Secp256r1SigVerify1111111111111111111111111"), 2, struct.Struct("<7H"), 0xFFFF
)
SECP256K1 = Layout(
    address_bytes("KeccakSecp256k11111111111111111111111111111"), 1, struct.Struct("<HBHBHHB"), 0
)


# SIGNATURES


def ed25519_signed(message: bytes, seed: int = 1) -> Signed:
    """A signature of the key with this seed."""
    signer = Keypair.from_seed(bytes([seed] * 32))
    return Signed(bytes(signer.sign_message(message)), bytes(signer.pubkey()), message)


def p256_key(key: Point) -> bytes:
    """The compressed form of a public key of P-256."""
    assert key is not None
    (x,), (y,) = key[0].numbers, key[1].numbers
    return bytes([2 + y % 2]) + x.to_bytes(32, "big")


def with_low_s(signature: bytes) -> bytes:
    """The signature of P-256 with the smaller one of the two s that fit."""
    s = int.from_bytes(signature[32:], "big")
    return signature[:32] + min(s, P256_GROUP.order - s).to_bytes(32, "big")


def secp256r1_signed(message: bytes, key: int = 0xC0FFEE, nonce: int = 0x123456789) -> Signed:
    """A signature of a secret key."""
    signature, _ = sign(key, hashlib.sha256(message).digest(), nonce, P256_GROUP)
    return Signed(with_low_s(signature), p256_key(P256_GROUP.public_key(key)), message)


def ethereum_address(key: Point) -> bytes:
    """The address of a public key of secp256k1."""
    return primitives.keccak256(bytes_of(key, 32, 1, big_endian=True))[12:]


def secp256k1_signed(message: bytes, key: int = 0xC0FFEE, nonce: int = 0x123456789) -> Signed:
    """A signature of a secret key."""
    signature, recovery_id = sign(key, primitives.keccak256(message), nonce)
    return Signed(
        signature + bytes([recovery_id]), ethereum_address(SECP256K1_GROUP.public_key(key)), message
    )


# OUTCOMES


def runtime(features: FeatureSet | None = None) -> LiteSVM:
    """A LiteSVM with the carrier and a rich payer, which does not remember transactions."""
    machine = LiteSVM().with_feature_set(features or LiteSVM.mainnet_feature_set())
    machine = machine.with_transaction_history(0)
    machine.add_program(Pubkey(CARRIER), build_elf("lddw r0, 0; exit"))
    machine.airdrop(PAYER.pubkey(), PAYER_LAMPORTS)
    return machine


@cache
def _mainnet() -> LiteSVM:
    return runtime()


def litesvm_outcome(calls: Sequence[Call], machine: LiteSVM) -> tuple[int, int] | None:
    """The position and the code of the instruction at which LiteSVM stops, or None if all succeed."""
    instructions = [Instruction(Pubkey(program), data, []) for program, data in calls]
    message = Message.new_with_blockhash(instructions, PAYER.pubkey(), machine.latest_blockhash())
    result = machine.send_transaction(VersionedTransaction(message, [PAYER]))
    if not isinstance(result, FailedTransactionMetadata):
        return None
    error = result.err()
    assert isinstance(error, TransactionErrorInstructionError), error
    assert isinstance(error.err, InstructionErrorCustom), error
    return error.index, error.err.code


def outcome(calls: Sequence[Call]) -> tuple[int, int] | None:
    """The position and the code of the first precompile that refuses its instruction, or None."""
    instruction_datas = [data for _, data in calls]
    for index, (program, data) in enumerate(calls):
        if program == CARRIER:
            continue
        try:
            PRECOMPILES[program].verify(data, instruction_datas)
        except PrecompileError as error:
            return index, error.code
    return None


def check(*calls: Call, machine: LiteSVM | None = None) -> int | None:
    """The code at which the transaction stops, or None if it succeeds, compared with LiteSVM's outcome."""
    expected = litesvm_outcome(calls, machine or _mainnet())
    assert outcome(calls) == expected
    return None if expected is None else expected[1]
