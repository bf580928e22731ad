//! Who is named with whom: turns ties between records into associates of people, and into pairs that cannot be one.

use crate::few::Few;
use crate::profile::{Associate, Profile, Role};
use crate::record::TieKind;
use crate::roll::Roll;
use crate::table::at;

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
pub(crate) fn apart(roll: &Roll<'_>, person: &[u32]) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for (i, own) in person.iter().copied().enumerate() {
        for (other, _) in roll.ties(i).filter(|(_, kind)| two_people(*kind)) {
            let other = at(person, other);
            if own != other {
                out.push((own.min(other), own.max(other)));
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Gives each person their associates, and the addresses of close ones where they have none.
pub(crate) fn associate(profiles: &mut [Profile], roll: &Roll<'_>, person: &[u32]) {
    let mut lists: Vec<Vec<Associate>> = vec![Vec::new(); profiles.len()];
    for (i, own) in person.iter().copied().enumerate() {
        for (other, kind) in roll.ties(i) {
            let other = at(person, other);
            if own == other {
                continue;
            }
            let (mine, theirs) = roles(kind);
            for (who, with, role) in [(own, other, mine), (other, own, theirs)] {
                if let Some(list) = lists.get_mut(who as usize) {
                    list.push(Associate { other: with, role });
                }
            }
        }
    }
    let addresses: Vec<Few<u32>> = profiles.iter().map(|profile| profile.addresses.clone()).collect();
    for (profile, mut list) in profiles.iter_mut().zip(lists) {
        list.sort_unstable();
        list.dedup();
        if profile.addresses.is_empty() {
            let close = |role: Role| {
                matches!(role, Role::Partner | Role::Parent | Role::Child | Role::Sibling | Role::Household)
            };
            let mut implied: Vec<u32> = list
                .iter()
                .filter(|associate| close(associate.role))
                .filter_map(|associate| addresses.get(associate.other as usize))
                .flat_map(|ids| ids.iter().copied())
                .collect();
            implied.sort_unstable();
            implied.dedup();
            profile.implied = implied.into();
        }
        profile.associates = list.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Record, Tie};

    #[test]
    fn ties_become_associates_of_both_and_keep_them_apart() {
        let named = |id: &str, ties: Vec<Tie>| Record { id: id.into(), ties, ..Record::default() };
        let records =
            [named("child", vec![Tie { other: 1, kind: TieKind::Child }]), named("parent", Vec::new())];
        let roll = Roll::new(&records);
        let mut profiles =
            vec![Profile::default(), Profile { addresses: vec![7].into(), ..Profile::default() }];
        associate(&mut profiles, &roll, &[0, 1]);
        assert_eq!(*profiles[0].associates, [Associate { other: 1, role: Role::Child }]);
        assert_eq!(*profiles[1].associates, [Associate { other: 0, role: Role::Parent }]);
        assert_eq!(*profiles[0].implied, [7]);
        assert_eq!(apart(&roll, &[0, 1]), [(0, 1)]);
    }
}
