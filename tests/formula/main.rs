//! Formulas: what they compute, against the functions they were recorded from; derivatives, against dual numbers and another
//! crate; text, against a reader of it; files, against damage.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod derivatives;
mod powers;
mod printed;
mod random;
mod recording;
#[path = "../common/splitmix.rs"]
mod splitmix;
mod stored;
