//! Person: who is this, on whose word, and why are these records one person?

use axum::extract::{Path, Query};
use axum::response::Html;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use throughline_domain::fact::{FactBody, LinkDecision, LinkVerdict};
use throughline_domain::ids::{AgencyId, FamilyId, MentionKey, PersonId};
use throughline_domain::picture::{
    self, Child, Entry, Family, Freshness, HarmProfile, Kept, KnownRecord, Person, Settings, Viewpoint,
};
use throughline_domain::record::{Place, Who};
use throughline_domain::sharing::Purpose;
use throughline_domain::when::When;

use super::asking::aside;
use super::became::{self, Change};
use super::known::{records, records_of, visible};
use super::links::{hundredth, tenth};
use super::looking::Looking;
use super::{Asking, Problem};
use crate::access;
use crate::derive;
use crate::shelf::{self, Grounds};
use crate::web::pages::frame::{Frame, Nav};
use crate::web::pages::person::{self, PersonPage};
use crate::web::pages::why::{self, Link, MentionSeen, Reason, WhyPage};
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
    /// Agencies that work with them, too, and of whose records nothing is shown here.
    pub involved: Vec<InvolvedSeen>,
    /// When people joined or parted records of theirs, oldest first.
    pub decisions: Vec<DecisionSeen>,
    /// When their page was joined with another or parted, oldest first.
    pub history: Vec<Change>,
}

/// That somebody is involved, and whom to ask.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InvolvedSeen {
    /// Which agency.
    pub agency: AgencyId,
    /// Whom to ask there: those the person is allocated to, else whoever the agency names.
    pub ask: Vec<String>,
}

/// Why records are held to be one person.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyView {
    /// The person.
    pub person: Person,
    /// The mentions that the strongest and the weakest links hold together.
    pub mentions: Vec<WhyMention>,
    /// Links between them, the weakest first.
    pub links: Vec<WhyLink>,
    /// What people decided about them, oldest first.
    pub decisions: Vec<DecisionSeen>,
    /// How many records name them.
    pub records: u32,
}

/// A decision about some of a person's mentions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DecisionSeen {
    /// What was decided.
    pub verdict: LinkVerdict,
    /// Keys of the mentions of this person that it speaks of.
    pub mentions: Vec<MentionKey>,
    /// Who decided.
    pub by: String,
    /// Who confirmed it, where two people had to decide.
    pub confirmed_by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A mention as the comparison sees it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyMention {
    /// Its fact.
    pub seq: u64,
    /// Which of the people the row names; empty for the one it is about.
    pub sub: String,
    /// Its key for decisions.
    pub key: MentionKey,
    /// Whose record.
    pub agency: AgencyId,
    /// When the agency recorded it.
    pub recorded: Option<When>,
    /// Name as that record has it.
    pub name: String,
    /// Date of birth as that record has it.
    pub born: Option<When>,
    /// Place, phone and numbers as recorded; kept places left out.
    pub other: Vec<String>,
}

/// A link between two mentions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyLink {
    /// Place of the one among the mentions, from 0.
    pub a: usize,
    /// Place of the other.
    pub b: usize,
    /// Strength of the evidence in bits.
    pub weight: f64,
    /// How sure, 0 to 1.
    pub probability: f64,
    /// What agrees and what speaks against, in words with bits.
    pub parts: Vec<WhyPart>,
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
    let records = records_of(asking, &about)?;
    let keys: BTreeSet<MentionKey> = records.iter().flat_map(|known| own_keys(known, &person.id)).collect();
    let chronology = picture::chronology(&records, &about, &viewpoint, settings, &kept);
    let family_keys: Vec<String> = person.families.iter().map(|f| f.as_str().to_owned()).collect();
    let families: Vec<Family> =
        asking.many(shelf::FAMILY, &family_keys)?.into_iter().map(|(_, f)| f).collect();
    let related = person.relations.iter().map(|relation| &relation.to);
    let members = families.iter().flat_map(|f| f.members.iter().map(|m| &m.person));
    let entries = chronology.iter().flat_map(|entry| entry.people.iter().map(|(p, _)| p));
    let history = became::history(asking, &person.id)?;
    let others = history.iter().flat_map(|change| &change.now);
    let wanted: BTreeSet<&PersonId> =
        related.chain(members).chain(entries).chain(others).chain([&person.id]).collect();
    Ok(PersonView {
        people: named(asking, wanted, &BTreeMap::new())?,
        child: asking.maybe(shelf::CHILD, id)?.unwrap_or_default(),
        harm: asking.maybe(shelf::HARM, id)?,
        freshness: asking.freshness()?,
        involved: involved(asking, &person.id)?,
        decisions: decisions(&asking.with(Purpose::Linking), &keys)?,
        history,
        families,
        chronology,
        person,
    })
}

