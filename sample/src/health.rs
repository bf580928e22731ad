//! What health services record: patients, maternity, health visiting, general practice, emergency department.

use jiff::civil::{Date, DateTime};

use crate::build::Maker;
use crate::calendar::{at, iso_offset, later, plus, slashes, working};
use crate::case::{Case, Hx, Moment, Sight, Tenure};
use crate::export::{Exports, Fault, FileId, Row};
use crate::fhir::{self, Contact};
use crate::names::{CHECKED, OFFICE, written};
use crate::people::{Px, Sex};
use crate::script::{Kind, Sign};
use crate::writing::{choose, nhs, note, phone};

/// Writes everything health services know of a case.
pub(crate) fn write(case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
    patients(case, make, out);
    for family in 0..case.families.len() {
        pregnancies(case, family, make, out);
        practice(case, family, make, out);
        emergencies(case, family, make, out);
    }
}

fn patients(case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
    let everyone: Vec<Px> = case.people().map(|(px, _)| px).collect();
    for who in everyone {
        let p = case.person(who);
        if p.unborn {
            continue;
        }
        let per_cent = match () {
            () if who == case.harm && told_of_next(case, plus(make.window.from, -60)).is_some() => 100,
            () if case.families.iter().any(|f| f.victim == who && f.indicators.len() > 2) => 100,
            () if who == case.harm => 60,
            () if p.born >= make.window.from => 100,
            () if p.roles.contains(&"victim") || p.roles.contains(&"next_partner") => 94,
            () if p.roles.contains(&"child") => 62,
            () => 45,
        };
        let expecting =
            case.people().any(|(_, child)| child.mother == Some(who) && child.born >= make.window.from);
        if !expecting && !make.dice.chance(per_cent) {
            continue;
        }
        let ids = 1 + usize::from(make.dice.chance(3));
        for _ in 0..ids {
            let id = make.dice.uuid();
            case.person_mut(who).patients.push(id.clone());
            patient(case, who, &id, make, out);
        }
    }
}

/// A patient, and a later version of the record after a move.
fn patient(case: &mut Case, who: Px, id: &str, make: &mut Maker<'_>, out: &mut Exports) {
    let born = case.person(who).born;
    let start = plus(make.window.from, -40).max(plus(born, 1));
    let length = crate::calendar::days(start, make.window.until).max(1);
    let first = plus(start, make.dice.between(0, length / 3));
    version(case, who, id, 1, (first, None), make, out);
    if who == case.harm {
        if let Some((family, home, on)) = told_of_next(case, first) {
            version(case, who, id, 2, (on, Some(home)), make, out);
            let key = format!("Patient/{id}");
            case.shown.push((family, Sign::Health, on, FileId::Bundle, key));
        }
        return;
    }
    let moved = case.stays.iter().filter(|s| s.who == who && s.role != "visiting_child" && s.from > first);
    let moved: Vec<(Date, Hx)> =
        moved.filter(|s| case.home(s.home).tenure != Tenure::Refuge).map(|s| (s.from, s.home)).collect();
    if let Some((from, home)) = moved.last().copied().filter(|_| make.dice.chance(55)) {
        let on = plus(from, make.dice.between(2, 60));
        if on <= make.window.until {
            version(case, who, id, 2, (on, Some(home)), make, out);
            case.see(Moment::Move(home), on, FileId::Bundle, &format!("Patient/{id}"));
        }
    }
}

fn told_of_next(case: &Case, after: Date) -> Option<(usize, Hx, Date)> {
    case.families.iter().enumerate().find_map(|(at, f)| {
        let (_, on) = f.signs.iter().find(|(sign, on)| *sign == Sign::Health && *on > after)?;
        Some((at, f.home, *on))
    })
}

