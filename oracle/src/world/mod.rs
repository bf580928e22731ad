//! The invented area: people, and what each agency recorded about them, cell by cell, in the words of the rules.

mod families;
mod files;
mod health;
mod homes;
mod justice;
mod police;
mod schools;
mod secrets;
mod services;
mod social_care;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::chance::{Chance, Mint};
use crate::text::categories::Kind;

pub use families::{Plan, invent};
pub use secrets::{Secret, Sort};

/// Somebody invented.
#[derive(Clone, Debug)]
pub struct Person {
    /// The families they belong to.
    pub families: Vec<usize>,
    /// Given name; many share it.
    pub forename: String,
    /// Surname: a word that nobody else has.
    pub surname: String,
    /// Born on.
    pub born: Date,
    /// `F` or `M`.
    pub sex: char,
}

/// What a record says somebody is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A child, or under 18 by the birth it gives, or a child of an incident.
    Child,
    /// Expected.
    Unborn,
    /// Harmed.
    Victim,
    /// Causing harm.
    CausingHarm,
}

/// Somebody whom a record names.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Which of the people it is.
    pub person: usize,
    /// What points to them inside the row; empty for the one the row is about.
    pub sub: &'static str,
    /// Their part, where the record states it.
    pub said: Vec<Said>,
}

/// What a word of a record is, in the rows of the table of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The name of a mention (its place in the record).
    Name(usize),
    /// A number of a mention.
    Number(usize),
    /// Where a mention lives or can be called.
    Living(usize),
    /// Kind, title, codes and outcome of an event.
    Line,
    /// Text, details in words.
    Words,
    /// Who wrote it.
    Author,
    /// Who wrote it, where that is a place to which somebody comes.
    Surgery,
    /// The place of an event.
    Place,
    /// A grade or score of risk.
    Risk,
    /// How to make contact safely.
    Safe,
    /// An address that must be kept, and words in which it stands.
    Kept,
}

/// One row of an agency.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its file below the folder of exports.
    pub file: &'static str,
    /// What identifies it there.
    pub key: String,
    /// Who sent it.
    pub agency: &'static str,
    /// The category of its event.
    pub category: &'static str,
    /// When what it tells of happened.
    pub happened: Date,
    /// When the agency wrote it down.
    pub recorded: Date,
    /// Something of it is still open.
    pub open: bool,
    /// Confidential.
    pub sealed: bool,
    /// Whom it names.
    pub mentions: Vec<Mention>,
    /// Whom it means by the agency's own number: rows (file, key with its point) that introduce them.
    pub meant: Vec<(&'static str, String)>,
    /// The incident it is part of.
    pub incident: Option<String>,
    /// Consent, as its holder wrote it down.
    pub consent: &'static str,
    /// Its words, in lower case, and what they are.
    pub words: Vec<(String, Piece)>,
}

impl Record {
    fn new(file: &'static str, key: String, kind: Kind, day: Date) -> Self {
        Self {
            file,
            key,
            agency: file.split('/').next().unwrap_or_default(),
            category: kind.category(),
            happened: day,
            recorded: day,
            open: false,
            sealed: false,
            mentions: Vec::new(),
            meant: Vec::new(),
            incident: None,
            consent: "not_sought",
            words: Vec::new(),
        }
    }

    fn naming(mut self, person: usize, sub: &'static str, said: &[Said], surname: &str) -> Self {
        let at = self.mentions.len();
        self.mentions.push(Mention { person, sub, said: said.to_vec() });
        if !surname.is_empty() {
            self.words.push((surname.to_lowercase(), Piece::Name(at)));
        }
        self
    }

    fn with(mut self, word: &str, piece: Piece) -> Self {
        if !word.is_empty() {
            self.words.push((word.to_lowercase(), piece));
        }
        self
    }

    fn meaning(mut self, file: &'static str, key: String) -> Self {
        self.meant.push((file, key));
        self
    }

    fn recorded_on(mut self, day: Date) -> Self {
        self.recorded = day;
        self
    }

    fn open_if(mut self, open: bool) -> Self {
        self.open = open;
        self
    }

    /// The row by which lists of links name a mention.
    #[must_use]
    pub fn row_key(&self, mention: &Mention) -> String {
        match mention.sub {
            "" => self.key.clone(),
            sub => format!("{}#{sub}", self.key),
        }
    }
}

