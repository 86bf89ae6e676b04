//! Expressions as data: a list of nodes in topological order, evaluated in any algebra that Plonky3 uses.

use p3_air::{AirBuilder, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use crate::config::Val;

/// A step of a program. Operands are indices of earlier nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    Constant(Val),
    Main(usize),
    Next(usize),
    Preprocessed(usize),
    Public(usize),
    First,
    Last,
    Transition,
    Add(usize, usize),
    Subtract(usize, usize),
    Multiply(usize, usize),
    Negate(usize),
}

impl Node {
    /// The nodes that this node reads.
    pub fn operands(self) -> [Option<usize>; 2] {
        match self {
            Self::Add(left, right) | Self::Subtract(left, right) | Self::Multiply(left, right) => {
                [Some(left), Some(right)]
            }
            Self::Negate(operand) => [Some(operand), None],
            _ => [None, None],
        }
    }

    fn renumbered(self, position: &[usize]) -> Self {
        match self {
            Self::Add(left, right) => Self::Add(position[left], position[right]),
            Self::Subtract(left, right) => Self::Subtract(position[left], position[right]),
            Self::Multiply(left, right) => Self::Multiply(position[left], position[right]),
            Self::Negate(operand) => Self::Negate(position[operand]),
            leaf => leaf,
        }
    }
}

/// The nodes that the given outputs need, and no others.
#[derive(Clone, Debug, Default)]
pub struct Program {
    nodes: Vec<Node>,
    /// For each requested output, its position in `nodes`.
    pub outputs: Vec<usize>,
}

impl Program {
    /// Keeps the nodes that `outputs` reach in `nodes`, and the order of `outputs`.
    pub fn new(nodes: &[Node], outputs: &[usize]) -> Self {
        let mut reached = vec![false; nodes.len()];
        for &output in outputs {
            reached[output] = true;
        }
        for index in (0..nodes.len()).rev() {
            if reached[index] {
                for operand in nodes[index].operands().into_iter().flatten() {
                    reached[operand] = true;
                }
            }
        }
        let mut position = vec![usize::MAX; nodes.len()];
        let mut kept = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            if reached[index] {
                position[index] = kept.len();
                kept.push(node.renumbered(&position));
            }
        }
        Self { nodes: kept, outputs: outputs.iter().map(|&output| position[output]).collect() }
    }

    pub fn reads(&self, predicate: impl Fn(&Node) -> bool) -> bool {
        self.nodes.iter().any(predicate)
    }

    /// The value of every node for the current rows of `builder`.
    pub fn values<AB: AirBuilder<F = Val>>(&self, builder: &AB) -> Vec<AB::Expr> {
        let main = builder.main();
        let (local, next) = (main.current_slice(), main.next_slice());
        let mut values: Vec<AB::Expr> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let value = match *node {
                Node::Constant(constant) => constant.into(),
                Node::Main(column) => local[column].into(),
                Node::Next(column) => next[column].into(),
                Node::Preprocessed(column) => builder.preprocessed().current_slice()[column].into(),
                Node::Public(column) => builder.periodic_values()[column].into(),
                Node::First => builder.is_first_row(),
                Node::Last => builder.is_last_row(),
                Node::Transition => builder.is_transition(),
                Node::Add(left, right) => values[left].clone() + values[right].clone(),
                Node::Subtract(left, right) => values[left].clone() - values[right].clone(),
                Node::Multiply(left, right) => values[left].clone() * values[right].clone(),
                Node::Negate(operand) => -values[operand].clone(),
            };
            values.push(value);
        }
        values
    }
}

/// `node`, or its value as a constant if every operand is a constant.
pub fn folded(node: Node, earlier: &[Node]) -> Node {
    let constant = |index: usize| match earlier[index] {
        Node::Constant(value) => Some(value),
        _ => None,
    };
    let result = match node {
        Node::Add(left, right) => constant(left).zip(constant(right)).map(|(a, b)| a + b),
        Node::Subtract(left, right) => constant(left).zip(constant(right)).map(|(a, b)| a - b),
        Node::Multiply(left, right) => constant(left).zip(constant(right)).map(|(a, b)| a * b),
        Node::Negate(operand) => constant(operand).map(|a| Val::ZERO - a),
        _ => None,
    };
    result.map_or(node, Node::Constant)
}
