//! What schools record: the roll with its contacts, concerns, months of attendance.

use jiff::civil::{Date, DateTime};

use crate::build::Maker;
use crate::calendar::{at, clock, plus, school_year, slashes, working};
use crate::case::{Case, Hx, Moment, Sight, Tenure};
use crate::export::{Exports, FileId, Row};
use crate::names::{OFFICE, written};
use crate::people::{Person, Px};
use crate::script::Sign;
use crate::words::School;
use crate::writing::{children_at, note, phone, to_child, upn};

/// A child's time at one school.
struct Place<'a> {
    child: Px,
    school: &'a School,
    from: Date,
    to: Option<Date>,
    reason: &'static str,
    home: Hx,
    /// The day of the move that the address on the roll came from.
    moved: Option<Date>,
    upn: String,
}

/// Writes roll, concerns and attendance of a case.
pub(crate) fn write(case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
    let mut places = Vec::new();
    let pupils: Vec<Px> = case
        .people()
        .filter(|(_, p)| p.roles.contains(&"child") || p.roles.contains(&"bg_child"))
        .map(|(px, _)| px)
        .collect();
    let adolescent = case.harm;
    let pupils =
        pupils.into_iter().chain((case.person(adolescent).age(make.window.from) < 16).then_some(adolescent));
    for child in pupils.collect::<Vec<_>>() {
        places.extend(enrolments(case, child, make));
    }
    for place in &places {
        enrol(case, place, make, out);
        if make.dice.chance(42) {
            attendance(case, place, make, out);
        }
        if make.dice.chance(18) {
            let day = within(place, make.window.until, make);
            concern(case, place, (day, "Wellbeing", "everyday"), None, make, out);
        }
    }
    for number in 0..case.acts.len() {
        after_act(case, number, &places, make, out);
    }
    for family in 0..case.families.len() {
        control(case, family, &places, make, out);
    }
}

/// The schools a child was at in the window.
fn enrolments<'a>(case: &mut Case, child: Px, make: &mut Maker<'a>) -> Vec<Place<'a>> {
    let p = case.person(child).clone();
    if p.unborn {
        return Vec::new();
    }
    if case.person(child).upn.is_none() {
        let upn = (p.age(make.window.until) >= 4).then(|| make.numbers.upn(p.born.year() + 5));
        case.person_mut(child).upn = upn;
    }
    let mut homes: Vec<(Date, Hx)> = case
        .stays
        .iter()
        .filter(|s| {
            s.who == child && s.role != "visiting_child" && case.home(s.home).tenure != Tenure::Prison
        })
        .map(|s| (s.from, s.home))
        .collect();
    homes.sort();
    let reception = p.born.year() + if p.born.month() >= 9 { 5 } else { 4 };
    let start = |year: i16| Date::new(year, 9, 3).unwrap_or(p.born);
    let end = |year: i16| Date::new(year, 7, 20).unwrap_or(p.born);
    let mut places = Vec::new();
    for (secondary, first, last, reason) in [
        (false, reception, reception + 7, "Transfer to secondary"),
        (true, reception + 7, reception + 12, "End of Year 11"),
    ] {
        let (stage_from, stage_to) = (start(first), end(last));
        if stage_to < make.window.from || stage_from > make.window.until {
            continue;
        }
        let mut at_home: Vec<(Date, Hx)> = Vec::new();
        for (from, home) in &homes {
            match at_home.last_mut() {
                Some(last) if *from <= stage_from => *last = (stage_from, *home),
                _ if *from < stage_to => at_home.push((stage_from.max(*from), *home)),
                _ => {}
            }
        }
        let count = at_home.len();
        let mut since = stage_from;
        for (number, (since_home, home)) in at_home.iter().enumerate() {
            let next = at_home.get(number + 1).map(|(from, _)| working(plus(*from, 2)));
            let school = school(case, *home, secondary, make);
            let stays_on = next.is_some() && make.dice.chance(45);
            if stays_on && number + 1 < count {
                continue;
            }
            let to = next.map_or(stage_to, |next| next.min(stage_to));
            if to > make.window.from && since <= make.window.until && to > since {
                let left = (to <= make.window.until).then_some(to);
                let why = if to == stage_to {
                    reason
                } else {
                    make.dice.of(&["Moved - in area", "Left area", "Moved house"])
                };
                let upn = case.person(child).upn.clone().unwrap_or_default();
                places.extend(school.map(|school| Place {
                    child,
                    school,
                    from: since,
                    to: left,
                    reason: if left.is_some() { why } else { "" },
                    home: *home,
                    moved: (number > 0).then_some(*since_home),
                    upn,
                }));
            }
            since = next.map_or(since, |next| working(plus(next, 4)));
        }
    }
    places
}

