//! How fast patterns are read on this machine.
fn main() {}
