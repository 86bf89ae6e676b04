//! How hard a proof of a given batch is to forge, computed with Plonky3's own soundness model.
//!
//! Only proven regimes count: unique decoding and Johnson list decoding, never a capacity conjecture.

use p3_batch_stark::num_batched_openings;
use p3_security::grinding::GrindingSites;
use p3_security::logup::{LogUpAir, security_term};
use p3_security::report::Regime;
use p3_security::shape::{InstanceShape, StarkAirParams};
use p3_security::stark::proven_security_report;
use p3_uni_stark::OpeningShape;

use crate::batch::Instance;
use crate::config::{CHALLENGE_BITS, COLLISION_BITS, EXTENSION_DEGREE, Parameters};
use crate::key::Key;
use crate::sponge::Sponge;

/// Accumulator constraints of the lookup argument of one table: first row, transition, last row.
const ACCUMULATOR_CONSTRAINTS: usize = 3;

/// The proven bits of a batch, and the terms that they come from.
#[derive(Clone, Debug)]
pub struct Security {
    pub bits: f64,
    pub regime: String,
    /// The weakest term, which has to change for more bits.
    pub binding: String,
}

/// The proven security of a batch of tables of `key` under `parameters`.
pub fn security(key: &Key, parameters: &Parameters, instances: &[Instance]) -> Security {
    let mut openings = 0;
    let mut constraints = 0;
    let mut fractions = 0usize;
    let mut weighted_degree = 0;
    let mut chunks = 1;
    let mut log_height = 0;
    for &instance in instances {
        let chip = &key.circuit.chips[instance.chip()];
        let plan = &key.plans[instance.chip()];
        let lookups = plan.lookups.len();
        openings += num_batched_openings(
            chip.main_width,
            chip.reads_next_row,
            chip.preprocessed_width,
            false,
            plan.quotient_chunks,
            lookups,
            EXTENSION_DEGREE,
            OpeningShape::new(),
        );
        constraints += chip.constraints.outputs.len();
        if lookups > 0 {
            constraints += lookups + ACCUMULATOR_CONSTRAINTS;
        }
        fractions += chip.interactions.len() * instance.height();
        weighted_degree += (plan.degree + 2) * instance.height();
        chunks = chunks.max(plan.quotient_chunks);
        log_height = log_height.max(instance.log_height as usize);
    }
    let tallest = 1usize << log_height;

    let fri = parameters.fri(Sponge::new());
    let air = StarkAirParams {
        num_constraints: constraints,
        // One out-of-domain point tests every table. The model has one table, with error degree * height / |F|. The
        // union bound over the batch is the sum of these errors, and it is charged to one table of the greatest height.
        max_constraint_degree: weighted_degree.div_ceil(tallest),
        num_quotient_chunks: chunks,
        max_combo: 2,
    };
    let shape = InstanceShape {
        log_trace_length: log_height,
        modulus_bits: CHALLENGE_BITS,
        collision_resistance: COLLISION_BITS,
        num_batched_functions: openings,
    };
    let grinding = GrindingSites {
        out_of_domain: parameters.grinding.out_of_domain,
        lookup_challenge: parameters.grinding.lookup,
        ..fri.grinding_sites()
    };
    // All fractions of the batch are in one sum, so they are counted per row of the tallest table.
    let lookups = LogUpAir {
        num_interactions: fractions.div_ceil(tallest),
        max_message_width: key.circuit.channels.iter().map(|channel| channel.width).max().unwrap_or(1),
    };
    let lookup_term = security_term(&lookups, &shape, &grinding);
    let report =
        proven_security_report(&fri.security_regime(), &air, &shape, lookup_term.as_slice(), &grinding);
    let (regime, binding) = report.binding();
    Security {
        bits: report.security_bits(),
        regime: match regime {
            Regime::UniqueDecoding => "unique decoding".to_string(),
            Regime::ListDecoding { m } => format!("Johnson list decoding, m = {m}"),
            other => format!("{other:?}"),
        },
        binding: binding.label.to_string(),
    }
}