/// The school of a home: the same for all its children.
fn school<'a>(case: &Case, home: Hx, secondary: bool, make: &Maker<'a>) -> Option<&'a School> {
    let fits: Vec<&School> = make.words.places.school.iter().filter(|s| s.secondary == secondary).collect();
    let at = case.home(home).id as usize % fits.len().max(1);
    fits.get(at).copied()
}

fn within(place: &Place<'_>, until: Date, make: &mut Maker<'_>) -> Date {
    let (from, to) = (place.from.max(make.window.from), place.to.unwrap_or(until));
    plus(from, make.dice.between(0, crate::calendar::days(from, to).max(0)))
}

fn enrol(case: &mut Case, place: &Place<'_>, make: &mut Maker<'_>, out: &mut Exports) {
    let p = case.person(place.child).clone();
    let changed = within(place, make.window.until, make);
    let mut faults = Vec::new();
    let name = written(&p, OFFICE, changed, make.dice, &mut faults);
    let number = make.numbers.row();
    let key = format!("{}:{number:05}", place.school.urn);
    let typed_upn = upn(&Person { upn: Some(place.upn.clone()), ..p.clone() }, make.dice, &mut faults);
    let home = case.home(place.home).clone();
    let refuge = home.tenure == Tenure::Refuge;
    let (line, postcode) = if refuge {
        (String::new(), String::new())
    } else {
        (home.address.typed(make.dice), home.address.typed_postcode(make.dice))
    };
    let contacts = contacts(case, place, make);
    let warned = case.families.iter().find(|f| {
        f.children.iter().any(|(child, lives)| *child == place.child && *lives == "resident")
            && f.apart.is_some_and(|apart| apart <= place.to.unwrap_or(make.window.until))
    });
    let warning = match warned {
        Some(f) if make.dice.chance(40) => {
            let frame = make.dice.word(make.words.note("school", "collection_warning"));
            note(frame, Some(&p), case.person(f.victim), case.person(case.harm), 0)
        }
        _ => String::new(),
    };
    let mut cells = vec![
        place.school.urn.to_string(),
        place.school.name.clone(),
        format!("{number:05}"),
        name.surname,
        p.forename.clone(),
        name.middle,
        if make.dice.chance(70) { p.known_as.clone().unwrap_or_default() } else { String::new() },
        typed_upn,
        name.born.text(slashes, true),
        p.sex.letter().to_owned(),
        slashes(place.from),
        place.to.map(slashes).unwrap_or_default(),
        place.reason.to_owned(),
        line,
        postcode,
        if home.kept { "Y" } else { "" }.to_owned(),
    ];
    let when = place.from.max(plus(make.window.from, -2000)).at(0, 0, 0, 0);
    let mut row = Row::cells(when, key.clone(), Vec::new()).about(p.id).with(faults);
    for slot in 0..3 {
        match contacts.get(slot) {
            Some(c) => {
                cells.extend([c.name.clone(), c.relation.to_owned(), c.phone.clone(), slashes(c.added)]);
                row = row.about_part(&format!("contact{}", slot + 1), case.person(c.who).id);
                if let Some(family) = c.next {
                    case.shown.push((family, Sign::Schools, c.added, FileId::Pupils, key.clone()));
                }
            }
            None => cells.extend([String::new(), String::new(), String::new(), String::new()]),
        }
    }
    cells.extend([warning, slashes(changed)]);
    row.body = crate::export::Body::Cells(cells);
    if let Some(moved) = place.moved {
        case.see(Moment::Move(place.home), moved.max(place.from), FileId::Pupils, &key);
    }
    out.push(FileId::Pupils, row);
}

struct Named {
    who: Px,
    name: String,
    relation: &'static str,
    phone: String,
    added: Date,
    /// The next family this contact shows.
    next: Option<usize>,
}

