//! Person: who is this, on whose word, and why are these records one person?

use std::collections::{BTreeMap, BTreeSet};
use axum::extract::{Path, Query};
use axum::response::Html;
use schemars::JsonSchema;
use serde::Serialize;
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::{self, Child, Entry, Family, Freshness, HarmProfile, Person, Viewpoint};
use throughline_domain::sharing::Purpose;

use super::asking::aside;
use super::known::{records, records_of};
use super::looking::Looking;
use super::{Asking, Problem};
use crate::derive;
use crate::shelf::{self, Grounds};
use crate::web::pages::frame::{Frame, Nav};
use crate::web::pages::person::{self, PersonPage};
use crate::web::pages::why;
use crate::web::shown;

/// Everything about one person.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PersonView {
    /// The person.
    pub person: Person,
    /// Everybody whom the page names.
    pub people: BTreeMap<PersonId, Person>,
    /// Their families.
    pub families: Vec<Family>,
    /// Lines of the list of children, where they are a child.
    pub child: Vec<Child>,
    /// What is known of them as a person causing harm.
    pub harm: Option<HarmProfile>,
    /// One chronology across agencies, newest first.
    pub chronology: Vec<Entry>,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
}

/// Why records are held to be one person.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyView {
    /// The person.
    pub person: Person,
    /// Pairs of records, the weakest link first.
    pub pairs: Vec<WhyPair>,
    /// How many records name them.
    pub records: u32,
    /// How fresh each agency's data is.
    pub freshness: Vec<Freshness>,
}

/// Two records side by side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyPair {
    /// One record.
    pub a: WhyRecord,
    /// The other.
    pub b: WhyRecord,
    /// Strength of the evidence in bits.
    pub weight: f64,
    /// How sure, 0 to 1.
    pub probability: f64,
    /// What agrees and what speaks against, in words with bits.
    pub parts: Vec<WhyPart>,
}

/// A record as the comparison sees it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyRecord {
    /// Its fact.
    pub seq: u64,
    /// Whose it is.
    pub agency: String,
    /// Name as that record has it.
    pub name: String,
    /// Date of birth as that record has it.
    pub born: String,
}

/// One comparison.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyPart {
    /// In plain words.
    pub words: String,
    /// Bits for (positive) or against.
    pub weight: f64,
}

/// Reads one person.
pub fn view(asking: &Asking, id: &str, viewpoint: Viewpoint) -> Result<PersonView, Problem> {
    let person: Person = asking.one(shelf::PERSON, id)?;
    let about: BTreeSet<PersonId> = [person.id.clone()].into();
    let (kept, settings) = (asking.app.kept()?, &asking.app.settings);
    let chronology = picture::chronology(&records_of(asking, &about)?, &about, &viewpoint, settings, &kept);
    let family_keys: Vec<String> = person.families.iter().map(|f| f.as_str().to_owned()).collect();
    let families: Vec<Family> = asking.many(shelf::FAMILY, &family_keys)?.into_iter().map(|(_, f)| f).collect();
    let related = person.relations.iter().map(|relation| &relation.to);
    let members = families.iter().flat_map(|f| f.members.iter().map(|m| &m.person));
    let entries = chronology.iter().flat_map(|entry| entry.people.iter().map(|(p, _)| p));
    let wanted: BTreeSet<&PersonId> = related.chain(members).chain(entries).chain([&person.id]).collect();
    Ok(PersonView {
        people: named(asking, wanted, &BTreeMap::new())?,
        child: asking.maybe(shelf::CHILD, id)?.unwrap_or_default(),
        harm: asking.maybe(shelf::HARM, id)?,
        freshness: asking.maybe(shelf::META, "freshness")?.unwrap_or_default(),
        families,
        chronology,
        person,
    })
}

