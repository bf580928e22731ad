//! Which written addresses are one door. One slip of a keyboard must not make two households, and a neighbour's
//! door must not become one with it, so that looser matches need the same person at both.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::address::Parts;
use super::ground::{Ground, P};
use super::kept::Kept;
use crate::ids::{HouseholdId, KeptPlaceId};
use crate::record::{Address, Place};

/// A home as a small number.
pub(crate) type H = u32;

/// Every door that records speak of.
pub(crate) struct Doors<'a> {
    by_place: HashMap<&'a Place, H>,
    ids: Vec<HouseholdId>,
    places: Vec<Place>,
    /// Whether it is a prison or the like by its words.
    custody: Vec<bool>,
}

/// One written form, with all that helps to tell whether it is the same as another.
#[derive(Default)]
struct Form<'a> {
    parts: Parts,
    writings: Vec<(&'a Place, u32)>,
    uprns: BTreeSet<&'a str>,
    people: BTreeSet<P>,
    count: u32,
    kept: Option<KeptPlaceId>,
}

impl<'a> Doors<'a> {
    pub(crate) fn new(ground: &Ground<'a>, kept: &Kept) -> Self {
        let mut known: Vec<(&'a Place, u32, BTreeSet<P>)> = Vec::new();
        let mut at: HashMap<&'a Place, usize> = HashMap::new();
        let lived = ground.told.iter().map(|told| (&told.residence.place, Some(told.who)));
        let happened = ground.happened.iter().filter_map(|event| Some((event.event.place.as_ref()?, None)));
        for (place, who) in lived.chain(happened) {
            let index = *at.entry(place).or_insert_with(|| {
                known.push((place, 0, BTreeSet::new()));
                known.len() - 1
            });
            if let Some((_, count, people)) = known.get_mut(index) {
                *count += 1;
                people.extend(who);
            }
        }
        known.sort_by(|a, b| a.0.cmp(b.0));

        let mut doors =
            Self { by_place: HashMap::new(), ids: Vec::new(), places: Vec::new(), custody: Vec::new() };
        let mut forms: BTreeMap<String, Form<'a>> = BTreeMap::new();
        let mut of_kept: BTreeMap<&KeptPlaceId, Vec<&'a Place>> = BTreeMap::new();
        for (place, count, people) in known {
            match place {
                Place::Kept(id) => of_kept.entry(id).or_default().push(place),
                Place::Known(address) => {
                    if let Some(parts) = Parts::of(address, &ground.settings.places) {
                        let form = forms.entry(parts.key()).or_default();
                        form.add(parts, place, address, count, people);
                    }
                }
            }
        }
        for (parts, id) in &kept.doors {
            let form = forms.entry(parts.key()).or_default();
            form.parts = parts.clone();
            form.kept.get_or_insert_with(|| id.clone());
        }
        doors.join(forms.into_values().collect(), of_kept, kept);
        let custody = |place: &Place| match place {
            Place::Known(address) => ground.settings.is_custody_place(&address.lines),
            Place::Kept(_) => false,
        };
        doors.custody = doors.places.iter().map(custody).collect();
        doors
    }

    fn join(
        &mut self,
        forms: Vec<Form<'a>>,
        mut of_kept: BTreeMap<&KeptPlaceId, Vec<&'a Place>>,
        kept: &Kept,
    ) {
        let mut joined = Joined::new(forms.len());
        join_by_uprn(&forms, &mut joined);
        join_within_postcodes(&forms, &mut joined);
        join_across_postcodes(&forms, &mut joined);

        let mut doors: BTreeMap<usize, Vec<&Form<'a>>> = BTreeMap::new();
        for (at, form) in forms.iter().enumerate() {
            doors.entry(joined.root(at)).or_default().push(form);
        }
        for forms in doors.into_values() {
            let by_uprn = || {
                let mut uprns = forms.iter().flat_map(|form| &form.uprns);
                uprns.find_map(|uprn| kept.uprns.get(*uprn).cloned())
            };
            let by_door = || forms.iter().find_map(|form| kept.door(&form.parts));
            let secret = forms.iter().find_map(|form| form.kept.clone()).or_else(by_uprn).or_else(by_door);
            let mut writings: Vec<&'a Place> =
                forms.iter().flat_map(|form| form.writings.iter().map(|(place, _)| *place)).collect();
            if let Some(id) = secret {
                if let Some((id, places)) = of_kept.remove_entry(&id) {
                    writings.extend(places);
                    self.add(kept_id(id), Place::Kept(id.clone()), &writings);
                } else if !writings.is_empty() {
                    self.add(kept_id(&id), Place::Kept(id), &writings);
                }
            } else if let Some((key, place)) = best_writing(&forms) {
                self.add(HouseholdId::from(format!("H{:016x}", fingerprint(&key))), place.clone(), &writings);
            }
        }
        for (id, places) in of_kept {
            self.add(kept_id(id), Place::Kept(id.clone()), &places);
        }
    }

    fn add(&mut self, id: HouseholdId, place: Place, writings: &[&'a Place]) {
        let Ok(number) = H::try_from(self.ids.len()) else { return };
        self.ids.push(id);
        self.places.push(place);
        for writing in writings {
            self.by_place.insert(writing, number);
        }
    }

    /// The door of a written place; `None` when it names none.
    pub(crate) fn of(&self, place: &Place) -> Option<H> {
        self.by_place.get(place).copied()
    }

    /// Its id.
    pub(crate) fn id(&self, home: H) -> HouseholdId {
        self.ids.get(home as usize).cloned().unwrap_or_default()
    }

    /// The place to show: as most often written, or kept.
    pub(crate) fn place(&self, home: H) -> Option<&Place> {
        self.places.get(home as usize)
    }

    /// A place fit to be shown: kept where its door is.
    pub(crate) fn shown(&self, place: &Place) -> Place {
        match (self.of(place).and_then(|home| self.place(home)), place) {
            (Some(kept @ Place::Kept(_)), _) => kept.clone(),
            _ => place.clone(),
        }
    }

    /// Whether it is a prison or approved premises.
    pub(crate) fn is_custody(&self, home: H) -> bool {
        self.custody.get(home as usize).copied().unwrap_or(false)
    }

    pub(crate) fn count(&self) -> usize {
        self.ids.len()
    }
}

impl<'a> Form<'a> {
    fn add(&mut self, parts: Parts, place: &'a Place, address: &'a Address, count: u32, people: BTreeSet<P>) {
        if self.parts.town.is_empty() {
            self.parts = parts;
        }
        self.writings.push((place, count));
        self.uprns.extend(address.uprn.as_deref());
        self.people.extend(people);
        self.count += count;
    }

    /// Whether everybody here is also there, so that this can be a slip for that.
    fn is_slip_for(&self, other: &Self) -> bool {
        self.count <= other.count && !self.people.is_empty() && self.people.is_subset(&other.people)
    }
}

fn kept_id(id: &KeptPlaceId) -> HouseholdId {
    HouseholdId::from(format!("H{:016x}", fingerprint(&format!("kept {id}"))))
}

/// FNV-1a, 64 bits: the same on every machine and in every version, and no way back to the address by itself.
pub(crate) fn fingerprint(text: &str) -> u64 {
    let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    // A second round spreads the last letters over the whole number.
    let once = text.bytes().fold(0xcbf2_9ce4_8422_2325, fnv);
    once.to_le_bytes().into_iter().fold(once, fnv)
}

/// The form most often used, and its nicest writing.
fn best_writing<'a>(forms: &[&Form<'a>]) -> Option<(String, &'a Place)> {
    let best = forms
        .iter()
        .filter(|form| !form.writings.is_empty())
        .max_by(|a, b| a.count.cmp(&b.count).then_with(|| b.parts.key().cmp(&a.parts.key())))?;
    let nice = |place: &Place| match place {
        Place::Known(address) => {
            let mixed = address.lines.chars().any(char::is_lowercase);
            (mixed, address.uprn.is_some())
        }
        Place::Kept(_) => (false, false),
    };
    let (place, _) = best.writings.iter().max_by(|(a, times_a), (b, times_b)| {
        nice(a).0.cmp(&nice(b).0).then(times_a.cmp(times_b)).then(nice(a).1.cmp(&nice(b).1)).then(b.cmp(a))
    })?;
    Some((best.parts.key(), place))
}

