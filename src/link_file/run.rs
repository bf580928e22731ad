//! Links one file from end to end: reads, links, writes, measures, draws; and says what came of it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;
use throughline_linkage::{Edge, Linked, Why};

use super::engine::{self, Engine};
use super::fault::Fault;
use super::ids::Ids;
use super::index::{self, Index};
use super::known::{self, AtThreshold, Bin, Estimate};
use super::labels::{self, Groups, Labels};
use super::measure::{self, Quality};
use super::one_by_one::{self, Latency};
use super::reading::{self, Aside, Taken};
use super::writing::{self, People};
use super::{report, sample};

/// What to link, with what, and where to put it.
pub struct Request {
    /// The file of records.
    pub records: PathBuf,
    /// Where who is who goes.
    pub out: PathBuf,
    /// Where the pairs go.
    pub pairs: Option<PathBuf>,
    /// Settings of linkage, ours or Splink's.
    pub settings: Option<PathBuf>,
    /// A model kept before, instead of learning.
    pub model: Option<PathBuf>,
    /// Where to keep the model.
    pub save_model: Option<PathBuf>,
    /// What is known of the records.
    pub labels: Option<PathBuf>,
    /// Groups of the records.
    pub groups: Option<PathBuf>,
    /// The column of the groups.
    pub group_column: String,
    /// Decisions of people.
    pub decisions: Option<PathBuf>,
    /// Judged pairs to learn from.
    pub learn_from: Option<PathBuf>,
    /// Where the report goes.
    pub report: Option<PathBuf>,
    /// Where a sample to be judged goes.
    pub sample: Option<PathBuf>,
    /// Where what is needed to link later records one by one is kept; what is there already is used.
    pub index: Option<PathBuf>,
    /// Whether the records are to be taken out of the index.
    pub erase: bool,
    /// The year it is, for two-digit years of PNC ids.
    pub this_year: i16,
}

/// What came of it.
#[derive(Default, Serialize)]
pub struct Outcome {
    /// The file that was linked, by its name.
    pub file: String,
    /// Rows of the file: `records + repeated + aside`.
    pub rows: u64,
    /// Records that were linked.
    pub records: u64,
    /// People found, rows put aside among them.
    pub people: u64,
    /// Records of the biggest person.
    pub biggest: u32,
    /// Links that hold people together.
    pub links: u64,
    /// Pairs of people that may be one and were not joined.
    pub doubtful: u64,
    /// Pairs that shared a key and were compared.
    pub pairs: u64,
    /// How long it took.
    pub seconds: Seconds,
    /// How long single records took, where they were linked one by one.
    pub one_by_one: Option<Latency>,
    /// Rows that could not be read; each is a person of its own.
    pub aside: Vec<Aside>,
    /// Rows whose id stood before; they follow the first.
    pub repeated: Vec<Aside>,
    /// What else a person should know.
    pub notes: Vec<String>,
    /// Of pairs the labels know to be one person, the share that any rule put forward.
    pub put_forward: Option<f64>,
    /// Against labels of people.
    pub quality: Option<Quality>,
    /// The same by group.
    pub groups: Vec<OfGroup>,
    /// Against judged pairs.
    pub estimate: Option<Estimate>,
    /// Whether probabilities mean what they say.
    pub calibration: Vec<Bin>,
    /// Precision and recall by threshold.
    pub thresholds: Vec<AtThreshold>,
}

/// Seconds by stage.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Seconds {
    /// Reading the file.
    pub reading: f64,
    /// Learning, comparing and joining.
    pub linking: f64,
    /// Writing links and pairs.
    pub writing: f64,
    /// Measuring and the report.
    pub measuring: f64,
    /// All of it.
    pub total: f64,
}

/// Quality of one group.
#[derive(Clone, Serialize)]
pub struct OfGroup {
    /// Its name.
    pub group: String,
    /// How good the result is for it.
    #[serde(flatten)]
    pub quality: Quality,
}

impl Outcome {
    /// Whether a person should look at something.
    pub fn has_findings(&self) -> bool {
        !self.aside.is_empty() || !self.repeated.is_empty()
    }
}

/// Everything a report is drawn from.
pub struct Findings<'a> {
    /// What came of it.
    pub outcome: &'a Outcome,
    /// The result.
    pub linked: &'a Linked,
    /// Names of the records.
    pub ids: &'a Ids,
    /// People.
    pub people: &'a People,
}

