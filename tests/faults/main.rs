//! Games that once went wrong, with their right answers: each found by hand, or computed apart from this library.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, helpers included")]

mod budgets;
mod constraints;
mod engine;
mod outside;
mod over_time;
mod reliability;
mod replies;
mod words;
