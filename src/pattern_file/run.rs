//! Reads the patterns of one file from end to end, and says what came of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;
use serde::Serialize;
use throughline_pattern::{
    Beside, Counts, Course, Engine, Moment, Population, Reading, Room, Settings, Step, sentence,
};

use super::columns::{self, Aside};
use super::reading::{self, Taken};
use super::spans::{self, Aways, Reporting};
use super::writing;
use crate::link_file::Fault;

/// What to read, and where to put what comes of it.
pub struct Request {
    /// The file of reports.
    pub series: PathBuf,
    /// Times away.
    pub away: Option<PathBuf>,
    /// The reporting index of areas.
    pub reporting: Option<PathBuf>,
    /// Told as of the end of this day, or this time.
    pub until: String,
    /// Where the patterns go.
    pub out: PathBuf,
    /// Where the sentences go.
    pub sentences: Option<PathBuf>,
    /// Where rows go that were put aside.
    pub aside: Option<PathBuf>,
    /// Settings, instead of those built in.
    pub settings: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The file of reports, by its name.
    pub file: String,
    /// Rows of it: `reports + aside` of this file.
    pub rows: u64,
    /// Reports taken up.
    pub reports: usize,
    /// Of those, later than the day told of.
    pub later: usize,
    /// Series.
    pub series: usize,
    /// Episodes of all series.
    pub episodes: usize,
    /// Series by label.
    pub labels: BTreeMap<&'static str, usize>,
    /// Name of the settings.
    pub settings: String,
    /// Share of episodes in each harm class, as series were held against.
    pub harm_shares: [f64; 5],
    /// Episodes a year at liberty, as silence was held against.
    pub rate_per_year: f64,
    /// Rows put aside.
    pub aside: Vec<Aside>,
    /// What else a person should know.
    pub notes: Vec<String>,
    /// How long it took.
    pub seconds: Seconds,
}

/// Seconds by stage.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Seconds {
    /// Reading the files.
    pub reading: f64,
    /// Reading the patterns.
    pub telling: f64,
    /// Writing them.
    pub writing: f64,
    /// All of it.
    pub total: f64,
}

/// Series that one worker reads at a time.
const SERIES: usize = 4_096;

/// Reads the patterns of a file. `told` hears how many rows there are so far.
pub fn run(request: &Request, told: &(dyn Fn(u64) + Sync)) -> Result<Outcome, Fault> {
    let began = Instant::now();
    check(request)?;
    let until = columns::end(&request.until)
        .ok_or_else(|| Fault::Use(format!("--until is '{}'; expected a day as 2026-10-31", request.until)))?;
    let settings = settings(request.settings.as_deref())?;
    let mut taken = reading::read(&request.series, told)?;
    let aways =
        request.away.as_deref().map(|file| spans::away(file, &taken.ids)).transpose()?.unwrap_or_default();
    let reporting = request.reporting.as_deref().map(spans::reporting).transpose()?.unwrap_or_default();
    let read = Instant::now();
    let all = All { taken: &taken, aways: &aways, reporting: &reporting, until };
    let population = all.population(&settings);
    let engine = Engine::new(settings, population);
    let readings = all.readings(&engine);
    let told_of = Instant::now();
    writing::patterns(&request.out, &taken.ids, &readings)?;
    if let Some(file) = &request.sentences {
        writing::sentences(file, all.sentences(&engine, &readings))?;
    }
    let mut outcome = outcome(&all, &engine, &readings);
    outcome.file = request.series.file_name().unwrap_or_default().to_string_lossy().into_owned();
    outcome.aside = std::mem::take(&mut taken.aside);
    outcome.aside.extend(aways.aside.iter().chain(&reporting.aside).cloned());
    if let Some(file) = &request.aside {
        writing::aside(file, &outcome.aside)?;
    }
    let seconds =
        |from: Instant, to: Instant| (to.duration_since(from).as_secs_f64() * 1000.0).round() / 1000.0;
    let ended = Instant::now();
    outcome.seconds = Seconds {
        reading: seconds(began, read),
        telling: seconds(read, told_of),
        writing: seconds(told_of, ended),
        total: seconds(began, ended),
    };
    Ok(outcome)
}

fn settings(file: Option<&Path>) -> Result<Settings, Fault> {
    let read = match file {
        None => Settings::built_in(),
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(|e| Fault::file(file, format!("cannot be read: {e}")))?;
            Settings::read(&file.display().to_string(), &text)
        }
    };
    read.map_err(|error| Fault::Settings(error.to_string()))
}

/// Nothing may be written over what is read, and no file be written twice.
fn check(request: &Request) -> Result<(), Fault> {
    let whole = |path: &PathBuf| std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let read =
        [Some(&request.series), request.away.as_ref(), request.reporting.as_ref(), request.settings.as_ref()];
    let mut taken: Vec<PathBuf> = read.into_iter().flatten().map(whole).collect();
    for file in [Some(&request.out), request.sentences.as_ref(), request.aside.as_ref()].into_iter().flatten()
    {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) || file.is_dir() {
            return Err(Fault::file(file, "cannot be written: name a file in a folder that is there"));
        }
        if taken.contains(&whole(file)) {
            let problem = "is named twice, or is read and cannot be written too; name another file";
            return Err(Fault::Use(format!("{} {problem}", file.display())));
        }
        taken.push(whole(file));
    }
    Ok(())
}

