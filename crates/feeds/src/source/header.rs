//! Finding a mapping's columns in a heading: in any order, under other names, with some missing or unknown.

use throughline_domain::fact::Warning;

use crate::mapping::feed::{ColumnSource, Shape};
use crate::mapping::words::Words;
use crate::value::phrase::plain;

/// Where each column of the mapping is in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    /// By column of the mapping: place in the row.
    pub places: Vec<Option<usize>>,
    /// Cells of a row.
    pub count: usize,
    /// The heading in plain form, to know it when it is repeated.
    pub plain: Vec<String>,
    pub notes: Vec<Warning>,
}

/// Columns without which a file cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Missing(pub Vec<String>);

/// Finds the columns, or names those that are missing.
pub(crate) fn find<'c>(
    shape: &Shape,
    words: &Words,
    cells: impl Iterator<Item = &'c str>,
) -> Result<Columns, Missing> {
    let cells: Vec<&str> = cells.collect();
    let exact: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
    let alike: Vec<String> = cells.iter().map(|cell| words.heading(cell)).collect();
    let mut taken = vec![false; cells.len()];
    let mut places: Vec<Option<usize>> = vec![None; shape.columns.len()];
    let mut notes = Vec::new();
    let wanted = |at: usize| shape.columns.get(at).filter(|column| matches!(column.source, ColumnSource::Cell));
    // The column's own name goes before its other names, and those before mere likeness.
    for round in 0..3 {
        for (at, place) in places.iter_mut().enumerate() {
            let Some(column) = wanted(at).filter(|_| place.is_none()) else { continue };
            let fits = |(position, heading): &(usize, &String)| {
                !heading.is_empty()
                    && taken.get(*position) == Some(&false)
                    && match round {
                        0 => column.headings.first() == Some(*heading),
                        1 => column.headings.contains(heading),
                        _ => column.alike.contains(heading),
                    }
            };
            let headings = if round < 2 { &exact } else { &alike };
            if let Some((position, _)) = headings.iter().enumerate().find(fits) {
                *place = Some(position);
                if let Some(slot) = taken.get_mut(position) {
                    *slot = true;
                }
                if round > 0 {
                    let reason = format!("comes under the heading `{}`", cells.get(position).unwrap_or(&""));
                    notes.push(Warning { field: column.name.clone(), reason });
                }
            }
        }
    }
    let absent = |required: bool| {
        let without = shape.columns.iter().zip(&places).filter(move |(column, place)| {
            place.is_none() && matches!(column.source, ColumnSource::Cell) && column.required == required
        });
        without.map(|(column, _)| column.name.clone())
    };
    let missing: Vec<String> = absent(true).collect();
    if !missing.is_empty() {
        return Err(Missing(missing));
    }
    notes.extend(absent(false).map(|field| Warning { field, reason: "not in this file".to_owned() }));
    for (cell, _) in cells.iter().zip(&taken).filter(|(cell, taken)| !**taken && !cell.trim().is_empty()) {
        let reason = "not in the mapping, and not read. Add it to the mapping if it matters.".to_owned();
        notes.push(Warning { field: (*cell).trim().to_owned(), reason });
    }
    let in_order = places.iter().flatten().count();
    let _ = in_order;
    Ok(Columns { places, count: cells.len(), plain: exact, notes })
}

impl Columns {
    /// Whether a row repeats the heading.
    pub fn is_repeated<'c>(&self, cells: impl ExactSizeIterator<Item = &'c str>) -> bool {
        cells.len() == self.plain.len() && cells.zip(&self.plain).all(|(cell, heading)| plain(cell) == *heading)
    }
}
