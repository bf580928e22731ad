//! Invents families and decides which agency knows which of them, since when, and whether anything is still open.

use jiff::civil::Date;

use super::{Aside, Person, Piece, Record, Secret, Sort, World, cells};

/// How an area is to be.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The day it is.
    pub today: Date,
    /// How many families.
    pub families: usize,
    /// Its seed.
    pub seed: u64,
    /// What is otherwise in the other of two worlds.
    pub sort: Sort,
    /// The other of two worlds: each family has one secret otherwise.
    pub other: bool,
}

/// One family before anybody recorded it.
#[derive(Clone, Debug)]
pub(super) struct Family {
    /// Its place among the families.
    pub(super) at: usize,
    /// Adult who is harmed.
    pub victim: usize,
    /// Adult who causes harm.
    pub harm: usize,
    /// School child and small child.
    pub children: [usize; 2],
    /// Grandparent.
    pub relative: usize,
    /// Somebody next door.
    pub neighbour: usize,
    /// Where they live and the word of it, as each agency writes it: a word of its own in each agency's files.
    pub kept: Option<(String, String)>,
}

/// How an agency knows a family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Acquaintance {
    /// When it last recorded something of them.
    pub last: Date,
    /// When it first did.
    pub first: Date,
    /// Whether something is still open.
    pub open: bool,
}

const GIVEN: &[&str] = &[
    "Amelia", "Bethan", "Carys", "Dilys", "Elena", "Farida", "Gwen", "Hester", "Idris", "Jonah", "Kofi",
    "Lorcan", "Malik", "Niamh", "Osian", "Priya", "Quentin", "Rosa", "Selwyn", "Tomos", "Una", "Vikram",
    "Winifred", "Yusuf",
];

/// Invents an area.
#[must_use]
pub fn invent(plan: &Plan) -> World {
    let mut world = World::new(plan.today, plan.seed, plan.sort, plan.other);
    let mut before: Option<usize> = None;
    for at in 0..plan.families {
        // Now and then somebody causes harm in two families; not where records come and go, since what is told of the one
        // family would stand on a page of the other.
        let shared = before.filter(|_| at % 6 == 5 && plan.sort != Sort::Records);
        world.starts.push(world.records.len());
        let family = world.family(at, shared);
        before = Some(family.harm);
        world.record(&family);
        world.unmark(at);
        world.families.push(family);
    }
    world.put_aside();
    world
}

impl World {
    /// Somebody of this age, of some families.
    fn born_so_long_ago(&mut self, families: Vec<usize>, years: i64, surname: String) -> usize {
        let forename = self.chance.one(GIVEN).unwrap_or("Rosa").to_owned();
        let days = years.saturating_mul(365).saturating_add(self.chance.days(10, 300));
        let sex = if self.chance.of_100(50) { 'F' } else { 'M' };
        let born = self.ago(days);
        self.people.push(Person { families, forename, surname, born, sex });
        self.people.len().saturating_sub(1)
    }

    /// Somebody who is gone where the family is gone.
    fn somebody(&mut self, family: usize, years: i64) -> usize {
        let surname = self.word();
        self.born_so_long_ago(vec![family], years, surname)
    }

    /// Somebody who is there in both worlds.
    fn outsider(&mut self, family: usize, years: i64) -> usize {
        let surname = self.open_word();
        self.born_so_long_ago(vec![family], years, surname)
    }

    /// Somebody of no family that anybody records.
    pub(super) fn stranger(&mut self, years: i64) -> usize {
        let surname = self.open_word();
        self.born_so_long_ago(Vec::new(), years, surname)
    }

    fn family(&mut self, at: usize, shared: Option<usize>) -> Family {
        let years = self.chance.days(24, 45);
        let victim = self.somebody(at, years);
        let harm = match shared {
            Some(person) => {
                if let Some(known) = self.people.get_mut(person) {
                    known.families.push(at);
                }
                person
            }
            None => self.outsider(at, years.saturating_add(2)),
        };
        let children = [self.somebody(at, 9), self.somebody(at, 4)];
        let relative = self.outsider(at, years.saturating_add(26));
        let neighbour = self.outsider(at, 52);
        let word = self.secret(Secret::KeptAddress, at);
        let address = self.address_with(word);
        let must = [Secret::KeptAddress, Secret::Marking].into_iter().any(|secret| self.hangs_on(secret, at));
        let kept = self.chance.of_100(25) || must;
        let kept = (kept && !self.differs(Secret::Marking, at)).then_some(address);
        Family { at, victim, harm, children, relative, neighbour, kept }
    }

