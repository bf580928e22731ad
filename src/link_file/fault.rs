//! What can keep a file from being linked, in words that say what to do next and hold nobody's data.

use std::path::Path;

/// Why a file could not be linked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file could not be opened, read or written.
    #[error("{file}: {problem}")]
    File {
        /// Which file.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The settings, or a kept model, cannot be used.
    #[error("{0}")]
    Settings(String),
    /// Options that do not go together.
    #[error("{0}")]
    Use(String),
}

impl Fault {
    /// Something is wrong with this file.
    pub fn file(file: &Path, problem: impl std::fmt::Display) -> Self {
        Self::File { file: file.display().to_string(), problem: problem.to_string() }
    }
}
