//! Three cases written by hand and placed first in every area, so that each page has something to show.

use jiff::civil::Date;

use crate::calendar::{days, plus};
use crate::case::Tenure;
use crate::people::Sex;
use crate::script::{ChildPlan, Course, Kind, Leaving, Parents, Part, Planned, Script, Sign, Window};

/// The storylines, in order.
pub(crate) fn all(window: Window) -> Vec<Script> {
    let time = Time { window, length: days(window.from, window.until) };
    vec![third_family(&time), released(&time), few_reports(&time)]
}

/// Days before the last day of the window, told for three years and shrunk to shorter windows.
struct Time {
    window: Window,
    length: i64,
}

impl Time {
    fn ago(&self, days: i64) -> Date {
        plus(self.window.until, -days * self.length.min(1095) / 1095)
    }

    fn years(&self, years: i64, days: i64) -> Date {
        plus(self.window.until, -years * 365 - days)
    }
}

fn part(
    from: Date,
    victim: (Sex, i64, (&'static str, &'static str)),
    tenure: Tenure,
    course: Course,
) -> Part {
    Part {
        victim_sex: victim.0,
        victim_age: victim.1,
        victim_name: Some(victim.2),
        married: false,
        from,
        moved_in: None,
        apart: None,
        leaving: Leaving::HarmLeaves,
        tenure,
        course,
        active: None,
        planned: Vec::new(),
        children: Vec::new(),
        signs: Vec::new(),
        indicators: Vec::new(),
        grandparent: false,
    }
}

fn script(sex: Sex, age: i64, name: (&'static str, &'static str), parts: Vec<Part>) -> Script {
    Script {
        kind: Kind::Partners,
        harm_sex: sex,
        harm_age: age,
        harm_name: Some(name),
        culture: Some(0),
        parts,
        custody: None,
        namesake: false,
        background: 3,
    }
}

fn child(born: Date, parents: Parents) -> ChildPlan {
    ChildPlan { born, parents, twin_of_last: false, overlooked: false }
}

fn told(on: Date, code: &'static str) -> Planned {
    Planned { on, code, reported: true, charged: false, flags: Vec::new() }
}

/// A man near his third family. Landlord and school see it; police have never been called there.
fn third_family(t: &Time) -> Script {
    let mut first =
        part(t.years(7, 40), (Sex::Female, 33, ("Leanne", "Inglecroft")), Tenure::Private, Course::Worse);
    first.married = true;
    first.children = vec![child(t.years(9, 120), Parents::Victim), child(t.years(6, 30), Parents::Both)];
    first.apart = Some(t.ago(930));
    first.leaving = Leaving::VictimMoves { kept: true };
    first.active = Some((t.ago(1070), t.ago(880)));
    first.planned = vec![
        told(t.ago(1070), "NC/62"),
        told(t.ago(1012), "105/01"),
        told(t.ago(948), "008/06"),
        told(t.ago(921), "195/94"),
        told(t.ago(884), "003/01"),
    ];
    let mut second =
        part(t.ago(850), (Sex::Female, 29, ("Jodie", "Tarnshaw")), Tenure::Association, Course::Worse);
    second.moved_in = Some(t.ago(780));
    second.children = vec![child(t.years(8, 200), Parents::Victim), child(t.years(5, 310), Parents::Victim)];
    second.apart = Some(t.ago(480));
    second.active = Some((t.ago(700), t.ago(430)));
    second.signs = vec![(Sign::Housing, t.ago(770)), (Sign::Schools, t.ago(742))];
    second.planned = vec![
        told(t.ago(700), "NC/62"),
        told(t.ago(628), "105/01"),
        told(t.ago(560), "008/06"),
        Planned { charged: true, ..told(t.ago(492), "008/77") },
        told(t.ago(462), "195/12"),
    ];
    let mut third =
        part(t.ago(150), (Sex::Female, 27, ("Kayleigh", "Oakbourn")), Tenure::Council, Course::Steady);
    third.moved_in = Some(t.ago(95));
    third.children = vec![child(t.years(8, 20), Parents::Victim), child(t.years(5, 150), Parents::Victim)];
    third.signs = vec![(Sign::Housing, t.ago(86)), (Sign::Schools, t.ago(61)), (Sign::Health, t.ago(40))];
    third.indicators = vec![t.ago(75), t.ago(55), t.ago(33), t.ago(19)];
    script(Sex::Male, 36, ("Craig", "Whinstead"), vec![first, second, third])
}

/// Three children of two households, one never spoken to, one expected; strangulation; out of prison these last weeks.
fn released(t: &Time) -> Script {
    let mut part = part(
        t.years(4, 60),
        (Sex::Female, 31, ("Bethan", "Saltmere")),
        Tenure::Council,
        Course::MoreOftenAndWorse,
    );
    let quiet = ChildPlan { overlooked: true, ..child(t.years(10, 77), Parents::Victim) };
    part.children = vec![
        quiet,
        child(t.years(3, 15), Parents::Both),
        child(t.years(8, 240), Parents::Harm),
        child(plus(t.window.until, 44), Parents::Both),
    ];
    part.active = Some((t.ago(760), t.ago(6)));
    part.grandparent = true;
    part.indicators = vec![t.ago(320), t.ago(290), t.ago(190), t.ago(120)];
    part.planned = vec![
        told(t.ago(760), "NC/62"),
        told(t.ago(640), "NC/62"),
        told(t.ago(540), "105/01"),
        Planned { reported: false, ..told(t.ago(455), "105/01") },
        told(t.ago(372), "008/06"),
        told(t.ago(300), "003/01"),
        Planned { charged: true, flags: vec!["suicide_threat_by_perpetrator"], ..told(t.ago(228), "008/77") },
        told(t.ago(6), "NC/62"),
    ];
    let mut script = script(Sex::Male, 34, ("Lee", "Garcombe"), vec![part]);
    script.custody = Some((t.ago(170), t.ago(19)));
    script
}

/// Control over years that left one police report; a surgery, a school and a landlord each saw a piece.
fn few_reports(t: &Time) -> Script {
    let mut part = part(
        t.years(11, 0),
        (Sex::Female, 38, ("Rosalind", "Everholm")),
        Tenure::Association,
        Course::Control,
    );
    part.married = true;
    part.children = vec![child(t.years(12, 14), Parents::Both), child(t.years(7, 190), Parents::Both)];
    part.active = Some((t.ago(205), t.ago(205)));
    part.planned = vec![told(t.ago(205), "NC/62")];
    part.indicators = [1010, 930, 860, 790, 700, 622, 540, 470, 390, 320, 262, 180, 130, 96, 51, 22]
        .map(|day| t.ago(day))
        .to_vec();
    script(Sex::Male, 43, ("Alistair", "Markworth"), vec![part])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_family_has_signs_and_no_incident() {
        let window = Window { from: Date::constant(2023, 11, 1), until: Date::constant(2026, 10, 31) };
        let scripts = all(window);
        let third = scripts[0].parts.last().unwrap();
        assert!(third.planned.is_empty() && third.active.is_none());
        assert!(third.signs.iter().all(|(_, on)| *on < window.until && *on > third.from));
        assert!(scripts[1].custody.is_some_and(|(_, out)| days(out, window.until) < 30));
        assert_eq!(scripts[2].parts[0].planned.len(), 1);
    }
}
