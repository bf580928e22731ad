//! What all agencies share when they write a row: who is meant, how they are related, how a number is typed.

use jiff::civil::Date;

use crate::case::Case;
use crate::dice::Dice;
use crate::export::Fault;
use crate::ids::{nhs_spaced, pnc_short, wrong_last_digit};
use crate::people::{Person, Px, Sex};
use crate::script::Kind;
use crate::words::fill;

/// A phone number as typed.
pub(crate) fn phone(p: &Person, dice: &mut Dice) -> String {
    let Some(number) = p.phone.as_deref() else { return String::new() };
    match dice.below(4) {
        0 => number.strip_prefix('0').map_or_else(String::new, |rest| format!("+44{rest}")),
        1 => {
            let (start, rest) = number.split_at_checked(5).unwrap_or((number, ""));
            format!("{start} {rest}")
        }
        _ => number.to_owned(),
    }
}

/// An NHS number as typed: spaced, missing, or with a slip.
pub(crate) fn nhs(p: &Person, missing: u32, dice: &mut Dice, faults: &mut Vec<Fault>) -> String {
    if p.nhs.is_empty() || dice.chance(missing) {
        return String::new();
    }
    if dice.per_mille(12) {
        let wrong = wrong_last_digit(&p.nhs);
        faults.push(Fault::keying("nhs_bad_check", &wrong));
        return wrong;
    }
    if dice.chance(12) {
        faults.push(Fault { severity: "cosmetic", ..Fault::keying("nhs_spaces", &p.nhs) });
        return nhs_spaced(&p.nhs);
    }
    p.nhs.clone()
}

/// A pupil number as typed.
pub(crate) fn upn(p: &Person, dice: &mut Dice, faults: &mut Vec<Fault>) -> String {
    let Some(upn) = &p.upn else { return String::new() };
    if dice.per_mille(10) {
        let wrong = wrong_last_digit(upn);
        faults.push(Fault::keying("upn_bad_check", &wrong));
        return wrong;
    }
    upn.clone()
}

/// A PNC id as typed.
pub(crate) fn pnc(p: &Person, dice: &mut Dice, faults: &mut Vec<Fault>) -> String {
    let Some(pnc) = &p.pnc else { return String::new() };
    if dice.per_mille(10) {
        let wrong = wrong_last_digit(pnc);
        faults.push(Fault::keying("pnc_bad_check", &wrong));
        return wrong;
    }
    if dice.chance(40) { pnc_short(pnc) } else { pnc.clone() }
}

/// Son, daughter, step-son … of the victim or of the person causing harm, in one word.
pub(crate) fn child_word(case: &Case, child: Px, adult: Px) -> &'static str {
    let person = case.person(child);
    let own = person.mother == Some(adult) || person.father == Some(adult);
    match (own, person.sex) {
        (true, Sex::Female) => "daughter",
        (true, Sex::Male) => "son",
        (false, Sex::Female) => "step daughter",
        (false, Sex::Male) => "step son",
    }
}

