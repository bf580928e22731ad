//! What police record: a row for each report, a row for each person's part in it.

use jiff::civil::{Date, DateTime};

use crate::build::Maker;
use crate::calendar::{clock, later, slashes};
use crate::case::{Act, Case, Hx, Moment, Sight};
use crate::export::{Exports, Fault, FileId, Row};
use crate::names::{HURRIED, plain, written};
use crate::narrative;
use crate::people::{Person, Px};
use crate::script::{Course, Sign};
use crate::writing::{child_word, children_at, phone, pnc, relationship};

/// Writes the reported acts and what else the same people were stopped for.
pub(crate) fn write(case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
    for number in 0..case.acts.len() {
        let Some(act) = case.acts.get(number).cloned() else { continue };
        let Some(reported) = act.reported else { continue };
        let reference = make.numbers.incident(&make.words.places.force, reported.date());
        if let Some(stored) = case.acts.get_mut(number) {
            stored.reference.clone_from(&reference);
        }
        let updated = later(reported, make.dice.between(60, 14_000));
        let story = narrative::tell(case, &act, make.words, make.dice);
        let row = incident(case, &act, &story.text, (reported, updated), &reference, make);
        out.push(FileId::Incidents, row);
        for moment in story.shows {
            let moment = match moment {
                Moment::Act(_, flag) => Moment::Act(number, flag),
                other => other,
            };
            case.see(moment, reported.date(), FileId::Incidents, &reference);
        }
        involved(case, &act, (reported, updated), &reference, make, out);
    }
    unrelated(case, make, out);
}

fn incident(
    case: &Case,
    act: &Act,
    text: &str,
    (reported, updated): (DateTime, DateTime),
    reference: &str,
    make: &mut Maker<'_>,
) -> Row {
    let dice = &mut *make.dice;
    let grade = match act.offence.level {
        0 => dice.of(&["Standard", "Standard", "STANDARD", ""]),
        1 => dice.of(&["Standard", "Standard", "Medium", "MEDIUM", ""]),
        2 => dice.of(&["Medium", "Medium", "High", "Standard"]),
        _ => dice.of(&["High", "High", "HIGH", "Medium"]),
    };
    let flag = match dice.below(100) {
        0..=2 => "N",
        3 => "",
        _ => "Y",
    };
    let outcome = match (act.offence.level, act.charged) {
        (_, true) => dice.of(&["1 - Charge/Summons", "1 - CHARGED/SUMMONSED"]),
        (0, _) => dice.of(&["NON CRIME - FILED", "Filed - no offences", "NFA"]),
        _ => dice.of(&[
            "16 - EVIDENTIAL DIFFICULTIES VICTIM BASED",
            "16 - Victim does not support",
            "15 - Evid diff, victim supports",
            "8 - COMMUNITY RESOLUTION",
            "3 - CAUTION ADULT",
            "NFA",
            "UNDER INVESTIGATION",
        ]),
    };
    let code = if dice.chance(3) { act.recorded.code.replace('/', "") } else { act.recorded.code.clone() };
    let to = if dice.chance(30) { stamp(later(act.at, dice.between(5, 90))) } else { String::new() };
    let place = &case.home(act.home).address;
    let cells = vec![
        reference.to_owned(),
        stamp(reported),
        stamp(act.at),
        to,
        code,
        act.recorded.name.clone(),
        flag.to_owned(),
        grade.to_owned(),
        place.line(),
        place.typed_postcode(dice),
        beat(place.town.as_str(), dice.between(1, 12)),
        text.to_owned(),
        outcome.to_owned(),
        stamp(updated),
    ];
    Row::cells(reported, reference.to_owned(), cells).stamped(updated)
}

fn stamp(when: DateTime) -> String {
    format!("{} {}", slashes(when.date()), clock(when))
}

fn beat(town: &str, number: i64) -> String {
    let letter = town.chars().next().unwrap_or('X');
    format!("{letter}{number:02}")
}

