//! What goes in: one report of one agency, and the hard flags in it that no statistics may outweigh.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// How grave a recorded act is, from 0 (no crime recorded) to 4 (life in danger, or rape), as `area/scales/harm.toml` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Harm(u8);

/// Harm classes there are.
pub const CLASSES: usize = 5;

impl Harm {
    /// A class from 0 to 4; nothing else is one.
    pub fn new(class: u8) -> Option<Self> {
        (usize::from(class) < CLASSES).then_some(Self(class))
    }

    /// The class.
    pub fn class(self) -> u8 {
        self.0
    }
}

/// Which agency reported: the caller's number for it, below 64. Names are given to the sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source(pub u8);

/// Who told the agency; shown beside a trend, because a rise of one kind may be a rise of telling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Teller {
    /// The record does not say.
    #[default]
    NotSaid,
    /// Whoever was harmed.
    Harmed,
    /// Somebody else: a neighbour, a relative, a school.
    Another,
    /// The agency itself, in its own work. Records like these are longer where an agency looks more.
    Agency,
}

/// What must be looked at whatever the numbers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum HardFlag {
    /// Hands or an object on the neck, breathing stopped.
    Strangulation,
    /// A weapon, or an object used as one.
    Weapon,
    /// A threat to kill.
    ThreatToKill,
    /// Following or watching after the relationship ended.
    StalkingAfterSeparation,
    /// Abuse while the person harmed was pregnant.
    Pregnancy,
    /// A child was hurt.
    ChildInjured,
    /// The person causing harm threatened or attempted suicide.
    SuicideThreat,
    /// Rape or other sexual violence.
    SexualViolence,
    /// A protective order, bail or licence was breached.
    OrderBreach,
}

impl HardFlag {
    /// Every flag, gravest first.
    pub const ALL: [Self; 9] = [
        Self::Strangulation,
        Self::ThreatToKill,
        Self::Weapon,
        Self::SexualViolence,
        Self::StalkingAfterSeparation,
        Self::SuicideThreat,
        Self::ChildInjured,
        Self::Pregnancy,
        Self::OrderBreach,
    ];

    /// As a sentence names it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Strangulation => "strangulation",
            Self::Weapon => "a weapon",
            Self::ThreatToKill => "a threat to kill",
            Self::StalkingAfterSeparation => "stalking after separation",
            Self::Pregnancy => "abuse during pregnancy",
            Self::ChildInjured => "an injury to a child",
            Self::SuicideThreat => "a suicide threat by the person causing harm",
            Self::SexualViolence => "sexual violence",
            Self::OrderBreach => "a breach of a protective order",
        }
    }
}

/// The hard flags of a report, an episode or a course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HardFlags(u16);

impl HardFlags {
    /// These and one more.
    #[must_use]
    pub fn with(self, flag: HardFlag) -> Self {
        Self(self.0 | 1 << flag as u16)
    }

    /// Those of either.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one is among them.
    pub fn has(self, flag: HardFlag) -> bool {
        self.0 & (1 << flag as u16) != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are set, gravest first.
    pub fn each(self) -> impl Iterator<Item = HardFlag> {
        HardFlag::ALL.into_iter().filter(move |flag| self.has(*flag))
    }
}

impl FromIterator<HardFlag> for HardFlags {
    fn from_iter<I: IntoIterator<Item = HardFlag>>(flags: I) -> Self {
        flags.into_iter().fold(Self::default(), Self::with)
    }
}

/// One report of one agency about what one person did to another. Reports of each direction stand in a course of their
/// own: what is recorded of one person is never taken off what is recorded of the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Report {
    /// When it happened; where only an interval is known, its middle.
    pub at: Moment,
    /// How grave.
    pub harm: Harm,
    /// Which agency.
    pub source: Source,
    /// Who told the agency.
    pub teller: Teller,
    /// Whether the day is not known exactly.
    pub inexact: bool,
    /// What must be looked at whatever the numbers say.
    pub flags: HardFlags,
}
