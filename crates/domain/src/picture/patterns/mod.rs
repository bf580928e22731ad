//! Patterns of recorded episodes as pages tell them: of one person towards anybody, towards one person, and in one family.
//! The rules are those of `throughline-pattern`; here reports become what it reads, and what it finds becomes what pages
//! show. Everything goes by the reports of one picture, so that nobody is told of a record that is not in theirs.

mod reporting;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;
use throughline_pattern::{
    About, Away, AwayKind, Beside, Course, Elapsed, Engine, HardFlag, HardFlags, Harm, Moment, Pattern,
    Report, Separation, Source, after_separation, parts,
};

use super::settings::Settings;
use super::shape::{
    ClockTime, Control, EpisodeSeen, FrequencySeen, HarmReport, PartedFrom, PatternPart, RecordedPattern,
    ReportedHarm, SeveritySeen, TimeAway,
};
use crate::ids::{AgencyId, PersonId};
use crate::when::{Precision, When};
pub use reporting::{Reporting, reporting};

/// What one person did to anybody.
#[must_use]
pub fn person_pattern(
    told: &ReportedHarm,
    control: Option<&Control>,
    reporting: &Reporting,
    settings: &Settings,
    on: Date,
) -> Option<RecordedPattern> {
    Told::of([told], |_| true).read(control.as_slice(), reporting, settings, on)
}

/// What one person did to each person they harmed, the most episodes first.
#[must_use]
pub fn pair_patterns(
    told: &ReportedHarm,
    reporting: &Reporting,
    settings: &Settings,
    on: Date,
) -> Vec<RecordedPattern> {
    let harmed: BTreeSet<&PersonId> = told.reports.iter().map(|report| &report.harmed).collect();
    let each = harmed.into_iter();
    let mut found: Vec<RecordedPattern> = each
        .filter_map(|harmed| Told::of([told], |one| one == harmed).read(&[], reporting, settings, on))
        .collect();
    found.sort_by(|a, b| b.episodes.len().cmp(&a.episodes.len()).then_with(|| a.harmed.cmp(&b.harmed)));
    found
}

/// What was done to the people of one family, by whomever.
#[must_use]
pub fn family_pattern(
    told: &[ReportedHarm],
    members: &BTreeSet<PersonId>,
    control: &[&Control],
    reporting: &Reporting,
    settings: &Settings,
    on: Date,
) -> Option<RecordedPattern> {
    Told::of(told, |harmed| members.contains(harmed)).read(control, reporting, settings, on)
}

/// A course with everything it is read from.
pub(crate) struct OwnCourse<'r> {
    pub(crate) reports: Vec<Report>,
    away: Vec<Away>,
    reporting: &'r [throughline_pattern::Step],
    until: Moment,
}

impl OwnCourse<'_> {
    pub(crate) fn as_read(&self) -> Course<'_> {
        Course { reports: &self.reports, away: &self.away, reporting: self.reporting, until: self.until }
    }
}

/// When somebody parted, as an interval of days.
pub(crate) fn separation(parted: &PartedFrom) -> Separation {
    let (earliest, latest) = (moment(parted.at), Moment::start_of(parted.at.last_day()));
    Separation { earliest, latest: latest.max(earliest) }
}

/// The reports of one course, with whatever is allowed for.
pub(crate) struct Told<'a> {
    by: BTreeSet<&'a PersonId>,
    reports: Vec<&'a HarmReport>,
    away: Vec<TimeAway>,
    parted: Option<&'a PartedFrom>,
}

impl<'a> Told<'a> {
    pub(crate) fn of(
        told: impl IntoIterator<Item = &'a ReportedHarm>,
        is: impl Fn(&PersonId) -> bool,
    ) -> Self {
        let told: Vec<&ReportedHarm> =
            told.into_iter().filter(|one| one.reports.iter().any(|report| is(&report.harmed))).collect();
        let mut reports: Vec<&HarmReport> =
            told.iter().flat_map(|one| &one.reports).filter(|report| is(&report.harmed)).collect();
        reports.sort_by_key(|report| (report.at, report.source.seq));
        Self {
            by: told.iter().map(|one| &one.person).collect(),
            reports,
            parted: told.iter().flat_map(|one| &one.parted).filter(|parted| is(&parted.harmed)).max(),
            away: everybody_away(&told),
        }
    }

