//! Shows two worlds to every audience and compares what they were shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use regex::Regex;

use super::own::Own;
use super::side::{Declared, Side, Signed, declare_by_all};
use super::{Plan, TOLD, Told};
use crate::Outcome;
use crate::probe::look;
use crate::program::{AGENCIES, Area, user_at};
use crate::run::Ground;
use crate::talk::{Answer, Ask};
use crate::text::known::{Glimpse, Id, Known, Standing};
use crate::text::roles::Audience;
use crate::world::{Secret, Sort};

const LISTS: &[&str] = &[
    "/",
    "/children",
    "/children?show=gap",
    "/harm",
    "/links",
    "/requests",
    "/releases",
    "/incoming",
    "/quarantine",
    "/directory",
    "/account/conflicts",
    "/api/today",
    "/api/children",
    "/api/people-causing-harm",
    "/api/links",
    "/api/requests",
    "/api/incoming",
    "/api/incoming/aside",
];

/// Addresses beside these that tell of one family.
const OF_ONE: usize = 5;

/// What an audience was shown.
#[derive(Default)]
struct Shown {
    compared: usize,
    lists: bool,
    families: Vec<usize>,
    differ: Vec<String>,
}

/// What an audience may know of two worlds.
struct Looker<'a> {
    audience: &'a Audience,
    /// Words of the second world that are one with words of the first: those that it may read at the same place in both.
    same: HashMap<String, String>,
    /// Whether it may know the same of every family but for these words, so that lists must be the same.
    all_alike: bool,
    /// Families whose protected fact it may not know.
    protected: BTreeSet<usize>,
    /// Families it looks at.
    looks_at: Vec<usize>,
}

/// Two worlds and who looks at them.
struct Pair<'a> {
    sides: [&'a Side<'a>; 2],
    plan: Plan,
    own: Own,
    family: Regex,
}

