//! Finds who of the staff may be part of a family themselves: the same address, telephone, surname with date of
//! birth, or household as somebody in the picture. It errs towards a conflict: a wrong one costs a phone call.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::account::Details;
use crate::ids::{FamilyId, HouseholdId, PersonId};
use crate::picture::{Kept, Person, Settings, address_key, plain};
use crate::record::{Address, Place};
use crate::when::{Precision, When};

/// A member of staff with what they are found by.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Name to sign in with.
    pub user: String,
    /// Their own details.
    pub own: Details,
    /// Those they declared a conflict about: relatives, former partners, neighbours.
    pub declared: Vec<Details>,
}

/// Why somebody of the staff must not see somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// They live or lived at the same address.
    Address,
    /// They use or used the same telephone.
    Phone,
    /// The same surname and date of birth: they may be that person.
    SurnameAndBirth,
    /// Somebody they declared a conflict about.
    Declared,
    /// Of the household of somebody who may be them.
    Household,
    /// A relative of somebody who may be them.
    Relative,
    /// Of a family that one of these is in.
    Family,
}

impl Reason {
    /// What an administrator reads.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Address => "same address",
            Self::Phone => "same telephone number",
            Self::SurnameAndBirth => "same surname and date of birth",
            Self::Declared => "declared by them",
            Self::Household => "same household",
            Self::Relative => "relative",
            Self::Family => "same family",
        }
    }
}

/// Somebody of the picture as this rule sees them.
#[derive(Clone, Debug, Default)]
pub struct Party {
    /// Who.
    pub person: PersonId,
    surnames: BTreeSet<String>,
    born: BTreeSet<Date>,
    doors: BTreeSet<String>,
    phones: BTreeSet<String>,
    households: BTreeSet<HouseholdId>,
    relatives: BTreeSet<PersonId>,
    families: BTreeSet<FamilyId>,
}

impl Party {
    /// Takes from a person what is compared.
    #[must_use]
    pub fn of(person: &Person, settings: &Settings) -> Self {
        let names = || person.names.iter().map(|seen| &seen.name);
        let places = person.residences.iter().map(|stay| match &stay.place {
            Place::Known(address) => address_key(address, settings),
            Place::Kept(id) => kept_door(id.as_str()),
        });
        Self {
            person: person.id.clone(),
            surnames: names().map(|name| letters(&name.surname)).filter(|name| !name.is_empty()).collect(),
            born: person.born.iter().chain(&person.born_otherwise).filter_map(|when| exact(*when)).collect(),
            doors: places.filter(|door| !door.is_empty()).collect(),
            phones: person.phones.iter().filter_map(|phone| number(&phone.text)).collect(),
            households: person.residences.iter().map(|stay| stay.household.clone()).collect(),
            relatives: person.relations.iter().map(|relation| relation.to.clone()).collect(),
            families: person.families.iter().cloned().collect(),
        }
    }
}

/// How near one pass over everybody looks. Each pass needs what the one before has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Near {
    /// Those who match the details themselves.
    Matching,
    /// Those around somebody who may be the member of staff: household and relatives.
    AtHome,
    /// Everybody in the families of all these.
    InTheFamily,
}

impl Near {
    /// The passes in their order.
    pub const ALL: [Self; 3] = [Self::Matching, Self::AtHome, Self::InTheFamily];
}

/// What is known about one subject so far.
#[derive(Clone, Debug, Default)]
struct Around {
    found: BTreeMap<PersonId, BTreeSet<Reason>>,
    households: BTreeSet<HouseholdId>,
    relatives: BTreeSet<PersonId>,
    families: BTreeSet<FamilyId>,
}

/// Who stands at a key, and whether through their own details.
type Keyed = Vec<(usize, Reason)>;

/// Finds conflicts of many members of staff in few passes over everybody.
#[derive(Debug)]
pub struct Finder {
    users: Vec<String>,
    by_door: HashMap<String, Keyed>,
    by_phone: HashMap<String, Keyed>,
    by_birth: HashMap<(String, Date), Keyed>,
    around: Vec<Around>,
    by_household: HashMap<HouseholdId, Vec<usize>>,
    by_relative: HashMap<PersonId, Vec<usize>>,
    by_family: HashMap<FamilyId, Vec<usize>>,
}

impl Finder {
    /// Gets ready to look for these. Addresses in `kept` are compared too, and never come out again.
    #[must_use]
    pub fn new(subjects: &[Subject], settings: &Settings, kept: &Kept) -> Self {
        let mut finder = Self {
            users: subjects.iter().map(|subject| subject.user.clone()).collect(),
            by_door: HashMap::new(),
            by_phone: HashMap::new(),
            by_birth: HashMap::new(),
            around: vec![Around::default(); subjects.len()],
            by_household: HashMap::new(),
            by_relative: HashMap::new(),
            by_family: HashMap::new(),
        };
        for (index, subject) in subjects.iter().enumerate() {
            finder.enter(index, &subject.own, None, settings, kept);
            for declared in &subject.declared {
                finder.enter(index, declared, Some(Reason::Declared), settings, kept);
            }
        }
        finder
    }

