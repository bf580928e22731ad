//! Coercive control, on an axis of its own: sentencing scales hardly see it, so it is never added to harm or taken off it.
//! What nobody asked about stays unknown; it is no "no".

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::report::Source;
use crate::settings::ControlSettings;

/// A kind of control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Domain {
    /// Keeping somebody from family, friends, language or faith.
    Isolation,
    /// Watching where somebody is and whom they speak to.
    Monitoring,
    /// Taking or limiting money, work, housing.
    Economic,
    /// Humiliation, rules with punishments.
    Degradation,
    /// Threats, of taking the children, of immigration papers, of suicide too.
    Threats,
    /// Sexual coercion.
    Sexual,
    /// Following, turning up, messages after being told to stop.
    Stalking,
    /// Keeping somebody from doctors, schools, courts and other help.
    Obstruction,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Self; 8] = [
        Self::Isolation,
        Self::Monitoring,
        Self::Economic,
        Self::Degradation,
        Self::Threats,
        Self::Sexual,
        Self::Stalking,
        Self::Obstruction,
    ];

    /// As a sentence names it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Isolation => "isolation",
            Self::Monitoring => "monitoring",
            Self::Economic => "economic control",
            Self::Degradation => "degradation",
            Self::Threats => "threats",
            Self::Sexual => "sexual coercion",
            Self::Stalking => "stalking",
            Self::Obstruction => "keeping services away",
        }
    }
}

/// A set of domains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Domains(u8);

impl Domains {
    /// All of them.
    pub const ALL: Self = Self(u8::MAX);

    /// These and one more.
    #[must_use]
    pub fn with(self, domain: Domain) -> Self {
        Self(self.0 | 1 << domain as u8)
    }

    /// These without those.
    #[must_use]
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether one is among them.
    pub fn has(self, domain: Domain) -> bool {
        self.0 & (1 << domain as u8) != 0
    }

    /// How many.
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Each of them.
    pub fn each(self) -> impl Iterator<Item = Domain> {
        Domain::ALL.into_iter().filter(move |domain| self.has(*domain))
    }
}

impl FromIterator<Domain> for Domains {
    fn from_iter<I: IntoIterator<Item = Domain>>(domains: I) -> Self {
        domains.into_iter().fold(Self::default(), Self::with)
    }
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is recorded.
    Yes,
    /// Somebody asked, and the answer was no.
    No,
    /// Somebody asked, and it is not known.
    NotKnown,
    /// Nobody asked.
    NotAsked,
}

/// One item of one form, or one sign in an agency's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// What it is a sign of.
    pub domain: Domain,
    /// When it was recorded to happen, or was asked.
    pub at: Moment,
    /// What was answered.
    pub answer: Answer,
    /// Which agency.
    pub source: Source,
}

/// The axis of control.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Control {
    /// Domains seen, d⁺.
    pub seen: Domains,
    /// Domains asked about and always answered no.
    pub answered_no: Domains,
    /// Domains asked about where the answer is not known.
    pub not_known: Domains,
    /// Domains nobody ever asked about, d?.
    pub never_asked: Domains,
    /// Days with a sign.
    pub dates: usize,
    /// Agencies with a sign.
    pub sources: Vec<Source>,
    /// Whether a pattern of control is recorded: so many domains on so many dates within so many days, at any time.
    pub recorded: bool,
    /// The last day of the latest such stretch.
    pub latest: Option<Moment>,
    /// Whether that stretch reaches into the time asked about, going back as many days.
    pub current: bool,
    /// The day of the first sign of each domain, earliest first.
    pub first_seen: Vec<(Domain, Moment)>,
    /// Domains first seen in the year before `until`, after an earlier sign of another.
    pub new_this_year: Domains,
    /// New domains for each year of the clock since the first sign; `None` before a quarter of a year.
    pub new_per_year: Option<f64>,
}

impl Control {
    /// Fewest and most domains there may be: those seen, and with them those nobody knows about.
    pub fn range(&self) -> (usize, usize) {
        let seen = self.seen.count();
        (seen, seen + self.never_asked.count() + self.not_known.count())
    }
}

/// Reads the signs up to `until`. `clock_years` are the years of the operational clock since the first sign.
pub fn control(signs: &[Indicator], until: Moment, clock_years: f64, by: &ControlSettings) -> Control {
    let told = |answer: Answer| -> Domains {
        let of = signs.iter().filter(|sign| sign.answer == answer && sign.at <= until);
        of.map(|sign| sign.domain).collect()
    };
    let (seen, no, not_known) = (told(Answer::Yes), told(Answer::No), told(Answer::NotKnown));
    let mut yes: Vec<Indicator> =
        signs.iter().filter(|sign| sign.answer == Answer::Yes && sign.at <= until).copied().collect();
    yes.sort_unstable_by_key(|sign| (sign.at, sign.domain, sign.source));
    let mut first_seen: Vec<(Domain, Moment)> = Vec::new();
    for sign in &yes {
        if !first_seen.iter().any(|(domain, _)| *domain == sign.domain) {
            first_seen.push((sign.domain, sign.at));
        }
    }
    let mut sources: Vec<Source> = yes.iter().map(|sign| sign.source).collect();
    sources.sort_unstable();
    sources.dedup();
    let latest = latest_stretch(&yes, by);
    let within = i64::from(by.within_days);
    let year_ago = until.plus_days(-365);
    let first = first_seen.first().map(|(_, at)| *at);
    let new = first_seen.iter().skip(1).filter(|(_, at)| *at > year_ago && Some(*at) != first);
    Control {
        seen,
        answered_no: no.without(seen).without(not_known),
        not_known: not_known.without(seen),
        never_asked: Domains::ALL.without(seen).without(no).without(not_known),
        dates: days(&yes),
        sources,
        recorded: latest.is_some(),
        latest,
        current: latest.is_some_and(|latest| latest > until.plus_days(-within)),
        new_this_year: new.map(|(domain, _)| *domain).collect(),
        new_per_year: (clock_years >= 0.25 && !first_seen.is_empty())
            .then(|| (first_seen.len() - 1) as f64 / clock_years),
        first_seen,
    }
}

/// The end of the latest stretch of signs that makes a pattern.
fn latest_stretch(yes: &[Indicator], by: &ControlSettings) -> Option<Moment> {
    let within = i64::from(by.within_days);
    let ends = yes.iter().enumerate().rev();
    let mut stretches = ends.map(|(end, last)| {
        let from = last.at.plus_days(-within);
        let begin = yes.partition_point(|sign| sign.at <= from);
        (last.at, yes.get(begin..=end).unwrap_or_default())
    });
    let makes = |signs: &[Indicator]| {
        let domains: Domains = signs.iter().map(|sign| sign.domain).collect();
        domains.count() >= by.domains && days(signs) >= by.dates
    };
    stretches.find(|(_, signs)| makes(signs)).map(|(end, _)| end)
}

/// Different days among signs in order.
fn days(signs: &[Indicator]) -> usize {
    let mut days: Vec<i64> = signs.iter().map(|sign| sign.at.0.div_euclid(crate::moment::DAY)).collect();
    days.dedup();
    days.len()
}
