//! A sharing request: who asks for what, about whom and what for. What is absent was not said.

use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::words::{
    Agency, Category, Channel, Consent, Purpose, Relation, Risk, Role, Stage, Subject, UnknownWord,
    read_stage,
};

/// Categories asked for: a set, so that their order cannot matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Categories(u32);

impl Categories {
    /// The set of these.
    #[must_use]
    pub fn of(categories: &[Category]) -> Self {
        Self(categories.iter().fold(0, |set, category| set | 1 << (*category as u32)))
    }

    /// With one more.
    #[must_use]
    pub fn with(self, category: Category) -> Self {
        Self(self.0 | 1 << (category as u32))
    }

    /// Whether it is in the set.
    #[must_use]
    pub fn has(self, category: Category) -> bool {
        self.0 >> (category as u32) & 1 == 1
    }

    /// Whether none is in the set.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in the set, in the handbook's order.
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |category| self.has(*category))
    }
}

/// One request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Request {
    /// The agency that asks.
    pub agency: Option<Agency>,
    /// What the person who asks does.
    pub role: Option<Role>,
    /// How they stand to the family.
    pub relation: Option<Relation>,
    /// The agency that holds what is asked for.
    pub holder: Option<Agency>,
    /// What it is for.
    pub purpose: Option<Purpose>,
    /// What is asked for.
    pub categories: Categories,
    /// Whose data.
    pub subject: Option<Subject>,
    /// What was said about consent.
    pub consent: Option<Consent>,
    /// How the risk was graded.
    pub risk: Option<Risk>,
    /// How far the work has come.
    pub stage: Option<Stage>,
    /// How it would be sent.
    pub channel: Option<Channel>,
    /// The day the rules are read for; the caller says which day stands where it is absent.
    pub on: Option<Date>,
}

/// Why a request could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no JSON object.
    #[error("a request is one JSON object on one line: {0}")]
    NoObject(String),
    /// A word that is not known.
    #[error(transparent)]
    Word(#[from] UnknownWord),
    /// A name of a field that is not known. It is refused, not skipped: `relaton` would hide a conflict.
    #[error("field `{found}` is not known; write: {known}")]
    Field {
        /// What was written.
        found: String,
        /// The fields there are.
        known: &'static str,
    },
    /// A field with another kind of value.
    #[error("{field} must be {expected}")]
    Shape {
        /// Which field.
        field: &'static str,
        /// What it should have held.
        expected: &'static str,
    },
}

const FIELDS: &str = "id requester holder purpose categories subject consent risk stage channel on";
const REQUESTER: &str = "agency role relation";
/// What people who keep lists of requests write beside them; it decides nothing.
const BESIDE: &[&str] = &[
    "id",
    "note",
    "comment",
    "title",
    "case",
    "row",
    "group",
    "description",
    "expect",
    "expected",
    "why",
    "rules",
];

impl Request {
    /// Reads a request as it is written on one line.
    ///
    /// # Errors
    /// [`Unreadable`] says which word or field and what there is instead.
    pub fn parse(line: &str) -> Result<Self, Unreadable> {
        let value: Value = serde_json::from_str(line).map_err(|e| Unreadable::NoObject(e.to_string()))?;
        Self::from_json(&value)
    }