fn join_by_uprn(forms: &[Form<'_>], joined: &mut Joined) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, form) in forms.iter().enumerate() {
        for uprn in &form.uprns {
            joined.join(*seen.entry(uprn).or_insert(at), at);
        }
    }
}

fn join_within_postcodes(forms: &[Form<'_>], joined: &mut Joined) {
    let mut by_postcode: BTreeMap<&str, Vec<(usize, &Form<'_>)>> = BTreeMap::new();
    for (at, form) in forms.iter().enumerate() {
        if !form.parts.postcode.is_empty() {
            by_postcode.entry(&form.parts.postcode).or_default().push((at, form));
        }
    }
    for near in by_postcode.values() {
        for (n, (a, form)) in near.iter().enumerate() {
            for (b, other) in near.iter().skip(n + 1) {
                let slip = || form.is_slip_for(other) || other.is_slip_for(form);
                if form.parts.same_door(&other.parts) || (form.parts.nearly_same_door(&other.parts) && slip())
                {
                    joined.join(*a, *b);
                }
            }
        }
    }
}

/// The same door with the postcode left out, or with a slip in it.
fn join_across_postcodes(forms: &[Form<'_>], joined: &mut Joined) {
    let mut by_door: BTreeMap<(&str, &str), Vec<(usize, &Form<'_>)>> = BTreeMap::new();
    for (at, form) in forms.iter().enumerate() {
        by_door.entry((&form.parts.number, &form.parts.flat)).or_default().push((at, form));
    }
    for near in by_door.values() {
        let mut by_street: BTreeMap<&str, Vec<(usize, &Form<'_>)>> = BTreeMap::new();
        for (at, form) in near {
            by_street.entry(&form.parts.street).or_default().push((*at, form));
        }
        for near in by_street.values() {
            for (n, (a, form)) in near.iter().enumerate() {
                for (b, other) in near.iter().skip(n + 1) {
                    let (x, y) = (&form.parts, &other.parts);
                    let one_has_none = x.postcode.is_empty() || y.postcode.is_empty();
                    let town = !x.town.is_empty() && x.town == y.town;
                    let slip = || form.is_slip_for(other) || other.is_slip_for(form);
                    let near = || x.outward() == y.outward() || edits(&x.postcode, &y.postcode);
                    if (town && (one_has_none || near())) || ((one_has_none || near()) && slip()) {
                        joined.join(*a, *b);
                    }
                }
            }
        }
    }
}

fn edits(a: &str, b: &str) -> bool {
    super::closeness::edits(a, b, 1).is_some()
}

/// What is joined with what.
struct Joined(Vec<usize>);

impl Joined {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn root(&mut self, at: usize) -> usize {
        let mut root = at;
        while let Some(&up) = self.0.get(root) {
            if up == root {
                break;
            }
            root = up;
        }
        let mut below = at;
        while let Some(up) = self.0.get_mut(below) {
            if *up == root {
                break;
            }
            below = std::mem::replace(up, root);
        }
        root
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(up) = self.0.get_mut(a.max(b)) {
            *up = a.min(b);
        }
    }
}
