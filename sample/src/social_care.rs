//! What children's social care records: people, visits, and the children-in-need census.

use jiff::civil::{Date, DateTime};

use crate::build::Maker;
use crate::calendar::{at, clock, plus, worded, working};
use crate::case::{Case, Level, Referral, Sight, Tenure};
use crate::census;
use crate::export::{Exports, Fault, FileId, Row};
use crate::names::{Born, OFFICE, written};
use crate::people::{Person, Px, Sex};
use crate::script::{Kind, Sign};
use crate::writing::{choose, nhs, note, upn};

/// Writes everyone a referral brought into the system.
pub(crate) fn write(case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
    let known: Vec<Px> = case.people().filter(|(_, p)| p.social.is_some()).map(|(px, _)| px).collect();
    for who in known {
        person_row(case, who, make, out);
    }
    for referral in case.referrals.clone() {
        if referral.level > Level::NoAction {
            visits(case, &referral, make, out);
        }
    }
    census::write(case, make, out);
}

fn person_row(case: &mut Case, who: Px, make: &mut Maker<'_>, out: &mut Exports) {
    let p = case.person(who).clone();
    let (Some(number), Some((first, family))) = (p.social, first_known(case, who)) else { return };
    let child = p.roles.contains(&"child") || p.age(first) < 18;
    let length = crate::calendar::days(first, make.window.until).max(1);
    let updated = at(plus(first, make.dice.between(0, length)), make.dice.between(480, 1080));
    let on = updated.date();
    let dice = &mut *make.dice;
    let mut faults = Vec::new();
    let mut name = written(&p, OFFICE, on, dice, &mut faults);
    // The other agencies write 1 January of the year, which nobody can tell from a birthday.
    if let Born::Year(year) = name.born {
        faults.push(Fault::keying("dob_year_only", &year.to_string()));
    }
    if p.unborn {
        let mother = p.mother.map(|mother| case.person(mother).surname.clone());
        (name.forename, name.surname) = ("Unborn".to_owned(), mother.unwrap_or_default());
    } else if child && p.age(on) < 1 && dice.chance(25) {
        faults.push(Fault::keying("name_baby", "Baby"));
        name.forename = "Baby".to_owned();
    }
    let forename = if name.middle.is_empty() || name.forename == "Baby" {
        name.forename
    } else {
        format!("{} {}", name.forename, name.middle)
    };
    let lived = case.lived(who, on).or_else(|| p.mother.and_then(|mother| case.lived(mother, on)));
    let home = lived.map(|home| case.home(home).clone());
    let safe = home.as_ref().is_some_and(|home| home.tenure == Tenure::Refuge);
    let restricted = home.as_ref().is_some_and(|home| home.kept);
    let (line, postcode) = match home {
        Some(home) if !safe => (home.address.typed(dice), home.address.typed_postcode(dice)),
        _ => (String::new(), String::new()),
    };
    let ethnicity = ethnicity(make.words.names.culture.get(p.culture).map_or("", |c| &c.name));
    let cells = vec![
        number.to_string(),
        if child { census::child_id(number) } else { String::new() },
        if child { "CHILD" } else { "ADULT" }.to_owned(),
        name.surname,
        forename,
        if dice.chance(60) { p.known_as.clone().unwrap_or_default() } else { String::new() },
        name.born.text(worded, false),
        if p.unborn { "U" } else { p.sex.letter() }.to_owned(),
        ethnicity.to_owned(),
        nhs(&p, 25, dice, &mut faults),
        if dice.chance(70) { upn(&p, dice, &mut faults) } else { String::new() },
        line,
        postcode,
        if restricted { "Y" } else { "" }.to_owned(),
        relations(case, who, family),
        worded(first),
        format!("{} {}", worded(on), clock(updated)),
    ];
    let row =
        Row::cells(first.at(0, 0, 0, 0), number.to_string(), cells).about(p.id).stamped(updated).with(faults);
    out.push(FileId::SocialPeople, row);
    if who == case.harm
        && let Some(next) = case.families.iter().position(|f| f.after.is_some() && Some(f.home) == lived)
    {
        case.shown.push((next, Sign::SocialCare, on, FileId::SocialPeople, number.to_string()));
    }
}

/// First referral that covers a person, and its family.
fn first_known(case: &Case, who: Px) -> Option<(Date, usize)> {
    let covers = |r: &&Referral| {
        r.children.contains(&who)
            || who == case.harm
            || case.family(r.family).is_some_and(|f| f.victim == who)
    };
    case.referrals.iter().filter(covers).map(|r| (r.on, r.family)).min()
}

/// The ethnicity code that stands for a naming culture.
pub(crate) fn ethnicity(culture: &str) -> &'static str {
    match culture {
        "british" => "WBRI",
        "irish" => "WIRI",
        "polish" | "romanian" => "WOTH",
        "pakistani" => "APKN",
        "indian" => "AIND",
        "nigerian" | "somali" => "BAFR",
        "caribbean" => "BCRB",
        "chinese" => "CHNE",
        "arabic" => "OOTH",
        _ => "NOBT",
    }
}

