//! Which words an audience may read, worked out from `docs/guides/who-sees-what.md`, section by section.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::civil::Date;

use super::cedar::{Policies, Question, Says};
use super::roles::{Audience, Roles};
use crate::Outcome;
use crate::world::{Piece, Record, Said, World};

/// How feeds are called whose rows name somebody.
const FEEDS: &[(&str, &str)] = &[
    ("police/involvements.csv", "police.involvements"),
    ("social_care/people.csv", "social_care.people"),
    ("health/bundle.ndjson", "health.fhir"),
    ("housing/tenancies.csv", "housing.tenancies"),
    ("services/referrals.csv", "services.referrals"),
];

/// Somebody, as the program's own list of links has them.
pub type Id = String;

/// What goes into a copy: categories, each with whether all of it goes or the minimum.
pub type Granted = BTreeMap<&'static str, bool>;

/// The world with the people that its rows were found to be about.
pub struct Linked<'a> {
    /// The world.
    pub world: &'a World,
    /// For each record, whom it is about: everybody it names, means by number, or who is part of the same incident.
    pub about: Vec<BTreeSet<Id>>,
    /// For each record and mention, who it is.
    pub who: Vec<Vec<Option<Id>>>,
    /// For each record, what it states somebody to be; for a part of an incident, what the incident states.
    said: Vec<HashMap<Id, Vec<Said>>>,
    /// The words that stand for people.
    pub names: HashMap<Id, BTreeSet<String>>,
    /// The invented family of somebody.
    pub family: HashMap<Id, BTreeSet<usize>>,
    ids: HashMap<usize, BTreeSet<Id>>,
    members: HashMap<usize, BTreeSet<Id>>,
}

/// Whom an incident is about, and what it states them to be.
type Incident = (BTreeSet<Id>, HashMap<Id, Vec<Said>>);

/// What an audience knows of.
#[derive(Debug, Default)]
pub struct Known {
    /// Everybody who has a name or a place in their picture.
    pub people: BTreeSet<Id>,
    /// Words that may be read, in lower case.
    pub may: HashSet<String>,
    /// Words that must be found, each with people on whose page it must stand.
    pub must: Vec<(String, BTreeSet<Id>)>,
    /// The records (their place in the world) of which anything is known.
    pub records: BTreeSet<usize>,
    /// People the agency works with.
    pub works: BTreeSet<Id>,
    /// Those who stand in a record with somebody who must be absent: less of them may be shown, and that is right.
    pub beside_barred: BTreeSet<Id>,
}

/// Who of an audience somebody is: what is theirs and whom they must not see.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Invented families that are allocated to them.
    pub families: BTreeSet<usize>,
    /// People who must be absent for them.
    pub barred: BTreeSet<Id>,
    /// People whose records were allocated to them.
    pub allocated: BTreeSet<Id>,
}

/// What somebody may know of one family: of each record its place, and of its words which and what they are.
#[derive(Debug, PartialEq, Eq)]
pub struct Glimpse<'a> {
    /// People of the family who may be known of.
    pub people: BTreeSet<&'a Id>,
    /// People of the family with whom the agency works.
    pub works: BTreeSet<&'a Id>,
    /// Records of which anything may be known, with whom they are about and the words that may be read.
    pub records: Vec<(usize, &'a BTreeSet<Id>, Vec<&'a String>)>,
}

impl Known {
    /// What may be known of one of the invented families.
    #[must_use]
    pub fn of_family<'a>(&'a self, linked: &'a Linked<'_>, family: usize) -> Glimpse<'a> {
        let members = || linked.members.get(&family).into_iter().flatten();
        let records =
            linked.world.records_of(family).filter(|at| self.records.contains(at)).filter_map(|at| {
                let words = linked.world.records.get(at)?.words.iter();
                let words = words.map(|(word, _)| word).filter(|word| self.may.contains(*word));
                Some((at, linked.about.get(at)?, words.collect()))
            });
        Glimpse {
            people: members().filter(|id| self.people.contains(*id)).collect(),
            works: members().filter(|id| self.works.contains(*id)).collect(),
            records: records.collect(),
        }
    }
}

