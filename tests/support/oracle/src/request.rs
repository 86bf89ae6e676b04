//! What can be asked.

use serde::{Deserialize, Deserializer, de::Error};

/// Bytes, in hexadecimal on the wire.
#[derive(Default)]
pub struct Bytes(pub Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text).map(Bytes).map_err(D::Error::custom)
    }
}

/// A program: an ELF file, or bare instructions with the functions that its calls name.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    Elf(Bytes),
    Text {
        bytes: Bytes,
        version: u8,
        entry: usize,
        functions: Vec<(u32, usize)>,
    },
}

/// One line of input.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Load and verify. ELF files are accepted up to a version.
    Load {
        code: Code,
        syscalls: Vec<String>,
        newest_version: u8,
    },
    /// Load, verify, and print every instruction.
    Disassemble { code: Code, syscalls: Vec<String> },
    /// Assemble a source for one version.
    Assemble { source: String, version: u8 },
    /// Load, verify, and run. No syscall is registered.
    Run {
        code: Code,
        input: Bytes,
        heap: usize,
        budget: u64,
        trace: bool,
        /// Initial values by register number; the rest is what the machine starts with.
        registers: Vec<(usize, u64)>,
    },
}