/// A row that cannot be read, with the word that stands in it.
#[derive(Clone, Debug)]
pub struct Aside {
    /// Who sent it.
    pub agency: &'static str,
    /// Its word.
    pub word: String,
}

/// Everything there is.
#[derive(Debug)]
pub struct World {
    /// The day it is.
    pub today: Date,
    /// Everybody.
    pub people: Vec<Person>,
    /// What was recorded and can be read.
    pub records: Vec<Record>,
    /// What was put aside.
    pub asides: Vec<Aside>,
    /// How many records there were when each family began.
    starts: Vec<usize>,
    /// The families, in order.
    families: Vec<families::Family>,
    /// The agencies' files: rows of cells, or whole lines.
    files: BTreeMap<&'static str, Vec<Vec<String>>>,
    mint: Mint,
    chance: Chance,
    serial: u64,
    sort: Sort,
    other: bool,
}

impl World {
    /// An empty world on this day.
    #[must_use]
    pub fn new(today: Date, seed: u64, sort: Sort, other: bool) -> Self {
        Self {
            today,
            people: Vec::new(),
            records: Vec::new(),
            asides: Vec::new(),
            starts: Vec::new(),
            families: Vec::new(),
            files: BTreeMap::new(),
            mint: Mint::default(),
            chance: Chance::new(seed),
            serial: 0,
            sort,
            other,
        }
    }

    fn serial(&mut self) -> u64 {
        self.serial = self.serial.wrapping_add(1);
        self.serial
    }

    /// How many families there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.starts.len()
    }

    /// What is otherwise in the other of two worlds.
    #[must_use]
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// The one who is harmed in a family, and the children, by their places.
    #[must_use]
    pub fn household_of(&self, family: usize) -> Vec<usize> {
        let family = self.families.get(family);
        family.into_iter().flat_map(|family| [family.victim].into_iter().chain(family.children)).collect()
    }

    /// Who causes harm in a family, by their place.
    #[must_use]
    pub fn causing_harm_in(&self, family: usize) -> Option<usize> {
        self.families.get(family).map(|family| family.harm)
    }

    /// What differs in a family between two worlds.
    #[must_use]
    pub fn secret_of(&self, family: usize) -> Secret {
        Secret::of(self.sort, family)
    }

    /// The records of a family, by their places.
    #[must_use]
    pub fn records_of(&self, family: usize) -> std::ops::Range<usize> {
        let start = |at: usize| self.starts.get(at).copied().unwrap_or(self.records.len());
        start(family)..start(family.saturating_add(1))
    }

    /// A telephone number that occurs once.
    fn phone(&mut self) -> String {
        format!("07700{:06}", self.serial() % 1_000_000)
    }

    /// A made-up address with a word of its own, and that word.
    fn address(&mut self) -> (String, String) {
        let word = self.word();
        self.address_with(word)
    }

    /// The same, of people who are there in both worlds.
    fn open_address(&mut self) -> (String, String) {
        let word = self.open_word();
        self.address_with(word)
    }

    fn address_with(&mut self, word: String) -> (String, String) {
        let number = self.chance.below(150).wrapping_add(1);
        (format!("{number} {word} Road, Testshire"), word)
    }

    fn ago(&self, days: i64) -> Date {
        self.today.checked_sub(jiff::Span::new().days(days)).unwrap_or(self.today)
    }

    fn put(&mut self, file: &'static str, cells: Vec<String>) {
        self.files.entry(file).or_default().push(cells);
    }

    fn person(&self, at: usize) -> Person {
        self.people.get(at).cloned().unwrap_or_else(|| Person {
            families: Vec::new(),
            forename: "Nobody".to_owned(),
            surname: String::new(),
            born: self.today,
            sex: 'U',
        })
    }

    /// A word that the world does not hold.
    #[must_use]
    pub fn never(&self, number: u64) -> String {
        self.mint.never(number)
    }
}

/// Cells from texts.
fn cells(of: &[&str]) -> Vec<String> {
    of.iter().map(|cell| (*cell).to_owned()).collect()
}

fn slashed(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

fn dashed(day: Date) -> String {
    day.strftime("%d-%m-%Y").to_string()
}

fn named(day: Date) -> String {
    day.strftime("%d-%b-%Y").to_string()
}

fn stated(day: Date) -> String {
    day.strftime("%Y-%m-%d").to_string()
}
