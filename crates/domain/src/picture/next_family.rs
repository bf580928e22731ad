//! Somebody who caused harm and now appears with another partner or in another household: raised from the first sign
//! any agency recorded, because the incident there is what must not happen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::centres::{Area, Centres};
use super::families::family_id;
use super::ground::{Ground, P};
use super::homes::{H, fingerprint};
use super::shape::{AskedFamily, Confirmation, NextFamily, Sign};
use super::signs::{Earlier, RawSign, signs};
use crate::ids::{AgencyId, HouseholdId};
use crate::next_family::{Answer, Answers, SignRow, Verdict};
use crate::record::RelationKind;
use crate::when::When;

/// A next family under construction.
pub(crate) struct Joining {
    pub(crate) person: P,
    /// Whose family it is: the new partner, or the founder of the family they already have.
    pub(crate) founder: Option<P>,
    pub(crate) children: Vec<P>,
    partner: Option<P>,
    home: Option<H>,
    first_harmed: Option<P>,
    earlier_founder: Option<P>,
    earlier_home: Option<H>,
    probability: f64,
    signs: Vec<RawSign>,
    first_incident: Option<When>,
    /// Whether harm to the new partner is recorded: then it is no suspicion.
    harm_recorded: bool,
}

/// Which next families the rest of a picture is drawn from.
#[derive(Clone, Copy)]
pub enum Joined<'a> {
    /// All that signs tell of: the whole area, which no page shows.
    All(&'a Answers),
    /// Those that a person confirmed or where harm is recorded; the others are only asked about.
    Confirmed(&'a Answers),
}

impl Joining {
    /// The first sign and the row that tells of it.
    pub(crate) fn first_sign(&self) -> Option<(When, usize)> {
        self.signs.first().map(|sign| (sign.at, sign.rec))
    }

    /// With whom, where a record names them.
    pub(crate) fn partner(&self) -> Option<P> {
        self.partner
    }

    /// The rows that tell of it.
    pub(crate) fn recs(&self) -> Vec<usize> {
        self.signs.iter().map(|sign| sign.rec).collect()
    }
}

/// Finds every next family.
pub(crate) fn find(area: Area<'_, '_>, centres: &Centres) -> Vec<Joining> {
    let mut found = Vec::new();
    for person in area.directions.causing_harm() {
        let Some(earlier) = Earlier::of(area, centres, person) else { continue };
        for group in grouped(area, signs(area, &earlier)) {
            let joining = joining(area, centres, &earlier, group);
            if joining.probability >= area.ground.settings.numbers.next_family.show_from {
                found.push(joining);
            }
        }
    }
    found
}

/// Signs that point to one household or one partner belong together.
fn grouped(area: Area<'_, '_>, signs: Vec<RawSign>) -> Vec<Vec<RawSign>> {
    struct Group {
        people: BTreeSet<P>,
        homes: BTreeSet<H>,
        signs: Vec<RawSign>,
    }
    let mut groups: Vec<Group> = Vec::new();
    for sign in signs {
        let mut people = sign.people.clone();
        // A child points to the adults who bring it up, an adult to the children.
        for &person in &sign.people {
            for tie in area.ground.ties_of(person) {
                let (other, is) = Ground::other_is(tie, person);
                if matches!(is, RelationKind::Parent | RelationKind::Child | RelationKind::Sibling) {
                    people.insert(other);
                }
            }
        }
        let mut homes: BTreeSet<H> = sign.home.into_iter().collect();
        for person in &sign.people {
            homes.extend(area.homes.now(*person, sign.at.first_day()).map(|spell| spell.home));
        }
        let mut one = Group { people, homes, signs: vec![sign] };
        let (near, far): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(|group| {
            !group.people.is_disjoint(&one.people) || !group.homes.is_disjoint(&one.homes)
        });
        groups = far;
        for group in near {
            one.people.extend(group.people);
            one.homes.extend(group.homes);
            one.signs.extend(group.signs);
        }
        groups.push(one);
    }
    groups.into_iter().map(|group| group.signs).collect()
}

fn joining(area: Area<'_, '_>, centres: &Centres, earlier: &Earlier, mut signs: Vec<RawSign>) -> Joining {
    signs.sort_by(|a, b| a.at.cmp(&b.at).then(a.rec.cmp(&b.rec)));
    let people: BTreeSet<P> = signs.iter().flat_map(|sign| sign.people.iter().copied()).collect();
    let on = area.ground.on;
    let partner = signs.iter().find_map(|sign| sign.partner).or_else(|| adult_of(area, earlier, &people));
    let home = signs.iter().rev().find_map(|sign| sign.home);
    let home = home.or_else(|| {
        let with = partner.into_iter().chain(people.iter().copied());
        with.into_iter().find_map(|person| area.homes.now(person, on).next().map(|spell| spell.home))
    });
    let mut children: BTreeSet<P> = people.iter().copied().filter(|p| area.bios.is_child(*p, on)).collect();
    if let Some(partner) = partner {
        for tie in area.ground.ties_of(partner) {
            let (other, is) = Ground::other_is(tie, partner);
            if is == RelationKind::Child && area.bios.is_child(other, on) {
                children.insert(other);
            }
        }
    }
    let first_incident = partner
        .and_then(|partner| area.directions.pair(earlier.person, partner))
        .and_then(|pair| pair.cases.first())
        .and_then(|at| area.cases.get(*at))
        .map(|case| case.at);
    let harms = |partner: P| area.directions.pair(earlier.person, partner).is_some();
    let harm_recorded =
        partner.is_some_and(|partner| harms(partner) && area.directions.mostly(earlier.person, partner));
    let founder = partner.map(|partner| centres.founder(partner).unwrap_or(partner));
    let earlier_home = earlier.first_harmed.and_then(|first| earlier_home(area, earlier.person, first));
    Joining {
        person: earlier.person,
        founder,
        children: children.into_iter().collect(),
        partner,
        home,
        first_harmed: earlier.first_harmed,
        earlier_founder: earlier.first_harmed.and_then(|first| centres.of_harm(area, earlier.person, first)),
        earlier_home,
        probability: probability(area, &signs),
        signs,
        first_incident,
        harm_recorded,
    }
}

/// Where they lived with the person first harmed; else where that person lives.
fn earlier_home(area: Area<'_, '_>, person: P, harmed: P) -> Option<H> {
    let mut together = area.homes.lived_with(person, 1).filter(|(_, other)| other.person == harmed);
    let shared = together.next().map(|(mine, _)| mine.home);
    shared.or_else(|| area.homes.of_person(harmed).next().map(|spell| spell.home))
}

/// How sure the signs together are. Ten rows of one agency say what one says; two agencies say more.
fn probability(area: Area<'_, '_>, signs: &[RawSign]) -> f64 {
    let mut best: BTreeMap<&AgencyId, f64> = BTreeMap::new();
    for sign in signs {
        if let Some(record) = area.ground.records.get(sign.rec) {
            let known = best.entry(&record.agency).or_default();
            *known = known.max(sign.weight);
        }
    }
    1.0 - best.values().map(|weight| 1.0 - weight).product::<f64>()
}

/// The adult of a household that signs point to: one of those named, else a parent of a child named.
fn adult_of(area: Area<'_, '_>, earlier: &Earlier, people: &BTreeSet<P>) -> Option<P> {
    let adult = |person: &P| !area.bios.is_child(*person, area.ground.on);
    people.iter().copied().find(adult).or_else(|| {
        let parents = people.iter().flat_map(|&child| {
            area.ground.ties_of(child).filter_map(move |tie| match Ground::other_is(tie, child) {
                (parent, RelationKind::Parent) => Some(parent),
                _ => None,
            })
        });
        parents.filter(|parent| adult(parent) && *parent != earlier.person).min()
    })
}

/// The next families of the picture, first sign first.
pub(crate) fn next_families(area: Area<'_, '_>, joinings: &[Joining], joined: Joined<'_>) -> Vec<NextFamily> {
    let mut out: Vec<NextFamily> =
        joinings.iter().filter_map(|joining| next_family(area, joining, joined)).collect();
    out.sort_by(in_order);
    out
}

fn in_order(a: &NextFamily, b: &NextFamily) -> std::cmp::Ordering {
    a.first_seen
        .cmp(&b.first_seen)
        .then_with(|| a.person.cmp(&b.person))
        .then(a.new_household.cmp(&b.new_household))
}

/// Near whom somebody is no more than suspected to be: nothing but the records themselves may bring them together.
#[derive(Default)]
pub(crate) struct Withheld(BTreeSet<(P, P)>);

impl Withheld {
    /// Whether only a suspicion brings this person near somebody who causes harm.
    pub(crate) fn holds(&self, causing_harm: P, other: P) -> bool {
        self.0.contains(&(causing_harm, other))
    }
}

/// Takes out of these what is no more than a suspicion, and gives back everything a person is to be asked about, confirmed or not.
pub(crate) fn ask(
    area: Area<'_, '_>,
    joinings: &mut Vec<Joining>,
    joined: Joined<'_>,
) -> (Vec<AskedFamily>, Withheld) {
    let Joined::Confirmed(answers) = joined else { return Default::default() };
    let mut withheld = Withheld::default();
    let mut asked: Vec<AskedFamily> = Vec::new();
    for joining in joinings.iter().filter(|joining| !joining.harm_recorded) {
        let known_to: BTreeSet<AgencyId> = area
            .ground
            .said_of(joining.person)
            .filter_map(|said| area.ground.records.get(said.rec))
            .map(|known| known.agency.clone())
            .collect();
        let rows = rows(area, joining);
        asked.extend(next_family(area, joining, joined).map(|next| AskedFamily { next, rows, known_to }));
    }
    asked.sort_by(|a, b| in_order(&a.next, &b.next));
    joinings.retain(|joining| {
        let shown = joining.harm_recorded
            || answers.confirmed(&area.ground.id(joining.person), &rows(area, joining)).is_some();
        if !shown {
            let pointed_to = joining.signs.iter().flat_map(|sign| &sign.people);
            withheld.0.extend(pointed_to.map(|other| (joining.person, *other)));
        }
        shown
    });
    (asked, withheld)
}

/// The rows that tell of it.
fn rows(area: Area<'_, '_>, joining: &Joining) -> BTreeSet<SignRow> {
    let records = joining.signs.iter().filter_map(|sign| area.ground.records.get(sign.rec));
    records
        .map(|known| SignRow { feed: known.record.feed.clone(), row_key: known.record.row_key.clone() })
        .collect()
}

/// Whether it is more than a suspicion, and since when. What other agencies deny is told only where everything is.
fn confirmation(area: Area<'_, '_>, joining: &Joining, joined: Joined<'_>) -> (Confirmation, Option<Date>) {
    if joining.harm_recorded {
        return (Confirmation::HarmRecorded, None);
    }
    let (Joined::All(answers) | Joined::Confirmed(answers)) = joined;
    let (person, rows) = (area.ground.id(joining.person), rows(area, joining));
    let day = |answer: &Answer| answer.at.to_zoned(jiff::tz::TimeZone::UTC).date();
    if let Some(yes) = answers.confirmed(&person, &rows) {
        return (Confirmation::Yes, Some(day(yes)));
    }
    let last = answers.last(&person, &rows).filter(|_| matches!(joined, Joined::All(_)));
    let said = match last.map(|answer| answer.said.verdict) {
        Some(Verdict::No) => Confirmation::No,
        Some(_) => Confirmation::CannotTell,
        None => Confirmation::NotAsked,
    };
    (said, last.map(day))
}

fn next_family(area: Area<'_, '_>, joining: &Joining, joined: Joined<'_>) -> Option<NextFamily> {
    let ground = area.ground;
    let first = joining.signs.first()?;
    let who = area.bios.name(joining.person);
    let before = joining.first_harmed.map_or_else(
        || "registered by probation for domestic abuse".to_owned(),
        |first| format!("recorded as causing harm to {}", area.bios.name(first)),
    );
    let near = match joining.partner {
        Some(partner) => format!("with {}", area.bios.name(partner)),
        None => "in another household".to_owned(),
    };
    let children = match joining.children.len() {
        0 => String::new(),
        1 => " and 1 child".to_owned(),
        many => format!(" and {many} children"),
    };
    let new_household = match (joining.home, joining.partner) {
        (Some(home), _) => area.homes.doors.id(home),
        (None, with) => {
            let with = with.or_else(|| first.people.iter().next().copied()).unwrap_or(joining.person);
            HouseholdId::from(format!("H{:016x}", fingerprint(&format!("with {}", ground.id(with)))))
        }
    };
    let feed = ground.records.get(first.rec).map_or("", |record| record.record.feed.as_str());
    let (confirmation, confirmed_on) = confirmation(area, joining, joined);
    Some(NextFamily {
        person: ground.id(joining.person),
        earlier_family: joining.earlier_founder.map(|founder| family_id(ground, founder)),
        earlier_household: joining.earlier_home.map(|home| area.homes.doors.id(home)),
        new_household,
        new_partner: joining.partner.map(|partner| ground.id(partner)),
        children: joining.children.iter().map(|child| ground.id(*child)).collect(),
        first_seen: first.at,
        source_feed: feed.to_owned(),
        probability: (joining.probability * 1000.0).round() / 1000.0,
        because: format!("{who}, {before}, now appears {near}{children}."),
        first_incident: joining.first_incident,
        confirmation,
        confirmed_on,
        signs: joining
            .signs
            .iter()
            .map(|sign| Sign { at: sign.at, text: sign.text.clone(), source: ground.source(sign.rec) })
            .collect(),
    })
}
