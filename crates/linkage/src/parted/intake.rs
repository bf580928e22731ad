//! Takes records up, keeping nothing of them but their words, which all records share.

use crate::lexicon::Lexicon;
use crate::parted::Person;
use crate::profile::{Tables, Texts};
use crate::record::Record;
use crate::register::{keys_of_numbers, rank, take_up};
use crate::settings::Settings;
use crate::table::{Mix, number};
use crate::vocabulary::Interner;

/// Takes records up.
#[derive(Debug)]
pub struct Intake {
    texts: Texts,
    lexicon: Lexicon,
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
    /// Nothing taken up yet.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self { texts: Texts::default(), lexicon: settings.lexicon.clone() }
    }

    /// Takes up records.
    pub fn add_all(&mut self, records: &[Record]) -> Vec<Taken> {
        let profiles = take_up(&mut self.texts, &self.lexicon, records);
        let both = records.iter().zip(profiles);
        both.map(|(record, profile)| Taken {
            person: Person { rank: rank(&record.id), profile },
            refs: keys_of_numbers(record).collect(),
        })
        .collect()
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
