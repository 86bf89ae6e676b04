//! Proving a batch.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use p3_batch_stark::{ProverData, ProverOnlyData, StarkInstance, prove_batch};
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;

use crate::air::log_height;
use crate::batch::{Batch, Instance, Public};
use crate::config::{Parameters, Val};
use crate::failure::{Failure, Outcome, refuse};
use crate::key::Key;
use crate::progress::{Listener, Phases};
use crate::report::Report;
use crate::security::security;
use crate::sponge::Sponge;
use crate::statement::seeded_challenger;
use crate::wire::encode;

/// One table with its witness, from the caller.
pub struct Witness {
    pub chip: usize,
    pub main: RowMajorMatrix<Val>,
    pub public: Public,
}

/// Proves that the tables satisfy the circuit of `key`, bound to `transcript`.
///
/// Refuses tables that break a rule, and parameters that do not reach their target. It does not notice a witness that
/// breaks a constraint or unbalances a channel, but `verify` rejects the proof.
pub fn prove(
    key: &Key,
    witnesses: Vec<Witness>,
    transcript: &[u8],
    parameters: Parameters,
    listener: Box<Listener>,
) -> Outcome<(Vec<u8>, Report)> {
    let start = Instant::now();
    let (instances, publics) = checked_witnesses(key, &witnesses)?;
    let batch = Batch::new(key, parameters, instances, publics).map_err(Failure::Refused)?;
    let security = security(key, &parameters, &batch.instances);
    if security.bits < f64::from(parameters.target_bits) {
        return refuse(format!(
            "these tables and parameters give {:.1} proven bits ({}, weakest term {}), the target is {}",
            security.bits, security.regime, security.binding, parameters.target_bits
        ));
    }
    let preprocessed = batch.preprocessed()?;
    let prover_data = ProverData {
        common: batch.common(preprocessed.as_deref())?,
        prover_only: ProverOnlyData {
            preprocessed_prover_data: preprocessed.map(|preprocessed| preprocessed.data.clone()),
        },
    };
    let config =
        parameters.config(key.transform.clone(), seeded_challenger(&batch, transcript), Sponge::new());
    let tables = batch.tables();
    let proven: Vec<_> = tables
        .iter()
        .zip(&witnesses)
        .map(|(air, witness)| StarkInstance { air, trace: &witness.main, public_values: Vec::new() })
        .collect();
    let has_lookups =
        batch.instances.iter().any(|instance| !key.circuit.chips[instance.chip()].interactions.is_empty());
    let phases = Phases::begin(has_lookups, listener);
    let proof = phases
        .watch(|| prove_batch(&config, &proven, &prover_data))
        .map_err(|error| Failure::Refused(format!("the prover failed: {error}")))?;
    let mut seconds = phases.finish();
    let bytes = encode(&batch.instances, proof)?;
    seconds.push(("total", start.elapsed().as_secs_f64()));
    let report = Report::new(&batch, security, bytes.len(), seconds);
    Ok((bytes, report))
}

/// Checks the dimensions of the witnesses against their chips.
fn checked_witnesses(key: &Key, witnesses: &[Witness]) -> Outcome<(Vec<Instance>, BTreeMap<usize, Public>)> {
    let mut instances = Vec::with_capacity(witnesses.len());
    let mut publics = BTreeMap::new();
    for (position, witness) in witnesses.iter().enumerate() {
        let Some(chip) = key.circuit.chips.get(witness.chip) else {
            return refuse(format!(
                "table {position}: chip {} does not exist, the circuit has {}",
                witness.chip,
                key.circuit.chips.len()
            ));
        };
        let place = format!("table {position}, chip {} ({})", witness.chip, chip.name);
        if witness.main.width() != chip.main_width {
            return refuse(format!(
                "{place}: {} main columns, expected {}",
                witness.main.width(),
                chip.main_width
            ));
        }
        let Some(log_height) = log_height(&witness.main) else {
            return refuse(format!("{place}: {} rows, expected a power of two", witness.main.height()));
        };
        check_public(&place, chip, &witness.public)?;
        if chip.public_width > 0 {
            publics.insert(witness.chip, Arc::clone(&witness.public)); // `Batch` refuses a chip that repeats
        }
        instances.push(Instance { chip: witness.chip as u32, log_height: log_height as u32 });
    }
    Ok((instances, publics))
}

/// Checks the number of the public columns of one chip.
pub fn check_public(place: &str, chip: &crate::circuit::Chip, public: &Public) -> Outcome<()> {
    if public.len() != chip.public_width {
        return refuse(format!("{place}: {} public columns, expected {}", public.len(), chip.public_width));
    }
    Ok(())
}
