//! Reviewing looks of another agency's staff, and letting somebody go on who was stopped. Both are entries of the same
//! record, written before the reviewer is told that they were saved.

use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use throughline_domain::ids::PersonId;
use throughline_domain::looks::{Entry, Lift, Looker, Review, Verdict, may_review, must_be_told};
use throughline_domain::sharing::Door;

use super::{drawn, is_barred};
use crate::access::looks as rights;
use crate::features::asking::{Sent, aside};
use crate::features::{Asking, Problem};
use crate::intake::Clock;

/// What a reviewer found.
#[derive(Deserialize)]
pub struct Found {
    /// Entries, with commas between them.
    #[serde(default)]
    entries: String,
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    words: String,
}

/// The longest text of a reviewer that is kept.
const LONGEST: usize = 2_000;

/// Saves a review.
pub async fn review(asking: Asking, Form(sent): Form<Sent<Found>>) -> Result<Response, Problem> {
    aside(move || {
        let found = sent.form(&asking)?;
        let me = Looker::from(asking.opener.viewer());
        if !rights::may_review(asking.opener.viewer()) {
            return Err(not_yours());
        }
        let entries = numbers(&found.entries)?;
        let of = whose(&asking, &entries, &me)?;
        let verdict = match found.verdict.as_str() {
            "explained" => Verdict::Explained,
            "not_explained" => Verdict::NotExplained,
            _ => return Ok(drawn(&asking, "", Some("Choose what you found".to_owned()))?.into_response()),
        };
        let words = found.words.trim();
        if words.is_empty() {
            return Ok(drawn(&asking, "", Some("Say how you know".to_owned()))?.into_response());
        }
        let words = words.chars().take(LONGEST).collect();
        let at = Clock::now().received;
        asking.opener.collector().also(Entry::Review(Review { at, by: me, of, entries, verdict, words }));
        Ok(Redirect::to("/looked?done=reviewed").into_response())
    })
    .await
}

fn numbers(text: &str) -> Result<Vec<u64>, Problem> {
    let numbers: Result<Vec<u64>, _> =
        text.split(',').take(500).map(|number| number.trim().parse()).collect();
    numbers.map_err(|_| {
        Problem::Asked("The list of entries cannot be read. Load the page again and repeat.".to_owned())
    })
}

/// Whose looks these are: of one worker of another agency, or none that the reviewer may know of.
fn whose(asking: &Asking, entries: &[u64], me: &Looker) -> Result<Looker, Problem> {
    let mut of: Option<Looker> = None;
    for entry in entries {
        let sealed = asking.app.audit.looks.one(*entry)?.ok_or(Problem::NotFound)?;
        let entry = Door::open_to_derive(sealed);
        let about: Vec<PersonId> = entry.about().into_iter().map(PersonId::from).collect();
        if is_barred(asking, &about) {
            return Err(Problem::NotFound);
        }
        if !matches!(entry, Entry::Look(_) | Entry::Glass(_)) || !may_review(me, entry.by()) {
            return Err(Problem::NotFound);
        }
        match &of {
            None => of = Some(entry.by().clone()),
            Some(of) if of.user == entry.by().user => {}
            Some(_) => return Err(Problem::NotFound),
        }
    }
    of.ok_or(Problem::NotFound)
}

fn not_yours() -> Problem {
    Problem::NotYours("Your role does not review who looked. Ask your safeguarding lead.".to_owned())
}

/// Whom to let go on.
#[derive(Deserialize)]
pub struct GoOn {
    /// The entry of the alarm; text, as forms send everything as text.
    #[serde(default)]
    entry: String,
    #[serde(default)]
    reason: String,
}

/// Lets somebody go on who opened more people than work explains: their supervisor, or a reviewer of another agency,
/// never themselves.
pub async fn let_go_on(asking: Asking, Form(sent): Form<Sent<GoOn>>) -> Result<Response, Problem> {
    aside(move || {
        let form = sent.form(&asking)?;
        let viewer = asking.opener.viewer();
        let me = Looker::from(viewer);
        let entry = form.entry.trim().parse().map_err(|_| Problem::NotFound)?;
        let sealed = asking.app.audit.looks.one(entry)?.ok_or(Problem::NotFound)?;
        let Entry::Alarm(alarm) = Door::open_to_derive(sealed) else { return Err(Problem::NotFound) };
        must_be_told(&me, rights::oversees(viewer), rights::may_review(viewer), &alarm.by)
            .ok_or(Problem::NotFound)?;
        let reason = form.reason.trim();
        if reason.is_empty() {
            return Ok(drawn(&asking, "", Some("Say why they may go on".to_owned()))?.into_response());
        }
        let reason = reason.chars().take(LONGEST).collect();
        let at = Clock::now().received;
        asking.opener.collector().also(Entry::Lift(Lift { at, by: me, of: alarm.by, reason }));
        Ok(Redirect::to("/looked?done=lifted").into_response())
    })
    .await
}
