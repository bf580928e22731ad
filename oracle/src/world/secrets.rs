//! What is protected, and what is otherwise in the other of two worlds.

use super::World;

/// Which facts are otherwise in the other of two worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// What a record says.
    Contents,
    /// Whether there is a record at all: in the other world the row is about somebody else.
    Records,
    /// Whether there is a family at all: in the other world another one is in its place.
    Families,
}

/// One protected fact of a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// What somebody told an adviser.
    Disclosure,
    /// Where somebody lives whose address is kept.
    KeptAddress,
    /// Where a refuge is.
    Refuge,
    /// Why somebody came to an emergency department.
    Injury,
    /// Who applied for a restraining order.
    Applicant,
    /// Who rang the landlord.
    Caller,
    /// Whom somebody named when health asked about abuse.
    Enquiry,
    /// That an adviser works with them.
    Referral,
    /// That somebody stayed in a refuge and lives at a kept address.
    Stay,
    /// That an address is kept at all.
    Marking,
    /// That somebody came to an emergency department.
    Contact,
    /// That a school wrote down a concern.
    Concern,
    /// That there is such a family.
    Family,
    /// Nothing: it is the same in both worlds.
    Nothing,
}

impl Secret {
    /// The one that differs in a family.
    #[must_use]
    pub const fn of(sort: Sort, family: usize) -> Self {
        match sort {
            Sort::Contents => match family % 7 {
                0 => Self::Disclosure,
                1 => Self::KeptAddress,
                2 => Self::Refuge,
                3 => Self::Injury,
                4 => Self::Applicant,
                5 => Self::Caller,
                _ => Self::Enquiry,
            },
            Sort::Records => match family % 5 {
                0 => Self::Referral,
                1 => Self::Stay,
                2 => Self::Contact,
                3 => Self::Concern,
                _ => Self::Marking,
            },
            Sort::Families => match family % 2 {
                0 => Self::Family,
                _ => Self::Nothing,
            },
        }
    }
}

impl World {
    /// Whether this is what differs in a family.
    pub(super) fn hangs_on(&self, secret: Secret, family: usize) -> bool {
        Secret::of(self.sort, family) == secret
    }

    /// Whether this is otherwise here than in the first world.
    pub(super) fn differs(&self, secret: Secret, family: usize) -> bool {
        self.other && self.hangs_on(secret, family)
    }

    /// A word for a secret of a family: in the other world another one where that secret differs.
    pub(super) fn secret(&mut self, secret: Secret, family: usize) -> String {
        let (one, other) = (self.word(), self.word());
        if self.differs(secret, family) { other } else { one }
    }

    /// A word of something that is gone where the family is gone.
    pub(super) fn word(&mut self) -> String {
        let one = self.open_word();
        if self.sort != Sort::Families {
            return one;
        }
        let other = self.open_word();
        if self.differs(Secret::Family, self.starts.len().saturating_sub(1)) { other } else { one }
    }

    /// A word that is the same in both worlds: of the person causing harm, who may have another family, and of people outside.
    pub(super) fn open_word(&mut self) -> String {
        self.mint.word()
    }

    /// Somebody, or in the other world the stranger who is in their place there.
    pub(super) fn or_stranger(&mut self, who: usize, secret: Secret, family: usize) -> usize {
        if !self.hangs_on(secret, family) {
            return who;
        }
        let years = i64::from(self.today.year()).saturating_sub(i64::from(self.person(who).born.year()));
        let stranger = self.stranger(years);
        if self.other { stranger } else { who }
    }
}
