//! What social landlords record: tenancies with the household they were told of, and contacts.

use jiff::civil::Date;

use crate::build::Maker;
use crate::calendar::{at, clock, plus, worded_short, working};
use crate::case::{Case, Hx, Moment, Stay};
use crate::export::{Exports, FileId, Row};
use crate::names::{OFFICE, written};
use crate::people::{Person, Px, Sex};
use crate::script::{Kind, Sign};
use crate::writing::note;

/// Writes the tenancies of a case and what was said about them.
pub(crate) fn write(case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
    let homes: Vec<Hx> = case.homes().filter(|(_, home)| home.tenancy.is_some()).map(|(hx, _)| hx).collect();
    for home in homes {
        tenancy(case, home, make, out);
        contacts(case, home, make, out);
    }
}

/// A member of a household as the landlord has them.
struct Member {
    who: Px,
    relation: &'static str,
    from: Date,
    to: Option<Date>,
    added: Date,
    /// The next family this row shows.
    next: Option<usize>,
}

fn tenancy(case: &mut Case, home: Hx, make: &mut Maker<'_>, out: &mut Exports) {
    let members = members(case, home, make);
    let Some(start) = members.iter().map(|m| m.from).min() else { return };
    let until = make.window.until;
    let left = members.first().and_then(|tenant| tenant.to).filter(|to| *to <= until);
    let end = left.filter(|_| members.iter().all(|m| m.to.is_some_and(|to| to <= until)));
    let held = case.home(home).clone();
    let Some(reference) = held.tenancy else { return };
    let kind = match crate::calendar::days(start, until) {
        0..=364 => "Introductory",
        _ if held.tenure == crate::case::Tenure::Council => "Secure",
        _ => make.dice.of(&["Assured", "Assured Shorthold"]),
    };
    for (number, m) in members.iter().enumerate() {
        let p = case.person(m.who).clone();
        let mut faults = Vec::new();
        let key = format!("{reference}/{}", number + 1);
        let (name, born) = member_name(&p, m.added, make, &mut faults);
        let cells = vec![
            reference.clone(),
            held.address.uprn.clone(),
            held.address.line(),
            held.address.typed_postcode(make.dice),
            kind.to_owned(),
            worded_short(start),
            end.map(worded_short).unwrap_or_default(),
            (number + 1).to_string(),
            name,
            born,
            m.relation.to_owned(),
            worded_short(m.from),
            m.to.filter(|to| *to <= until).map(worded_short).unwrap_or_default(),
            worded_short(m.added),
        ];
        let when = start.at(0, 0, (number % 60) as i8, 0);
        out.push(FileId::Tenancies, Row::cells(when, key.clone(), cells).about(p.id).with(faults));
        if let Some(family) = m.next {
            case.shown.push((family, Sign::Housing, m.added, FileId::Tenancies, key.clone()));
        }
        if number == 0 {
            case.see(Moment::Move(home), m.added, FileId::Tenancies, &key);
        }
    }
}

fn members(case: &Case, home: Hx, make: &mut Maker<'_>) -> Vec<Member> {
    let until = make.window.until;
    let mut stays: Vec<&Stay> = case
        .stays
        .iter()
        .filter(|s| s.home == home && s.role != "visiting_child" && s.from <= until)
        .collect();
    stays.sort_by_key(|s| (s.role == "child", s.who == case.harm && s.role == "partner", s.from, s.who));
    let next = case.families.iter().position(|f| f.after.is_some() && f.home == home);
    let mut members: Vec<Member> = Vec::new();
    for s in stays {
        if let Some(known) = members.iter_mut().find(|m| m.who == s.who) {
            known.to = s.to;
            continue;
        }
        let p = case.person(s.who);
        let first = members.is_empty();
        let sign = next
            .and_then(|at| case.family(at))
            .and_then(|f| f.signs.iter().find(|(sign, _)| *sign == Sign::Housing).map(|(_, on)| *on));
        let (relation, added, shows) = match s.role {
            _ if first => ("Tenant", s.from, None),
            "partner" if next.is_some() => match sign {
                Some(on) => ("Partner", on.max(s.from), next),
                None => continue,
            },
            "partner" if !make.dice.chance(55) => continue,
            "partner" => (make.dice.of(&["Partner", "Spouse", "Joint tenant", "Partner"]), s.from, None),
            "child" => {
                let word = if p.sex == Sex::Female { "Daughter" } else { "Son" };
                (
                    if make.dice.chance(60) { "Child" } else { word },
                    plus(s.from, make.dice.between(0, 40)),
                    None,
                )
            }
            "grandparent" => ("Relative", s.from, None),
            "adult_child" | "grandchild" => {
                (make.dice.of(&["Household member", "Other", "Son"]), s.from, None)
            }
            _ => ("Household member", s.from, None),
        };
        let relation = if relation == "Son" && p.sex == Sex::Female { "Daughter" } else { relation };
        if s.role == "child" && make.dice.chance(10) {
            continue;
        }
        members.push(Member {
            who: s.who,
            relation,
            from: s.from,
            to: s.to,
            added: added.min(until),
            next: shows,
        });
    }
    members
}

fn member_name(
    p: &Person,
    on: Date,
    make: &mut Maker<'_>,
    faults: &mut Vec<crate::export::Fault>,
) -> (String, String) {
    let name = written(p, OFFICE, on, make.dice, faults);
    let child = p.age(on) < 16;
    let title = match (p.sex, child) {
        (Sex::Male, false) => "Mr",
        (Sex::Male, true) => "Master",
        (Sex::Female, true) => "Miss",
        (Sex::Female, false) => make.dice.of(&["Mrs", "Miss", "Ms"]),
    };
    let initial: String = name.forename.chars().take(1).collect();
    let text = match make.dice.below(10) {
        0 | 1 if !child => format!("{title} {initial} {}", name.surname.to_uppercase()),
        2..=4 => format!("{}, {}", name.surname, name.forename),
        5 | 6 => format!("{title} {} {}", name.forename, name.surname),
        _ => format!("{} {}", name.forename, name.surname),
    };
    (text, name.born.text(worded_short, true))
}

