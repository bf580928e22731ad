//! Which doubtful link a person should look at first: not the one with the middling score, but the one where a wrong
//! answer would cost most and is likely.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Settings;
use super::kept::Kept;
use super::shape::{KnownRecord, Picture};
use crate::ids::{FamilyId, PersonId};
use crate::record::{LifeStage, Mention, Place, Role, Who};

/// What is known of one side of a doubtful link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// Recorded as causing harm.
    pub causes_harm: bool,
    /// Recorded as harmed by somebody.
    pub harmed: bool,
    /// A child, or not yet born.
    pub child: bool,
    /// A child whom nobody has seen or spoken to.
    pub unseen: bool,
    /// Has an address that must be kept, in records that may be shown.
    pub kept: bool,
    /// Must be protected for a reason that may not be shown: a confidential export, a protected identity.
    pub sealed: bool,
    /// Families they are part of.
    pub families: BTreeSet<FamilyId>,
}

/// A link in doubt.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubtful {
    /// How likely both sides are one person, 0 to 1.
    pub probability: f64,
    /// Whether they are one person in the picture now.
    pub joined: bool,
    /// Both sides.
    pub sides: [Side; 2],
}

/// What a wrong answer would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worry {
    /// Joined wrongly: a kept address comes to the wrong person.
    KeptPlace,
    /// Joined wrongly: harm somebody caused is read as done by somebody who was harmed.
    HarmAndHarmed,
    /// Joined wrongly: harm somebody caused is read as a child's.
    HarmAndChild,
    /// Joined wrongly: one child stands for another.
    TwoChildren,
    /// Joined wrongly, nothing more.
    Mixed,
    /// Apart wrongly: nobody sees that this child was, or was not, seen.
    UnseenChild,
    /// Apart wrongly: the next family does not show.
    NextFamily,
    /// Apart wrongly: a family counts somebody twice.
    SameFamily,
    /// Apart wrongly, nothing more.
    Scattered,
}

impl Worry {
    /// Why it matters, in one plain sentence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::KeptPlace => {
                "If they are two people, an address that must be kept could be linked to the wrong person."
            }
            Self::HarmAndHarmed => {
                "If they are two people, harm that one of them caused is read as done by somebody who was harmed."
            }
            Self::HarmAndChild => {
                "If they are two people, harm that an adult caused stands on a child’s page."
            }
            Self::TwoChildren => "If they are two children, one child’s records stand in for the other’s.",
            Self::Mixed => "If they are two people, what is known of one is shown as the other’s.",
            Self::UnseenChild => {
                "If they are one child, who last saw and listened to them may be recorded under the other page."
            }
            Self::NextFamily => {
                "If they are one person, somebody recorded as causing harm is with another family, and its page does not say so."
            }
            Self::SameFamily => {
                "If they are one person, their family’s page counts them twice and each page tells half."
            }
            Self::Scattered => "If they are one person, what agencies know of them stays on two pages.",
        }
    }
}

/// What hangs on a doubtful link.
#[derive(Clone, Debug, PartialEq)]
pub struct Stake {
    /// How likely the answer that stands now is wrong, 0 to 1.
    pub wrong: f64,
    /// What it would cost if it is.
    pub cost: f64,
    /// Both together: the place in the queue.
    pub weight: f64,
    /// What may be shown of why, worst first; never empty.
    pub worries: Vec<Worry>,
    /// Whether two people must decide: somebody has to be kept safe from being found.
    pub needs_two: bool,
}