/// What others in the system are to this person: `MOTHER:840014|SIBLING:840021`.
fn relations(case: &Case, who: Px, family: usize) -> String {
    let me = case.person(who);
    let Some(f) = case.family(family) else { return String::new() };
    let mut words = Vec::new();
    for (other, p) in case.people().filter(|(other, p)| *other != who && p.social.is_some()) {
        let word = if me.mother == Some(other) {
            "MOTHER"
        } else if me.father == Some(other) {
            "FATHER"
        } else if p.mother == Some(who) || p.father == Some(who) {
            "CHILD"
        } else if shares_parent(me, p) {
            "SIBLING"
        } else if f.kind == Kind::Partners
            && [who, other].contains(&case.harm)
            && [who, other].contains(&f.victim)
        {
            "PARTNER"
        } else {
            continue;
        };
        words.push(format!("{word}:{}", p.social.unwrap_or(0)));
    }
    words.join("|")
}

fn shares_parent(a: &Person, b: &Person) -> bool {
    (a.mother.is_some() && a.mother == b.mother) || (a.father.is_some() && a.father == b.father)
}

fn visits(case: &mut Case, referral: &Referral, make: &mut Maker<'_>, out: &mut Exports) {
    let end = referral.closed.unwrap_or(make.window.until).min(make.window.until);
    let mut day = working(plus(referral.on, make.dice.between(1, 8)));
    let mut number = 0;
    while day <= end && number < 40 {
        let kind = match (referral.level, number) {
            (Level::Protection, 0) => "S47 joint",
            (_, 0 | 1) => "Assessment",
            (Level::Protection, _) => "CP statutory",
            (Level::InNeed, _) => "CIN",
            _ => "Duty",
        };
        let when = at(day, make.dice.between(9 * 60, 17 * 60));
        let first = make.dice.word(make.words.note("social_care", "worker_first"));
        let last = make.dice.word(make.words.note("social_care", "worker_last"));
        let worker = if make.dice.chance(15) { "Duty SW".to_owned() } else { format!("{first} {last}") };
        for child in &referral.children {
            if case.person(*child).born < day {
                visit(case, *child, referral.family, (when, kind, &worker), make, out);
            }
        }
        let gap = match referral.level {
            Level::Protection => make.dice.between(14, 26),
            Level::InNeed => make.dice.between(28, 48),
            _ => make.dice.between(14, 40),
        };
        day = working(plus(day, gap));
        number += 1;
    }
}

fn visit(
    case: &mut Case,
    child: Px,
    family: usize,
    (when, kind, worker): (DateTime, &str, &str),
    make: &mut Maker<'_>,
    out: &mut Exports,
) {
    let p = case.person(child).clone();
    let infant = p.age(when.date()) < 2;
    let dice = &mut *make.dice;
    let roll = dice.below(100);
    let (list, seen, alone, spoken) = match roll {
        0..=17 => ("not_seen", false, false, false),
        18..=29 => ("seen_only", true, false, false),
        30..=66 if !p.overlooked && !infant => ("seen_alone", true, true, true),
        _ if infant => ("seen_only", true, false, false),
        _ => ("seen_family", true, false, dice.chance(35) && !p.overlooked),
    };
    let Some(f) = case.family(family) else { return };
    let (victim, harm) = (case.person(f.victim).clone(), case.person(case.harm).clone());
    let care = |list: &str| make.words.note("social_care", list);
    let absent = case.absent(family, when.date());
    let home_seen = matches!(list, "seen_family" | "not_seen");
    let mut frames = vec![choose(care(list), absent && home_seen, dice).to_owned()];
    match dice.below(100) {
        0..=8 => frames.push(dice.word(care("blaming")).to_owned()),
        9..=24 => frames.push(dice.word(care("plain")).to_owned()),
        _ => {}
    }
    let text: Vec<String> = frames.iter().map(|frame| note(frame, Some(&p), &victim, &harm, 0)).collect();
    let key = format!("V{:07}", make.numbers.row());
    let updated = crate::calendar::later(when, dice.between(60, 3000));
    let yes = |answer: bool| if answer { "Y" } else { "N" }.to_owned();
    let unsure = seen && dice.chance(8);
    let place = if alone {
        dice.of(&["School", "Home", "Home", "Office"])
    } else {
        dice.of(&["Home", "Home", "Nursery"])
    };
    let cells = vec![
        key.clone(),
        p.social.unwrap_or(0).to_string(),
        format!("{} {}", worded(when.date()), clock(when)),
        kind.to_owned(),
        worker.to_owned(),
        yes(seen),
        if !seen || (unsure && !alone) { String::new() } else { yes(alone) },
        if !seen || (unsure && !spoken) { String::new() } else { yes(spoken) },
        place.to_owned(),
        text.join(" "),
        format!("{} {}", worded(updated.date()), clock(updated)),
    ];
    out.push(FileId::Visits, Row::cells(when, key.clone(), cells).about(p.id).stamped(updated));
    case.sights.push(Sight { child, date: when.date(), file: FileId::Visits, key, seen, alone, spoken });
}

/// Female, male or not yet known, as the census has it.
pub(crate) fn census_sex(p: &Person) -> &'static str {
    match (p.unborn, p.sex) {
        (true, _) => "U",
        (_, Sex::Female) => "F",
        (_, Sex::Male) => "M",
    }
}
