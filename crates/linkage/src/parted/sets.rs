//! Who belongs together so far, by numbers alone: four bytes for each.

use crate::groups::Union;
use crate::rounds::numbered;
use crate::table::number;

/// Disjoint sets of numbers from 0.
#[derive(Debug)]
pub struct Sets {
    union: Union,
}

impl Sets {
    /// Everybody alone.
    #[must_use]
    pub fn new(count: u32) -> Self {
        Self { union: Union::new(count as usize) }
    }

    /// Joins two sets; says whether they were two.
    pub fn join(&mut self, a: u32, b: u32) -> bool {
        let two = self.union.find(a) != self.union.find(b);
        self.union.join(a, b);
        two
    }

    /// The lowest number of a set, which names it.
    pub fn find(&mut self, x: u32) -> u32 {
        self.union.find(x)
    }

    /// For each number that of its set, counted from 0 by their lowest, and how many sets there are.
    #[must_use]
    pub fn numbered(self) -> (Vec<u32>, u32) {
        let (numbers, count) = numbered(&self.union.lowest());
        (numbers, number(count))
    }
}
