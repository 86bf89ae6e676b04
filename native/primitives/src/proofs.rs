//! Proofs about encrypted amounts (ZK ElGamal), and proofs that somebody has a private key (BLS).

use bytemuck::Pod;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use solana_bls_signatures::VerifiableProofOfPossession;
use solana_zk_sdk::zk_elgamal_proof_program::proof_data::{
    BatchedGroupedCiphertext2HandlesValidityProofData, BatchedGroupedCiphertext3HandlesValidityProofData,
    BatchedRangeProofU64Data, BatchedRangeProofU128Data, BatchedRangeProofU256Data,
    CiphertextCiphertextEqualityProofData, CiphertextCommitmentEqualityProofData,
    GroupedCiphertext2HandlesValidityProofData, GroupedCiphertext3HandlesValidityProofData,
    PercentageWithCapProofData, PubkeyValidityProofData, ZeroCiphertextProofData, ZkProofData,
};

use crate::input::{array, guarded, unknown};

/// Nothing if the proof holds for its statement, else the error as Agave logs it.
#[pyfunction]
pub fn zk_elgamal_verify(py: Python<'_>, kind: &str, proof: &[u8]) -> PyResult<Option<String>> {
    match kind {
        "ZeroCiphertext" => verify::<ZeroCiphertextProofData, _>(py, proof),
        "CiphertextCiphertextEquality" => verify::<CiphertextCiphertextEqualityProofData, _>(py, proof),
        "CiphertextCommitmentEquality" => verify::<CiphertextCommitmentEqualityProofData, _>(py, proof),
        "PubkeyValidity" => verify::<PubkeyValidityProofData, _>(py, proof),
        "PercentageWithCap" => verify::<PercentageWithCapProofData, _>(py, proof),
        "BatchedRangeProofU64" => verify::<BatchedRangeProofU64Data, _>(py, proof),
        "BatchedRangeProofU128" => verify::<BatchedRangeProofU128Data, _>(py, proof),
        "BatchedRangeProofU256" => verify::<BatchedRangeProofU256Data, _>(py, proof),
        "GroupedCiphertext2HandlesValidity" => {
            verify::<GroupedCiphertext2HandlesValidityProofData, _>(py, proof)
        }
        "BatchedGroupedCiphertext2HandlesValidity" => {
            verify::<BatchedGroupedCiphertext2HandlesValidityProofData, _>(py, proof)
        }
        "GroupedCiphertext3HandlesValidity" => {
            verify::<GroupedCiphertext3HandlesValidityProofData, _>(py, proof)
        }
        "BatchedGroupedCiphertext3HandlesValidity" => {
            verify::<BatchedGroupedCiphertext3HandlesValidityProofData, _>(py, proof)
        }
        _ => Err(unknown("kind of proof", kind)),
    }
}

fn verify<Proof, Statement>(py: Python<'_>, proof: &[u8]) -> PyResult<Option<String>>
where
    Proof: Pod + Send + ZkProofData<Statement>,
    Statement: Pod,
{
    let length = size_of::<Proof>();
    let proof: Proof = bytemuck::try_pod_read_unaligned(proof)
        .map_err(|_| PyValueError::new_err(format!("proof: {} bytes, expected {length}", proof.len())))?;
    guarded(py, move || proof.verify_proof().err().map(|error| format!("{error:?}")))
}

/// Whether the proof, a signature of the message, shows that somebody has the private key.
#[pyfunction]
pub fn bls_proof_of_possession_verify(
    py: Python<'_>,
    key: &[u8],
    proof: &[u8],
    message: &[u8],
) -> PyResult<bool> {
    let key: [u8; 48] = array("key", key)?;
    let proof: [u8; 96] = array("proof", proof)?;
    guarded(py, || proof.verify(&key, Some(message)).is_ok())
}
