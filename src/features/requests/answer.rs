//! One request: what was asked, what the policies propose by which rules, and the decision of a person with its reason.

use std::collections::{BTreeMap, BTreeSet};

use axum::Form;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use throughline_domain::fact::FactBody;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{KnownRecord, Person};
use throughline_domain::request::{
    self, Choice, Granted, Outcome, Part, Proposal, RowGranted, Told, WhyNot, disclosed,
};

use super::found::{Candidate, candidates, covered, proposed};
use super::{RequestView, hand, one, refused, shown};
use crate::features::asking::{Sent, aside};
use crate::features::links::deciding;
use crate::features::share::{calendar, plain, rules_in_words};
use crate::features::{Asking, Problem};
use crate::intake::Clock;
use crate::web::pages::frame::Nav;
use crate::web::pages::requests::{self as page_of, RequestPage};
use crate::web::shown::label;

/// Reads one request.
pub fn view(asking: &Asking, seq: u64) -> Result<RequestView, Problem> {
    let (told, side) = one(asking, seq)?;
    shown(asking, told, side, Clock::now().received)
}

/// What somebody who may answer has before them.
#[derive(Clone, Debug, Serialize)]
pub struct Deciding {
    /// Whom it may be about.
    pub people: Vec<Who>,
    /// What may be decided about each kind of data.
    pub fields: Vec<Field>,
    /// What the policies propose.
    pub proposal: Proposal,
    /// The rules that spoke, in plain words.
    pub rules: Vec<(String, String)>,
    /// How many records of theirs the answer would cover.
    pub covers: usize,
    /// The copy as those who asked would see it, where that was asked for.
    #[serde(skip)]
    pub preview: Option<Vec<KnownRecord>>,
    /// Why, as typed so far.
    pub reason: String,
}

/// Somebody it may be about.
#[derive(Clone, Debug, Serialize)]
pub struct Who {
    /// Name of the box.
    pub name: String,
    /// What it sends.
    pub value: &'static str,
    /// Who they are.
    pub text: String,
    /// Whether they are chosen.
    pub checked: bool,
}

/// One kind of data with what may be chosen.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// Name of the field.
    pub name: String,
    /// The kind of data.
    pub label: String,
    /// What the policies say of it.
    pub proposed: &'static str,
    /// What is chosen.
    pub value: &'static str,
    /// What can be chosen: never more than may go.
    pub choices: Vec<plain::Choice>,
}

/// What the form sends: `who-…` for each person, `give-…` for each kind of data.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    step: String,
    #[serde(flatten)]
    marks: BTreeMap<String, String>,
}

/// What was chosen: whom it is about, and what goes.
struct Chosen {
    people: Vec<Candidate>,
    about: BTreeSet<PersonId>,
    proposal: Proposal,
    granted: BTreeMap<String, Part>,
    rows: Vec<RowGranted>,
    records: Vec<KnownRecord>,
}

impl Chosen {
    /// What a form says; what is proposed, where nothing was sent yet.
    fn of(asking: &Asking, told: &Told, filled: Option<&Filled>, now: &Clock) -> Result<Self, Problem> {
        let people = candidates(asking, told)?;
        let ticked = |candidate: &&Candidate| match filled {
            Some(filled) => filled.marks.contains_key(&who(&candidate.person.id)),
            None => candidate.named,
        };
        let chosen: Vec<&Person> = people.iter().filter(ticked).map(|candidate| &candidate.person).collect();
        let about: BTreeSet<PersonId> = chosen.iter().map(|person| person.id.clone()).collect();
        let proposal = proposed(asking, told, &chosen, now.today)?;
        let given = |category: &String| match filled {
            Some(filled) => part(filled.marks.get(&give(category)).map(String::as_str).unwrap_or_default()),
            // The least that may go is chosen beforehand; nothing, where somebody must decide about it.
            None => proposal.each.get(category).and_then(|of| of.at_most(false)).map(|_| Part::Minimum),
        };
        let granted = told.asked.categories.iter().filter_map(|c| Some((c.clone(), given(c)?))).collect();
        let (records, rows) = covered(asking, &about)?;
        Ok(Self { granted, about, proposal, rows, records, people })
    }

    fn choice(&self, reason: &str) -> Choice {
        let granted = self.granted.iter();
        Choice {
            about: self.about.iter().cloned().collect(),
            granted: granted
                .map(|(category, part)| Granted { category: category.clone(), part: *part })
                .collect(),
            rows: self.rows.clone(),
            reason: reason.to_owned(),
        }
    }
}

fn who(person: &PersonId) -> String {
    format!("who-{person}")
}

fn give(category: &str) -> String {
    format!("give-{category}")
}

fn part(word: &str) -> Option<Part> {
    match word {
        "all" => Some(Part::All),
        "minimum" => Some(Part::Minimum),
        _ => None,
    }
}

/// What can be chosen for one kind of data: never more than may go.
fn field(category: &str, proposal: &Proposal, granted: Option<Part>, supervises: bool) -> Field {
    let of = proposal.each.get(category).copied().unwrap_or(Outcome::Ask);
    let most = of.at_most(supervises);
    let choice = |value: &str, text: &str| plain::Choice { value: value.to_owned(), text: text.to_owned() };
    let mut choices = vec![choice("nothing", "Nothing")];
    if most >= Some(Part::Minimum) {
        choices
            .push(choice("minimum", "The minimum: that it happened and when, no words of anybody, no place"));
    }
    if most >= Some(Part::All) {
        choices.push(choice("all", "All of it"));
    }
    Field {
        name: give(category),
        label: plain::category_label(category),
        proposed: match of {
            Outcome::Share => "The policies let all of it go.",
            Outcome::ShareMinimum => "The policies let only the minimum go.",
            Outcome::Ask if supervises => "The policies leave this to you, because you oversee this work.",
            Outcome::Ask => "Somebody who oversees this work must decide about it.",
            Outcome::Refuse => "The policies do not let it go.",
        },
        value: match granted {
            Some(Part::All) => "all",
            Some(Part::Minimum) => "minimum",
            None => "nothing",
        },
        choices,
    }
}