    fn read(
        &self,
        control: &[&Control],
        reporting: &Reporting,
        settings: &Settings,
        on: Date,
    ) -> Option<RecordedPattern> {
        let engine = &settings.pattern;
        let until = end_of(on);
        let agencies: Vec<&AgencyId> = self.agencies();
        let course = self.course(reporting, until);
        let course = course.as_read();
        let pattern = engine.assess(&course);
        let first = pattern.points.first()?.episode.at;
        let parted = self.parted.and_then(|parted| {
            after_separation(&pattern, &course, separation(parted), &engine.settings().separation)
        });
        let names: Vec<String> = agencies.iter().map(|agency| agency.as_str().replace('_', " ")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let begun = reporting.begun(&agencies, (first, until));
        let beside = Beside {
            sources: &names,
            begun: &begun,
            separation: parted.as_ref().filter(|after| after.watched || after.episodes > 0),
            ..Beside::default()
        };
        let mut told = parts(&pattern, engine, &beside);
        let not_asked = not_asked(control);
        told.push(throughline_pattern::Part {
            about: About::NotAsked,
            text: asked_words(control, &not_asked),
        });
        Some(self.shown(&pattern, engine, told, not_asked, reporting, on))
    }

    pub(crate) fn course<'r>(&self, reporting: &'r Reporting, until: Moment) -> OwnCourse<'r> {
        let agencies = self.agencies();
        let reports = self.distinct().map(|report| as_read(report, &agencies)).collect();
        let away = self.away.iter().map(|away| time_away(away, until)).collect();
        OwnCourse { reports, away, reporting: reporting.steps(), until }
    }

    fn agencies(&self) -> Vec<&'a AgencyId> {
        let all: BTreeSet<&AgencyId> = self.reports.iter().map(|report| &report.source.agency).collect();
        all.into_iter().collect()
    }

    /// One record that names two people who were harmed is one report.
    fn distinct(&self) -> impl Iterator<Item = &'a HarmReport> {
        let mut seen = BTreeSet::new();
        self.reports.iter().copied().filter(move |report| seen.insert(report.source.seq))
    }

    fn shown(
        &self,
        pattern: &Pattern,
        engine: &Engine,
        told: Vec<throughline_pattern::Part>,
        not_asked: Vec<String>,
        reporting: &Reporting,
        on: Date,
    ) -> RecordedPattern {
        let texts: Vec<&str> = told.iter().map(|part| part.text.as_str()).collect();
        let reading = &pattern.reading;
        let known = |report: &&&HarmReport| moment(report.at) <= pattern.until;
        let reports = || self.reports.iter().filter(known);
        let harmed: BTreeSet<&PersonId> = reports().map(|report| &report.harmed).collect();
        let first = pattern.points.first().map_or(pattern.until, |point| point.episode.at);
        RecordedPattern {
            by: self.by.iter().map(|person| (*person).clone()).collect(),
            harmed: harmed.into_iter().cloned().collect(),
            label: reading.label.code().to_owned(),
            label_words: reading.label.words().to_owned(),
            sentence: texts.join(" "),
            parts: told
                .into_iter()
                .map(|part| PatternPart { about: about(part.about).to_owned(), text: part.text })
                .collect(),
            episodes: episodes(pattern, &reports().copied().collect::<Vec<_>>()),
            reports: u32::try_from(pattern.reports).unwrap_or(u32::MAX),
            elapsed: clock_time(&reading.elapsed),
            frequency: reading.frequency.map(|trend| FrequencySeen {
                ratio: trend.ratio,
                low80: trend.low80,
                high80: trend.high80,
                up: trend.up,
                down: trend.down,
            }),
            severity: reading.severity.map(|rise| SeveritySeen { up: rise.up, down: rise.down }),
            silence: reading.silence,
            away: self
                .away
                .iter()
                .filter(|away| {
                    away.to.is_none_or(|to| moment(to) > first) && moment(away.from) <= pattern.until
                })
                .cloned()
                .collect(),
            reporting: reporting.within(first, pattern.until),
            not_asked,
            until: on,
            settings: engine.settings().name.clone(),
        }
    }
}

/// When nobody of several could have been there: a family is only left alone while all of them are away.
fn everybody_away(told: &[&ReportedHarm]) -> Vec<TimeAway> {
    let Some((first, others)) = told.split_first() else { return Vec::new() };
    let mut away = first.away.clone();
    for other in others {
        away = away.iter().flat_map(|a| other.away.iter().filter_map(|b| both_away(a, b))).collect();
    }
    away
}

fn both_away(a: &TimeAway, b: &TimeAway) -> Option<TimeAway> {
    let from = a.from.max(b.from);
    let to = [a.to, b.to].into_iter().flatten().min();
    to.is_none_or(|to| to > from).then_some(TimeAway { from, to })
}

