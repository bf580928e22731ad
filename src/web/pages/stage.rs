//! What page templates run on: every component as a function, our words as filters, and an error for every
//! misspelt field instead of a gap on a page that somebody relies on.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::civil::Date;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior};
use rust_embed::RustEmbed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use throughline_domain::record::EventKind;
use throughline_domain::when::When;

use crate::web::{assets, components, shown};

/// Our page templates.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/templates"]
struct Templates;

/// A page that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The templates themselves are at fault, so no page can be made.
    #[error("the page templates could not be read: {0}")]
    Templates(String),
    /// This page's template is at fault.
    #[error("the page `{name}` could not be made: {why:#}")]
    Page {
        /// Which template.
        name: &'static str,
        /// What is wrong with it.
        why: Error,
    },
}

static STAGE: LazyLock<Result<Environment<'static>, String>> =
    LazyLock::new(|| build().map_err(|why| format!("{why:#}")));

/// Fills the template `name` with a model and what the page works out from it.
///
/// # Errors
/// [`PageError`] when the template asks for something that the model does not have.
pub fn page(name: &'static str, model: &impl Serialize, worked_out: Value) -> Result<String, PageError> {
    let env = STAGE.as_ref().map_err(|why| PageError::Templates(why.clone()))?;
    let wrong = |why| PageError::Page { name, why };
    let all = minijinja::context! { ..worked_out, ..Value::from(Serde(model)) };
    env.get_template(name).and_then(|template| template.render(all)).map_err(wrong)
}

fn build() -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_formatter(components::format);
    let made = Arc::new(components::Components::load()?);
    for name in made.names() {
        let (made, function) = (Arc::clone(&made), name.clone());
        env.add_function(name, move |params: Value| {
            made.render(&function, &params).map(Value::from_safe_string)
        });
    }
    let tables = Arc::clone(&made);
    env.add_function(
        "table",
        move |state: &mut State, items: Value, columns: Value, options: Option<Value>| {
            table(&tables, state, &items, &columns, options)
        },
    );
    let plain = Arc::clone(&made);
    env.add_function("plain_table", move |head: Value, rows: Value| plain_table(&plain, &head, &rows));
    env.add_function("asset", |path: String| assets::address(&path));
    filters(&mut env);
    for path in Templates::iter() {
        let file = Templates::get(&path)
            .ok_or_else(|| Error::new(ErrorKind::TemplateNotFound, format!("no template `{path}`")))?;
        env.add_template_owned(path.to_string(), String::from_utf8_lossy(&file.data).into_owned())?;
    }
    Ok(env)
}

fn filters(env: &mut Environment<'static>) {
    env.add_filter("when", |v: Value| parsed::<When>(&v).map(shown::when));
    env.add_filter("day", |v: Value| parsed::<When>(&v).map(shown::when_day));
    env.add_filter("date", |v: Value| parsed::<Date>(&v).map(shown::day));
    env.add_filter("moment", |v: Value| parsed::<Timestamp>(&v).map(shown::moment));
    env.add_filter("moment_day", |v: Value| {
        parsed::<Timestamp>(&v).map(|at| shown::day(shown::local(at).date()))
    });
    env.add_filter("ago", |v: Value, now: Value| {
        Ok::<_, Error>(shown::ago(parsed(&v)?, parsed::<When>(&now)?.first_day()))
    });
    env.add_filter("agency", |id: String| shown::agency(&id.into()));
    env.add_filter("kind", |v: Value| read::<EventKind>(&v).map(EventKind::label));
    env.add_filter("role", |v: Value| read(&v).map(shown::role));
    env.add_filter("relation", |v: Value| read(&v).map(shown::relation));
    env.add_filter("basis", |v: Value| read(&v).map(shown::basis));
    env.add_filter("place", |v: Value| read(&v).map(|place| shown::place(&place)));
    env.add_filter("sentence_case", |code: String| shown::sentence_case(&code));
    env.add_filter("path", |v: Value| path(&v.to_string()));
    env.add_filter("sure", shown::sure);
    env.add_filter("cut", |text: String, longest: usize| crate::web::figures::svg::cut(&text, longest));
    env.add_filter("count", |number: Value, one: String, many: String| {
        let number = number.as_usize().or_else(|| number.len()).unwrap_or(0);
        shown::count(number, &one, &many)
    });
}