fn version(
    case: &Case,
    who: Px,
    id: &str,
    number: u32,
    (on, home): (Date, Option<Hx>),
    make: &mut Maker<'_>,
    out: &mut Exports,
) {
    let p = case.person(who);
    let dice = &mut *make.dice;
    let mut faults = Vec::new();
    let name = written(p, CHECKED, on, dice, &mut faults);
    let home = home.or_else(|| case.address_on(who, on));
    let kept = home.is_some_and(|home| case.home(home).kept);
    let stamp = at(on, dice.between(500, 1080));
    let text = fhir::patient(&fhir::PatientParts {
        id,
        version: number,
        updated: &iso_offset(stamp),
        restricted: kept && dice.chance(75),
        nhs: &nhs(p, 8, dice, &mut faults),
        record: &format!("W{:07}", make.numbers.row()),
        surname: &name.surname,
        given: &[&name.forename, &name.middle],
        nickname: p.known_as.as_deref().filter(|_| dice.chance(40)),
        former: p.former.first().map(String::as_str),
        phone: &phone(p, dice),
        female: p.sex == Sex::Female,
        born: &name.born.text(|day| day.to_string(), false),
        address: home.map(|home| &case.home(home).address),
        postcode: &home.map(|home| case.home(home).address.typed_postcode(dice)).unwrap_or_default(),
        practice: dice.word(&make.words.places.practices),
    });
    if number > 1 {
        let normal = Fault::keying("new_version", "later meta.lastUpdated, moved house");
        faults.push(Fault { expected: "supersedes", origin: "normal", ..normal });
    }
    let row = Row::text(stamp, format!("Patient/{id}"), text).about(p.id).stamped(stamp).with(faults);
    out.push(FileId::Bundle, row);
}

fn pregnancies(case: &mut Case, family: usize, make: &mut Maker<'_>, out: &mut Exports) {
    let Some(f) = case.family(family).cloned() else { return };
    for (child, _) in &f.children {
        let p = case.person(*child).clone();
        let Some(mother) = p.mother.filter(|mother| *mother == f.victim) else { continue };
        let twin_done = p.twin.is_some_and(|twin| twin < *child);
        let booked = working(plus(p.born, -200));
        if booked < make.window.from || booked > make.window.until || twin_done {
            infancy(case, *child, make, out);
            continue;
        }
        let Some(patient) = case.person(mother).patients.first().cloned() else { continue };
        let when = at(booked, make.dice.between(540, 1000));
        let booking =
            contact(when, "AMB", "Antenatal booking", "", None, &make.words.places.maternity.clone());
        let key = encounter(case, mother, &booking, make, out);
        enquiry(case, family, &key, when, make, out);
        condition(case, *child, &patient, (&key, when), make, out);
        let known = case.person(case.harm).sex == Sex::Male || make.dice.chance(60);
        let together = f.apart.is_none_or(|apart| apart > booked) && f.from < booked;
        let signed = f.after.is_none() || f.signs.iter().any(|(sign, _)| *sign == Sign::Midwifery);
        if known && together && signed && f.kind == Kind::Partners && make.dice.chance(85) {
            let key = partner(case, family, &patient, when, make, out);
            if f.after.is_some() {
                case.shown.push((family, Sign::Midwifery, booked, FileId::Bundle, key));
            }
        }
        for (weeks, name) in
            [(24, "Antenatal 16 weeks"), (12, "Antenatal 28 weeks"), (6, "Antenatal 34 weeks")]
        {
            let on = working(plus(p.born, -weeks * 7));
            if on > booked && on <= make.window.until && make.dice.chance(85) {
                let when = at(on, make.dice.between(540, 1000));
                let visit = contact(when, "AMB", name, "", None, &make.words.places.maternity.clone());
                let key = encounter(case, mother, &visit, make, out);
                if weeks == 12 {
                    enquiry(case, family, &key, when, make, out);
                }
            }
        }
        if !p.unborn {
            let birth = at(p.born, make.dice.between(0, 1300));
            let mut delivery = contact(
                birth,
                "IMP",
                "Delivery",
                "Delivery of live infant",
                None,
                &make.words.places.maternity.clone(),
            );
            delivery.minutes = 300;
            let key = encounter(case, mother, &delivery, make, out);
            case.see(Moment::Birth(*child), p.born, FileId::Bundle, &key);
            infancy(case, *child, make, out);
        }
    }
}

fn condition(
    case: &mut Case,
    child: Px,
    patient: &str,
    (encounter, when): (&str, DateTime),
    make: &mut Maker<'_>,
    out: &mut Exports,
) {
    let p = case.person(child);
    let (id, unborn, born) = (p.id, p.unborn, p.born);
    let due = if unborn { born } else { plus(born, make.dice.between(-9, 12)) };
    let key = format!("Condition/{}", make.dice.uuid());
    let text = fhir::pregnancy(
        key.trim_start_matches("Condition/"),
        (patient, encounter),
        &iso_offset(when),
        plus(born, -280),
        &format!("EDD {}", slashes(due)),
        (!unborn).then_some(born),
    );
    let mut row = Row::text(when, key.clone(), text).stamped(when);
    if unborn {
        row = row.about_part("unborn", id);
    }
    out.push(FileId::Bundle, row);
    case.see(Moment::Pregnancy(child), when.date(), FileId::Bundle, &key);
}

