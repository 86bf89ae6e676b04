//! The key: a checked circuit with its preprocessed tables, and the commitments made from them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use p3_commit::{Pcs, UnivariateStarkPcs};
use p3_field::PrimeField32;
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;
use p3_uni_stark::StarkGenericConfig;

use crate::air::{Plan, log_height};
use crate::batch::MAXIMUM_LOG_HEIGHT;
use crate::circuit::Circuit;
use crate::config::{
    Challenge, Challenger, Commitment, CommitmentData, CommitmentScheme, Config, Dft, Parameters, Val,
    fresh_challenger,
};
use crate::failure::{Failure, Outcome, refuse};
use crate::sponge::Sponge;

/// The preprocessed tables of a key, committed once for given parameters.
pub struct Preprocessed {
    pub commitment: Commitment,
    pub data: CommitmentData,
}

/// Everything that is fixed before a run. A verifier must hold it to check a proof.
pub struct Key {
    pub circuit: Circuit,
    pub plans: Vec<Arc<Plan>>,
    /// Preprocessed tables by chip.
    pub tables: BTreeMap<usize, Arc<RowMajorMatrix<Val>>>,
    /// Binds the circuit and every preprocessed cell, but not the parameters.
    pub digest: [u8; 32],
    /// Twiddle factors, shared by all calls with this key.
    pub transform: Dft,
    /// Commitments by blowup and cap height, because a commitment depends on nothing else.
    committed: Mutex<HashMap<(usize, usize), Arc<Preprocessed>>>,
}

impl Key {
    /// Checks the circuit and the tables, which must be those of its preprocessed chips. Commits to the tables under
    /// default parameters.
    pub fn new(circuit_bytes: &[u8], tables: Vec<(usize, RowMajorMatrix<Val>)>) -> Outcome<Self> {
        let circuit = Circuit::parse(circuit_bytes)?;
        let plans = circuit
            .chips
            .iter()
            .enumerate()
            .map(|(index, chip)| Plan::new(index, chip, &circuit.channels).map(Arc::new))
            .collect::<Outcome<Vec<_>>>()?;
        let tables = checked_tables(&circuit, tables)?;
        let digest = key_digest(circuit_bytes, &tables);
        let key =
            Self { circuit, plans, tables, digest, transform: Dft::default(), committed: Mutex::default() };
        key.preprocessed(&Parameters::default())?;
        Ok(key)
    }

    /// The committed tables for `parameters`, or `None` if the circuit has no preprocessed columns.
    ///
    /// The commitment holds every preprocessed chip, in the order of the chips, whatever other chips a batch holds.
    pub fn preprocessed(&self, parameters: &Parameters) -> Outcome<Option<Arc<Preprocessed>>> {
        if self.tables.is_empty() {
            return Ok(None);
        }
        let mut committed = self.committed.lock().unwrap_or_else(PoisonError::into_inner);
        let parameters_key = (parameters.log_blowup, parameters.cap_height);
        if let Some(found) = committed.get(&parameters_key) {
            return Ok(Some(Arc::clone(found)));
        }
        let config: Config = parameters.config(self.transform.clone(), fresh_challenger(), Sponge::new());
        let scheme = config.pcs();
        let evaluations = self.tables.values().map(|table| {
            let domain = <CommitmentScheme as Pcs<Challenge, Challenger>>::natural_domain_for_degree(
                scheme,
                table.height(),
            );
            (domain, RowMajorMatrix::clone(table))
        });
        let (commitment, data) =
            <CommitmentScheme as UnivariateStarkPcs<Challenge, Challenger>>::commit_preprocessing(
                scheme,
                evaluations.collect::<Vec<_>>(),
            )
            .map_err(|error| Failure::Refused(format!("preprocessed tables: {error}")))?;
        let made = Arc::new(Preprocessed { commitment, data });
        committed.insert(parameters_key, Arc::clone(&made));
        Ok(Some(made))
    }
}

fn checked_tables(
    circuit: &Circuit,
    tables: Vec<(usize, RowMajorMatrix<Val>)>,
) -> Outcome<BTreeMap<usize, Arc<RowMajorMatrix<Val>>>> {
    let mut checked = BTreeMap::new();
    for (index, table) in tables {
        let Some(chip) = circuit.chips.get(index) else {
            return refuse(format!("preprocessed table of chip {index}: no such chip"));
        };
        let place = format!("preprocessed table of chip {index} ({})", chip.name);
        if chip.preprocessed_width == 0 {
            return refuse(format!("{place}: the chip has no preprocessed columns"));
        }
        if table.width() != chip.preprocessed_width {
            return refuse(format!(
                "{place}: {} columns, expected {}",
                table.width(),
                chip.preprocessed_width
            ));
        }
        if log_height(&table).is_none_or(|log_height| log_height > MAXIMUM_LOG_HEIGHT) {
            return refuse(format!(
                "{place}: {} rows, expected a power of two up to 2^{MAXIMUM_LOG_HEIGHT}",
                table.height()
            ));
        }
        if checked.insert(index, Arc::new(table)).is_some() {
            return refuse(format!("{place}: given twice"));
        }
    }
    for (index, chip) in circuit.chips.iter().enumerate() {
        if chip.preprocessed_width > 0 && !checked.contains_key(&index) {
            return refuse(format!("preprocessed table of chip {index} ({}): missing", chip.name));
        }
    }
    Ok(checked)
}

/// Hashes the circuit and every preprocessed cell. The length of each part comes before the part.
fn key_digest(circuit_bytes: &[u8], tables: &BTreeMap<usize, Arc<RowMajorMatrix<Val>>>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("solproof engine 1 key");
    hasher.update(&(circuit_bytes.len() as u64).to_le_bytes());
    hasher.update(circuit_bytes);
    hasher.update(&(tables.len() as u64).to_le_bytes());
    for (&chip, table) in tables {
        for number in [chip, table.width(), table.height()] {
            hasher.update(&(number as u64).to_le_bytes());
        }
        let bytes: Vec<u8> =
            table.values.iter().flat_map(|value| value.as_canonical_u32().to_le_bytes()).collect();
        hasher.update(&bytes);
    }
    *hasher.finalize().as_bytes()
}
