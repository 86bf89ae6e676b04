//! A chip in the form that Plonky3 expects.

use std::borrow::Cow;
use std::sync::Arc;

use p3_air::{Air, AirBuilder, BaseAir};
use p3_batch_stark::folder::{ProverConstraintFolderWithLookups, VerifierConstraintFolderWithLookups};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder, InteractionSymbolicBuilder, LogUpGadget, Lookups};
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;
use p3_util::log2_ceil_usize;

use crate::channel::Channel;
use crate::circuit::Chip;
use crate::config::{Challenge, Config, EXTENSION_DEGREE, Val};
use crate::document::Role;
use crate::failure::{Outcome, refuse};

/// One table of a batch: its chip, and everything known about it without a witness.
#[derive(Clone)]
pub struct Table {
    pub chip: Arc<Chip>,
    pub plan: Arc<Plan>,
    pub channels: Arc<Vec<Channel>>,
    pub preprocessed: Option<Arc<RowMajorMatrix<Val>>>,
    /// The public columns. Each has as many rows as the table.
    pub public: Arc<Vec<Vec<Val>>>,
}

impl BaseAir<Val> for Table {
    fn width(&self) -> usize {
        self.chip.main_width
    }

    fn preprocessed_trace(&self) -> Option<RowMajorMatrix<Val>> {
        self.preprocessed.as_deref().cloned()
    }

    fn preprocessed_width(&self) -> usize {
        self.chip.preprocessed_width
    }

    fn preprocessed_next_row_columns(&self) -> Vec<usize> {
        Vec::new()
    }

    fn main_next_row_columns(&self) -> Vec<usize> {
        if self.chip.reads_next_row { (0..self.chip.main_width).collect() } else { Vec::new() }
    }

    fn num_periodic_columns(&self) -> usize {
        self.chip.public_width
    }

    fn periodic_columns(&self) -> Cow<'_, [Vec<Val>]> {
        Cow::Borrowed(&self.public)
    }

    fn num_constraints(&self) -> Option<usize> {
        Some(self.chip.constraints.outputs.len())
    }

    fn max_constraint_degree(&self) -> Option<usize> {
        Some(self.plan.degree)
    }
}

impl Table {
    fn assert_constraints<AB: AirBuilder<F = Val>>(&self, builder: &mut AB) {
        let values = self.chip.constraints.values(builder);
        for &constraint in &self.chip.constraints.outputs {
            builder.assert_zero(values[constraint].clone());
        }
    }
}

/// The proving and verifying builders do not need interactions, because Plonky3 evaluates them from the lookups.
macro_rules! constraints_only {
    ($($builder:ty),*) => {$(
        impl<'a> Air<$builder> for Table {
            fn eval(&self, builder: &mut $builder) {
                self.assert_constraints(builder);
            }
        }
    )*};
}

constraints_only!(
    ProverConstraintFolderWithLookups<'a, Config>,
    VerifierConstraintFolderWithLookups<'a, Config>
);

#[cfg(debug_assertions)]
constraints_only!(p3_air::DebugConstraintBuilder<'a, Val, Challenge>);

impl Air<InteractionSymbolicBuilder<Val, Challenge>> for Table {
    fn eval(&self, builder: &mut InteractionSymbolicBuilder<Val, Challenge>) {
        self.assert_constraints(builder);
        push_interactions(&self.chip, &self.channels, builder);
    }
}

fn push_interactions<AB: AirBuilder<F = Val> + InteractionBuilder>(
    chip: &Chip,
    channels: &[Channel],
    builder: &mut AB,
) {
    let values = chip.messages.values(builder);
    let value = |output: usize| values[chip.messages.outputs[output]].clone();
    for interaction in &chip.interactions {
        let channel = &channels[interaction.channel];
        let padding = channel.width - 1 - interaction.fields.len();
        let fields: Vec<AB::Expr> = std::iter::once(AB::Expr::from(interaction.tag))
            .chain(interaction.fields.iter().map(|&field| value(field)))
            .chain(std::iter::repeat_n(AB::Expr::ZERO, padding))
            .collect();
        let multiplicity = value(interaction.multiplicity);
        let count = match interaction.role {
            Role::Send | Role::Query => Count::bounded(multiplicity, 1),
            Role::Receive => Count::bounded(-multiplicity, 1),
            Role::Provide => Count::provided(-multiplicity),
        };
        builder.push_interaction(channel.name, fields, count);
    }
}

/// How a chip's lookups are laid out, the same for the prover and the verifier.
pub struct Plan {
    /// Packed lookups. Each lookup is an auxiliary column.
    pub lookups: Lookups<Val>,
    /// The degree that the quotient is sized for.
    pub degree: usize,
    /// Number of pieces in which the quotient is committed.
    pub quotient_chunks: usize,
}

impl Plan {
    /// Chooses the degree (up to the declared one) that commits the fewest cells per row.
    ///
    /// A higher degree folds more interactions into one auxiliary column but costs more quotient pieces. If two degrees
    /// cost the same, the lower degree wins, because its quotient is evaluated on fewer points.
    pub fn new(index: usize, chip: &Arc<Chip>, channels: &Arc<Vec<Channel>>) -> Outcome<Self> {
        let unplanned = Table {
            chip: Arc::clone(chip),
            plan: Arc::new(Self { lookups: Lookups::default(), degree: 0, quotient_chunks: 1 }),
            channels: Arc::clone(channels),
            preprocessed: None,
            public: Arc::new(vec![Vec::new(); chip.public_width]),
        };
        let unpacked = Lookups::<Val>::from_air::<Challenge, Table>(&unplanned);
        let gadget = LogUpGadget::new();
        let least = unpacked
            .iter()
            .map(|lookup| gadget.constraint_degree_with_transition(lookup, 0))
            .chain([chip.constraint_degree, 2])
            .max()
            .unwrap_or(2);
        let most = chip.degree.max(2);
        if least > most {
            return refuse(format!(
                "chip {index} ({}): its interactions need constraints of degree {least}, declared at most {}",
                chip.name, chip.degree
            ));
        }
        let plans = (log2_ceil_usize(least - 1)..=log2_ceil_usize(most - 1)).map(|log_chunks| {
            let quotient_chunks = 1usize << log_chunks;
            let degree = (quotient_chunks + 1).min(most);
            Self { lookups: unpacked.clone().pack_same_bus(&gadget, degree), degree, quotient_chunks }
        });
        Ok(plans.min_by_key(Self::committed_width).expect("the range of degrees is not empty"))
    }

    /// Base-field cells per row of the auxiliary table: one running sum and one column per packed lookup.
    pub fn auxiliary_width(&self) -> usize {
        if self.lookups.is_empty() { 0 } else { EXTENSION_DEGREE * (self.lookups.len() + 1) }
    }

    /// Base-field cells per row of the quotient.
    pub fn quotient_width(&self) -> usize {
        EXTENSION_DEGREE * self.quotient_chunks
    }

    fn committed_width(&self) -> usize {
        self.auxiliary_width() + self.quotient_width()
    }
}

/// log2 of the number of rows of a matrix, which must be a power of two.
pub fn log_height(matrix: &RowMajorMatrix<Val>) -> Option<usize> {
    let height = matrix.height();
    height.is_power_of_two().then(|| height.trailing_zeros() as usize)
}