/// The partner as named to maternity.
fn partner(
    case: &Case,
    family: usize,
    patient: &str,
    when: DateTime,
    make: &mut Maker<'_>,
    out: &mut Exports,
) -> String {
    let p = case.person(case.harm);
    let dice = &mut *make.dice;
    let mut faults = Vec::new();
    let name = written(p, OFFICE, when.date(), dice, &mut faults);
    faults.clear();
    let married = case.family(family).is_some_and(|f| f.married);
    let words = match (married, p.sex) {
        (true, Sex::Male) => dice.of(&["husband", "partner"]),
        (true, Sex::Female) => dice.of(&["wife", "partner"]),
        (false, Sex::Male) => dice.of(&["partner", "father of baby", "FOB", "Partner"]),
        (false, Sex::Female) => dice.of(&["partner", "Partner"]),
    };
    let born = if dice.chance(55) { p.born.to_string() } else { String::new() };
    let number = if dice.chance(60) { phone(p, dice) } else { String::new() };
    let key = format!("RelatedPerson/{}", dice.uuid());
    let text = fhir::related(
        &key,
        patient,
        &iso_offset(when),
        words,
        (&name.forename, &name.surname),
        p.sex == Sex::Female,
        (&number, &born),
    );
    out.push(FileId::Bundle, Row::text(when, key.clone(), text).about(p.id).stamped(when).with(faults));
    key
}

/// Health visitor contacts of a small child.
fn infancy(case: &mut Case, child: Px, make: &mut Maker<'_>, out: &mut Exports) {
    let p = case.person(child).clone();
    if p.patients.is_empty() {
        return;
    }
    for (days, name) in
        [(12, "Health visitor new birth visit"), (47, "6-8 week review"), (365, "One year review")]
    {
        let on = working(plus(p.born, days + make.dice.between(0, 6)));
        if on < make.window.from || on > make.window.until || !make.dice.chance(82) {
            continue;
        }
        let missed = make.dice.chance(14);
        let list = if missed { "infant_missed" } else { "infant" };
        let text = remark(case, child, list, on, make);
        let when = at(on, make.dice.between(560, 960));
        let visit = contact(when, "HH", name, name, Some(text), &make.words.places.health_visiting.clone());
        let key = encounter(case, child, &visit, make, out);
        let date = on;
        case.sights.push(Sight {
            child,
            date,
            file: FileId::Bundle,
            key,
            seen: !missed,
            alone: false,
            spoken: false,
        });
    }
}

/// A note in which pronouns are those of the adults of the person's family.
fn remark(case: &Case, about: Px, list: &str, on: Date, make: &mut Maker<'_>) -> String {
    let belongs =
        |f: &crate::case::Family| f.victim == about || f.children.iter().any(|(child, _)| *child == about);
    let family = case.families.iter().position(belongs).unwrap_or(0);
    let victim = case.family(family).map_or(about, |f| f.victim);
    let disclosed = matches!(list, "emergency_disclosed" | "control" | "control_pregnancy");
    let absent = case.absent(family, on) && !disclosed;
    let frame = choose(make.words.note("health", list), absent, make.dice);
    note(frame, None, case.person(victim), case.person(case.harm), 0)
}

/// Ordinary appointments, signs of control seen there, routine questions.
fn practice(case: &mut Case, family: usize, make: &mut Maker<'_>, out: &mut Exports) {
    let Some(f) = case.family(family).cloned() else { return };
    if case.person(f.victim).patients.is_empty() {
        return;
    }
    let begin = f.moved_in.unwrap_or(make.window.from).max(make.window.from);
    let length = crate::calendar::days(begin, make.window.until);
    for _ in 0..make.dice.between(0, 4) {
        let when =
            at(working(plus(begin, make.dice.between(0, (length - 3).max(0)))), make.dice.between(510, 1060));
        let clinic = make.dice.chance(18);
        let (kind, list) =
            if clinic { ("Sexual health clinic", "other_visit") } else { ("GP consultation", "general") };
        let text = remark(case, f.victim, list, when.date(), make);
        let place = if clinic {
            make.words.places.sexual_health.clone()
        } else {
            make.dice.word(&make.words.places.practices).to_owned()
        };
        let key = encounter(case, f.victim, &contact(when, "AMB", kind, "", Some(text), &place), make, out);
        if make.dice.chance(30) {
            enquiry(case, family, &key, when, make, out);
        }
    }
    for (number, day) in f.indicators.iter().enumerate() {
        if number % 2 == 1 || *day > make.window.until || case.absent(family, *day) {
            continue;
        }
        let when = at(working(*day).min(make.window.until), make.dice.between(510, 1060));
        let female = case.person(f.victim).sex == Sex::Female && case.person(f.victim).age(*day) < 45;
        let list = if female && make.dice.chance(15) { "control_pregnancy" } else { "control" };
        let text = remark(case, f.victim, list, *day, make);
        let kind = make.dice.of(&["GP consultation", "GP consultation", "Practice nurse"]);
        let place = make.dice.word(&make.words.places.practices).to_owned();
        let key = encounter(case, f.victim, &contact(when, "AMB", kind, "", Some(text), &place), make, out);
        if make.dice.chance(40) {
            enquiry(case, family, &key, when, make, out);
        }
    }
}

