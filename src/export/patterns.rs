//! The list of patterns: what recorded episodes of each person causing harm show over time, and beside it whether control
//! by them is recorded. Read from the shelves like every list, so that it holds no more than its reader may see.

use std::collections::BTreeMap;

use throughline_domain::picture::{self, Control, HarmProfile, ReportedHarm};
use throughline_pattern::{Away, Counts, Course, Engine, Moment, Population, Report, Room, Settings};

use super::{ExportError, Reading, Rows};
use crate::derive;
use crate::shelf;

/// Reports and times away of one person.
#[derive(Default)]
struct Told {
    reports: Vec<Report>,
    away: Vec<Away>,
}

impl Told {
    fn course(&self, until: Moment) -> Course<'_> {
        Course { reports: &self.reports, away: &self.away, until, ..Course::default() }
    }
}

pub(super) fn rows(reading: &Reading<'_>) -> Rows {
    let wrong = |reason: String| ExportError::Settings(reason);
    let settings = Settings::built_in().map_err(|e| wrong(e.to_string()))?;
    let on = derive::derived(reading.store)?.on.unwrap_or_default();
    let until = picture::end_of(on);
    let mut reported: BTreeMap<String, ReportedHarm> =
        reading.all::<ReportedHarm>(shelf::REPORTED)?.into_iter().collect();
    let control: BTreeMap<String, Control> = reading.all::<Control>(shelf::CONTROL)?.into_iter().collect();
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for (person, _) in reading.all::<HarmProfile>(shelf::HARM)? {
        let theirs = reported.remove(&person).map(|told| picture::course(&told, until));
        let (reports, away) = theirs.unwrap_or_default();
        told.insert(person, Told { reports, away });
    }
    for (person, _) in control.iter().filter(|(_, control)| word(Some(*control)) != "N") {
        told.entry(person.clone()).or_default();
    }
    let engine = engine(settings, &told, until);
    let mut room = Room::default();
    Ok(told
        .iter()
        .map(|(person, told)| {
            let read = engine.read(&told.course(until), &mut room);
            let share = |value: Option<f64>| value.map(|value| format!("{value:.3}")).unwrap_or_default();
            vec![
                person.clone(),
                read.label.code().to_owned(),
                read.episodes.to_string(),
                share(read.frequency.map(|trend| trend.up)),
                share(read.severity.map(|trend| trend.up)),
                share(read.silence),
                word(control.get(person)).to_owned(),
            ]
        })
        .collect())
}

/// What the list says of control: whether it leads, stands beside more incidents, or neither is recorded.
fn word(control: Option<&Control>) -> &'static str {
    match control {
        Some(Control { leading_since: Some(_), .. }) => "Y",
        Some(Control { sustained_since: Some(_), .. }) => "beside",
        _ => "N",
    }
}

/// An engine that knows what is usual among everybody in this list.
fn engine(settings: Settings, told: &BTreeMap<String, Told>, until: Moment) -> Engine {
    let first = Engine::new(settings.clone(), Population::usual(&settings));
    let (mut counts, mut room) = (Counts::default(), Room::default());
    for one in told.values() {
        first.count(&one.course(until), &mut room, &mut counts);
    }
    let population = Population::of(&settings, &counts);
    Engine::new(settings, population)
}
