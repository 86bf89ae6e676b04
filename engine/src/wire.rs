//! Proof bytes: a header, then the batch and its proof in postcard's canonical form.
//!
//! Field elements take four bytes (in the field's own Montgomery form, below the modulus), lengths are varints.

use p3_batch_stark::BatchProof;
use serde::{Deserialize, Serialize};

use crate::batch::Instance;
use crate::config::Config;
use crate::failure::{Failure, Outcome, reject};

const MAGIC: [u8; 4] = *b"SPEP";
/// Changes whenever old bytes could be read differently or the transcript changes.
const VERSION: u16 = 1;
const HEADER_BYTES: usize = 6;
/// No honest proof comes near this; it bounds what a verifier will allocate.
const MAXIMUM_BYTES: usize = 16 << 20;

/// A proof as it travels.
#[derive(Deserialize, Serialize)]
pub struct Envelope {
    pub instances: Vec<Instance>,
    pub proof: BatchProof<Config>,
}

pub fn encode(envelope: &Envelope) -> Outcome<Vec<u8>> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    let bytes = postcard::to_extend(envelope, bytes)
        .map_err(|error| Failure::Refused(format!("the proof cannot be encoded: {error}")))?;
    if bytes.len() > MAXIMUM_BYTES {
        return Err(Failure::Refused(format!(
            "the proof takes {} bytes, expected at most {MAXIMUM_BYTES}",
            bytes.len()
        )));
    }
    Ok(bytes)
}

/// Accepts exactly the bytes that `encode` makes: no longer form of a number, nothing behind the end.
pub fn decode(bytes: &[u8]) -> Outcome<Envelope> {
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
    Ok(envelope)
}
