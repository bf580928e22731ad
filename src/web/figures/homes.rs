//! Homes over time: one lane for each person, one bar for each home, and marks for what happened, so that a move
//! of a person causing harm into another home is seen at a glance.

use std::collections::BTreeMap;

use jiff::civil::Date;
use throughline_domain::ids::{HouseholdId, PersonId};
use throughline_domain::picture::shape::{HarmProfile, Incident, Stay};
use throughline_domain::record::{Basis, EventKind, Role};
use throughline_domain::when::When;

use super::Figure;
use super::scale::Scale;
use super::svg::{Drawing, GUIDE, INK, PALETTE, cut, ink_on};
use crate::web::shown;

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// An incident in which the person is recorded as causing harm.
    CausedHarm,
    /// An incident in which the person was harmed or present.
    Incident,
    /// Release from prison.
    Release,
    /// Sentence or recall.
    Sentence,
    /// A protective order.
    Order,
}

/// Something that happened, on the lane of a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// On whose lane.
    pub person: PersonId,
    /// When.
    pub at: When,
    /// What it stands for.
    pub kind: MarkKind,
    /// In a few words.
    pub text: String,
}

/// Everything drawn.
pub struct Homes<'a> {
    /// Lanes, from top to bottom, with the names to write.
    pub people: &'a [(PersonId, String)],
    /// Stays of these people (others are left out).
    pub stays: &'a [Stay],
    /// Marks on their lanes.
    pub marks: &'a [Mark],
    /// The day that is now.
    pub today: Date,
}