/// Looks people up by id; those already in hand are taken from there.
pub fn named(
    asking: &Asking,
    wanted: BTreeSet<&PersonId>,
    in_hand: &BTreeMap<PersonId, Person>,
) -> Result<BTreeMap<PersonId, Person>, Problem> {
    let known = wanted.iter().filter_map(|id| in_hand.get(id).map(|p| ((*id).clone(), p.clone())));
    let mut people: BTreeMap<PersonId, Person> = known.collect();
    let missing: Vec<String> =
        wanted.iter().filter(|id| !people.contains_key(**id)).map(|id| id.as_str().to_owned()).collect();
    for (id, person) in asking.many::<Person>(shelf::PERSON, &missing)? {
        people.insert(PersonId::from(id), person);
    }
    Ok(people)
}

/// Reads why records are held to be one person.
pub fn why(asking: &Asking, id: &str) -> Result<WhyView, Problem> {
    let asking = asking.with(Purpose::Linking);
    let person: Person = asking.one(shelf::PERSON, id)?;
    let grounds: Grounds = asking.one(shelf::GROUNDS, id)?;
    let model = asking.one(shelf::META, "link_model")?;
    let seqs: BTreeSet<u64> = grounds.links.iter().flat_map(|link| [link.a, link.b]).collect();
    let known = records(&asking, &seqs.into_iter().collect::<Vec<_>>())?;
    let prepared = derive::linkage_records(&known);
    let index: BTreeMap<(u64, &str), usize> = prepared
        .mentions
        .iter()
        .enumerate()
        .map(|(at, (seq, sub))| ((*seq, sub.as_str()), at))
        .collect();
    let record = |seq: u64, sub: &str| index.get(&(seq, sub)).and_then(|at| prepared.records.get(*at));
    let mut pairs = Vec::new();
    for link in &grounds.links {
        let (Some(a), Some(b)) = (record(link.a, &link.a_sub), record(link.b, &link.b_sub)) else { continue };
        let explained = throughline_linkage::explain(a, b, None, &model, &asking.app.linkage);
        pairs.push(WhyPair {
            a: shown(link.a, a),
            b: shown(link.b, b),
            weight: link.weight,
            probability: link.probability,
            parts: explained
                .parts
                .into_iter()
                .map(|part| WhyPart { words: part.words, weight: part.weight })
                .collect(),
        });
    }
    let records = person.records.values().sum();
    let freshness = asking.maybe(shelf::META, "freshness")?.unwrap_or_default();
    Ok(WhyView { person, pairs, records, freshness })
}

fn shown(seq: u64, record: &throughline_linkage::Record) -> WhyRecord {
    let name = record.names.first().map(|n| format!("{} {}", n.forenames.join(" "), n.surname));
    let born = record.born.as_ref().map(|b| {
        let part = |p: Option<i8>| p.map(|p| format!("-{p:02}")).unwrap_or_default();
        format!("{:04}{}{}", b.year, part(b.month), part(b.day))
    });
    WhyRecord {
        seq,
        agency: record.source.clone(),
        name: name.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).unwrap_or_else(|| "not named".to_owned()),
        born: born.unwrap_or_else(|| "not known".to_owned()),
    }
}

/// The page.
pub async fn page(
    asking: Asking,
    Path(id): Path<String>,
    Query(looking): Query<Looking>,
) -> Result<Html<String>, Problem> {
    aside(move || {
        let (filters, viewpoint) = (looking.filters()?, looking.viewpoint()?);
        let view = view(&asking, &id, viewpoint.clone())?;
        let frame = Frame { viewpoint, ..asking.frame(Nav::None) };
        Ok(Html(person::render(&PersonPage {
            labels: shown::labels(view.people.values(), frame.now.first_day()),
            families: family_names(&view.families),
            causes_harm: view.harm.is_some(),
            is_child: !view.child.is_empty(),
            mentions: view.person.records.values().sum(),
            person: view.person,
            chronology: view.chronology,
            freshness: view.freshness,
            revealed: None,
            error: None,
            filters,
            frame,
        })?))
    })
    .await
}

/// What families are called.
pub fn family_names(families: &[Family]) -> BTreeMap<FamilyId, String> {
    families.iter().map(|family| (family.id.clone(), family.name.clone())).collect()
}

/// The page that says why.
pub async fn why_page(asking: Asking, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || Ok(Html(why::render(&asking.frame(Nav::None), &why(&asking, &id)?)?))).await
}