/// Each report stands with the episode that began last before it.
fn episodes(pattern: &Pattern, reports: &[&HarmReport]) -> Vec<EpisodeSeen> {
    let begins: Vec<Moment> = pattern.points.iter().map(|point| point.episode.at).collect();
    let mut of: Vec<Vec<HarmReport>> = vec![Vec::new(); begins.len()];
    for report in reports {
        let place = begins.partition_point(|begin| *begin <= moment(report.at)).saturating_sub(1);
        of.get_mut(place).into_iter().for_each(|reports| reports.push((*report).clone()));
    }
    let shown = pattern.points.iter().zip(of).filter_map(|(point, reports)| {
        Some(EpisodeSeen {
            at: reports.first()?.at,
            harm_class: point.episode.harm.class(),
            elapsed: clock_time(&point.elapsed),
            while_away: point.while_away,
            reports,
        })
    });
    shown.collect()
}

/// The moment from which a time counts: its earliest.
#[must_use]
pub fn moment(at: When) -> Moment {
    Moment::of(at.earliest())
}

/// What a pattern of one person's acts is read from: reports, and times away.
#[must_use]
pub fn course(told: &ReportedHarm, until: Moment) -> (Vec<Report>, Vec<Away>) {
    let even = Reporting::default();
    let course = Told::of([told], |_| true).course(&even, until);
    (course.reports, course.away)
}

/// The first moment after a day.
#[must_use]
pub fn end_of(day: Date) -> Moment {
    Moment::start_of(day.checked_add(1.day()).unwrap_or(day))
}

fn as_read(report: &HarmReport, agencies: &[&AgencyId]) -> Report {
    let place = agencies.iter().position(|agency| **agency == report.source.agency);
    Report {
        at: moment(report.at),
        harm: Harm::new(report.harm_class).unwrap_or_default(),
        source: source(place.unwrap_or_default()),
        inexact: matches!(report.at.precision(), Precision::Month | Precision::Year),
        flags: hard_flags(report),
        ..Report::default()
    }
}

fn source(place: usize) -> Source {
    Source(u8::try_from(place).unwrap_or(u8::MAX))
}

/// Hard flags by their names in the area's scale.
pub(crate) fn hard_flags(report: &HarmReport) -> HardFlags {
    let flag = |name: &String| match name.as_str() {
        "strangulation" => Some(HardFlag::Strangulation),
        "threats_to_kill" => Some(HardFlag::ThreatToKill),
        "weapon" => Some(HardFlag::Weapon),
        "sexual_violence" => Some(HardFlag::SexualViolence),
        "order_breach" => Some(HardFlag::OrderBreach),
        _ => None,
    };
    report.flags.iter().filter_map(flag).collect()
}

fn time_away(away: &TimeAway, until: Moment) -> Away {
    // While it lasts it ends later than any day asked about.
    let to = away.to.map_or_else(|| until.plus_days(1), moment);
    Away { from: moment(away.from), to, kind: AwayKind::Custody }
}

fn clock_time(elapsed: &Elapsed) -> ClockTime {
    let days = |days: f64| (days * 10.0).round() / 10.0;
    ClockTime { calendar: days(elapsed.calendar), liberty: days(elapsed.liberty), clock: days(elapsed.clock) }
}

fn about(part: About) -> &'static str {
    match part {
        About::HardFlags => "hard_flags",
        About::Records => "records",
        About::Frequency => "frequency",
        About::Severity => "severity",
        About::Silence => "silence",
        About::AllowedFor => "allowed_for",
        About::Control => "control",
        About::NotAsked => "not_asked",
        About::Separation => "separation",
        About::Moved => "moved",
    }
}

/// Kinds of control that were neither seen nor asked about, whoever does it.
fn not_asked(control: &[&Control]) -> Vec<String> {
    let domains = control.iter().flat_map(|control| &control.domains);
    let known: BTreeSet<&str> =
        domains.clone().filter(|domain| domain.asked || domain.times > 0).map(|d| d.name.as_str()).collect();
    let mut found: Vec<String> = Vec::new();
    for domain in domains.filter(|domain| !known.contains(domain.name.as_str())) {
        if !found.contains(&domain.label) {
            found.push(domain.label.clone());
        }
    }
    found
}

fn asked_words(control: &[&Control], not_asked: &[String]) -> String {
    if control.is_empty() {
        return "Control: nobody is recorded as having asked.".to_owned();
    }
    let lower = |label: &String| label.to_lowercase();
    match not_asked {
        [] => "Control: each kind was asked about or seen.".to_owned(),
        some => {
            format!("Control, not asked about: {}.", some.iter().map(lower).collect::<Vec<_>>().join("; "))
        }
    }
}
