"""The cryptographic primitives behind syscalls, builtin programs and transactions: bytes in, bytes out.

They are computed by the crates that Agave uses, so every edge case has the same result as in the runtime.
Only P-256 has another crate, because Agave's is C. The callers in Python decide the price of a call, the
memory that it reads, and its result.

An unknown group, operation or kind of proof raises ValueError. So does an argument of a wrong length for a
signature, a proof, Curve25519 or BLS12-381. The functions are pure and release the interpreter lock.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

__all__ = [
    "alt_bn128_operation",
    "blake3",
    "bls12_381_pairing",
    "bls_proof_of_possession_verify",
    "curve_contains",
    "curve_decompress",
    "curve_multiscalar",
    "curve_operation",
    "ed25519_precompile_verify",
    "ed25519_verify",
    "keccak256",
    "modular_power",
    "poseidon_hash",
    "secp256k1_recover",
    "secp256r1_verify",
    "zk_elgamal_verify",
]

_Curve25519: TypeAlias = Literal["edwards", "ristretto"]
_Bls12381: TypeAlias = Literal["g1_little_endian", "g1_big_endian", "g2_little_endian", "g2_big_endian"]
_ZkElGamalProof: TypeAlias = Literal[
    "ZeroCiphertext",
    "CiphertextCiphertextEquality",
    "CiphertextCommitmentEquality",
    "PubkeyValidity",
    "PercentageWithCap",
    "BatchedRangeProofU64",
    "BatchedRangeProofU128",
    "BatchedRangeProofU256",
    "GroupedCiphertext2HandlesValidity",
    "BatchedGroupedCiphertext2HandlesValidity",
    "GroupedCiphertext3HandlesValidity",
    "BatchedGroupedCiphertext3HandlesValidity",
]
_AltBn128Operation: TypeAlias = Literal[
    "g1_add",
    "g1_multiply",
    "g1_compress",
    "g1_decompress",
    "g2_add",
    "g2_multiply",
    "g2_compress",
    "g2_decompress",
    "pairing",
]

def keccak256(content: bytes) -> bytes:
    """Keccak-256 as in Ethereum, with the padding from before the SHA-3 standard."""

def blake3(content: bytes) -> bytes:
    """BLAKE3 with its default length of 32 bytes."""

def secp256k1_recover(hash: bytes, recovery_id: int, signature: bytes) -> bytes | None:
    """The public key, 64 bytes, that signed a hash of 32 bytes.

    None if no key fits the signature, or if the recovery id is above 3.
    """

def poseidon_hash(inputs: Sequence[bytes], big_endian: bool, padded: bool) -> bytes | None:
    """The Poseidon hash (BN254, x^5) of 1 to 12 field elements, or None if an input is not a field element.

    padded: whether each input must have all 32 bytes.
    """

def modular_power(base: bytes, exponent: bytes, modulus: bytes) -> bytes:
    """base^exponent modulo the modulus. All values are big-endian, and the result is as long as the modulus.

    The result is zero for a modulus of 0 or 1.
    """

def alt_bn128_operation(operation: _AltBn128Operation, input: bytes, big_endian: bool) -> bytes | None:
    """The result of an operation on BN254. `input` holds the operands one after the other.

    None if an operand is not a point.
    """

def curve_contains(group: _Curve25519 | _Bls12381, point: bytes) -> bool:
    """Whether the bytes are a point of the group: 32 bytes of Curve25519, 96 of G1, 192 of G2."""

def curve_operation(
    group: _Curve25519 | _Bls12381,
    operation: Literal["add", "subtract", "multiply"],
    left: bytes,
    right: bytes,
) -> bytes | None:
    """left + right, left - right, or the point `right` times the 32-byte scalar `left`.

    None if an operand is not a point or not a scalar.
    """

def curve_multiscalar(group: _Curve25519, scalars: bytes, points: bytes) -> bytes | None:
    """The sum of the points, each times its scalar. None if an operand is not a point or not a scalar."""

def curve_decompress(group: _Bls12381, point: bytes) -> bytes | None:
    """Both coordinates of a compressed point of 48 bytes (G1) or 96 bytes (G2). None if it is not a point."""

def bls12_381_pairing(first: bytes, second: bytes, big_endian: bool) -> bytes | None:
    """The 576 bytes of the product of the pairings of at most 8 points of G1 with points of G2.

    None if an operand is not a point.
    """

def ed25519_verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an ed25519 key of 32 bytes made this signature of 64 bytes, as transactions are checked.

    ed25519-dalek 2 decides, with its strict rules.
    """

def ed25519_precompile_verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """As `ed25519_verify`, but decided by ed25519-dalek 1, which Agave's ed25519 precompile uses.

    Unlike version 2, it allows the commitment in the signature to be encoded with a number above the prime.
    """

def secp256r1_verify(key: bytes, message: bytes, signature: bytes) -> bool | None:
    """Whether a compressed P-256 key of 33 bytes made this signature (r, s) of the message's SHA-256 hash.

    None if the key is not a point. Both values s that fit are accepted.
    """

def zk_elgamal_verify(kind: _ZkElGamalProof, proof: bytes) -> str | None:
    """Check a zero-knowledge proof about encrypted amounts. `proof` is a statement and then its proof.

    None if the proof holds, else the error in the words of Agave's log.
    """

def bls_proof_of_possession_verify(key: bytes, proof: bytes, message: bytes) -> bool:
    """Whether a proof of 96 bytes shows that somebody has the private key of a BLS key of 48 bytes.

    The proof is a signature of the message with the key. False also if the key or the proof is not a point of
    its group.
    """
