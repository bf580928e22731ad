//! Are these one person? Same, not the same, or cannot tell, and what would a mistake do? To be answered in 20 seconds.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;
use throughline_domain::ids::PersonId;
use throughline_domain::record::{Place, Sex};

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::links::pair::{PairView, SideSeen};
use crate::web::figures::waterfall;
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize)]
pub struct PairPage {
    /// What stands around it.
    pub frame: Frame,
    /// Both sides.
    pub view: PairView,
    /// Who others on the page are.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// Whether facts have come that are not in the picture yet.
    pub being_drawn: bool,
    /// What was wrong with what the viewer sent, if anything.
    pub error: Option<String>,
    /// What they chose.
    pub chosen: String,
    /// What they wrote.
    pub reason: String,
}

/// One thing of both sides.
#[derive(Serialize)]
struct Line {
    what: &'static str,
    one: Vec<String>,
    other: Vec<String>,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &PairPage) -> Result<String, PageError> {
    let view = &model.view;
    let [one, other] = &view.sides;
    let lines: Vec<Line> = LINES
        .iter()
        .map(|(what, told)| Line { what, one: told(one, model), other: told(other, model) })
        .collect();
    let start = view.parts.first().map_or(0.0, |part| part.weight);
    let worked_out = context! {
        view_words => "",
        lines => Value::from(Serde(lines)),
        waterfall => Value::from(Serde(waterfall::draw("weights", &view.parts, view.probability))),
        prior => format!("1 in {}", shown::thousands(start.exp2().recip().round().max(1.0))),
        sure => shown::sure(view.probability),
    };
    stage::page("pair.html", model, worked_out)
}

type Told = fn(&SideSeen, &PairPage) -> Vec<String>;

const LINES: &[(&str, Told)] = &[
    ("Names", |side, _| {
        let names = side.person.names.iter();
        let full = |name: &throughline_domain::record::Name| {
            format!("{} {}", name.forenames.join(" "), name.surname).trim().to_owned()
        };
        names
            .map(|seen| {
                format!("{} ({})", full(&seen.name), shown::count(seen.count as usize, "record", "records"))
            })
            .collect()
    }),
    ("Born", |side, _| {
        let person = &side.person;
        let expected = person.expected.map(|day| format!("expected {}", shown::day(day)));
        let born = person.born.iter().chain(&person.born_otherwise).map(|born| shown::when_day(*born));
        born.chain(expected).collect()
    }),
    ("Sex", |side, _| {
        let word = |sex| if sex == Sex::Female { "recorded as female" } else { "recorded as male" };
        side.person.sex.map(word).map(str::to_owned).into_iter().collect()
    }),
    ("Addresses over time", |side, _| {
        let mut stays: Vec<_> = side.person.residences.iter().collect();
        stays.sort_by_key(|stay| (stay.from, stay.to));
        let place = |stay: &&throughline_domain::picture::Stay| match &stay.place {
            Place::Kept(_) => shown::KEPT.to_owned(),
            known => {
                let from = stay.from.map_or_else(|| "not known".to_owned(), shown::when_day);
                let to = stay.to.map_or_else(|| "no end recorded".to_owned(), shown::when_day);
                format!("{} ({from} to {to})", shown::place(known))
            }
        };
        stays.iter().map(place).collect()
    }),
    ("Telephones", |side, _| side.person.phones.iter().map(|phone| phone.text.clone()).collect()),
    ("Numbers", |side, _| {
        side.person.identifiers.iter().map(|number| format!("{} {}", number.label, number.value)).collect()
    }),
    ("Agencies", |side, _| {
        let records = side.person.records.iter();
        let words = |number: &u32| shown::count(*number as usize, "record", "records");
        records.map(|(agency, number)| format!("{}, {}", shown::agency(agency), words(number))).collect()
    }),
    ("Recorded", |side, _| match side.recorded {
        Some((first, last)) if first == last => vec![shown::when_day(first)],
        Some((first, last)) => vec![format!("{} to {}", shown::when_day(first), shown::when_day(last))],
        None => Vec::new(),
    }),
    ("Named with them", |side, model| {
        let label =
            |id: &PersonId| model.labels.get(id).map(|label| format!("{}, {}", label.name, label.born));
        side.named_with.iter().filter_map(label).take(12).collect()
    }),
];
