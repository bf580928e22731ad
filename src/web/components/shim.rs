//! What Nunjucks and the packages bring to their templates and minijinja does not: JavaScript's idea of
//! "nothing", filters that keep markup safe, and the attribute macro that looks inside safe strings.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Rest, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

/// Gives `env` Nunjucks' manners: escaping, white space, undefined values, filters and tests.
///
/// # Errors
/// When the syntax cannot be set up.
pub fn prepare(env: &mut Environment<'static>) -> Result<(), Error> {
    env.set_syntax(
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?,
    );
    env.set_undefined_behavior(UndefinedBehavior::Chainable);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_formatter(format);
    env.set_unknown_method_callback(method);
    env.add_global("undefined", Value::UNDEFINED);
    env.add_function("govuk_attributes", attributes);
    env.add_filter("pairs", pairs);
    env.add_filter("length", |value: Value| value.len().unwrap_or(0));
    env.add_filter("default", default);
    env.add_filter(
        "escape",
        |value: Value| if value.is_safe() { value } else { safe(escaped(&text(&value))) },
    );
    env.add_filter("string", |value: Value| text(&value));
    env.add_filter("trim", |value: Value| keep_safety(&value, value.to_string().trim().to_owned()));
    env.add_filter("indent", indent);
    env.add_filter("mojDate", |value: Value, _how: Rest<Value>| value);
    env.add_filter("date", |value: Value, _how: Rest<Value>| value);
    env.add_test("truthy", |value: Value| value.is_true());
    Ok(())
}

/// Writes a value as Nunjucks does: nothing for nothing, escaped unless known to be safe.
pub fn format(out: &mut Output, _state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() || value.is_none() {
        return Ok(());
    }
    let text = text(value);
    if value.is_safe() {
        out.write_str(&text)?
    } else {
        out.write_str(&escaped(&text))?
    }
    Ok(())
}

/// Nunjucks' escaping: every character that could end a text or an attribute.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '`' => out.push_str("&#96;"),
            '\\' => out.push_str("&#92;"),
            other => out.push(other),
        }
    }
    out
}

/// A value as JavaScript writes it.
fn text(value: &Value) -> String {
    match value.kind() {
        ValueKind::Bool => if value.is_true() { "true" } else { "false" }.to_owned(),
        _ => value.to_string(),
    }
}

fn safe(text: String) -> Value {
    Value::from_safe_string(text)
}

fn keep_safety(before: &Value, after: String) -> Value {
    if before.is_safe() { safe(after) } else { Value::from(after) }
}

fn default(value: Value, other: Option<Value>, also_when_empty: Option<bool>) -> Value {
    let missing = if also_when_empty == Some(true) { !value.is_true() } else { value.is_undefined() };
    if missing { other.unwrap_or(Value::UNDEFINED) } else { value }
}

fn indent(value: Value, width: usize, first: Option<bool>) -> Value {
    if value.is_undefined() || value.is_none() {
        return Value::from("");
    }
    let text = value.to_string();
    let mut out = String::with_capacity(text.len() + 64);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if at > 0 || first == Some(true) {
            out.extend(std::iter::repeat_n(' ', width));
        }
        out.push_str(line);
    }
    keep_safety(&value, out)
}

/// Names and values of an object, in its order; nothing of nothing.
fn pairs(value: Value) -> Result<Vec<Value>, Error> {
    if value.kind() != ValueKind::Map {
        return Ok(Vec::new());
    }
    value.try_iter()?.map(|key| value.get_item(&key).map(|item| Value::from(vec![key, item]))).collect()
}

/// Methods of JavaScript's arrays that the templates call.
fn method(_state: &mut State, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    let first = args.first().cloned().unwrap_or(Value::UNDEFINED);
    match name {
        "includes" => Ok(Value::from(value.try_iter()?.any(|item| item == first))),
        "concat" => {
            let mut all: Vec<Value> = value.try_iter()?.collect();
            if first.kind() == ValueKind::Seq {
                all.extend(first.try_iter()?)
            } else {
                all.push(first)
            }
            Ok(Value::from(all))
        }
        "join" => {
            let all: Vec<String> = value.try_iter()?.map(|item| item.to_string()).collect();
            Ok(Value::from(all.join(&first.to_string())))
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// `govukAttributes` of the package. Its macro looks at `.val` of safe strings, which only Nunjucks has.
fn attributes(given: Option<Value>) -> Result<Value, Error> {
    let Some(given) = given else { return Ok(Value::from("")) };
    if given.kind() == ValueKind::String {
        return Ok(safe(given.to_string()));
    }
    let mut out = String::new();
    for pair in pairs(given)? {
        let (name, item) = (pair.get_item_by_index(0)?, pair.get_item_by_index(1)?);
        let (value, optional) = if item.kind() == ValueKind::Map {
            (item.get_attr("value")?, item.get_attr("optional")?.is_true())
        } else {
            (item, false)
        };
        let nothing = value.is_undefined() || value.is_none();
        let (yes, no) = (value == Value::from(true), value == Value::from(false));
        let flag = value.kind() == ValueKind::Bool;
        if optional && flag && yes {
            out.push_str(&format!(" {}", escaped(&name.to_string())));
        } else if !(optional && (nothing || flag && no)) {
            let shown = match () {
                () if nothing => String::new(),
                () if value.is_safe() => text(&value),
                () => escaped(&text(&value)),
            };
            out.push_str(&format!(" {}=\"{shown}\"", escaped(&name.to_string())));
        }
    }
    Ok(safe(out))
}
