//! How much is reported, as far as a picture tells: an agency that begins to report raises the counts of everybody, and
//! nobody's abuse. Read from all reports of one picture, told in coarse steps: it is about agencies, and nothing in it may
//! tell of one person.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use throughline_pattern::{Moment, Source, Step, joined};

use super::{moment, source};
use crate::ids::AgencyId;
use crate::picture::shape::{Picture, ReportingStep};
use crate::when::When;

/// Agencies that began to report, and the steps of the clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reporting {
    begun: Vec<Begun>,
    steps: Vec<Step>,
}

/// An agency that began to report after the first did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Begun {
    agency: AgencyId,
    month: Date,
}

/// Fewer reports tell nothing of when an agency began.
const LEAST_REPORTS: usize = 50;
/// An agency is taken to have begun late where so many of its reports are missing before its first: by chance alone that
/// happens less than once in a hundred times.
const MISSING: f64 = 5.0;
/// Shares are told in steps of a twentieth.
const STEPS: f64 = 20.0;

/// Reads when each agency began to report, from every report of a picture.
#[must_use]
pub fn reporting(picture: &Picture, on: Date) -> Reporting {
    let mut days: BTreeMap<&AgencyId, BTreeSet<(When, u64)>> = BTreeMap::new();
    for report in picture.reported.values().flat_map(|told| &told.reports) {
        if report.at.first_day() <= on {
            days.entry(&report.source.agency).or_default().insert((report.at, report.source.seq));
        }
    }
    let until = Moment::start_of(on);
    let told: Vec<(&AgencyId, Moment, f64)> = days
        .into_iter()
        .filter(|(_, reports)| reports.len() >= LEAST_REPORTS)
        .filter_map(|(agency, reports)| {
            let first = moment(reports.first()?.0);
            let span = until.days_since(first);
            (span > 0.0).then(|| (agency, first, reports.len() as f64 / span))
        })
        .collect();
    let Some(earliest) = told.iter().map(|(_, first, _)| *first).min() else { return Reporting::default() };
    let all: f64 = told.iter().map(|(_, _, rate)| rate).sum();
    let mut found = Reporting::default();
    let mut shares = Vec::with_capacity(told.len());
    for (agency, first, rate) in told {
        let month = first.day().map(Date::first_of_month);
        let late = rate * first.days_since(earliest) >= MISSING;
        let share = (rate / all * STEPS).round() / STEPS;
        match month.filter(|_| late && share > 0.0) {
            Some(month) => {
                shares.push((Moment::start_of(month), share));
                found.begun.push(Begun { agency: agency.clone(), month });
            }
            // From before anything that is told of.
            None => shares.push((Moment(0), share)),
        }
    }
    if !found.begun.is_empty() {
        found.steps = joined(&shares);
    }
    found
}

impl Reporting {
    /// The index, for the clock.
    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Which of these agencies began within a time, by their places.
    pub(super) fn begun(
        &self,
        agencies: &[&AgencyId],
        (from, until): (Moment, Moment),
    ) -> Vec<(Source, Moment)> {
        let each = self.begun.iter().filter_map(|begun| {
            let place = agencies.iter().position(|agency| **agency == begun.agency)?;
            Some((source(place), Moment::start_of(begun.month)))
        });
        each.filter(|(_, at)| from < *at && *at <= until).collect()
    }

    /// The steps within a time, as pages show them.
    pub(super) fn within(&self, from: Moment, until: Moment) -> Vec<ReportingStep> {
        let at_first = self.steps.iter().rev().find(|step| step.from <= from).map_or(1.0, |step| step.index);
        let steps = self.steps.iter().filter(|step| from < step.from && step.from <= until);
        let shown = steps.filter_map(|step| {
            let month = step.from.day()?;
            let agencies = self.begun.iter().filter(|begun| begun.month == month);
            Some(ReportingStep {
                from: month,
                index: (step.index / at_first * 100.0).round() / 100.0,
                agencies: agencies.map(|begun| begun.agency.clone()).collect(),
            })
        });
        shown.collect()
    }
}
