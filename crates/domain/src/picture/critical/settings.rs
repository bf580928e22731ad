//! What a partnership says about critical points: kinds, clocks, words. Read from its document and checked at once, because
//! a kind nobody can recognise or a clock nobody can read would be found when it is too late.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use super::super::phrases::{Lexicon, LexiconBuilder, ListId};
use crate::record::EventKind;

/// The document as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    denials: Denials,
    answers: Answers,
    numbers: Numbers,
    dates: BTreeMap<String, String>,
    kind: Vec<KindText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Denials {
    pub(crate) near: Vec<String>,
    pub(crate) far: Vec<String>,
}

/// What counts as a fresh look.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answers {
    /// Kinds of event that are one.
    pub(crate) events: Vec<EventKind>,
    /// Kinds that are one where they carry a score.
    pub(crate) scored: Vec<EventKind>,
}

/// Numbers of the rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Numbers {
    pub(crate) often_incidents: u32,
    pub(crate) often_days: i64,
    pub(crate) halved_times: u32,
    pub(crate) halved_days: i64,
    pub(crate) missed_times: u32,
    pub(crate) missed_days: i64,
    pub(crate) ahead_days: i64,
    pub(crate) told_within_days: i64,
    pub(crate) dates_for_days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindText {
    name: String,
    number: u8,
    label: String,
    says: String,
    clock: String,
    joins_days: i64,
    after: Option<String>,
    otherwise: Option<String>,
    #[serde(default)]
    rules: Vec<Rule>,
    #[serde(default)]
    sign: Vec<SignText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignText {
    events: Vec<EventKind>,
    of: Of,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default = "usual_fields")]
    fields: Vec<String>,
    #[serde(default)]
    phrases: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    counted: bool,
}

fn usual_fields() -> Vec<String> {
    vec!["text".to_owned()]
}

/// What the program works out from several records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rule {
    /// Recorded as partners first, as former partners later.
    BecameFormerPartner,
    /// One of them left the home they shared.
    MovedApart,
    /// A pregnancy on a health record.
    Pregnancy,
    /// A baby is expected on a known day.
    DueDate,
    /// A child was born.
    Birth,
    /// Signs of a next family.
    NextFamily,
    /// An order or licence ends on a known day.
    OrderEnds,
    /// Incidents come closer together.
    MoreOften,
    /// Somebody harmed lives elsewhere.
    Moved,
    /// A child goes to another school.
    SchoolChanged,
    /// Harm was told to an agency that had not recorded any.
    ToldAnotherAgency,
    /// A plan or service ended.
    SupportEnded,
    /// Sessions of a programme were missed.
    ProgrammeMissed,
    /// A significant date comes.
    Dates,
    /// Contacts were missed with somebody else answering.
    ContactsMissed,
}

/// Whose record tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Of {
    /// Somebody who is harmed.
    Harmed,
    /// Somebody who causes harm.
    CausingHarm,
    /// Either.
    Either,
}

/// How soon a fresh look is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    AtOnce,
    SameDay,
    WorkingDays(u32),
    /// So many days before the day itself.
    Before(i64),
}

/// A kind of critical point.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    pub(crate) name: String,
    pub(crate) number: u8,
    pub(crate) label: String,
    pub(crate) says: String,
    pub(crate) clock: Clock,
    pub(crate) clock_words: String,
    pub(crate) joins_days: i64,
    pub(crate) rules: BTreeSet<Rule>,
    /// Only after a point of the first kind; before it, a point of the second.
    pub(crate) after: Option<(usize, usize)>,
}

/// What in one record tells of a kind.
#[derive(Clone, Debug)]
pub(crate) struct SignRule {
    pub(crate) kind: usize,
    pub(crate) of: Of,
    pub(crate) codes: Vec<String>,
    /// Fields of the event that are read, and the list of phrases looked for in them.
    pub(crate) fields: Vec<String>,
    pub(crate) list: Option<ListId>,
    /// Only counted by the kind's rules, not a point by itself.
    pub(crate) counted: bool,
}

