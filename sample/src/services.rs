//! What specialist services record: referrals with the client's own wishes, and the refuge's confidential list.

use jiff::civil::{Date, DateTime};

use crate::build::Maker;
use crate::calendar::{at, plus, slashes_short, spaced, working};
use crate::case::{Case, Moment, RefugeStay};
use crate::export::{Exports, FileId, Row};
use crate::names::{OFFICE, written};
use crate::people::Px;
use crate::writing::{children_at, note, phone, relationship};

/// Writes referrals and stays in a refuge.
pub(crate) fn write(case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
    for family in 0..case.families.len() {
        let mut referred = 0;
        for act in case.acts.clone() {
            let per_cent = if act.reported.is_some() { 6 + u32::from(act.offence.level) * 8 } else { 4 };
            if act.family == family && referred < 2 && make.dice.chance(per_cent) {
                let on = working(plus(act.at.date(), make.dice.between(1, 14)));
                if on <= make.window.until {
                    let source = make.dice.of(&[
                        "Police",
                        "Police",
                        "Self",
                        "GP IRIS",
                        "Social care",
                        "School",
                        "Friend",
                    ]);
                    referral(case, family, on, source, None, make, out);
                    referred += 1;
                }
            }
        }
        let control = case.family(family).and_then(|f| f.indicators.get(3).copied());
        if let Some(day) = control.filter(|_| referred == 0 && make.dice.chance(60)) {
            let on = working(plus(day, 9));
            if on <= make.window.until {
                let source = make.dice.of(&["GP IRIS", "Midwifery", "Housing", "Self"]);
                referral(case, family, on, source, None, make, out);
            }
        }
    }
    for stay in case.refuges.clone() {
        if stay.from <= make.window.until {
            referral(case, stay.family, stay.from, "Self", Some("Moved into refuge"), make, out);
            refuge(case, &stay, make, out);
        }
    }
}

fn referral(
    case: &mut Case,
    family: usize,
    on: Date,
    source: &str,
    outcome: Option<&str>,
    make: &mut Maker<'_>,
    out: &mut Exports,
) {
    let Some(f) = case.family(family).cloned() else { return };
    let (client, harm) = (case.person(f.victim).clone(), case.person(case.harm).clone());
    let key = format!("SR{:06}", make.numbers.row());
    let mut faults = Vec::new();
    let name = written(&client, OFFICE, on, make.dice, &mut faults);
    let words = relationship(case, family, true, on, make.dice);
    let (children, listed) = children(case, family, on, make);
    let dice = &mut *make.dice;
    let say = |list: &str| make.words.note("services", list);
    let named = match dice.below(10) {
        0 | 1 => "not given".to_owned(),
        2..=4 => harm.called().to_owned(),
        _ => harm.name(),
    };
    let given = named != "not given";
    let named_in_full = given && named.contains(' ');
    let home = case.address_on(f.victim, on).map(|home| case.home(home).clone());
    let (line, postcode) = match home {
        Some(home) if !home.kept => (home.address.typed(dice), home.address.typed_postcode(dice)),
        _ => (String::new(), String::new()),
    };
    let mut needs: Vec<&str> = (0..dice.between(1, 4)).map(|_| dice.word(say("needs"))).collect();
    needs.sort_unstable();
    needs.dedup();
    let wishes =
        if dice.chance(85) { note(dice.word(say("wishes")), None, &client, &harm, 0) } else { String::new() };
    let outcome = outcome.unwrap_or_else(|| dice.word(say("outcome")));
    let closing = plus(on, dice.between(20, 220));
    let closed = (closing <= make.window.until && outcome != "Support ongoing").then_some(closing);
    let updated = plus(on, dice.between(0, 40)).min(make.window.until);
    let consent = dice.of(&["Yes", "Yes", "No", "Limited - not to family", "Limited - not social care", ""]);
    let cells = vec![
        key.clone(),
        spaced(on),
        source.to_owned(),
        format!("{} {}", name.forename, name.surname),
        client.known_as.clone().filter(|_| dice.chance(50)).unwrap_or_default(),
        name.born.text(spaced, false),
        phone(&client, dice),
        line,
        postcode,
        named,
        if named_in_full && dice.chance(35) { spaced(harm.born) } else { String::new() },
        words,
        children,
        needs.join("; "),
        wishes,
        dice.word(say("contact")).to_owned(),
        consent.to_owned(),
        if dice.chance(45) { dice.between(3, 22).to_string() } else { String::new() },
        outcome.to_owned(),
        closed.map(spaced).unwrap_or_default(),
        spaced(updated),
    ];
    let when: DateTime = at(on, 600);
    let mut row = Row::cells(when, key, cells).about(client.id).stamped(at(updated, 600)).with(faults);
    if given {
        row = row.about_part("harm", harm.id);
    }
    for (number, child) in listed.iter().enumerate() {
        row = row.about_part(&format!("child{}", number + 1), case.person(*child).id);
    }
    out.push(FileId::Referrals, row);
}

