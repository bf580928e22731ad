//! Takes over a saved Splink model (versions 4 and 5): its m and u as starting values, its prior and its blocking rules,
//! so that a partnership that linked with Splink does not begin again. What it has no word for is said, not guessed.

mod blocking;
mod document;
mod level;

use crate::levels::SHAPES;
use crate::settings::{BlockingKey, Settings, SettingsError, StartingLevel};

use document::{Comparison, Level};
use level::{Meaning, Subject};

/// Settings from a saved Splink model, and what could not be taken over and why; `file` is only for the words of an
/// error. Everything Splink does not know (the chances within a household, thresholds, words) is as built in.
///
/// # Errors
/// When the text is not a saved Splink model: the error names the field, what was found and what was expected.
pub fn import(file: &str, text: &str) -> Result<(Settings, Vec<String>), SettingsError> {
    let document = document::read(file, text)?;
    let mut settings = Settings::built_in()?;
    let mut notes = Vec::new();
    settings.prior.chance = document.prior;
    if document.prior.is_none() {
        notes
            .push("probability_two_random_records_match: not there; the prior starts as built in".to_owned());
    }
    let mut taken: Vec<(usize, String)> = Vec::new();
    for comparison in document.comparisons.iter().flat_map(apart) {
        take_over(&comparison, &mut settings, &mut taken, &mut notes);
    }
    take_rules(&document.rules, &mut settings, &mut notes);
    Ok((settings, notes))
}

/// Forename and surname are often one comparison in Splink and are two here: each gets what every level says of it.
fn apart(comparison: &Comparison) -> Vec<Comparison> {
    let both = |level: &Level| {
        let parts = level.parts();
        let has = |subject: Subject| parts.iter().any(|part| level::about(part) == Some(subject));
        has(Subject::Forename) && has(Subject::Surname)
    };
    if !comparison.levels.iter().any(|level| !level.null && both(level)) {
        return vec![comparison.clone()];
    }
    [(Subject::Forename, "forename"), (Subject::Surname, "surname")]
        .map(|(subject, word)| {
            let levels = comparison.levels.iter().filter_map(|level| {
                let parts = level.parts();
                let mine: Vec<&str> = parts
                    .iter()
                    .filter(|part| level::about(part) == Some(subject))
                    .map(String::as_str)
                    .collect();
                let others = parts.iter().any(|part| level::about(part).is_some());
                let sql = match (mine.is_empty(), others || level.null || level.sql == "ELSE") {
                    (false, _) => mine.join(" AND "),
                    (true, true) => "ELSE".to_owned(),
                    // Names the other way round are a level of the forename.
                    (true, false) if subject == Subject::Forename => level.sql.clone(),
                    (true, false) => return None,
                };
                Some(Level { sql, ..level.clone() })
            });
            Comparison {
                name: format!("{word} of {}", comparison.name),
                subject: Some(subject),
                levels: levels.collect(),
            }
        })
        .into()
}

/// Takes over the m and u of one comparison.
fn take_over(
    comparison: &Comparison,
    settings: &mut Settings,
    taken: &mut Vec<(usize, String)>,
    notes: &mut Vec<String>,
) {
    let name = &comparison.name;
    let Some(subject) = comparison.subject.or_else(|| Subject::of(&comparison.columns(), name)) else {
        notes.push(format!("comparison '{name}': nothing here compares the same; left out"));
        return;
    };
    let which = subject.comparison();
    if let Some((_, earlier)) = taken.iter().find(|(held, _)| *held == which) {
        notes.push(format!(
            "comparison '{name}': '{earlier}' was taken over for the same comparison; left out"
        ));
        return;
    }
    let Some((shape, start)) = SHAPES.get(which).zip(settings.start.get_mut(which)) else { return };
    let says = comparison.levels.iter().filter(|level| !level.null);
    if !says.clone().any(|level| level.m.is_some() && level.u.is_some()) {
        notes.push(format!("comparison '{name}': was not trained (no m, no u); left out"));
        return;
    }
    let mut found: Vec<(usize, f64, f64)> = Vec::new();
    let mut rest: Option<(f64, f64)> = None;
    // What has no like here falls among everything else, as it does when we compare.
    let mut unnamed = (0.0, 0.0);
    for level in says {
        let place = format!("comparison '{name}', level '{}'", level.label);
        let (Some(m), Some(u)) = (level.m, level.u) else {
            notes.push(format!("{place}: has no m or no u (it was not trained); ours start as built in"));
            continue;
        };
        match level::meaning(subject, level) {
            Meaning::Level(name) => {
                if let Some(at) = shape.levels.iter().position(|(held, group)| *held == name && *group == 0) {
                    found.push((at, m, u));
                }
            }
            Meaning::Rest => {
                let held = rest.unwrap_or((0.0, 0.0));
                rest = Some((held.0 + m, held.1 + u));
            }
            Meaning::Unknown => {
                unnamed = (unnamed.0 + m, unnamed.1 + u);
                notes.push(format!(
                    "{place}: nothing here means the same; it counts as everything else ({})",
                    level.sql
                ));
            }
        }
        if level.term_frequency && !subject.weighs_common_values() {
            notes.push(format!(
                "{place}: how common a value is, is weighed for names and dates of birth only"
            ));
        }
    }
    if found.is_empty() {
        notes.push(format!("comparison '{name}': none of its levels could be taken over"));
        return;
    }
    let rest = rest.map(|(m, u)| (m + unnamed.0, u + unnamed.1));
    spread(start, shape.levels, &found, rest);
    taken.push((which, name.clone()));
}

