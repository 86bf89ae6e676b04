//! A checked circuit: every index is in range, every degree is known, and every bus is on a channel.

use std::collections::HashSet;
use std::sync::Arc;

use p3_field::PrimeCharacteristicRing;
use p3_field::PrimeField32;

use crate::channel::{Channel, channels};
use crate::config::Val;
use crate::document::{CIRCUIT_FORMAT, ChipDocument, CircuitDocument, NodeDocument, Role};
use crate::failure::{Outcome, refuse};
use crate::program::{Node, Program, folded};

const MAXIMUM_BYTES: usize = 64 << 20;
const MAXIMUM_CHIPS: usize = 1024;
const MAXIMUM_BUSES: usize = 1024;
const MAXIMUM_WIDTH: usize = 4096;
const MAXIMUM_NODES: usize = 1 << 18;
const MAXIMUM_INTERACTIONS: usize = 1024;
/// Symbolic expressions are walked recursively, so this limit on the depth bounds the stack.
const MAXIMUM_DEPTH: usize = 1000;
/// Plonky3 evaluates an interaction's expressions as trees for every row, so it evaluates shared parts repeatedly.
const MAXIMUM_TREE: usize = 4096;
const MAXIMUM_DEGREE: usize = 9;

/// A message that a row puts on a channel or takes from it.
pub struct Interaction {
    pub channel: usize,
    /// Bus number plus one. It is the first field, so messages of different buses are never equal.
    pub tag: Val,
    /// Positions in the outputs of the chip's interaction program.
    pub fields: Vec<usize>,
    pub multiplicity: usize,
    pub role: Role,
}

/// One kind of table.
pub struct Chip {
    pub name: String,
    pub main_width: usize,
    pub preprocessed_width: usize,
    pub public_width: usize,
    /// The declared upper bound on the degree of any constraint.
    pub degree: usize,
    /// The highest degree of any constraint, not counting lookups.
    pub constraint_degree: usize,
    pub constraints: Program,
    pub messages: Program,
    pub interactions: Vec<Interaction>,
    pub reads_next_row: bool,
    pub reads_row_selector: bool,
}

impl Chip {
    /// Why a batch must contain this chip exactly once, or `None` if it may contain the chip any number of times.
    ///
    /// A prover could leave out the data of a preprocessed or public chip. A row selector tells the ends of a table
    /// apart, so what such constraints prove of one table does not hold across two.
    pub fn required_because(&self) -> Option<&'static str> {
        if self.preprocessed_width > 0 || self.public_width > 0 {
            Some("it carries preprocessed or public data")
        } else if self.reads_row_selector {
            Some("its constraints read a row selector")
        } else {
            None
        }
    }
}

/// Every chip that a batch may instantiate, and the channels between them.
pub struct Circuit {
    pub chips: Vec<Arc<Chip>>,
    pub channels: Arc<Vec<Channel>>,
}

impl Circuit {
    /// Parses and checks the JSON form described in the Python stub.
    pub fn parse(bytes: &[u8]) -> Outcome<Self> {
        if bytes.len() > MAXIMUM_BYTES {
            return refuse(format!("circuit: {} bytes, expected at most {MAXIMUM_BYTES}", bytes.len()));
        }
        let document: CircuitDocument = match serde_json::from_slice(bytes) {
            Ok(document) => document,
            Err(error) => return refuse(format!("circuit: {error}")),
        };
        if document.format != CIRCUIT_FORMAT {
            return refuse(format!("circuit: format {}, expected {CIRCUIT_FORMAT}", document.format));
        }
        bounded("circuit", "chips", document.chips.len(), MAXIMUM_CHIPS)?;
        bounded("circuit", "buses", document.buses.len(), MAXIMUM_BUSES)?;
        if document.chips.is_empty() {
            return refuse("circuit: no chips");
        }
        let mut names = HashSet::new();
        for (index, bus) in document.buses.iter().enumerate() {
            bounded(&format!("bus {index} ({})", bus.name), "fields", bus.width, MAXIMUM_WIDTH)?;
        }
        let widths: Vec<usize> = document.buses.iter().map(|bus| bus.width).collect();
        let (channels, channel_of_bus) = channels(&widths);
        let mut chips = Vec::with_capacity(document.chips.len());
        for (index, chip) in document.chips.into_iter().enumerate() {
            if !names.insert(chip.name.clone()) {
                return refuse(format!("chip {index}: the name {:?} is used twice", chip.name));
            }
            chips.push(Arc::new(checked_chip(index, chip, &widths, &channel_of_bus)?));
        }
        Ok(Self { chips, channels: Arc::new(channels) })
    }
}

