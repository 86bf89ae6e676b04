//! Failures by cause: the caller, the proof, the version that made the proof, or this computer.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The reason why a call has no result.
#[derive(Debug)]
pub enum Failure {
    /// The caller's circuit, tables or parameters break a rule.
    Refused(String),
    /// The proof does not prove the statement.
    Rejected(String),
    /// The proof was made by another format version, so this version cannot decide whether it is valid.
    Version(String),
    /// The operating system does not give the call what it needs. This says nothing about the caller or the proof.
    System(String),
    /// The progress callback raised an exception, which is kept beside this value.
    Cancelled,
}

pub type Outcome<T> = Result<T, Failure>;

/// Shorthand for the common case of a caller's mistake.
pub fn refuse<T>(reason: impl Into<String>) -> Outcome<T> {
    Err(Failure::Refused(reason.into()))
}

/// Shorthand for a proof that is not accepted.
pub fn reject<T>(reason: impl Into<String>) -> Outcome<T> {
    Err(Failure::Rejected(reason.into()))
}

/// The payload that unwinds a proof in progress after the progress callback raised an exception.
pub struct Cancellation;

/// Runs `work`. If it panics, `describe` makes a failure from the message of the panic.
///
/// `work` only borrows immutable inputs and owns the data that it writes, so no half-changed data survives an unwind.
pub fn guarded<T>(describe: impl FnOnce(String) -> Failure, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        if payload.is::<Cancellation>() {
            Err(Failure::Cancelled)
        } else {
            Err(describe(panic_message(payload.as_ref())))
        }
    })
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic without a message".to_string())
}
