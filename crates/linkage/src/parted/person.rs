//! What is known of one person, as a value that can be put away as bytes and taken up again.

use crate::model::Model;
use crate::parted::Words;
use crate::profile::{Builder, Profile, mark_busy_one};

/// What is known of one person, and the number by which equal weights are settled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    pub(crate) rank: u64,
    pub(crate) profile: Profile,
}

impl Person {
    /// Adds this person as bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.rank.to_le_bytes());
        out.extend(self.profile.to_bytes());
    }

    /// From bytes; `None` when they were not written by this version of the program.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (rank, profile) = bytes.split_first_chunk()?;
        Some(Self { rank: u64::from_le_bytes(*rank), profile: Profile::from_bytes(profile)? })
    }

    /// One person of several.
    #[must_use]
    pub fn merged(mut parts: Vec<Self>) -> Self {
        if parts.len() < 2 {
            return parts.pop().unwrap_or_default();
        }
        let mut builder = Builder::default();
        parts.iter().for_each(|part| builder.join(&part.profile));
        Self { rank: parts.iter().map(|part| part.rank).min().unwrap_or_default(), profile: builder.done() }
    }

    /// Marks the addresses and telephone numbers that the model knows as institutions'.
    pub fn mark_busy(&mut self, words: &Words, model: &Model) {
        if !model.busy.is_empty() {
            mark_busy_one(&mut self.profile, &words.tables, model);
        }
    }
}