/// Children in one of three styles, and which of them can be told from the text.
fn children(case: &Case, family: usize, on: Date, make: &mut Maker<'_>) -> (String, Vec<Px>) {
    let all = children_at(case, family, on);
    if all.is_empty() {
        return (String::new(), all);
    }
    match make.dice.below(3) {
        0 => (all.len().to_string(), Vec::new()),
        1 => {
            let names: Vec<String> = all.iter().map(|child| case.person(*child).name()).collect();
            (format!("{} ({})", all.len(), names.join(", ")), all)
        }
        _ => {
            let told =
                |child: &Px| format!("{} {}", case.person(*child).called(), case.person(*child).age(on));
            (all.iter().map(told).collect::<Vec<_>>().join("; "), all)
        }
    }
}

fn refuge(case: &mut Case, stay: &RefugeStay, make: &mut Maker<'_>, out: &mut Exports) {
    let Some(f) = case.family(stay.family).cloned() else { return };
    let client = case.person(f.victim).clone();
    let key = format!("PL{:05}", make.numbers.row());
    let with: Vec<Px> =
        case.residents(stay.home, plus(stay.from, 1)).into_iter().filter(|who| *who != f.victim).collect();
    let with: Vec<Px> = with.into_iter().filter(|who| case.person(*who).age(stay.from) < 18).collect();
    let told =
        |child: &Px| format!("{} {}", case.person(*child).forename, slashes_short(case.person(*child).born));
    let children: Vec<String> = with.iter().map(told).collect();
    let mut faults = Vec::new();
    let name = written(&client, OFFICE, stay.from, make.dice, &mut faults);
    let address = case.home(stay.home).address.clone();
    let next = stay.next.filter(|_| make.dice.chance(70)).map(|home| case.home(home).address.clone());
    let departed = stay.to.filter(|to| *to <= make.window.until);
    let cells = vec![
        key.clone(),
        make.dice.word(&make.words.places.refuges).to_owned(),
        format!("{} {}", name.forename, name.surname),
        name.born.text(|day| day.to_string(), false),
        children.join("; "),
        stay.from.to_string(),
        departed.map(|to| to.to_string()).unwrap_or_default(),
        address.line(),
        address.postcode.clone(),
        next.as_ref().map(crate::places::Address::line).unwrap_or_default(),
        next.map(|next| next.postcode).unwrap_or_default(),
        "Y".to_owned(),
    ];
    let mut row = Row::cells(stay.from.at(0, 0, 0, 0), key.clone(), cells).about(client.id).with(faults);
    for (number, child) in with.iter().enumerate() {
        row = row.about_part(&format!("child{}", number + 1), case.person(*child).id);
    }
    out.push(FileId::Refuge, row);
    case.see(Moment::Separation(stay.family), stay.from, FileId::Refuge, &key);
    if let (Some(next), Some(to)) = (stay.next, departed) {
        case.see(Moment::Move(next), to, FileId::Refuge, &key);
    }
}
