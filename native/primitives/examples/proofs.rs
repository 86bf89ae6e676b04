//! Writes a valid proof of each kind for the tests, one a line: its name, and in hex the statement and the proof.
//!
//!     cargo run --release -p solproof-primitives --example proofs > ../tests/support/known_proofs.txt
//!
//! The provers of solana-zk-sdk draw random numbers, so each run writes other proofs of ZK ElGamal.

use bytemuck::{Pod, bytes_of};
use solana_bls_signatures::Keypair;
use solana_zk_sdk::encryption::elgamal::ElGamalKeypair;
use solana_zk_sdk::encryption::grouped_elgamal::GroupedElGamal;
use solana_zk_sdk::encryption::pedersen::{Pedersen, PedersenCommitment, PedersenOpening};
use solana_zk_sdk::zk_elgamal_proof_program::errors::ProofGenerationError;
use solana_zk_sdk::zk_elgamal_proof_program::proof_data::*;

/// The key of the tests' vote account, for which the BLS key is proven.
const VOTE_ACCOUNT: &[u8; 32] =
    b"vote account\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01";

const AMOUNT: u64 = 55;

fn main() -> Result<(), ProofGenerationError> {
    let [first, second, third] = std::array::from_fn(|_| ElGamalKeypair::new_rand());
    let (commitment, opening) = Pedersen::new(AMOUNT);
    let ciphertext = first.pubkey().encrypt(AMOUNT);

    let zero = first.pubkey().encrypt(0_u64);
    write(&ZeroCiphertextProofData::new(&first, &zero)?);
    write(&CiphertextCiphertextEqualityProofData::new(
        &first,
        second.pubkey(),
        &ciphertext,
        &second.pubkey().encrypt_with(AMOUNT, &opening),
        &opening,
        AMOUNT,
    )?);
    write(&CiphertextCommitmentEqualityProofData::new(&first, &ciphertext, &commitment, &opening, AMOUNT)?);
    write(&PubkeyValidityProofData::new(&first)?);

    let (claimed, claimed_opening) = Pedersen::new(AMOUNT);
    let (percentage, percentage_opening) = Pedersen::new(3_u64);
    write(&PercentageWithCapProofData::new(
        &percentage,
        &percentage_opening,
        3,
        &commitment,
        &opening,
        AMOUNT,
        &claimed,
        &claimed_opening,
        3,
    )?);

    write(&ranges(&[16, 48], BatchedRangeProofU64Data::new)?);
    write(&ranges(&[64, 32, 16, 16], BatchedRangeProofU128Data::new)?);
    write(&ranges(&[32; 8], BatchedRangeProofU256Data::new)?);

    let two = [first.pubkey(), second.pubkey()];
    let (group, other) = (
        GroupedElGamal::encrypt_with(two, AMOUNT, &opening),
        GroupedElGamal::encrypt_with(two, 3_u64, &claimed_opening),
    );
    write(&GroupedCiphertext2HandlesValidityProofData::new(two[0], two[1], &group, AMOUNT, &opening)?);
    write(&BatchedGroupedCiphertext2HandlesValidityProofData::new(
        two[0],
        two[1],
        &group,
        &other,
        AMOUNT,
        3,
        &opening,
        &claimed_opening,
    )?);
    let three = [first.pubkey(), second.pubkey(), third.pubkey()];
    let (group, other) = (
        GroupedElGamal::encrypt_with(three, AMOUNT, &opening),
        GroupedElGamal::encrypt_with(three, 3_u64, &claimed_opening),
    );
    write(&GroupedCiphertext3HandlesValidityProofData::new(
        three[0], three[1], three[2], &group, AMOUNT, &opening,
    )?);
    write(&BatchedGroupedCiphertext3HandlesValidityProofData::new(
        three[0],
        three[1],
        three[2],
        &group,
        &other,
        AMOUNT,
        3,
        &opening,
        &claimed_opening,
    )?);

    let voter = Keypair::derive(&[1; 32]).expect("32 bytes are enough");
    let message = [b"ALPENGLOW".as_slice(), VOTE_ACCOUNT].concat();
    let proof = voter.proof_of_possession(Some(&message));
    line(
        "BlsProofOfPossession",
        &[&voter.public.to_bytes_compressed()[..], &proof.to_bytes_compressed()].concat(),
    );
    Ok(())
}

type RangeProver<Proof> = fn(
    Vec<&PedersenCommitment>,
    Vec<u64>,
    Vec<usize>,
    Vec<&PedersenOpening>,
) -> Result<Proof, ProofGenerationError>;

/// A proof that as many amounts have at most these numbers of bits.
fn ranges<Proof>(bits: &[usize], prove: RangeProver<Proof>) -> Result<Proof, ProofGenerationError> {
    let (commitments, openings): (Vec<_>, Vec<_>) = bits.iter().map(|_| Pedersen::new(AMOUNT)).unzip();
    prove(commitments.iter().collect(), vec![AMOUNT; bits.len()], bits.to_vec(), openings.iter().collect())
}

fn write<Proof: Pod + ZkProofData<Statement>, Statement: Pod>(proof: &Proof) {
    line(&format!("{:?}", Proof::PROOF_TYPE), bytes_of(proof));
}

fn line(name: &str, content: &[u8]) {
    let hex: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{name} {hex}");
}
