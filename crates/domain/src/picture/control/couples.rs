//! Whose control a record tells of, where no harm need be recorded: who is whose partner, or the other parent of a child,
//! as agencies name them. Which of the two controls the other is told by records, never by what they are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::centres::Area;
use super::super::ground::{Ground, P};
use crate::record::RelationKind;

/// Partners of everybody, with the first day a record said so.
pub(crate) struct Couples<'g, 'a> {
    area: Area<'g, 'a>,
    partners: BTreeMap<P, Vec<(Date, P)>>,
}

impl<'g, 'a> Couples<'g, 'a> {
    pub(crate) fn new(area: Area<'g, 'a>) -> Self {
        let mut partners: BTreeMap<P, Vec<(Date, P)>> = BTreeMap::new();
        for tie in &area.ground.ties {
            if matches!(tie.is, RelationKind::Partner | RelationKind::FormerPartner) {
                let day = area.ground.known_on(tie.rec);
                partners.entry(tie.of).or_default().push((day, tie.to));
                partners.entry(tie.to).or_default().push((day, tie.of));
            }
        }
        partners.values_mut().for_each(|list| list.sort_unstable());
        Self { area, partners }
    }

    /// Who may be meant by "partner" in a record of that day: whoever is recorded as causing them harm, else the partner
    /// named last, else the other parent of their child.
    pub(crate) fn partner(&self, person: P, day: Date) -> Option<P> {
        let adult = |other: &P| *other != person && !self.area.bios.is_child(*other, self.area.ground.on);
        let harmers = self.area.directions.harmers_of(person).iter().copied();
        let by = harmers.filter(|by| self.area.directions.mostly(*by, person)).filter(adult);
        // Somebody of whom only a first name was told may be the partner whom another agency names in full.
        let (named, nameless): (Vec<P>, Vec<P>) =
            by.partition(|by| !self.area.bios.of(*by).surname.is_empty());
        let nearest = self.nearest(&named, person, day);
        nearest
            .or_else(|| self.told_partner(person, day))
            .or_else(|| self.nearest(&nameless, person, day))
            .or_else(|| {
                let mine: BTreeSet<P> = self.children(person).collect();
                let parents = mine.iter().flat_map(|child| self.parents(*child));
                parents.filter(adult).min()
            })
    }

    /// Whether any record names a partner of theirs.
    pub(crate) fn has_partner(&self, person: P) -> bool {
        self.partners.contains_key(&person)
    }

    /// The partner whom records had named by then, else the first they name later.
    fn told_partner(&self, person: P, day: Date) -> Option<P> {
        let told = self.partners.get(&person)?;
        let before = told.iter().rev().filter(|(since, _)| *since <= day).map(|(_, other)| *other);
        let adult = |other: &P| {
            let named = !self.area.bios.of(*other).surname.is_empty();
            named && *other != person && !self.area.bios.is_child(*other, self.area.ground.on)
        };
        before.chain(told.iter().map(|(_, other)| *other)).find(adult)
    }

    /// Of those who harm somebody, who did so around that day.
    fn nearest(&self, by: &[P], person: P, day: Date) -> Option<P> {
        by.iter().copied().min_by_key(|by| {
            let pair = self.area.directions.pair(*by, person);
            let first = pair.and_then(|pair| pair.first).map(|first| first.first_day());
            (first.is_some_and(|first| first > day), first, *by)
        })
    }

    /// The adults around a child: parents, and partners of parents.
    pub(crate) fn parents(&self, child: P) -> impl Iterator<Item = P> + '_ {
        self.area.ground.ties_of(child).filter_map(move |tie| {
            let (other, is) = Ground::other_is(tie, child);
            matches!(is, RelationKind::Parent | RelationKind::PartnerOfParent).then_some(other)
        })
    }

    fn children(&self, person: P) -> impl Iterator<Item = P> + '_ {
        self.area.ground.ties_of(person).filter_map(move |tie| {
            let (other, is) = Ground::other_is(tie, person);
            (is == RelationKind::Child).then_some(other)
        })
    }
}
