//! Writes who is who: one line for every row that came in, and the pairs that hold people together.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use csv::Writer;
use rayon::prelude::*;
use throughline_linkage::{Edge, Linked};

use super::fault::Fault;
use super::ids::Ids;
use super::reading::{Stands, Taken};

/// People of a linked file, each named after the smallest id of its records.
pub struct People {
    /// For each record the record its person is named after.
    pub named: Vec<u32>,
    /// Records of each person, by the record it is named after; 0 elsewhere.
    pub sizes: Vec<u32>,
}

impl People {
    /// Names every person of a result.
    pub fn of(linked: &Linked, ids: &Ids) -> Self {
        let mut smallest: Vec<u32> = (0..u32::try_from(linked.cluster.len()).unwrap_or(u32::MAX)).collect();
        let mut sizes = vec![0; linked.cluster.len()];
        for (record, founder) in (0u32..).zip(&linked.cluster) {
            if let Some(held) = smallest.get_mut(*founder as usize)
                && ids.get(record) < ids.get(*held)
            {
                *held = record;
            }
        }
        let named: Vec<u32> =
            linked.cluster.iter().filter_map(|founder| smallest.get(*founder as usize).copied()).collect();
        for name in &named {
            if let Some(size) = sizes.get_mut(*name as usize) {
                *size += 1;
            }
        }
        Self { named, sizes }
    }

    /// The record that the person of this record is named after.
    pub fn name(&self, record: u32) -> u32 {
        self.named.get(record as usize).copied().unwrap_or(record)
    }

    /// Records of the person of this record.
    pub fn size(&self, record: u32) -> u32 {
        self.sizes.get(self.name(record) as usize).copied().unwrap_or(0)
    }

    /// How many people there are.
    pub fn count(&self) -> u64 {
        self.sizes.iter().filter(|size| **size > 0).count() as u64
    }

    /// Records of the biggest.
    pub fn biggest(&self) -> u32 {
        self.sizes.iter().copied().max().unwrap_or(0)
    }
}

/// Makes a file to write.
pub fn create(file: &Path) -> Result<Writer<BufWriter<File>>, Fault> {
    let made = File::create(file).map_err(|e| Fault::file(file, format!("cannot be written: {e}")))?;
    Ok(Writer::from_writer(BufWriter::with_capacity(1 << 18, made)))
}

/// Writes `record_id,person_id` for every row of the file that came in.
pub fn links(file: &Path, taken: &Taken, people: &People) -> Result<(), Fault> {
    let mut out = create(file)?;
    out.write_record(["record_id", "person_id"]).map_err(|e| Fault::file(file, e))?;
    let mut out = out.into_inner().map_err(|e| Fault::file(file, e.error()))?;
    let rows: Vec<Stands<'_>> = taken.each_row().collect();
    for rows in rows.chunks(ROWS * rayon::current_num_threads().max(1)) {
        let texts: Vec<Result<Vec<u8>, Fault>> =
            rows.par_chunks(ROWS).map(|rows| lines(file, rows, taken, people)).collect();
        for text in texts {
            out.write_all(&text?).map_err(|e| Fault::file(file, e))?;
        }
    }
    out.flush().map_err(|e| Fault::file(file, e))
}

/// Rows that one worker puts into words at a time.
const ROWS: usize = 1 << 15;

/// The lines of some rows.
fn lines(file: &Path, rows: &[Stands<'_>], taken: &Taken, people: &People) -> Result<Vec<u8>, Fault> {
    let mut out = Writer::from_writer(Vec::with_capacity(rows.len() * 24));
    for row in rows {
        let written = match row {
            Stands::Record(record) => {
                out.write_record([taken.ids.get(*record), taken.ids.get(people.name(*record))])
            }
            Stands::Alone(aside) if aside.record_id.is_empty() => {
                out.write_record(["", &format!("(line {})", aside.line)])
            }
            Stands::Alone(aside) => out.write_record([&aside.record_id, &aside.record_id]),
        };
        written.map_err(|e| Fault::file(file, e))?;
    }
    out.into_inner().map_err(|e| Fault::file(file, e.error()))
}

/// Writes `record_a,record_b,probability,weight` for every link made and every doubtful one.
pub fn pairs(file: &Path, edges: &[Edge], ids: &Ids) -> Result<(), Fault> {
    let mut out = create(file)?;
    let failed = |e: csv::Error| Fault::file(file, e);
    out.write_record(["record_a", "record_b", "probability", "weight"]).map_err(failed)?;
    for edge in edges {
        let (a, b) = (ids.get(edge.a), ids.get(edge.b));
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        let row = [a, b, &format!("{:.6}", edge.probability), &format!("{:.3}", edge.weight)];
        out.write_record(row).map_err(failed)?;
    }
    out.flush().map_err(|e| Fault::file(file, e))
}
