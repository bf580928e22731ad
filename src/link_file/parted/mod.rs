//! Links a file larger than memory: the same rules as the run in memory, step by step over files in a work folder, each
//! step noted when it is done so that a run that was stopped goes on where it was.
//!
//! `reading` and `numbering` make people of rows, `learning` counts and learns, `blocking`, `comparing` and `joining`
//! find, weigh and join, `answering` writes LINKS. `spill`, `people` and `tiles` say how files look, `manifest` which.

mod answering;
mod blocking;
mod comparing;
mod joining;
mod learning;
mod manifest;
mod numbering;
mod people;
mod reading;
mod spill;
#[cfg(test)]
mod tests;
mod tiles;

use std::path::PathBuf;
use std::time::Instant;

use throughline_linkage::parted::Words;
use throughline_linkage::{Model, Settings};

use super::engine;
use super::fault::Fault;
use super::run::{Outcome, Request, Seconds};
use crate::digest;
use manifest::{Manifest, Step};
use spill::Work;

/// Where a run may spread out, and how far.
pub struct Bounds {
    /// The work folder.
    pub work: PathBuf,
    /// Bytes of memory to keep to.
    pub memory: u64,
    /// Whether to begin again although a run was stopped here.
    pub fresh: bool,
}

/// How far a step is: what is being done, so much of so much.
pub type Told<'a> = &'a dyn Fn(&str, u64, u64);

/// The name of a file of a round.
fn of(round: u32, name: &str) -> String {
    format!("{name}{round}")
}

/// What all steps are given.
struct Run<'a> {
    request: &'a Request,
    settings: Settings,
    /// A model that was given.
    given: Option<Model>,
    work: Work,
    told: Told<'a>,
}

/// The least memory that is of use.
const LEAST: u64 = 64 << 20;

/// Links a file within bounds.
pub fn run(request: &Request, bounds: &Bounds, told: Told<'_>) -> Result<Outcome, Fault> {
    let done = some_steps(request, bounds, told, usize::MAX)?;
    done.ok_or_else(|| Fault::Use("the run was stopped; run the same command and it goes on".to_owned()))
}

/// Does so many steps at most; `None` when the run is not at its end then.
fn some_steps(
    request: &Request,
    bounds: &Bounds,
    told: Told<'_>,
    steps: usize,
) -> Result<Option<Outcome>, Fault> {
    let began = Instant::now();
    super::run::check(request)?;
    if bounds.memory < LEAST {
        return Err(Fault::Use("--memory is less than 64M; give at least that".to_owned()));
    }
    let document = super::index::settings_text(request.settings.as_deref())?;
    let name = request.settings.as_ref().map_or_else(String::new, |file| file.display().to_string());
    let (settings, mut notes) = engine::settings_of(&name, &document)?;
    let given = request.model.as_deref().map(engine::model).transpose()?;
    let work = Work::open(&bounds.work)?;
    let run = Run { request, settings, given, work, told };
    let mut state = Manifest::open(&run.work, &run.of()?, bounds.memory, bounds.fresh)?;
    if state.step != Step::Read {
        notes.push("went on with the run that was stopped in this work folder".to_owned());
    }
    let mut words = None;
    for _ in 0..steps {
        if !run.step(&mut state, &mut words)? {
            run.keep_for_later()?;
            Manifest::forget(&run.work)?;
            return Ok(Some(outcome(request, state, notes, began)));
        }
    }
    Ok(None)
}

