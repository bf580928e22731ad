//! The first step: rows become people in files, and nothing stays in memory but the words they share.

use throughline_linkage::Batch;
use throughline_linkage::parted::{Intake, mark_of_id};

use super::super::fault::Fault;
use super::super::reading::{Aside, Row, Rows, each};
use super::super::rows::Doubts;
use super::Run;
use super::manifest::{Manifest, Step};
use super::spill::{Parts, first_u64};

/// Parts in which ids and agencies' numbers are brought together.
pub const SORTED: u32 = 64;
/// Bytes of an entry for an id: its mark, row, line, and whether the row could be read.
pub const ID_ENTRY: usize = 29;
/// Bytes of an entry for an agency's number: its mark and the row.
pub const REF_ENTRY: usize = 20;
/// Rows named one by one in what the program says; beyond that they are counted.
pub const NAMED: usize = 10_000;

/// How a row is named in LINKS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<'a> {
    /// By its id.
    Id(&'a [u8]),
    /// It has none: by its line.
    Line(u64),
}

impl<'a> Named<'a> {
    fn write(id: &str, line: u64) -> Vec<u8> {
        let (kind, bytes) = if id.is_empty() { (1, &line.to_le_bytes()[..]) } else { (0, id.as_bytes()) };
        [&[kind], bytes].concat()
    }

    /// From an entry.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        match bytes.split_first()? {
            (0, id) => Some(Self::Id(id)),
            (_, line) => first_u64(line).map(|(line, _)| Self::Line(line)),
        }
    }
}

/// Files written by this step.
struct Sheaves {
    rows: Parts,
    ids: Parts,
    marks: Parts,
    refs: Parts,
}

/// A row that stands in the files.
struct Numbered {
    number: u32,
    line: u64,
    read: bool,
}

impl Sheaves {
    fn id(&mut self, row: &Numbered, id: &str, width: u32) -> Result<(), Fault> {
        self.ids.frame(row.number / width, &Named::write(id, row.line))?;
        // A row without id is nobody else's.
        let mark = if id.is_empty() { u128::MAX - u128::from(row.number) } else { mark_of_id(id) };
        let part = part_of(mark);
        self.marks.put(part, &mark.to_le_bytes())?;
        self.marks.put(part, &row.number.to_le_bytes())?;
        self.marks.put(part, &row.line.to_le_bytes())?;
        self.marks.put(part, &[u8::from(row.read)])
    }
}

fn part_of(mark: u128) -> u32 {
    u32::try_from(mark % u128::from(SORTED)).unwrap_or(0)
}

impl Run<'_> {
    /// Reads the file of records.
    pub(super) fn read(&self, state: &mut Manifest) -> Result<(), Fault> {
        let file = &self.request.records;
        let size = std::fs::metadata(file).map_or(0, |about| about.len());
        let open = |name| Parts::new(&self.work, name);
        let mut out =
            Sheaves { rows: open("rows"), ids: open("ids"), marks: open("marks"), refs: open("refs") };
        let mut intake = Intake::default();
        let mut doubts = Doubts::default();
        let settings = &self.settings;
        let columns = each(
            file,
            self.request.this_year,
            |records| Batch::filling(settings, records),
            |rows, end| {
                doubts.add(rows.doubts);
                self.take(rows, state, &mut intake, &mut out)?;
                (self.told)("reading", end, size);
                Ok(())
            },
        )?;
        for parts in [out.rows, out.ids, out.marks, out.refs] {
            parts.finish()?;
        }
        self.work.write("words", 0, &intake.to_bytes())?;
        state.doubts = doubts;
        let missing = columns.missing().into_iter().map(ToOwned::to_owned).collect();
        state.columns = (columns.others, missing);
        state.reached(&self.work, Step::Number, &[])
    }

    /// Writes down rows made ready.
    fn take(
        &self,
        rows: Rows<Batch>,
        state: &mut Manifest,
        intake: &mut Intake,
        out: &mut Sheaves,
    ) -> Result<(), Fault> {
        let ids: Vec<String> = (0..rows.held.len()).map(|own| rows.held.id(own).to_owned()).collect();
        let mut people = ids.into_iter().zip(intake.take(rows.held));
        let mut bytes = Vec::new();
        for row in rows.rows {
            let number = state.rows;
            state.rows = number.checked_add(1).filter(|rows| *rows < u32::MAX).ok_or_else(|| {
                let problem = "has more than 4,294,967,294 rows; split it by something people do not change, as year of birth";
                Fault::file(&self.request.records, problem)
            })?;
            bytes.clear();
            match row {
                Row::Record(line) => {
                    let Some((id, taken)) = people.next() else { continue };
                    out.id(&Numbered { number, line, read: true }, &id, state.width)?;
                    taken.person.write(&mut bytes);
                    for mark in taken.refs {
                        out.refs.put(part_of(mark), &mark.to_le_bytes())?;
                        out.refs.put(part_of(mark), &number.to_le_bytes())?;
                    }
                }
                Row::Aside(aside) => {
                    let row = Numbered { number, line: aside.line, read: false };
                    out.id(&row, &aside.record_id, state.width)?;
                    self.put_aside(state, *aside);
                }
            }
            out.rows.frame(number / state.width, &bytes)?;
        }
        Ok(())
    }

    fn put_aside(&self, state: &mut Manifest, aside: Aside) {
        state.aside_count += 1;
        if state.aside.len() < NAMED {
            state.aside.push(aside);
        }
    }
}
