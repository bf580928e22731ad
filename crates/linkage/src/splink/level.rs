//! What a Splink comparison is about, and which of our levels one of its levels means, told from its columns and SQL.

use super::document::{Level, columns};
use crate::levels::{BORN, FORENAME, MIDDLE, NUMBER, PLACE, SEX, SURNAME};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Forename,
    Middle,
    Surname,
    Born,
    Sex,
    Postcode,
    Phone,
    Address,
    Nhs,
    Upn,
    OtherNumber,
}

/// Names of columns as people write them.
const NAMES: [(Subject, &[&str]); 11] = [
    (Subject::Middle, &["middle", "middle_name", "middle_names", "second_name", "name_2", "forename_2"]),
    (
        Subject::Forename,
        &["forename", "first_name", "given_name", "fname", "name_1", "forename_1", "forename1"],
    ),
    (Subject::Surname, &["surname", "last_name", "family_name", "lname"]),
    (Subject::Born, &["dob", "date_of_birth", "birth_date", "birthdate", "born"]),
    (Subject::Sex, &["sex", "gender", "gender_code", "sex_code"]),
    (Subject::Postcode, &["postcode", "post_code", "postcode_fake", "zip", "zip_code"]),
    (Subject::Phone, &["phone", "mobile", "telephone", "phone_number", "mobile_number"]),
    (Subject::Address, &["address", "address_line", "address_line_1", "address_1", "first_line_of_address"]),
    (Subject::Nhs, &["nhs", "nhs_number", "nhs_no"]),
    (Subject::Upn, &["upn", "unique_pupil_number", "pupil_number"]),
    (Subject::OtherNumber, &["pnc", "pnc_id", "pnc_number", "cro", "cro_number", "noms", "prison_number"]),
];

impl Subject {
    /// What one column holds: by its name, also with something added (`surname_std`, `postcode_array`).
    pub(super) fn of_column(column: &str) -> Option<Self> {
        let column = column.to_lowercase();
        let exactly = NAMES.iter().find(|(_, names)| names.contains(&column.as_str()));
        let begins = |names: &[&str]| {
            names.iter().any(|name| column.strip_prefix(name).is_some_and(|more| more.starts_with('_')))
        };
        exactly.or_else(|| NAMES.iter().find(|(_, names)| begins(names))).map(|(subject, _)| *subject)
    }

    /// What a comparison is about: its name first, for a level may look at other columns too.
    pub(super) fn of(columns: &[String], name: &str) -> Option<Self> {
        Self::of_column(name).or_else(|| columns.iter().find_map(|column| Self::of_column(column)))
    }

    /// Our comparison.
    pub(super) fn comparison(self) -> usize {
        match self {
            Self::Forename => FORENAME,
            Self::Middle => MIDDLE,
            Self::Surname => SURNAME,
            Self::Born => BORN,
            Self::Sex => SEX,
            Self::Postcode | Self::Phone | Self::Address => PLACE,
            Self::Nhs => NUMBER,
            Self::Upn => NUMBER + 1,
            Self::OtherNumber => NUMBER + 2,
        }
    }

    pub(super) fn weighs_common_values(self) -> bool {
        matches!(self, Self::Forename | Self::Middle | Self::Surname | Self::Born)
    }

    fn is_name(self) -> bool {
        matches!(self, Self::Forename | Self::Middle | Self::Surname)
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Nhs | Self::Upn | Self::OtherNumber)
    }
}

/// The one thing a condition is about, if it is about one.
pub(super) fn about(sql: &str) -> Option<Subject> {
    let subjects: Vec<Option<Subject>> =
        columns(sql).iter().map(|column| Subject::of_column(column)).collect();
    let first = subjects.first().copied().flatten()?;
    subjects.iter().all(|subject| *subject == Some(first)).then_some(first)
}

/// What a level means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Level(&'static str),
    /// Everything that no other level took.
    Rest,
    Unknown,
}

/// What a level's SQL does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Test {
    Else,
    /// All columns agree.
    Equal,
    /// A column agrees with another one.
    Crossed,
    /// Parts of the same column agree: so many characters from the start, or all but so many at the end.
    Start(u32),
    Part,
    /// At least so alike, of 1.
    Alike(f64),
    /// At most so many edits.
    Edits(f64),
    /// At most so many days apart.
    Days(f64),
    /// Lists share a value.
    Shares,
    Other,
}

/// Which of our levels a level of this subject means.
pub(super) fn meaning(subject: Subject, level: &Level) -> Meaning {
    let test = test(level);
    if test == Test::Else {
        return Meaning::Rest;
    }
    let label = level.label.to_lowercase();
    let label_says = |words: &[&str]| words.iter().any(|word| label.contains(word));
    let said = if subject.is_name() {
        name(subject, test, label_says(&["initial"]))
    } else if subject.is_number() {
        match test {
            Test::Equal | Test::Shares => Some("same"),
            Test::Edits(most) if most <= 2.0 => Some("near"),
            Test::Alike(least) if least >= 0.9 => Some("near"),
            _ => None,
        }
    } else {
        match subject {
            Subject::Born => born(test, label_says(&["swap", "revers", "transpos"])),
            Subject::Sex => (test == Test::Equal).then_some("same"),
            _ => place(subject, level, test),
        }
    };
    said.map_or(Meaning::Unknown, Meaning::Level)
}

