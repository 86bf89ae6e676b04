//! The circuit in its written form: canonical JSON from the caller, parsed but not yet checked.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The only format that this engine reads.
pub const CIRCUIT_FORMAT: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CircuitDocument {
    pub format: u32,
    pub buses: Vec<BusDocument>,
    pub chips: Vec<ChipDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusDocument {
    pub name: String,
    pub width: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChipDocument {
    pub name: String,
    pub main_width: usize,
    pub preprocessed_width: usize,
    pub public_width: usize,
    pub degree: usize,
    pub nodes: Vec<NodeDocument>,
    pub constraints: Vec<usize>,
    pub interactions: Vec<InteractionDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InteractionDocument {
    pub bus: usize,
    pub fields: Vec<usize>,
    pub multiplicity: usize,
    pub role: Role,
}

/// The side of its bus that an interaction is on.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Adds the message, `multiplicity` in {0, 1}.
    Send,
    /// Takes the message, `multiplicity` in {0, 1}.
    Receive,
    /// Looks the message up, `multiplicity` in {0, 1}.
    Query,
    /// Offers the message to any number of queries, which `multiplicity` counts.
    Provide,
}

/// One node: `["main", 3]`, `["add", 0, 1]`, `["first"]`, ...
pub struct NodeDocument {
    pub kind: String,
    pub operands: Vec<u64>,
}

impl<'de> Deserialize<'de> for NodeDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NodeVisitor;

        impl<'de> Visitor<'de> for NodeVisitor {
            type Value = NodeDocument;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a node: a list of a kind and at most two non-negative integers")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<NodeDocument, A::Error> {
                let kind = items
                    .next_element::<String>()?
                    .ok_or_else(|| A::Error::custom("a node must name its kind"))?;
                let mut operands = Vec::with_capacity(2);
                while let Some(operand) = items.next_element::<u64>()? {
                    if operands.len() == 2 {
                        return Err(A::Error::custom("a node has at most two operands"));
                    }
                    operands.push(operand);
                }
                Ok(NodeDocument { kind, operands })
            }
        }

        deserializer.deserialize_seq(NodeVisitor)
    }
}
