//! Takes records up, keeping nothing of them but their words, which all records share.

use crate::batch::Batch;
use crate::parted::Person;
use crate::profile::{Tables, Texts};
use crate::register::{rank, renumber};
use crate::settings::Settings;
use crate::table::{Mix, number};
use crate::vocabulary::Interner;

/// Takes records up.
#[derive(Debug, Default)]
pub struct Intake {
    texts: Texts,
}

/// A record taken up.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Whom it names.
    pub person: Person,
    /// The marks of the agency's own numbers for the person: who has one in common is one person to the agency.
    pub refs: Vec<u128>,
}

impl Intake {
    /// Takes up records made ready.
    pub fn take(&mut self, mut batch: Batch) -> Vec<Taken> {
        renumber(&mut self.texts, &mut batch);
        let ranks: Vec<u64> = (0..batch.len()).map(|own| rank(batch.id(own))).collect();
        let people = ranks.into_iter().zip(batch.profiles).map(|(rank, profile)| Person { rank, profile });
        let mut out: Vec<Taken> = people.map(|person| Taken { person, refs: Vec::new() }).collect();
        for (key, own) in batch.refs {
            if let Some(taken) = out.get_mut(own as usize) {
                taken.refs.push(key);
            }
        }
        out
    }

    /// The words as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let list = |texts: &Interner| -> Vec<String> {
            (1..texts.len()).map(|id| texts.text(number(id)).to_owned()).collect()
        };
        let all = [&self.texts.words, &self.texts.places, &self.texts.spaces].map(list);
        postcard::to_stdvec(&all).unwrap_or_default()
    }
}

/// The mark of a record's id; two ids have one by a chance of one to 10^20 among a thousand million.
#[must_use]
pub fn mark_of_id(id: &str) -> u128 {
    let half = |tag| Mix::new(tag).text(id).done();
    (u128::from(half(44)) << 64) | u128::from(half(45))
}

/// The words of all records, with what is known of each.
#[derive(Debug)]
pub struct Words {
    pub(crate) tables: Tables,
}

impl Words {
    /// From the bytes an [`Intake`] gave; `None` when they were not written by this version of the program.
    #[must_use]
    pub fn read(bytes: &[u8], settings: &Settings) -> Option<Self> {
        let lists: [Vec<String>; 3] = postcard::from_bytes(bytes).ok()?;
        let [words, places, spaces] = lists.map(|list| {
            let mut texts = Interner::default();
            list.iter().for_each(|text| _ = texts.put(text));
            texts
        });
        Some(Self { tables: Tables::new(Texts { words, places, spaces }, &settings.lexicon) })
    }
}
