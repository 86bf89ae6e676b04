//! The hashes that are missing from Python's standard library.

use pyo3::prelude::*;

use crate::input::guarded;

/// Keccak-256 as in Ethereum, with the padding from before SHA-3 was standardized.
#[pyfunction]
pub fn keccak256(py: Python<'_>, content: &[u8]) -> PyResult<[u8; 32]> {
    guarded(py, || solana_keccak_hasher::hash(content).to_bytes())
}

/// BLAKE3 with its default length of 32 bytes.
#[pyfunction]
pub fn blake3(py: Python<'_>, content: &[u8]) -> PyResult<[u8; 32]> {
    guarded(py, || solana_blake3_hasher::hash(content).to_bytes())
}
