//! The cryptographic primitives behind syscalls, builtin programs and transactions: bytes in, bytes out.
//!
//! They are computed by the crates that Agave uses, so every edge case has the same result as in the runtime. Only
//! P-256 has another crate, because Agave's is C. The callers in Python decide the price of a call, the memory that
//! it reads, and its result.

mod alt_bn128;
mod curve;
mod hashing;
mod input;
mod proofs;
mod signatures;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::input::{array, guarded};

/// The public key, 64 bytes, that signed a hash of 32 bytes, or nothing if no key fits the signature.
#[pyfunction]
fn secp256k1_recover(
    py: Python<'_>,
    hash: &[u8],
    recovery_id: u8,
    signature: &[u8],
) -> PyResult<Option<Vec<u8>>> {
    let hash: [u8; 32] = array("hash", hash)?;
    let signature: [u8; 64] = array("signature", signature)?;
    guarded(py, || {
        let message = libsecp256k1::Message::parse(&hash);
        let recovery_id = libsecp256k1::RecoveryId::parse(recovery_id).ok()?;
        let signature = libsecp256k1::Signature::parse_standard(&signature).ok()?;
        let key = libsecp256k1::recover(&message, &signature, &recovery_id).ok()?;
        // The first byte only marks the key as not compressed.
        Some(key.serialize()[1..].to_vec())
    })
}

/// The Poseidon hash (BN254, x^5) of 1 to 12 inputs. With `padded`, each must have 32 bytes.
#[pyfunction]
fn poseidon_hash(
    py: Python<'_>,
    inputs: Vec<PyBackedBytes>,
    big_endian: bool,
    padded: bool,
) -> PyResult<Option<Vec<u8>>> {
    use solana_poseidon::{Endianness, Parameters, hashv, legacy};

    guarded(py, || {
        let inputs: Vec<&[u8]> = inputs.iter().map(|input| &**input).collect();
        let endianness = if big_endian { Endianness::BigEndian } else { Endianness::LittleEndian };
        let hash = if padded {
            hashv(Parameters::Bn254X5, endianness, &inputs).ok()?.to_bytes()
        } else {
            legacy::hashv(Parameters::Bn254X5, endianness, &inputs).ok()?.to_bytes()
        };
        Some(hash.to_vec())
    })
}

/// base^exponent modulo the modulus, which gives the length of the result. All values are big-endian.
///
/// The result is zero for a modulus of 0 or 1.
#[pyfunction]
fn modular_power(py: Python<'_>, base: &[u8], exponent: &[u8], modulus: &[u8]) -> PyResult<Vec<u8>> {
    guarded(py, || solana_big_mod_exp::big_mod_exp(base, exponent, modulus))
}

/// The module `solproof._native.primitives`.
#[pymodule]
pub fn primitives(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // Every entry point turns panics into exceptions, so the default report on standard error would only confuse.
    std::panic::set_hook(Box::new(|_| {}));
    module.add_function(wrap_pyfunction!(hashing::keccak256, module)?)?;
    module.add_function(wrap_pyfunction!(hashing::blake3, module)?)?;
    module.add_function(wrap_pyfunction!(secp256k1_recover, module)?)?;
    module.add_function(wrap_pyfunction!(poseidon_hash, module)?)?;
    module.add_function(wrap_pyfunction!(modular_power, module)?)?;
    module.add_function(wrap_pyfunction!(alt_bn128::alt_bn128_operation, module)?)?;
    module.add_function(wrap_pyfunction!(curve::curve_contains, module)?)?;
    module.add_function(wrap_pyfunction!(curve::curve_operation, module)?)?;
    module.add_function(wrap_pyfunction!(curve::curve_multiscalar, module)?)?;
    module.add_function(wrap_pyfunction!(curve::curve_decompress, module)?)?;
    module.add_function(wrap_pyfunction!(curve::bls12_381_pairing, module)?)?;
    module.add_function(wrap_pyfunction!(signatures::ed25519_verify, module)?)?;
    module.add_function(wrap_pyfunction!(signatures::ed25519_precompile_verify, module)?)?;
    module.add_function(wrap_pyfunction!(signatures::secp256r1_verify, module)?)?;
    module.add_function(wrap_pyfunction!(proofs::zk_elgamal_verify, module)?)?;
    module.add_function(wrap_pyfunction!(proofs::bls_proof_of_possession_verify, module)?)
}
