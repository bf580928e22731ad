//! Writes the patterns: one row for each series, in the columns that others rely on.

use std::io::Write as _;
use std::path::Path;

use csv::Writer;
use rayon::prelude::*;
use throughline_pattern::Reading;

use super::columns::Aside;
use crate::link_file::ids::Ids;
use crate::link_file::{Fault, writing};

const COLUMNS: [&str; 10] = [
    "series_id",
    "episodes",
    "label",
    "p_frequency_up",
    "p_frequency_down",
    "p_severity_up",
    "p_silence",
    "ratio",
    "ratio_low80",
    "ratio_high80",
];
/// Series that one worker puts into words at a time.
const ROWS: usize = 1 << 14;

/// Writes the readings of all series. Where nothing may be said of change the numbers are left empty.
pub fn patterns(file: &Path, ids: &Ids, readings: &[Reading]) -> Result<(), Fault> {
    let mut out = writing::create(file)?;
    out.write_record(COLUMNS).map_err(|e| Fault::file(file, e))?;
    let mut out = out.into_inner().map_err(|e| Fault::file(file, e.error()))?;
    let texts: Vec<Result<Vec<u8>, Fault>> = readings
        .par_chunks(ROWS)
        .enumerate()
        .map(|(chunk, readings)| lines(file, ids, chunk * ROWS, readings))
        .collect();
    for text in texts {
        out.write_all(&text?).map_err(|e| Fault::file(file, e))?;
    }
    out.flush().map_err(|e| Fault::file(file, e))
}

fn lines(file: &Path, ids: &Ids, from: usize, readings: &[Reading]) -> Result<Vec<u8>, Fault> {
    let mut out = Writer::from_writer(Vec::with_capacity(readings.len() * 80));
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.8}"));
    for (place, reading) in (from..).zip(readings) {
        let (trend, rise) = (reading.frequency, reading.severity);
        let row = [
            ids.get(u32::try_from(place).unwrap_or(u32::MAX)).to_owned(),
            reading.episodes.to_string(),
            reading.label.code().to_owned(),
            number(trend.map(|trend| trend.up)),
            number(trend.map(|trend| trend.down)),
            number(rise.map(|rise| rise.up)),
            number(reading.silence),
            number(trend.map(|trend| trend.ratio)),
            number(trend.map(|trend| trend.low80)),
            number(trend.map(|trend| trend.high80)),
        ];
        out.write_record(row).map_err(|e| Fault::file(file, e))?;
    }
    out.into_inner().map_err(|e| Fault::file(file, e.error()))
}

/// Writes `series_id,label,sentence`.
pub fn sentences<'a>(
    file: &Path,
    told: impl Iterator<Item = (&'a str, &'static str, String)>,
) -> Result<(), Fault> {
    let mut out = writing::create(file)?;
    out.write_record(["series_id", "label", "sentence"]).map_err(|e| Fault::file(file, e))?;
    for (id, label, sentence) in told {
        out.write_record([id, label, &sentence]).map_err(|e| Fault::file(file, e))?;
    }
    out.flush().map_err(|e| Fault::file(file, e))
}

/// Writes the rows put aside, each with what is wrong with it.
pub fn aside(file: &Path, rows: &[Aside]) -> Result<(), Fault> {
    let mut out = writing::create(file)?;
    for row in rows {
        out.serialize(row).map_err(|e| Fault::file(file, e))?;
    }
    out.flush().map_err(|e| Fault::file(file, e))
}
