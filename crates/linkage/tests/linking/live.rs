//! Records that come, change, are erased or decided about one by one give the same people as a whole file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::convert::Infallible;

use proptest::prelude::*;
use throughline_linkage::{
    Changes, Decision, Keeper, Live, Model, NewTexts, PersonName, Record, Register, Settings, link,
};

use crate::invented::{With, record, spread};

/// Keeps everything in memory.
#[derive(Clone, Default)]
struct Memory {
    bases: BTreeMap<u32, Vec<u8>>,
    keys: HashMap<u64, BTreeSet<u32>>,
    handles: HashMap<u128, u32>,
    texts: NewTexts,
    next: u32,
}

impl Keeper for Memory {
    type Error = Infallible;

    fn bases_with(&mut self, keys: &[u64]) -> Result<Vec<u32>, Infallible> {
        Ok(keys.iter().filter_map(|key| self.keys.get(key)).flatten().copied().collect())
    }

    fn base(&mut self, number: u32) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.bases.get(&number).cloned())
    }

    fn base_of(&mut self, handle: u128) -> Result<Option<u32>, Infallible> {
        Ok(self.handles.get(&handle).copied())
    }

    fn next(&mut self) -> Result<u32, Infallible> {
        Ok(self.next)
    }

    fn write(&mut self, changes: &Changes) -> Result<(), Infallible> {
        for (number, bytes) in &changes.bases {
            self.bases.insert(*number, bytes.clone());
            self.next = self.next.max(number + 1);
        }
        changes.gone.iter().for_each(|number| _ = self.bases.remove(number));
        for (key, base) in &changes.keys_gone {
            self.keys.get_mut(key).unwrap().remove(base);
        }
        for (key, base) in &changes.keys {
            self.keys.entry(*key).or_default().insert(*base);
        }
        changes.handles_gone.iter().for_each(|handle| _ = self.handles.remove(handle));
        self.handles.extend(changes.handles.iter().copied());
        self.texts.words.extend(changes.texts.words.iter().cloned());
        self.texts.places.extend(changes.texts.places.iter().cloned());
        self.texts.spaces.extend(changes.texts.spaces.iter().cloned());
        Ok(())
    }
}

/// Families of a village, written down as agencies do: by short names, with slips, without dates, after a move.
fn village(people: usize) -> Vec<Record> {
    let forenames =
        ["Orla", "Elizabeth", "Liz", "Tamsin", "Thomas", "Tom", "Maud", "Mabel", "Rufus", "Imogen"];
    let surnames = ["Sorrel", "Marchbank", "Dunmere", "Netherby", "Oxbarrow", "Penn", "Marchbank-Penn"];
    let mut out = Vec::new();
    for i in 0..people {
        let family = i / 4;
        let pick = |salt: u64, of: usize| spread(i, salt) % of;
        let sur = surnames[spread(family, 2) % surnames.len()];
        let fore = forenames[pick(3, forenames.len())];
        let twin = i % 4 == 3;
        let born = |salt: u64| spread(if twin { i - 1 } else { i }, salt);
        let (year, month, day) =
            (1960 + (born(4) % 60) as i16, 1 + (born(5) % 12) as i8, 1 + (born(6) % 28) as i8);
        for copy in 0..1 + pick(7, 4) {
            let salt = 100 + 10 * copy as u64;
            let agency = ["health", "police", "housing", "schools"][copy];
            let mut made = record(&format!("{agency}-{i:04}"), agency);
            let slip = pick(salt, 9);
            let written = match slip {
                0 => fore.chars().take(1).collect(),
                1 => format!("{fore} Jane"),
                2 => forenames[pick(salt + 1, forenames.len())].to_owned(),
                _ => fore.to_owned(),
            };
            made = made.named(&written, if slip == 3 { surnames[pick(salt + 2, 7)] } else { sur });
            if slip != 4 && slip != 5 {
                made = made.born(year, month, if slip == 6 { 1 + day % 28 } else { day });
            }
            if slip != 5 {
                let house = if slip == 7 { pick(salt + 3, 60) } else { spread(family, 8) % 60 };
                made = made.living(&format!("{} Mill Lane", 1 + house), &format!("QX{} 1AB", 1 + house % 20));
            }
            if pick(salt + 4, 3) == 0 {
                made = made.number("nhs", &format!("9{:09}", spread(i, 9) % 1_000_000_000));
            }
            if pick(salt + 5, 4) == 0 {
                made = made.phone(&format!("077{:08}", spread(family, 10) % 100_000_000));
            }
            if pick(salt + 6, 5) == 0 {
                made = made.known_as(&format!("person:{}", pick(salt + 7, people / 2)));
            }
            out.push(made);
        }
    }
    out
}

