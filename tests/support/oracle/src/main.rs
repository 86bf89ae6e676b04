//! The reference machine: loads, verifies, assembles, disassembles and runs sBPF programs with the crate `solana-sbpf`.
//!
//! One JSON request per line on stdin, one JSON response per line on stdout. Bytes are hexadecimal. Settings are those
//! of Agave on mainnet: aligned memory mapping, unoptimized read-only data, gaps between V0 stack frames, ELF files of V0
//! to V3 (V4 where a request says so, and in runs). Bare text may be of any version.

mod machine;
mod request;

use std::io::{self, BufRead, Write};

use request::Request;

fn main() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let response = match serde_json::from_str::<Request>(&line?) {
            Ok(request) => machine::answer(request),
            Err(error) => serde_json::json!({ "bad_request": error.to_string() }),
        };
        writeln!(output, "{response}")?;
        output.flush()?;
    }
    Ok(())
}
