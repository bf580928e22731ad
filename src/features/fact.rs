//! One fact: the proof of a line. Shows what the agency sent, when it happened, when it was recorded and
//! when it was received.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Html;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::fact::{FactBody, Received};
use throughline_domain::ids::{AgencyId, FeedId, PersonId};
use throughline_domain::picture::{Kept, KnownRecord, Person, Settings};
use throughline_domain::record::{Place, Who};
use throughline_domain::when::When;

use super::asking::aside;
use super::known::{version, whole_records};
use super::{Asking, Problem};
use crate::shelf::{self, RowState};
use crate::web::pages::fact::{self, FactPage};
use crate::web::pages::frame::Nav;
use crate::web::shown;

/// One fact that is a record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FactView {
    /// Its number.
    pub seq: u64,
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub agency: AgencyId,
    /// When it happened.
    pub happened: Option<When>,
    /// When the agency recorded it.
    pub recorded: Option<When>,
    /// When Throughline received it.
    pub received: Timestamp,
    /// What it says.
    pub row: Received,
    /// Who its mentions are, in order.
    pub persons: Vec<PersonId>,
    /// Everybody whom the page names.
    pub people: BTreeMap<PersonId, Person>,
    /// The version of this row that counts now, where it is another.
    pub replaced_by: Option<u64>,
}

/// Reads one fact. Anything but an ordinary record is absent: kept places and confidential exports too.
pub fn view(asking: &Asking, seq: u64) -> Result<FactView, Problem> {
    if seq == 0 || seq > asking.app.store.heads()?.last_seq() {
        return Err(Problem::NotFound);
    }
    let sealed = asking.app.store.facts_by_seq(&[seq])?.into_iter().next().ok_or(Problem::NotFound)?;
    let fact = asking.opener.open(sealed)?;
    let FactBody::Record(mut row) = fact.body else { return Err(Problem::NotFound) };
    let key = shelf::row_key(&row.record.feed, &row.record.row_key);
    let state: Option<RowState> = asking.maybe(shelf::ROW, &key)?;
    let current = state.map_or(seq, |state| state.seq);
    let replaced_by = Some(current).filter(|current| *current != seq);
    let persons = whole_records(asking, &[seq])?.into_iter().flat_map(|known| known.persons).collect();
    let whole = KnownRecord {
        seq,
        agency: fact.agency.clone(),
        recorded: fact.recorded,
        received: fact.received,
        file: row.file.clone(),
        record: std::mem::take(&mut row.record),
        persons,
        sealed: false,
    };
    let seen = version(asking, whole, current)?.ok_or(Problem::NotFound)?;
    if seen.agency != asking.opener.viewer().agency {
        // What was odd about a cell may quote a part that is not theirs to see.
        row.warnings.clear();
        (row.record, row.file) = (seen.record, String::new());
        unnumbered(&mut row);
    } else {
        (row.record, row.file) = (seen.record, seen.file);
    }
    let persons = seen.persons;
    hush(&mut row, &*asking.app.kept()?, &asking.app.settings);
    let people = super::person::named(asking, persons.iter().collect(), &BTreeMap::new())?;
    let (id, agency, happened) = (fact.id, fact.agency, fact.happened);
    Ok(FactView {
        seq,
        id,
        agency,
        happened,
        recorded: fact.recorded,
        received: fact.received,
        row,
        persons,
        people,
        replaced_by,
    })
}

/// Takes out by what another agency's row is known there: its keys and numbers hold more than the policy lets go (a school
/// and an admission number), and a digest of its cells can be tried out.
fn unnumbered(row: &mut Received) {
    let record = std::mem::take(&mut row.record);
    *row = Received { record, ..Received::default() };
    let record = &mut row.record;
    (record.feed, record.row_key) = (FeedId::default(), String::new());
    for mention in &mut record.people {
        (mention.local_refs, mention.groups, mention.link_key) = (Vec::new(), Vec::new(), None);
    }
    let here = |who: &Who| matches!(who, Who::Here(_));
    record.residences.retain(|residence| here(&residence.who));
    record.relations.retain(|relation| here(&relation.of) && here(&relation.to));
    for event in &mut record.events {
        event.involved.retain(|involved| here(&involved.who));
    }
}

/// Takes addresses that must be kept out of what a row says, where the row itself did not mark them.
fn hush(row: &mut Received, kept: &Kept, settings: &Settings) {
    let record = &mut row.record;
    for residence in &mut record.residences {
        hush_place(&mut residence.place, kept, settings);
    }
    for event in &mut record.events {
        if let Some(place) = &mut event.place {
            hush_place(place, kept, settings);
        }
        event.title = kept.hush(&event.title).into_owned();
        if let Some(text) = &mut event.text {
            *text = kept.hush(text).into_owned();
        }
        for value in event.details.values_mut() {
            *value = kept.hush(value).into_owned();
        }
    }
}

fn hush_place(place: &mut Place, kept: &Kept, settings: &Settings) {
    if let Place::Known(address) = place
        && let Some(id) = kept.is(address, settings)
    {
        *place = Place::Kept(id);
    }
}

/// The page.
pub async fn page(asking: Asking, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking, seq)?;
        let frame = asking.frame(Nav::None);
        Ok(Html(fact::render(&FactPage {
            labels: shown::labels(view.people.values(), frame.now.first_day()),
            seq: view.seq,
            agency: view.agency,
            happened: view.happened,
            recorded: view.recorded,
            received: view.received,
            file: view.row.file,
            line: view.row.line,
            record: view.row.record,
            persons: view.persons,
            warnings: view.row.warnings,
            replaced_by: view.replaced_by,
            frame,
        })?))
    })
    .await
}
