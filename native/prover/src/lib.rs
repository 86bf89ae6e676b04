//! The proving engine of solproof: proves and verifies batches of tables over circuits described as data.
//!
//! Nothing here depends on Solana. Python passes chips (columns, constraints, interactions) as JSON, and tables as
//! arrays. The engine calls Plonky3 (batch STARK, LogUp, FRI over KoalaBear) and returns bytes.
#![forbid(unsafe_code)]

mod air;
mod batch;
mod channel;
mod circuit;
mod config;
mod document;
mod failure;
mod key;
mod openings;
mod program;
mod progress;
mod prove;
mod python;
mod report;
mod security;
mod sponge;
mod statement;
mod threads;
mod verify;
mod wire;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
