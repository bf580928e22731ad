//! Appends entries of who looked, those that wait at the same time with one flush of the disk.

use throughline_domain::looks::Entry;

use super::{Looks, NewEntry, end_of, sql};
use crate::append::number;
use crate::chain::{self, Cell, Hash};
use crate::error::{Damage, StoreError};
use crate::model::Head;
use crate::queue::Answer;
use crate::sqlite::Link;

/// An entry as it will be stored.
pub(super) struct Written {
    kind: &'static str,
    agency: String,
    user: String,
    role: String,
    at_ms: i64,
    loose: bool,
    counted: bool,
    /// Ids with their part.
    about: Vec<(String, i64)>,
    body: Vec<u8>,
}

impl Looks {
    /// Stores entries, all or none, and returns the number of the last. When this returns they are on the disk; after an
    /// error none is, and nothing of what they are about may be shown.
    ///
    /// # Errors
    /// When the record cannot be written: no room, another program holds it, it is damaged or gone.
    pub fn append(&self, entries: Vec<NewEntry>) -> Result<u64, StoreError> {
        if entries.is_empty() {
            return Err(StoreError::Unfit("a look that says nothing"));
        }
        let batch = entries.into_iter().map(Written::of).collect::<Result<Vec<_>, _>>()?;
        self.0.queue.append(batch, |group| self.append_group(group))
    }

    fn append_group(&self, group: &[&Vec<Written>]) -> Result<Vec<Answer<u64>>, StoreError> {
        // A file that was taken away would still take writes, and nobody could ever read them.
        super::folder::exists(self.0.pool.path()).and_then(|there| {
            if there { Ok(()) } else { Err(StoreError::LooksGone(self.0.pool.path().into())) }
        })?;
        let writer = self.0.pool.writer();
        self.0.pool.write(&writer, || {
            let mut head = sound_head(&writer)?;
            let mut answers = Vec::with_capacity(group.len());
            for batch in group {
                for entry in *batch {
                    head = append_one(&writer, end_of(self.0.beginning, head), head, entry)?;
                }
                answers.push(Ok(head.length));
            }
            let cells = [number(head.length)?, Cell::Bytes(head.hash.as_bytes())];
            writer.run(sql::PUT_HEAD, &cells)?;
            Ok(answers)
        })
    }
}

fn append_one(link: &Link, before: Hash, head: Head, entry: &Written) -> Result<Head, StoreError> {
    let seq = head.length + 1;
    let about = lines(&entry.about);
    let cells = [
        number(seq)?,
        Cell::text(entry.kind),
        Cell::text(&entry.agency),
        Cell::text(&entry.user),
        Cell::text(&entry.role),
        Cell::Int(entry.at_ms),
        Cell::Int(entry.loose.into()),
        Cell::Int(entry.counted.into()),
        Cell::text(&about),
        Cell::Bytes(&entry.body),
    ];
    let hash = chain::of_cells(before, &cells);
    let [seq_cell, kind, agency, user, role, at, loose, counted, about, body] = cells;
    let row =
        [seq_cell, kind, agency, user, role, at, loose, counted, about, body, Cell::Bytes(hash.as_bytes())];
    link.run(sql::INSERT, &row)?;
    for (id, part) in &entry.about {
        link.run(sql::INSERT_ABOUT, &[Cell::text(id), number(seq)?, Cell::Int(*part)])?;
    }
    Ok(Head { length: seq, hash })
}

/// Ids as one text, so that whom an entry is about is part of its hash.
fn lines(about: &[(String, i64)]) -> String {
    let lines: Vec<String> = about.iter().map(|(id, part)| format!("{part} {id}")).collect();
    lines.join("\n")
}

/// The ids of a stored text.
pub(super) fn of_lines(text: &str) -> impl Iterator<Item = (&str, i64)> {
    text.lines().filter_map(|line| {
        let (part, id) = line.split_once(' ')?;
        Some((id, part.parse().ok()?))
    })
}

/// Where the chain stands.
pub(super) fn head(link: &Link) -> Result<Head, StoreError> {
    let found = link.one(sql::HEAD, &[], |row| {
        let hash = Hash::from_bytes(row.bytes(1)?).ok_or_else(damaged)?;
        Ok(Head { length: row.number(0)?, hash })
    })?;
    Ok(found.unwrap_or_default())
}

/// The head, if the last entry agrees with it: nothing is added to a record that was cut off or painted over.
fn sound_head(link: &Link) -> Result<Head, StoreError> {
    let head = head(link)?;
    let read = |seq: u64| link.one(sql::HASH_OF, &[number(seq)?], |row| Ok(row.bytes(0)?.to_vec()));
    let next = read(head.length + 1)?;
    let last = if head.length == 0 { None } else { read(head.length)? };
    let agrees = match last {
        None => head.length == 0,
        Some(hash) => hash == head.hash.as_bytes(),
    };
    if agrees && next.is_none() { Ok(head) } else { Err(damaged()) }
}

fn damaged() -> StoreError {
    StoreError::Damaged(Damage {
        agency: None,
        seq: None,
        what: "the end of the record of who looked was changed".into(),
    })
}

impl Written {
    fn of(new: NewEntry) -> Result<Self, StoreError> {
        let NewEntry { entry, loose, counted } = new;
        let body = serde_json::to_vec(&entry)
            .map_err(|_| StoreError::Unfit("a look that cannot be written as JSON"))?;
        let (by, mut about) = (entry.by(), about(&entry));
        // Line ends would let one id pass for two.
        about.retain(|(id, _)| !id.is_empty() && !id.contains(['\n', '\r']));
        about.sort_unstable();
        about.dedup();
        Ok(Self {
            kind: entry.kind(),
            agency: by.agency.as_str().to_owned(),
            user: by.user.clone(),
            role: by.role.clone(),
            at_ms: entry.at().as_millisecond(),
            loose,
            counted,
            about,
            body,
        })
    }
}

fn about(entry: &Entry) -> Vec<(String, i64)> {
    const NAMED: i64 = 0;
    const ABOUT: i64 = 1;
    const FAMILY: i64 = 2;
    match entry {
        Entry::Look(look) => {
            let people = look.people.iter().map(|id| (id.to_string(), ABOUT));
            let named = look.named.iter().filter(|id| !look.people.contains(id));
            let families = look.families.iter().map(|id| (id.to_string(), FAMILY));
            people.chain(named.map(|id| (id.to_string(), NAMED))).chain(families).collect()
        }
        Entry::Glass(glass) => {
            let with = glass.with.iter().filter(|id| **id != glass.person);
            std::iter::once((glass.person.to_string(), ABOUT))
                .chain(with.map(|id| (id.to_string(), NAMED)))
                .collect()
        }
        Entry::Review(_) | Entry::Alarm(_) | Entry::Lift(_) => Vec::new(),
    }
}