/// Makes two worlds of one sort and compares them for everybody.
pub fn run(ready: &Area, both: [&Ground; 2], plan: Plan, told: &mut Told) -> Outcome<()> {
    let [one, other] = both;
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| Side::of(ready, other, plan.allocated));
        (Side::of(ready, one, plan.allocated), other.join().unwrap_or_else(|_| Err("a thread broke".into())))
    });
    let (one, other) = (one?, other?);

    same_people(&one, &other)?;
    // Whoever has a conflict makes each change of an account cost a look at everybody, so only this area has any.
    if one.ground.world.sort() == Sort::Families {
        prepare(&one, &other, plan)?;
    }
    let pair = Pair { sides: [&one, &other], plan, own: Own::new()?, family: Regex::new("F[0-9a-f]{16}")? };
    let mut lookers: Vec<Looker<'_>> =
        one.ground.roles.audiences.iter().map(|audience| pair.looker(audience)).collect();
    pair.share_out(&mut lookers);
    let parts: Vec<Outcome<Vec<(String, Shown)>>> = std::thread::scope(|scope| {
        let (pair, lookers) = (&pair, &lookers);
        let threads: Vec<_> = AGENCIES
            .iter()
            .map(|agency| {
                scope.spawn(move || {
                    let of = lookers.iter().filter(|looker| looker.audience.agency == *agency);
                    of.map(|looker| {
                        let name = format!("{}/{}", looker.audience.agency, looker.audience.role);
                        Ok((name, pair.show(looker)?))
                    })
                    .collect()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread broke".into())))
            .collect()
    });
    let mut looks: BTreeMap<usize, usize> = BTreeMap::new();
    for part in parts {
        for (audience, shown) in part? {
            let seen = told.audiences.entry(audience).or_default();
            *seen = seen.saturating_add(shown.families.len());
            told.compared = told.compared.saturating_add(shown.compared);
            let count = if shown.lists { &mut told.lists.0 } else { &mut told.lists.1 };
            *count = count.saturating_add(1);
            told.differ.extend(shown.differ);
            for family in shown.families {
                let count = looks.entry(family).or_default();
                *count = count.saturating_add(1);
            }
        }
    }
    let world = &one.ground.world;
    for family in (0..world.size()).filter(|family| world.secret_of(*family) != Secret::Nothing) {
        told.pair(world.secret_of(family), looks.get(&family).copied().unwrap_or_default());
    }
    Ok(())
}

/// Who is who must not hang on what is protected: every row that names the same people in both worlds has the same ids.
fn same_people(one: &Side<'_>, other: &Side<'_>) -> Outcome<()> {
    let records = one.linked.world.records.iter().zip(&other.linked.world.records);
    for ((record, of_other), (who, who_of_other)) in records.zip(one.linked.who.iter().zip(&other.linked.who))
    {
        let people =
            |record: &crate::world::Record| record.mentions.iter().map(|m| m.person).collect::<Vec<_>>();
        if people(record) == people(of_other) && who != who_of_other {
            return Err(format!("{} {}: a protected fact tells who is who", record.file, record.key).into());
        }
    }
    Ok(())
}

/// Does what stands in no file: everybody declares a conflict with families that are there in one world and with those that
/// are there in the other, in the same words; and a colleague of theirs declares others in the first world only.
fn prepare(one: &Side<'_>, other: &Side<'_>, plan: Plan) -> Outcome<()> {
    let (world, of_other) = (&one.ground.world, &other.ground.world);
    let kept_from = |family: &usize| world.secret_of(*family) == Secret::Family;
    let declared = |families: &mut dyn Iterator<Item = usize>| -> Vec<Declared> {
        let mut all = Vec::new();
        for family in families {
            for at in world.household_of(family) {
                let (Some(person), Some(there)) = (world.people.get(at), of_other.people.get(at)) else {
                    continue;
                };
                let surnames = BTreeSet::from([person.surname.clone(), there.surname.clone()]);
                all.push(Declared {
                    forename: person.forename.clone(),
                    surnames: surnames.into_iter().collect(),
                    born: person.born,
                });
            }
        }
        all
    };
    let all = declared(&mut (0..world.size()).filter(kept_from));
    std::thread::scope(|scope| {
        let there = scope.spawn(|| declare_by_all(other, &all));
        declare_by_all(one, &all)?;
        there.join().unwrap_or_else(|_| Err("a thread broke".into()))
    })?;
    // Nobody sees that a colleague has a conflict: this one has it in the first world only, with families that the others see.
    let roles = &one.ground.roles.audiences;
    let at = roles.iter().position(|audience| !audience.oversees);
    let user = user_at(at.ok_or("roles.toml has nobody whose cases are allocated")?);
    let all = declared(&mut (0..world.size()).filter(|family| !kept_from(family)).take(plan.allocated));
    Signed::with_password(one, &user)?.declare(&all)?;
    Signed::with_password(other, &user)?.declare(&[])
}

impl Pair<'_> {
    /// What somebody of an audience may know in each world.
    fn known(&self, audience: &Audience) -> [Known; 2] {
        let world = &self.sides[0].ground.world;
        let families: BTreeSet<usize> = (0..self.plan.allocated.min(world.size())).collect();
        self.sides.map(|side| {
            let barred = (0..world.size()).filter(|family| world.secret_of(*family) == Secret::Family);
            let barred = barred.flat_map(|family| world.household_of(family));
            let ids = barred.flat_map(|person| side.linked.ids_of(person));
            let standing =
                Standing { families: families.clone(), barred: ids.collect(), ..Standing::default() };
            side.linked.known(
                audience,
                &side.ground.roles,
                &side.ground.policies,
                side.ground.months,
                &standing,
            )
        })
    }

    /// Works out what is protected from an audience.
    fn looker<'a>(&self, audience: &'a Audience) -> Looker<'a> {
        let [one, other] = self.sides;
        let known = self.known(audience);
        let mut same = HashMap::new();
        for (record, of_other) in one.linked.world.records.iter().zip(&other.linked.world.records) {
            for ((word, piece), (there, piece_there)) in record.words.iter().zip(&of_other.words) {
                let other = word != there && piece == piece_there;
                if other && known[0].may.contains(word) && known[1].may.contains(there) {
                    same.insert(there.clone(), word.clone());
                }
            }
        }
        let glimpses = |family: usize| {
            [known[0].of_family(&one.linked, family), known[1].of_family(&other.linked, family)]
        };
        let nothing = HashMap::new();
        let (mut all_alike, mut protected) = (true, BTreeSet::new());
        for family in 0..one.ground.world.size() {
            let [mine, there] = glimpses(family);
            all_alike = all_alike && alike(&mine, &there, &same);
            let differs = one.ground.world.secret_of(family) != Secret::Nothing;
            if differs && alike(&mine, &there, &nothing) {
                protected.insert(family);
            }
        }
        Looker { audience, same, all_alike, protected, looks_at: Vec::new() }
    }

    /// Gives each family to some of those from whom its fact is protected, in turn; and to those who see only what is allocated.
    fn share_out(&self, lookers: &mut [Looker<'_>]) {
        for family in 0..self.sides[0].ground.world.size() {
            let may = |(_, looker): &(usize, &Looker<'_>)| {
                looker.audience.oversees && looker.protected.contains(&family)
            };
            let of: Vec<usize> = lookers.iter().enumerate().filter(may).map(|(at, _)| at).collect();
            let turn =
                |at: usize| family.wrapping_mul(5).wrapping_add(at.wrapping_mul(7)).checked_rem(of.len());
            let chosen: BTreeSet<usize> =
                (0..self.plan.lookers).filter_map(|at| of.get(turn(at)?).copied()).collect();
            for (at, looker) in lookers.iter_mut().enumerate() {
                let allocated = !looker.audience.oversees
                    && family < self.plan.allocated
                    && looker.protected.contains(&family)
                    && family.wrapping_add(at) % 4 == 0;
                if chosen.contains(&at) || allocated {
                    looker.looks_at.push(family);
                }
            }
        }
    }

    fn show(&self, looker: &Looker<'_>) -> Outcome<Shown> {
        let [one, other] = self.sides;
        let user = one.area.become_one_of(looker.audience)?;
        other.area.become_one_of(looker.audience)?;
        let signed = [Signed::of(one, user)?, Signed::of(other, user)?];
        let mut shown = Shown { lists: looker.all_alike, ..Shown::default() };
        // Lists are of all families together.
        if looker.all_alike {
            for path in LISTS {
                self.hold(looker, &signed, &mut shown, &Ask::get(path))?;
            }
        }
        for family in &looker.looks_at {
            let mut asks = self.asks(*family);
            while let Some(ask) = asks.pop() {
                let body = self.hold(looker, &signed, &mut shown, &ask)?;
                // The families they are shown are those of their own picture.
                if ask.path.starts_with("/person/") {
                    let ids: BTreeSet<&str> = self.family.find_iter(&body).map(|id| id.as_str()).collect();
                    asks.extend(ids.iter().map(|id| Ask::get(&format!("/family/{id}"))));
                }
            }
            shown.families.push(*family);
        }
        Ok(shown)
    }

    /// Asks both, and notes where the answers differ.
    fn hold(
        &self,
        looker: &Looker<'_>,
        signed: &[Signed; 2],
        shown: &mut Shown,
        ask: &Ask,
    ) -> Outcome<String> {
        let sort = self.sides[0].ground.world.sort();
        let (mut a, mut b) = (signed[0].ask(ask)?, signed[1].ask(ask)?);
        shown.compared = shown.compared.saturating_add(1);
        for answer in [&mut a, &mut b] {
            // It counts the digits of when files came in, too, and those are not always as many.
            answer.headers.remove("content-length");
        }
        let removed =
            |answer: &Answer| self.own.removed(&answer.text(), &looker.same, sort == Sort::Contents);
        let (text, there) = (removed(&a), removed(&b));
        // A search finds those, too, who are called nearly the same: somebody of another family, of whom more may be known.
        let by_slip = ask.path == "/api/search" && !looker.all_alike && {
            let found = [a.json(), b.json()].map(|found| Self::found(&found));
            found[0] == found[1] && found[0].len() > 1
        };
        if text != there && !by_slip && shown.differ.len() < TOLD {
            let (agency, role) = (&looker.audience.agency, &looker.audience.role);
            let how = look::difference(&text, &there);
            let typed = ask.body.as_ref().map(|(_, body)| body.as_str()).unwrap_or_default();
            shown.differ.push(format!("{sort:?} {agency}/{role} {} {} {typed}: {how}", ask.method, ask.path));
        }
        Ok(a.body)
    }

    /// Whom a search found.
    fn found(answer: &serde_json::Value) -> Vec<Id> {
        let people = answer.get("people").and_then(serde_json::Value::as_array).into_iter().flatten();
        people.filter_map(|one| Some(one.pointer("/person/id")?.as_str()?.to_owned())).collect()
    }

    /// What is asked about a family.
    fn asks(&self, family: usize) -> Vec<Ask> {
        let [one, _] = self.sides;
        let world = &one.ground.world;
        let id = |person: usize| one.linked.ids_of(person).into_iter().next();
        let mut asks = Vec::with_capacity(OF_ONE);
        let household = world.household_of(family);
        if let Some(id) = household.first().and_then(|person| id(*person)) {
            asks.push(Ask::get(&format!("/person/{id}")));
            asks.push(Ask::get(&format!("/api/people/{id}")));
        }
        if let Some(id) = household.get(1).and_then(|person| id(*person)) {
            asks.push(Ask::get(&format!("/api/people/{id}")));
        }
        if let Some(id) = world.causing_harm_in(family).and_then(id) {
            asks.push(Ask::get(&format!("/harm/{id}")));
        }
        let name =
            household.first().and_then(|person| world.people.get(*person)).map(|person| &person.surname);
        if let Some(name) = name {
            let typed = serde_json::json!({ "q": name }).to_string();
            asks.push(Ask::get("/api/search").sending("application/json", typed));
        }
        asks
    }
}

/// Whether the same may be known of a family in both worlds.
fn alike(one: &Glimpse<'_>, other: &Glimpse<'_>, same: &HashMap<String, String>) -> bool {
    let first = |word: &&String| -> Option<&String> { same.get(*word) };
    let records = one.records.len() == other.records.len()
        && one.records.iter().zip(&other.records).all(
            |((at, about, words), (at_there, about_there, there))| {
                let mut each = words.iter().zip(there);
                at == at_there
                    && about == about_there
                    && words.len() == there.len()
                    && each.all(|(word, there)| word == there || first(there) == Some(*word))
            },
        );
    records && one.people == other.people && one.works == other.works
}
