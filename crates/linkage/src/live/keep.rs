//! From a whole file to what is kept for linking one record at a time.

use super::{Base, Changes, Keeper, Live, Member, NewTexts, handle};
use crate::cluster::Scored;
use crate::groups::members;
use crate::link::{Linked, Stage};
use crate::model::Model;
use crate::profile::{Profile, Tables, mark_busy};
use crate::record::Decision;
use crate::register::{Register, Roll};
use crate::settings::Settings;
use crate::table::{at, number};

/// Bases written at once.
const AT_ONCE: usize = 20_000;

/// What linking a whole file leaves behind for later.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// For each record its base.
    pub(crate) base: Vec<u32>,
    /// Pairs of bases with some weight, as weighed first.
    pub(crate) pairs: Vec<Scored>,
    /// For each round the person of each base.
    pub(crate) people: Vec<Vec<u32>>,
}

impl Register {
    /// Links the records taken up and keeps what linking one more at a time needs.
    ///
    /// # Errors
    /// Those of the keeper.
    pub fn link_and_keep<K: Keeper>(
        self,
        decisions: &[Decision],
        settings: &Settings,
        model: Option<&Model>,
        keeper: &mut K,
        watch: &(dyn Fn(Stage) + Sync),
    ) -> Result<Linked, K::Error> {
        watch(Stage::Order);
        let (roll, profiles, tables) = self.roll();
        let profile = |index: &u32| profiles.get(*index);
        let bytes = roll.given.iter().filter_map(profile).map(Profile::to_bytes).collect::<Vec<_>>();
        let (linked, tables, trail) = roll.run(profiles, tables, decisions, settings, model, true, watch);
        let texts = tables.texts();
        let live = Live::new(settings.clone(), linked.model.clone(), &texts);
        keeper.write(&Changes { texts, ..Changes::default() })?;
        live.write_all(&roll, &bytes, &trail, decisions, keeper)?;
        Ok(linked)
    }
}

impl Live {
    fn write_all<K: Keeper>(
        &self,
        roll: &Roll,
        bytes: &[Vec<u8>],
        trail: &Trail,
        decisions: &[Decision],
        keeper: &mut K,
    ) -> Result<(), K::Error> {
        let count = trail.people.first().map_or(0, Vec::len);
        let records = members(&trail.base, count);
        let mut edges: Vec<Vec<(u32, f64)>> = vec![Vec::new(); count];
        for pair in &trail.pairs {
            for (own, other) in [(pair.a, pair.b), (pair.b, pair.a)] {
                if let Some(list) = edges.get_mut(own as usize) {
                    list.push((other, pair.weight));
                }
            }
        }
        let rounds: Vec<_> = trail
            .people
            .iter()
            .map(|people| {
                let most = people.iter().max().map_or(0, |most| *most as usize + 1);
                let listed: Vec<Vec<u32>> = members(people, most).iter().map(<[u32]>::to_vec).collect();
                (people, listed)
            })
            .collect();
        let mut numbers = vec![Vec::new(); bytes.len()];
        for (number, place) in &roll.refs {
            if let Some(list) = numbers.get_mut(*place as usize) {
                list.push(*number);
            }
        }
        let mut changes = Changes::default();
        for ((own, places), edges) in records.iter().enumerate().zip(edges) {
            let base = number(own);
            let mut all = Vec::new();
            for place in places {
                let profile = bytes.get(*place as usize).and_then(|bytes| Profile::from_bytes(bytes));
                let mut profile = [profile.unwrap_or_default()];
                mark_busy(&mut profile, &self.tables, &self.model);
                let [profile] = profile;
                let id = roll.id(*place).to_owned();
                let decided = decided(&id, decisions);
                let numbers = numbers.get(*place as usize).cloned().unwrap_or_default();
                changes.handles.extend(numbers.iter().copied().chain([handle(&id)]).map(|held| (held, base)));
                all.push(Member { id, numbers, decided, profile });
            }
            let mut mates: Vec<Vec<u32>> = rounds
                .iter()
                .filter_map(|(people, listed)| listed.get(at(people, base) as usize))
                .map(|mates| if mates.len() > 1 { mates.clone() } else { Vec::new() })
                .collect();
            shorten(&mut mates);
            let held = Base { members: all, edges, mates };
            changes.keys.extend(self.keys(&held.profile()).into_iter().map(|key| (key, base)));
            changes.bases.push((base, held.to_bytes()));
            if changes.bases.len() == AT_ONCE {
                keeper.write(&std::mem::take(&mut changes))?;
            }
        }
        keeper.write(&changes)
    }
}

/// The last of equal rounds stands for those after it.
pub(super) fn shorten(mates: &mut Vec<Vec<u32>>) {
    while let [.., before, last] = mates.as_slice() {
        if before != last {
            break;
        }
        mates.pop();
    }
}

fn decided(id: &str, decisions: &[Decision]) -> Vec<(u128, bool)> {
    let mut out: Vec<(u128, bool)> = Vec::new();
    for decision in decisions {
        let other = match id {
            _ if decision.a == id => &decision.b,
            _ if decision.b == id => &decision.a,
            _ => continue,
        };
        out.retain(|(held, _)| *held != handle(other));
        out.push((handle(other), decision.same));
    }
    out
}

impl Tables {
    /// All texts, in the order of their numbers.
    fn texts(&self) -> NewTexts {
        let all =
            |count: usize, text: &dyn Fn(u32) -> String| (1..count).map(|id| text(number(id))).collect();
        NewTexts {
            words: all(self.words.len(), &|id| self.words.text(id).to_owned()),
            places: all(self.places.len(), &|id| self.places.text(id).to_owned()),
            spaces: all(self.spaces.len(), &|id| self.spaces.text(id).to_owned()),
        }
    }
}