/// Everything a partnership says about critical points.
#[derive(Clone, Debug)]
pub(crate) struct CriticalSettings {
    pub(crate) kinds: Vec<Kind>,
    pub(crate) by_event: BTreeMap<EventKind, Vec<SignRule>>,
    pub(crate) lexicon: Lexicon,
    pub(crate) answers: Answers,
    pub(crate) numbers: Numbers,
    /// Name, month, day.
    pub(crate) dates: Vec<(String, i8, i8)>,
}

/// How many kinds the agreed list has.
pub(crate) const LIST: u8 = 24;

impl CriticalSettings {
    /// Reads and checks the document.
    pub(crate) fn read(
        text: &str,
        parse: impl Fn(toml::de::Error) -> (String, String),
    ) -> Result<Self, (String, String)> {
        let document: Document = toml::from_str(text).map_err(parse)?;
        let wrong = |field: &str, reason: String| (field.to_owned(), reason);
        if document.version != 1 {
            return Err(wrong("version", format!("found {}, expected 1", document.version)));
        }
        check_numbers(&document.numbers)?;
        let mut builder = LexiconBuilder::default();
        builder
            .denials(&document.denials.near, &document.denials.far)
            .map_err(|reason| wrong("denials", reason))?;
        let (mut kinds, mut by_event): (Vec<Kind>, BTreeMap<EventKind, Vec<SignRule>>) = Default::default();
        let names: Vec<String> = document.kind.iter().map(|kind| kind.name.clone()).collect();
        // A kind may also be what another one is before its time.
        let otherwise: BTreeSet<String> =
            document.kind.iter().filter_map(|kind| kind.otherwise.clone()).collect();
        for text in document.kind {
            let at = kinds.len();
            let name = text.name.clone();
            if text.rules.is_empty() && text.sign.is_empty() && !otherwise.contains(&name) {
                let reason = "found neither `rules` nor a `sign`, expected something that tells of this kind";
                return Err(wrong(&name, reason.to_owned()));
            }
            for sign in &text.sign {
                let rule = sign_rule(&mut builder, at, sign).map_err(|reason| wrong(&name, reason))?;
                for event in &sign.events {
                    by_event.entry(*event).or_default().push(rule.clone());
                }
            }
            let kind = kind(text, &names).map_err(|reason| wrong(&name, reason))?;
            if kinds.iter().any(|known: &Kind| known.name == kind.name) {
                return Err(wrong(&name, "found this name twice, expected each kind once".to_owned()));
            }
            kinds.push(kind);
        }
        let there: BTreeSet<u8> = kinds.iter().map(|kind| kind.number).collect();
        if let Some(missing) = (1..=LIST).find(|number| !there.contains(number)) {
            let reason =
                format!("found no kind with number {missing}, expected one for each from 1 to {LIST}");
            return Err(wrong("number", reason));
        }
        let mut dates = Vec::new();
        for (name, day) in document.dates {
            // A leap year, so that 29 February is a day.
            let read: Result<Date, _> = format!("2024-{day}").parse();
            let read = read.map_err(|_| {
                wrong(&name, format!("found `{day}`, expected a month and a day as \"12-25\""))
            })?;
            dates.push((name, read.month(), read.day()));
        }
        Ok(Self {
            kinds,
            by_event,
            lexicon: builder.build(),
            answers: document.answers,
            numbers: document.numbers,
            dates,
        })
    }

    /// Kinds that a rule raises.
    pub(crate) fn with_rule(&self, rule: Rule) -> impl Iterator<Item = usize> {
        (0..).zip(&self.kinds).filter(move |(_, kind)| kind.rules.contains(&rule)).map(|(at, _)| at)
    }
}

