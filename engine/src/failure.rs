//! What can go wrong, told apart by who is at fault: the caller, the proof, or the version that made the proof.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a call did not give a result.
#[derive(Debug)]
pub enum Failure {
    /// The caller's circuit, tables or parameters are not what they have to be.
    Refused(String),
    /// The proof does not prove the statement.
    Rejected(String),
    /// The proof was made by another format version; whether it is valid cannot be told here.
    Version(String),
    /// The progress callback raised; its exception is kept beside this value.
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

/// The payload that unwinds a proof in progress when the progress callback raised.
pub struct Cancellation;

/// Runs `work`; a panic inside becomes the failure that `describe` makes of its message.
///
/// `work` only borrows immutable inputs and owns what it writes, so nothing half-changed survives an unwind.
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
