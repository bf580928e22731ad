//! From the picture to the shelves that pages, the API and exports read.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use throughline_domain::ids::{AgencyId, FeedId, PersonId};
use throughline_domain::next_family::{Answers, must_ask};
use throughline_domain::picture::{
    self, Arrival, AskedFamily, Child, Freshness, Joined, Kept, KnownRecord, NextFamily, Picture, Settings,
    TodayItem,
};
use throughline_domain::record::Place;
use throughline_feeds::FeedBook;
use throughline_store::{Row, ShelfContents};

use super::linking::{Links, mention_key};
use super::load::Loaded;
use super::{DeriveError, grounds, history, joined, queue, shown};
use crate::access::Watch;
use crate::intake::{aside_row, delivery_row};
use crate::shelf::{self, Derived, Grounds, LinkReason, OpenFamilies, Parties, Who, WhoBlock, row};

/// The picture of everything, with what it was drawn by.
pub struct Whole {
    settings: Settings,
    kept: Kept,
    answers: Answers,
    /// The picture.
    pub picture: Picture,
}

/// Draws the picture of everything.
pub fn draw(loaded: &Loaded, on: Date) -> Result<Whole, DeriveError> {
    let settings = Settings::built_in().map_err(|e| DeriveError::Settings(e.to_string()))?;
    let kept = Kept::of(&loaded.kept, &settings);
    let answers = joined::answers(loaded);
    let picture = picture::draw_with(&loaded.records, &settings, &kept, Joined::All(&answers), on);
    Ok(Whole { settings, kept, answers, picture })
}

/// Takes shelves as they are made: writes them, or holds them against what is there.
pub type Lay<'l> = dyn FnMut(Vec<ShelfContents>) -> Result<(), DeriveError> + 'l;

/// Lays the picture out, and last of all that it has been.
pub fn drawn(
    loaded: &Loaded,
    links: &Links,
    whole: &Whole,
    watch: &Watch,
    on: Date,
    lay: &mut Lay<'_>,
) -> Result<Derived, DeriveError> {
    let Whole { settings, kept, answers, picture: drawn } = whole;
    let book = FeedBook::built_in().map_err(|e| DeriveError::Settings(e.to_string()))?;
    let freshness = freshness(loaded, &book, on);
    let who = who(&loaded.records)?;
    let derived = Derived {
        seq: loaded.seq,
        on: Some(on),
        audiences: watch.audiences.iter().map(|watching| watching.audience.clone()).collect(),
        people: drawn.people.len() as u64,
        who: shown::digest(&who.rows),
        linked_in: 0.0,
    };
    let (doubts, waiting) = queue::rows(&loaded.records, links, drawn, kept, settings, &loaded.marks)?;
    let facts = grounds::facts_by_person(&loaded.records);
    lay(vec![
        who,
        grounds(&loaded.records, &facts, links, drawn, on)?,
        shelf_of(shelf::DOUBT, doubts.into_iter().map(Ok))?,
        history::shelf(loaded, links, drawn)?,
        on_roll(drawn)?,
    ])?;
    lay(of_picture(drawn)?)?;
    super::audiences::drawn(&loaded.records, &facts, watch, (settings, kept, answers), on, lay)?;
    lay(vec![of_today(drawn, settings, on, "", Vec::new(), OpenFamilies::default())?])?;
    lay(vec![ShelfContents {
        shelf: shelf::META.to_owned(),
        rows: vec![
            row("derived", &derived, Vec::new())?,
            row("freshness", &freshness, Vec::new())?,
            row("link_model", &links.model, Vec::new())?,
            row("doubts", &waiting, Vec::new())?,
        ],
    }])?;
    Ok(derived)
}

/// The shelves that intake writes itself, fact by fact, made from the facts alone.
pub fn of_intake(loaded: &Loaded) -> Result<Vec<ShelfContents>, serde_json::Error> {
    Ok(vec![rows(loaded)?, asides(loaded)?, deliveries(loaded)?])
}

