//! The program.
mod web;
fn main() {}