/// People as sets of ids.
fn people(ids: impl Iterator<Item = (String, u32)>) -> BTreeSet<Vec<String>> {
    let mut out: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    ids.for_each(|(id, person)| out.entry(person).or_default().push(id));
    out.into_values()
        .map(|mut ids| {
            ids.sort();
            ids
        })
        .collect()
}

fn at_once(
    records: &[Record],
    decisions: &[Decision],
    settings: &Settings,
    model: &Model,
) -> BTreeSet<Vec<String>> {
    let mut register = Register::new(settings);
    register.add_all(records);
    let linked = register.link(decisions, settings, Some(model), &|_| {});
    people(records.iter().map(|record| record.id.clone()).zip(linked.cluster))
}

/// Follows what each change says became of people.
struct Followed {
    live: Live,
    memory: Memory,
    people: BTreeSet<Vec<String>>,
}

impl Followed {
    fn of(records: &[Record], settings: &Settings, model: &Model) -> Self {
        let mut register = Register::new(settings);
        register.add_all(records);
        let mut memory = Memory::default();
        let linked = register.link_and_keep(&[], settings, Some(model), &mut memory, &|_| {}).unwrap();
        let people = people(records.iter().map(|record| record.id.clone()).zip(linked.cluster));
        Self { live: Live::new(settings.clone(), model.clone(), &memory.texts), memory, people }
    }

    fn change(&mut self, add: &[Record], erase: &[&str], decisions: &[Decision]) {
        let outcome = self.live.change(&mut self.memory, add, erase, decisions).unwrap();
        for person in &outcome.before {
            assert!(self.people.remove(person), "{person:?} was not a person");
        }
        self.people.extend(outcome.after);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn one_by_one_is_as_at_once(
        order in Just((0..80usize).collect::<Vec<_>>()).prop_shuffle(),
        erased in prop::collection::vec(0..200usize, 0..12),
        decided in prop::collection::vec((0..200usize, 0..200usize, any::<bool>()), 0..6),
    ) {
        let settings = Settings::built_in().unwrap();
        let mut records = village(90);
        records.truncate(200);
        let model = link(&records, &[], &settings).model;
        let (early, late) = records.split_at(records.len() - 80);
        let mut followed = Followed::of(early, &settings, &model);
        for place in order {
            followed.change(&late[place..=place], &[], &[]);
        }
        prop_assert_eq!(&followed.people, &at_once(&records, &[], &settings, &model));

        let decisions: Vec<Decision> = decided
            .iter()
            .filter(|(a, b, _)| a != b)
            .map(|(a, b, same)| Decision { a: records[*a].id.clone(), b: records[*b].id.clone(), same: *same })
            .collect();
        for decision in &decisions {
            followed.change(&[], &[], std::slice::from_ref(decision));
        }
        prop_assert_eq!(&followed.people, &at_once(&records, &decisions, &settings, &model));

        let gone: BTreeSet<String> = erased.iter().map(|place| records[*place].id.clone()).collect();
        for id in &gone {
            followed.change(&[], &[id], &[]);
        }
        records.retain(|record| !gone.contains(&record.id));
        prop_assert_eq!(&followed.people, &at_once(&records, &decisions, &settings, &model));
    }
}

#[test]
fn a_record_that_changes_leaves_one_person_and_joins_another() {
    let settings = Settings::built_in().unwrap();
    let mut records = village(60);
    let model = link(&records, &[], &settings).model;
    let mut followed = Followed::of(&records, &settings, &model);
    let (one, other) = (records[0].clone(), records[40].clone());
    let changed = Record { id: one.id.clone(), ..other };
    followed.change(std::slice::from_ref(&changed), &[], &[]);
    records[0] = changed;
    assert_eq!(followed.people, at_once(&records, &[], &settings, &model));
    followed.change(std::slice::from_ref(&one), &[], &[]);
    records[0] = one;
    assert_eq!(followed.people, at_once(&records, &[], &settings, &model));
}

#[test]
fn a_protected_identity_is_never_found_from_the_other() {
    let settings = Settings::built_in().unwrap();
    let records = village(60);
    let model = link(&records, &[], &settings).model;
    let mut followed = Followed::of(&records, &settings, &model);
    let mut twin = records[0].clone();
    twin.id = "new identity".into();
    twin.scope = Some("protected 1".into());
    twin.names = vec![PersonName { surname: "Sorrel".into(), ..twin.names[0].clone() }];
    followed.change(std::slice::from_ref(&twin), &[], &[]);
    followed.change(&[], &[], &[Decision { a: twin.id.clone(), b: records[0].id.clone(), same: true }]);
    assert!(followed.people.contains(&vec![twin.id]));
}