/// What the person causing harm is to the victim, or the other way about, on a day.
pub(crate) fn relationship(case: &Case, family: usize, of_harm: bool, on: Date, dice: &mut Dice) -> String {
    let Some(f) = case.family(family) else { return String::new() };
    let who = if of_harm { case.harm } else { f.victim };
    let female = case.person(who).sex == Sex::Female;
    let words: &[&'static str] = match (f.kind, of_harm) {
        (Kind::Partners, _) => {
            let parted = case.parted(family, on);
            match (f.married, parted, female) {
                (true, false, true) => &["wife", "Wife", "WIFE", "married to", "spouse"],
                (true, false, false) => &["husband", "Husband", "HUSBAND", "married to", "spouse"],
                (true, true, true) => &["ex wife", "EX-WIFE", "estranged wife", "sep wife", "separated"],
                (true, true, false) => &["ex husband", "EX-HUSBAND", "estranged husband", "separated"],
                (false, false, _) => &["partner", "PARTNER", "Partner", "ptnr", "cohabitee", "lives with"],
                (false, true, _) => &["ex partner", "EX-PARTNER", "former partner", "ex", "Ex Ptnr"],
            }
        }
        (Kind::Adolescent | Kind::AdultChild, true) if female => &["daughter", "DAUGHTER"],
        (Kind::Adolescent | Kind::AdultChild, true) => &["son", "SON"],
        (Kind::Adolescent | Kind::AdultChild, false) if female => &["mother", "mum", "MOTHER"],
        (Kind::Adolescent | Kind::AdultChild, false) => &["father", "dad", "FATHER"],
        (Kind::Siblings, _) if female => &["sister", "SISTER", "sibling"],
        (Kind::Siblings, _) => &["brother", "BROTHER", "sibling"],
        (Kind::Relative, true) if female => &["granddaughter"],
        (Kind::Relative, true) => &["grandson"],
        (Kind::Relative, false) if female => &["grandmother", "GRANDMOTHER"],
        (Kind::Relative, false) => &["grandfather", "in-law"],
    };
    if dice.chance(8) { String::new() } else { dice.of(words).to_owned() }
}

/// What the person causing harm is to a child, as a school or a midwife would put it.
pub(crate) fn to_child(case: &Case, adult: Px, child: Px, victim: Px, dice: &mut Dice) -> &'static str {
    let (person, adult_person) = (case.person(child), case.person(adult));
    let own = person.mother == Some(adult) || person.father == Some(adult);
    match (own, adult_person.sex, case.person(victim).sex) {
        (true, Sex::Female, _) => "Mother",
        (true, Sex::Male, _) => "Father",
        (false, Sex::Male, Sex::Female) => {
            dice.of(&["Mum's partner", "Step Father", "Boyfriend", "Mum's partner"])
        }
        (false, _, Sex::Male) => dice.of(&["Step Parent", "Dad's partner"]),
        (false, _, _) => dice.of(&["Step Parent", "Mum's partner"]),
    }
}

/// `first` with a capital.
pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Fills a note: child, victim and person causing harm with their pronouns.
pub(crate) fn note(
    frame: &str,
    child: Option<&Person>,
    victim: &Person,
    harm: &Person,
    number: i64,
) -> String {
    let [c_he, c_his, c_him, _] = child.map_or(["they", "their", "them", ""], |c| c.sex.pronouns());
    let [v_he, v_his, v_him, _] = victim.sex.pronouns();
    let [s_he, s_his, s_him, _] = harm.sex.pronouns();
    let c_big = capital(c_he);
    let number = number.to_string();
    let child = child.map_or("child", |c| c.called());
    fill(
        frame,
        &[
            ("C", child),
            ("c_he", c_he),
            ("c_He", &c_big),
            ("c_his", c_his),
            ("c_him", c_him),
            ("V", victim.called()),
            ("v_he", v_he),
            ("v_his", v_his),
            ("v_him", v_him),
            ("S", harm.called()),
            ("s_he", s_he),
            ("s_his", s_his),
            ("s_him", s_him),
            ("n", &number),
        ],
    )
}

/// One sentence of a list; where the person causing harm was `absent`, one that does not place him or her there.
pub(crate) fn choose<'a>(list: &'a [String], absent: bool, dice: &mut Dice) -> &'a str {
    let fits: Vec<&String> = list
        .iter()
        .filter(|frame| !absent || !(frame.contains("{S}") || frame.to_lowercase().contains("partner")))
        .collect();
    dice.pick(&fits).map_or("", |frame| frame.as_str())
}

/// Who lived in the victim's household as child of the family on a day, under 18.
pub(crate) fn children_at(case: &Case, family: usize, on: Date) -> Vec<Px> {
    let Some(f) = case.family(family) else { return Vec::new() };
    let home = case.lived(f.victim, on);
    let mine = f.children.iter().filter(|(child, lives)| {
        let person = case.person(*child);
        *lives == "resident" && person.born <= on && person.age(on) < 18 && case.lived(*child, on) == home
    });
    mine.map(|(child, _)| *child).collect()
}
