//! What families are like, as far as it tells one person from two of a household: how often a forename is given twice,
//! and until when twins live together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is taken to be so of families; kept with a model, because weights depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Families {
    /// How often two of a household have one forename, against chance.
    pub forename_twice: f64,
    /// Share of people named after a parent or grandparent of the household.
    pub named_after: f64,
    /// Age in years until which children live with their family.
    pub child_until: f64,
    /// How much likelier than others of a household two children of one are to share a day of birth.
    pub twins: f64,
    /// Years in which half of those who are no longer children leave the household.
    pub half_leave: f64,
    /// The least that the likelihood of twins falls to, as people grow up.
    pub grown: f64,
}

impl Default for Families {
    fn default() -> Self {
        Self {
            forename_twice: 0.3,
            named_after: 0.01,
            child_until: 18.0,
            twins: 2.0,
            half_leave: 4.0,
            grown: 0.1,
        }
    }
}

/// Share of people who may be born later than the youngest that count: a slip of the hand makes some too young.
const TOO_YOUNG: f32 = 0.002;

/// The year in which the youngest people are born.
pub(crate) fn youngest(years: &BTreeMap<i16, f32>) -> Option<i16> {
    let mut later = 0.0;
    years
        .iter()
        .rev()
        .find(|(_, share)| {
            later += **share;
            later > TOO_YOUNG
        })
        .map(|(year, _)| *year)
}

impl Families {
    /// How old somebody is at most while records are made, by the year of birth.
    fn age(year: i16, youngest: i16) -> f64 {
        f64::from(i32::from(youngest) - i32::from(year)).max(0.0)
    }

    /// How likely it is, against everybody together, that two of a household have this day of birth in common.
    pub(crate) fn same_day(&self, year: i16, youngest: i16) -> f64 {
        let grown = (Self::age(year, youngest) - self.child_until).max(0.0);
        (self.twins * (-grown / self.half_leave).exp2()).max(self.grown)
    }

    /// The first year in which children are born who live with their family.
    pub(crate) fn children_from(&self, youngest: i16) -> f64 {
        f64::from(youngest) - self.child_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_live_together_as_children() {
        let families = Families::default();
        let likely = |year: i16| families.same_day(year, 2026);
        assert!((likely(2026) - 2.0).abs() < 1e-9 && (likely(2008) - 2.0).abs() < 1e-9);
        assert!((likely(2004) - 1.0).abs() < 1e-9 && (likely(1950) - 0.1).abs() < 1e-9);
    }

    #[test]
    fn a_slip_of_the_hand_makes_nobody_the_youngest() {
        let years = BTreeMap::from([(1950, 0.5f32), (2020, 0.499), (2099, 0.001)]);
        assert_eq!(youngest(&years), Some(2020));
        assert_eq!(youngest(&BTreeMap::new()), None);
    }
}