fn contacts(case: &Case, place: &Place<'_>, make: &mut Maker<'_>) -> Vec<Named> {
    let child = case.person(place.child).clone();
    let mut named = Vec::new();
    let until = place.to.unwrap_or(make.window.until);
    let parents = [child.mother, child.father];
    let carer = parents
        .into_iter()
        .flatten()
        .find(|who| case.stays.iter().any(|s| s.who == *who && s.home == place.home));
    let carer = carer.or(parents.into_iter().flatten().next());
    let Some(carer) = carer else { return named };
    let mut add =
        |who: Px, relation: &'static str, added: Date, next: Option<usize>, make: &mut Maker<'_>| {
            let p = case.person(who);
            let name = as_contact(p, added, make);
            let phone = phone(p, make.dice);
            named.push(Named { who, name, relation, phone, added, next });
        };
    let relation = if child.mother == Some(carer) { "Mother" } else { "Father" };
    add(carer, relation, place.from, None, make);
    let second = parents.into_iter().flatten().find(|who| *who != carer);
    let families = case.families.iter().enumerate();
    let mine = families
        .filter(|(_, f)| f.children.iter().any(|(c, lives)| *c == place.child && *lives == "resident"));
    let mine: Vec<_> = mine.collect();
    if let Some(second) = second.filter(|_| make.dice.chance(58)) {
        let relation = if child.mother == Some(second) { "Mother" } else { "Father" };
        let next =
            mine.iter().find(|(_, f)| f.after.is_some()).map(|(at, _)| *at).filter(|_| second == case.harm);
        let added = next
            .and_then(|at| case.family(at))
            .and_then(|f| f.moved_in)
            .unwrap_or(place.from)
            .max(place.from);
        if added <= until {
            add(second, relation, added, next, make);
        }
    }
    for (at, f) in &mine {
        if [Some(carer), second].contains(&Some(case.harm)) || case.harm == place.child {
            continue;
        }
        let sign = f.signs.iter().find(|(sign, _)| *sign == Sign::Schools).map(|(_, on)| *on);
        let added = match (f.after, sign) {
            (Some(_), Some(on)) if on >= place.from && on <= until => on,
            (None, _) if f.apart.is_none_or(|apart| apart > place.from) && make.dice.chance(45) => {
                plus(f.from.max(place.from), make.dice.between(0, 120)).min(until)
            }
            _ => continue,
        };
        let relation = match f.kind {
            crate::script::Kind::Partners => to_child(case, case.harm, place.child, f.victim, make.dice),
            _ => "Other family member",
        };
        add(case.harm, relation, added, f.after.map(|_| *at), make);
    }
    let old = case
        .residents(place.home, place.from)
        .into_iter()
        .find(|who| case.person(carer).mother == Some(*who) || case.person(carer).father == Some(*who));
    if let Some(old) = old.filter(|_| make.dice.chance(50)) {
        add(old, "Grandparent", place.from, None, make);
    }
    named
}

/// A contact as the office wrote it down, in one text.
fn as_contact(p: &Person, on: Date, make: &mut Maker<'_>) -> String {
    let mut faults = Vec::new();
    let name = written(p, OFFICE, on, make.dice, &mut faults);
    let title = if p.sex == crate::people::Sex::Female { make.dice.of(&["Mrs", "Miss", "Ms"]) } else { "Mr" };
    match make.dice.below(10) {
        0 => format!("{title} {} {}", name.forename, name.surname),
        1 => format!("{title} {}", name.surname),
        _ => format!("{} {}", name.forename, name.surname),
    }
}

fn attendance(case: &Case, place: &Place<'_>, make: &mut Maker<'_>, out: &mut Exports) {
    let person = case.person(place.child).id;
    let (from, to) = (place.from.max(make.window.from), place.to.unwrap_or(make.window.until));
    let mut month = from.first_of_month();
    let mut first = true;
    while month <= to {
        let possible = match month.month() {
            8 => 0,
            4 | 12 => 28,
            7 => 26,
            10 | 2 => 34,
            _ => 42,
        };
        let whole = from <= month && plus(month, 27) <= to;
        if possible > 0 && whole {
            let dice = &mut *make.dice;
            let harmed = case.acts.iter().any(|act| act.at.date().first_of_month() == month);
            let missed = if harmed { dice.between(0, 10) } else { dice.between(0, 3) };
            let excused = dice.between(0, missed);
            let name = format!("{:04}-{:02}", month.year(), month.month());
            let key = format!("{}|{}|{name}", place.school.urn, place.upn);
            let cells = vec![
                place.school.urn.to_string(),
                place.upn.clone(),
                name,
                possible.to_string(),
                (possible - missed).to_string(),
                excused.to_string(),
                (missed - excused).to_string(),
                dice.between(0, if harmed { 5 } else { 2 }).to_string(),
            ];
            let mut row = Row::cells(month.at(0, 0, 0, 0), key, cells);
            if first {
                row.about.push((format!("{}|{}", place.school.urn, place.upn), person));
                first = false;
            }
            out.push(FileId::Attendance, row);
        }
        month = plus(month, 32).first_of_month();
    }
}