impl<'a> Linked<'a> {
    /// Joins the world with the list of links: `file`, `row_key`, `person_id`.
    pub fn new(world: &'a World, links: &BTreeMap<(String, String), Id>) -> Outcome<Self> {
        let of = |file: &str, key: &str| links.get(&(file.to_owned(), key.to_owned())).cloned();
        let mut linked = Self {
            world,
            about: Vec::new(),
            who: Vec::new(),
            said: Vec::new(),
            names: HashMap::new(),
            family: HashMap::new(),
            ids: HashMap::new(),
            members: HashMap::new(),
        };
        let mut incidents: BTreeMap<&str, Incident> = BTreeMap::new();
        let mut missing: Vec<String> = Vec::new();
        for record in &world.records {
            let who: Vec<Option<Id>> =
                record.mentions.iter().map(|mention| of(record.file, &record.row_key(mention))).collect();
            if !record.sealed {
                let lost = record.mentions.iter().zip(&who).filter(|(_, id)| id.is_none());
                missing
                    .extend(lost.map(|(mention, _)| format!("{} {}", record.file, record.row_key(mention))));
            }
            let meant = record.meant.iter().filter_map(|(file, key)| of(file, key));
            let about: BTreeSet<Id> = who.iter().flatten().cloned().chain(meant).collect();
            let mut said: HashMap<Id, Vec<Said>> = HashMap::new();
            for (mention, id) in record.mentions.iter().zip(&who) {
                let Some(id) = id else { continue };
                said.entry(id.clone()).or_default().extend(&mention.said);
                let named = record.words.iter().filter(|(_, piece)| matches!(piece, Piece::Name(at) if record.mentions.get(*at).is_some_and(|m| m.sub == mention.sub)));
                linked
                    .names
                    .entry(id.clone())
                    .or_default()
                    .extend(named.map(|(word, _)| word.to_lowercase()));
                let families =
                    world.people.get(mention.person).into_iter().flat_map(|person| &person.families);
                for family in families.clone() {
                    linked.members.entry(*family).or_default().insert(id.clone());
                }
                linked.family.entry(id.clone()).or_default().extend(families);
                linked.ids.entry(mention.person).or_default().insert(id.clone());
            }
            if let Some(reference) = &record.incident {
                let incident = incidents.entry(reference).or_default();
                incident.0.extend(about.iter().cloned());
                for (id, parts) in &said {
                    incident.1.entry(id.clone()).or_default().extend(parts);
                }
            }
            linked.about.push(about);
            linked.who.push(who);
            linked.said.push(said);
        }
        if !missing.is_empty() {
            return Err(
                format!("rows that name somebody are in no list of links: {}", missing.join(", ")).into()
            );
        }
        for (at, record) in world.records.iter().enumerate() {
            let Some((about, said)) =
                record.incident.as_deref().and_then(|reference| incidents.get(reference))
            else {
                continue;
            };
            if let (Some(own), Some(own_said)) = (linked.about.get_mut(at), linked.said.get_mut(at)) {
                own.clone_from(about);
                own_said.clone_from(said);
            }
        }
        Ok(linked)
    }

    /// Who one of the invented people is: more than one, where rows about them were not found to be about one.
    #[must_use]
    pub fn ids_of(&self, person: usize) -> BTreeSet<Id> {
        self.ids.get(&person).cloned().unwrap_or_default()
    }

    /// The victim of an invented family, with the words that name a record of theirs on the command line.
    #[must_use]
    pub fn victim_of(&self, family: usize) -> Option<(Id, Vec<String>)> {
        let person = self.world.people.iter().position(|person| person.families.first() == Some(&family))?;
        self.world.records.iter().zip(&self.who).find_map(|(record, who)| {
            let mention = record
                .mentions
                .iter()
                .position(|mention| mention.person == person && mention.sub.is_empty())?;
            let id = who.get(mention)?.clone()?;
            let feed = FEEDS.iter().find(|(file, _)| *file == record.file).map(|(_, feed)| *feed)?;
            let words = ["--feed", feed, "--key", &record.key];
            Some((id, words.map(str::to_owned).to_vec()))
        })
    }

    /// The words that may stand in the copy of what an agency has about somebody: only the kinds of data that were granted; of
    /// people only them and whoever causes them harm; no worker, and no place that is kept.
    #[must_use]
    pub fn copy_of(&self, holder: &str, person: &Id, granted: &Granted) -> HashSet<String> {
        let mut words = HashSet::new();
        for (at, record) in self.world.records.iter().enumerate() {
            let about = self.about.get(at).is_some_and(|about| about.contains(person));
            if record.agency != holder || record.sealed || !about {
                continue;
            }
            let who = self.who.get(at).map(Vec::as_slice).unwrap_or_default();
            let causes = |mention: usize| {
                let said = record.mentions.get(mention).map(|mention| &mention.said);
                said.is_some_and(|said| said.contains(&Said::CausingHarm) && !said.contains(&Said::Victim))
            };
            let them = |mention: usize| who.get(mention).and_then(Option::as_ref) == Some(person);
            let all = |category: &str| granted.get(category) == Some(&true);
            let any = |category: &str| granted.contains_key(category);
            for (word, piece) in &record.words {
                let goes = match piece {
                    Piece::Name(mention) => any("ID") && (them(*mention) || causes(*mention)),
                    Piece::Number(mention) => all("ID") && them(*mention),
                    Piece::Living(mention) => them(*mention) && all("LOC") || causes(*mention) && all("PERP"),
                    Piece::Line => any(record.category),
                    Piece::Words => all(record.category),
                    Piece::Place => any(record.category) && all("LOC"),
                    Piece::Risk => any("RISK"),
                    Piece::Safe => any("SAFE"),
                    Piece::Author | Piece::Surgery | Piece::Kept => false,
                };
                if goes {
                    words.insert(word.to_lowercase());
                }
            }
        }
        words
    }