    /// Whether nobody could be found, so that looking is not needed.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.by_door.is_empty() && self.by_phone.is_empty() && self.by_birth.is_empty()
    }

    fn enter(
        &mut self,
        index: usize,
        details: &Details,
        declared: Option<Reason>,
        settings: &Settings,
        kept: &Kept,
    ) {
        let reason = |own| (index, declared.unwrap_or(own));
        for address in &details.addresses {
            for door in doors(address, settings, kept) {
                self.by_door.entry(door).or_default().push(reason(Reason::Address));
            }
        }
        for phone in details.phones.iter().filter_map(|phone| number(phone)) {
            self.by_phone.entry(phone).or_default().push(reason(Reason::Phone));
        }
        let surnames = details.surnames.iter().map(|name| letters(name)).filter(|name| !name.is_empty());
        for (surname, born) in surnames.zip(std::iter::repeat(details.born)) {
            if let Some(born) = born {
                self.by_birth.entry((surname, born)).or_default().push(reason(Reason::SurnameAndBirth));
            }
        }
    }

    /// Looks at one person in one pass.
    pub fn look(&mut self, near: Near, party: &Party) {
        match near {
            Near::Matching => self.match_details(party),
            Near::AtHome => {
                for household in &party.households {
                    self.note(household, party, Reason::Household, |s| &s.by_household);
                }
                self.note(&party.person, party, Reason::Relative, |s| &s.by_relative);
            }
            Near::InTheFamily => {
                for family in &party.families {
                    self.note(family, party, Reason::Family, |s| &s.by_family);
                }
            }
        }
    }

    /// Ends a pass: what it found is what the next one looks around.
    pub fn end(&mut self, near: Near) {
        let around = self.around.iter().enumerate();
        match near {
            Near::Matching => {
                for (index, around) in around {
                    for household in &around.households {
                        self.by_household.entry(household.clone()).or_default().push(index);
                    }
                    for relative in &around.relatives {
                        self.by_relative.entry(relative.clone()).or_default().push(index);
                    }
                }
            }
            Near::AtHome => {
                for (index, around) in around {
                    for family in &around.families {
                        self.by_family.entry(family.clone()).or_default().push(index);
                    }
                }
            }
            Near::InTheFamily => {}
        }
    }

    /// Whom each user must not see, and why.
    pub fn found(self) -> impl Iterator<Item = (String, BTreeMap<PersonId, BTreeSet<Reason>>)> {
        let all = self.users.into_iter().zip(self.around);
        all.map(|(user, around)| (user, around.found)).filter(|(_, found)| !found.is_empty())
    }

    fn match_details(&mut self, party: &Party) {
        let doors = party.doors.iter().filter_map(|door| self.by_door.get(door));
        let phones = party.phones.iter().filter_map(|phone| self.by_phone.get(phone));
        let births = party.surnames.iter().flat_map(|surname| {
            party.born.iter().filter_map(|born| self.by_birth.get(&(surname.clone(), *born)))
        });
        let hits: Vec<(usize, Reason)> = doors.chain(phones).chain(births).flatten().copied().collect();
        for (index, reason) in hits {
            let Some(around) = self.around.get_mut(index) else { continue };
            around.found.entry(party.person.clone()).or_default().insert(reason);
            around.families.extend(party.families.iter().cloned());
            if reason == Reason::SurnameAndBirth {
                around.households.extend(party.households.iter().cloned());
                around.relatives.extend(party.relatives.iter().cloned());
            }
        }
    }

    fn note<K: std::hash::Hash + Eq>(
        &mut self,
        key: &K,
        party: &Party,
        reason: Reason,
        by: impl Fn(&Self) -> &HashMap<K, Vec<usize>>,
    ) {
        for index in by(self).get(key).cloned().unwrap_or_default() {
            let Some(around) = self.around.get_mut(index) else { continue };
            around.families.extend(party.families.iter().cloned());
            let reasons = around.found.entry(party.person.clone()).or_default();
            if reason != Reason::Family || reasons.is_empty() {
                reasons.insert(reason);
            }
        }
    }
}

fn doors(address: &Address, settings: &Settings, kept: &Kept) -> Vec<String> {
    let key = address_key(address, settings);
    let hidden = kept.is(address, settings).map(|id| kept_door(id.as_str()));
    Some(key).filter(|key| !key.is_empty()).into_iter().chain(hidden).collect()
}

/// A kept place among doors: never the form of an address.
fn kept_door(id: &str) -> String {
    format!("kept\u{1f}{id}")
}

fn exact(when: When) -> Option<Date> {
    matches!(when.precision(), Precision::Day | Precision::Minute).then(|| when.first_day())
}

