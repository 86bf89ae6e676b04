//! Signatures of transactions and precompiles.

use pyo3::prelude::*;

use crate::input::{array, guarded};

/// Whether an ed25519 key signed the message, as transactions are checked.
#[pyfunction]
pub fn ed25519_verify(py: Python<'_>, key: &[u8], message: &[u8], signature: &[u8]) -> PyResult<bool> {
    use ed25519_dalek::{Signature, VerifyingKey};

    let key: [u8; 32] = array("key", key)?;
    let signature: [u8; 64] = array("signature", signature)?;
    guarded(py, || {
        VerifyingKey::from_bytes(&key)
            .and_then(|key| key.verify_strict(message, &Signature::from_bytes(&signature)))
            .is_ok()
    })
}

/// Whether an ed25519 key signed the message, as the ed25519 precompile checks it.
#[pyfunction]
pub fn ed25519_precompile_verify(
    py: Python<'_>,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> PyResult<bool> {
    use ed25519_dalek_1::{PublicKey, Signature};

    let key: [u8; 32] = array("key", key)?;
    let signature: [u8; 64] = array("signature", signature)?;
    guarded(py, || {
        let (Ok(key), Ok(signature)) = (PublicKey::from_bytes(&key), Signature::from_bytes(&signature))
        else {
            return false;
        };
        key.verify_strict(message, &signature).is_ok()
    })
}

/// Whether a P-256 key signed the SHA-256 hash of the message, or nothing if the key is not a point.
#[pyfunction]
pub fn secp256r1_verify(
    py: Python<'_>,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> PyResult<Option<bool>> {
    use p256::ecdsa::signature::Verifier;
    use p256::ecdsa::{Signature, VerifyingKey};

    let key: [u8; 33] = array("key", key)?;
    let signature: [u8; 64] = array("signature", signature)?;
    guarded(py, || {
        // The crate also knows a form of 33 bytes without the sign of y, whose first byte is 5.
        if !matches!(key[0], 2 | 3) {
            return None;
        }
        let key = VerifyingKey::from_sec1_bytes(&key).ok()?;
        Some(Signature::from_slice(&signature).is_ok_and(|signature| key.verify(message, &signature).is_ok()))
    })
}