fn involved(
    case: &mut Case,
    act: &Act,
    (reported, updated): (DateTime, DateTime),
    reference: &str,
    make: &mut Maker<'_>,
    out: &mut Exports,
) {
    let on = reported.date();
    let harm = case.harm;
    let entry = |case: &mut Case,
                 who: Px,
                 role: &'static str,
                 words: String,
                 make: &mut Maker<'_>,
                 out: &mut Exports| {
        let part = Part { who, role, words, check: "", reported, updated };
        person_row(case, part, reference, make, out)
    };
    let words = relationship(case, act.family, true, on, make.dice);
    let key = entry(case, harm, "SUS", words.clone(), make, out);
    at_new_home(case, on, &key);
    let back = relationship(case, act.family, false, on, make.dice);
    entry(case, act.victim, "VIC", back.clone(), make, out);
    if act.counter {
        entry(case, harm, "VIC", words, make, out);
        entry(case, act.victim, "SUS", back, make, out);
    }
    for child in children_at(case, act.family, on) {
        let present = act.present.contains(&child);
        if !make.dice.chance(if present { 74 } else { 42 }) {
            continue;
        }
        let role = if present { "CHP" } else { "CHH" };
        let check = check(case.person(child), present, make);
        let words = child_word(case, child, act.victim);
        let words = if make.dice.chance(30) { words.to_uppercase() } else { words.to_owned() };
        let part = Part { who: child, role, words, check, reported, updated };
        let key = person_row(case, part, reference, make, out);
        let (seen, alone, spoken) = match check {
            "S1" => (true, true, true),
            "S2" => (true, false, true),
            "S3" => (true, false, false),
            "N" => (false, false, false),
            _ => continue,
        };
        case.sights.push(Sight { child, date: on, file: FileId::Involvements, key, seen, alone, spoken });
    }
    let witness = case.residents(act.home, on).into_iter().find(|who| {
        let roles = &case.person(*who).roles;
        roles.contains(&"other") && *who != harm
    });
    if let Some(witness) = witness.filter(|_| make.dice.chance(25)) {
        entry(case, witness, "WIT", "mother".to_owned(), make, out);
    }
}