fn deciding_of(
    asking: &Asking,
    told: &Told,
    chosen: Chosen,
    reason: String,
    preview: Option<Vec<KnownRecord>>,
) -> Result<Deciding, Problem> {
    let supervises = hand(asking).supervises;
    let today = Clock::now().today;
    let people = chosen.people.iter().map(|candidate| {
        let known = label(&candidate.person, today);
        Who {
            name: who(&candidate.person.id),
            value: "yes",
            text: format!("{}, {}", known.name, known.born),
            checked: chosen.about.contains(&candidate.person.id),
        }
    });
    let categories = told.asked.categories.iter();
    Ok(Deciding {
        people: people.collect(),
        fields: categories
            .map(|c| field(c, &chosen.proposal, chosen.granted.get(c).copied(), supervises))
            .collect(),
        rules: rules_in_words(&*asking.app.policies()?, &chosen.proposal.rules),
        proposal: chosen.proposal,
        covers: chosen.rows.len(),
        preview,
        reason,
    })
}

/// The page.
pub async fn page(asking: Asking, Path(seq): Path<u64>) -> Result<Html<String>, Problem> {
    aside(move || {
        let clock = Clock::now();
        let (told, side) = one(&asking, seq)?;
        let view = shown(&asking, told.clone(), side, clock.received)?;
        let deciding = match view.may_answer {
            true => {
                let chosen = Chosen::of(&asking, &told, None, &clock)?;
                Some(deciding_of(&asking, &told, chosen, String::new(), None)?)
            }
            false => None,
        };
        drawn(&asking, view, deciding, None)
    })
    .await
}

fn drawn(
    asking: &Asking,
    view: RequestView,
    deciding: Option<Deciding>,
    error: Option<String>,
) -> Result<Html<String>, Problem> {
    let rules = match view.answer.as_ref().and_then(|answer| answer.proposal.as_ref()) {
        Some(proposal) => rules_in_words(&*asking.app.policies()?, &proposal.rules),
        None => Vec::new(),
    };
    let frame = asking.frame(Nav::Requests);
    Ok(Html(page_of::render_one(&RequestPage { frame, view, rules, deciding, error })?))
}

/// Shows what those who asked would see, or records the answer.
pub async fn send(
    asking: Asking,
    Path(seq): Path<u64>,
    Form(sent): Form<Sent<Filled>>,
) -> Result<Response, Problem> {
    aside(move || {
        let filled = sent.form(&asking)?;
        let done = filled.step == "do";
        let _claim = done.then(|| deciding::claim(&asking)).transpose()?;
        let clock = Clock::now();
        let (told, side) = one(&asking, seq)?;
        let (hand, calendar) = (hand(&asking), calendar()?);
        request::may_answer(&told, &hand, clock.received, calendar).map_err(refused)?;
        let chosen = Chosen::of(&asking, &told, Some(&filled), &clock)?;
        // A look at the copy needs no reason yet.
        let reason = if done { filled.reason.as_str() } else { "not recorded" };
        let choice = chosen.choice(reason);
        let made = request::answer(&told, &hand, choice, chosen.proposal.clone(), clock.received, calendar);
        let (preview, error) = match made {
            Ok(answer) if done => {
                deciding::append(&asking, vec![FactBody::InformationAnswered(answer)])?;
                return Ok(Redirect::to("/requests?done=answered").into_response());
            }
            Ok(answer) => {
                let (kept, settings) = (asking.app.kept()?, &asking.app.settings);
                (Some(disclosed(&chosen.records, &answer, &hand.agency, &kept, settings)), None)
            }
            Err(WhyNot::NotAsked(word)) => {
                (None, Some(format!("{} was not asked for", plain::category_label(&word))))
            }
            Err(WhyNot::Refused(word)) => {
                let label = plain::category_label(&word);
                (None, Some(format!("The policies do not let this go: {label}")))
            }
            Err(WhyNot::OnlyMinimum(word)) => {
                let label = plain::category_label(&word);
                (None, Some(format!("The policies let only the minimum of this go: {label}")))
            }
            Err(why) => (None, Some(why.to_string())),
        };
        let view = shown(&asking, told.clone(), side, clock.received)?;
        let deciding = deciding_of(&asking, &told, chosen, filled.reason, preview)?;
        Ok(drawn(&asking, view, Some(deciding), error)?.into_response())
    })
    .await
}

/// Why something is taken back.
#[derive(Deserialize)]
pub struct Why {
    #[serde(default)]
    reason: String,
}

/// Takes back a request, or what was shared.
pub async fn withdraw(
    asking: Asking,
    Path(seq): Path<u64>,
    Form(sent): Form<Sent<Why>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = sent.form(&asking)?;
        let _claim = deciding::claim(&asking)?;
        let (told, side) = one(&asking, seq)?;
        let now = Clock::now().received;
        match request::withdraw(&told, &hand(&asking), &form.reason, now, calendar()?) {
            Ok(withdrawn) => {
                deciding::append(&asking, vec![FactBody::InformationWithdrawn(withdrawn)])?;
                Ok(Redirect::to("/requests?done=withdrawn").into_response())
            }
            Err(why @ WhyNot::NoReason) => {
                let view = shown(&asking, told, side, now)?;
                Ok(drawn(&asking, view, None, Some(why.to_string()))?.into_response())
            }
            Err(why) => Err(refused(why)),
        }
    })
    .await
}