/// What a wrong answer would cost, as a partnership sets it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Costs {
    #[serde(rename = "version")]
    _version: u32,
    queue: Queue,
    joined_wrongly: JoinedWrongly,
    apart_wrongly: ApartWrongly,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Queue {
    most: usize,
    weak_below: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JoinedWrongly {
    kept: f64,
    harm_and_harmed: f64,
    harm_and_child: f64,
    two_children: f64,
    otherwise: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApartWrongly {
    unseen_child: f64,
    next_family: f64,
    same_family: f64,
    otherwise: f64,
}

impl Costs {
    /// The first setting that cannot be meant, with what is wrong.
    pub(crate) fn check(&self) -> Result<(), (&'static str, String)> {
        let (joined, apart) = (&self.joined_wrongly, &self.apart_wrongly);
        let costs = [
            ("joined_wrongly.kept", joined.kept),
            ("joined_wrongly.harm_and_harmed", joined.harm_and_harmed),
            ("joined_wrongly.harm_and_child", joined.harm_and_child),
            ("joined_wrongly.two_children", joined.two_children),
            ("joined_wrongly.otherwise", joined.otherwise),
            ("apart_wrongly.unseen_child", apart.unseen_child),
            ("apart_wrongly.next_family", apart.next_family),
            ("apart_wrongly.same_family", apart.same_family),
            ("apart_wrongly.otherwise", apart.otherwise),
        ];
        for (field, found) in costs {
            if !(0.0..=1000.0).contains(&found) {
                return Err((field, format!("found {found}, expected a cost from 0 to 1000")));
            }
        }
        if !(0.0..=40.0).contains(&self.queue.weak_below) {
            let found = format!("found {}, expected a weight from 0 to 40", self.queue.weak_below);
            return Err(("queue.weak_below", found));
        }
        if !(1..=5000).contains(&self.queue.most) {
            let found = format!("found {}, expected a number from 1 to 5000", self.queue.most);
            return Err(("queue.most", found));
        }
        Ok(())
    }
}

impl Settings {
    /// How many doubtful links are listed at most.
    #[must_use]
    pub fn doubts_listed(&self) -> usize {
        self.doubt.queue.most
    }

    /// Below this weight a link that holds a person together is doubtful.
    #[must_use]
    pub fn weak_link(&self) -> f64 {
        self.doubt.queue.weak_below
    }
}

/// What hangs on a link: the cost of the answer that stands now, times how likely it is wrong.
#[must_use]
pub fn stake(doubt: &Doubtful, settings: &Settings) -> Stake {
    let [one, other] = &doubt.sides;
    let either = |says: fn(&Side, &Side) -> bool| says(one, other) || says(other, one);
    let needs_two = either(|side, _| side.kept || side.sealed);
    let probability = doubt.probability.clamp(0.0, 1.0);
    let mut found: Vec<(f64, Option<Worry>)> = Vec::new();
    let mut worry = |holds: bool, cost: f64, worry: Option<Worry>| {
        if holds {
            found.push((cost, worry));
        }
    };
    let (wrong, otherwise) = if doubt.joined {
        let costs = &settings.doubt.joined_wrongly;
        let kept = either(|side, _| side.kept);
        worry(needs_two, costs.kept, kept.then_some(Worry::KeptPlace));
        let harmed = either(|side, other| side.causes_harm && other.harmed && !other.causes_harm);
        worry(harmed, costs.harm_and_harmed, Some(Worry::HarmAndHarmed));
        let child = either(|side, other| side.causes_harm && other.child && !side.child);
        worry(child, costs.harm_and_child, Some(Worry::HarmAndChild));
        worry(one.child && other.child, costs.two_children, Some(Worry::TwoChildren));
        (1.0 - probability, (costs.otherwise, Worry::Mixed))
    } else {
        let costs = &settings.doubt.apart_wrongly;
        worry(either(|side, _| side.unseen), costs.unseen_child, Some(Worry::UnseenChild));
        let next = either(|side, other| side.causes_harm && !other.families.is_subset(&side.families));
        worry(next, costs.next_family, Some(Worry::NextFamily));
        let shared = !one.families.is_disjoint(&other.families);
        worry(shared, costs.same_family, Some(Worry::SameFamily));
        (probability, (costs.otherwise, Worry::Scattered))
    };
    let cost = otherwise.0 + found.iter().map(|(cost, _)| cost).sum::<f64>();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut worries: Vec<Worry> = found.into_iter().filter_map(|(_, worry)| worry).collect();
    if worries.is_empty() {
        worries.push(otherwise.1);
    }
    Stake { wrong, cost, weight: wrong * cost, worries, needs_two }
}

/// The picture, with what every side asks of it worked out once.
pub struct Drawn<'p> {
    picture: &'p Picture,
    unseen: BTreeSet<&'p PersonId>,
}

impl<'p> Drawn<'p> {
    /// Ready to be asked.
    #[must_use]
    pub fn new(picture: &'p Picture) -> Self {
        let unseen = picture.children.iter().filter(|line| !line.gap.is_empty()).map(|line| &line.person);
        Self { picture, unseen: unseen.collect() }
    }
}

/// What some records say of one side of a link, and the picture of the person they are part of: where the sides are
/// one person now, the picture cannot tell them apart and is left out.
#[must_use]
pub fn side<'r>(
    records: impl IntoIterator<Item = (&'r KnownRecord, &'r Mention)>,
    drawn: Option<(&Drawn<'_>, &PersonId)>,
    kept: &Kept,
    settings: &Settings,
) -> Side {
    let mut side = Side::default();
    let (mut children, mut adults) = (0_u32, 0_u32);
    for (known, mention) in records {
        if known.sealed {
            side.sealed = true;
            continue;
        }
        children += u32::from(matches!(mention.stage, LifeStage::Child | LifeStage::Unborn));
        adults += u32::from(mention.stage == LifeStage::Adult);
        let own = |who: &Who| match who {
            Who::Here(sub) => *sub == mention.sub,
            Who::Local(number) => mention.local_refs.contains(number),
            Who::Group(group) => mention.groups.contains(group),
        };
        for involved in known.record.events.iter().flat_map(|event| &event.involved) {
            if own(&involved.who) {
                side.causes_harm |= involved.role == Role::CausingHarm;
                side.harmed |= involved.role == Role::Victim;
                children += u32::from(matches!(involved.role, Role::ChildPresent | Role::ChildOfHousehold));
            }
        }
        side.kept |=
            known.record.residences.iter().filter(|stay| own(&stay.who)).any(|stay| match &stay.place {
                Place::Kept(_) => true,
                Place::Known(address) => kept.is(address, settings).is_some(),
            });
    }
    side.child = children > adults;
    if let Some((drawn, id)) = drawn {
        let picture = drawn.picture;
        if let Some(person) = picture.people.get(id) {
            side.child = matches!(person.stage, LifeStage::Child | LifeStage::Unborn);
            side.families = person.families.iter().cloned().collect();
        }
        side.causes_harm |= picture.harm.contains_key(id);
        side.unseen = side.child && drawn.unseen.contains(id);
    }
    side
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::Rows;
    use super::*;

    fn settings() -> Settings {
        Settings::built_in().unwrap()
    }

    fn of(joined: bool, probability: f64, one: Side, other: Side) -> Stake {
        stake(&Doubtful { probability, joined, sides: [one, other] }, &settings())
    }

    fn family(id: &str) -> BTreeSet<FamilyId> {
        [FamilyId::from(id)].into()
    }

    #[test]
    fn what_hangs_on_it_goes_before_the_score() {
        let unseen = Side { child: true, unseen: true, ..Side::default() };
        let pressing = of(false, 0.3, unseen, Side::default());
        let certain = of(false, 0.9, Side::default(), Side::default());
        assert!(pressing.weight > certain.weight);
        assert_eq!(pressing.worries, [Worry::UnseenChild]);
        assert_eq!(certain.worries, [Worry::Scattered]);
    }

    #[test]
    fn a_next_family_is_one_that_the_person_causing_harm_is_not_in() {
        let harm = |families| Side { causes_harm: true, families, ..Side::default() };
        let living = |families| Side { families, ..Side::default() };
        let next = of(false, 0.5, living(family("f2")), harm(family("f1")));
        assert_eq!(next.worries, [Worry::NextFamily]);
        let same = of(false, 0.5, living(family("f1")), harm(family("f1")));
        assert_eq!(same.worries, [Worry::SameFamily]);
    }

    #[test]
    fn a_weak_join_of_somebody_harmed_with_somebody_causing_harm_is_told_first() {
        let harm = Side { causes_harm: true, ..Side::default() };
        let harmed = Side { harmed: true, ..Side::default() };
        let mixed = of(true, 0.9, harm.clone(), harmed);
        assert_eq!(mixed.worries, [Worry::HarmAndHarmed]);
        let both = Side { harmed: true, causes_harm: true, ..Side::default() };
        assert_eq!(of(true, 0.9, harm, both).worries, [Worry::Mixed]);
    }

    #[test]
    fn what_may_not_be_shown_counts_and_is_not_told() {
        let sealed = Side { sealed: true, ..Side::default() };
        let (hidden, open) =
            (of(true, 0.9, sealed, Side::default()), of(true, 0.9, Side::default(), Side::default()));
        assert!(hidden.needs_two && !open.needs_two);
        assert!(hidden.weight > open.weight);
        assert_eq!(hidden.worries, open.worries);
    }

    #[test]
    fn the_sides_are_read_from_their_records() {
        let mut rows = Rows::default();
        rows.harm("I1", "2026-05-01", "Dan Vole", "Ada Finch");
        rows.visit("Lea Finch", "2026-05-02", true, false, false);
        let picture = rows.draw();
        let read = |name: &str| {
            let of = rows.0.iter().filter(|known| known.persons.first() == Some(&name.into()));
            let of: Vec<_> = of.map(|known| (known, &known.record.people[0])).collect();
            side(of, Some((&Drawn::new(&picture), &name.into())), &Kept::none(), &settings())
        };
        assert!(read("Dan Vole").causes_harm && !read("Dan Vole").harmed);
        assert!(read("Ada Finch").harmed && !read("Ada Finch").causes_harm);
        for known in &mut rows.0 {
            known.sealed = true;
        }
        let hidden = rows.0.iter().map(|known| (known, &known.record.people)).find(|(_, p)| !p.is_empty());
        let (known, people) = hidden.unwrap();
        let side = side([(known, &people[0])], None, &Kept::none(), &settings());
        assert_eq!(side, Side { sealed: true, ..Side::default() });
    }

    fn any_side() -> impl Strategy<Value = Side> {
        (any::<[bool; 6]>(), 0_u8..3).prop_map(|([causes_harm, harmed, child, unseen, kept, sealed], f)| {
            Side { causes_harm, harmed, child, unseen, kept, sealed, families: family(&format!("f{f}")) }
        })
    }

    proptest! {
        #[test]
        fn which_side_comes_first_changes_nothing(one in any_side(), other in any_side(), joined: bool, p in 0.0..1.0) {
            let there = of(joined, p, one.clone(), other.clone());
            prop_assert_eq!(&there, &of(joined, p, other, one));
            prop_assert!(there.weight >= 0.0 && !there.worries.is_empty());
        }

        #[test]
        fn the_likelier_the_answer_is_wrong_the_earlier_it_is_asked(
            one in any_side(), other in any_side(), joined: bool, p in 0.0..1.0, q in 0.0..1.0,
        ) {
            let (low, high) = if (p < q) == joined { (q, p) } else { (p, q) };
            let stake = |p| of(joined, p, one.clone(), other.clone()).weight;
            prop_assert!(stake(low) <= stake(high));
        }
    }
}