fn bounded(place: &str, what: &str, count: usize, most: usize) -> Outcome<()> {
    if count > most {
        return refuse(format!("{place}: {count} {what}, expected at most {most}"));
    }
    Ok(())
}

fn checked_chip(
    index: usize,
    document: ChipDocument,
    bus_widths: &[usize],
    channel_of_bus: &[usize],
) -> Outcome<Chip> {
    let place = format!("chip {index} ({})", document.name);
    bounded(&place, "main columns", document.main_width, MAXIMUM_WIDTH)?;
    bounded(&place, "preprocessed columns", document.preprocessed_width, MAXIMUM_WIDTH)?;
    bounded(&place, "public columns", document.public_width, MAXIMUM_WIDTH)?;
    bounded(&place, "nodes", document.nodes.len(), MAXIMUM_NODES)?;
    bounded(&place, "constraints", document.constraints.len(), MAXIMUM_NODES)?;
    bounded(&place, "interactions", document.interactions.len(), MAXIMUM_INTERACTIONS)?;
    if document.main_width == 0 {
        return refuse(format!("{place}: no main columns, expected at least one"));
    }
    if document.degree == 0 || document.degree > MAXIMUM_DEGREE {
        return refuse(format!("{place}: degree {}, expected 1 to {MAXIMUM_DEGREE}", document.degree));
    }

    let mut nodes = Vec::with_capacity(document.nodes.len());
    let mut facts: Vec<Facts> = Vec::with_capacity(document.nodes.len());
    for (position, written) in document.nodes.iter().enumerate() {
        let place = format!("{place}, node {position}");
        let node = folded(checked_node(&place, written, position, &document)?, &nodes);
        let fact = Facts::of(node, &facts);
        if fact.depth > MAXIMUM_DEPTH {
            return refuse(format!("{place}: expressions nest deeper than {MAXIMUM_DEPTH}"));
        }
        if fact.transitions > 1 {
            return refuse(format!("{place}: a product of two transition selectors, expected one at most"));
        }
        nodes.push(node);
        facts.push(fact);
    }

    let mut constraint_degree = 0;
    for (number, &node) in document.constraints.iter().enumerate() {
        let Some(fact) = facts.get(node) else {
            return refuse(format!("{place}, constraint {number}: node {node} does not exist"));
        };
        if fact.degree > document.degree {
            return refuse(format!(
                "{place}, constraint {number}: degree {}, declared at most {}",
                fact.degree, document.degree
            ));
        }
        constraint_degree = constraint_degree.max(fact.degree);
    }

    let mut outputs = Vec::new();
    let mut interactions = Vec::with_capacity(document.interactions.len());
    for (number, interaction) in document.interactions.iter().enumerate() {
        let place = format!("{place}, interaction {number}");
        let Some(&width) = bus_widths.get(interaction.bus) else {
            return refuse(format!("{place}: bus {} does not exist", interaction.bus));
        };
        if interaction.fields.len() != width {
            return refuse(format!(
                "{place}: {} fields, bus {} has {width}",
                interaction.fields.len(),
                interaction.bus
            ));
        }
        for &node in interaction.fields.iter().chain([&interaction.multiplicity]) {
            let Some(fact) = facts.get(node) else {
                return refuse(format!("{place}: node {node} does not exist"));
            };
            if fact.tree > MAXIMUM_TREE {
                return refuse(format!(
                    "{place}: node {node} takes more than {MAXIMUM_TREE} operations; copy it into a main column"
                ));
            }
            if let Some(kind) = fact.not_in_interactions {
                return refuse(format!(
                    "{place}: node {node} reads {kind}, which an interaction cannot; copy it into a main column"
                ));
            }
        }
        let first = outputs.len();
        outputs.extend_from_slice(&interaction.fields);
        let multiplicity = outputs.len();
        outputs.push(interaction.multiplicity);
        interactions.push(Interaction {
            channel: channel_of_bus[interaction.bus],
            tag: Val::from_usize(interaction.bus + 1),
            fields: (first..multiplicity).collect(),
            multiplicity,
            role: interaction.role,
        });
    }

    let constraints = Program::new(&nodes, &document.constraints);
    Ok(Chip {
        reads_next_row: constraints.reads(|node| matches!(node, Node::Next(_))),
        reads_row_selector: constraints
            .reads(|node| matches!(node, Node::First | Node::Last | Node::Transition)),
        name: document.name,
        main_width: document.main_width,
        preprocessed_width: document.preprocessed_width,
        public_width: document.public_width,
        degree: document.degree,
        constraint_degree,
        constraints,
        messages: Program::new(&nodes, &outputs),
        interactions,
    })
}