/// What schools heard and saw after an incident at home.
fn after_act(case: &mut Case, number: usize, places: &[Place<'_>], make: &mut Maker<'_>, out: &mut Exports) {
    let Some(act) = case.acts.get(number).cloned() else { return };
    for child in children_at(case, act.family, act.at.date()) {
        let day = working(plus(act.at.date(), 1));
        let Some(place) = on_roll(places, child, day) else { continue };
        if holiday(day) || day > make.window.until {
            continue;
        }
        if act.reported.is_some_and(|told| crate::calendar::days(act.at.date(), told.date()) < 2)
            && make.dice.chance(55)
        {
            let category = make.dice.of(&["Operation Encompass", "Op Encompass", "Operation Encompass"]);
            concern(case, place, (day, category, "encompass"), Some(act.family), make, out);
        }
        let later = working(plus(day, make.dice.between(0, 12)));
        let listened = !case.person(child).overlooked && make.dice.chance(24);
        if later > make.window.until || on_roll(places, child, later).is_none() {
            continue;
        }
        if listened {
            concern(case, place, (later, "Disclosure", "listened"), Some(act.family), make, out);
        } else if make.dice.chance(20) {
            let category = make.dice.of(&["Wellbeing", "Safeguarding", "Domestic abuse", "Behaviour"]);
            concern(case, place, (later, category, "worried"), Some(act.family), make, out);
        }
    }
}

/// Control and new adults seen at the gate.
fn control(case: &mut Case, family: usize, places: &[Place<'_>], make: &mut Maker<'_>, out: &mut Exports) {
    let Some(f) = case.family(family).cloned() else { return };
    for (number, day) in f.indicators.iter().enumerate() {
        let day = working(*day);
        let child =
            children_at(case, family, day).into_iter().find(|child| on_roll(places, *child, day).is_some());
        let Some(place) = child.and_then(|child| on_roll(places, child, day)).filter(|_| number % 4 == 1)
        else {
            continue;
        };
        if !holiday(day) && day <= make.window.until && !case.in_custody(day) {
            concern(case, place, (day, "Parent contact", "control"), Some(family), make, out);
        }
    }
    let signed = f.signs.iter().find(|(sign, _)| *sign == Sign::Schools).map(|(_, on)| working(plus(*on, 6)));
    if let Some(day) = signed.filter(|day| *day <= make.window.until && !holiday(*day)) {
        let child =
            children_at(case, family, day).into_iter().find(|child| on_roll(places, *child, day).is_some());
        if let Some(place) = child.and_then(|child| on_roll(places, child, day)) {
            concern(case, place, (day, "Safeguarding", "new_partner"), Some(family), make, out);
        }
    }
}

fn on_roll<'p, 'w>(places: &'p [Place<'w>], child: Px, day: Date) -> Option<&'p Place<'w>> {
    places.iter().find(|p| p.child == child && p.from <= day && p.to.is_none_or(|to| day <= to))
}

fn holiday(day: Date) -> bool {
    let since = crate::calendar::days(school_year(day), day);
    day.month() == 8 || since > 321
}

fn concern(
    case: &mut Case,
    place: &Place<'_>,
    (day, category, list): (Date, &str, &str),
    family: Option<usize>,
    make: &mut Maker<'_>,
    out: &mut Exports,
) {
    let p = case.person(place.child).clone();
    let f = family.and_then(|family| case.family(family));
    let (victim, harm) = (f.map_or(&p, |f| case.person(f.victim)), case.person(case.harm));
    let dice = &mut *make.dice;
    let frame = dice.word(make.words.note("school", list)).to_owned();
    let text = note(&frame, Some(&p), victim, harm, 0);
    let when: DateTime = at(working(day).min(make.window.until), dice.between(500, 960));
    let key = format!("CN{:06}", make.numbers.row());
    let alone = list == "listened";
    let said = alone || (list == "worried" && dice.chance(15) && !p.overlooked);
    let mark = match list {
        "listened" => "Y",
        "encompass" | "control" => "",
        _ if said => "Y",
        _ => dice.of(&["N", "N", ""]),
    };
    let name = match dice.below(4) {
        0 => format!("{}, {}", p.surname, p.forename),
        1 => format!("{} {}", p.called(), p.surname),
        _ => p.name(),
    };
    let role = match list {
        "encompass" | "listened" => dice.of(&["DSL", "Pastoral lead"]),
        _ => dice.of(&["Class teacher", "TA", "Head of year", "Lunchtime supervisor", "Pastoral lead"]),
    };
    let stamp = |t: DateTime| format!("{} {}", t.date(), clock(t));
    let cells = vec![
        key.clone(),
        place.school.urn.to_string(),
        if dice.chance(8) { String::new() } else { place.upn.clone() },
        name,
        stamp(when),
        category.to_owned(),
        mark.to_owned(),
        role.to_owned(),
        text,
        dice.word(make.words.note("school", "action")).to_owned(),
        stamp(when),
    ];
    out.push(FileId::Concerns, Row::cells(when, key.clone(), cells).about(p.id).stamped(when));
    if !matches!(list, "encompass" | "control") {
        let (child, date) = (place.child, when.date());
        let alone = mark == "Y";
        case.sights.push(Sight {
            child,
            date,
            file: FileId::Concerns,
            key,
            seen: true,
            alone,
            spoken: alone,
        });
    }
}
