//! One new record at a time: finds who it may be among all people known, joins it by the same weights and rules as a
//! whole file, and decides again about those around it, no more. What is kept lies with a [`Keeper`]; here are only
//! the rules. People are the same as if everything were linked at once with the same model.

mod change;
mod keep;
mod region;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub(crate) use keep::Trail;

use crate::lexicon::Lexicon;
use crate::model::Model;
use crate::profile::{Builder, Profile, Tables, Texts};
use crate::register::rank;
use crate::score::{Scorer, Weights};
use crate::settings::Settings;
use crate::table::Mix;

/// Where records linked one by one are kept. A base is what one agency counts as one person; people are made of bases.
pub trait Keeper {
    /// What can go wrong there.
    type Error;

    /// The bases that have any of these keys.
    ///
    /// # Errors
    /// When they cannot be read.
    fn bases_with(&mut self, keys: &[u64]) -> Result<Vec<u32>, Self::Error>;

    /// What is kept of a base.
    ///
    /// # Errors
    /// When it cannot be read.
    fn base(&mut self, number: u32) -> Result<Option<Vec<u8>>, Self::Error>;

    /// The base that has a record, or an agency's number for somebody.
    ///
    /// # Errors
    /// When it cannot be read.
    fn base_of(&mut self, handle: u128) -> Result<Option<u32>, Self::Error>;

    /// The lowest number no base has had.
    ///
    /// # Errors
    /// When it cannot be read.
    fn next(&mut self) -> Result<u32, Self::Error>;

    /// Writes changes, all or none.
    ///
    /// # Errors
    /// When they cannot be written.
    fn write(&mut self, changes: &Changes) -> Result<(), Self::Error>;
}

/// What is to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Bases, new or written anew.
    pub bases: Vec<(u32, Vec<u8>)>,
    /// Bases that are no more.
    pub gone: Vec<u32>,
    /// Keys that bases have from now on.
    pub keys: Vec<(u64, u32)>,
    /// Keys that they no longer have.
    pub keys_gone: Vec<(u64, u32)>,
    /// Records and agencies' numbers, with the base that has them from now on.
    pub handles: Vec<(u128, u32)>,
    /// Those that are no more.
    pub handles_gone: Vec<u128>,
    /// Texts that profiles refer to by number, after those written before.
    pub texts: NewTexts,
}

/// Texts in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTexts {
    /// Words of names.
    pub words: Vec<String>,
    /// Words and numbers of addresses.
    pub places: Vec<String>,
    /// Agencies' kinds of number.
    pub spaces: Vec<String>,
}

/// Links records one by one.
pub struct Live {
    settings: Settings,
    model: Model,
    tables: Tables,
    weights: Weights,
}

impl Live {
    /// With the model and the texts that were kept.
    #[must_use]
    pub fn new(settings: Settings, model: Model, texts: &NewTexts) -> Self {
        let mut held = Texts::default();
        for (to, from) in [
            (&mut held.words, &texts.words),
            (&mut held.places, &texts.places),
            (&mut held.spaces, &texts.spaces),
        ] {
            from.iter().for_each(|text| _ = to.put(text));
        }
        let tables = Tables::new(held, &settings.lexicon);
        let weights = Weights::new(&tables, &model);
        Self { settings, model, tables, weights }
    }

    /// The settings it works with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    fn scorer(&self) -> Scorer<'_> {
        Scorer::with(&self.tables, &self.weights)
    }

    fn lexicon(&self) -> &Lexicon {
        &self.settings.lexicon
    }
}

/// What came of a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The people touched as they were: the ids of their records, in order.
    pub before: BTreeSet<Vec<String>>,
    /// The same records' people as they are now.
    pub after: BTreeSet<Vec<String>>,
    /// The records compared with what was added that may be the same person, best first, with the weight.
    pub near: Vec<(String, f64)>,
}

/// What is kept of a base.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Base {
    members: Vec<Member>,
    /// Bases that may be the same person by what both say themselves, with the weight.
    edges: Vec<(u32, f64)>,
    /// For each round the bases it was joined with by then, itself included, in order; empty when alone.
    mates: Vec<Vec<u32>>,
}

/// A record of a base.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Member {
    id: String,
    /// Agencies' numbers.
    numbers: Vec<u128>,
    /// What people decided about it and another record: the same person or not.
    decided: Vec<(u128, bool)>,
    profile: Profile,
}

impl Base {
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }

    fn profile(&self) -> Profile {
        match self.members.as_slice() {
            [only] => only.profile.clone(),
            all => {
                let mut builder = Builder::default();
                all.iter().for_each(|member| builder.join(&member.profile));
                builder.done()
            }
        }
    }

    fn rank(&self) -> u64 {
        self.members.iter().map(|member| rank(&member.id)).min().unwrap_or(u64::MAX)
    }

    /// The bases of the same person after so many rounds, itself included.
    fn mates(&self, own: u32, rounds: usize) -> Vec<u32> {
        let after = rounds.checked_sub(1).and_then(|round| self.mates.get(round).or(self.mates.last()));
        after.filter(|mates| !mates.is_empty()).cloned().unwrap_or_else(|| vec![own])
    }
}

/// A record by its id, told from agencies' numbers.
fn handle(id: &str) -> u128 {
    let half = |tag| Mix::new(tag).text(id).done();
    (u128::from(half(44)) << 64) | u128::from(half(45))
}