/// Everything read, ready to be told of.
struct All<'a> {
    taken: &'a Taken,
    aways: &'a Aways,
    reporting: &'a Reporting,
    until: Moment,
}

impl All<'_> {
    fn population(&self, settings: &Settings) -> Population {
        let engine = Engine::new(settings.clone(), Population::usual(settings));
        let counted = self.chunks().map(|from| {
            let (mut room, mut counts) = (Room::default(), Counts::default());
            self.each(from, |course| engine.count(course, &mut room, &mut counts));
            counts
        });
        let counts: Vec<Counts> = counted.collect();
        let mut all = Counts::default();
        counts.iter().for_each(|counts| all.join(counts));
        Population::of(settings, &all)
    }

    fn readings(&self, engine: &Engine) -> Vec<Reading> {
        let read = self.chunks().map(|from| {
            let (mut room, mut readings) = (Room::default(), Vec::with_capacity(SERIES));
            self.each(from, |course| readings.push(engine.read(course, &mut room)));
            readings
        });
        let read: Vec<Vec<Reading>> = read.collect();
        read.concat()
    }

    fn chunks(&self) -> impl IndexedParallelIterator<Item = usize> {
        (0..self.taken.count().div_ceil(SERIES)).into_par_iter().map(|chunk| chunk * SERIES)
    }

    fn each(&self, from: usize, mut take: impl FnMut(&Course<'_>)) {
        for place in from..(from + SERIES).min(self.taken.count()) {
            self.with(place, &mut take);
        }
    }

    fn with<T>(&self, place: usize, take: impl FnOnce(&Course<'_>) -> T) -> T {
        let (reports, areas) = self.taken.series(place);
        let away = self.aways.of(u32::try_from(place).unwrap_or(u32::MAX));
        let steps = self.steps(reports.iter().map(|report| report.at), areas);
        take(&Course { reports, away, reporting: &steps, until: self.until })
    }

    /// The index of the area a series is reported from; where it moves, of each area while it is there.
    fn steps(&self, at: impl Iterator<Item = Moment>, areas: &[u16]) -> Cow<'_, [Step]> {
        let index = |area: u16| {
            self.taken.areas.get(usize::from(area)).map_or(&[][..], |name| self.reporting.of(name))
        };
        let Some(first) = areas.first() else { return Cow::Borrowed(&[]) };
        if areas.iter().all(|area| area == first) {
            return Cow::Borrowed(index(*first));
        }
        let mut stays: Vec<(Moment, u16)> = at.zip(areas.iter().copied()).collect();
        stays.sort_unstable();
        stays.dedup_by_key(|stay| stay.1);
        let mut steps = Vec::new();
        for (place, (from, area)) in stays.iter().enumerate() {
            // The first area counts from before its first report.
            let from = if place == 0 { Moment(i64::MIN) } else { *from };
            let until = stays.get(place + 1).map_or(Moment(i64::MAX), |next| next.0);
            let before = index(*area).iter().rev().find(|step| step.from <= from);
            steps.push(Step { from, index: before.map_or(1.0, |step| step.index) });
            steps.extend(index(*area).iter().filter(|step| step.from > from && step.from < until));
        }
        Cow::Owned(steps)
    }

    fn sentences<'b>(
        &'b self,
        engine: &'b Engine,
        readings: &'b [Reading],
    ) -> impl Iterator<Item = (&'b str, &'static str, String)> {
        let names: Vec<String> = self.taken.agencies.iter().map(|name| name.replace('_', " ")).collect();
        readings.iter().enumerate().map(move |(place, reading)| {
            let id = self.taken.ids.get(u32::try_from(place).unwrap_or(u32::MAX));
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let beside = Beside { sources: &names, ..Beside::default() };
            let text = self.with(place, |course| sentence(&engine.assess(course), engine, &beside));
            (id, reading.label.code(), text)
        })
    }
}

fn outcome(all: &All<'_>, engine: &Engine, readings: &[Reading]) -> Outcome {
    let mut labels = BTreeMap::new();
    readings.iter().for_each(|reading| *labels.entry(reading.label.code()).or_default() += 1);
    let later =
        |place: usize| all.taken.series(place).0.iter().filter(|report| report.at > all.until).count();
    let later: usize = (0..all.taken.count()).map(later).sum();
    let mut notes = Vec::new();
    if later > 0 {
        notes.push(format!("{later} reports are later than --until and were left out"));
    }
    if all.aways.strange > 0 {
        notes.push(format!("{} times away name no series of the file", all.aways.strange));
    }
    let none = readings.iter().filter(|reading| reading.episodes == 0).count();
    if none > 0 {
        notes.push(format!(
            "{none} series have no report that could be used; they are 'unclear' with 0 episodes"
        ));
    }
    let rates = engine.population().rates;
    Outcome {
        file: String::new(),
        rows: all.taken.rows,
        reports: all.taken.reports(),
        later,
        series: readings.len(),
        episodes: readings.iter().map(|reading| reading.episodes).sum(),
        labels,
        settings: engine.settings().name.clone(),
        harm_shares: engine.population().shares,
        rate_per_year: rates.shape / rates.days * 365.25,
        aside: Vec::new(),
        notes,
        seconds: Seconds { reading: 0.0, telling: 0.0, writing: 0.0, total: 0.0 },
    }
}
