//! Shows the crate used alone, on the files of `throughline pattern`: `series DIR OUT.csv UNTIL` reads series.csv, away.csv and
//! reporting.csv in a folder and writes one row for each series.

#![allow(clippy::disallowed_types, clippy::disallowed_macros, reason = "an example reads files and prints")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use throughline_pattern::{
    Away, AwayKind, Counts, Course, Engine, Harm, Moment, Population, Report, Room, Settings, Source, Step,
};

#[derive(Default)]
struct Series {
    area: String,
    reports: Vec<Report>,
    away: Vec<Away>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, out, until] = words.as_slice() else { return Err("expected DIR OUT.csv UNTIL".into()) };
    let rows = |name: &str| csv::Reader::from_path(Path::new(folder).join(name));
    let mut series: BTreeMap<String, Series> = BTreeMap::new();
    for row in rows("series.csv")?.deserialize() {
        let (id, area, at, class, _agency): (String, String, String, u8, String) = row?;
        let harm = Harm::new(class).ok_or("a harm class from 0 to 4 was expected")?;
        let entry = series.entry(id).or_default();
        entry.area = area;
        entry.reports.push(Report { at: moment(&at)?, harm, source: Source(0), ..Report::default() });
    }
    for row in rows("away.csv")?.deserialize() {
        let (id, from, to): (String, String, String) = row?;
        let away = Away { from: moment(&from)?, to: moment(&to)?, kind: AwayKind::NotSaid };
        series.entry(id).or_default().away.push(away);
    }
    let mut reporting: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    for row in rows("reporting.csv")?.deserialize() {
        let (area, from, index): (String, String, f64) = row?;
        reporting.entry(area).or_default().push(Step { from: moment(&from)?, index });
    }
    series.retain(|_, one| !one.reports.is_empty());

    let until = moment(until)?.plus_days(1);
    let course = |one: &'_ Series| -> (Vec<Report>, Vec<Away>, Vec<Step>) {
        (one.reports.clone(), one.away.clone(), reporting.get(&one.area).cloned().unwrap_or_default())
    };
    let settings = Settings::built_in()?;
    let usual = Engine::new(settings.clone(), Population::usual(&settings));
    let (mut room, mut counts) = (Room::default(), Counts::default());
    for one in series.values() {
        let (reports, away, steps) = course(one);
        let course = Course { reports: &reports, away: &away, reporting: &steps, until };
        usual.count(&course, &mut room, &mut counts);
    }
    let engine = Engine::new(settings.clone(), Population::of(&settings, &counts));
    let mut file = csv::Writer::from_path(out)?;
    file.write_record([
        "series_id",
        "episodes",
        "label",
        "p_frequency_up",
        "p_frequency_down",
        "p_severity_up",
        "p_silence",
    ])?;
    for (id, one) in &series {
        let (reports, away, steps) = course(one);
        let course = Course { reports: &reports, away: &away, reporting: &steps, until };
        let reading = engine.read(&course, &mut room);
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.6}"));
        file.write_record([
            id.clone(),
            reading.episodes.to_string(),
            reading.label.code().to_owned(),
            number(reading.frequency.map(|trend| trend.up)),
            number(reading.frequency.map(|trend| trend.down)),
            number(reading.severity.map(|rise| rise.up)),
            number(reading.silence),
        ])?;
    }
    file.flush()?;
    println!("{} series", series.len());
    Ok(())
}

fn moment(text: &str) -> Result<Moment, jiff::Error> {
    text.parse().map(Moment::of)
}