/// Links a file. `told` hears what is being done.
pub fn run(request: &Request, told: &(dyn Fn(&str) + Sync)) -> Result<Outcome, Fault> {
    let began = Instant::now();
    check(request)?;
    let mut index = match request.index.as_deref() {
        Some(folder) if Index::is_in(folder)? => return one_by_one::run(request, folder, told),
        _ if request.erase => {
            return Err(Fault::Use(
                "--erase takes records out of an index: name its folder with --index".into(),
            ));
        }
        Some(folder) => Some(Index::create(folder)?),
        None => None,
    };
    let text = index::settings_text(request.settings.as_deref())?;
    let name = request.settings.as_deref().map_or_else(String::new, |file| file.display().to_string());
    let (settings, mut notes) = engine::settings_of(&name, &text)?;
    let model = request.model.as_deref().map(engine::model).transpose()?;
    let mut engine = Engine::new(settings);
    let mut taken = reading::read(&request.records, &mut engine, request.this_year, &|rows| {
        told(&format!("{rows} rows read"));
    })?;
    let labels = request.labels.as_deref().map(|file| labels::read(file, &taken.ids)).transpose()?;
    let groups = groups(request, labels.as_ref().map(|known| &known.held), &taken.ids)?;
    let decisions =
        request.decisions.as_deref().map(|file| labels::decisions(file, &taken.ids)).transpose()?;
    let mut unused = |what: &str, count: u64| {
        if count > 0 {
            notes.push(format!(
                "{count} {what} were not used: they name no record of this file, or do not say yes or no"
            ));
        }
    };
    unused("rows of labels", labels.as_ref().map_or(0, |known| known.unused));
    unused("decisions", decisions.as_ref().map_or(0, |known| known.unused));
    let taught = request.learn_from.as_deref().map(|file| labels::decisions(file, &taken.ids)).transpose()?;
    unused("pairs to learn from", taught.as_ref().map_or(0, |known| known.unused));
    let asked = labels.as_ref().map_or_else(Vec::new, |known| known.held.true_pairs());
    engine.know(taught.map(|known| known.held).unwrap_or_default(), asked);
    taken.ids.only_read();
    let read = Instant::now();
    let decided = decisions.map(|known| known.held).unwrap_or_default();
    let linked = engine.link(&decided, model.as_ref(), index.as_mut(), told)?;
    if let Some(index) = index {
        told("writing the index");
        index.finish(&linked.model, &text)?;
    }
    let done = Instant::now();
    told("writing");
    let people = People::of(&linked, &taken.ids);
    writing::links(&request.out, &taken, &people)?;
    if let Some(file) = &request.pairs {
        writing::pairs(file, &linked.edges, &taken.ids)?;
    }
    if let Some(file) = &request.save_model {
        let text = serde_json::to_string(&linked.model).map_err(|e| Fault::file(file, e))?;
        std::fs::write(file, text).map_err(|e| Fault::file(file, format!("cannot be written: {e}")))?;
    }
    let written = Instant::now();
    told("measuring");
    let mut outcome = outcome(request, &taken, &linked, &people, notes);
    if linked.asked.pairs > 0 {
        outcome.put_forward = Some(linked.asked.found as f64 / linked.asked.pairs as f64);
    }
    if let Some(known) = labels {
        hold_against(&mut outcome, &known.held, groups, &linked, &people);
    }
    if let Some(file) = &request.sample {
        let chosen = sample::choose(&linked.edges, &taken.ids);
        let count = sample::write(file, &request.records, &chosen, &taken.ids)?;
        outcome.notes.push(format!(
            "{count} pairs to be judged are in {}: write yes or no under 'same' and give the file back with --labels",
            file.display()
        ));
    }
    outcome.seconds = Seconds {
        reading: seconds(began, read),
        linking: seconds(read, done),
        writing: seconds(done, written),
        measuring: seconds(written, Instant::now()),
        total: seconds(began, Instant::now()),
    };
    if let Some(file) = &request.report {
        let findings = Findings { outcome: &outcome, linked: &linked, ids: &taken.ids, people: &people };
        std::fs::write(file, report::page(&findings))
            .map_err(|e| Fault::file(file, format!("cannot be written: {e}")))?;
    }
    Ok(outcome)
}