/// Marks of incidents and of what courts, prison and probation recorded.
#[must_use]
pub fn marks<'a>(
    incidents: impl IntoIterator<Item = &'a Incident>,
    harm: impl IntoIterator<Item = &'a HarmProfile>,
) -> Vec<Mark> {
    let mut found = Vec::new();
    for incident in incidents {
        for part in &incident.involved {
            let caused = part.roles.contains(&Role::CausingHarm);
            if !caused && !part.roles.iter().any(|role| matches!(role, Role::Victim | Role::ChildPresent)) {
                continue;
            }
            let kind = if caused { MarkKind::CausedHarm } else { MarkKind::Incident };
            let text = format!("Incident: {}", incident.offence);
            found.push(Mark { person: part.person.clone(), at: incident.at, kind, text });
        }
    }
    for profile in harm {
        for entry in &profile.justice {
            let kind = match entry.kind {
                EventKind::Release => MarkKind::Release,
                EventKind::Sentence | EventKind::Recall => MarkKind::Sentence,
                EventKind::ProtectiveOrder => MarkKind::Order,
                _ => continue,
            };
            let text = entry.kind.label().to_owned();
            found.push(Mark { person: profile.person.clone(), at: entry.at, kind, text });
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A letter for each home, in the order in which people moved in.
#[must_use]
pub fn letters<'a>(stays: impl IntoIterator<Item = &'a Stay>) -> BTreeMap<HouseholdId, String> {
    let mut first: BTreeMap<&HouseholdId, Option<When>> = BTreeMap::new();
    for stay in stays {
        let known = first.entry(&stay.household).or_insert(stay.from);
        *known = (*known).min(stay.from);
    }
    let mut order: Vec<_> = first.into_iter().collect();
    order.sort_by_key(|(id, from)| (*from, (*id).clone()));
    order.into_iter().enumerate().map(|(at, (id, _))| (id.clone(), letter(at))).collect()
}

fn letter(at: usize) -> String {
    let first = u8::try_from(at % 26).map_or('?', |step| char::from(b'A' + step));
    if at < 26 { first.to_string() } else { format!("{first}{}", at / 26 + 1) }
}

const LEFT: f64 = 190.0;
const WIDTH: f64 = 890.0;
const BAR: f64 = 20.0;
const MARKS: f64 = 22.0;
const YEARS_SHOWN: i16 = 8;

/// Draws the lanes.
#[must_use]
pub fn draw(id: &str, homes: &Homes<'_>) -> Figure {
    let of_lane = |stay: &&Stay| homes.people.iter().any(|(person, _)| person == &stay.person);
    let mut stays: Vec<&Stay> = Vec::new();
    for stay in homes.stays.iter().filter(of_lane) {
        // The same stay may come with the person and with the home.
        if !stays.contains(&stay) {
            stays.push(stay);
        }
    }
    if stays.is_empty() {
        return Figure::nothing(id, "No agency has recorded where these people live or lived.");
    }
    let letters = letters(stays.iter().copied());
    let (from, until) = ends(&stays, homes);
    let scale = Scale::new(from, until, LEFT, WIDTH);
    let mut drawing = Drawing::new(LEFT + WIDTH + 20.0, 0.0);
    let mut top = 34.0;
    let mut lanes = Vec::new();
    for (person, name) in homes.people {
        let own: Vec<&Stay> = stays.iter().copied().filter(|stay| &stay.person == person).collect();
        let rows = stacked(&own, from, until);
        let deep = rows.iter().map(|(_, row)| row + 1).max().unwrap_or(1);
        #[expect(clippy::cast_precision_loss, reason = "a handful of rows")]
        let height = deep as f64 * (BAR + 4.0) + MARKS + 8.0;
        lanes.push((person, name, rows, top, height));
        top += height;
    }
    axis(&mut drawing, &scale, top, until);
    for (person, name, rows, y, height) in &lanes {
        drawing.line((0.0, y + height), (LEFT + WIDTH, y + height)).set("stroke", GUIDE).draw();
        drawing.text(0.0, y + 18.0, 14.0, &cut(name, 24)).set("font-weight", "bold").draw();
        if rows.is_empty() {
            drawing.text(LEFT + 4.0, y + 18.0, 13.0, "No home recorded").draw();
        }
        for (stay, row) in rows {
            #[expect(clippy::cast_precision_loss, reason = "a handful of rows")]
            let bar_y = y + 4.0 + *row as f64 * (BAR + 4.0);
            bar(&mut drawing, &scale, stay, bar_y, &letters, (from, until));
        }
        for mark in homes.marks.iter().filter(|mark| &&mark.person == person) {
            draw_mark(
                &mut drawing,
                mark.kind,
                scale.x(mark.at.first_day()),
                y + height - 16.0,
                &mark_words(mark),
            );
        }
    }
    key(&mut drawing, top + 18.0, &stays, &letters, homes);
    let title = sentence(&stays, &letters, homes);
    let description = "One lane for each person, one bar for each home with its letter. The table below has the same facts.";
    let (head, rows) = twin(&stays, &letters, homes);
    Figure { id: id.to_owned(), svg: drawing.finish(id, &title, description), title, head, rows }
}

fn ends(stays: &[&Stay], homes: &Homes<'_>) -> (Date, Date) {
    let until = homes.today;
    let days = stays.iter().filter_map(|stay| stay.from).chain(homes.marks.iter().map(|mark| mark.at));
    let first = days.map(When::first_day).min().unwrap_or(until);
    let earliest = Date::new(until.year() - YEARS_SHOWN, until.month(), 1).unwrap_or(first);
    let ends = stays.iter().filter_map(|stay| stay.to.or(stay.from)).map(When::last_day);
    let last = ends.max().unwrap_or(until).max(until);
    (first.max(earliest).min(last), last)
}

/// Each stay with the row of its lane in which it overlaps none before it.
fn stacked<'a>(stays: &[&'a Stay], from: Date, until: Date) -> Vec<(&'a Stay, usize)> {
    let span = |stay: &Stay| (stay.from.map_or(from, When::first_day), stay.to.map_or(until, When::last_day));
    let mut order: Vec<&Stay> = stays.to_vec();
    order.sort_by(|a, b| span(a).cmp(&span(b)).then_with(|| a.household.cmp(&b.household)));
    let mut ends: Vec<Date> = Vec::new();
    let mut placed = Vec::new();
    for stay in order {
        let (start, end) = span(stay);
        let row = ends.iter().position(|taken| *taken <= start).unwrap_or(ends.len());
        match ends.get_mut(row) {
            Some(taken) => *taken = end,
            None => ends.push(end),
        }
        placed.push((stay, row));
    }
    placed
}

fn axis(drawing: &mut Drawing, scale: &Scale, bottom: f64, until: Date) {
    for (x, words) in scale.ticks() {
        drawing.line((x, 24.0), (x, bottom)).set("stroke", GUIDE).draw();
        if x < LEFT + WIDTH - 40.0 {
            drawing.text(x + 3.0, 18.0, 12.0, &words).draw();
        }
    }
    let x = scale.x(until);
    drawing.line((x, 24.0), (x, bottom)).set("stroke-width", "2").draw();
    drawing.text(x, 18.0, 12.0, "now").set("text-anchor", "end").set("font-weight", "bold").draw();
}