/// The least share a level can have.
const LEAST: f64 = 1e-9;

/// Writes the shares taken over; what Splink calls everything else goes to the levels it does not tell apart, in the
/// proportions built in, so that the shares of the comparison stay shares of one whole.
fn spread(
    start: &mut [StartingLevel],
    shape: &[(&'static str, u8)],
    found: &[(usize, f64, f64)],
    rest: Option<(f64, f64)>,
) {
    let sum = |pick: fn(&(usize, f64, f64)) -> f64| found.iter().map(pick).sum::<f64>();
    let (all_m, all_u) = (sum(|f| f.1), sum(|f| f.2));
    let (rest_m, rest_u) = rest.unwrap_or(((1.0 - all_m).max(0.0), (1.0 - all_u).max(0.0)));
    let (whole_m, whole_u) = ((all_m + rest_m).max(LEAST), (all_u + rest_u).max(LEAST));
    let own = |at: usize| shape.get(at).is_some_and(|(_, group)| *group == 0);
    let named = |at: usize| found.iter().any(|(held, ..)| *held == at);
    let others = |pick: fn(&StartingLevel) -> f64, start: &[StartingLevel]| -> f64 {
        let unnamed = start.iter().enumerate().filter(|(at, _)| own(*at) && !named(*at));
        unnamed.map(|(_, level)| pick(level)).sum::<f64>().max(LEAST)
    };
    let (other_m, other_u) = (others(|l| l.m, start), others(|l| l.u, start));
    for (at, level) in start.iter_mut().enumerate().filter(|(at, _)| own(*at)) {
        let (m, u) = if named(at) {
            let mine = found.iter().filter(|(held, ..)| *held == at);
            mine.fold((0.0, 0.0), |sum, (_, m, u)| (sum.0 + m, sum.1 + u))
        } else {
            (rest_m * level.m / other_m, rest_u * level.u / other_u)
        };
        level.m = (m / whole_m).clamp(LEAST, 1.0);
        level.u = (u / whole_u).clamp(LEAST, 1.0);
    }
}

/// Takes the blocking rules over. Where one has no like here, the built-in ones stay beside those that have.
fn take_rules(rules: &[String], settings: &mut Settings, notes: &mut Vec<String>) {
    let built_in = std::mem::take(&mut settings.blocking);
    let mut whole = !rules.is_empty();
    let mut keys: Vec<BlockingKey> = Vec::new();
    for rule in rules {
        match blocking::key(rule, &built_in) {
            Ok(key) if keys.iter().any(|held| held.parts == key.parts) => {}
            Ok(key) => keys.push(key),
            Err(why) => {
                whole = false;
                notes.push(format!("blocking rule {rule}: {why}"));
            }
        }
    }
    if !whole {
        notes.push(
            "blocking: the built-in keys are used as well, since not every rule could be taken over"
                .to_owned(),
        );
        for key in built_in {
            if !keys.iter().any(|held| held.parts == key.parts) {
                keys.push(key);
            }
        }
    }
    settings.blocking = keys;
}

/// Every level of every comparison that says something, for tests.
#[cfg(test)]
fn levels(text: &str) -> Vec<(String, Level)> {
    let document = document::read("test.json", text).unwrap();
    let each = document.comparisons.into_iter();
    each.flat_map(|c| c.levels.into_iter().map(move |l| (c.name.clone(), l))).collect()
}

#[cfg(test)]
mod tests;