fn name(subject: Subject, test: Test, initial: bool) -> Option<&'static str> {
    let middle = subject == Subject::Middle;
    Some(match test {
        // Our levels for initials are among pairs of which one has no more than an initial.
        Test::Start(1) if !middle => return None,
        _ if initial && !middle => return None,
        Test::Start(_) => "close",
        Test::Equal => "exact",
        Test::Crossed if subject == Subject::Forename => "swapped",
        Test::Shares if subject == Subject::Surname => "part",
        Test::Shares if subject == Subject::Forename => "variant",
        Test::Alike(least) if least >= 0.88 => "close",
        Test::Alike(_) if !middle => "similar",
        Test::Edits(most) if most <= 1.0 => "close",
        Test::Edits(_) if !middle => "similar",
        _ => return None,
    })
}

fn born(test: Test, swapped: bool) -> Option<&'static str> {
    Some(match test {
        _ if swapped => "swapped",
        Test::Equal | Test::Shares => "exact",
        Test::Start(4 | 7) => "year",
        Test::Edits(most) if most <= 1.0 => "digit",
        Test::Days(most) if most <= 31.0 => "digit",
        Test::Days(most) if most <= 366.0 => "year",
        Test::Days(most) if most <= 731.0 => "near",
        _ => return None,
    })
}

fn place(subject: Subject, level: &Level, test: Test) -> Option<&'static str> {
    let subjects: Vec<Subject> = columns(&level.sql).iter().filter_map(|c| Subject::of_column(c)).collect();
    let of = |wanted: Subject| subjects.contains(&wanted);
    let label = level.label.to_lowercase();
    Some(match test {
        Test::Equal if of(Subject::Phone) && (of(Subject::Postcode) || of(Subject::Address)) => {
            "phone_address"
        }
        Test::Equal | Test::Shares if of(Subject::Phone) => "phone",
        Test::Equal | Test::Shares if of(Subject::Address) => "address",
        Test::Equal | Test::Shares if label.contains("sector") => "near",
        Test::Equal | Test::Shares => "postcode",
        Test::Edits(most) if most <= 2.0 && subject == Subject::Postcode => "near",
        Test::Start(_) | Test::Part if of(Subject::Postcode) && !label.contains("area") => "near",
        Test::Alike(least) if of(Subject::Address) && least >= 0.9 => "address",
        _ => return None,
    })
}

fn test(level: &Level) -> Test {
    let sql = level.sql.to_lowercase();
    let sql = sql.trim();
    let has = |words: &[&str]| words.iter().any(|word| sql.contains(word));
    if sql == "else" {
        Test::Else
    } else if has(&["jaro", "jaccard", "cosine"]) {
        last_number(sql).map_or(Test::Other, Test::Alike)
    } else if has(&["levenshtein", "edit_distance", "editdist"]) {
        last_number(sql).map_or(Test::Other, Test::Edits)
    } else if has(&["intersect", "list_has_any", "arrays_overlap", "array_contains", "&&"]) {
        Test::Shares
    } else if has(&["datediff", "date_diff", "epoch", "timestamp", "try_strptime", "strptime", "julianday"]) {
        days(level, sql)
    } else if has(&["substr", "left(", "regexp_extract", "year(", "extract("]) {
        part(sql)
    } else if let Some(equal) = equalities(sql) {
        equal
    } else {
        Test::Other
    }
}

/// The number a condition ends in.
fn last_number(sql: &str) -> Option<f64> {
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    sql.trim_end_matches([')', ' ']).rsplit(|c: char| !digits(c)).find(|word| !word.is_empty())?.parse().ok()
}

/// Days of a difference between dates: Splink writes seconds where it was made by its library.
fn days(level: &Level, sql: &str) -> Test {
    let Some(number) = last_number(sql) else { return Test::Other };
    let label = level.label.to_lowercase();
    let unit = [("day", 1.0), ("month", 30.5), ("year", 365.25)];
    let seconds = sql.contains("epoch") || sql.contains("timestamp");
    if seconds && number > 80_000.0 {
        return Test::Days(number / 86_400.0);
    }
    let spoken = if sql.contains("datediff") || sql.contains("date_diff") { sql } else { &label };
    unit.iter()
        .find(|(word, _)| spoken.contains(word))
        .map_or(Test::Days(number), |(_, days)| Test::Days(number * days))
}

/// Whether both sides take the same part of one column, and which.
fn part(sql: &str) -> Test {
    if sql.contains(" and ") || sql.contains(" or ") {
        return Test::Part;
    }
    if sql.contains("year(") || sql.contains("extract(year") {
        return Test::Start(4);
    }
    let plain: String = sql.chars().filter(|c| !c.is_whitespace()).collect();
    let first = plain.split('=').next().unwrap_or_default();
    let mut numbers = first.split([',', ')']).filter_map(|word| word.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(0 | 1), Some(length)) if !first.contains("length") => Test::Start(length),
        (Some(length), None) if first.contains("left(") => Test::Start(length),
        _ => Test::Part,
    }
}

/// Conditions that are nothing but equalities.
fn equalities(sql: &str) -> Option<Test> {
    let plain: String = sql.chars().filter(|c| !"()\"`".contains(*c)).collect();
    let mut crossed = false;
    for one in plain.split(" and ").flat_map(|part| part.split(" or ")) {
        let (left, right) = one.split_once('=')?;
        let side = |text: &str| {
            let word = text.trim().to_owned();
            let simple = word.chars().all(|c| c.is_alphanumeric() || "_ .".contains(c)) && !word.is_empty();
            simple.then(|| word.trim_end_matches("_l").trim_end_matches("_r").to_owned())
        };
        crossed |= side(left)? != side(right)?;
    }
    Some(if crossed { Test::Crossed } else { Test::Equal })
}
