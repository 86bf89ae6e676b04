//! Converts Python's arguments to fixed-size arrays, and panics to exceptions.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

/// Bytes of a known length.
pub fn array<const LENGTH: usize>(name: &str, bytes: &[u8]) -> PyResult<[u8; LENGTH]> {
    bytes
        .try_into()
        .map_err(|_| PyValueError::new_err(format!("{name}: {} bytes, expected {LENGTH}", bytes.len())))
}

/// Bytes of elements of a known length.
pub fn arrays<'a, const LENGTH: usize>(name: &str, bytes: &'a [u8]) -> PyResult<&'a [[u8; LENGTH]]> {
    match bytes.as_chunks() {
        (chunks, []) => Ok(chunks),
        _ => Err(PyValueError::new_err(format!(
            "{name}: {} bytes, expected a multiple of {LENGTH}",
            bytes.len()
        ))),
    }
}

/// The exception for an unknown name.
pub fn unknown(what: &str, name: &str) -> PyErr {
    PyValueError::new_err(format!("{what} {name:?} is not known"))
}

/// Runs `work` without the interpreter lock, and turns a panic into an exception.
///
/// `work` only borrows immutable inputs and owns the data that it writes, so no half-changed data survives an unwind.
pub fn guarded<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    py.detach(|| catch_unwind(AssertUnwindSafe(work)))
        .map_err(|_| PyRuntimeError::new_err("a cryptographic primitive failed on its input"))
}
