//! What one viewer sees of their audience's picture: nobody they are barred from, and, where their role does not
//! oversee, only the families allocated to them. Whatever is read says whom it names ([`Named`]), so that nothing can
//! be read past this.

use std::collections::{BTreeMap, BTreeSet};

use throughline_domain::ids::PersonId;
use throughline_domain::picture::{
    AskedFamily, Child, Control, CriticalPoint, Family, FamilyPart, Freshness, HarmProfile, Household,
    Incident, KnownRecord, NextFamily, OpenFamily, Person, ReportedHarm, Reporting, Today,
};
use throughline_domain::sharing::{Audience, Cut, Permits, cut_all};
use throughline_linkage::Model;

use crate::shelf::{
    Arrived, Aside, CutBlock, Derived, Doubt, Grounds, History, Involved, OpenFamilies, Parties, RowState,
    TodayFront, WhoBlock,
};

/// Something read, with the people it names.
pub trait Named {
    /// Whom it is about: those through whom somebody comes to it. Empty where it is about nobody.
    fn about(&self) -> Vec<&PersonId>;

    /// Everybody it names.
    fn names(&self) -> Vec<&PersonId> {
        self.about()
    }

    /// Whether it is for this viewer at all, whoever it names.
    fn is_for(&self, _sight: &Sight) -> bool {
        true
    }

    /// Takes out what this viewer may not have of it.
    fn trim(&mut self, _sight: &Sight) {}
}

/// What one viewer sees.
pub struct Sight {
    /// The audience whose picture they see.
    pub audience: Audience,
    pub(super) permits: Box<dyn Permits + Send + Sync>,
    /// Who must be absent for them.
    pub barred: BTreeSet<PersonId>,
    /// Facts that name somebody who must be absent.
    pub barred_facts: BTreeSet<u64>,
    /// Everybody of the families that are allocated to them or their team.
    pub own: BTreeSet<PersonId>,
    /// The families that are theirs; everybody of the audience's picture where their role oversees.
    pub only: Option<Theirs>,
}

/// The people of the families that are allocated to somebody.
#[derive(Clone, Debug, Default)]
pub struct Theirs {
    /// The members: they may be opened.
    pub members: BTreeSet<PersonId>,
    /// Those a person causing harm in these families is near to or harmed elsewhere: they may be named.
    pub beside: BTreeSet<PersonId>,
    /// Facts about the members.
    pub facts: BTreeSet<u64>,
}

impl Sight {
    /// What their role and allocations alone would show: for what must not tell of a bar. Nothing is opened with it.
    pub fn without_bars(self) -> Self {
        Self { barred: BTreeSet::new(), barred_facts: BTreeSet::new(), ..self }
    }

    /// Whether they may see this in a list, beside something that is theirs.
    pub fn may(&self, thing: &impl Named) -> bool {
        thing.is_for(self)
            && self.clear_of_bars(thing)
            && self.reaches(thing, |theirs, person| {
                theirs.members.contains(person) || theirs.beside.contains(person)
            })
    }

    /// Whether they may open this.
    pub fn may_open(&self, thing: &impl Named) -> bool {
        thing.is_for(self)
            && self.clear_of_bars(thing)
            && self.reaches(thing, |theirs, person| theirs.members.contains(person))
    }

    fn clear_of_bars(&self, thing: &impl Named) -> bool {
        self.barred.is_empty() || !thing.names().into_iter().any(|person| self.barred.contains(person))
    }

    fn reaches(&self, thing: &impl Named, is: impl Fn(&Theirs, &PersonId) -> bool) -> bool {
        let about = thing.about();
        let theirs = |only: &Theirs| about.is_empty() || about.iter().any(|person| is(only, person));
        self.only.as_ref().is_none_or(theirs)
    }

    /// Whether somebody may be named to them.
    pub fn may_name(&self, person: &PersonId) -> bool {
        let theirs = |only: &Theirs| only.members.contains(person) || only.beside.contains(person);
        !self.barred.contains(person) && self.only.as_ref().is_none_or(theirs)
    }