/// A shelf on its way to the store.
pub type Laid = Result<ShelfContents, serde_json::Error>;

/// Rows as a shelf, in order.
pub fn shelf_of(shelf: &str, rows: impl Iterator<Item = Result<Row, serde_json::Error>>) -> Laid {
    let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(ShelfContents { shelf: shelf.to_owned(), rows })
}

fn rows(loaded: &Loaded) -> Laid {
    shelf_of(shelf::ROW, loaded.rows.iter().map(|(key, state)| row(key, state, Vec::new())))
}

fn asides(loaded: &Loaded) -> Laid {
    shelf_of(shelf::ASIDE, loaded.asides.values().map(aside_row))
}

fn deliveries(loaded: &Loaded) -> Laid {
    shelf_of(shelf::DELIVERY, loaded.deliveries.iter().map(delivery_row))
}

fn who(records: &[KnownRecord]) -> Laid {
    let mut blocks: BTreeMap<String, WhoBlock> = BTreeMap::new();
    for known in records.iter().filter(|known| !known.sealed && !known.persons.is_empty()) {
        let people = &known.record.people;
        let keys = people.iter().map(|mention| mention_key(&known.record.row_key, mention)).collect();
        let (seq, file, persons) = (known.seq, known.file.clone(), known.persons.clone());
        blocks.entry(shelf::who_key(seq)).or_default().push(Who { seq, file, keys, persons });
    }
    for block in blocks.values_mut() {
        block.sort_by_key(|who| who.seq);
    }
    shelf_of(shelf::WHO, blocks.into_iter().map(|(key, block)| row(key, &block, Vec::new())))
}

fn grounds(
    records: &[KnownRecord],
    facts: &BTreeMap<PersonId, BTreeSet<u64>>,
    links: &Links,
    drawn: &Picture,
    on: Date,
) -> Laid {
    let of_mention: HashMap<(u64, &str), &PersonId> = records
        .iter()
        .flat_map(|known| {
            let people = known.record.people.iter().zip(&known.persons);
            people.map(|(mention, person)| ((known.seq, mention.sub.as_str()), person))
        })
        .collect();
    let restricted = restricted(records, links, drawn);
    let days = super::grounds::latest_days(records, on);
    let mut by_person: BTreeMap<PersonId, Grounds> = facts
        .iter()
        .map(|(person, facts)| {
            let restricted = restricted.contains(person);
            let mut latest: BTreeMap<AgencyId, Date> = BTreeMap::new();
            for (agency, day) in facts.iter().filter_map(|fact| days.get(fact)) {
                let known = latest.entry((*agency).clone()).or_insert(*day);
                *known = (*known).max(*day);
            }
            (
                person.clone(),
                Grounds { facts: facts.iter().copied().collect(), links: Vec::new(), restricted, latest },
            )
        })
        .collect();
    for edge in &links.holding {
        let ends = links.mentions.get(edge.a as usize).zip(links.mentions.get(edge.b as usize));
        let Some(((a, a_sub), (b, b_sub))) = ends else { continue };
        let Some(person) = of_mention.get(&(*a, a_sub.as_str())) else { continue };
        if let Some(grounds) = by_person.get_mut(*person) {
            grounds.links.push(LinkReason {
                a: *a,
                a_sub: a_sub.clone(),
                b: *b,
                b_sub: b_sub.clone(),
                weight: edge.weight,
                probability: edge.probability,
                why: edge.why,
            });
        }
    }
    let all = by_person.into_iter().map(|(person, mut grounds)| {
        grounds.links.sort_by(|x, y| x.weight.total_cmp(&y.weight).then_with(|| (x.a, x.b).cmp(&(y.a, y.b))));
        row(person.as_str(), &grounds, Vec::new())
    });
    shelf_of(shelf::GROUNDS, all)
}

