//! Times away and the reporting index: two small files beside the series.

use std::collections::HashMap;
use std::path::Path;

use csv::ByteRecord;
use throughline_pattern::{Away, AwayKind, Moment, Step};

use super::columns::{Aside, Columns, Wrong, moment};
use crate::link_file::ids::Ids;
use crate::link_file::{Fault, table};

/// Times away by the place of their series, in that order.
#[derive(Default)]
pub struct Aways {
    rows: Vec<(u32, Away)>,
    only: Vec<Away>,
    /// Rows that name a series nobody reports of.
    pub strange: u64,
    /// Rows put aside.
    pub aside: Vec<Aside>,
}

impl Aways {
    /// Of one series.
    pub fn of(&self, series: u32) -> &[Away] {
        let from = self.rows.partition_point(|(other, _)| *other < series);
        let to = self.rows.partition_point(|(other, _)| *other <= series);
        self.only.get(from..to).unwrap_or_default()
    }
}

/// Reads `series_id,from,to` and, where it is there, `kind`.
pub fn away(file: &Path, ids: &Ids) -> Result<Aways, Fault> {
    let mut out = Aways::default();
    each(file, ["series_id", "from", "to", "kind"], 3, |columns, row, line| {
        let series_id = columns.text(row, 0);
        match columns.check_width(row).and_then(|()| time_away(columns, row)) {
            Ok(away) => match ids.find(&series_id) {
                Some(series) => out.rows.push((series, away)),
                None => out.strange += 1,
            },
            Err(wrong) => out.aside.push(wrong.at(file, line, &series_id)),
        }
    })?;
    out.rows.sort_unstable();
    out.only = out.rows.iter().map(|(_, away)| *away).collect();
    Ok(out)
}

fn time_away(columns: &Columns<4>, row: &ByteRecord) -> Result<Away, Wrong> {
    let from = moment("from", &columns.text(row, 1))?;
    let end = columns.text(row, 2);
    // Still away: until after any day that can be asked about.
    let to = if end.is_empty() { Moment(i64::MAX) } else { moment("to", &end)? };
    if to < from {
        let todo = "exchange the two, or correct the row, and run again";
        return Err(Wrong::new("to", &end, "a day that is not before `from`", todo));
    }
    let kind = match columns.text(row, 3).to_lowercase().as_str() {
        "custody" => AwayKind::Custody,
        "hospital" => AwayKind::Hospital,
        "abroad" => AwayKind::Abroad,
        _ => AwayKind::NotSaid,
    };
    Ok(Away { from, to, kind })
}

/// The reporting index of each area.
#[derive(Default)]
pub struct Reporting {
    by_area: HashMap<String, Vec<Step>>,
    /// Rows put aside.
    pub aside: Vec<Aside>,
}

impl Reporting {
    /// Of an area; none where the file does not name it.
    pub fn of(&self, area: &str) -> &[Step] {
        self.by_area.get(area).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Reads `area,from,index`.
pub fn reporting(file: &Path) -> Result<Reporting, Fault> {
    let mut out = Reporting::default();
    each(file, ["area", "from", "index"], 3, |columns, row, line| {
        match columns.check_width(row).and_then(|()| step(columns, row)) {
            Ok(step) => out.by_area.entry(columns.text(row, 0).into_owned()).or_default().push(step),
            Err(wrong) => out.aside.push(wrong.at(file, line, "")),
        }
    })?;
    out.by_area.values_mut().for_each(|steps| steps.sort_by_key(|step| step.from));
    Ok(out)
}

fn step(columns: &Columns<3>, row: &ByteRecord) -> Result<Step, Wrong> {
    let from = moment("from", &columns.text(row, 1))?;
    let text = columns.text(row, 2);
    let index = text.parse().ok().filter(|index: &f64| (0.01..=100.0).contains(index));
    index.map(|index| Step { from, index }).ok_or_else(|| {
        let expected = "a number from 0.01 to 100, 1 where as much is reported as at first";
        Wrong::new("index", &text, expected, "correct the row and run again")
    })
}

fn each<const N: usize>(
    file: &Path,
    known: [&str; N],
    needed: usize,
    mut take: impl FnMut(&Columns<N>, &ByteRecord, u64),
) -> Result<(), Fault> {
    let mut table = table::open(file)?;
    let columns = Columns::find(file, &table.header, known, needed)?;
    let mut row = ByteRecord::new();
    while table.rows.read_byte_record(&mut row).map_err(|e| Fault::file(file, e))? {
        take(&columns, &row, table::line(&row));
    }
    Ok(())
}