    /// Reads a request that is JSON already.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn from_json(value: &Value) -> Result<Self, Unreadable> {
        let Value::Object(fields) = value else {
            return Err(Unreadable::NoObject("something else was found".to_owned()));
        };
        let mut request = Self::default();
        for (name, value) in fields {
            if value.is_null() || BESIDE.contains(&name.as_str()) {
                continue;
            }
            match name.as_str() {
                "requester" => request.read_requester(value)?,
                "holder" => request.holder = Some(word(value, "holder", holder)?),
                "purpose" => request.purpose = Some(word(value, "purpose", Purpose::parse)?),
                "categories" => request.categories = categories(value)?,
                "subject" => request.subject = Some(word(value, "subject", Subject::parse)?),
                "consent" => request.consent = Some(word(value, "consent", Consent::parse)?),
                "risk" => request.risk = Some(word(value, "risk", Risk::parse)?),
                "stage" => request.stage = Some(word(value, "stage", read_stage)?),
                "channel" => request.channel = Some(word(value, "channel", Channel::parse)?),
                "on" => request.on = Some(date(value)?),
                _ => return Err(Unreadable::Field { found: name.clone(), known: FIELDS }),
            }
        }
        Ok(request)
    }

    fn read_requester(&mut self, value: &Value) -> Result<(), Unreadable> {
        let fields: &Map<String, Value> = value.as_object().ok_or(Unreadable::Shape {
            field: "requester",
            expected: "an object with agency, role, relation",
        })?;
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "agency" => self.agency = Some(word(value, "agency", Agency::parse)?),
                "role" => self.role = Some(word(value, "role", Role::parse)?),
                "relation" => self.relation = Some(word(value, "relation", Relation::parse)?),
                _ => return Err(Unreadable::Field { found: format!("requester.{name}"), known: REQUESTER }),
            }
        }
        Ok(())
    }
}

fn holder(text: &str) -> Result<Agency, UnknownWord> {
    Agency::parse(text).map_err(|unknown| UnknownWord { field: "holder", ..unknown })
}

fn word<T>(
    value: &Value,
    field: &'static str,
    parse: impl Fn(&str) -> Result<T, UnknownWord>,
) -> Result<T, Unreadable> {
    let text = value.as_str().ok_or(Unreadable::Shape { field, expected: "one word in quotation marks" })?;
    Ok(parse(text)?)
}

fn categories(value: &Value) -> Result<Categories, Unreadable> {
    let shape = Unreadable::Shape { field: "categories", expected: "a list of words, as [\"ID\",\"INC\"]" };
    let list = value.as_array().ok_or(shape)?;
    list.iter().try_fold(Categories::default(), |set, value| {
        Ok(set.with(word(value, "categories", Category::parse)?))
    })
}

fn date(value: &Value) -> Result<Date, Unreadable> {
    let shape = Unreadable::Shape { field: "on", expected: "a date, as \"2026-11-20\"" };
    value.as_str().and_then(|text| text.parse().ok()).ok_or(shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_of_the_contract_is_read() {
        let line = r#"{"id":"r1","requester":{"agency":"education","role":"safeguarding_lead","relation":"own_case"},"holder":"police","purpose":"encompass","categories":["ID","INC"],"subject":"child","consent":"not_applicable","risk":"standard","stage":"incident_notification","channel":"named_person","on":"2026-11-20"}"#;
        let request = Request::parse(line).unwrap();
        assert_eq!(request.agency, Some(Agency::Education));
        assert_eq!(request.categories.iter().collect::<Vec<_>>(), [Category::Id, Category::Inc]);
        assert_eq!(request.on.map(|on| on.to_string()).as_deref(), Some("2026-11-20"));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let said = |line: &str| Request::parse(line).unwrap_err().to_string();
        assert!(said(r#"{"risk":"huge"}"#).contains("`huge`"));
        assert!(said(r#"{"holder":"pub"}"#).starts_with("holder `pub`"));
        assert!(said(r#"{"requester":{"relaton":"conflict"}}"#).contains("requester.relaton"));
        assert!(said(r#"{"categories":["ID",7]}"#).contains("categories must be"));
        assert!(said("[]").contains("one JSON object"));
        assert!(said("{").contains("one JSON object"));
        assert!(said(r#"{"on":"20 November"}"#).contains("on must be a date"));
    }

    #[test]
    fn a_category_asked_for_twice_is_asked_for() {
        let twice = Categories::of(&[Category::Id, Category::Inc, Category::Id]);
        assert_eq!(twice.iter().collect::<Vec<_>>(), [Category::Id, Category::Inc]);
        assert_eq!(Categories::of(&[Category::Id]).with(Category::Id), Categories::of(&[Category::Id]));
        assert!(Categories::of(&[]).is_empty() && !twice.is_empty());
    }

    #[test]
    fn null_is_not_said() {
        assert_eq!(Request::parse(r#"{"risk":null,"requester":{"role":null}}"#), Ok(Request::default()));
    }
}
