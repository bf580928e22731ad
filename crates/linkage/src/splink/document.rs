//! A saved Splink model as JSON, read field by field so that every error names its place.

use serde_json::{Map, Value};

use crate::settings::SettingsError;

/// What is used of a saved model.
pub(super) struct Document {
    pub(super) prior: Option<f64>,
    pub(super) comparisons: Vec<Comparison>,
    pub(super) rules: Vec<String>,
}

/// One comparison.
#[derive(Clone)]
pub(super) struct Comparison {
    pub(super) name: String,
    /// What it is about, where that is known better than from its columns.
    pub(super) subject: Option<super::level::Subject>,
    pub(super) levels: Vec<Level>,
}

/// One of its levels.
#[derive(Clone)]
pub(super) struct Level {
    pub(super) sql: String,
    pub(super) label: String,
    pub(super) null: bool,
    pub(super) m: Option<f64>,
    pub(super) u: Option<f64>,
    pub(super) term_frequency: bool,
}

impl Level {
    /// Conditions that must all hold, without the brackets around each.
    pub(super) fn parts(&self) -> Vec<String> {
        let spaced = self.sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts = spaced.split(" AND ").flat_map(|part| part.split(" and "));
        parts.map(|part| whole(part.trim()).to_owned()).collect()
    }
}

/// A condition without brackets that stand around all of it.
fn whole(part: &str) -> &str {
    let inner = part.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let closes = |inner: &str| {
        let mut open = 0i32;
        inner.chars().all(|c| {
            open += i32::from(c == '(') - i32::from(c == ')');
            open >= 0
        })
    };
    inner.filter(|inner| closes(inner)).unwrap_or(part)
}

impl Comparison {
    /// Columns its levels speak of, each once.
    pub(super) fn columns(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for column in self.levels.iter().flat_map(|level| columns(&level.sql)) {
            if !out.contains(&column) {
                out.push(column);
            }
        }
        out
    }
}

/// Columns an SQL condition speaks of: words ending in `_l` or `_r`.
pub(super) fn columns(sql: &str) -> Vec<String> {
    let words = sql.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let mut out: Vec<String> = Vec::new();
    for word in words {
        let word = word.to_lowercase();
        let column = word.strip_suffix("_l").or_else(|| word.strip_suffix("_r"));
        if let Some(column) = column.filter(|c| !c.is_empty() && !out.iter().any(|held| held == c)) {
            out.push(column.to_owned());
        }
    }
    out
}

struct Reader<'a> {
    file: &'a str,
}

impl Reader<'_> {
    fn wrong(&self, field: &str, found: Option<&Value>, expected: &str) -> SettingsError {
        let found = match found {
            None => "nothing".to_owned(),
            Some(Value::Array(list)) => format!("a list of {}", list.len()),
            Some(Value::Object(_)) => "an object".to_owned(),
            Some(value) => value.to_string().chars().take(60).collect(),
        };
        SettingsError::new(self.file, field, &format!("found {found}, expected {expected}"))
    }

    fn list<'v>(&self, field: &str, value: Option<&'v Value>) -> Result<&'v [Value], SettingsError> {
        match value {
            Some(Value::Array(list)) => Ok(list),
            other => Err(self.wrong(field, other, "a list, as Splink saves it")),
        }
    }

    fn object<'v>(&self, field: &str, value: &'v Value) -> Result<&'v Map<String, Value>, SettingsError> {
        value.as_object().ok_or_else(|| self.wrong(field, Some(value), "an object, as Splink saves it"))
    }

    fn text(&self, field: &str, value: Option<&Value>) -> Result<String, SettingsError> {
        match value {
            Some(Value::String(text)) => Ok(text.clone()),
            other => Err(self.wrong(field, other, "a text")),
        }
    }

    /// A probability, or nothing where it was not trained.
    fn chance(&self, field: &str, value: Option<&Value>) -> Result<Option<f64>, SettingsError> {
        match value {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_f64().filter(|chance| (0.0..=1.0).contains(chance)) {
                Some(chance) => Ok(Some(chance)),
                // Splink writes words where a level was never seen.
                None if value.is_string() => Ok(None),
                None => Err(self.wrong(field, Some(value), "a number from 0 to 1")),
            },
        }
    }
}

/// Reads a saved model.
pub(super) fn read(file: &str, text: &str) -> Result<Document, SettingsError> {
    let reader = Reader { file };
    let value: Value = serde_json::from_str(text)
        .map_err(|e| SettingsError::new(file, "document", &format!("is not JSON: {e}")))?;
    let object = reader.object("document", &value)?;
    let comparisons = reader.list("comparisons", object.get("comparisons"))?;
    if comparisons.is_empty() {
        return Err(reader.wrong("comparisons", object.get("comparisons"), "at least one comparison"));
    }
    let comparisons = comparisons
        .iter()
        .enumerate()
        .map(|(at, value)| comparison(&reader, at, value))
        .collect::<Result<_, _>>()?;
    let field = "blocking_rules_to_generate_predictions";
    let rules = match object.get(field) {
        None | Some(Value::Null) => Vec::new(),
        some => reader
            .list(field, some)?
            .iter()
            .enumerate()
            .map(|(at, v)| rule(&reader, at, v))
            .collect::<Result<_, _>>()?,
    };
    let field = "probability_two_random_records_match";
    let prior = reader.chance(field, object.get(field))?;
    if prior.is_some_and(|prior| prior <= 0.0 || prior >= 1.0) {
        return Err(reader.wrong(field, object.get(field), "a number above 0 and below 1"));
    }
    Ok(Document { prior, comparisons, rules })
}

fn comparison(reader: &Reader<'_>, at: usize, value: &Value) -> Result<Comparison, SettingsError> {
    let place = format!("comparisons[{at}]");
    let object = reader.object(&place, value)?;
    let field = format!("{place}.comparison_levels");
    let levels = reader.list(&field, object.get("comparison_levels"))?;
    let levels: Vec<Level> = levels
        .iter()
        .enumerate()
        .map(|(at, value)| level(reader, &format!("{field}[{at}]"), value))
        .collect::<Result<_, _>>()?;
    let name = match object.get("output_column_name") {
        None | Some(Value::Null) => format!("comparison {}", at + 1),
        some => reader.text(&format!("{place}.output_column_name"), some)?,
    };
    Ok(Comparison { name, subject: None, levels })
}

fn level(reader: &Reader<'_>, place: &str, value: &Value) -> Result<Level, SettingsError> {
    let object = reader.object(place, value)?;
    let sql = reader.text(&format!("{place}.sql_condition"), object.get("sql_condition"))?;
    let label = object.get("label_for_charts").and_then(Value::as_str).unwrap_or(&sql).to_owned();
    let flag = |name: &str| object.get(name).and_then(Value::as_bool).unwrap_or(false);
    Ok(Level {
        null: flag("is_null_level"),
        m: reader.chance(&format!("{place}.m_probability"), object.get("m_probability"))?,
        u: reader.chance(&format!("{place}.u_probability"), object.get("u_probability"))?,
        term_frequency: object.get("tf_adjustment_column").is_some_and(Value::is_string),
        sql,
        label,
    })
}

/// A rule stands as text, or as an object with its text in it.
fn rule(reader: &Reader<'_>, at: usize, value: &Value) -> Result<String, SettingsError> {
    let place = format!("blocking_rules_to_generate_predictions[{at}]");
    match value {
        Value::String(text) => Ok(text.clone()),
        other => {
            let object = reader.object(&place, other)?;
            reader.text(&format!("{place}.blocking_rule"), object.get("blocking_rule"))
        }
    }
}
