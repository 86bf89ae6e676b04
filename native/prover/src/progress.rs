//! Progress of a proof, seen through the `tracing` spans that Plonky3 opens on the proving thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

/// The spans that mark phases. A span's number is its position plus one.
const SPANS: [&str; 4] =
    ["build merkle tree", "grind for proof-of-work witness", "FRI prover", "query phase"];
const TREE: u64 = 1;
const GRIND: u64 = 2;
const FOLD: u64 = 3;
const QUERY: u64 = 4;
const OTHER: u64 = 5;

const GRINDING: &str = "grinding";
const LOW_DEGREE_TEST: &str = "low-degree test";
const QUERIES: &str = "queries";

/// Receives the name of each phase when it begins, and the seconds since the proof began.
pub type Listener = dyn Fn(&'static str, f64) + Send + Sync;

struct State {
    phase: &'static str,
    /// The phase that a proof of work interrupted.
    interrupted: &'static str,
    began: Instant,
    /// Remaining phases, last phase first. Each tree that the batch prover finishes begins the next phase.
    upcoming: Vec<&'static str>,
    seconds: Vec<(&'static str, f64)>,
}

/// Measures the phases of one proof and reports each to a listener.
pub struct Phases {
    start: Instant,
    state: Mutex<State>,
    listener: Box<Listener>,
}

impl Phases {
    /// Begins with the phase "trace". A batch without interactions has no phase "lookups".
    pub fn begin(has_lookups: bool, listener: Box<Listener>) -> Arc<Self> {
        let now = Instant::now();
        let mut upcoming = vec!["opening", "quotient"];
        if has_lookups {
            upcoming.push("lookups");
        }
        let first = "trace";
        listener(first, 0.0);
        let state = State { phase: first, interrupted: first, began: now, upcoming, seconds: Vec::new() };
        Arc::new(Self { start: now, state: Mutex::new(state), listener })
    }

    /// Runs `work` with the spans of this thread counted.
    pub fn watch<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> T {
        tracing::subscriber::with_default(Watcher(Arc::clone(self)), work)
    }

    /// Ends the last phase. Returns the seconds of every phase, in order of first appearance.
    pub fn finish(&self) -> Vec<(&'static str, f64)> {
        self.change(|state| state.phase);
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.seconds.clone()
    }

    /// Adds the elapsed time to the running phase, then begins the phase that `next` names.
    fn change(&self, next: impl FnOnce(&mut State) -> &'static str) {
        let now = Instant::now();
        let (phase, changed) = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let (running, spent) = (state.phase, (now - state.began).as_secs_f64());
            match state.seconds.iter_mut().find(|(phase, _)| *phase == running) {
                Some((_, seconds)) => *seconds += spent,
                None => state.seconds.push((running, spent)),
            }
            state.phase = next(&mut state);
            state.began = now;
            (state.phase, state.phase != running)
        };
        // Called outside the lock, because the listener may unwind.
        if changed {
            (self.listener)(phase, (now - self.start).as_secs_f64());
        }
    }

    fn enter(&self, span: u64) {
        match span {
            GRIND => self.change(|state| {
                state.interrupted = state.phase;
                GRINDING
            }),
            FOLD => self.change(|_| LOW_DEGREE_TEST),
            QUERY => self.change(|_| QUERIES),
            _ => {}
        }
    }

    fn exit(&self, span: u64) {
        match span {
            GRIND => self.change(|state| state.interrupted),
            TREE => self.change(|state| match state.phase {
                LOW_DEGREE_TEST | QUERIES => state.phase,
                phase => state.upcoming.pop().unwrap_or(phase),
            }),
            _ => {}
        }
    }
}

struct Watcher(Arc<Phases>);

impl Subscriber for Watcher {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        // Another call may watch another thread, so an answer must not be cached for the whole process.
        if self.enabled(metadata) { Interest::sometimes() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && SPANS.contains(&metadata.name())
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let name = attributes.metadata().name();
        let number = SPANS.iter().position(|&span| span == name).map_or(OTHER, |index| index as u64 + 1);
        Id::from_u64(number)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, span: &Id) {
        self.0.enter(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        // An unwind also leaves a span, and by then there is no listener any more.
        if !std::thread::panicking() {
            self.0.exit(span.into_u64());
        }
    }
}
