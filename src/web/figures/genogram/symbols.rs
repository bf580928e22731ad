//! The symbols of a genogram with their names, and the key that explains them all.

use std::collections::BTreeMap;

use jiff::civil::Date;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::shape::Person;
use throughline_domain::record::{LifeStage, Sex};

use super::super::svg::{Drawing, INK, PALETTE, cut};
use super::kin::Bond;
use super::lines::{arrow, zigzag};
use super::plan::Plan;
use super::{Genogram, HALF};
use crate::web::shown;

/// Draws somebody with name and age.
pub(super) fn draw_person(drawing: &mut Drawing, plan: &Plan<'_>, person: &Person, today: Date) {
    let Some((x, y)) = plan.at(&person.id) else { return };
    let label = shown::label(person, today);
    drawing.open(&format!("{}, {}, {}", label.name, sex_words(person), label.born));
    symbol(drawing, person, x, y, HALF);
    let inside = match person.stage {
        LifeStage::Unborn => String::new(),
        _ => match person.born {
            Some(born) => shown::age(born, today).map_or_else(|| about(born, today), |age| age.to_string()),
            None => "?".to_owned(),
        },
    };
    drawing.text(x, y + 5.0, 15.0, &inside).set("text-anchor", "middle").set("font-weight", "bold").draw();
    let (first, last) = halves(&label.name);
    let lines: Vec<&str> =
        [first.as_str(), last.as_str()].into_iter().filter(|line| !line.is_empty()).collect();
    #[expect(clippy::cast_precision_loss, reason = "one or two lines")]
    let above = y - HALF - 8.0 - (lines.len().saturating_sub(1)) as f64 * 14.0;
    let mut line_y = if plan.has_row_below(&person.id) { above } else { y + HALF + 16.0 };
    for line in lines {
        let words = drawing.text(x, line_y, 13.0, &cut(line, 16)).set("text-anchor", "middle");
        // A white edge keeps the name readable where a line passes behind it.
        words.set("stroke", "#FFFFFF").set("stroke-width", "4").set("paint-order", "stroke").draw();
        line_y += 14.0;
    }
    drawing.close();
}

/// An age that is known to about a year.
fn about(born: throughline_domain::when::When, today: Date) -> String {
    format!("~{}", today.year() - born.first_day().year())
}

fn symbol(drawing: &mut Drawing, person: &Person, x: f64, y: f64, half: f64) {
    let points = if person.stage == LifeStage::Unborn {
        Some(vec![(x, y - half), (x + half, y + half), (x - half, y + half)])
    } else {
        match person.sex {
            Some(Sex::Male) => Some(vec![
                (x - half, y - half),
                (x + half, y - half),
                (x + half, y + half),
                (x - half, y + half),
            ]),
            Some(Sex::Female) => None,
            None => Some(vec![(x, y - half), (x + half, y), (x, y + half), (x - half, y)]),
        }
    };
    let shape = match points {
        Some(points) => drawing.path(&points, true),
        None => drawing.shape("circle").at("cx", x).at("cy", y).at("r", half),
    };
    shape.set("fill", "#FFFFFF").set("stroke", INK).set("stroke-width", "2.5").draw();
}

/// Forenames and surname on two lines.
fn halves(name: &str) -> (String, String) {
    match name.trim().rsplit_once(' ') {
        Some((first, last)) => (first.to_owned(), last.to_owned()),
        None => (name.trim().to_owned(), String::new()),
    }
}

/// How two people are a couple, in words.
pub(super) fn bond_words(bond: Bond) -> &'static str {
    match bond {
        Bond::Married => "married",
        Bond::Together => "partners",
        Bond::Parted => "former partners",
        Bond::ParentsOnly => "parents of the same child; no relationship recorded",
    }
}

/// What is recorded about somebody’s sex, in words.
pub(super) fn sex_words(person: &Person) -> &'static str {
    match (person.stage, person.sex) {
        (LifeStage::Unborn, _) => "not yet born",
        (_, Some(Sex::Male)) => "recorded as male",
        (_, Some(Sex::Female)) => "recorded as female",
        (_, None) => "sex not recorded",
    }
}

/// Explains what is on the picture, and nothing else.
pub(super) fn key(drawing: &mut Drawing, top: f64, family: &Genogram<'_>, plan: &Plan<'_>) {
    let mut y = top + 26.0;
    drawing.text(20.0, y, 13.0, "Key").set("font-weight", "bold").draw();
    y += 24.0;
    let mut x = 20.0;
    let kinds: [(&str, LifeStage, Option<Sex>); 4] = [
        ("male", LifeStage::Adult, Some(Sex::Male)),
        ("female", LifeStage::Adult, Some(Sex::Female)),
        ("sex not recorded", LifeStage::Adult, None),
        ("not yet born", LifeStage::Unborn, None),
    ];
    for (words, stage, sex) in kinds {
        let sample = Person { stage, sex, ..nobody() };
        symbol(drawing, &sample, x + 9.0, y - 4.0, 9.0);
        drawing.text(x + 26.0, y, 12.0, words).draw();
        x += 60.0 + 7.0 * words.len() as f64;
    }
    drawing.text(x, y, 12.0, "number: age in years, ~ about").draw();
    y += 26.0;
    x = 20.0;
    for bond in [Bond::Married, Bond::Together, Bond::Parted, Bond::ParentsOnly] {
        if !plan.kin.couples.iter().any(|couple| couple.bond == bond) {
            continue;
        }
        let line = drawing.line((x, y - 4.0), (x + 34.0, y - 4.0)).set("stroke-width", "2");
        match bond {
            Bond::Married | Bond::Parted => line.draw(),
            Bond::Together => line.set("stroke-dasharray", "8 4").draw(),
            Bond::ParentsOnly => line.set("stroke-dasharray", "2 4").draw(),
        }
        if bond == Bond::Parted {
            drawing.line((x + 12.0, y + 5.0), (x + 22.0, y - 13.0)).set("stroke-width", "2.5").draw();
        }
        let words = bond_words(bond);
        drawing.text(x + 42.0, y, 12.0, words).draw();
        x += 64.0 + 6.4 * words.len() as f64;
    }
    y += 26.0;
    x = 20.0;
    if !family.harm.is_empty() {
        zigzag(drawing, (x, y - 4.0), (x + 30.0, y - 4.0));
        arrow(drawing, (x + 30.0, y - 4.0), (x + 42.0, y - 4.0));
        drawing.text(x + 50.0, y, 12.0, "recorded as causing harm to").draw();
        x += 250.0;
    }
    if !family.homes.is_empty() {
        let shape = drawing.rect(x, y - 14.0, 30.0, 18.0).set("fill", "none").set("stroke", PALETTE[0]);
        shape.set("stroke-width", "2").set("stroke-dasharray", "1 6").set("stroke-linecap", "round").draw();
        drawing
            .text(x + 40.0, y, 12.0, "live together now, as far as recorded, with the letter of the home")
            .draw();
    }
    drawing.grow(0.0, y + 16.0);
}

/// A person of whom nothing is known, for samples.
pub(super) fn nobody() -> Person {
    Person {
        id: PersonId::default(),
        name: String::new(),
        names: Vec::new(),
        born: None,
        born_otherwise: Vec::new(),
        expected: None,
        sex: None,
        stage: LifeStage::Unknown,
        residences: Vec::new(),
        phones: Vec::new(),
        identifiers: Vec::new(),
        relations: Vec::new(),
        families: Vec::new(),
        records: BTreeMap::new(),
    }
}
