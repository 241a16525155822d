//! The `coopad` program.

fn main() {}
