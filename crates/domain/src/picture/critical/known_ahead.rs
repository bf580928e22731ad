//! What is known before it comes: the end of an order or a plan, a date of the year. A fresh look is due before the day.

use jiff::civil::Date;

use super::concerns::Concerns;
use super::settings::Of;
use super::{Raw, days, known};
use crate::record::EventKind;
use crate::when::When;

/// Orders and licences that end soon or have ended.
pub(crate) fn orders(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    ends(concerns, &[EventKind::Supervision, EventKind::ProtectiveOrder], Of::CausingHarm)
}

/// Plans and services that end soon or have ended.
pub(crate) fn support_ended(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let kinds = [EventKind::ServiceReferral, EventKind::ChildInNeedPlan, EventKind::ChildProtectionPlan];
    ends(concerns, &kinds, Of::Harmed)
}

fn ends(concerns: &Concerns<'_, '_>, kinds: &[EventKind], of: Of) -> Vec<Raw> {
    let area = concerns.area;
    let ahead = area.ground.settings.critical.numbers.ahead_days;
    let mut found = Vec::new();
    for happened in area.ground.happened.iter().filter(|happened| kinds.contains(&happened.event.kind)) {
        let Some(at) = happened.event.until else { continue };
        if days(area.ground.on, at.first_day()) > ahead {
            continue;
        }
        let (rec, seen) = (happened.rec, known(area, happened.rec).min(at.first_day()));
        found.extend(concerns.of(happened, of).into_iter().map(|concern| Raw {
            kind: 0,
            concern,
            at,
            seen,
            rec,
        }));
    }
    found
}

/// Dates of the year and birthdays of children that come soon, where there was an incident lately.
pub(crate) fn dates(concerns: &Concerns<'_, '_>) -> Vec<Raw> {
    let area = concerns.area;
    let (on, settings) = (area.ground.on, &area.ground.settings.critical);
    let mut found = Vec::new();
    for (by, harmed) in concerns.pairs() {
        let Some(pair) = area.directions.pair(by, harmed) else { continue };
        let last = pair.cases.last().and_then(|at| area.cases.get(*at));
        let Some(case) = last.filter(|case| days(case.at.last_day(), on) <= settings.numbers.dates_for_days)
        else {
            continue;
        };
        let Some(rec) = case.report.map(|(rec, _)| rec).or_else(|| case.recs.first().copied()) else {
            continue;
        };
        let concern = concerns.between(by, harmed);
        let children = concerns.people(&concern).into_iter().filter(|person| area.bios.is_child(*person, on));
        let birthdays = children.filter_map(|child| area.bios.of(child).born);
        let birthdays = birthdays.filter(|born| born.first_day() == born.last_day()).map(When::first_day);
        let yearly = settings.dates.iter().map(|(_, month, day)| (*month, *day));
        for (month, day) in yearly.chain(birthdays.map(|born| (born.month(), born.day()))) {
            let Some(next) = next(on, month, day).filter(|next| days(on, *next) <= 14) else { continue };
            found.push(Raw { kind: 0, concern, at: When::day(next), seen: on, rec });
        }
    }
    found
}

/// The next time this day comes.
fn next(on: Date, month: i8, day: i8) -> Option<Date> {
    let this = Date::new(on.year(), month, day).ok().filter(|date| *date >= on);
    this.or_else(|| Date::new(on.year() + 1, month, day).ok())
}
