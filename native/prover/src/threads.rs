//! The threads on which a call computes.
//!
//! Threads do not survive a fork, so a child that gives work to its parent's pool waits for ever. Each call therefore
//! takes a pool that this very process has made. Nothing may run on rayon's global pool, which a process makes only once.
//!
//! A call has its pool to itself. In a shared pool, a thread that waits for a part of one proof may begin another proof,
//! and then wait for a lock that it holds itself.

use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;
use std::{mem, process};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::failure::{Failure, Outcome};

/// Bytes of stack of each thread, as much as Linux gives to the main thread: whole proofs run on these threads.
const STACK_BYTES: usize = 8 << 20;

/// The longest time between two calls of `hear`.
const SILENCE: Duration = Duration::from_millis(100);

/// A pool that no call uses, and the number of the process that made it.
static SPARE: Mutex<Option<(u32, ThreadPool)>> = Mutex::new(None);

/// Runs `work` on a pool.
pub fn compute<T: Send>(work: impl FnOnce() -> Outcome<T> + Send) -> Outcome<T> {
    let pool = take()?;
    let outcome = pool.install(work);
    keep(pool);
    outcome
}

/// Runs `work` on a pool, and meanwhile calls `hear` on this thread, with each message that `work` sends, and with
/// nothing every tenth of a second.
///
/// Returns at once when `hear` returns false. `work` then goes on, but its next message finds no listener.
pub fn compute_and_hear<T: Send + 'static, M: Send + 'static>(
    work: impl FnOnce(Sender<M>) -> Outcome<T> + Send + 'static,
    mut hear: impl FnMut(Option<M>) -> bool,
) -> Outcome<T> {
    let pool = take()?;
    let (sender, messages) = channel();
    let (end, outcome) = channel();
    pool.spawn(move || {
        // If the caller has given up, nobody waits for the outcome.
        let _ = end.send(work(sender));
    });
    loop {
        let message = match messages.recv_timeout(SILENCE) {
            Ok(message) => Some(message),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if !hear(message) {
            return Err(Failure::Cancelled);
        }
    }
    let outcome = outcome.recv().expect("the work ends with its outcome");
    keep(pool);
    outcome
}

/// The spare pool if this process made it, otherwise a new pool.
fn take() -> Outcome<ThreadPool> {
    // If another thread holds the lock during a fork, the child never sees it released. So nobody waits for the lock.
    match SPARE.try_lock().ok().and_then(|mut spare| spare.take()) {
        Some((maker, pool)) if maker == process::id() => return Ok(pool),
        // The parent's threads do not exist here. Dropping their pool would take locks that they may have held.
        Some((_, pool)) => mem::forget(pool),
        None => {}
    }
    ThreadPoolBuilder::new()
        .stack_size(STACK_BYTES)
        .build()
        .map_err(|error| Failure::System(format!("the engine cannot start its threads: {error}")))
}

/// Keeps a pool for the next call, or ends its threads if there is a spare pool already.
fn keep(pool: ThreadPool) {
    if let Ok(mut spare) = SPARE.try_lock()
        && spare.is_none()
    {
        *spare = Some((process::id(), pool));
    }
}
