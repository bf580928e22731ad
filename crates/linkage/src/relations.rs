//! Who is named with whom: turns ties between records into associates of people, and into pairs that cannot be one.

use crate::few::Few;
use crate::places::Address;
use crate::profile::{Associate, Profile, Role};
use crate::record::TieKind;
use crate::table::at;

/// The record with the tie, the other one, and the kind.
pub(crate) type Bound = (u32, u32, TieKind);

/// What `kind` makes of the person with the tie, and of the other one.
fn roles(kind: TieKind) -> (Role, Role) {
    match kind {
        TieKind::SameRow | TieKind::Relative | TieKind::Other => (Role::Other, Role::Other),
        TieKind::SameEvent => (Role::Event, Role::Event),
        TieKind::SameHousehold => (Role::Household, Role::Household),
        TieKind::Parent | TieKind::PartnerOfParent => (Role::Parent, Role::Child),
        TieKind::Child => (Role::Child, Role::Parent),
        TieKind::Partner => (Role::Partner, Role::Partner),
        TieKind::FormerPartner => (Role::FormerPartner, Role::FormerPartner),
        TieKind::Sibling => (Role::Sibling, Role::Sibling),
        TieKind::CausesHarmTo => (Role::Harms, Role::Other),
    }
}

/// Whether a tie of this kind means two people for certain.
fn two_people(kind: TieKind) -> bool {
    !matches!(kind, TieKind::SameEvent | TieKind::SameHousehold | TieKind::Other)
}

/// Pairs of people that cannot be one, by the ties of their records. `person` gives each record's person.
pub(crate) fn apart(ties: &[Bound], person: &[u32]) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for (of, other, _) in ties.iter().filter(|(_, _, kind)| two_people(*kind)) {
        let (own, other) = (at(person, *of), at(person, *other));
        if own != other {
            out.push((own.min(other), own.max(other)));
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Gives each person their associates, and the addresses of close ones where they have none.
pub(crate) fn associate(profiles: &mut [Profile], ties: &[Bound], person: &[u32]) {
    if ties.is_empty() {
        return;
    }
    let mut lists: Vec<Vec<Associate>> = vec![Vec::new(); profiles.len()];
    for (of, other, kind) in ties {
        let (own, other) = (at(person, *of), at(person, *other));
        if own == other {
            continue;
        }
        let (mine, theirs) = roles(*kind);
        for (who, with, role) in [(own, other, mine), (other, own, theirs)] {
            if let Some(list) = lists.get_mut(who as usize) {
                list.push(Associate { other: with, role });
            }
        }
    }
    let addresses: Vec<Few<Address>> = profiles.iter().map(|profile| profile.addresses.clone()).collect();
    for (profile, mut list) in profiles.iter_mut().zip(lists) {
        list.sort_unstable();
        list.dedup();
        let mut implied = Vec::new();
        if profile.addresses.is_empty() {
            let close = |role: Role| {
                matches!(role, Role::Partner | Role::Parent | Role::Child | Role::Sibling | Role::Household)
            };
            implied = list
                .iter()
                .filter(|associate| close(associate.role))
                .filter_map(|associate| addresses.get(associate.other as usize))
                .flat_map(|held| held.iter().copied())
                .collect();
            implied.sort_unstable();
            implied.dedup();
        }
        if profile.more.is_some() || !list.is_empty() {
            let more = profile.more.get_or_insert_default();
            (more.implied, more.associates) = (implied, list);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_become_associates_of_both_and_keep_them_apart() {
        let ties = [(0, 1, TieKind::Child)];
        let home = Address { numbers: [7, 0, 0], ..Address::default() };
        let mut profiles =
            vec![Profile::default(), Profile { addresses: vec![home].into(), ..Profile::default() }];
        associate(&mut profiles, &ties, &[0, 1]);
        assert_eq!(profiles[0].associates(), [Associate { other: 1, role: Role::Child }]);
        assert_eq!(profiles[1].associates(), [Associate { other: 0, role: Role::Parent }]);
        assert_eq!(profiles[0].implied(), [home]);
        assert_eq!(apart(&ties, &[0, 1]), [(0, 1)]);
    }
}