fn check(child: &Person, present: bool, make: &mut Maker<'_>) -> &'static str {
    let roll = make.dice.below(100);
    match (child.overlooked, present, roll) {
        (_, _, 0..=17) => "",
        (false, true, 18..=40) => "S1",
        (false, true, 41..=65) => "S2",
        (_, true, 66..=88) => "S3",
        (true, true, 18..=65) => "S3",
        _ => "N",
    }
}

/// His address, as given to police, is that of a next family.
fn at_new_home(case: &mut Case, on: Date, key: &str) {
    let Some(home) = case.address_on(case.harm, on) else { return };
    let family = case.families.iter().position(|f| f.after.is_some() && f.home == home);
    if let Some(family) = family {
        case.shown.push((family, Sign::PoliceAddress, on, FileId::Involvements, key.to_owned()));
    }
}

struct Part {
    who: Px,
    role: &'static str,
    words: String,
    check: &'static str,
    reported: DateTime,
    updated: DateTime,
}

fn person_row(
    case: &mut Case,
    part: Part,
    reference: &str,
    make: &mut Maker<'_>,
    out: &mut Exports,
) -> String {
    let on = part.reported.date();
    let home = address(case, part.who, on, make);
    let p = case.person(part.who).clone();
    let dice = &mut *make.dice;
    let mut faults = Vec::new();
    let name = written(&p, HURRIED, on, dice, &mut faults);
    let child = matches!(part.role, "CHP" | "CHH");
    let full = match dice.below(1000) {
        0..=14 if child => {
            faults.push(Fault::keying("name_unknown", "UNKNOWN"));
            format!("{}, UNKNOWN", name.surname.to_uppercase())
        }
        15..=24 if child && p.age(on) < 2 => {
            faults.push(Fault::keying("name_baby", "BABY"));
            format!("{}, BABY", name.surname.to_uppercase())
        }
        _ if name.middle.is_empty() => format!("{}, {}", name.surname.to_uppercase(), name.forename),
        _ => format!("{}, {} {}", name.surname.to_uppercase(), name.forename, name.middle),
    };
    let nominal = p.nominals.get(usize::from(p.nominals.len() > 1 && dice.chance(40))).copied().unwrap_or(0);
    let nominal = format!("N{nominal:07}");
    let key = format!("{reference}|{nominal}|{}", part.role);
    let (line, postcode) = home.map_or((String::new(), String::new()), |home| {
        let place = case.home(home).address.clone();
        (place.typed(dice), place.typed_postcode(dice))
    });
    let sex = if dice.per_mille(20) { dice.of(&["U", ""]) } else { p.sex.letter() };
    let number =
        if part.role == "SUS" && dice.chance(75) { pnc(&p, dice, &mut faults) } else { String::new() };
    let cells = vec![
        reference.to_owned(),
        nominal,
        part.role.to_owned(),
        full,
        name.born.text(slashes, true),
        sex.to_owned(),
        line,
        postcode,
        if dice.chance(60) { phone(&p, dice) } else { String::new() },
        number,
        part.words,
        part.check.to_owned(),
        stamp(part.updated),
    ];
    let row = Row::cells(part.reported, key.clone(), cells).about(p.id).stamped(part.updated).with(faults);
    out.push(FileId::Involvements, row);
    key
}

/// The address police are given. One that must be kept is rarely in their rows, but it happens.
fn address(case: &Case, who: Px, on: Date, make: &mut Maker<'_>) -> Option<Hx> {
    let home = case.address_on(who, on)?;
    let hidden = case.home(home).kept && !make.dice.chance(12);
    let missing = make.dice.chance(4);
    (!hidden && !missing).then_some(home)
}

/// Incidents that are not domestic abuse: the same people, and strangers.
fn unrelated(case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
    let mut who: Vec<Px> = Vec::new();
    let few = case.families.iter().any(|f| f.course == Course::Control);
    if make.dice.chance(28) && !few && case.person(case.harm).age(make.window.until) >= 18 {
        who.push(case.harm);
    }
    for (adult, _, _) in &case.background {
        if make.dice.chance(18) {
            who.push(*adult);
        }
    }
    for person in who {
        let length = crate::calendar::days(make.window.from, make.window.until);
        let on = crate::calendar::plus(make.window.from, make.dice.between(3, length - 3));
        if person == case.harm && case.in_custody(on) {
            continue;
        }
        let Some(offence) = make.dice.pick(&make.words.offences.other) else { continue };
        let (code, name) = (offence.code.clone(), offence.name.clone());
        let when = crate::calendar::at(on, make.dice.between(600, 1380));
        let reported = later(when, make.dice.between(5, 60));
        let updated = later(reported, make.dice.between(60, 9000));
        let reference = make.numbers.incident(&make.words.places.force, reported.date());
        let frame = make.dice.word(make.words.narratives.list(&offence.frames)).to_owned();
        let text = crate::words::fill(&frame, &[("S", "Suspect"), ("s_he", "they")]);
        let place = crate::places::address(make.words, false, make.dice);
        let cells = vec![
            reference.clone(),
            stamp(reported),
            stamp(when),
            String::new(),
            code,
            name,
            "N".to_owned(),
            String::new(),
            place.line(),
            place.postcode.clone(),
            beat(&place.town, make.dice.between(1, 12)),
            text,
            make.dice.of(&["NFA", "3 - CAUTION ADULT", "1 - Charge/Summons"]).to_owned(),
            stamp(updated),
        ];
        let row = Row::cells(reported, reference.clone(), cells).stamped(updated);
        out.push(FileId::Incidents, Row { expendable: true, ..row });
        let part = Part { who: person, role: "SUS", words: String::new(), check: "", reported, updated };
        let key = person_row(case, part, &reference, make, out);
        if person == case.harm {
            at_new_home(case, on, &key);
        }
    }
}

/// A name in a narrative, where accents are long lost.
pub(crate) fn in_narrative(p: &Person, formal: bool) -> String {
    if formal { format!("{} {}", p.forename, plain(&p.surname).to_uppercase()) } else { p.forename.clone() }
}
