//! A sample of pairs for people to judge where nothing is known of the records: some of every weight, so that a few
//! hundred answers say how good the whole is.

use std::path::Path;

use csv::ByteRecord;
use throughline_linkage::{Edge, Why};

use super::fault::Fault;
use super::ids::Ids;
use super::{rows, table, writing};

/// Lower ends of the strata, in bits.
pub const STRATA: [f64; 8] = [f64::NEG_INFINITY, 0.0, 3.0, 5.0, 8.0, 12.0, 18.0, 26.0];
/// Pairs asked for.
const WANTED: usize = 200;

/// The stratum of a weight.
pub fn stratum(weight: f64) -> usize {
    STRATA.iter().rposition(|low| weight >= *low).unwrap_or(0)
}

/// Whether a pair rests on evidence, which alone can be judged.
pub fn can_be_judged(edge: &Edge) -> bool {
    matches!(edge.why, Why::Evidence | Why::Relations | Why::Doubtful)
}

/// A number that only depends on the two ids, so that the same pairs are chosen again.
fn mark(edge: &Edge, ids: &Ids) -> u64 {
    let (a, b) = (ids.get(edge.a), ids.get(edge.b));
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let bytes = a.bytes().chain([b'|']).chain(b.bytes());
    let hash =
        bytes.fold(0xCBF2_9CE4_8422_2325_u64, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// Chooses pairs: as many of every stratum, what a small one lacks made up by the others. In no telling order.
pub fn choose<'a>(edges: &'a [Edge], ids: &Ids) -> Vec<&'a Edge> {
    let mut strata: Vec<Vec<(u64, &Edge)>> = vec![Vec::new(); STRATA.len()];
    for edge in edges.iter().filter(|edge| can_be_judged(edge)) {
        if let Some(stratum) = strata.get_mut(stratum(edge.weight)) {
            stratum.push((mark(edge, ids), edge));
        }
    }
    strata.sort_by_key(Vec::len);
    let mut chosen: Vec<(u64, &Edge)> = Vec::new();
    let count = strata.len();
    for (done, mut stratum) in strata.into_iter().enumerate() {
        let share = (WANTED - chosen.len()).div_ceil(count - done);
        stratum.sort_by_key(|(mark, edge)| (*mark, edge.a, edge.b));
        chosen.extend(stratum.into_iter().take(share));
    }
    chosen.sort_by_key(|(mark, edge)| (*mark, edge.a, edge.b));
    chosen.into_iter().map(|(_, edge)| edge).collect()
}

/// Writes pairs to be judged: both rows side by side, `same` left empty. Weights are left out: they would sway.
pub fn write(file: &Path, records: &Path, chosen: &[&Edge], ids: &Ids) -> Result<usize, Fault> {
    let mut opened = table::open(records)?;
    let header = table::names(&opened.header);
    let id_place = header.iter().position(|name| name == "record_id");
    let wanted: std::collections::BTreeSet<&str> =
        chosen.iter().flat_map(|edge| [ids.get(edge.a), ids.get(edge.b)]).collect();
    let mut held: std::collections::BTreeMap<String, ByteRecord> = std::collections::BTreeMap::new();
    let mut row = ByteRecord::new();
    while opened.rows.read_byte_record(&mut row).map_err(|e| Fault::file(records, e))? {
        let id = rows::text(&row, id_place);
        if row.len() == header.len() && wanted.contains(id.as_ref()) {
            held.entry(id.into_owned()).or_insert_with(|| row.clone());
        }
    }
    let mut out = writing::create(file)?;
    let failed = |e: csv::Error| Fault::file(file, e);
    let others: Vec<usize> = (0..header.len()).filter(|place| Some(*place) != id_place).collect();
    let mut head: Vec<String> = ["record_a", "record_b", "same"].map(ToOwned::to_owned).to_vec();
    for name in others.iter().filter_map(|place| header.get(*place)) {
        head.extend([format!("{name}_a"), format!("{name}_b")]);
    }
    out.write_record(&head).map_err(failed)?;
    for edge in chosen {
        let (a, b) = (ids.get(edge.a), ids.get(edge.b));
        let (Some(ours), Some(theirs)) = (held.get(a), held.get(b)) else { continue };
        let mut line = vec![a.to_owned(), b.to_owned(), String::new()];
        for place in &others {
            line.extend([ours, theirs].map(|row| rows::text(row, Some(*place)).into_owned()));
        }
        out.write_record(&line).map_err(failed)?;
    }
    out.flush().map_err(|e| Fault::file(file, e))?;
    Ok(chosen.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weight_has_its_share_and_small_strata_are_made_up_for() {
        let mut ids = Ids::default();
        (0..3000).for_each(|i| assert!(ids.add(&format!("R{i}")).is_ok()));
        let edge = |i: u32, weight: f64, why| Edge { a: 2 * i, b: 2 * i + 1, weight, probability: 0.5, why };
        let mut edges: Vec<Edge> = (0..1400).map(|i| edge(i, 13.0, Why::Evidence)).collect();
        edges.extend((1400..1410).map(|i| edge(i, 1.0, Why::Doubtful)));
        edges.extend((1410..1420).map(|i| edge(i, 40.0, Why::AgencyNumber)));
        let chosen: Vec<Edge> = choose(&edges, &ids).into_iter().copied().collect();
        assert_eq!(chosen.len(), WANTED);
        assert_eq!(chosen.iter().filter(|edge| edge.weight < 3.0).count(), 10);
        assert!(chosen.iter().all(|edge| edge.why != Why::AgencyNumber));
        edges.reverse();
        assert_eq!(choose(&edges, &ids).into_iter().copied().collect::<Vec<_>>(), chosen);
    }
}
