//! Curve25519 (as Edwards and as Ristretto points) and BLS12-381 (G1, G2 and their pairing).

use pyo3::prelude::*;
use solana_bls12_381_syscall::{
    Endianness, PodG1Compressed, PodG1Point, PodG2Compressed, PodG2Point, PodScalar as PodBlsScalar, Version,
    bls12_381_g1_addition_unchecked, bls12_381_g1_decompress, bls12_381_g1_multiplication,
    bls12_381_g1_point_validation, bls12_381_g1_subtraction_unchecked, bls12_381_g2_addition_unchecked,
    bls12_381_g2_decompress, bls12_381_g2_multiplication, bls12_381_g2_point_validation,
    bls12_381_g2_subtraction_unchecked, bls12_381_pairing_map,
};
use solana_curve25519::edwards::{
    PodEdwardsPoint, add_edwards, multiply_edwards, multiscalar_multiply_edwards, subtract_edwards,
    validate_edwards,
};
use solana_curve25519::ristretto::{
    PodRistrettoPoint, add_ristretto, multiply_ristretto, multiscalar_multiply_ristretto, subtract_ristretto,
    validate_ristretto,
};
use solana_curve25519::scalar::PodScalar;

use crate::input::{array, arrays, guarded, unknown};

enum Group {
    Edwards,
    Ristretto,
    G1(Endianness),
    G2(Endianness),
}

impl Group {
    fn named(name: &str) -> PyResult<Self> {
        match name {
            "edwards" => Ok(Self::Edwards),
            "ristretto" => Ok(Self::Ristretto),
            "g1_little_endian" => Ok(Self::G1(Endianness::LE)),
            "g1_big_endian" => Ok(Self::G1(Endianness::BE)),
            "g2_little_endian" => Ok(Self::G2(Endianness::LE)),
            "g2_big_endian" => Ok(Self::G2(Endianness::BE)),
            _ => Err(unknown("group", name)),
        }
    }
}

enum Operation {
    Add,
    Subtract,
    Multiply,
}

impl Operation {
    fn named(name: &str) -> PyResult<Self> {
        match name {
            "add" => Ok(Self::Add),
            "subtract" => Ok(Self::Subtract),
            "multiply" => Ok(Self::Multiply),
            _ => Err(unknown("operation", name)),
        }
    }
}

type Bytes = Option<Vec<u8>>;

/// Whether the bytes are a point of the group.
#[pyfunction]
pub fn curve_contains(py: Python<'_>, group: &str, point: &[u8]) -> PyResult<bool> {
    match Group::named(group)? {
        Group::Edwards => {
            let point = PodEdwardsPoint(array("point", point)?);
            guarded(py, || validate_edwards(&point))
        }
        Group::Ristretto => {
            let point = PodRistrettoPoint(array("point", point)?);
            guarded(py, || validate_ristretto(&point))
        }
        Group::G1(endianness) => {
            let point = PodG1Point(array("point", point)?);
            guarded(py, || bls12_381_g1_point_validation(Version::V0, &point, endianness))
        }
        Group::G2(endianness) => {
            let point = PodG2Point(array("point", point)?);
            guarded(py, || bls12_381_g2_point_validation(Version::V0, &point, endianness))
        }
    }
}