fn emergencies(case: &mut Case, family: usize, make: &mut Maker<'_>, out: &mut Exports) {
    for act in case.acts.clone() {
        if act.family != family || act.offence.level < 2 || !make.dice.chance(42) {
            continue;
        }
        if case.person(act.victim).patients.is_empty() {
            continue;
        }
        let disclosed = act.reported.is_some() && make.dice.chance(60);
        let reason = remark(
            case,
            act.victim,
            if disclosed { "emergency_disclosed" } else { "emergency" },
            act.at.date(),
            make,
        );
        let when = later(act.at, make.dice.between(60, 700));
        if when.date() > make.window.until {
            continue;
        }
        let text = remark(case, act.victim, "emergency_note", act.at.date(), make);
        let place = make.words.places.hospital.clone();
        let visit = contact(when, "EMER", "Emergency department attendance", &reason, Some(text), &place);
        let key = encounter(case, act.victim, &visit, make, out);
        if make.dice.chance(55) {
            enquiry(case, family, &key, when, make, out);
        }
    }
}

fn contact(
    when: DateTime,
    class: &'static str,
    kind: &str,
    reason: &str,
    text: Option<String>,
    place: &str,
) -> Contact {
    Contact {
        when,
        minutes: 40,
        class,
        kind: kind.to_owned(),
        reason: reason.to_owned(),
        text,
        place: place.to_owned(),
    }
}

fn encounter(case: &Case, who: Px, contact: &Contact, make: &mut Maker<'_>, out: &mut Exports) -> String {
    let id = make.dice.uuid();
    let patient = case.person(who).patients.first().cloned().unwrap_or_default();
    let text = fhir::encounter(&id, &patient, contact);
    let key = format!("Encounter/{id}");
    let mut row = Row::text(contact.when, key.clone(), text).stamped(contact.when);
    row.expendable = false;
    out.push(FileId::Bundle, row);
    key
}

/// Whether somebody was asked, and what she or he said.
fn enquiry(
    case: &Case,
    family: usize,
    encounter: &str,
    when: DateTime,
    make: &mut Maker<'_>,
    out: &mut Exports,
) {
    let Some(f) = case.family(family) else { return };
    let (victim, harm) = (case.person(f.victim), case.person(case.harm));
    let Some(patient) = victim.patients.first() else { return };
    let dice = &mut *make.dice;
    let key = format!("QuestionnaireResponse/{}", dice.uuid());
    let asked = dice.chance(62);
    let begun = case.acts.iter().any(|act| act.family == family && act.at < when);
    let disclosed = asked && begun && dice.chance(32);
    let mut answers = vec![("re1", fhir::choice(if asked { "asked" } else { "not-asked" }))];
    if asked {
        answers.push(("re3", disclosed.to_string()));
    } else {
        answers.push((
            "re2",
            fhir::quoted(choose(
                make.words.note("health", "not_asked"),
                case.absent(family, when.date()),
                dice,
            )),
        ));
    }
    if disclosed {
        let parted = case.parted(family, when.date());
        let word = match (f.kind, parted) {
            (Kind::Partners, true) => "former partner",
            (Kind::Partners, false) => "partner",
            (Kind::Siblings, _) => "sibling",
            (Kind::Relative, _) => "relative",
            _ => "child",
        };
        answers.push(("re4", fhir::quoted(&format!("{word} - {}", harm.called()))));
        let frame = dice.word(make.words.note("health", "disclosed_action"));
        answers.push(("re5", fhir::quoted(&note(frame, None, victim, harm, 0))));
    }
    let author = format!(
        "{} {}",
        dice.word(make.words.note("social_care", "worker_first")),
        dice.word(make.words.note("social_care", "worker_last"))
    );
    let text = fhir::enquiry(&key, patient, encounter, &iso_offset(when), &author, &answers);
    out.push(FileId::Bundle, Row::text(when, key, text).stamped(when));
}
