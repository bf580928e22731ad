//! Takes the file of reports up, block by block on all cores, and lays the reports of each series side by side.

use std::path::Path;

use csv::ByteRecord;
use rayon::prelude::*;
use throughline_pattern::{Harm, Moment, Report, Source};

use super::columns::{Aside, Columns, Wrong, moment};
use crate::link_file::Fault;
use crate::link_file::blocks::{self, Block, MOST_LINES};
use crate::link_file::ids::Ids;

const KNOWN: [&str; 5] = ["series_id", "occurred_at", "harm_class", "area", "agency"];
/// Columns that must be there, of those.
const NEEDED: usize = 3;
/// Blocks that each core reads at a time.
const BLOCKS: usize = 4;

/// What was taken up.
#[derive(Default)]
pub struct Taken {
    /// Series in the order in which they first stand in the file.
    pub ids: Ids,
    /// Areas by their numbers.
    pub areas: Vec<String>,
    /// Agencies by their numbers.
    pub agencies: Vec<String>,
    /// Reports, those of one series together.
    reports: Vec<Report>,
    /// The area of each report.
    of_area: Vec<u16>,
    /// Where the reports of each series end.
    ends: Vec<usize>,
    /// Rows of the file.
    pub rows: u64,
    /// Rows put aside.
    pub aside: Vec<Aside>,
}

impl Taken {
    /// Reports of a series, and the area of each.
    pub fn series(&self, place: usize) -> (&[Report], &[u16]) {
        let from = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(place).copied().unwrap_or(from);
        (self.reports.get(from..to).unwrap_or_default(), self.of_area.get(from..to).unwrap_or_default())
    }

    /// Series there are.
    pub fn count(&self) -> usize {
        self.ends.len()
    }

    /// All reports.
    pub fn reports(&self) -> usize {
        self.reports.len()
    }
}

/// A few names, found by going through them: areas and agencies are not many.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn number(&mut self, name: &str) -> usize {
        self.0.iter().position(|known| known == name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        })
    }
}

/// Rows of a block made ready.
#[derive(Default)]
struct Made {
    text: String,
    /// Where the series id ends in the text, area, report.
    rows: Vec<(usize, u16, Report)>,
    areas: Names,
    agencies: Names,
    count: u64,
    aside: Vec<Aside>,
    /// Series that only rows put aside name.
    named: Vec<String>,
    unclosed: Option<u64>,
}

/// Reads a file. `told` hears how many rows there are so far.
pub fn read(file: &Path, told: &(dyn Fn(u64) + Sync)) -> Result<Taken, Fault> {
    let (header, mut blocks) = blocks::open(file)?;
    let columns = Columns::find(file, &header, KNOWN, NEEDED)?;
    let mut taken = Taken::default();
    let (mut areas, mut agencies) = (Names::default(), Names::default());
    let mut rows: Vec<(u32, u16, Report)> = Vec::new();
    let at_once = rayon::current_num_threads().max(1) * BLOCKS;
    let mut some = || blocks.some(at_once).map_err(|e| Fault::file(file, format!("cannot be read: {e}")));
    let mut made: Vec<Made> = Vec::new();
    let mut next = some()?;
    // While some blocks are made ready on all cores, those before them are taken up in order.
    while !(made.is_empty() && next.is_empty()) {
        let mut making = Vec::new();
        let more = rayon::in_place_scope(|scope| {
            scope.spawn(|_| making = next.par_iter().map(|block| make(file, &columns, block)).collect());
            for made in made.drain(..) {
                take(made, &mut taken, &mut areas, &mut agencies, &mut rows, file)?;
            }
            told(taken.rows);
            some()
        });
        (made, next) = (making, more?);
    }
    (taken.areas, taken.agencies) = (areas.0, agencies.0);
    lay_side_by_side(rows, &mut taken);
    Ok(taken)
}

