//! One fact: the proof of a line. Shows what the agency sent, when it happened, when it was recorded and
//! when it was received.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Html;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::fact::{FactBody, Received};
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::picture::Person;
use throughline_domain::when::When;

use super::asking::aside;
use super::known::records;
use super::{App, Asking, Problem};
use crate::web;
use crate::web::pages::frame::Nav;

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
}

/// Reads one fact. Anything but an ordinary record is absent: kept places and confidential exports too.
pub fn view(asking: &Asking, seq: u64) -> Result<FactView, Problem> {
    let sealed = asking.app.store.facts_by_seq(&[seq])?.into_iter().next().ok_or(Problem::NotFound)?;
    let fact = asking.opener.open(sealed)?;
    let FactBody::Record(row) = fact.body else { return Err(Problem::NotFound) };
    let persons: Vec<PersonId> = records(asking, &[seq])?.into_iter().flat_map(|r| r.persons).collect();
    let people = super::person::named(asking, persons.iter().collect(), &BTreeMap::new())?;
    let (id, agency, happened) = (fact.id, fact.agency, fact.happened);
    Ok(FactView { seq, id, agency, happened, recorded: fact.recorded, received: fact.received, row, persons, people })
}

/// The page.
pub async fn page(asking: Asking, State(_): State<Arc<App>>, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || Ok(Html(web::pages::fact::render(&asking.frame(Nav::None), &view(&asking, seq)?)?))).await
}
