//! A batch: the tables of a proof, the rules that they must obey, and the values that both sides derive from them.

use std::collections::BTreeMap;
use std::sync::Arc;

use p3_batch_stark::CommonData;
use p3_batch_stark::common::{GlobalPreprocessed, PreprocessedInstanceMeta};
use p3_lookup::check_multiplicity_height_bound;
use p3_matrix::Matrix;
use serde::{Deserialize, Serialize};

use crate::air::Table;
use crate::config::{Config, Parameters, TWO_ADICITY, Val};
use crate::failure::{Failure, Outcome};
use crate::key::{Key, Preprocessed};

/// Maximum number of tables in one batch.
pub const MAXIMUM_INSTANCES: usize = 64;
/// Maximum log2 of the rows of one table.
pub const MAXIMUM_LOG_HEIGHT: usize = 22;

/// One table of a batch, as recorded in a proof.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Instance {
    pub chip: u32,
    pub log_height: u32,
}

impl Instance {
    pub fn chip(self) -> usize {
        self.chip as usize
    }

    pub fn height(self) -> usize {
        1 << self.log_height
    }
}

/// The public columns of one chip, each with as many rows as the chip's table.
pub type Public = Arc<Vec<Vec<Val>>>;

/// Checks the rules that make a list of tables acceptable. The message names the broken rule.
///
/// A missing or repeated chip can only unbalance a channel, so most chips may appear any number of times. Some must
/// appear exactly once (`Chip::required_because`).
pub fn check_instances(
    key: &Key,
    instances: &[Instance],
    publics: &BTreeMap<usize, Public>,
) -> Result<(), String> {
    if instances.is_empty() || instances.len() > MAXIMUM_INSTANCES {
        return Err(format!("{} tables, expected 1 to {MAXIMUM_INSTANCES}", instances.len()));
    }
    if !instances.is_sorted_by_key(|instance| instance.chip) {
        return Err("tables are not ordered by chip".to_string());
    }
    let mut count = vec![0usize; key.circuit.chips.len()];
    for &instance in instances {
        let index = instance.chip();
        let Some(chip) = key.circuit.chips.get(index) else {
            return Err(format!("chip {index}: the circuit has {} chips", key.circuit.chips.len()));
        };
        let place = format!("chip {index} ({})", chip.name);
        if instance.log_height as usize > MAXIMUM_LOG_HEIGHT {
            return Err(format!(
                "{place}: 2^{} rows, expected at most 2^{MAXIMUM_LOG_HEIGHT}",
                instance.log_height
            ));
        }
        if let Some(table) = key.tables.get(&index)
            && table.height() != instance.height()
        {
            return Err(format!(
                "{place}: {} rows, its preprocessed table has {}",
                instance.height(),
                table.height()
            ));
        }
        if chip.public_width > 0 {
            let rows = publics.get(&index).and_then(|columns| columns.first()).map_or(0, Vec::len);
            if rows != instance.height() {
                return Err(format!("{place}: {} rows, its public table has {rows}", instance.height()));
            }
        }
        count[index] += 1;
    }
    for (index, chip) in key.circuit.chips.iter().enumerate() {
        if let Some(reason) = chip.required_because()
            && count[index] != 1
        {
            return Err(format!(
                "chip {index} ({}): {} tables, expected exactly one because {reason}",
                chip.name, count[index]
            ));
        }
    }
    Ok(())
}

/// A checked batch under checked parameters.
pub struct Batch<'key> {
    pub key: &'key Key,
    pub parameters: Parameters,
    pub instances: Vec<Instance>,
    pub publics: BTreeMap<usize, Public>,
}