fn colour_of(letters: &BTreeMap<HouseholdId, String>, home: &HouseholdId) -> &'static str {
    let at =
        letters.get(home).and_then(|letter| letter.bytes().next()).map_or(0, |byte| usize::from(byte - b'A'));
    PALETTE.get(at % PALETTE.len()).copied().unwrap_or(INK)
}

fn bar(
    drawing: &mut Drawing,
    scale: &Scale,
    stay: &Stay,
    y: f64,
    letters: &BTreeMap<HouseholdId, String>,
    (from, until): (Date, Date),
) {
    let (start, end) = (stay.from.map_or(from, When::first_day), stay.to.map_or(until, When::last_day));
    let (x, right) = (scale.x(start), scale.x(end));
    let width = (right - x).max(5.0);
    let name = letters.get(&stay.household).map_or("?", String::as_str);
    let colour = colour_of(letters, &stay.household);
    drawing.open(&format!("Home {name}: {}", stay_words(stay)));
    let weak = shown::is_weak(stay.basis);
    let custody = stay.basis == Basis::Custody;
    let (fill, ink) = match () {
        () if custody => (INK, "#FFFFFF"),
        () if weak => ("#FFFFFF", INK),
        () => (colour, ink_on(colour)),
    };
    let shape =
        drawing.rect(x, y, width, BAR).set("fill", fill).set("stroke", if custody { INK } else { colour });
    let shape = shape.set("stroke-width", "2");
    if weak {
        shape.set("stroke-dasharray", "5 3").draw()
    } else {
        shape.draw()
    }
    let long = "in custody";
    let words = if custody && width > 90.0 { long } else { name };
    if width > 8.0 * words.len() as f64 + 8.0 {
        drawing.text_with(x + 6.0, y + 15.0, 13.0, ink, words).set("font-weight", "bold").draw();
    }
    if stay.from.is_none() || start < from {
        drawing.path(&[(x, y), (x - 7.0, y + BAR / 2.0), (x, y + BAR)], true).set("fill", INK).draw();
    }
    drawing.close();
}

/// Draws a mark with its middle at `x`, `y`. Shapes differ, so that none is told by colour alone.
fn draw_mark(drawing: &mut Drawing, kind: MarkKind, x: f64, y: f64, title: &str) {
    drawing.open(title);
    let triangle = [(x, y - 7.0), (x + 7.0, y + 6.0), (x - 7.0, y + 6.0)];
    match kind {
        MarkKind::CausedHarm => drawing.path(&triangle, true).set("fill", INK).set("stroke", INK).draw(),
        MarkKind::Incident => {
            drawing
                .path(&triangle, true)
                .set("fill", "#FFFFFF")
                .set("stroke", INK)
                .set("stroke-width", "1.5")
                .draw();
        }
        MarkKind::Release => {
            let circle = drawing.shape("circle").at("cx", x).at("cy", y).at("r", 6.0).set("fill", "#FFFFFF");
            circle.set("stroke", INK).set("stroke-width", "2").draw();
        }
        MarkKind::Sentence => drawing.rect(x - 6.0, y - 6.0, 12.0, 12.0).set("fill", INK).draw(),
        MarkKind::Order => {
            let diamond = [(x, y - 8.0), (x + 8.0, y), (x, y + 8.0), (x - 8.0, y)];
            let shape = drawing.path(&diamond, true).set("fill", "#FFFFFF").set("stroke", INK);
            shape.set("stroke-width", "2").draw();
        }
    }
    drawing.close();
}

fn mark_words(mark: &Mark) -> String {
    format!("{}, {}", mark.text, shown::when(mark.at))
}

fn stay_words(stay: &Stay) -> String {
    let from =
        stay.from.map_or("start not known".to_owned(), |from| format!("from {}", shown::when_day(from)));
    let to = stay.to.map_or("no end recorded".to_owned(), |to| format!("to {}", shown::when_day(to)));
    format!("{}, {from}, {to}, {}", shown::place(&stay.place), shown::basis(stay.basis))
}

