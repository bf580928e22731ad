//! Requests for information between agencies: what waits for us, what we have asked, what was answered. Whoever is barred
//! from somebody, or is of neither agency, finds no request about them.

pub mod answer;
pub mod ask;
pub mod copy;
mod found;

use axum::extract::Query;
use axum::response::Html;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::Fact;
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::picture::Person;
use throughline_domain::request::{
    self, Granted, Hand, InWords, Proposal, State, Told, Verdict, WhyNot, may_answer, open_copy, tell,
};

use super::asking::aside;
use super::share::{calendar, plain};
use super::{Asking, Problem};
use crate::access::Sight;
use crate::access::looks::explained::OF_REQUESTS;
use crate::intake::Clock;
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::requests::{self as page_of, RequestsPage};

/// On which side of a request somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Their agency asks.
    Asks,
    /// Their agency is asked.
    Holds,
}

/// One request as somebody may know of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RequestView {
    /// Its fact.
    pub seq: u64,
    /// On which side the reader stands.
    pub side: Side,
    /// How it stands now.
    pub state: State,
    /// When it was asked.
    pub at: Timestamp,
    /// When its time runs out.
    pub due: Timestamp,
    /// The agency that asks.
    pub from: AgencyId,
    /// The agency that is asked.
    pub to: AgencyId,
    /// Who asks, with what they do.
    pub by: String,
    /// Whom it is about, in the words of whoever asks.
    pub words: InWords,
    /// What it is for.
    pub purpose: String,
    /// What is asked for, each kind of data with its name in plain words.
    pub categories: Vec<(String, String)>,
    /// Why.
    pub reason: String,
    /// How grave.
    pub risk: String,
    /// How far the work has come; empty where it was not said.
    pub stage: String,
    /// What was said about consent; empty where it was not said.
    pub consent: String,
    /// Who decides when its time is over.
    pub escalates_to: String,
    /// What was answered, once it was.
    pub answer: Option<AnswerView>,
    /// Who took it back, when and, for their own agency, why.
    pub withdrawn: Option<WithdrawnView>,
    /// Who opened the copy first, and when.
    pub received: Option<(Timestamp, String)>,
    /// Whether the reader may answer.
    pub may_answer: bool,
    /// Whether the reader may take it back.
    pub may_withdraw: bool,
    /// Whether there is a copy that can be opened now.
    pub open_copy: bool,
}

/// An answer as far as the reader may know of it. Why, and by which rules, stays with the agency that answered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AnswerView {
    /// When.
    pub at: Timestamp,
    /// What it comes to.
    pub verdict: Verdict,
    /// What goes.
    pub granted: Vec<Granted>,
    /// The same in words.
    pub goes: Vec<(String, String)>,
    /// Until when the copy may be opened.
    pub until: Timestamp,
    /// What must be kept to.
    pub conditions: Vec<String>,
    /// Who decided; for their own agency only.
    pub by: Option<String>,
    /// Why; for their own agency only.
    pub reason: Option<String>,
    /// What the policies proposed; for their own agency only.
    pub proposal: Option<Proposal>,
}

/// That it was taken back.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WithdrawnView {
    /// The agency that took it back.
    pub agency: AgencyId,
    /// When.
    pub at: Timestamp,
    /// Why; for their own agency only.
    pub reason: Option<String>,
}

/// All requests that concern the reader.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RequestsView {
    /// Those that wait for an answer of the reader's agency, overdue first.
    pub to_answer: Vec<RequestView>,
    /// Those that the reader's agency has asked and that wait, overdue first.
    pub asked: Vec<RequestView>,
    /// Those that wait no more, newest first.
    pub settled: Vec<RequestView>,
}

/// Every request that somebody may know of, with the side on which they stand.
fn known(asking: &Asking) -> Result<Vec<(Told, Side)>, Problem> {
    let mut facts: Vec<Fact> = Vec::new();
    for sealed in asking.app.store.facts_of_kind(OF_REQUESTS, ..)? {
        facts.push(asking.opener.read(sealed?)?);
    }
    facts.sort_by_key(|fact| fact.seq);
    let barred = barred_people(asking)?;
    let viewer = asking.opener.viewer();
    let mut all = Vec::new();
    for mut told in tell(&facts) {
        let barred = is_barred(&told, &asking.sight, &barred);
        let theirs = sees(&told, &asking.sight, viewer.rights.oversees);
        let Some(side) = side(&told, (&viewer.user, &viewer.agency), barred, theirs) else { continue };
        if let Some(answered) = told.answered.as_mut().filter(|_| barred) {
            answered.answer.granted.clear();
        }
        all.push((told, side));
    }
    Ok(all)
}