fn parsed<T: std::str::FromStr>(value: &Value) -> Result<T, Error>
where
    T::Err: std::fmt::Display,
{
    let text = value.to_string();
    text.parse().map_err(|why| Error::new(ErrorKind::InvalidOperation, format!("`{text}`: {why}")))
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    T::deserialize(value.clone())
}

/// An id as one part of an address.
#[must_use]
pub fn path(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The table component, filled row by row: each column is a heading and a macro that makes its cell. Every cell
/// carries its heading, so that narrow screens can show it beside the cell.
fn table(
    made: &components::Components,
    state: &mut State,
    items: &Value,
    columns: &Value,
    options: Option<Value>,
) -> Result<Value, Error> {
    let columns: Vec<Value> = columns.try_iter()?.collect();
    let mut head = Vec::new();
    for column in &columns {
        let mut item = vec![("text", column.get_attr("head")?)];
        item.extend(optional(column, "format")?.map(|format| ("format", format)));
        head.push(object(item));
    }
    let mut rows = Vec::new();
    for item in items.try_iter()? {
        let mut cells = Vec::new();
        for column in &columns {
            let html = column.get_attr("cell")?.call(state, std::slice::from_ref(&item))?;
            let label = object([("data-label", column.get_attr("head")?)]);
            let mut cell = vec![("html", trimmed(&html)), ("attributes", label)];
            cell.extend(optional(column, "format")?.map(|format| ("format", format)));
            cells.push(object(cell));
        }
        rows.push(Value::from(cells));
    }
    let mut params = vec![("head", Value::from(head)), ("rows", Value::from(rows))];
    let options = options.unwrap_or_else(|| Value::from(()));
    for name in ["caption", "captionClasses", "classes", "firstCellIsHeader"] {
        params.extend(optional(&options, name)?.map(|given| (name, given)));
    }
    made.render("govukTable", &object(params)).map(Value::from_safe_string)
}

/// A table of texts: headings and rows of words.
fn plain_table(made: &components::Components, head: &Value, rows: &Value) -> Result<Value, Error> {
    let head: Vec<Value> = head.try_iter()?.collect();
    let mut body = Vec::new();
    for row in rows.try_iter()? {
        let cells = row.try_iter()?.zip(&head).map(|(text, name)| {
            let label = object([("data-label", name.clone())]);
            object([("text", text), ("attributes", label)])
        });
        body.push(Value::from(cells.collect::<Vec<_>>()));
    }
    let head: Vec<Value> = head.into_iter().map(|text| object([("text", text)])).collect();
    let params =
        [("head", Value::from(head)), ("rows", Value::from(body)), ("classes", Value::from("tl-stack"))];
    made.render("govukTable", &object(params)).map(Value::from_safe_string)
}

fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::from(fields.into_iter().collect::<BTreeMap<_, _>>())
}

/// A cell without the white space around it; an empty one still takes its place.
fn trimmed(html: &Value) -> Value {
    let text = html.to_string();
    let text = text.trim();
    Value::from_safe_string(if text.is_empty() { "–".to_owned() } else { text.to_owned() })
}

fn optional(value: &Value, name: &str) -> Result<Option<Value>, Error> {
    if value.kind() != ValueKind::Map {
        return Ok(None);
    }
    let found = value.get_attr(name)?;
    Ok((!found.is_undefined() && !found.is_none()).then_some(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_can_be_read() {
        if let Err(why) = STAGE.as_ref() {
            panic!("{why}");
        }
    }

    #[test]
    fn an_id_cannot_leave_its_place_in_an_address() {
        assert_eq!(path("p-12/../x?y"), "p-12%2F..%2Fx%3Fy");
    }
}
