//! What the agency that was asked has about whom it may be: candidates in its own picture, the rows an answer would
//! cover, and what the policies propose for them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Value, json};
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{HarmProfile, KnownRecord, Person};
use throughline_domain::record::{LifeStage, Role, Who};
use throughline_domain::request::{Outcome, Proposal, RowGranted, Told};
use throughline_domain::sharing::Viewer;
use throughline_sharing::{Decision, Request, words};

use crate::derive;
use crate::features::known::{records_of, whole_records};
use crate::features::search;
use crate::features::share::{plain, unreadable};
use crate::features::{Asking, Problem};
use crate::shelf::{self, RowState};

/// Most people offered.
const OFFERED: usize = 10;

/// Somebody whom a request may be about.
pub struct Candidate {
    /// The person, in the picture of the agency that was asked.
    pub person: Person,
    /// Whether whoever asked works with this very person, as far as linkage can tell.
    pub named: bool,
}

/// Whom a request may be about, those first whom it names. Everybody comes through the reader's own sight, so somebody
/// they are barred from is never among them.
pub fn candidates(asking: &Asking, told: &Told) -> Result<Vec<Candidate>, Problem> {
    let mut named: BTreeSet<PersonId> = told.asked.about.iter().cloned().collect();
    named.extend(people_now(asking, told)?);
    let keys: Vec<String> = named.iter().map(|person| person.as_str().to_owned()).collect();
    let people = asking.many::<Person>(shelf::PERSON, &keys)?;
    let mut found: Vec<Candidate> =
        people.into_iter().map(|(_, person)| Candidate { person, named: true }).collect();
    let words = &told.asked.words;
    for hit in search::view(asking, &format!("{} {}", words.name, words.born))?.people {
        if !found.iter().any(|candidate| candidate.person.id == hit.person.id) && found.len() < OFFERED {
            found.push(Candidate { person: hit.person, named: false });
        }
    }
    Ok(found)
}

/// Who the mentions of a request are now: people are joined and parted after it was written.
fn people_now(asking: &Asking, told: &Told) -> Result<Vec<PersonId>, Problem> {
    let row_of = |key: &str| key.split('#').next().unwrap_or(key).to_owned();
    let keys: BTreeSet<String> =
        told.asked.mentions.iter().map(|key| shelf::row_key(&key.feed, &row_of(&key.row_key))).collect();
    let states = asking.many::<RowState>(shelf::ROW, &keys.into_iter().collect::<Vec<_>>())?;
    let seqs: Vec<u64> = states.into_iter().map(|(_, state)| state.seq).collect();
    let mut people = Vec::new();
    for known in whole_records(asking, &seqs)? {
        for (mention, person) in known.record.people.iter().zip(&known.persons) {
            if told.asked.mentions.contains(&derive::key_of(&known, mention)) {
                people.push(person.clone());
            }
        }
    }
    Ok(people)
}

/// The reader's own agency's records about some people, with the rows that an answer would cover.
pub fn covered(
    asking: &Asking,
    people: &BTreeSet<PersonId>,
) -> Result<(Vec<KnownRecord>, Vec<RowGranted>), Problem> {
    let own = &asking.opener.viewer().agency;
    let mut records = records_of(asking, people)?;
    records.retain(|known| known.agency == *own);
    let rows = records.iter().map(|known| {
        let mentions = known.record.people.iter().zip(&known.persons);
        let subs =
            mentions.filter(|(_, person)| people.contains(*person)).map(|(mention, _)| mention.sub.clone());
        let (feed, row_key) = (known.record.feed.clone(), known.record.row_key.clone());
        RowGranted { feed, row_key, subs: subs.collect() }
    });
    let rows = rows.collect();
    Ok((records, rows))
}

/// The part in which somebody stands, as policies ask for it. Whoever was both harmed and said to cause harm counts as
/// harmed: the part that is kept closer.
fn subject(asking: &Asking, person: &Person) -> Result<&'static str, Problem> {
    match person.stage {
        LifeStage::Unborn => return Ok("unborn"),
        LifeStage::Child => return Ok("child"),
        LifeStage::Adult | LifeStage::Unknown => {}
    }
    if asking.maybe::<HarmProfile>(shelf::HARM, person.id.as_str())?.is_none() {
        return Ok("victim");
    }
    let records = records_of(asking, &BTreeSet::from([person.id.clone()]))?;
    let harmed = records.iter().any(|known| {
        let involved = known.record.events.iter().flat_map(|event| &event.involved);
        let mut victims = involved.filter(|one| one.role == Role::Victim);
        victims.any(|one| {
            let mut people = known.record.people.iter().zip(&known.persons);
            people.any(|(mention, of)| {
                matches!(&one.who, Who::Here(sub) if *sub == mention.sub) && *of == person.id
            })
        })
    });
    Ok(if harmed { "victim" } else { "person_causing_harm" })
}

/// What the policies propose for a request about some people: for each kind of data the strictest of what they say of any
/// of them.
pub fn proposed(asking: &Asking, told: &Told, chosen: &[&Person], on: Date) -> Result<Proposal, Problem> {
    let mut subjects: BTreeSet<Option<&'static str>> = BTreeSet::new();
    for person in chosen {
        subjects.insert(Some(subject(asking, person)?));
    }
    if subjects.is_empty() {
        subjects.insert(None);
    }
    let conflict = conflicted(asking, told, chosen)?;
    let mut all = Vec::new();
    for subject in subjects {
        let request =
            Request::from_json(&in_words_of_policies(told, subject, conflict)).map_err(unreadable)?;
        all.push(asking.app.policies()?.decide(&request, on));
    }
    let all: Vec<&Decision> = all.iter().map(AsRef::as_ref).collect();
    Ok(together(&all, &told.asked.categories, on))
}

