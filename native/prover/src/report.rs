//! Data about a proof other than its validity, for the caller.

use crate::air::Plan;
use crate::batch::{Batch, Instance};
use crate::circuit::Chip;
use crate::security::Security;

/// Sizes, times and security of one proof.
pub struct Report {
    pub security: Security,
    pub proof_bytes: usize,
    pub instances: Vec<Instance>,
    pub main_cells: u64,
    pub auxiliary_cells: u64,
    pub preprocessed_cells: u64,
    pub quotient_cells: u64,
    pub seconds: Vec<(&'static str, f64)>,
}

impl Report {
    pub fn new(
        batch: &Batch<'_>,
        security: Security,
        proof_bytes: usize,
        seconds: Vec<(&'static str, f64)>,
    ) -> Self {
        let cells = |width: &dyn Fn(&Chip, &Plan) -> usize| -> u64 {
            batch
                .instances
                .iter()
                .map(|instance| {
                    let chip = instance.chip();
                    let width = width(&batch.key.circuit.chips[chip], &batch.key.plans[chip]);
                    (width * instance.height()) as u64
                })
                .sum()
        };
        Self {
            main_cells: cells(&|chip, _| chip.main_width),
            auxiliary_cells: cells(&|_, plan| plan.auxiliary_width()),
            preprocessed_cells: cells(&|chip, _| chip.preprocessed_width),
            quotient_cells: cells(&|_, plan| plan.quotient_width()),
            security,
            proof_bytes,
            instances: batch.instances.clone(),
            seconds,
        }
    }
}