    /// Records as this viewer may have them; those they may not know of are left out. Decided again here, whatever was
    /// decided when the picture was drawn.
    pub fn of(&self, records: Vec<KnownRecord>, cuts: &[Cut]) -> Vec<KnownRecord> {
        let mut cut = cut_all(&records, &self.audience, cuts, self.permits.as_ref());
        cut.retain(|known| {
            let theirs = self.only.as_ref().is_none_or(|only| only.facts.contains(&known.seq));
            theirs && !self.barred_facts.contains(&known.seq)
        });
        cut
    }
}

impl Named for Person {
    fn about(&self) -> Vec<&PersonId> {
        vec![&self.id]
    }

    fn names(&self) -> Vec<&PersonId> {
        std::iter::once(&self.id).chain(self.relations.iter().map(|relation| &relation.to)).collect()
    }

    /// Somebody who is only beside what is theirs has a name and an age and no more.
    fn trim(&mut self, sight: &Sight) {
        if sight.only.as_ref().is_some_and(|only| !only.members.contains(&self.id)) {
            *self = Self {
                names: Vec::new(),
                born_otherwise: Vec::new(),
                residences: Vec::new(),
                phones: Vec::new(),
                identifiers: Vec::new(),
                relations: Vec::new(),
                families: Vec::new(),
                records: BTreeMap::new(),
                ..self.clone()
            };
        }
    }
}

impl Named for Family {
    /// Who causes harm leads to nobody's family: he may have several, and each is its own workers'.
    fn about(&self) -> Vec<&PersonId> {
        let led = self.members.iter().filter(|member| member.part != FamilyPart::CausingHarm);
        led.map(|member| &member.person).collect()
    }

    fn names(&self) -> Vec<&PersonId> {
        self.members.iter().map(|member| &member.person).collect()
    }
}

impl Named for Incident {
    fn about(&self) -> Vec<&PersonId> {
        self.involved.iter().map(|involved| &involved.person).chain(&self.children_not_named).collect()
    }
}

impl Named for Household {
    fn about(&self) -> Vec<&PersonId> {
        self.stays.iter().map(|stay| &stay.person).collect()
    }
}

impl Named for Vec<Child> {
    fn about(&self) -> Vec<&PersonId> {
        self.iter().map(|child| &child.person).collect()
    }

    /// A child who is only beside what is theirs is named there, and not followed in a list.
    fn trim(&mut self, sight: &Sight) {
        if let Some(only) = &sight.only {
            self.retain(|child| only.members.contains(&child.person));
        }
    }
}

impl Named for HarmProfile {
    fn about(&self) -> Vec<&PersonId> {
        vec![&self.person]
    }

    fn names(&self) -> Vec<&PersonId> {
        let victims = self.victims.iter().map(|harmed| &harmed.person);
        let near = self.near_now.iter().map(|near| &near.person);
        std::iter::once(&self.person).chain(victims).chain(&self.children).chain(near).collect()
    }
}

impl Named for NextFamily {
    fn about(&self) -> Vec<&PersonId> {
        std::iter::once(&self.person).chain(&self.new_partner).chain(&self.children).collect()
    }
}

impl Named for AskedFamily {
    /// The person causing harm alone leads to it, so that nobody comes to it from the household it points to.
    fn about(&self) -> Vec<&PersonId> {
        vec![&self.next.person]
    }

    fn names(&self) -> Vec<&PersonId> {
        self.next.about()
    }

    /// A suspicion is for whoever works with the person causing harm: to whom a family of theirs is allocated, or who oversees
    /// the work of an agency that has recorded them.
    fn is_for(&self, sight: &Sight) -> bool {
        let oversees = sight.only.is_none() && self.known_to.contains(&sight.audience.agency);
        oversees || sight.own.contains(&self.next.person)
    }
}

