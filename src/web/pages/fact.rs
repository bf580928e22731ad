//! One fact: the record that a line on another page comes from, field by field, with its three times.

use std::collections::BTreeMap;

use jiff::Timestamp;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use throughline_domain::fact::Warning;
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::record::{Event, Mention, Record, Who};
use throughline_domain::when::When;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FactPage {
    /// What stands around it.
    pub frame: Frame,
    /// Its place in the order of facts.
    pub seq: u64,
    /// Whose fact.
    pub agency: AgencyId,
    /// When it happened.
    pub happened: Option<When>,
    /// When the agency recorded it.
    pub recorded: Option<When>,
    /// When Throughline received it.
    pub received: Timestamp,
    /// The file and line it came in.
    pub file: String,
    /// Line in that file.
    pub line: u64,
    /// What it says; kept places are still kept.
    pub record: Record,
    /// Who its people are, in the order of the record.
    pub persons: Vec<PersonId>,
    /// Their labels.
    pub labels: BTreeMap<PersonId, PersonLabel>,
    /// What was odd about it.
    pub warnings: Vec<Warning>,
    /// The later version of this row, if a newer one came.
    pub replaced_by: Option<u64>,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &FactPage) -> Result<String, PageError> {
    let people: Vec<Value> = model
        .record
        .people
        .iter()
        .enumerate()
        .map(|(at, mention)| context! { id => Value::from(Serde(model.persons.get(at))), fields => Value::from(Serde(mention_fields(mention))) })
        .collect();
    let events: Vec<Vec<(String, String)>> = model.record.events.iter().map(event_fields).collect();
    let worked_out = context! {
        people,
        events => Value::from(Serde(events)),
        relations => Value::from(Serde(relations(&model.record))),
        residences => Value::from(Serde(residences(&model.record))),
        feed => model.record.feed.as_str(),
        row_key => model.record.row_key.as_str(),
        view_words => "",
    };
    let lean = context! {
        frame => Value::from(Serde(&model.frame)),
        seq => model.seq,
        agency => model.agency.as_str(),
        happened => Value::from(Serde(model.happened)),
        recorded => Value::from(Serde(model.recorded)),
        received => Value::from(Serde(model.received)),
        file => model.file.as_str(),
        line => model.line,
        labels => Value::from(Serde(&model.labels)),
        warnings => Value::from(Serde(&model.warnings)),
        replaced_by => Value::from(Serde(model.replaced_by)),
    };
    stage::page("fact.html", &lean, worked_out)
}

type Fields = Vec<(String, String)>;

/// What a row says of one person, field by field.
pub(super) fn mention_fields(mention: &Mention) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            fields.push((name.to_owned(), value));
        }
    };
    for name in &mention.names {
        let kind = match name.kind {
            throughline_domain::record::NameKind::Official => "Name",
            throughline_domain::record::NameKind::KnownAs => "Known as",
            throughline_domain::record::NameKind::Former => "Former name",
        };
        add(kind, [name.forenames.join(" "), name.surname.clone()].join(" ").trim().to_owned());
    }
    add("Born", mention.born.map(shown::when_day).unwrap_or_default());
    add("Age as told", mention.age.map(|age| age.to_string()).unwrap_or_default());
    add("Expected", mention.expected.map(shown::day).unwrap_or_default());
    add("Sex as recorded", mention.sex.map(|sex| plain(&sex)).unwrap_or_default());
    add("Telephone", mention.phones.join(", "));
    for number in &mention.identifiers {
        add(&plain(&number.kind), format!("{} ({})", number.value, plain(&number.verdict).to_lowercase()));
    }
    add("The agency’s own number", mention.local_refs.join(", "));
    fields
}

/// What happened, field by field.
pub(super) fn event_fields(event: &Event) -> Fields {
    let until = event.until.map(|until| format!(" to {}", shown::when(until))).unwrap_or_default();
    let mut fields: Fields = vec![
        ("What".to_owned(), event.kind.label().to_owned()),
        ("When".to_owned(), format!("{}{until}", shown::when(event.at))),
    ];
    let told = |told: Option<bool>| match told {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not recorded",
    };
    let contact = event.child_contact.as_ref().map(|contact| {
        format!(
            "seen: {}, alone: {}, spoken to: {}",
            told(contact.seen),
            told(contact.alone),
            told(contact.spoken_to)
        )
    });
    let rest = [
        ("Title", Some(event.title.clone())),
        ("Text", event.text.clone()),
        ("Written by", event.by.clone()),
        ("Where", event.place.as_ref().map(shown::place)),
        ("Child", contact),
        ("Reference", event.reference.clone()),
    ];
    for (name, value) in rest {
        fields.extend(value.filter(|value| !value.is_empty()).map(|value| (name.to_owned(), value)));
    }
    fields.extend(event.details.iter().map(|(name, value)| (shown::sentence_case(name), value.clone())));
    for one in &event.involved {
        fields.push(("Concerns".to_owned(), format!("{} ({})", who(&one.who), shown::role(one.role))));
    }
    fields
}

/// Relations of a row, one line each.
pub(super) fn relations(record: &Record) -> Vec<Vec<String>> {
    let rows = record.relations.iter().map(|relation| {
        let since = relation.since.map(shown::when_day).unwrap_or_default();
        vec![
            who(&relation.of),
            shown::relation(relation.is).to_owned(),
            who(&relation.to),
            relation.words.clone(),
            since,
        ]
    });
    rows.collect()
}

/// Homes of a row, one line each.
pub(super) fn residences(record: &Record) -> Vec<Vec<String>> {
    let rows = record.residences.iter().map(|residence| {
        let from = residence.from.map_or("not known".to_owned(), shown::when_day);
        let to = residence.to.map_or("no end recorded".to_owned(), shown::when_day);
        vec![
            who(&residence.who),
            shown::place(&residence.place),
            from,
            to,
            shown::basis(residence.basis).to_owned(),
        ]
    });
    rows.collect()
}

fn who(who: &Who) -> String {
    match who {
        Who::Here(sub) if sub.is_empty() => "the person of the row".to_owned(),
        Who::Here(sub) => format!("“{sub}” of the row"),
        Who::Local(number) | Who::Group(number) => number.clone(),
    }
}

/// The code of a value, for people to read.
fn plain(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => match code.as_str() {
            "nhs" => "NHS number".to_owned(),
            "upn" => "Unique pupil number".to_owned(),
            "pnc" => "Police National Computer number".to_owned(),
            "noms" => "Prison number".to_owned(),
            "cro" => "Criminal Records Office number".to_owned(),
            "bad_check" => "Check digit wrong".to_owned(),
            "bad_format" => "Not in the usual form".to_owned(),
            other => shown::sentence_case(other),
        },
        _ => String::new(),
    }
}