/// One request that the reader may know of.
fn one(asking: &Asking, seq: u64) -> Result<(Told, Side), Problem> {
    let found = known(asking)?.into_iter().find(|(told, _)| told.seq == seq).ok_or(Problem::NotFound)?;
    asking.opener.collector().about(about(&found.0));
    asking.opener.collector().facts([seq]);
    Ok(found)
}

/// People from whom the reader is barred, as the whole area knows them: a request may name one of them in words.
fn barred_people(asking: &Asking) -> Result<Vec<Person>, Problem> {
    let keys: Vec<String> = asking.sight.barred.iter().map(|person| person.as_str().to_owned()).collect();
    let people = shelf::get_many::<Person>(&asking.app.store, shelf::PERSON, &keys)?;
    Ok(people.into_iter().map(|(_, person)| asking.opener.read(person)).collect::<Result<_, _>>()?)
}

/// Whether somebody must not see one of those a request is about, or may be about.
fn is_barred(told: &Told, sight: &Sight, barred: &[Person]) -> bool {
    let named = barred.iter().any(|person| told.asked.words.may_mean(person));
    named || about(told).any(|person| sight.barred.contains(person))
}

/// Whether the families somebody sees have part in a request. Of one that names somebody in words nobody knows yet whose
/// family it is: it reaches everybody who oversees, those of single schools too.
fn sees(told: &Told, sight: &Sight, oversees: bool) -> bool {
    let Some(only) = &sight.only else { return true };
    let mut about = about(told).peekable();
    (about.peek().is_none() && oversees) || about.any(|person| only.members.contains(person))
}

fn about(told: &Told) -> impl Iterator<Item = &PersonId> {
    let answered = told.answered.iter().flat_map(|answered| &answered.answer.about);
    told.asked.about.iter().chain(answered)
}

/// On which side somebody stands; none, where there is no such request for them. What they asked in their own words stays
/// theirs even where they are barred, with nothing shared: if it vanished, it would tell them that the words were right.
fn side(told: &Told, (user, agency): (&str, &AgencyId), barred: bool, sees: bool) -> Option<Side> {
    let asks = told.agency == *agency;
    let own = asks && told.asked.by == user;
    if barred && !(own && told.asked.about.is_empty()) {
        return None;
    }
    match asks {
        true => (own || sees).then_some(Side::Asks),
        false => (told.asked.to == *agency && sees).then_some(Side::Holds),
    }
}

/// The reader, as the rules of requests see them. Requests about people they are barred from never come so far.
fn hand(asking: &Asking) -> Hand {
    let viewer = asking.opener.viewer();
    Hand {
        user: viewer.user.clone(),
        name: viewer.name.clone(),
        agency: viewer.agency.clone(),
        supervises: asking.sight.only.is_none(),
        barred: false,
    }
}

/// What the rules say no to.
fn refused(why: WhyNot) -> Problem {
    match why {
        WhyNot::Absent | WhyNot::NoCopy => Problem::NotFound,
        WhyNot::OtherAgency | WhyNot::Asker | WhyNot::Supervisor(_) => Problem::NotYours(why.to_string()),
        other => Problem::Asked(other.to_string()),
    }
}

