//! Finding a mapping's columns in a heading: in any order, under other names, with some missing or unknown.

use throughline_domain::fact::Warning;

use crate::mapping::feed::{Column, ColumnSource, Shape};
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
    let wanted =
        |at: usize| shape.columns.get(at).filter(|column| matches!(column.source, ColumnSource::Cell));
    // The column's own name goes before its other names, those before likeness, and likeness before being part of it.
    for round in 0..4 {
        let (free_columns, free_cells) = (free(shape, &places), taken.clone());
        for (at, place) in places.iter_mut().enumerate() {
            let Some(column) = wanted(at).filter(|_| place.is_none()) else { continue };
            let fits = |(position, heading): &(usize, &String)| {
                !heading.is_empty()
                    && taken.get(*position) == Some(&false)
                    && match round {
                        0 => column.headings.first() == Some(*heading),
                        1 => column.headings.contains(heading),
                        2 => column.alike.contains(heading),
                        _ => only_one(column, heading, &free_columns, &alike, &free_cells),
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
    let wanted =
        places.len() - shape.columns.iter().filter(|c| !matches!(c.source, ColumnSource::Cell)).count();
    // With less than half of its columns it is another file.
    if !missing.is_empty() || places.iter().flatten().count() * 2 < wanted {
        return Err(Missing(missing.into_iter().chain(absent(false)).collect()));
    }
    notes.extend(absent(false).map(|field| Warning { field, reason: "not in this file".to_owned() }));
    for (cell, _) in cells.iter().zip(&taken).filter(|(cell, taken)| !**taken && !cell.trim().is_empty()) {
        let reason = "not in the mapping, and not read. Add it to the mapping if it matters.".to_owned();
        notes.push(Warning { field: (*cell).trim().to_owned(), reason });
    }
    Ok(Columns { places, count: cells.len(), plain: exact, notes })
}

/// Columns not found so far.
fn free<'s>(shape: &'s Shape, places: &[Option<usize>]) -> Vec<&'s Column> {
    let columns = shape.columns.iter().zip(places);
    let free =
        columns.filter(|(column, place)| place.is_none() && matches!(column.source, ColumnSource::Cell));
    free.map(|(column, _)| column).collect()
}

/// `DOB` for `MemberDOB`: one is the end of the other, and no other column or heading would do as well.
fn only_one(
    column: &Column,
    heading: &str,
    columns: &[&Column],
    headings: &[String],
    taken: &[bool],
) -> bool {
    let part = |column: &Column, heading: &str| {
        let Some(own) = column.alike.first() else { return false };
        heading.len() >= 3 && own.len() >= 3 && (own.ends_with(heading) || heading.ends_with(own.as_str()))
    };
    part(column, heading)
        && columns.iter().filter(|other| part(other, heading)).count() == 1
        && headings.iter().zip(taken).filter(|(other, taken)| !**taken && part(column, other)).count() == 1
}

impl Columns {
    /// Whether a row repeats the heading.
    pub fn is_repeated<'c>(&self, cells: impl ExactSizeIterator<Item = &'c str>) -> bool {
        cells.len() == self.plain.len()
            && cells.zip(&self.plain).all(|(cell, heading)| plain(cell) == *heading)
    }
}