/// Whether whoever asked must not see somebody it turns out to be about.
fn conflicted(asking: &Asking, told: &Told, chosen: &[&Person]) -> Result<bool, Problem> {
    let accounts = &asking.app.accounts;
    let account = accounts.staff.account(&told.asked.by)?;
    let asker = account.and_then(|account| accounts.viewer(&account)).unwrap_or_else(|| Viewer {
        user: told.asked.by.clone(),
        agency: told.agency.clone(),
        ..Viewer::default()
    });
    let sight = asking.app.sight(&asker)?;
    Ok(chosen.iter().any(|person| sight.barred.contains(&person.id)))
}

/// A request as the policies read it. What nobody said is left out.
fn in_words_of_policies(told: &Told, subject: Option<&str>, conflict: bool) -> Value {
    let asked = &told.asked;
    let said = |word: &str| (!word.is_empty()).then(|| word.to_owned());
    let known = |agency| words::Agency::parse(plain::agency_word(agency)).ok().map(words::Agency::as_str);
    let relation = match (conflict, asked.mentions.is_empty()) {
        (true, _) => Some("conflict"),
        (false, false) => Some("own_case"),
        // They hold no record of their own: nothing shows that they work with the family.
        (false, true) => None,
    };
    json!({
        "requester": {"agency": known(&told.agency), "role": said(&asked.role_word), "relation": relation},
        "holder": known(&asked.to),
        "purpose": said(&asked.purpose),
        "categories": asked.categories,
        "subject": subject,
        "consent": said(&asked.consent),
        "risk": said(&asked.risk),
        "stage": said(&asked.stage),
        "channel": said(&asked.channel),
    })
}

fn outcome(of: throughline_sharing::Outcome) -> Outcome {
    match of {
        throughline_sharing::Outcome::Share => Outcome::Share,
        throughline_sharing::Outcome::ShareMinimum => Outcome::ShareMinimum,
        throughline_sharing::Outcome::Ask => Outcome::Ask,
        throughline_sharing::Outcome::Refuse => Outcome::Refuse,
    }
}

/// Several decisions as one: the strictest for each kind of data, with everything that any of them says.
fn together(all: &[&Decision], categories: &[String], on: Date) -> Proposal {
    let mut each: BTreeMap<String, Outcome> = BTreeMap::new();
    for decision in all {
        for (category, of) in &decision.by_category {
            let strictest = each.entry(category.as_str().to_owned()).or_insert(Outcome::Share);
            *strictest = outcome(*of).max(*strictest);
        }
    }
    for category in categories {
        each.entry(category.clone()).or_insert(Outcome::Ask);
    }
    let outcomes: BTreeSet<Outcome> = each.values().copied().collect();
    let goes = outcomes.iter().any(|of| *of <= Outcome::ShareMinimum);
    let decision = match (outcomes.first(), outcomes.last()) {
        (_, Some(Outcome::Share)) => Outcome::Share,
        _ if goes => Outcome::ShareMinimum,
        (Some(Outcome::Ask), _) => Outcome::Ask,
        _ => Outcome::Refuse,
    };
    let texts = |list: fn(&Decision) -> &Vec<String>| -> Vec<String> {
        let mut texts = Vec::new();
        for text in all.iter().flat_map(|decision| list(decision)) {
            if !texts.contains(text) {
                texts.push(text.clone());
            }
        }
        texts
    };
    let strictest = all.iter().max_by_key(|decision| outcome(decision.decision));
    Proposal {
        decision,
        each,
        basis: texts(|decision| &decision.basis),
        rules: texts(|decision| &decision.rules),
        conditions: texts(|decision| &decision.conditions),
        explain: strictest.map(|decision| decision.explain.clone()).unwrap_or_default(),
        on,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(subject: &str) -> std::sync::Arc<Decision> {
        let asked = json!({"requester": {"agency": "education", "role": "safeguarding_lead", "relation": "own_case"},
            "holder": "police", "purpose": "encompass", "categories": ["ID", "INC", "LOC"], "subject": subject,
            "channel": "portal"});
        throughline_sharing::Policies::built_in()
            .unwrap()
            .decide(&Request::from_json(&asked).unwrap(), "2026-11-20".parse().unwrap())
    }

    #[test]
    fn of_several_people_the_strictest_counts_for_each_kind_of_data() {
        let (child, him) = (decided("child"), decided("person_causing_harm"));
        let on = "2026-11-20".parse().unwrap();
        let categories = ["ID", "INC", "LOC", "HLTH"].map(String::from);
        let both = together(&[&child, &him], &categories, on);
        for (category, of) in &both.each {
            let single = |decision: &Decision| {
                let of = decision.by_category.iter().find(|(word, _)| word.as_str() == category);
                of.map_or(Outcome::Ask, |(_, of)| outcome(*of))
            };
            assert_eq!(*of, single(&child).max(single(&him)), "{category}");
        }
        assert_eq!(both.each["HLTH"], Outcome::Ask, "what no decision speaks of is asked about");
        assert!(child.rules.iter().chain(&him.rules).all(|rule| both.rules.contains(rule)));
    }
}
