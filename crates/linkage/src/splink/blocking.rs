//! Splink's blocking rules as our keys: equalities joined by AND, each on a column or the start of one.

use super::level::Subject;
use crate::settings::{BlockingKey, PARTS, Part};

/// Largest group of a rule that has no like among the built-in ones.
const MOST: u32 = 60;

/// The key a rule means, or why there is none.
pub(super) fn key(rule: &str, built_in: &[BlockingKey]) -> Result<BlockingKey, String> {
    let plain = rule.to_lowercase().replace(['"', '`', '\n'], " ");
    if plain.contains(" or ") {
        return Err("joins conditions by OR, which no key here does; left out".to_owned());
    }
    let mut parts: Vec<Part> = Vec::new();
    for condition in split_and(&plain) {
        let part = part(&condition)?;
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    if parts.is_empty() {
        return Err("says nothing to share; left out".to_owned());
    }
    let name = |part: &Part| PARTS.iter().find(|(_, held)| held == part).map_or("", |(name, _)| *name);
    // Our keys name their parts in one order, so that the same key is known as such.
    let like = built_in
        .iter()
        .find(|key| key.parts.len() == parts.len() && parts.iter().all(|p| key.parts.contains(p)));
    if let Some(like) = like {
        return Ok(like.clone());
    }
    let name = parts.iter().map(name).collect::<Vec<_>>().join("+");
    Ok(BlockingKey::new(&name, parts, MOST))
}

/// Conditions of a rule, without the brackets around each.
fn split_and(rule: &str) -> Vec<String> {
    let spaced = rule.split_whitespace().collect::<Vec<_>>().join(" ");
    spaced.split(" and ").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn part(condition: &str) -> Result<Part, String> {
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    let Some((left, right)) = squeezed.split_once('=') else {
        return Err(format!("'{condition}' is no equality; left out"));
    };
    let left = left.trim_start_matches('(');
    let strip = |side: &str, table: &str| {
        side.replace(table, "").trim_end_matches(')').trim_start_matches('(').to_owned()
    };
    let (ours, theirs) = (strip(left, "l."), strip(right, "r."));
    if ours != theirs {
        return Err(format!("'{condition}' compares two different columns; left out"));
    }
    let name: &str = ours.rsplit('(').next().unwrap_or_default().split(',').next().unwrap_or_default();
    let Some(subject) = Subject::of_column(name) else {
        return Err(format!("there is no key on '{name}'; left out"));
    };
    let numbers: Vec<u32> = ours.split([',', '(', ')']).filter_map(|word| word.parse().ok()).collect();
    let whole = !ours.contains('(') && numbers.is_empty();
    let start = match numbers.as_slice() {
        [0 | 1, length] => Some(*length),
        [length] if ours.starts_with("left(") => Some(*length),
        _ => None,
    };
    let found = match (subject, whole, start) {
        (Subject::Forename, true, _) => Some(Part::Forename),
        (Subject::Forename, _, Some(1)) => Some(Part::Initial),
        (Subject::Surname, true, _) => Some(Part::Surname),
        (Subject::Born, true, _) => Some(Part::Born),
        (Subject::Born, _, Some(4)) => Some(Part::Year),
        (Subject::Born, _, Some(7)) => Some(Part::Month),
        (Subject::Born, false, None) if ours.starts_with("year(") => Some(Part::Year),
        (Subject::Sex, true, _) => Some(Part::Sex),
        (Subject::Postcode, true, _) => Some(Part::Postcode),
        (Subject::Phone, true, _) => Some(Part::Phone),
        (Subject::Address, true, _) => Some(Part::Address),
        (Subject::Nhs | Subject::Upn | Subject::OtherNumber, true, _) => Some(Part::Number),
        _ => None,
    };
    found.ok_or_else(|| format!("there is no key on '{ours}'; left out"))
}