/// People about whom two must decide: an address of theirs must be kept, a confidential export or a protected identity
/// speaks of them.
fn restricted(records: &[KnownRecord], links: &Links, drawn: &Picture) -> BTreeSet<PersonId> {
    let sealed = records.iter().filter(|known| known.sealed).flat_map(|known| known.persons.iter().cloned());
    let kept =
        |person: &&picture::Person| person.residences.iter().any(|s| matches!(s.place, Place::Kept(_)));
    let kept = drawn.people.values().filter(kept).map(|person| person.id.clone());
    sealed.chain(kept).chain(links.protected.iter().cloned()).collect()
}

/// The shelves of a picture.
pub fn of_picture(drawn: &Picture) -> Result<Vec<ShelfContents>, serde_json::Error> {
    let people = drawn.people.values().map(|p| row(p.id.as_str(), p, picture::search_terms(p)));
    let incidents = drawn.incidents.values().map(|incident| {
        let mut terms = part_terms(incident.involved.iter().map(|i| &i.person));
        terms.extend(picture::incident_terms(incident));
        terms.extend(incident.sources.iter().map(|source| shelf::incident_term(source.seq)));
        row(incident.reference.as_str(), incident, terms)
    });
    let parties = drawn.incidents.values().map(|incident| {
        let main = picture::primary_parties(incident, drawn);
        let parties =
            Parties { causing_harm: main.causing_harm, harmed: main.harmed, children: main.children };
        row(incident.reference.as_str(), &parties, Vec::new())
    });
    let households = drawn.households.values().map(|household| {
        let mut terms = part_terms(household.stays.iter().map(|stay| &stay.person));
        terms.extend(picture::household_terms(household));
        row(household.id.as_str(), household, terms)
    });
    let families = drawn
        .families
        .values()
        .map(|family| row(family.id.as_str(), family, part_terms(family.members.iter().map(|m| &m.person))));
    let harm = drawn.harm.values().map(|profile| row(profile.person.as_str(), profile, Vec::new()));
    let next = drawn.next_families.iter().map(|next| {
        let mut terms = part_terms([&next.person].into_iter().chain(&next.new_partner).chain(&next.children));
        terms.extend(next.earlier_family.iter().map(|family| format!("f:{family}")));
        row(shelf::next_key(next), next, terms)
    });
    // Found by who causes harm alone: nobody comes to it from the household it points to.
    let asked = drawn
        .asked
        .iter()
        .map(|asked| row(shelf::next_key(&asked.next), asked, part_terms([&asked.next.person].into_iter())));
    let critical = drawn.critical.iter().map(|point| {
        let mut terms = part_terms(point.causing_harm.iter().chain(&point.harmed));
        terms.extend(point.family.iter().map(|family| format!("f:{family}")));
        let month = point.at.first_day().strftime("%Y-%m").to_string();
        terms.extend(point.ahead.then(|| shelf::ahead_term(&month)));
        row(point.id.as_str(), point, terms)
    });
    let control = drawn.control.values().map(|control| row(control.person.as_str(), control, Vec::new()));
    let reported = drawn.reported.values().map(|told| {
        let named = told.reports.iter().map(|report| &report.harmed).chain([&told.person]);
        let profile = drawn.harm.get(&told.person);
        let terms = part_terms(named.chain(profile.iter().flat_map(|profile| &profile.children)));
        row(told.person.as_str(), told, terms)
    });
    Ok(vec![
        shelf_of(shelf::PERSON, people)?,
        shelf_of(shelf::INCIDENT, incidents)?,
        shelf_of(shelf::PARTIES, parties)?,
        shelf_of(shelf::HOUSEHOLD, households)?,
        shelf_of(shelf::FAMILY, families)?,
        children(&drawn.children)?,
        shelf_of(shelf::HARM, harm)?,
        shelf_of(shelf::NEXT, next)?,
        shelf_of(shelf::ASKED, asked)?,
        shelf_of(shelf::CRITICAL, critical)?,
        shelf_of(shelf::CONTROL, control)?,
        shelf_of(shelf::REPORTED, reported)?,
    ])
}

