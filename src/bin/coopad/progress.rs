//! A sign of life on runs that take long.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// When the first line comes, and every line after it.
const FIRST: Duration = Duration::from_secs(1);
const LATER: Duration = Duration::from_secs(10);

/// Does `work`; if a person looks on and it takes more than a second, says so on standard error.
pub(crate) fn with_progress<R>(what: &str, work: impl FnOnce() -> R) -> R {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let (done, waiting) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let watch = move || {
            let (mut wait, mut passed) = (FIRST, Duration::ZERO);
            while waiting.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                passed += wait;
                // Nobody is left to tell when standard error is closed.
                let _ = writeln!(std::io::stderr(), "{what}: still at work after {} s", passed.as_secs());
                wait = LATER;
            }
        };
        // Without a thread there is no line.
        let _ = thread::Builder::new().spawn_scoped(scope, watch);
        let result = work();
        drop(done);
        result
    })
}
