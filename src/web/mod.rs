//! What every page shares.
pub mod components;