/// A name without case, spaces, hyphens and apostrophes.
fn letters(name: &str) -> String {
    plain(name).replace(' ', "")
}

/// A telephone number in one form; `None` when it is too short to be anybody's own.
fn number(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let abroad = digits.strip_prefix("0044").or_else(|| digits.strip_prefix("44"));
    let national = abroad.map_or_else(|| digits.clone(), |rest| format!("0{}", rest.trim_start_matches('0')));
    (national.len() >= 9).then_some(national)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(lines: &str, postcode: &str) -> Address {
        Address { lines: lines.into(), postcode: postcode.into(), uprn: None }
    }

    fn party(person: &str) -> Party {
        Party { person: person.into(), ..Party::default() }
    }

    fn look(
        subjects: &[Subject],
        parties: &[Party],
    ) -> BTreeMap<String, BTreeMap<PersonId, BTreeSet<Reason>>> {
        let settings = Settings::built_in().unwrap();
        let mut finder = Finder::new(subjects, &settings, &Kept::none());
        for near in Near::ALL {
            parties.iter().for_each(|party| finder.look(near, party));
            finder.end(near);
        }
        finder.found().collect()
    }

    fn ruth() -> Subject {
        let own = Details {
            forenames: "Ruth".into(),
            surnames: vec!["Okafor-Pike".into()],
            born: Some(Date::constant(1988, 3, 4)),
            addresses: vec![address("Flat 2, 14 Mill Lane, Calderwick", "HD18 3BE")],
            phones: vec!["+44 7700 900123".into()],
        };
        Subject { user: "ruth".into(), own, declared: Vec::new() }
    }

    #[test]
    fn address_telephone_and_birth_each_tell() {
        let settings = Settings::built_in().unwrap();
        let mut one = party("P1");
        one.doors.insert(address_key(&address("flat 2, 14 Mill Ln", "HD18 3BE"), &settings));
        let mut other_door = party("P1b");
        other_door.doors.insert(address_key(&address("15 Mill Lane", "HD18 3BE"), &settings));
        let mut two = party("P2");
        two.phones.extend(number("07700 900 123"));
        let mut three = party("P3");
        three.surnames.insert(letters("okafor pike"));
        three.born.insert(Date::constant(1988, 3, 4));
        let mut same_name = party("P4");
        same_name.surnames.insert(letters("Okafor-Pike"));
        let found = look(&[ruth()], &[one, other_door, two, three, same_name]);
        let told: Vec<(&str, Vec<Reason>)> =
            found["ruth"].iter().map(|(id, why)| (id.as_str(), why.iter().copied().collect())).collect();
        assert_eq!(
            told,
            [
                ("P1", vec![Reason::Address]),
                ("P2", vec![Reason::Phone]),
                ("P3", vec![Reason::SurnameAndBirth])
            ]
        );
    }

    #[test]
    fn whoever_may_be_them_brings_household_relatives_and_families() {
        let mut herself = party("P1");
        herself.surnames.insert(letters("Okafor-Pike"));
        herself.born.insert(Date::constant(1988, 3, 4));
        herself.households.insert("H1".into());
        herself.relatives.insert("P9".into());
        let mut at_home = party("P2");
        at_home.households.insert("H1".into());
        at_home.families.insert("F1".into());
        let mut in_the_family = party("P3");
        in_the_family.families.insert("F1".into());
        let found = look(&[ruth()], &[in_the_family, party("P9"), at_home, herself, party("P5")]);
        let of = |person: &str| {
            found["ruth"].get(&person.into()).map(|why| why.iter().copied().collect::<Vec<_>>())
        };
        assert_eq!(of("P2"), Some(vec![Reason::Household]));
        assert_eq!(of("P3"), Some(vec![Reason::Family]));
        assert_eq!(of("P9"), Some(vec![Reason::Relative]));
        assert_eq!(of("P5"), None);
    }

    #[test]
    fn what_was_declared_is_found_without_telling_whether_it_is_there() {
        let declared = Details {
            surnames: vec!["Pike".into()],
            born: Some(Date::constant(1985, 1, 1)),
            ..Details::default()
        };
        let subject = Subject { user: "sam".into(), own: Details::default(), declared: vec![declared] };
        let mut him = party("P1");
        him.surnames.insert("pike".into());
        him.born.insert(Date::constant(1985, 1, 1));
        let found = look(std::slice::from_ref(&subject), &[him]);
        assert_eq!(found["sam"][&"P1".into()], BTreeSet::from([Reason::Declared]));
        assert!(look(&[subject], &[party("P2")]).is_empty());
    }

    #[test]
    fn numbers_and_names_have_one_form() {
        assert_eq!(number("+44 (0)7700 900123"), number("07700900123"));
        assert_eq!(number("0044 7700 900123"), number("07700 900123"));
        assert_eq!(number("999"), None);
        assert_eq!(letters("O’Brien-Smyth"), letters("OBRIEN SMYTH"));
    }
}