/// What an agency that knows the person causing harm must still be asked about.
pub fn to_ask<'p>(
    asked: impl IntoIterator<Item = &'p AskedFamily>,
    agency: &AgencyId,
    answers: &Answers,
    settings: &Settings,
    on: Date,
) -> Vec<&'p NextFamily> {
    let open = asked.into_iter().filter(|asked| {
        let (person, rows) = (&asked.next.person, &asked.rows);
        let own = answers.of_agency(agency, person, rows);
        answers.confirmed(person, rows).is_none() && must_ask(own, rows, on, settings.ask_again_days())
    });
    open.map(|asked| &asked.next).collect()
}

/// The queue of a picture, its lists of whom to look at first, how much is reported in it, and what its readers are asked. `whose`
/// makes the lists the same again.
pub fn of_today(
    drawn: &Picture,
    settings: &Settings,
    on: Date,
    whose: &str,
    asked: Vec<&NextFamily>,
    open: OpenFamilies,
) -> Laid {
    let today = picture::today(drawn, settings, on);
    let reporting = picture::reporting(drawn, on);
    let lists = picture::attention_of(drawn, &reporting, settings, on, picture::seed(whose, on));
    let named = part_terms(today.items.iter().filter_map(|item| item.person.as_ref()));
    let items = row("items", &today, named);
    let named = asked
        .iter()
        .flat_map(|next| [&next.person].into_iter().chain(&next.new_partner).chain(&next.children));
    let named = part_terms(named);
    let asked: Vec<TodayItem> = picture::to_confirm(asked, settings, on);
    let rows = [
        items,
        row("asked", &shelf::TodayFront::of(asked), named),
        row("open", &open, Vec::new()),
        row("front", &shelf::TodayFront::of(today.items), Vec::new()),
        row("reporting", &reporting, Vec::new()),
        row("lists", &lists, Vec::new()),
    ];
    shelf_of(shelf::TODAY, rows.into_iter())
}

fn on_roll(drawn: &Picture) -> Laid {
    let rolls = drawn.on_roll.iter();
    shelf_of(
        shelf::ON_ROLL,
        rolls.map(|((agency, unit), pupils)| row(shelf::unit_key(agency, unit), pupils, Vec::new())),
    )
}

fn children(all: &[Child]) -> Laid {
    let mut by_person: BTreeMap<&PersonId, Vec<&Child>> = BTreeMap::new();
    for child in all {
        by_person.entry(&child.person).or_default().push(child);
    }
    shelf_of(
        shelf::CHILD,
        by_person.into_iter().map(|(person, lines)| row(person.as_str(), &lines, Vec::new())),
    )
}

fn part_terms<'a>(people: impl Iterator<Item = &'a PersonId>) -> Vec<String> {
    let mut terms: Vec<String> = people.map(|person| format!("p:{person}")).collect();
    terms.sort();
    terms.dedup();
    terms
}

fn freshness(loaded: &Loaded, book: &FeedBook, on: Date) -> Vec<Freshness> {
    let agency_of: BTreeMap<&FeedId, &AgencyId> = book.feeds().iter().map(|f| (&f.id, &f.agency)).collect();
    let agencies: BTreeSet<&AgencyId> = agency_of.values().copied().collect();
    let arrivals: Vec<Arrival> = loaded
        .deliveries
        .iter()
        .filter(|arrived| arrived.delivery.refused.is_empty())
        .map(|arrived| Arrival { agency: arrived.agency.clone(), received: arrived.received })
        .collect();
    let mut aside: BTreeMap<AgencyId, u32> = BTreeMap::new();
    for open in loaded.asides.values().filter(|aside| aside.settled.is_none()) {
        if let Some(agency) = agency_of.get(&open.aside.feed) {
            *aside.entry((*agency).clone()).or_default() += 1;
        }
    }
    let agencies: Vec<AgencyId> = agencies.into_iter().cloned().collect();
    picture::freshness(&agencies, &arrivals, &aside, &loaded.records, on)
}
