//! The second step: which rows stand for one record, and which records an agency itself counts as one person. Those are
//! the people that the next steps begin with.

use throughline_linkage::parted::Sets;

use super::super::fault::Fault;
use super::super::reading::Aside;
use super::manifest::{Manifest, Step};
use super::people::{NOBODY, Regroup};
use super::reading::{ID_ENTRY, NAMED, Named, REF_ENTRY, SORTED};
use super::spill::{first_u32, first_u64, first_u128, frames};
use super::{Run, of};

/// A row by its id.
type OfId = (u128, bool, u32, u64);

impl Run<'_> {
    /// Numbers the people that agencies' own numbers make.
    pub(super) fn number(&self, state: &mut Manifest) -> Result<(), Fault> {
        let mut gone = vec![false; state.rows as usize];
        let mut follows: Vec<(u32, u32)> = Vec::new();
        let mut repeated: Vec<(u32, u64)> = Vec::new();
        for part in 0..SORTED {
            let mut list = self.work.entries("marks", part, ID_ENTRY, of_id)?;
            list.sort_unstable();
            for same in list.chunk_by(|x, y| x.0 == y.0) {
                self.one_id(state, same, &mut gone, &mut follows, &mut repeated);
            }
            (self.told)("finding repeated ids", u64::from(part), u64::from(SORTED));
        }
        self.name_repeated(state, repeated)?;
        let mut sets = Sets::new(state.rows);
        let mut links = 0;
        for part in 0..SORTED {
            let mut list = self.work.entries("refs", part, REF_ENTRY, |bytes| {
                let (mark, rest) = first_u128(bytes)?;
                Some((mark, first_u32(rest)?.0))
            })?;
            list.retain(|(_, row)| !gone.get(*row as usize).copied().unwrap_or(true));
            list.sort_unstable();
            for same in list.chunk_by(|x, y| x.0 == y.0) {
                let first = same.first().map_or(0, |(_, row)| *row);
                links += same.iter().filter(|(_, row)| sets.join(first, *row)).count() as u64;
            }
            (self.told)("joining by agencies' numbers", u64::from(part), u64::from(SORTED));
        }
        let (mut map, people) = numbers_without(sets, &gone);
        state.people = people;
        state.links = links;
        state.records = state.rows - u32::try_from(gone.iter().filter(|gone| **gone).count()).unwrap_or(0);
        let from = state.rows.div_ceil(state.width.max(1));
        let to = of(0, "people");
        let regroup =
            Regroup { from: "rows", ranges: from, to: &to, map: &map, width: state.width, marks: None };
        regroup.run(&self.work, &|done, all| (self.told)("making people of records", done, all))?;
        for (row, first) in follows {
            let person = map.get(first as usize).copied().unwrap_or(NOBODY);
            if let Some(slot) = map.get_mut(row as usize) {
                *slot = person;
            }
        }
        self.work.write_numbers(&of(0, "map"), &map)?;
        let next = if self.given.is_some() { Step::Block } else { Step::Count };
        state.reached(&self.work, next, &["rows", "marks", "refs"])
    }

    /// Settles the rows of one id: the first that could be read is the record, all others follow it.
    fn one_id(
        &self,
        state: &mut Manifest,
        same: &[OfId],
        gone: &mut [bool],
        follows: &mut Vec<(u32, u32)>,
        repeated: &mut Vec<(u32, u64)>,
    ) {
        let first = same.first().filter(|(_, unread, ..)| !unread).map(|(_, _, row, _)| *row);
        for (_, unread, row, line) in same {
            if Some(*row) == first {
                continue;
            }
            if let Some(slot) = gone.get_mut(*row as usize) {
                *slot = true;
            }
            match first {
                Some(first) => follows.push((*row, first)),
                None => state.alone += 1,
            }
            if !unread {
                state.repeated_count += 1;
                repeated.push((*row, *line));
                if repeated.len() >= NAMED * 2 {
                    repeated.sort_unstable();
                    repeated.truncate(NAMED);
                }
            }
        }
    }

    /// Writes down the ids of the first repeated rows.
    fn name_repeated(&self, state: &mut Manifest, mut repeated: Vec<(u32, u64)>) -> Result<(), Fault> {
        repeated.sort_unstable();
        repeated.truncate(NAMED);
        for rows in repeated.chunk_by(|x, y| x.0 / state.width == y.0 / state.width) {
            let range = rows.first().map_or(0, |(row, _)| row / state.width);
            let bytes = self.work.read("ids", range)?;
            let ids = frames(&bytes).ok_or_else(|| self.work.damaged("ids", range))?;
            for (row, line) in rows {
                let id = ids.get((row - range * state.width) as usize).copied().unwrap_or_default();
                let Some(Named::Id(id)) = Named::read(id) else { continue };
                state.repeated.push(Aside::repeated(*line, String::from_utf8_lossy(id).into_owned()));
            }
        }
        Ok(())
    }
}

fn of_id(bytes: &[u8]) -> Option<OfId> {
    let (mark, rest) = first_u128(bytes)?;
    let (row, rest) = first_u32(rest)?;
    let (line, rest) = first_u64(rest)?;
    Some((mark, rest == [0], row, line))
}

/// Numbers sets in order, leaving out those that are gone; each of these is alone.
fn numbers_without(sets: Sets, gone: &[bool]) -> (Vec<u32>, u32) {
    let (mut map, count) = sets.numbered();
    let mut held = vec![false; count as usize];
    for (of, _) in map.iter().zip(gone).filter(|(_, gone)| !**gone) {
        if let Some(slot) = held.get_mut(*of as usize) {
            *slot = true;
        }
    }
    let mut next = 0;
    let numbers: Vec<u32> = held
        .into_iter()
        .map(|held| {
            let own = if held { next } else { NOBODY };
            next += u32::from(held);
            own
        })
        .collect();
    for of in &mut map {
        *of = numbers.get(*of as usize).copied().unwrap_or(NOBODY);
    }
    (map, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_are_gone_have_no_number() {
        let mut sets = Sets::new(5);
        assert!(sets.join(1, 4) && !sets.join(4, 1));
        let (map, people) = numbers_without(sets, &[true, false, false, true, false]);
        assert_eq!((map, people), (vec![NOBODY, 0, 1, NOBODY, 0], 2));
    }
}
