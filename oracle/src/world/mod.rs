//! The invented area: people, and what each agency recorded about them, cell by cell, in the words of the rules.

mod families;
mod files;
mod health;
mod homes;
mod justice;
mod police;
mod schools;
mod services;
mod social_care;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::chance::{Chance, Mint};

pub use families::{Plan, invent};

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
    /// Text, author, details in words.
    Words,
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
    /// Its words and what they are.
    pub words: Vec<(String, Piece)>,
}

impl Record {
    fn new(file: &'static str, key: String, category: &'static str, day: Date) -> Self {
        Self {
            file,
            key,
            agency: file.split('/').next().unwrap_or_default(),
            category,
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
            self.words.push((surname.to_owned(), Piece::Name(at)));
        }
        self
    }

    fn with(mut self, word: &str, piece: Piece) -> Self {
        if !word.is_empty() {
            self.words.push((word.to_owned(), piece));
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
    /// The agencies' files: rows of cells, or whole lines.
    files: BTreeMap<&'static str, Vec<Vec<String>>>,
    mint: Mint,
    chance: Chance,
    serial: u64,
    other: bool,
}

/// What is protected from those who do not hold it. In the other of two worlds each family has one of them otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// What somebody told an adviser.
    Disclosure,
    /// An address that is kept.
    KeptAddress,
    /// A stay in a refuge.
    Refuge,
    /// Why somebody came to an emergency department.
    Injury,
}

impl Secret {
    /// The one that differs in a family.
    #[must_use]
    pub const fn of(family: usize) -> Self {
        match family % 4 {
            0 => Self::Disclosure,
            1 => Self::KeptAddress,
            2 => Self::Refuge,
            _ => Self::Injury,
        }
    }
}

impl World {
    /// An empty world on this day.
    #[must_use]
    pub fn new(today: Date, seed: u64, other: bool) -> Self {
        Self {
            today,
            people: Vec::new(),
            records: Vec::new(),
            asides: Vec::new(),
            starts: Vec::new(),
            files: BTreeMap::new(),
            mint: Mint::default(),
            chance: Chance::new(seed),
            serial: 0,
            other,
        }
    }

    fn serial(&mut self) -> u64 {
        self.serial = self.serial.wrapping_add(1);
        self.serial
    }

    fn word(&mut self) -> String {
        self.mint.word()
    }

    /// A word for a secret of a family: in the other world another one where that secret differs.
    fn secret(&mut self, secret: Secret, family: usize) -> String {
        let (one, other) = (self.word(), self.word());
        if self.other && Secret::of(family) == secret { other } else { one }
    }

    /// How many families there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.starts.len()
    }

    /// The families of which something is recorded otherwise in another world of the same plan.
    #[must_use]
    pub fn families_that_differ(&self, other: &Self) -> Vec<usize> {
        let pairs = self.records.iter().zip(&other.records).enumerate();
        let at = pairs.filter(|(_, (one, other))| one.words != other.words).map(|(at, _)| at);
        let mut families: Vec<usize> =
            at.map(|at| self.starts.partition_point(|start| *start <= at).saturating_sub(1)).collect();
        families.dedup();
        families
    }

    fn family_of(&self, person: usize) -> usize {
        self.people.get(person).and_then(|person| person.families.first().copied()).unwrap_or_default()
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
