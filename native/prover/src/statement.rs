//! The Fiat-Shamir seed: everything that Plonky3's transcript assumes but does not bind.
//!
//! Plonky3 binds the shapes and the commitments of a batch. It does not bind which constraints the tables obey, what
//! the channels mean, the parameters, or the public columns.

use p3_challenger::CanObserve;
use p3_field::PrimeCharacteristicRing;
use p3_field::PrimeField32;

use crate::batch::Batch;
use crate::config::{Challenger, Val, fresh_challenger};

/// A challenger that has absorbed the key, the parameters, the caller's statement and all public columns of `batch`.
pub fn seeded_challenger(batch: &Batch<'_>, transcript: &[u8]) -> Challenger {
    let mut hasher = blake3::Hasher::new_derive_key("solproof engine 1 statement");
    let mut absorb = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    absorb(&batch.key.digest);
    absorb(&batch.parameters.to_json());
    absorb(transcript);
    let shapes: Vec<u8> = batch
        .instances
        .iter()
        .flat_map(|instance| [instance.chip, instance.log_height])
        .flat_map(u32::to_le_bytes)
        .collect();
    absorb(&shapes);
    absorb(&(batch.publics.len() as u64).to_le_bytes());
    for (&chip, public) in &batch.publics {
        absorb(&(chip as u64).to_le_bytes());
        absorb(&(public.len() as u64).to_le_bytes());
        for column in public.iter() {
            absorb(&cells(column));
        }
    }
    let digest = hasher.finalize();

    let mut challenger = fresh_challenger();
    // Three bytes are always below the modulus, so different digests give different field elements.
    for chunk in digest.as_bytes().chunks(3) {
        let value = chunk.iter().rev().fold(0u32, |value, &byte| value << 8 | u32::from(byte));
        challenger.observe(Val::from_u32(value));
    }
    challenger
}

fn cells(values: &[Val]) -> Vec<u8> {
    values.iter().flat_map(|value| value.as_canonical_u32().to_le_bytes()).collect()
}
