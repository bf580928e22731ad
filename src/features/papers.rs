//! Papers that two people agreed on: what of the records of one agency goes to whoever asked for their own record, or to a
//! court? Apart from the releases, whose pages say what was agreed and show no record.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::SignedDuration;
use throughline_domain::fact::FactBody;
use throughline_domain::ids::PersonId;
use throughline_domain::looks::Act;
use throughline_domain::picture::HarmProfile;
use throughline_domain::release::{Release, ReleaseCarriedOut, Told};
use throughline_domain::request::{MadePapers, Papers, Whom};

use super::asking::{Nothing, Sent, aside};
use super::links::deciding;
use super::{Asking, Problem, known, releases, requests};
use crate::config::own_copy;
use crate::intake::Clock;
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::papers::{self as page_of, PapersPage};

/// Days for which papers may be opened after they were proposed: after that somebody looks at it again.
const DAYS: i64 = 7;
/// How a [`ReleaseCarriedOut`] of papers is called.
const PAPERS: &str = "papers";

/// What goes with which papers: a partnership's own `papers.toml` in the folder of its area, else what is built in.
pub fn rules(folder: &std::path::Path) -> Result<Papers, String> {
    let own = own_copy(folder, "papers.toml")?;
    own.map_or_else(Papers::built_in, |(file, text)| Papers::read(&file, &text)).map_err(|e| e.to_string())
}

/// Whether the reader may open the papers of a release now: whoever proposed it, once a second person has confirmed it.
pub fn may_open(asking: &Asking, told: &Told) -> bool {
    let kind = matches!(told.proposed.what, Release::SubjectAccess | Release::CourtBundle);
    let viewer = asking.opener.viewer();
    let theirs = told.proposed.by == viewer.user && told.agency == viewer.agency;
    let lately = Clock::now().received.duration_since(told.at) <= SignedDuration::from_hours(24 * DAYS);
    kind && theirs && lately && told.stands() && !told.proposed.about.is_empty()
}

/// The release whose papers the reader may open; absent for everybody else.
fn open(asking: &Asking, seq: u64) -> Result<Told, Problem> {
    let told = releases::one(asking, seq)?;
    if may_open(asking, &told) { Ok(told) } else { Err(Problem::NotFound) }
}

/// Whether they were opened before.
fn is_carried_out(asking: &Asking, seq: u64) -> Result<bool, Problem> {
    for sealed in asking.app.store.facts_of_kind(&["release_carried_out"], ..)? {
        if matches!(asking.opener.read(sealed?)?.body, FactBody::ReleaseCarriedOut(done) if done.release == seq)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Made from what the reader may have of their agency's records, at the moment they are opened.
fn made(asking: &Asking, told: &Told) -> Result<MadePapers, Problem> {
    let about: BTreeSet<PersonId> = told.proposed.about.iter().cloned().collect();
    let records = known::records_of(asking, &about)?;
    let (kept, settings) = (asking.app.kept()?, &asking.app.settings);
    let rules = &asking.app.papers;
    let mut causes_harm = false;
    for person in &told.proposed.about {
        causes_harm |= asking.maybe::<HarmProfile>(shelf::HARM, person.as_str())?.is_some();
    }
    let whom = Whom { ids: &told.proposed.about, causes_harm };
    let made = rules.made(told.proposed.what, whom, &records, &told.agency, &kept, settings);
    let looks = asking.opener.collector();
    looks.did(Act::Disclosed);
    looks.because(&told.proposed.reason);
    looks.decided([], made.granted.iter().map(|granted| granted.category.clone()));
    Ok(made)
}

/// The page: before the first opening only that there is something to open.
pub async fn page(asking: Asking, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || {
        let told = open(&asking, seq)?;
        let made = is_carried_out(&asking, seq)?.then(|| made(&asking, &told)).transpose()?;
        let frame = asking.frame(Nav::None);
        Ok(Html(page_of::render(&PapersPage {
            goes: made.as_ref().map(|made| requests::in_words(&made.granted)).unwrap_or_default(),
            causes_harm: made.as_ref().is_some_and(|made| made.causes_harm),
            records: made.map(|made| made.records),
            seq,
            what: told.proposed.what.label().to_owned(),
            words: told.proposed.words.clone(),
            to: told.proposed.to.clone(),
            agency: told.agency.clone(),
            court: told.proposed.what == Release::CourtBundle,
            frame,
        })?))
    })
    .await
}

/// Opens them: that they went out is a fact before anything is shown.
pub async fn send(
    asking: Asking,
    Path(seq): Path<u64>,
    Form(sent): Form<Sent<Nothing>>,
) -> Result<Response, Problem> {
    aside(move || {
        sent.form(&asking)?;
        let _claim = deciding::claim(&asking)?;
        open(&asking, seq)?;
        if !is_carried_out(&asking, seq)? {
            let done = ReleaseCarriedOut { release: seq, list: PAPERS.to_owned() };
            deciding::append(&asking, vec![FactBody::ReleaseCarriedOut(done)])?;
        }
        Ok(Redirect::to(&format!("/release/{seq}/papers")).into_response())
    })
    .await
}