fn key(
    drawing: &mut Drawing,
    top: f64,
    stays: &[&Stay],
    letters: &BTreeMap<HouseholdId, String>,
    homes: &Homes<'_>,
) {
    drawing.text(0.0, top + 4.0, 13.0, "Key").set("font-weight", "bold").draw();
    let mut y = top + 24.0;
    let mut listed: Vec<_> = letters.iter().collect();
    listed.sort_by(|a, b| (a.1.len(), a.1).cmp(&(b.1.len(), b.1)));
    for (at, (home, name)) in listed.iter().enumerate() {
        let x = if at % 2 == 0 { 0.0 } else { 550.0 };
        let custody = stays.iter().any(|stay| &&stay.household == home && stay.basis == Basis::Custody);
        let colour = if custody { INK } else { colour_of(letters, home) };
        drawing.rect(x, y - 12.0, 22.0, 16.0).set("fill", colour).draw();
        drawing
            .text_with(x + 5.0, y, 12.0, if custody { "#FFFFFF" } else { ink_on(colour) }, name)
            .set("font-weight", "bold")
            .draw();
        let place = stays.iter().find(|stay| &&stay.household == home).map(|stay| shown::place(&stay.place));
        let place = format!("{}{}", place.unwrap_or_default(), if custody { " (in custody)" } else { "" });
        drawing.text(x + 30.0, y, 12.0, &cut(&place, 72)).draw();
        if at % 2 == 1 || at + 1 == listed.len() {
            y += 22.0;
        }
    }
    let mut x = 0.0;
    y += 4.0;
    if stays.iter().any(|stay| shown::is_weak(stay.basis)) {
        let shape = drawing.rect(x, y - 12.0, 22.0, 16.0).set("fill", "#FFFFFF").set("stroke", INK);
        shape.set("stroke-dasharray", "5 3").draw();
        drawing.text(x + 30.0, y, 12.0, "on somebody’s word only").draw();
        x += 185.0;
    }
    let kinds = [
        (MarkKind::CausedHarm, "incident, causing harm", 165.0),
        (MarkKind::Incident, "incident, harmed or present", 195.0),
        (MarkKind::Release, "release", 75.0),
        (MarkKind::Sentence, "sentence or recall", 130.0),
        (MarkKind::Order, "protective order", 120.0),
    ];
    for (kind, words, room) in kinds {
        let drawn =
            |mark: &Mark| mark.kind == kind && homes.people.iter().any(|(person, _)| person == &mark.person);
        if homes.marks.iter().any(drawn) {
            draw_mark(drawing, kind, x + 8.0, y - 4.0, words);
            drawing.text(x + 22.0, y, 12.0, words).draw();
            x += room + 22.0;
        }
    }
    drawing.grow(0.0, y + 14.0);
}

fn sentence(stays: &[&Stay], letters: &BTreeMap<HouseholdId, String>, homes: &Homes<'_>) -> String {
    let people = shown::count(homes.people.len(), "person", "people");
    let places = shown::count(letters.len(), "home", "homes");
    let first = stays.iter().filter_map(|stay| stay.from).min();
    let since = first.map_or(String::new(), |first| format!(" since {}", shown::when_day(first)));
    format!("Where {people} lived{since}: {places}, with what happened there.")
}

