//! The program.
#![allow(dead_code, reason = "routes that use the pages are joined later")]
mod web;
fn main() {}