    /// Whether a record names one of these people, or names nobody and is about one of them.
    fn names_one_of(&self, at: usize, record: &Record, about: &BTreeSet<Id>, people: &BTreeSet<Id>) -> bool {
        if record.mentions.is_empty() {
            return !about.is_disjoint(people);
        }
        self.who.get(at).is_some_and(|who| who.iter().flatten().any(|id| people.contains(id)))
    }

    /// Of the people a record is about, those to whom its lines are led: named in it, of its incident, or meant by a number
    /// that a record introduces of which the audience may know the identity.
    fn led_to(&self, record: &Record, about: &BTreeSet<Id>, introduces: bool) -> BTreeSet<Id> {
        match record.mentions.is_empty() && record.incident.is_none() && !introduces {
            true => BTreeSet::new(),
            false => about.clone(),
        }
    }

    /// The part in which somebody stands in a record, in the word of requests.
    fn subject(&self, at: usize, record: &Record, id: &Id) -> &'static str {
        let said = self.said.get(at).and_then(|said| said.get(id)).map(Vec::as_slice).unwrap_or_default();
        match () {
            () if said.contains(&Said::Unborn) => "unborn",
            () if said.contains(&Said::Child) => "child",
            () if said.contains(&Said::Victim) => "victim",
            () if said.contains(&Said::CausingHarm) => "person_causing_harm",
            () => match record.agency {
                "probation" => "person_causing_harm",
                "schools" | "social_care" => "child",
                _ => "victim",
            },
        }
    }

    /// What an audience knows of, and what of it somebody with this standing sees.
    #[must_use]
    pub fn known(
        &self,
        audience: &Audience,
        roles: &Roles,
        policies: &Policies,
        months: i32,
        standing: &Standing,
    ) -> Known {
        let world = self.world;
        let since = world.today.checked_sub(jiff::Span::new().months(months)).unwrap_or(Date::MIN);
        let own = |record: &Record| record.agency == audience.agency;
        let mut known = Known::default();
        for (record, about) in world.records.iter().zip(&self.about) {
            let lately = record.recorded >= since || record.happened >= since || record.open;
            if own(record) && !record.sealed && lately {
                known.works.extend(about.iter().cloned());
            }
        }
        // The same few questions come again and again.
        let answers: RefCell<HashMap<[&str; 4], Option<Says>>> = RefCell::default();
        let asked = |record: &Record, subjects: &BTreeSet<&'static str>, category: &'static str| {
            subjects
                .iter()
                .filter_map(|subject| {
                    let which = [record.agency, record.consent, subject, category];
                    if let Some(known) = answers.borrow().get(&which) {
                        return *known;
                    }
                    let question: Question<'_> = [
                        ("principal", audience.agency_word.as_str()),
                        ("action", "see"),
                        ("resource", category),
                        ("role", audience.role_word.as_str()),
                        ("relation", "own_case"),
                        ("holder", roles.word(record.agency)),
                        ("purpose", "joint_working"),
                        ("subject", subject),
                        ("consent", record.consent),
                        ("channel", "portal"),
                    ]
                    .into_iter()
                    .collect();
                    let says = policies.answer(&question);
                    answers.borrow_mut().insert(which, says);
                    says
                })
                .filter(|says| *says <= Says::Minimum)
                .min()
        };
        const CATEGORIES: &[&str] = &[
            "ID", "LOC", "PERP", "RISK", "SAFE", "INC", "CRIM", "HLTH", "SOC", "EDU", "HOUS", "ORD", "DISC",
        ];
        let through = |at: usize,
                       record: &Record,
                       about: &BTreeSet<Id>,
                       harm: &BTreeSet<Id>|
         -> BTreeSet<&'static str> {
            let mut subjects: BTreeSet<&'static str> =
                about.intersection(&known.works).map(|id| self.subject(at, record, id)).collect();
            if about.intersection(harm).next().is_some() {
                subjects.insert("person_causing_harm");
            }
            subjects
        };
        // Who is recorded as causing harm, in records that may be known of and are about people the agency works with.
        let nobody = BTreeSet::new();
        let mut harm: BTreeSet<Id> = BTreeSet::new();
        for (at, (record, about)) in world.records.iter().zip(&self.about).enumerate() {
            if record.sealed || about.is_disjoint(&known.works) {
                continue;
            }
            let subjects = through(at, record, about, &nobody);
            let may = own(record)
                || CATEGORIES.iter().any(|c| asked(record, &subjects, c).is_some() && held(record, c));
            if may {
                let said = self.said.get(at);
                let causing = about.iter().filter(|id| {
                    said.and_then(|said| said.get(*id))
                        .is_some_and(|parts| parts.contains(&Said::CausingHarm))
                });
                harm.extend(causing.cloned());
            }
        }
        let families = &standing.families;
        let theirs: Option<BTreeSet<Id>> = (!audience.oversees).then(|| {
            let is = |of: &BTreeSet<usize>| !of.is_disjoint(families);
            self.family.iter().filter(|(_, of)| is(of)).map(|(id, _)| id.clone()).collect()
        });
        let mut result = Known::default();
        for (at, (record, about)) in world.records.iter().zip(&self.about).enumerate() {
            if !about.is_disjoint(&standing.barred) {
                result.beside_barred.extend(about.iter().cloned());
            }
            if record.sealed || self.names_one_of(at, record, about, &standing.barred) {
                continue;
            }
            if theirs.as_ref().is_some_and(|theirs| about.is_disjoint(theirs)) {
                continue;
            }
            let all = own(record);
            let subjects = through(at, record, about, &harm);
            let says = |category: &'static str| {
                if all { Some(Says::Share) } else { asked(record, &subjects, category) }
            };
            let who = self.who.get(at).map(Vec::as_slice).unwrap_or_default();
            let id_of = |mention: usize| who.get(mention).and_then(Option::as_ref);
            let named = |mention: usize| match (says("ID"), id_of(mention)) {
                (Some(Says::Share), _) => true,
                (Some(_), Some(id)) => known.works.contains(id) || harm.contains(id),
                _ => false,
            };
            let event = says(record.category);
            if event.is_some() || (0..record.mentions.len()).any(named) {
                result.records.insert(at);
            }
            let mut shown: BTreeSet<Id> = BTreeSet::new();
            for (word, piece) in &record.words {
                let may = match piece {
                    Piece::Name(mention) => named(*mention),
                    Piece::Number(_) => says("ID") == Some(Says::Share),
                    Piece::Living(mention) => {
                        let causes = id_of(*mention).is_some_and(|id| harm.contains(id));
                        says(if causes { "PERP" } else { "LOC" }) == Some(Says::Share)
                    }
                    Piece::Line => event.is_some(),
                    Piece::Words | Piece::Author => event == Some(Says::Share),
                    Piece::Place => event.is_some() && says("LOC") == Some(Says::Share),
                    Piece::Surgery => event == Some(Says::Share) && says("LOC") == Some(Says::Share),
                    Piece::Risk => says("RISK").is_some(),
                    Piece::Safe => says("SAFE").is_some(),
                    Piece::Kept => false,
                };
                if !may {
                    continue;
                }
                result.may.insert(word.clone());
                result.records.insert(at);
                match piece {
                    Piece::Name(mention) => shown.extend(id_of(*mention).cloned()),
                    Piece::Line | Piece::Words | Piece::Author if record.category != "LOC" => {
                        let introduces = says("ID").is_some();
                        let on: BTreeSet<Id> = self
                            .led_to(record, about, introduces)
                            .iter()
                            .filter(|id| !standing.barred.contains(*id))
                            .filter(|id| all || known.works.contains(*id) || harm.contains(*id))
                            .cloned()
                            .collect();
                        result.must.push((word.clone(), on));
                    }
                    _ => {}
                }
            }
            if all {
                shown.extend(about.iter().cloned());
            }
            result.people.extend(shown);
        }
        result.people.retain(|id| !standing.barred.contains(id));
        if let Some(theirs) = &theirs {
            // Whom a person causing harm in these families is near to or harmed elsewhere: the name.
            let beside = |about: &&BTreeSet<Id>| !about.is_disjoint(theirs);
            let near: BTreeSet<&Id> = self.about.iter().filter(beside).flatten().collect();
            result.people.retain(|id| theirs.contains(id) || near.contains(id));
        }
        result.works = known.works;
        result
    }
}

/// Whether a record holds anything of a category.
fn held(record: &Record, category: &str) -> bool {
    let has = |is: fn(&Piece) -> bool| record.words.iter().any(|(_, piece)| is(piece));
    match category {
        "ID" => !record.mentions.is_empty(),
        "LOC" | "PERP" if record.category != category => has(|piece| matches!(piece, Piece::Living(_))),
        "RISK" => has(|piece| matches!(piece, Piece::Risk)),
        "SAFE" => has(|piece| matches!(piece, Piece::Safe)),
        other => record.category == other,
    }
}