/// Who else works with somebody, as far as the reader may know of it.
fn involved(asking: &Asking, person: &PersonId) -> Result<Vec<InvolvedSeen>, Problem> {
    let found = asking.maybe::<shelf::Involved>(shelf::INVOLVED, person.as_str())?;
    let agencies = found.map(|found| found.agencies).unwrap_or_default();
    if agencies.is_empty() {
        return Ok(Vec::new());
    }
    let (app, kept) = (&asking.app, asking.app.kept()?);
    let staff = &app.accounts.staff;
    let users = app.standings.working_with(&app.store, staff, (&app.settings, &kept), person)?;
    let mut workers = Vec::new();
    for user in users {
        workers.extend(staff.account(&user)?.filter(|account| !account.disabled));
    }
    let roles = &app.accounts.roles;
    let seen = |agency: AgencyId| {
        let theirs = workers.iter().filter(|account| account.agency == agency);
        let mut ask: Vec<String> = theirs
            .map(|account| match roles.get(&account.role) {
                Some(role) => format!("{}, {}", account.name, role.label),
                None => account.name.clone(),
            })
            .collect();
        ask.extend(roles.whom_to_ask(&agency).map(str::to_owned));
        InvolvedSeen { agency, ask }
    };
    Ok(agencies.into_iter().map(seen).collect())
}