fn contacts(case: &mut Case, home: Hx, make: &mut Maker<'_>, out: &mut Exports) {
    let until = make.window.until;
    let family = case.families.iter().position(|f| f.home == home);
    let reference = case.home(home).tenancy.clone().unwrap_or_default();
    let tenant = case
        .stays
        .iter()
        .filter(|s| s.home == home && s.who != case.harm)
        .min_by_key(|s| s.from)
        .map(|s| s.who);
    let Some(tenant) = tenant else { return };
    let mut entries: Vec<(Date, &'static str, &'static str, Option<Moment>)> = Vec::new();
    if let Some(at) = family
        && let Some(f) = case.family(at).cloned()
    {
        for act in case.acts.iter().filter(|act| act.home == home && act.offence.level > 0) {
            let day = plus(act.at.date(), make.dice.between(0, 5));
            match make.dice.below(100) {
                0..=14 => entries.push((day, "REP-DOOR", "door", None)),
                15..=29 => entries.push((day, "ASB-NOISE", "noise", None)),
                _ => {}
            }
        }
        for (number, day) in f.indicators.iter().enumerate().filter(|(number, _)| number % 4 == 3) {
            if case.absent(at, *day) {
                continue;
            }
            let code = if number % 8 == 3 { "GEN-CALL" } else { "VISIT" };
            entries.push((*day, code, if code == "VISIT" { "visit" } else { "control" }, None));
        }
        if let Some(apart) = f.apart.filter(|_| f.kind == Kind::Partners) {
            if make.dice.chance(50) {
                entries.push((plus(apart, make.dice.between(0, 20)), "LOCK-CHG", "lock", None));
            }
            if make.dice.chance(30) {
                entries.push((
                    plus(apart, make.dice.between(1, 30)),
                    "HHM-CHG",
                    "left",
                    Some(Moment::Separation(at)),
                ));
            }
        }
        if let Some((_, on)) = f.signs.iter().find(|(sign, _)| *sign == Sign::Housing) {
            entries.push((plus(*on, 2), "HHM-CHG", "household", None));
        }
        if make.dice.chance(12) {
            let on = plus(make.window.from, make.dice.between(100, 900));
            if f.moved_in.is_none_or(|moved_in| on > moved_in) {
                entries.push((on, "MOVE-REQ", "move", None));
            }
        }
    }
    for _ in 0..make.dice.between(0, 2) {
        let length = crate::calendar::days(make.window.from, until);
        let day = plus(make.window.from, make.dice.between(0, length));
        let (code, list) = *make
            .dice
            .pick(&[
                ("RENT-ARR", "arrears"),
                ("REP-GEN", "general"),
                ("REP-DOOR", "door_harmless"),
                ("ASB-NOISE", "noise_harmless"),
                ("GEN-CALL", "general"),
            ])
            .unwrap_or(&("REP-GEN", "general"));
        entries.push((day, code, list, None));
    }
    entries.sort_by_key(|(day, code, _, _)| (*day, *code));
    let lived = case.stays.iter().filter(|s| s.home == home).map(|s| s.from).min().unwrap_or(until);
    for (day, code, list, moment) in entries {
        if day >= make.window.from.max(lived) && day <= until {
            let key = contact(case, (&reference, tenant), (day, code, list), make, out);
            if let Some(moment) = moment {
                case.see(moment, day, FileId::HousingContacts, &key);
            }
        }
    }
}

fn contact(
    case: &Case,
    (reference, tenant): (&str, Px),
    (day, code, list): (Date, &str, &str),
    make: &mut Maker<'_>,
    out: &mut Exports,
) -> String {
    let p = case.person(tenant);
    let dice = &mut *make.dice;
    let lists = make.words.note("housing", if list == "left" { "household" } else { list });
    let chosen = match list {
        // The last sentence of the list tells of somebody leaving, the others of somebody coming.
        "left" => lists.last().map(String::as_str).unwrap_or(""),
        "household" => dice.word(lists.get(..lists.len().saturating_sub(1)).unwrap_or(lists)),
        _ => dice.word(lists),
    };
    let named = make_full(case.person(case.harm));
    let text = note(chosen, None, p, &named, 0);
    let when = at(working(day).min(make.window.until), dice.between(480, 1200));
    let key = format!("HC{:06}", make.numbers.row());
    let caller = match list {
        "noise" => "Neighbour".to_owned(),
        _ => {
            let mut faults = Vec::new();
            member_name(p, when.date(), make, &mut faults).0
        }
    };
    let updated = crate::calendar::later(when, make.dice.between(30, 5000));
    let stamp = |t: jiff::civil::DateTime| format!("{} {}", worded_short(t.date()), clock(t));
    let cells = vec![
        key.clone(),
        reference.to_owned(),
        stamp(when),
        make.dice.of(&["Phone", "Phone", "Online", "Email", "Visit"]).to_owned(),
        code.to_owned(),
        caller,
        text,
        make.dice.of(&["Closed", "Closed", "Open", "Referred"]).to_owned(),
        stamp(updated),
    ];
    let row = Row::cells(when, key.clone(), cells).stamped(updated);
    out.push(FileId::HousingContacts, Row { expendable: list == "general" || list == "arrears", ..row });
    key
}

/// A landlord writes the whole name of somebody who is not the tenant.
fn make_full(p: &Person) -> Person {
    Person { known_as: Some(p.name()), ..p.clone() }
}
