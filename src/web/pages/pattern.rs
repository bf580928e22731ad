//! A pattern of recorded episodes as a part of a page: what records show in plain words, the picture, and every episode with
//! the records behind it.

use minijinja::value::{Serde, Value};
use serde::Serialize;
use throughline_domain::picture::shape::{EpisodeSeen, HarmReport, JusticeEntry, RecordedPattern};

use crate::web::figures::{Figure, clock, episodes};

/// A pattern ready to be shown.
#[derive(Serialize)]
struct Shown<'a> {
    label: &'a str,
    /// What must be decided whatever the numbers say.
    must: Option<&'a str>,
    /// The rest of the sentence.
    words: String,
    figure: Figure,
    episodes: Vec<Line<'a>>,
    settings: &'a str,
}

#[derive(Serialize)]
struct Line<'a> {
    number: usize,
    #[serde(flatten)]
    episode: &'a EpisodeSeen,
    harm: &'static str,
    reports: &'a [HarmReport],
}

/// A pattern with its picture; nothing where no episode is recorded.
#[must_use]
pub fn shown(id: &str, pattern: Option<&RecordedPattern>, justice: &[&JusticeEntry]) -> Value {
    let Some(pattern) = pattern else { return Value::UNDEFINED };
    let must = pattern.parts.iter().find(|part| part.about == "hard_flags");
    let rest = pattern.parts.iter().filter(|part| part.about != "hard_flags");
    let words: Vec<&str> = rest.map(|part| part.text.as_str()).collect();
    let lines = (1..).zip(&pattern.episodes).map(|(number, episode)| Line {
        number,
        episode,
        harm: episodes::CLASSES.get(usize::from(episode.harm_class)).copied().unwrap_or("most serious"),
        reports: &episode.reports,
    });
    Value::from(Serde(Shown {
        label: &pattern.label_words,
        must: must.map(|part| part.text.as_str()),
        words: words.join(" "),
        figure: clock::draw(id, pattern, justice),
        episodes: lines.collect(),
        settings: &pattern.settings,
    }))
}