fn shown(asking: &Asking, told: Told, side: Side, now: Timestamp) -> Result<RequestView, Problem> {
    let calendar = calendar()?;
    let own = side == Side::Holds;
    let hand = hand(asking);
    let may_withdraw = request::withdraw(&told, &hand, "asked", now, calendar).is_ok();
    let categories = told.asked.categories.iter().map(|word| (word.clone(), plain::category_label(word)));
    let answer = told.verdict().zip(told.answered.as_ref()).map(|(verdict, answered)| {
        let answer = &answered.answer;
        AnswerView {
            at: answered.at,
            verdict,
            goes: in_words(&answer.granted),
            granted: answer.granted.clone(),
            until: answer.until,
            conditions: match verdict {
                Verdict::Refuse => Vec::new(),
                Verdict::Share | Verdict::ShareMinimum => answer.proposal.conditions.clone(),
            },
            by: own.then(|| answer.name.clone()),
            reason: own.then(|| answer.reason.clone()),
            proposal: own.then(|| answer.proposal.clone()),
        }
    });
    Ok(RequestView {
        seq: told.seq,
        side,
        state: told.state(now, calendar),
        at: told.at,
        due: told.due(calendar),
        from: told.agency.clone(),
        to: told.asked.to.clone(),
        by: match told.asked.role.as_str() {
            "" => told.asked.name.clone(),
            role => format!("{}, {role}", told.asked.name),
        },
        words: told.asked.words.clone(),
        purpose: plain::word_label(&told.asked.purpose),
        categories: categories.collect(),
        reason: told.asked.reason.clone(),
        risk: plain::word_label(&told.asked.risk),
        stage: plain::word_label(&told.asked.stage),
        consent: plain::word_label(&told.asked.consent),
        escalates_to: told.asked.escalates_to.clone(),
        answer,
        withdrawn: told.ended.as_ref().map(|ended| WithdrawnView {
            agency: ended.agency.clone(),
            at: ended.at,
            reason: (ended.agency == hand.agency).then(|| ended.withdrawn.reason.clone()),
        }),
        received: told.received.as_ref().map(|(at, received)| (*at, received.name.clone())),
        may_answer: own && may_answer(&told, &hand, now, calendar).is_ok(),
        may_withdraw,
        open_copy: open_copy(&told, now, calendar).is_some(),
    })
}

/// What goes, in words.
pub(super) fn in_words(granted: &[Granted]) -> Vec<(String, String)> {
    let how = |given: &Granted| match given.part {
        request::Part::All => "all of it",
        request::Part::Minimum => "the minimum",
    };
    granted.iter().map(|given| (plain::category_label(&given.category), how(given).to_owned())).collect()
}

/// Reads all requests that concern the reader.
pub fn view(asking: &Asking) -> Result<RequestsView, Problem> {
    let now = Clock::now().received;
    let (mut to_answer, mut asked, mut settled) = (Vec::new(), Vec::new(), Vec::new());
    for (told, side) in known(asking)? {
        let view = shown(asking, told, side, now)?;
        match (view.state, side) {
            (State::Open | State::Escalated, Side::Holds) => to_answer.push(view),
            (State::Open | State::Escalated, Side::Asks) => asked.push(view),
            _ => settled.push(view),
        }
    }
    for waiting in [&mut to_answer, &mut asked] {
        waiting.sort_by_key(|view| (view.state, view.due, view.seq));
    }
    settled.reverse();
    Ok(RequestsView { to_answer, asked, settled })
}

/// What was done just now.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// The page.
pub async fn page(asking: Asking, Query(done): Query<Done>) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking)?;
        Ok(Html(page_of::render(&RequestsPage {
            frame: asking.frame(Nav::Requests),
            view,
            done: done.done,
        })?))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_a_request_and_on_which_side() {
        let asked = request::InformationRequested {
            by: "school".into(),
            to: "police".into(),
            ..request::InformationRequested::default()
        };
        let in_words = Told {
            seq: 1,
            agency: "schools".into(),
            at: "2026-11-20T09:00:00Z".parse().unwrap(),
            asked: asked.clone(),
            answered: None,
            ended: None,
            received: None,
        };
        let about_somebody = Told {
            asked: request::InformationRequested { about: vec!["P1".into()], ..asked },
            ..in_words.clone()
        };
        let of = |told: &Told, user: &str, agency: &str, barred: bool, sees: bool| {
            side(told, (user, &agency.into()), barred, sees)
        };
        for told in [&in_words, &about_somebody] {
            assert_eq!(of(told, "school", "schools", false, false), Some(Side::Asks), "whoever asked");
            assert_eq!(of(told, "colleague", "schools", false, true), Some(Side::Asks));
            assert_eq!(of(told, "colleague", "schools", false, false), None);
            assert_eq!(of(told, "sergeant", "police", false, true), Some(Side::Holds));
            assert_eq!(of(told, "sergeant", "police", false, false), None);
            assert_eq!(of(told, "nurse", "health", false, true), None);
            assert_eq!(of(told, "sergeant", "police", true, true), None, "barred: absent");
            assert_eq!(of(told, "colleague", "schools", true, true), None);
        }
        assert_eq!(of(&about_somebody, "school", "schools", true, true), None);
        assert_eq!(of(&in_words, "school", "schools", true, true), Some(Side::Asks), "their own words stay");
    }
}