impl Named for CriticalPoint {
    /// Who causes harm leads to nobody's point: somebody harmed may have left them and be another worker's.
    fn about(&self) -> Vec<&PersonId> {
        self.harmed.iter().chain(self.causing_harm.iter().filter(|_| self.harmed.is_none())).collect()
    }

    fn names(&self) -> Vec<&PersonId> {
        self.harmed.iter().chain(&self.causing_harm).collect()
    }
}

impl Named for Control {
    fn about(&self) -> Vec<&PersonId> {
        vec![&self.person]
    }

    fn names(&self) -> Vec<&PersonId> {
        std::iter::once(&self.person).chain(&self.over).collect()
    }
}

impl Named for ReportedHarm {
    fn about(&self) -> Vec<&PersonId> {
        vec![&self.person]
    }

    fn names(&self) -> Vec<&PersonId> {
        let harmed = self.reports.iter().map(|report| &report.harmed);
        std::iter::once(&self.person).chain(harmed).collect()
    }

    /// What was done to somebody they may not be told of, and what stands in a record that is not theirs, is taken out before
    /// anything is read from it.
    fn trim(&mut self, sight: &Sight) {
        let theirs = |seq: &u64| sight.only.as_ref().is_none_or(|only| only.facts.contains(seq));
        self.reports.retain(|report| {
            let seq = report.source.seq;
            sight.may_name(&report.harmed)
                && !sight.barred_facts.contains(&seq)
                && (report.incident || theirs(&seq))
        });
        self.parted.retain(|parted| sight.may_name(&parted.harmed));
    }
}

impl Named for Involved {
    fn about(&self) -> Vec<&PersonId> {
        vec![&self.person]
    }
}

impl Named for Today {
    fn about(&self) -> Vec<&PersonId> {
        Vec::new()
    }

    fn trim(&mut self, sight: &Sight) {
        // A line that names nobody is about a family: whoever sees only some families, or is barred from somebody, cannot be
        // shown it without knowing who is in it.
        let all = sight.only.is_none() && sight.barred.is_empty();
        self.items.retain(|item| item.person.as_ref().map_or(all, |person| sight.may_name(person)));
        // A gap between two places would tell that somebody stands there.
        let mut before: Option<(String, u32)> = None;
        for item in &mut self.items {
            let rank = before.filter(|(group, _)| *group == item.group).map_or(1, |(_, rank)| rank + 1);
            item.rank = rank;
            before = Some((item.group.clone(), rank));
        }
    }
}

impl Named for TodayFront {
    fn about(&self) -> Vec<&PersonId> {
        Vec::new()
    }
}

impl Named for OpenFamily {
    fn about(&self) -> Vec<&PersonId> {
        self.through.iter().collect()
    }

    fn names(&self) -> Vec<&PersonId> {
        self.members.iter().collect()
    }
}

impl Named for OpenFamilies {
    fn about(&self) -> Vec<&PersonId> {
        Vec::new()
    }

    fn trim(&mut self, sight: &Sight) {
        self.0.retain(|open| sight.may_open(open));
    }
}

impl Named for Parties {
    fn about(&self) -> Vec<&PersonId> {
        self.causing_harm.iter().chain(&self.harmed).chain(&self.children).collect()
    }
}

impl Named for Doubt {
    fn about(&self) -> Vec<&PersonId> {
        self.ends.iter().map(|end| &end.person).collect()
    }
}

macro_rules! about_nobody {
    ($($(#[$why:meta])* $thing:ty),* $(,)?) => {$(
        $(#[$why])*
        impl Named for $thing {
            fn about(&self) -> Vec<&PersonId> {
                Vec::new()
            }
        }
    )*};
}

about_nobody! {
    // What the program itself goes by: numbers of facts, cuts and states. Nothing of it is shown; records are
    // decided one by one.
    Grounds, WhoBlock, CutBlock, RowState, Model, History,
    // About files and agencies.
    Derived, Vec<Freshness>, Arrived, Aside, Reporting,
}
