//! Proof bytes: a header, then the batch and its proof in postcard's canonical form.
//!
//! Field elements take four bytes (in the field's own Montgomery form, below the modulus), and lengths are varints.
//! Data that follows from the rest of the proof is left out: the heights, and the repetitions of opened rows.

use p3_batch_stark::BatchProof;
use serde::{Deserialize, Serialize};

use crate::batch::Instance;
use crate::config::{Challenge, Config, Val};
use crate::failure::{Failure, Outcome, reject};
use crate::openings::Openings;

const MAGIC: [u8; 4] = *b"SPEP";
/// Changes whenever old bytes could be read differently, or the transcript changes.
const VERSION: u16 = 2;
const HEADER_BYTES: usize = 6;
/// Limit on the bytes of a proof. No honest proof comes near it, and it bounds the verifier's allocations.
const MAXIMUM_BYTES: usize = 8 << 20;

/// A proof in the form in which it is sent.
#[derive(Deserialize, Serialize)]
struct Envelope {
    instances: Vec<Instance>,
    /// Without its heights, opened rows and folded siblings.
    proof: BatchProof<Config>,
    /// The opened rows of each commitment.
    openings: Vec<Openings<Val>>,
    /// The siblings of each folding round.
    siblings: Vec<Openings<Challenge>>,
}

impl Envelope {
    fn pack(instances: &[Instance], mut proof: BatchProof<Config>) -> Self {
        proof.degree_bits.clear();
        let opening_proof = &mut proof.opening_proof;
        let openings = opening_proof
            .input_openings
            .iter_mut()
            .map(|opening| Openings::pack(&std::mem::take(&mut opening.opened_values)))
            .collect();
        let siblings = opening_proof
            .commit_phase_openings
            .iter_mut()
            .map(|step| {
                let rows = std::mem::take(&mut step.sibling_values);
                Openings::pack(&rows.into_iter().map(|row| vec![row]).collect::<Vec<_>>())
            })
            .collect();
        Self { instances: instances.to_vec(), proof, openings, siblings }
    }

    fn unpack(self, queries: usize) -> Outcome<(Vec<Instance>, BatchProof<Config>)> {
        let Self { instances, mut proof, openings, siblings } = self;
        if !proof.degree_bits.is_empty() {
            return reject("malformed proof: two statements of the heights");
        }
        proof.degree_bits = instances.iter().map(|instance| instance.log_height as usize).collect();
        let opening_proof = &mut proof.opening_proof;
        if opening_proof.input_openings.len() != openings.len()
            || opening_proof.commit_phase_openings.len() != siblings.len()
        {
            return reject("malformed proof: a commitment without its opened rows");
        }
        let repeated = opening_proof.input_openings.iter().any(|opening| !opening.opened_values.is_empty())
            || opening_proof.commit_phase_openings.iter().any(|step| !step.sibling_values.is_empty());
        if repeated {
            return reject("malformed proof: two statements of the opened rows");
        }
        let mut budget = 0;
        for (opening, rows) in opening_proof.input_openings.iter_mut().zip(&openings) {
            opening.opened_values = rows.unpack(queries, &mut budget)?;
        }
        for (step, rows) in opening_proof.commit_phase_openings.iter_mut().zip(&siblings) {
            step.sibling_values =
                rows.unpack(queries, &mut budget)?.into_iter().map(|rows| rows.concat()).collect();
        }
        Ok((instances, proof))
    }
}

/// The bytes of a proof.
pub fn encode(instances: &[Instance], proof: BatchProof<Config>) -> Outcome<Vec<u8>> {
    let envelope = Envelope::pack(instances, proof);
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    let bytes = postcard::to_extend(&envelope, bytes)
        .map_err(|error| Failure::Refused(format!("the proof cannot be encoded: {error}")))?;
    if bytes.len() > MAXIMUM_BYTES {
        return Err(Failure::Refused(format!(
            "the proof takes {} bytes, expected at most {MAXIMUM_BYTES}",
            bytes.len()
        )));
    }
    Ok(bytes)
}

/// Accepts exactly the bytes that `encode` makes. Longer forms of values and trailing bytes are refused.
pub fn decode(bytes: &[u8], queries: usize) -> Outcome<(Vec<Instance>, BatchProof<Config>)> {
    if bytes.len() > MAXIMUM_BYTES {
        return reject(format!("{} bytes, expected at most {MAXIMUM_BYTES}", bytes.len()));
    }
    let Some((header, body)) = bytes.split_at_checked(HEADER_BYTES) else {
        return reject(format!("{} bytes, expected a header of {HEADER_BYTES}", bytes.len()));
    };
    if header[..4] != MAGIC {
        return reject("the bytes are not a proof of this engine");
    }
    let version = u16::from_le_bytes([header[4], header[5]]);
    if version != VERSION {
        return Err(Failure::Version(format!("proof format {version}, this engine reads {VERSION}")));
    }
    let (envelope, rest) = postcard::take_from_bytes::<Envelope>(body)
        .map_err(|error| Failure::Rejected(format!("malformed proof: {error}")))?;
    if !rest.is_empty() {
        return reject(format!("{} bytes behind the end of the proof", rest.len()));
    }
    if postcard::to_stdvec(&envelope).ok().as_deref() != Some(body) {
        return reject("malformed proof: not in canonical form");
    }
    envelope.unpack(queries)
}