impl Run<'_> {
    /// Does the next step. Says whether there is another.
    fn step(&self, state: &mut Manifest, words: &mut Option<Words>) -> Result<bool, Fault> {
        if words.is_none() && !matches!(state.step, Step::Read | Step::Number | Step::Write) {
            *words = Some(self.words()?);
        }
        let held = words.as_ref();
        match (state.step, held) {
            (Step::Read, _) => self.read(state)?,
            (Step::Number, _) => self.number(state)?,
            (Step::Count, Some(words)) => self.count(state, words)?,
            (Step::Block, Some(words)) => self.block(state, words)?,
            (Step::Learn, Some(words)) => self.learn(state, words)?,
            (Step::Compare(round), Some(words)) => self.compare(state, words, round)?,
            (Step::Join(round), Some(words)) => self.join(state, words, round)?,
            (Step::Write, _) => {
                *words = None;
                self.answer(state)?;
                return Ok(false);
            }
            (_, None) => return Err(self.work.damaged("words", 0)),
        }
        Ok(true)
    }

    /// What this run is of: the file as it is, the settings, the model, the program.
    fn of(&self) -> Result<String, Fault> {
        let file = &self.request.records;
        let unread = |e: std::io::Error| Fault::file(file, format!("cannot be opened: {e}"));
        let about = std::fs::metadata(file).map_err(unread)?;
        let path = std::fs::canonicalize(file).map_err(unread)?;
        let text = |file: Option<&PathBuf>| -> Result<String, Fault> {
            let Some(file) = file else { return Ok(String::new()) };
            std::fs::read_to_string(file).map_err(|e| Fault::file(file, format!("cannot be read: {e}")))
        };
        let settings = super::index::settings_text(self.request.settings.as_deref())?;
        let model = text(self.request.model.as_ref())?;
        let all = (
            env!("CARGO_PKG_VERSION"),
            path,
            about.len(),
            about.modified().ok(),
            self.request.this_year,
            (settings, model),
        );
        Ok(digest::of_text(&format!("{all:?}")))
    }

    fn words(&self) -> Result<Words, Fault> {
        let bytes = self.work.read("words", 0)?;
        Words::read(&bytes, &self.settings).ok_or_else(|| self.work.damaged("words", 0))
    }

    /// The model to weigh with: the one given, or what was learned so far.
    fn model(&self) -> Result<Model, Fault> {
        if let Some(model) = &self.given {
            return Ok(model.clone());
        }
        serde_json::from_slice(&self.work.read("model", 0)?).map_err(|_| self.work.damaged("model", 0))
    }

    /// Writes the model where it was asked for.
    fn keep_for_later(&self) -> Result<(), Fault> {
        let Some(file) = &self.request.save_model else { return Ok(()) };
        let text = serde_json::to_string(&self.model()?).map_err(|e| Fault::file(file, e))?;
        std::fs::write(file, text).map_err(|e| Fault::file(file, format!("cannot be written: {e}")))
    }

    fn keep_model(&self, model: &Model) -> Result<(), Fault> {
        let text = serde_json::to_vec(model).map_err(|e| Fault::Settings(e.to_string()))?;
        self.work.write("model", 0, &text)
    }
}

/// What came of it, in the same words as of a run in memory.
fn outcome(request: &Request, state: Manifest, mut notes: Vec<String>, began: Instant) -> Outcome {
    let mut note = |count: u64, what: &str| {
        if count > 0 {
            notes.push(format!("{count} {what}"));
        }
    };
    note(state.doubts.born.into(), "dates of birth could not be read and were left out");
    note(state.doubts.sex.into(), "words for sex are not known and were left out");
    note(state.doubts.encoding.into(), "rows are not UTF-8 and were read as Windows-1252");
    let more = |count: u64, named: usize| count.saturating_sub(named as u64);
    note(more(state.aside_count, state.aside.len()), "more rows could not be read");
    note(more(state.repeated_count, state.repeated.len()), "more rows have a record_id that stood before");
    for (what, names) in [("columns not used", &state.columns.0), ("columns not there", &state.columns.1)] {
        if !names.is_empty() {
            notes.push(format!("{what}: {}", names.join(", ")));
        }
    }
    Outcome {
        file: request.records.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        rows: state.rows.into(),
        records: state.records.into(),
        people: u64::from(state.people) + state.alone,
        biggest: state.biggest,
        links: state.links,
        doubtful: state.doubtful,
        pairs: state.compared,
        seconds: Seconds { total: super::run::seconds(began, Instant::now()), ..Seconds::default() },
        aside: state.aside,
        repeated: state.repeated,
        notes,
        ..Outcome::default()
    }
}
