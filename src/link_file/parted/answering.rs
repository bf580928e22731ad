//! The last step: every row of the file gets the name of its person, the smallest id of its records, in the order in which
//! the rows came.

use rayon::prelude::*;

use super::super::fault::Fault;
use super::super::writing;
use super::manifest::Manifest;
use super::people::NOBODY;
use super::reading::Named;
use super::spill::{Parts, first_u32, frames};
use super::{Run, of};

/// Bytes that the id of one row takes in memory.
const ID: u64 = 96;

impl Run<'_> {
    /// Writes LINKS.
    pub(super) fn answer(&self, state: &mut Manifest) -> Result<(), Fault> {
        self.name_people(state)?;
        let file = &self.request.out;
        let failed = |e: csv::Error| Fault::file(file, e);
        let map = self.work.numbers(&of(state.round, "map"))?;
        let mut out = writing::create(file)?;
        out.write_record(["record_id", "person_id"]).map_err(failed)?;
        let ranges = state.rows.div_ceil(state.width.max(1));
        for range in 0..ranges {
            (self.told)("writing", u64::from(range), u64::from(ranges));
            let bytes = self.work.read("ids", range)?;
            let ids = frames(&bytes).ok_or_else(|| self.work.damaged("ids", range))?;
            let bytes = self.work.read("names", range)?;
            let damaged = || self.work.damaged("names", range);
            let names: Option<Vec<(u32, &[u8])>> =
                frames(&bytes).ok_or_else(damaged)?.into_iter().map(first_u32).collect();
            let mut names = names.ok_or_else(damaged)?;
            names.par_sort_unstable();
            let mut names = names.into_iter().peekable();
            for (row, id) in (range * state.width..).zip(ids) {
                let named = names.next_if(|(of, _)| *of == row).map(|(_, name)| name);
                match Named::read(id) {
                    Some(Named::Id(id)) => {
                        let alone = map.get(row as usize).is_none_or(|person| *person == NOBODY);
                        let name = named.filter(|_| !alone).unwrap_or(id);
                        out.write_record([id, name]).map_err(failed)?;
                    }
                    Some(Named::Line(line)) => {
                        out.write_record(["", &format!("(line {line})")]).map_err(failed)?;
                    }
                    None => return Err(self.work.damaged("ids", range)),
                }
            }
        }
        out.flush().map_err(|e| Fault::file(file, e))
    }

    /// Finds the name of every row that is not named by its own id.
    fn name_people(&self, state: &mut Manifest) -> Result<(), Fault> {
        let map = self.work.numbers(&of(state.round, "map"))?;
        let parts = state.parts(ID);
        let ranges = state.rows.div_ceil(state.width.max(1));
        let mut out = Parts::new(&self.work, "named");
        let mut entry = Vec::new();
        for range in 0..ranges {
            let bytes = self.work.read("ids", range)?;
            let ids = frames(&bytes).ok_or_else(|| self.work.damaged("ids", range))?;
            for (row, id) in (range * state.width..).zip(ids) {
                let person = map.get(row as usize).copied().unwrap_or(NOBODY);
                if let (Some(Named::Id(id)), true) = (Named::read(id), person != NOBODY) {
                    entry.clear();
                    entry.extend(person.to_le_bytes());
                    entry.extend(row.to_le_bytes());
                    entry.extend_from_slice(id);
                    out.frame(person % parts, &entry)?;
                }
            }
            (self.told)("bringing ids together", u64::from(range), u64::from(ranges));
        }
        out.finish()?;
        drop(map);
        let mut out = Parts::new(&self.work, "names");
        for part in 0..parts {
            let bytes = self.work.read("named", part)?;
            let damaged = || self.work.damaged("named", part);
            let read = |bytes| -> Option<(u32, &[u8], u32)> {
                let (person, rest) = first_u32(bytes)?;
                let (row, id) = first_u32(rest)?;
                Some((person, id, row))
            };
            let list: Option<Vec<_>> = frames(&bytes).ok_or_else(damaged)?.into_iter().map(read).collect();
            let mut list = list.ok_or_else(damaged)?;
            list.par_sort_unstable();
            for person in list.chunk_by(|x, y| x.0 == y.0) {
                let Some((_, name, _)) = person.first() else { continue };
                let records = person.chunk_by(|x, y| x.1 == y.1).count();
                state.biggest = state.biggest.max(u32::try_from(records).unwrap_or(u32::MAX));
                for (_, _, row) in person.iter().filter(|(_, id, _)| id != name) {
                    entry.clear();
                    entry.extend(row.to_le_bytes());
                    entry.extend_from_slice(name);
                    out.frame(row / state.width, &entry)?;
                }
            }
            (self.told)("naming people", u64::from(part), u64::from(parts));
        }
        out.finish()?;
        self.work.remove(&["named"])
    }
}
