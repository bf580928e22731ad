//! People in files: range by range in order of their numbers, and made anew when some of them turn out to be one.

use rayon::prelude::*;
use throughline_linkage::Model;
use throughline_linkage::parted::{Person, Words};

use super::super::fault::Fault;
use super::spill::{Parts, Work, first_u32, frames};

/// No person at all.
pub const NOBODY: u32 = u32::MAX;

/// Somebody's entry and number.
type Numbered<'a> = (u32, &'a [u8]);

/// All people of a range. With a model its busy places are marked.
pub fn load(
    work: &Work,
    name: &str,
    range: u32,
    marks: Option<(&Words, &Model)>,
) -> Result<Vec<Person>, Fault> {
    let bytes = work.read(name, range)?;
    let list = frames(&bytes).ok_or_else(|| work.damaged(name, range))?;
    let people: Option<Vec<Person>> = list.par_iter().map(|bytes| person(bytes, marks)).collect();
    people.ok_or_else(|| work.damaged(name, range))
}

/// One person from an entry.
pub fn person(bytes: &[u8], marks: Option<(&Words, &Model)>) -> Option<Person> {
    let mut person = Person::read(bytes)?;
    if let Some((words, model)) = marks {
        person.mark_busy(words, model);
    }
    Some(person)
}

/// How people are made anew.
pub struct Regroup<'a> {
    /// People as they are.
    pub from: &'a str,
    /// How many ranges those have.
    pub ranges: u32,
    /// People as they will be.
    pub to: &'a str,
    /// For each person the new one.
    pub map: &'a [u32],
    /// People in one range, before and after.
    pub width: u32,
    /// Whose busy places are marked.
    pub marks: Option<(&'a Words, &'a Model)>,
}

impl Regroup<'_> {
    /// Writes the new people. `told` hears how many of `2 * ranges` parts are done.
    pub fn run(&self, work: &Work, told: &dyn Fn(u64, u64)) -> Result<(), Fault> {
        let steps = u64::from(self.ranges) * 2;
        let mut raw = Parts::new(work, "regroup");
        let mut most = 0;
        let mut entry = Vec::new();
        for range in 0..self.ranges {
            let bytes = work.read(self.from, range)?;
            let list = frames(&bytes).ok_or_else(|| work.damaged(self.from, range))?;
            for (own, frame) in (range * self.width..).zip(list) {
                let new = self.map.get(own as usize).copied().unwrap_or(NOBODY);
                if new == NOBODY || frame.is_empty() {
                    continue;
                }
                entry.clear();
                entry.extend(new.to_le_bytes());
                entry.extend_from_slice(frame);
                raw.frame(new / self.width, &entry)?;
                most = most.max(new / self.width + 1);
            }
            told(u64::from(range), steps);
        }
        raw.finish()?;
        let mut out = Parts::new(work, self.to);
        for range in 0..most {
            let bytes = work.read("regroup", range)?;
            let damaged = || work.damaged("regroup", range);
            let list: Option<Vec<Numbered<'_>>> =
                frames(&bytes).ok_or_else(damaged)?.into_iter().map(first_u32).collect();
            let mut list = list.ok_or_else(damaged)?;
            list.sort_by_key(|(new, _)| *new);
            let groups: Vec<&[Numbered<'_>]> = list.chunk_by(|x, y| x.0 == y.0).collect();
            let written: Option<Vec<Vec<u8>>> = groups.par_iter().map(|group| self.one(group)).collect();
            for bytes in written.ok_or_else(damaged)? {
                out.frame(range, &bytes)?;
            }
            told(u64::from(self.ranges + range), steps);
        }
        out.finish()?;
        work.remove(&["regroup"])
    }

    /// One person of several entries.
    fn one(&self, group: &[Numbered<'_>]) -> Option<Vec<u8>> {
        if let [(_, only)] = group {
            return Some(only.to_vec());
        }
        let parts: Option<Vec<Person>> = group.iter().map(|(_, bytes)| person(bytes, self.marks)).collect();
        let mut out = Vec::new();
        Person::merged(parts?).write(&mut out);
        Some(out)
    }
}
