//! Why a mapping file cannot be used, in words that help the analyst who wrote it.

/// A mapping that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {place}: found {found}; expected {expected}")]
pub struct MappingError {
    /// The mapping file.
    pub file: String,
    /// Table and field, or line and column.
    pub place: String,
    /// What stands there.
    pub found: String,
    /// What could stand there.
    pub expected: String,
}
