//! The copy for those who asked: made from the holder's facts at the moment it is opened, never kept. Opening it the first
//! time is a fact: the receipt stands before anything is shown.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Redirect, Response};
use throughline_domain::fact::FactBody;
use throughline_domain::looks::Act;
use throughline_domain::picture::KnownRecord;
use throughline_domain::request::{self, InformationAnswered, Told, disclosed, open_copy, people_now};

use super::{Side, hand, one, refused, shown};
use crate::features::asking::{Nothing, Sent, aside};
use crate::features::known::whole_records;
use crate::features::links::deciding;
use crate::features::share::calendar;
use crate::features::{Asking, Problem};
use crate::intake::Clock;
use crate::shelf::{self, Grounds, RowState};
use crate::web::pages::frame::Nav;
use crate::web::pages::requests::{self as page_of, CopyPage};

/// The request whose copy somebody of those who asked may open now; absent for everybody else.
fn open(asking: &Asking, seq: u64, clock: &Clock) -> Result<(Told, InformationAnswered), Problem> {
    let (told, side) = one(asking, seq)?;
    let answer = open_copy(&told, clock.received, calendar()?).filter(|_| side == Side::Asks).cloned();
    Ok((told, answer.ok_or(Problem::NotFound)?))
}

/// The rows an answer covers, as they stand now. A row that was sealed since, or that turned out to be about somebody
/// else, is not among them.
fn records(asking: &Asking, answer: &InformationAnswered) -> Result<Vec<KnownRecord>, Problem> {
    let keys: Vec<String> = answer.rows.iter().map(|row| shelf::row_key(&row.feed, &row.row_key)).collect();
    let states = asking.many::<RowState>(shelf::ROW, &keys)?;
    let seqs: Vec<u64> = states.into_iter().map(|(_, state)| state.seq).collect();
    let mut records = whole_records(asking, &seqs)?;
    let now: Vec<String> =
        people_now(&records, answer).into_iter().map(|person| person.as_str().to_owned()).collect();
    let grounds = asking.many::<Grounds>(shelf::GROUNDS, &now)?;
    let theirs: BTreeSet<u64> = grounds.into_iter().flat_map(|(_, grounds)| grounds.facts).collect();
    records.retain(|known| theirs.contains(&known.seq));
    Ok(records)
}

/// The page: before the first opening only that there is something to open.
pub async fn page(asking: Asking, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || {
        let clock = Clock::now();
        let (told, answer) = open(&asking, seq, &clock)?;
        let view = shown(&asking, told.clone(), Side::Asks, clock.received)?;
        let copy = match told.received {
            None => None,
            Some(_) => {
                let (kept, settings) = (asking.app.kept()?, &asking.app.settings);
                let records = records(&asking, &answer)?;
                let copy = disclosed(&records, &answer, &told.asked.to, &kept, settings);
                tell_of_it(&asking, &told, &answer, &copy);
                Some(copy)
            }
        };
        let frame = asking.frame(Nav::Requests);
        Ok(Html(page_of::render_copy(&CopyPage { frame, view, copy })?))
    })
    .await
}

/// Says what leaves, so that it stands in the record as told to another agency before it does.
fn tell_of_it(asking: &Asking, told: &Told, answer: &InformationAnswered, copy: &[KnownRecord]) {
    let looks = asking.opener.collector();
    looks.did(Act::Disclosed);
    looks.about(&answer.about);
    looks.facts(copy.iter().map(|known| known.seq));
    looks.decided(
        answer.proposal.rules.iter().chain(&answer.proposal.basis).cloned(),
        answer.granted.iter().map(|granted| granted.category.clone()),
    );
    // Why it was asked for stays between the two agencies; whoever reviews sees that a request explains the look.
    looks.facts([told.seq]);
}

/// The receipt; after it the copy is shown.
pub async fn receive(
    asking: Asking,
    Path(seq): Path<u64>,
    Form(sent): Form<Sent<Nothing>>,
) -> Result<Response, Problem> {
    aside(move || {
        sent.form(&asking)?;
        let _claim = deciding::claim(&asking)?;
        let clock = Clock::now();
        let (told, _) = open(&asking, seq, &clock)?;
        let received =
            request::receive(&told, &hand(&asking), clock.received, calendar()?).map_err(refused)?;
        if told.received.is_none() {
            deciding::append(&asking, vec![FactBody::DisclosureReceived(received)])?;
        }
        Ok(Redirect::to(&format!("/request/{seq}/copy")).into_response())
    })
    .await
}
