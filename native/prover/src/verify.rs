//! Verifying a proof against the caller's own key, public columns and parameters.

use std::collections::BTreeMap;
use std::time::Instant;

use p3_batch_stark::{BatchVerificationError, PcsError, VerificationError, verify_batch};
use p3_lookup::LookupError;

use crate::batch::{Batch, Public};
use crate::config::{Config, Parameters};
use crate::failure::{Failure, Outcome, guarded, refuse, reject};
use crate::key::Key;
use crate::prove::check_public;
use crate::report::Report;
use crate::security::security;
use crate::sponge::{Opened, Sponge};
use crate::statement::seeded_challenger;
use crate::wire::decode;

/// Accepts only a proof of these tables that is bound to `transcript` and has at least the target's proven bits.
///
/// The only claims of the proof that it trusts are the heights of free tables, and the rules bound these heights.
pub fn verify(
    key: &Key,
    bytes: &[u8],
    given: Vec<(usize, Public)>,
    transcript: &[u8],
    parameters: Parameters,
) -> Outcome<Report> {
    let publics = guarded(
        |message| Failure::Refused(format!("the verifier failed: {message}")),
        || checked_publics(key, given),
    )?;
    guarded(
        |message| Failure::Rejected(format!("malformed proof: {message}")),
        || verify_bytes(key, bytes, publics, transcript, parameters),
    )
}

fn verify_bytes(
    key: &Key,
    bytes: &[u8],
    publics: BTreeMap<usize, Public>,
    transcript: &[u8],
    parameters: Parameters,
) -> Outcome<Report> {
    let start = Instant::now();
    let (instances, proof) = decode(bytes, parameters.queries)?;
    let batch = Batch::new(key, parameters, instances, publics).map_err(Failure::Rejected)?;
    let security = security(key, &parameters, &batch.instances);
    if security.bits < f64::from(parameters.target_bits) {
        return reject(format!(
            "the proof has {:.1} proven bits ({}, weakest term {}), the target is {}",
            security.bits, security.regime, security.binding, parameters.target_bits
        ));
    }
    let preprocessed = batch.preprocessed()?;
    let common = batch.common(preprocessed.as_deref())?;
    let openings: Vec<Opened<'_>> = proof
        .opening_proof
        .input_openings
        .iter()
        .zip(batch.opened_log_heights())
        .map(|(opening, log_heights)| Opened { rows: &opening.opened_values, log_heights })
        .collect();
    let sponge = Sponge::knowing(&openings);
    let config = parameters.config(key.transform.clone(), seeded_challenger(&batch, transcript), sponge);
    let public_values = vec![Vec::new(); batch.instances.len()];
    verify_batch(&config, &batch.tables(), &proof, &public_values, &common)
        .map_err(|error| Failure::Rejected(reason(&batch, &error)))?;
    let seconds = vec![("total", start.elapsed().as_secs_f64())];
    Ok(Report::new(&batch, security, bytes.len(), seconds))
}

/// Why Plonky3 rejected the proof, in terms of the circuit where that is possible.
fn reason(batch: &Batch<'_>, error: &BatchVerificationError<PcsError<Config>>) -> String {
    match error {
        BatchVerificationError::Lookup(LookupError::TerminalSumNonZero) => {
            "the buses do not balance".to_string()
        }
        BatchVerificationError::Verification(VerificationError::OodEvaluationMismatch {
            index: Some(table),
        }) => {
            let chip = batch.instances[*table].chip();
            let name = &batch.key.circuit.chips[chip].name;
            format!("table {table}, chip {chip} ({name}): its constraints do not hold")
        }
        // Everything that both sides must agree on seeds the challenges. If they differ, the first proof of work
        // fails.
        BatchVerificationError::Transcript(failure) => {
            format!("made for another circuit, statement or parameters, or damaged ({failure})")
        }
        other => other.to_string(),
    }
}

/// The public columns by chip. Fails unless exactly the chips that have public columns are given, each once.
fn checked_publics(key: &Key, given: Vec<(usize, Public)>) -> Outcome<BTreeMap<usize, Public>> {
    let mut publics = BTreeMap::new();
    for (index, public) in given {
        let Some(chip) = key.circuit.chips.get(index) else {
            return refuse(format!("public columns of chip {index}: no such chip"));
        };
        let place = format!("public columns of chip {index} ({})", chip.name);
        if chip.public_width == 0 {
            return refuse(format!("{place}: the chip has none"));
        }
        check_public(&place, chip, &public)?;
        if publics.insert(index, public).is_some() {
            return refuse(format!("{place}: given twice"));
        }
    }
    for (index, chip) in key.circuit.chips.iter().enumerate() {
        if chip.public_width > 0 && !publics.contains_key(&index) {
            return refuse(format!("public columns of chip {index} ({}): missing", chip.name));
        }
    }
    Ok(publics)
}
