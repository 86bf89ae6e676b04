//! Opened rows without their repetitions.
//!
//! Every query opens one row of every table, so the queries open the few rows of a small table again and again. Here
//! each distinct row is stored once, and each query holds the position of its row. Tables of the same height repeat in
//! the same pattern, so patterns are shared too.

use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::failure::{Outcome, reject};

/// Limit on opened cells. No honest proof opens this many, and the limit bounds the expansion of a short proof.
const MAXIMUM_CELLS: usize = 1 << 22;
/// The overhead of a vector, in cells. It makes rows without cells and queries without rows count too.
const VECTOR_CELLS: usize = 6;

/// The rows that all queries open in the matrices of one commitment.
#[derive(Deserialize, Serialize, PartialEq)]
pub struct Openings<T> {
    /// For each query, the position of its row among the distinct rows, which are in order of first appearance.
    patterns: Vec<Vec<u32>>,
    matrices: Vec<DistinctRows<T>>,
}

#[derive(Deserialize, Serialize, PartialEq)]
struct DistinctRows<T> {
    pattern: usize,
    width: usize,
    cells: Vec<T>,
}

impl<T: Copy + Eq + Hash> Openings<T> {
    /// Packs `opened[query][matrix][column]`. Equal rows share a position, so the same rows give the same bytes.
    pub fn pack(opened: &[Vec<Vec<T>>]) -> Self {
        let mut patterns: Vec<Vec<u32>> = Vec::new();
        let matrix_count = opened.first().map_or(0, Vec::len);
        let matrices = (0..matrix_count)
            .map(|matrix| {
                let mut positions: HashMap<&[T], u32, RandomState> = HashMap::default();
                let mut cells = Vec::new();
                let pattern: Vec<u32> = opened
                    .iter()
                    .map(|rows| {
                        let next = positions.len() as u32;
                        *positions.entry(&rows[matrix]).or_insert_with(|| {
                            cells.extend_from_slice(&rows[matrix]);
                            next
                        })
                    })
                    .collect();
                let pattern = patterns.iter().position(|known| *known == pattern).unwrap_or_else(|| {
                    patterns.push(pattern);
                    patterns.len() - 1
                });
                DistinctRows { pattern, width: opened[0][matrix].len(), cells }
            })
            .collect();
        Self { patterns, matrices }
    }

    /// Unpacks to `opened[query][matrix][column]` for exactly `queries` queries. Fails unless `pack` would give exactly
    /// these openings.
    ///
    /// `budget` counts the cells made so far in the proof.
    pub fn unpack(&self, queries: usize, budget: &mut usize) -> Outcome<Vec<Vec<Vec<T>>>> {
        if self.patterns.iter().any(|pattern| pattern.len() != queries) {
            return reject(format!("malformed proof: the rows of other than {queries} queries"));
        }
        let cells = self
            .matrices
            .iter()
            .fold(VECTOR_CELLS, |sum, matrix| sum.saturating_add(matrix.width).saturating_add(VECTOR_CELLS));
        *budget = budget.saturating_add(cells.saturating_mul(queries));
        if *budget > MAXIMUM_CELLS {
            return reject(format!("malformed proof: more than {MAXIMUM_CELLS} opened cells"));
        }
        let mut opened: Vec<Vec<Vec<T>>> = vec![Vec::new(); queries];
        for matrix in &self.matrices {
            let Some(pattern) = self.patterns.get(matrix.pattern) else {
                return reject("malformed proof: a pattern of rows is missing");
            };
            for (rows, &position) in opened.iter_mut().zip(pattern) {
                let start = matrix.width.saturating_mul(position as usize);
                let Some(row) = matrix.cells.get(start..start.saturating_add(matrix.width)) else {
                    return reject("malformed proof: an opened row is missing");
                };
                rows.push(row.to_vec());
            }
        }
        if Self::pack(&opened) != *self {
            return reject("malformed proof: not in canonical form");
        }
        Ok(opened)
    }
}
