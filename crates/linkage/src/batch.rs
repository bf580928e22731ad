//! Records made ready to be taken up: all that can be done with some of them before the others are known, so that it
//! can be done on every core while the file is read.

use crate::lexicon::Lexicon;
use crate::profile::{Builder, Profile, Texts};
use crate::record::{Record, TieKind};
use crate::register::{Ids, keys_of_numbers};
use crate::settings::Settings;
use crate::table::number;

/// Records made ready to be taken up.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) texts: Texts,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) ids: Ids,
    /// Agencies' own numbers for people, and which record here has it.
    pub(crate) refs: Vec<(u128, u32)>,
    /// Which record here, the record of all it is tied to, and how.
    pub(crate) ties: Vec<(u32, u32, TieKind)>,
}

impl Batch {
    /// Of records. A tie's `other` counts all records ever taken up, from 0.
    #[must_use]
    pub fn of(records: &[Record], settings: &Settings) -> Self {
        Self::by(records, &settings.lexicon)
    }

    pub(crate) fn by(records: &[Record], lexicon: &Lexicon) -> Self {
        let mut filling = Filling::new(lexicon, records.len());
        records.iter().for_each(|record| filling.add(record));
        filling.done()
    }

    /// An empty one, to be filled record by record where no record is kept; with room for so many.
    #[must_use]
    pub fn filling(settings: &Settings, records: usize) -> Filling<'_> {
        Filling::new(&settings.lexicon, records)
    }

    /// How many records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.profiles.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    /// The id of a record.
    #[must_use]
    pub fn id(&self, own: usize) -> &str {
        self.ids.get(number(own))
    }

    /// Leaves records out, named by their places in order.
    #[must_use]
    pub fn without(mut self, gone: &[usize]) -> Self {
        if gone.is_empty() {
            return self;
        }
        let stays = |own: usize| gone.binary_search(&own).is_err();
        let mut ids = Ids::default();
        let mut next = 0;
        let mut places = Vec::with_capacity(self.len());
        for own in 0..self.len() {
            places.push(stays(own).then_some(next));
            if stays(own) {
                ids.push(self.id(own));
                next += 1;
            }
        }
        let place = |own: u32| places.get(own as usize).copied().flatten();
        self.ids = ids;
        self.refs = self.refs.into_iter().filter_map(|(key, own)| Some((key, place(own)?))).collect();
        self.ties =
            self.ties.into_iter().filter_map(|(own, other, kind)| Some((place(own)?, other, kind))).collect();
        let mut own = 0;
        self.profiles.retain(|_| {
            own += 1;
            stays(own - 1)
        });
        self
    }
}

/// A batch that records are added to.
#[derive(Debug)]
pub struct Filling<'a> {
    lexicon: &'a Lexicon,
    out: Batch,
    builder: Builder,
}

impl<'a> Filling<'a> {
    fn new(lexicon: &'a Lexicon, records: usize) -> Self {
        let out = Batch { profiles: Vec::with_capacity(records), ..Batch::default() };
        Self { lexicon, out, builder: Builder::default() }
    }

    /// Adds a record.
    pub fn add(&mut self, record: &Record) {
        let Batch { texts, profiles, ids, refs, ties } = &mut self.out;
        let own = number(profiles.len());
        self.builder.add(record, texts, self.lexicon);
        profiles.push(self.builder.done());
        ids.push(&record.id);
        refs.extend(keys_of_numbers(record).map(|key| (key, own)));
        ties.extend(record.ties.iter().map(|tie| (own, tie.other, tie.kind)));
    }

    /// The batch.
    #[must_use]
    pub fn done(self) -> Batch {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_left_out_take_what_is_theirs_with_them() {
        let record = |id: &str| Record {
            id: id.into(),
            source: "police".into(),
            refs: vec![format!("nominal:{id}")],
            phones: vec![format!("01632 96000{id}")],
            ..Record::default()
        };
        let settings = Settings::built_in().unwrap();
        let records = ["1", "2", "3", "4"].map(record);
        let some = Batch::of(&records, &settings).without(&[0, 2]);
        let wanted = Batch::of(&[record("2"), record("4")], &settings);
        assert_eq!((some.id(0), some.id(1), some.len()), ("2", "4", 2));
        assert_eq!((some.refs, some.profiles), (wanted.refs, wanted.profiles));
    }
}
