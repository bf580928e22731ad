//! What was known on a day, and to one agency: a review must see what people could have seen then, and no more.

use std::collections::BTreeMap;

use super::ground::known_on;
use super::shape::{KnownRecord, Viewpoint};

/// The records that somebody looking from this viewpoint could have seen.
///
/// A record counts from the day its agency recorded it; where the agency does not say, from when it happened, was
/// told, or came. Of several versions of one row the last one recorded by then stands.
#[must_use]
pub fn as_known<'r>(records: &'r [KnownRecord], view: &Viewpoint) -> Vec<&'r KnownRecord> {
    let visible = |record: &&KnownRecord| {
        let in_time = view.as_known_on.is_none_or(|day| known_on(record) <= day);
        let theirs = view.known_to.as_ref().is_none_or(|agency| record.agency == *agency);
        in_time && theirs
    };
    let mut latest: BTreeMap<(bool, &str, &str, &str), usize> = BTreeMap::new();
    let mut out: Vec<Option<&KnownRecord>> = Vec::new();
    for record in records.iter().filter(visible) {
        let row = &record.record;
        if row.row_key.is_empty() {
            out.push(Some(record));
            continue;
        }
        let key = (record.sealed, record.agency.as_str(), row.feed.as_str(), row.row_key.as_str());
        match latest.get(&key).and_then(|at| out.get_mut(*at)) {
            Some(slot) => {
                let newer = |other: &KnownRecord| (record.recorded, record.seq) > (other.recorded, other.seq);
                if slot.is_none_or(newer) {
                    *slot = Some(record);
                }
            }
            None => {
                latest.insert(key, out.len());
                out.push(Some(record));
            }
        }
    }
    out.into_iter().flatten().collect()
}