pub(super) fn seconds(from: Instant, until: Instant) -> f64 {
    (until.duration_since(from).as_secs_f64() * 1000.0).round() / 1000.0
}

/// Nothing may be written over what is read, and no file be written twice.
pub(super) fn check(request: &Request) -> Result<(), Fault> {
    let out: Vec<&Path> = [Some(&request.out), request.pairs.as_ref(), request.save_model.as_ref()]
        .into_iter()
        .chain([request.report.as_ref(), request.sample.as_ref()])
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    let read: Vec<&Path> = [Some(&request.records), request.settings.as_ref(), request.model.as_ref()]
        .into_iter()
        .chain([
            request.labels.as_ref(),
            request.groups.as_ref(),
            request.decisions.as_ref(),
            request.learn_from.as_ref(),
        ])
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    for (place, file) in out.iter().enumerate() {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) || file.is_dir() {
            return Err(Fault::file(file, "cannot be written: name a file in a folder that is there"));
        }
        let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if read.iter().any(|other| whole(other) == whole(file)) {
            return Err(Fault::Use(format!(
                "{} is read and cannot be written too; name another file",
                file.display()
            )));
        }
        if out.iter().skip(place + 1).any(|other| whole(other) == whole(file)) {
            return Err(Fault::Use(format!("{} is named for two things to be written", file.display())));
        }
    }
    Ok(())
}

fn groups(request: &Request, labels: Option<&Labels>, ids: &Ids) -> Result<Option<Groups>, Fault> {
    let Some(file) = request.groups.as_deref() else { return Ok(None) };
    let people = match labels {
        Some(Labels::People { truth, names }) => Some((truth.as_slice(), names)),
        _ => {
            let problem = "--groups needs --labels that say whose each record is (record_id,person_id)";
            return Err(Fault::Use(problem.to_owned()));
        }
    };
    labels::groups(file, &request.group_column, ids, people).map(Some)
}

fn outcome(
    request: &Request,
    taken: &Taken,
    linked: &Linked,
    people: &People,
    mut notes: Vec<String>,
) -> Outcome {
    let mut note = |count: u32, what: &str| {
        if count > 0 {
            notes.push(format!("{count} {what}"));
        }
    };
    note(taken.doubts.born, "dates of birth could not be read and were left out");
    note(taken.doubts.sex, "words for sex are not known and were left out");
    note(taken.doubts.encoding, "rows are not UTF-8 and were read as Windows-1252");
    if !taken.columns.others.is_empty() {
        notes.push(format!("columns not used: {}", taken.columns.others.join(", ")));
    }
    if !taken.columns.missing().is_empty() {
        notes.push(format!("columns not there: {}", taken.columns.missing().join(", ")));
    }
    let count = |which: fn(&&Edge) -> bool| linked.edges.iter().filter(which).count() as u64;
    Outcome {
        file: request.records.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        rows: taken.rows,
        records: taken.ids.len() as u64,
        people: people.count() + taken.alone(),
        biggest: people.biggest(),
        links: count(|edge| edge.why != Why::Doubtful),
        doubtful: count(|edge| edge.why == Why::Doubtful),
        pairs: linked.compared,
        aside: taken.aside.clone(),
        repeated: taken.repeated.clone(),
        notes,
        ..Outcome::default()
    }
}

fn hold_against(
    outcome: &mut Outcome,
    labels: &Labels,
    groups: Option<Groups>,
    linked: &Linked,
    people: &People,
) {
    match labels {
        Labels::People { truth, .. } => {
            outcome.quality = Some(measure::quality(&people.named, truth));
            outcome.thresholds = known::by_threshold(&linked.edges, truth);
            outcome.calibration = known::calibration(known::answers_from_people(&linked.edges, truth));
            if let Some(groups) = groups {
                let found = measure::by_group(&people.named, truth, &groups.of, groups.names.len());
                let named = groups.names.into_iter().zip(found);
                outcome.groups = named.map(|(group, quality)| OfGroup { group, quality }).collect();
            }
        }
        Labels::Pairs(judged) => {
            let (estimate, answers) = known::estimate(&linked.edges, judged);
            outcome.calibration = known::calibration(answers.into_iter());
            outcome.estimate = Some(estimate);
        }
    }
}