/// A sum or difference of two points, or a point (right) times a scalar (left).
#[pyfunction]
pub fn curve_operation(
    py: Python<'_>,
    group: &str,
    operation: &str,
    left: &[u8],
    right: &[u8],
) -> PyResult<Bytes> {
    let operation = Operation::named(operation)?;
    match Group::named(group)? {
        Group::Edwards => {
            let right = PodEdwardsPoint(array("right", right)?);
            let left = array("left", left)?;
            guarded(py, || {
                let result = match operation {
                    Operation::Add => add_edwards(&PodEdwardsPoint(left), &right),
                    Operation::Subtract => subtract_edwards(&PodEdwardsPoint(left), &right),
                    Operation::Multiply => multiply_edwards(&PodScalar(left), &right),
                };
                result.map(|point| point.0.to_vec())
            })
        }
        Group::Ristretto => {
            let right = PodRistrettoPoint(array("right", right)?);
            let left = array("left", left)?;
            guarded(py, || {
                let result = match operation {
                    Operation::Add => add_ristretto(&PodRistrettoPoint(left), &right),
                    Operation::Subtract => subtract_ristretto(&PodRistrettoPoint(left), &right),
                    Operation::Multiply => multiply_ristretto(&PodScalar(left), &right),
                };
                result.map(|point| point.0.to_vec())
            })
        }
        Group::G1(endianness) => {
            let right = PodG1Point(array("right", right)?);
            if let Operation::Multiply = operation {
                let scalar = PodBlsScalar(array("left", left)?);
                return guarded(py, || {
                    bls12_381_g1_multiplication(Version::V0, &right, &scalar, endianness)
                        .map(|point| point.0.to_vec())
                });
            }
            let left = PodG1Point(array("left", left)?);
            let combine = match operation {
                Operation::Subtract => bls12_381_g1_subtraction_unchecked,
                _ => bls12_381_g1_addition_unchecked,
            };
            guarded(py, || combine(Version::V0, &left, &right, endianness).map(|point| point.0.to_vec()))
        }
        Group::G2(endianness) => {
            let right = PodG2Point(array("right", right)?);
            if let Operation::Multiply = operation {
                let scalar = PodBlsScalar(array("left", left)?);
                return guarded(py, || {
                    bls12_381_g2_multiplication(Version::V0, &right, &scalar, endianness)
                        .map(|point| point.0.to_vec())
                });
            }
            let left = PodG2Point(array("left", left)?);
            let combine = match operation {
                Operation::Subtract => bls12_381_g2_subtraction_unchecked,
                _ => bls12_381_g2_addition_unchecked,
            };
            guarded(py, || combine(Version::V0, &left, &right, endianness).map(|point| point.0.to_vec()))
        }
    }
}

/// The sum of points of Curve25519, each multiplied by its scalar.
#[pyfunction]
pub fn curve_multiscalar(py: Python<'_>, group: &str, scalars: &[u8], points: &[u8]) -> PyResult<Bytes> {
    let scalars: Vec<_> = arrays("scalars", scalars)?.iter().copied().map(PodScalar).collect();
    let points = arrays("points", points)?.iter().copied();
    match Group::named(group)? {
        Group::Edwards => {
            let points: Vec<_> = points.map(PodEdwardsPoint).collect();
            guarded(py, || multiscalar_multiply_edwards(&scalars, &points).map(|point| point.0.to_vec()))
        }
        Group::Ristretto => {
            let points: Vec<_> = points.map(PodRistrettoPoint).collect();
            guarded(py, || multiscalar_multiply_ristretto(&scalars, &points).map(|point| point.0.to_vec()))
        }
        Group::G1(_) | Group::G2(_) => Err(unknown("group of Curve25519", group)),
    }
}

/// Both coordinates of a point of BLS12-381.
#[pyfunction]
pub fn curve_decompress(py: Python<'_>, group: &str, point: &[u8]) -> PyResult<Bytes> {
    match Group::named(group)? {
        Group::G1(endianness) => {
            let point = PodG1Compressed(array("point", point)?);
            guarded(py, || {
                bls12_381_g1_decompress(Version::V0, &point, endianness).map(|point| point.0.to_vec())
            })
        }
        Group::G2(endianness) => {
            let point = PodG2Compressed(array("point", point)?);
            guarded(py, || {
                bls12_381_g2_decompress(Version::V0, &point, endianness).map(|point| point.0.to_vec())
            })
        }
        Group::Edwards | Group::Ristretto => Err(unknown("group of BLS12-381", group)),
    }
}

/// The product of the pairings of points of G1 with points of G2.
#[pyfunction]
pub fn bls12_381_pairing(py: Python<'_>, first: &[u8], second: &[u8], big_endian: bool) -> PyResult<Bytes> {
    let first: Vec<_> = arrays("first", first)?.iter().copied().map(PodG1Point).collect();
    let second: Vec<_> = arrays("second", second)?.iter().copied().map(PodG2Point).collect();
    let endianness = if big_endian { Endianness::BE } else { Endianness::LE };
    guarded(py, || {
        bls12_381_pairing_map(Version::V0, &first, &second, endianness).map(|element| element.0.to_vec())
    })
}
