//! An invented area.