fn twin(
    stays: &[&Stay],
    letters: &BTreeMap<HouseholdId, String>,
    homes: &Homes<'_>,
) -> (Vec<String>, Vec<Vec<String>>) {
    let head = ["Who", "Home or event", "From", "To", "On what ground"].map(ToOwned::to_owned).to_vec();
    let mut rows = Vec::new();
    for (person, name) in homes.people {
        let mut own: Vec<_> = stays.iter().filter(|stay| &stay.person == person).collect();
        own.sort_by_key(|stay| (stay.from, stay.household.clone()));
        for stay in own {
            let letter = letters.get(&stay.household).map_or("?", String::as_str);
            let agencies: Vec<_> = stay.sources.iter().map(|source| shown::agency(&source.agency)).collect();
            let mut agencies: Vec<_> =
                agencies.into_iter().collect::<std::collections::BTreeSet<_>>().into_iter().collect();
            agencies.truncate(3);
            rows.push(vec![
                name.clone(),
                format!("Home {letter}: {}", shown::place(&stay.place)),
                stay.from.map_or("not known".to_owned(), shown::when_day),
                stay.to.map_or("no end recorded".to_owned(), shown::when_day),
                [shown::basis(stay.basis).to_owned(), agencies.join(", ")].join(" – "),
            ]);
        }
        for mark in homes.marks.iter().filter(|mark| &mark.person == person) {
            let part = if mark.kind == MarkKind::CausedHarm { "recorded as causing harm" } else { "" };
            rows.push(vec![
                name.clone(),
                mark.text.clone(),
                shown::when(mark.at),
                String::new(),
                part.to_owned(),
            ]);
        }
    }
    (head, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use throughline_domain::record::{Address, Place};

    const TODAY: Date = Date::constant(2026, 11, 2);

    fn stay(person: &str, home: &str, from: Option<&str>, to: Option<&str>, basis: Basis) -> Stay {
        let address = Address { lines: format!("{home} Street"), ..Address::default() };
        Stay {
            person: person.into(),
            household: home.into(),
            place: Place::Known(address),
            from: from.map(|at| at.parse().unwrap()),
            to: to.map(|at| at.parse().unwrap()),
            basis,
            sources: Vec::new(),
        }
    }

    fn drawn(stays: &[Stay], marks: &[Mark]) -> Figure {
        let people = [("p".into(), "Pat Poe".to_owned()), ("q".into(), "Quin Poe".to_owned())];
        draw("h", &Homes { people: &people, stays, marks, today: TODAY })
    }

    #[test]
    fn letters_follow_the_order_of_moving_in() {
        let stays = [
            stay("p", "z", Some("2020"), None, Basis::Tenancy),
            stay("p", "a", Some("2022-03"), None, Basis::Tenancy),
            stay("q", "z", Some("2021"), None, Basis::Tenancy),
        ];
        let letters = letters(&stays);
        assert_eq!((letters[&"z".into()].as_str(), letters[&"a".into()].as_str()), ("A", "B"));
        assert_eq!((letter(25).as_str(), letter(26).as_str()), ("Z", "A2"));
    }

    #[test]
    fn an_open_end_and_a_weak_ground_are_said() {
        let stays = [stay("p", "a", None, None, Basis::SaidToLiveThere)];
        let figure = drawn(&stays, &[]);
        assert_eq!(figure.rows[0][2..4], ["not known", "no end recorded"]);
        assert!(figure.rows[0][4].starts_with("said by somebody to live there"));
        assert!(
            figure.svg.contains("stroke-dasharray=\"5 3\"") && figure.svg.contains("on somebody’s word only")
        );
        assert!(figure.svg.contains("No home recorded"), "Quin has none");
    }

    #[test]
    fn stays_at_the_same_time_do_not_hide_each_other() {
        let stays = [
            stay("p", "a", Some("2020"), Some("2023"), Basis::Tenancy),
            stay("p", "b", Some("2021"), Some("2022"), Basis::Approved),
            stay("p", "c", Some("2024"), None, Basis::Tenancy),
        ];
        let refs: Vec<&Stay> = stays.iter().collect();
        let rows: Vec<usize> =
            stacked(&refs, Date::constant(2020, 1, 1), TODAY).iter().map(|(_, row)| *row).collect();
        assert_eq!(rows, [0, 1, 0]);
    }

    #[test]
    fn a_stay_given_twice_is_drawn_once() {
        let one = stay("p", "a", Some("2020"), None, Basis::Tenancy);
        assert_eq!(drawn(&[one.clone(), one], &[]).rows.len(), 1);
    }

    #[test]
    fn no_home_is_a_sentence() {
        let figure = drawn(&[], &[]);
        assert!(figure.svg.is_empty());
        assert_eq!(figure.title, "No agency has recorded where these people live or lived.");
    }

    proptest! {
        #[test]
        fn any_times_can_be_drawn(times in prop::collection::vec((1950_i16..2060, prop::option::of(1950_i16..2060)), 1..12)) {
            let stays: Vec<Stay> = times
                .iter()
                .enumerate()
                .map(|(at, (from, to))| {
                    let to = to.map(|year| year.to_string());
                    stay("p", &format!("h{at}"), Some(&from.to_string()), to.as_deref(), Basis::Registered)
                })
                .collect();
            let figure = drawn(&stays, &[]);
            prop_assert_eq!(figure.rows.len(), stays.len());
            prop_assert!(!figure.svg.contains("NaN") && !figure.svg.contains("\"-"), "{}", figure.svg);
        }
    }
}