fn take(
    made: Made,
    taken: &mut Taken,
    areas: &mut Names,
    agencies: &mut Names,
    rows: &mut Vec<(u32, u16, Report)>,
    file: &Path,
) -> Result<(), Fault> {
    if let Some(line) = made.unclosed {
        let problem = format!(
            "line {line}: a quotation mark is opened and not closed for {MOST_LINES} lines; close or remove it and try again"
        );
        return Err(Fault::file(file, problem));
    }
    let area_of: Vec<usize> = made.areas.0.iter().map(|name| areas.number(name)).collect();
    let agency_of: Vec<usize> = made.agencies.0.iter().map(|name| agencies.number(name)).collect();
    let renumber = |of: &[usize], number: usize| of.get(number).copied().unwrap_or(0);
    let mut from = 0;
    for (end, area, mut report) in made.rows {
        let id = made.text.get(from..end).unwrap_or_default();
        from = end;
        let (Ok(series) | Err(series)) = taken.ids.add(id);
        let area = u16::try_from(renumber(&area_of, usize::from(area))).unwrap_or(u16::MAX);
        report.source =
            Source(u8::try_from(renumber(&agency_of, usize::from(report.source.0))).unwrap_or(u8::MAX));
        rows.push((series, area, report));
    }
    // A series of which no row can be read has its line in the answer all the same.
    for id in &made.named {
        let (Ok(_) | Err(_)) = taken.ids.add(id);
    }
    taken.rows += made.count;
    taken.aside.extend(made.aside);
    Ok(())
}

/// Counts the reports of each series and puts each where it belongs.
fn lay_side_by_side(rows: Vec<(u32, u16, Report)>, taken: &mut Taken) {
    let mut next = vec![0usize; taken.ids.len()];
    for (series, ..) in &rows {
        next.get_mut(*series as usize).into_iter().for_each(|count| *count += 1);
    }
    let mut sum = 0;
    for slot in &mut next {
        sum += std::mem::replace(slot, sum);
    }
    taken.reports = vec![Report::default(); rows.len()];
    taken.of_area = vec![0; rows.len()];
    for (series, area, report) in rows {
        let Some(place) = next.get_mut(series as usize) else { continue };
        taken.reports.get_mut(*place).into_iter().for_each(|slot| *slot = report);
        taken.of_area.get_mut(*place).into_iter().for_each(|slot| *slot = area);
        *place += 1;
    }
    taken.ends = next;
}

fn make(file: &Path, columns: &Columns<5>, block: &Block) -> Made {
    let mut made = Made::default();
    made.rows.reserve(block.lines());
    block.each_row(|row, line| {
        if made.unclosed.is_some() {
            return;
        }
        if memchr::memchr_iter(b'\n', row.as_slice()).count() as u64 > MOST_LINES {
            made.unclosed = Some(line);
            return;
        }
        made.count += 1;
        let id = columns.text(row, 0);
        match columns.check_width(row).and_then(|()| report(columns, row, &id, &mut made.agencies)) {
            Ok(report) => {
                made.text.push_str(&id);
                let area = made.areas.number(&columns.text(row, 3));
                made.rows.push((made.text.len(), u16::try_from(area).unwrap_or(u16::MAX), report));
            }
            Err(wrong) => {
                if !id.is_empty() {
                    made.named.push(id.clone().into_owned());
                }
                made.aside.push(wrong.at(file, line, &id));
            }
        }
    });
    made
}

fn report(columns: &Columns<5>, row: &ByteRecord, id: &str, agencies: &mut Names) -> Result<Report, Wrong> {
    if id.is_empty() {
        let todo = "say whose the report is and run again";
        return Err(Wrong::new("series_id", "", "the name of a series", todo));
    }
    let at: Moment = moment("occurred_at", &columns.text(row, 1))?;
    let class = columns.text(row, 2);
    let harm = class.parse().ok().and_then(Harm::new).ok_or_else(|| {
        Wrong::new(
            "harm_class",
            &class,
            "a class from 0 to 4",
            "map it as area/scales/harm.toml says and run again",
        )
    })?;
    let source = Source(u8::try_from(agencies.number(&columns.text(row, 4))).unwrap_or(u8::MAX));
    Ok(Report { at, harm, source, ..Report::default() })
}
