//! Agency files in, records out.