/// Keys of the mentions of a person in a record.
fn own_keys(known: &KnownRecord, person: &PersonId) -> Vec<MentionKey> {
    let people = known.record.people.iter().zip(&known.persons);
    people.filter(|(_, of)| *of == person).map(|(mention, _)| derive::key_of(known, mention)).collect()
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

/// The weakest links are where a person may be wrong; somebody with hundreds of records need not see each pair.
const LINKS_SHOWN: usize = 60;

/// Reads why records are held to be one person.
pub fn why(asking: &Asking, id: &str) -> Result<WhyView, Problem> {
    let asking = asking.with(Purpose::Linking);
    let person: Person = asking.one(shelf::PERSON, id)?;
    let mut grounds: Grounds = asking.one(shelf::GROUNDS, id)?;
    let ends: Vec<u64> = grounds.links.iter().flat_map(|link| [link.a, link.b]).collect();
    let visible = visible(&asking, &ends)?;
    grounds.links.retain(|link| visible.contains(&link.a) && visible.contains(&link.b));
    grounds.links.truncate(LINKS_SHOWN);
    let model = asking.one(shelf::META, "link_model")?;
    let seqs: BTreeSet<u64> = grounds.links.iter().flat_map(|link| [link.a, link.b]).collect();
    let known = records(&asking, &seqs.into_iter().collect::<Vec<_>>())?;
    let prepared = derive::linkage_records(&known, &derive::Settled::default());
    let linked: BTreeSet<(u64, &str)> = grounds
        .links
        .iter()
        .flat_map(|link| [(link.a, link.a_sub.as_str()), (link.b, link.b_sub.as_str())])
        .collect();
    let kept = asking.app.kept()?;
    let mut mentions = Vec::new();
    let mut compared = BTreeMap::new();
    for ((seq, sub), record) in prepared.mentions.iter().zip(&prepared.records) {
        let of = known.iter().find(|known| known.seq == *seq);
        if let Some(known) = of.filter(|_| linked.contains(&(*seq, sub.as_str()))) {
            compared.insert((*seq, sub.as_str()), (mentions.len(), record));
            mentions.push(mention_of(known, sub, record, &kept, &asking.app.settings));
        }
    }
    let mut links = Vec::new();
    for link in &grounds.links {
        let pair =
            (compared.get(&(link.a, link.a_sub.as_str())), compared.get(&(link.b, link.b_sub.as_str())));
        let (Some((a, left)), Some((b, right))) = pair else { continue };
        let explained = throughline_linkage::explain(left, right, None, &model, &asking.app.linkage);
        let mut parts: Vec<WhyPart> = outright(link.why).into_iter().collect();
        parts.extend(
            explained.parts.into_iter().map(|part| WhyPart { words: part.words, weight: tenth(part.weight) }),
        );
        let (weight, probability) = (tenth(link.weight), hundredth(link.probability));
        links.push(WhyLink { a: *a, b: *b, weight, probability, parts });
    }
    let decisions = decisions(&asking, &mentions.iter().map(|mention| mention.key.clone()).collect())?;
    for mention in &mut mentions {
        if mention.agency != asking.opener.viewer().agency {
            // By what another agency knows its row holds more than the policy lets go.
            mention.key = MentionKey::default();
        }
    }
    let records = person.records.values().sum();
    Ok(WhyView { person, mentions, links, decisions, records })
}

/// What the comparison of two mentions alone does not tell.
fn outright(why: throughline_linkage::Why) -> Option<WhyPart> {
    let words = match why {
        throughline_linkage::Why::Decision => "a person decided so",
        throughline_linkage::Why::Relations => "the people named with them are the same",
        throughline_linkage::Why::AgencyNumber
        | throughline_linkage::Why::Evidence
        | throughline_linkage::Why::Doubtful => return None,
    };
    Some(WhyPart { words: words.to_owned(), weight: 0.0 })
}

fn mention_of(
    known: &KnownRecord,
    sub: &str,
    record: &throughline_linkage::Record,
    kept: &Kept,
    settings: &Settings,
) -> WhyMention {
    let mention = known.record.people.iter().find(|mention| mention.sub == sub);
    let name = record.names.first().map(|n| format!("{} {}", n.forenames.join(" "), n.surname));
    let places = known.record.residences.iter().filter(|r| r.who == Who::Here(sub.to_owned()));
    let open = places.filter_map(|r| match &r.place {
        Place::Known(address) if kept.is(address, settings).is_none() => Some(shown::place(&r.place)),
        Place::Known(_) | Place::Kept(_) => None,
    });
    let numbers = record.identifiers.iter().map(|n| format!("{} {}", n.kind.to_uppercase(), n.value));
    WhyMention {
        seq: known.seq,
        sub: sub.to_owned(),
        key: mention.map(|m| derive::key_of(known, m)).unwrap_or_default(),
        agency: known.agency.clone(),
        recorded: known.recorded,
        name: name
            .map(|n| n.trim().to_owned())
            .filter(|n| !n.is_empty())
            .unwrap_or_else(|| "not named".to_owned()),
        born: mention.and_then(|m| m.born),
        other: open.chain(record.phones.iter().cloned()).chain(numbers).collect(),
    }
}

fn decisions(asking: &Asking, keys: &BTreeSet<MentionKey>) -> Result<Vec<DecisionSeen>, Problem> {
    let mut about = Vec::new();
    for sealed in asking.app.store.facts_of_kind(&["link_decision"], ..)? {
        let fact = asking.opener.read(sealed?)?;
        let FactBody::LinkDecision(decision) = fact.body else { continue };
        let named = [&decision.a, &decision.b].into_iter().chain(&decision.with_a).chain(&decision.with_b);
        let own: Vec<MentionKey> = named.filter(|key| keys.contains(*key)).cloned().collect();
        if !own.is_empty() {
            let LinkDecision { verdict, by, confirmed_by, reason, .. } = decision;
            about.push(DecisionSeen { verdict, mentions: own, by, confirmed_by, reason, at: fact.received });
        }
    }
    Ok(about)
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
            told_places: access::may_be_told_places(asking.opener.viewer()),
            mentions: view.person.records.values().sum(),
            involved: view.involved,
            decisions: view.decisions,
            history: view.history,
            person: view.person,
            chronology: view.chronology,
            freshness: view.freshness,
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
    aside(move || why_shown(&asking, &id)).await
}

fn why_shown(asking: &Asking, id: &str) -> Result<Html<String>, Problem> {
    let view = why(asking, id)?;
    let frame = asking.frame(Nav::None);
    Ok(Html(why::render(&WhyPage {
        person: view.person.id.clone(),
        label: shown::label(&view.person, frame.now.first_day()),
        mentions: view.mentions.iter().map(seen).collect(),
        links: view
            .links
            .iter()
            .map(|link| Link {
                a: link.a + 1,
                b: link.b + 1,
                probability: link.probability,
                reasons: link
                    .parts
                    .iter()
                    .map(|part| Reason { text: part.words.clone(), weight: part.weight })
                    .collect(),
            })
            .collect(),
        decisions: view.decisions,
        frame,
    })?))
}

fn seen(mention: &WhyMention) -> MentionSeen {
    MentionSeen {
        seq: mention.seq,
        mention: mention.sub.clone(),
        agency: mention.agency.clone(),
        recorded: mention.recorded,
        name: mention.name.clone(),
        born: mention.born,
        other: mention.other.clone(),
    }
}