impl<'key> Batch<'key> {
    /// Fails with a message if a rule is broken or the parameters do not support these tables.
    pub fn new(
        key: &'key Key,
        parameters: Parameters,
        instances: Vec<Instance>,
        publics: BTreeMap<usize, Public>,
    ) -> Result<Self, String> {
        check_instances(key, &instances, &publics)?;
        for &instance in &instances {
            let index = instance.chip();
            let place = format!("chip {index} ({})", key.circuit.chips[index].name);
            let chunks = key.plans[index].quotient_chunks;
            if chunks > 1 << parameters.log_blowup {
                return Err(format!(
                    "{place}: its constraints need a blowup of {chunks}, the parameters have {}",
                    1 << parameters.log_blowup
                ));
            }
            let log_height = instance.log_height as usize;
            if log_height + parameters.log_blowup > TWO_ADICITY {
                return Err(format!(
                    "{place}: 2^{log_height} rows at blowup {} exceed the field's 2^{TWO_ADICITY} domain",
                    1 << parameters.log_blowup
                ));
            }
            let final_length = parameters.log_final_polynomial_length;
            if final_length > 0 && log_height <= final_length {
                return Err(format!(
                    "{place}: 2^{log_height} rows, a final polynomial of length 2^{final_length} needs more"
                ));
            }
        }
        let batch = Self { key, parameters, instances, publics };
        let lookups: Vec<_> =
            batch.instances.iter().map(|instance| key.plans[instance.chip()].lookups.clone()).collect();
        let heights: Vec<_> = batch.instances.iter().map(|instance| instance.height()).collect();
        check_multiplicity_height_bound(&lookups, &heights).map_err(|error| error.to_string())?;
        Ok(batch)
    }

    /// The tables in Plonky3's form.
    pub fn tables(&self) -> Vec<Table> {
        self.instances
            .iter()
            .map(|instance| {
                let chip = instance.chip();
                Table {
                    chip: Arc::clone(&self.key.circuit.chips[chip]),
                    plan: Arc::clone(&self.key.plans[chip]),
                    channels: Arc::clone(&self.key.circuit.channels),
                    preprocessed: self.key.tables.get(&chip).cloned(),
                    public: self.publics.get(&chip).cloned().unwrap_or_default(),
                }
            })
            .collect()
    }

    /// log2 of the rows of every committed matrix, in the order in which a proof opens them: main columns, quotient
    /// pieces, preprocessed columns, auxiliary columns.
    pub fn opened_log_heights(&self) -> [Vec<u32>; 4] {
        let key = self.key;
        let repeated = |count: &dyn Fn(usize) -> usize| {
            let heights = self.instances.iter().map(|instance| (instance.log_height, count(instance.chip())));
            heights.flat_map(|(height, count)| std::iter::repeat_n(height, count)).collect()
        };
        [
            repeated(&|_| 1),
            repeated(&|chip| key.plans[chip].quotient_chunks),
            repeated(&|chip| usize::from(key.circuit.chips[chip].preprocessed_width > 0)),
            repeated(&|chip| usize::from(!key.plans[chip].lookups.is_empty())),
        ]
    }

    /// The committed preprocessed tables, if the circuit has any.
    pub fn preprocessed(&self) -> Outcome<Option<Arc<Preprocessed>>> {
        self.key.preprocessed(&self.parameters)
    }

    /// The data that prover and verifier share: the commitment made at setup, and the lookups of each table.
    pub fn common(&self, preprocessed: Option<&Preprocessed>) -> Outcome<CommonData<Config>> {
        let preprocessed = preprocessed
            .map(|preprocessed| {
                let mut instances = vec![None; self.instances.len()];
                let mut matrix_to_instance = Vec::new();
                for (matrix_index, (&chip, table)) in self.key.tables.iter().enumerate() {
                    let position = self
                        .instances
                        .iter()
                        .position(|instance| instance.chip() == chip)
                        .ok_or_else(|| Failure::Refused(format!("chip {chip} is not in the batch")))?;
                    instances[position] = Some(PreprocessedInstanceMeta {
                        matrix_index,
                        width: table.width(),
                        degree_bits: self.instances[position].log_height as usize,
                    });
                    matrix_to_instance.push(position);
                }
                Ok(GlobalPreprocessed {
                    commitment: preprocessed.commitment.clone(),
                    instances,
                    matrix_to_instance,
                })
            })
            .transpose()?;
        let lookups =
            self.instances.iter().map(|instance| self.key.plans[instance.chip()].lookups.clone()).collect();
        Ok(CommonData::new(preprocessed, lookups))
    }
}