/// The properties of a node that are needed before it may be used.
struct Facts {
    /// Degree as a multiple of the table height. Selectors and periodic columns count as columns.
    degree: usize,
    /// Number of factors of the transition selector. `degree` leaves them out, because the quotient has room for one.
    transitions: usize,
    /// Number of nodes when the expression is written out as a tree.
    tree: usize,
    depth: usize,
    not_in_interactions: Option<&'static str>,
}

impl Facts {
    fn of(node: Node, earlier: &[Self]) -> Self {
        let (degree, forbidden) = match node {
            Node::Constant(_) => (0, None),
            Node::Main(_) | Node::Preprocessed(_) => (1, None),
            Node::Next(_) => (1, Some("the next row")),
            Node::Public(_) => (1, Some("a public column")),
            Node::First | Node::Last => (1, Some("a row selector")),
            // Only the factor X - g^-1, whose degree does not grow with the table.
            Node::Transition => (0, Some("a row selector")),
            Node::Add(left, right) | Node::Subtract(left, right) => {
                (earlier[left].degree.max(earlier[right].degree), None)
            }
            Node::Multiply(left, right) => (earlier[left].degree + earlier[right].degree, None),
            Node::Negate(operand) => (earlier[operand].degree, None),
        };
        let operands = || node.operands().into_iter().flatten().map(|operand| &earlier[operand]);
        let transitions = match node {
            Node::Transition => 1,
            Node::Multiply(left, right) => earlier[left].transitions + earlier[right].transitions,
            _ => operands().map(|operand| operand.transitions).max().unwrap_or(0),
        };
        Self {
            degree,
            transitions,
            tree: operands().fold(1, |sum, operand| sum.saturating_add(operand.tree)),
            depth: 1 + operands().map(|operand| operand.depth).max().unwrap_or(0),
            not_in_interactions: forbidden
                .or_else(|| operands().find_map(|operand| operand.not_in_interactions)),
        }
    }
}

fn checked_node(place: &str, written: &NodeDocument, position: usize, chip: &ChipDocument) -> Outcome<Node> {
    let operands = |count: usize| -> Outcome<()> {
        if written.operands.len() != count {
            return refuse(format!(
                "{place}: {} takes {count} operands, found {}",
                written.kind,
                written.operands.len()
            ));
        }
        Ok(())
    };
    let column = |width: usize| -> Outcome<usize> {
        operands(1)?;
        let column = usize::try_from(written.operands[0]).unwrap_or(usize::MAX);
        if column >= width {
            return refuse(format!(
                "{place}: {} {column} does not exist, the chip has {width}",
                written.kind
            ));
        }
        Ok(column)
    };
    let earlier = |operand: usize| -> Outcome<usize> {
        let index = usize::try_from(written.operands[operand]).unwrap_or(usize::MAX);
        if index >= position {
            return refuse(format!("{place}: operand {index} is not an earlier node"));
        }
        Ok(index)
    };
    let pair = || -> Outcome<(usize, usize)> {
        operands(2)?;
        Ok((earlier(0)?, earlier(1)?))
    };
    Ok(match written.kind.as_str() {
        "const" => {
            operands(1)?;
            let value = written.operands[0];
            if value >= u64::from(Val::ORDER_U32) {
                return refuse(format!(
                    "{place}: constant {value}, expected a value below {}",
                    Val::ORDER_U32
                ));
            }
            Node::Constant(Val::from_u64(value))
        }
        "main" => Node::Main(column(chip.main_width)?),
        "next" => Node::Next(column(chip.main_width)?),
        "preprocessed" => Node::Preprocessed(column(chip.preprocessed_width)?),
        "public" => Node::Public(column(chip.public_width)?),
        "first" => operands(0).map(|()| Node::First)?,
        "last" => operands(0).map(|()| Node::Last)?,
        "transition" => operands(0).map(|()| Node::Transition)?,
        "add" => pair().map(|(left, right)| Node::Add(left, right))?,
        "sub" => pair().map(|(left, right)| Node::Subtract(left, right))?,
        "mul" => pair().map(|(left, right)| Node::Multiply(left, right))?,
        "neg" => {
            operands(1)?;
            Node::Negate(earlier(0)?)
        }
        kind => return refuse(format!("{place}: unknown kind {kind:?}")),
    })
}