fn kind(text: KindText, names: &[String]) -> Result<Kind, String> {
    let named = !text.name.is_empty() && text.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if !named {
        return Err(format!("found `{}`, expected a name of small letters and `_`", text.name));
    }
    if !(1..=LIST).contains(&text.number) {
        return Err(format!("found number {}, expected one from 1 to {LIST}", text.number));
    }
    if text.label.is_empty() || text.says.is_empty() {
        return Err("`label` and `says` must not be empty".to_owned());
    }
    if !(0..=3_660).contains(&text.joins_days) {
        return Err(format!("found joins_days {}, expected days from 0 to 3660", text.joins_days));
    }
    let at = |name: &str| {
        let found = names.iter().position(|known| known == name);
        found.ok_or_else(|| format!("found `{name}`, expected the name of a kind in this document"))
    };
    let after = match (&text.after, &text.otherwise) {
        (Some(after), Some(otherwise)) => Some((at(after)?, at(otherwise)?)),
        (None, None) => None,
        _ => return Err("`after` and `otherwise` stand together or not at all".to_owned()),
    };
    Ok(Kind {
        clock: clock(&text.clock)?,
        clock_words: text.clock,
        name: text.name,
        number: text.number,
        label: text.label,
        says: text.says,
        joins_days: text.joins_days,
        rules: text.rules.into_iter().collect(),
        after,
    })
}

fn clock(words: &str) -> Result<Clock, String> {
    let days = |suffix: &str| words.strip_suffix(suffix).and_then(|days| days.trim().parse::<u32>().ok());
    match words {
        "at once" => return Ok(Clock::AtOnce),
        "same day" => return Ok(Clock::SameDay),
        "before the day" => return Ok(Clock::Before(1)),
        _ => {}
    }
    if let Some(days) =
        days("working days").or_else(|| days("working day")).filter(|days| (1..=20).contains(days))
    {
        return Ok(Clock::WorkingDays(days));
    }
    if let Some(days) = days("days before").filter(|days| (1..=90).contains(days)) {
        return Ok(Clock::Before(days.into()));
    }
    Err(format!(
        "found clock `{words}`, expected \"at once\", \"same day\", \"2 working days\", \"before the day\" or \"7 days before\""
    ))
}

fn sign_rule(builder: &mut LexiconBuilder, kind: usize, sign: &SignText) -> Result<SignRule, String> {
    if sign.events.is_empty() || sign.fields.is_empty() {
        return Err("found a sign without `events` or `fields`, expected at least one".to_owned());
    }
    if !sign.unless.is_empty() && sign.phrases.is_empty() {
        return Err("found `unless` without `phrases`".to_owned());
    }
    let list = match sign.phrases.is_empty() {
        true => None,
        false => Some(builder.list(&sign.phrases, &sign.unless)?),
    };
    let (of, codes, fields, counted) = (sign.of, sign.codes.clone(), sign.fields.clone(), sign.counted);
    Ok(SignRule { kind, of, codes, fields, list, counted })
}

fn check_numbers(numbers: &Numbers) -> Result<(), (String, String)> {
    let days = [
        ("often_days", numbers.often_days),
        ("halved_days", numbers.halved_days),
        ("missed_days", numbers.missed_days),
        ("ahead_days", numbers.ahead_days),
        ("told_within_days", numbers.told_within_days),
        ("dates_for_days", numbers.dates_for_days),
    ];
    for (field, found) in days {
        if !(1..=3_660).contains(&found) {
            return Err((
                field.to_owned(),
                format!("found {found}, expected a number of days from 1 to 3660"),
            ));
        }
    }
    let times = [
        ("often_incidents", numbers.often_incidents),
        ("halved_times", numbers.halved_times),
        ("missed_times", numbers.missed_times),
    ];
    for (field, found) in times {
        if !(2..=20).contains(&found) {
            return Err((field.to_owned(), format!("found {found}, expected a number from 2 to 20")));
        }
    }
    Ok(())
}