    /// Whether an agency knows a family, and how.
    fn acquaintance(&mut self, cases: u64) -> Option<Acquaintance> {
        if !self.chance.of_100(cases) {
            return None;
        }
        // Now and then close to the end of the time for which an agency works with somebody, on either side.
        let last = match self.chance.below(10) {
            0 => self.chance.days(700, 722),
            1 => self.chance.days(740, 760),
            2 | 3 => self.chance.days(900, 1_000),
            _ => self.chance.days(15, 600),
        };
        let first = last.saturating_add(self.chance.days(20, 90));
        Some(Acquaintance { last: self.ago(last), first: self.ago(first), open: self.chance.of_100(40) })
    }

    fn record(&mut self, family: &Family) {
        // Whoever would hold what differs between two worlds always knows the family. Police do where a whole record comes and
        // goes: it must not be the one by which somebody was first known.
        let secret = self.secret_of(family.at);
        let always = |when: &[Secret], else_: u64| if when.contains(&secret) { 100 } else { else_ };
        if let Some(how) = self.acquaintance(always(&[Secret::Referral, Secret::Stay, Secret::Concern], 80)) {
            self.police(family, how);
        }
        if let Some(how) = self.acquaintance(65) {
            self.social_care(family, how);
        }
        if let Some(how) = self.acquaintance(always(&[Secret::Injury, Secret::Enquiry, Secret::Contact], 65))
        {
            self.health(family, how);
        }
        if let Some(how) = self.acquaintance(always(&[Secret::Concern], 65)) {
            self.schools(family, how);
        }
        if let Some(how) = self.acquaintance(always(&[Secret::Applicant], 40)) {
            self.probation(family, how);
        }
        if let Some(how) = self.acquaintance(always(&[Secret::Caller], 45)) {
            self.housing(family, how);
        }
        if let Some(how) = self.acquaintance(always(&[Secret::Disclosure, Secret::Referral], 50)) {
            self.services(family, how);
        }
        let stays = self.chance.of_100(20);
        if stays || [Secret::Refuge, Secret::KeptAddress, Secret::Stay].contains(&secret) {
            self.refuge(family);
        }
    }

    /// An address that no agency marks cannot be known to be one that must be kept: where a family is known only to agencies that
    /// have no such mark, it is a place like any other.
    fn unmark(&mut self, at: usize) {
        let start = self.starts.get(at).copied().unwrap_or_default();
        let marks = |record: &&mut Record| {
            matches!(record.agency, "health" | "schools" | "social_care" | "services")
                && record.words.iter().any(|(_, piece)| *piece == Piece::Kept)
        };
        if self.records.iter_mut().skip(start).any(|record| marks(&record)) {
            return;
        }
        for record in self.records.iter_mut().skip(start) {
            let place = if record.mentions.is_empty() { Piece::Words } else { Piece::Living(0) };
            for (_, piece) in record.words.iter_mut().filter(|(_, piece)| *piece == Piece::Kept) {
                *piece = place;
            }
        }
    }

    /// One row of each of three agencies that cannot be read, with a word in it.
    fn put_aside(&mut self) {
        let impossible = "45/13/2025 10:00";
        let word = self.open_word();
        let key = format!("77/{}/25", self.serial());
        self.put(
            "police/incidents.csv",
            cells(&[
                &key,
                impossible,
                "",
                "",
                "NC/62",
                "Incident",
                "Y",
                "",
                "",
                "",
                "",
                &format!("Said {word}."),
                "NFA",
                "",
            ]),
        );
        self.asides.push(Aside { agency: "police", word });
        let word = self.open_word();
        let key = format!("CN9{:05}", self.serial());
        self.put(
            "schools/concerns.csv",
            cells(&[
                &key,
                "100001",
                "",
                &format!("{word}, Rosa"),
                "2025-13-45 10:00",
                "Wellbeing",
                "",
                "DSL",
                "Tired.",
                "",
                "",
            ]),
        );
        self.asides.push(Aside { agency: "schools", word });
        let word = self.open_word();
        let key = format!("SR9{:05}", self.serial());
        let mut row = cells(&[&key, "45 Foo 2025", "Self", &format!("Rosa {word}")]);
        row.resize(21, String::new());
        self.put("services/referrals.csv", row);
        self.asides.push(Aside { agency: "services", word });
    }
}
