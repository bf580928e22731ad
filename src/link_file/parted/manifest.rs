//! What a run has finished, written after every step, so that a run that was stopped goes on where it was.

use std::path::Path;

use serde::{Deserialize, Serialize};
use throughline_linkage::RuleCost;

use super::super::fault::Fault;
use super::super::reading::Aside;
use super::super::rows::Doubts;
use super::spill::Work;

const NAME: &str = "manifest.json";

/// A step of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    #[default]
    Read,
    Number,
    Count,
    Block,
    Learn,
    Compare(u32),
    Join(u32),
    Write,
}

/// How far a run is, and what later steps need to know.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Manifest {
    version: u32,
    /// Of what file and with what settings it is.
    of: String,
    /// The step to do next.
    pub step: Step,
    /// Files that must be there, with their lengths.
    files: Vec<(String, u64)>,
    /// People in one range: two ranges are in memory at a time.
    pub width: u32,
    /// Bytes of memory to keep to.
    pub memory: u64,
    /// Rows of the file.
    pub rows: u32,
    /// Rows that stand for a record.
    pub records: u32,
    /// Rounds of joining done.
    pub round: u32,
    /// People so far.
    pub people: u32,
    /// Records of the biggest.
    pub biggest: u32,
    /// Links so far.
    pub links: u64,
    /// Pairs compared so far.
    pub compared: u64,
    /// Pairs of people for somebody to look at.
    pub doubtful: u64,
    /// What the rules cost.
    pub costs: Vec<RuleCost>,
    /// Rows that stand alone because they could not be read.
    pub alone: u64,
    /// Rows put aside, the first of them.
    pub aside: Vec<Aside>,
    /// How many there are.
    pub aside_count: u64,
    /// Rows whose id stood before, the first of them.
    pub repeated: Vec<Aside>,
    /// How many there are.
    pub repeated_count: u64,
    /// What rows held that could not be taken up.
    pub doubts: Doubts,
    /// Columns not known and not there.
    pub columns: (Vec<String>, Vec<String>),
}

impl Manifest {
    /// Takes up a run where it was, or begins one. `of` says of what file and with what settings.
    pub fn open(work: &Work, of: &str, memory: u64, fresh: bool) -> Result<Self, Fault> {
        let file = work.path(NAME);
        if fresh {
            Self::forget(work)?;
        }
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                work.remove_but(|_| false)?;
                let width = u32::try_from(memory / 3000).unwrap_or(u32::MAX).clamp(1000, 20_000_000);
                return Ok(Self { version: 1, of: of.to_owned(), width, memory, ..Self::default() });
            }
            Err(e) => return Err(Fault::file(&file, format!("cannot be read: {e}"))),
        };
        let found: Self = serde_json::from_str(&text)
            .map_err(|e| Fault::file(&file, format!("is damaged ({e}); begin again with --fresh")))?;
        if found.version != 1 || found.of != of {
            return Err(Fault::file(
                &file,
                "is of a run with another file of records, other settings, another model or another version of this program; name another --work, or begin again here with --fresh",
            ));
        }
        let there = work.files()?;
        if let Some((name, _)) = found.files.iter().find(|held| !there.contains(held)) {
            return Err(Fault::file(&work.path(name), "is missing or damaged; begin again with --fresh"));
        }
        work.remove_but(|name| found.files.iter().any(|(held, _)| held == name))?;
        Ok(Self { memory, ..found })
    }

    /// Notes that everything up to `step` is done, then removes what only the steps before needed.
    pub fn reached(&mut self, work: &Work, step: Step, no_more: &[&str]) -> Result<(), Fault> {
        let gone = |name: &str| {
            let name = name.split_once('-').and_then(|(_, rest)| rest.rsplit_once('.')).map(|(name, _)| name);
            name.is_some_and(|name| no_more.contains(&name))
        };
        self.step = step;
        self.files = work.files()?;
        self.files.retain(|(name, _)| !gone(name));
        let file = work.path(NAME);
        let half = work.path("manifest.json.new");
        let text = serde_json::to_string_pretty(self).map_err(|e| Fault::file(&file, e))?;
        let unwritten = |e: std::io::Error| Fault::file(&file, format!("cannot be written: {e}"));
        std::fs::write(&half, text).map_err(unwritten)?;
        std::fs::rename(&half, &file).map_err(unwritten)?;
        work.remove(no_more)
    }

    /// Leaves nothing behind.
    pub fn forget(work: &Work) -> Result<(), Fault> {
        work.remove_but(|_| false)?;
        remove(&work.path("manifest.json.new"))?;
        remove(&work.path(NAME))
    }

    /// How many parts keep entries of so many bytes for each person within memory.
    pub fn parts(&self, bytes_each: u64) -> u32 {
        let all = u64::from(self.people.max(self.rows)) * bytes_each;
        u32::try_from(all.div_ceil((self.memory / 6).max(1))).unwrap_or(u32::MAX).clamp(1, 200)
    }

    /// Ranges that people stand in.
    pub fn ranges(&self) -> u32 {
        self.people.div_ceil(self.width.max(1))
    }
}

fn remove(file: &Path) -> Result<(), Fault> {
    match std::fs::remove_file(file) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(Fault::file(file, format!("cannot be removed: {e}")))
        }
        _ => Ok(()),
    }
}
