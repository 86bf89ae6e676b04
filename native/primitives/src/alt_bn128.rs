//! The curve alt_bn128 (BN254): group operations, pairing, compression.

use pyo3::prelude::*;
use solana_bn254::compression::prelude::{
    alt_bn128_g1_compress_be, alt_bn128_g1_compress_le, alt_bn128_g1_decompress_be,
    alt_bn128_g1_decompress_le, alt_bn128_g2_compress_be, alt_bn128_g2_compress_le,
    alt_bn128_g2_decompress_be, alt_bn128_g2_decompress_le,
};
use solana_bn254::versioned::{
    Endianness, VersionedG1Addition, VersionedG1Multiplication, VersionedG2Addition,
    VersionedG2Multiplication, VersionedPairing, alt_bn128_versioned_g1_addition,
    alt_bn128_versioned_g1_multiplication, alt_bn128_versioned_g2_addition,
    alt_bn128_versioned_g2_multiplication, alt_bn128_versioned_pairing,
};

use crate::input::{guarded, unknown};

type Operation = fn(&[u8], bool) -> Option<Vec<u8>>;

/// The result of an operation, or `None` if its input is not valid.
#[pyfunction]
pub fn alt_bn128_operation(
    py: Python<'_>,
    operation: &str,
    input: &[u8],
    big_endian: bool,
) -> PyResult<Option<Vec<u8>>> {
    let operation: Operation = match operation {
        "g1_add" => g1_add,
        "g1_multiply" => g1_multiply,
        "g1_compress" => g1_compress,
        "g1_decompress" => g1_decompress,
        "g2_add" => g2_add,
        "g2_multiply" => g2_multiply,
        "g2_compress" => g2_compress,
        "g2_decompress" => g2_decompress,
        "pairing" => pairing,
        _ => return Err(unknown("operation", operation)),
    };
    guarded(py, || operation(input, big_endian))
}

// The versions of the operations are those that solana-syscalls 4.1 names.

fn g1_add(input: &[u8], big_endian: bool) -> Option<Vec<u8>> {
    alt_bn128_versioned_g1_addition(VersionedG1Addition::V0, input, endianness(big_endian)).ok()
}

fn g1_multiply(input: &[u8], big_endian: bool) -> Option<Vec<u8>> {
    alt_bn128_versioned_g1_multiplication(VersionedG1Multiplication::V1, input, endianness(big_endian)).ok()
}

fn g2_add(input: &[u8], big_endian: bool) -> Option<Vec<u8>> {
    alt_bn128_versioned_g2_addition(VersionedG2Addition::V0, input, endianness(big_endian)).ok()
}

fn g2_multiply(input: &[u8], big_endian: bool) -> Option<Vec<u8>> {
    alt_bn128_versioned_g2_multiplication(VersionedG2Multiplication::V0, input, endianness(big_endian)).ok()
}

fn pairing(input: &[u8], big_endian: bool) -> Option<Vec<u8>> {
    alt_bn128_versioned_pairing(VersionedPairing::V1, input, endianness(big_endian)).ok()
}

fn g1_compress(input: &[u8], big_endian: bool) -> Option<Vec<u8>> {
    let compress = if big_endian { alt_bn128_g1_compress_be } else { alt_bn128_g1_compress_le };
    compress(input).ok().map(Vec::from)
}

fn g1_decompress(input: &[u8], big_endian: bool) -> Option<Vec<u8>> {
    let decompress = if big_endian { alt_bn128_g1_decompress_be } else { alt_bn128_g1_decompress_le };
    decompress(input).ok().map(Vec::from)
}

fn g2_compress(input: &[u8], big_endian: bool) -> Option<Vec<u8>> {
    let compress = if big_endian { alt_bn128_g2_compress_be } else { alt_bn128_g2_compress_le };
    compress(input).ok().map(Vec::from)
}

fn g2_decompress(input: &[u8], big_endian: bool) -> Option<Vec<u8>> {
    let decompress = if big_endian { alt_bn128_g2_decompress_be } else { alt_bn128_g2_decompress_le };
    decompress(input).ok().map(Vec::from)
}

fn endianness(big_endian: bool) -> Endianness {
    if big_endian { Endianness::BE } else { Endianness::LE }
}
