//! Groups of people that grow by joining, with pairs that must never meet in one group.

use crate::table::{at, number};

/// Disjoint groups of numbers from 0.
#[derive(Debug)]
pub(crate) struct Groups {
    parent: Vec<u32>,
    members: Vec<Vec<u32>>,
    enemies: Vec<Vec<u32>>,
}

impl Groups {
    /// Everybody alone; `apart` are the pairs that must not meet.
    pub(crate) fn new(count: usize, apart: &[(u32, u32)]) -> Self {
        let mut enemies = vec![Vec::new(); count];
        for (a, b) in apart {
            for (x, y) in [(a, b), (b, a)] {
                if let Some(list) = enemies.get_mut(*x as usize) {
                    list.push(*y);
                }
            }
        }
        Self { parent: (0..count).map(number).collect(), members: vec![Vec::new(); count], enemies }
    }

    /// The group somebody is in, named by one of its members.
    pub(crate) fn find(&self, mut x: u32) -> u32 {
        while let Some(up) = self.parent.get(x as usize).copied().filter(|up| *up != x) {
            x = up;
        }
        x
    }

    /// Everyone in the group that `root` names.
    pub(crate) fn members(&self, root: u32) -> Vec<u32> {
        let mut out = vec![root];
        out.extend(self.members.get(root as usize).into_iter().flatten());
        out
    }

    /// Whether two groups hold a pair that must not meet.
    pub(crate) fn apart(&self, a: u32, b: u32) -> bool {
        let list = |x: u32| self.enemies.get(x as usize).map_or(&[][..], Vec::as_slice);
        let (few, other) = if list(a).len() <= list(b).len() { (list(a), b) } else { (list(b), a) };
        few.iter().any(|enemy| self.find(*enemy) == other)
    }

    /// Joins the groups of two people. Says whether it did: not if they are one already or must be apart.
    pub(crate) fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b || self.apart(a, b) {
            return false;
        }
        let size = |x: u32| self.members.get(x as usize).map_or(0, Vec::len);
        let (root, under) = if (size(a), b) >= (size(b), a) { (a, b) } else { (b, a) };
        if let Some(parent) = self.parent.get_mut(under as usize) {
            *parent = root;
        }
        for lists in [&mut self.members, &mut self.enemies] {
            let moved = lists.get_mut(under as usize).map(std::mem::take).unwrap_or_default();
            if let Some(list) = lists.get_mut(root as usize) {
                list.extend(moved);
            }
        }
        if let Some(list) = self.members.get_mut(root as usize) {
            list.push(under);
        }
        true
    }
}

/// Disjoint sets without more.
#[derive(Debug)]
pub(crate) struct Union {
    parent: Vec<u32>,
}

impl Union {
    /// Everybody alone.
    pub(crate) fn new(count: usize) -> Self {
        Self { parent: (0..count).map(number).collect() }
    }

    /// The lowest number of a set, which names it.
    pub(crate) fn find(&mut self, mut x: u32) -> u32 {
        while let Some(up) = self.parent.get(x as usize).copied().filter(|up| *up != x) {
            let over = at(&self.parent, up);
            if let Some(slot) = self.parent.get_mut(x as usize) {
                *slot = over;
            }
            x = over;
        }
        x
    }

    /// Joins two sets.
    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        if let Some(slot) = self.parent.get_mut(a.max(b) as usize) {
            *slot = a.min(b);
        }
    }

    /// For each number the lowest of its set.
    pub(crate) fn lowest(mut self) -> Vec<u32> {
        (0..self.parent.len()).map(|i| self.find(number(i))).collect()
    }
}

/// Members of numbered groups.
pub(crate) struct Members {
    sorted: Vec<u32>,
    ends: Vec<u32>,
}

/// Who is in each of `count` groups, given the group of each.
pub(crate) fn members(group: &[u32], count: usize) -> Members {
    let mut ends = vec![0u32; count];
    for own in group {
        if let Some(end) = ends.get_mut(*own as usize) {
            *end += 1;
        }
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    let mut next: Vec<u32> = std::iter::once(0).chain(ends.iter().copied()).collect();
    let mut sorted = vec![0; group.len()];
    for (i, own) in group.iter().enumerate() {
        let Some(slot) = next.get_mut(*own as usize) else { continue };
        if let Some(cell) = sorted.get_mut(*slot as usize) {
            *cell = number(i);
        }
        *slot += 1;
    }
    Members { sorted, ends }
}

impl Members {
    /// The members of each group in turn.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(from, to)| self.sorted.get(from as usize..*to as usize).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_group_by_group() {
        let list = members(&[1, 0, 1, 2], 3);
        assert_eq!(list.iter().collect::<Vec<_>>(), [&[1][..], &[0, 2], &[3]]);
    }

    #[test]
    fn who_must_be_apart_never_meets_through_others() {
        let mut groups = Groups::new(5, &[(0, 3)]);
        assert!(groups.join(0, 1) && groups.join(2, 3));
        assert!(!groups.join(1, 2));
        assert!(groups.join(1, 4) && !groups.join(4, 3));
        assert_eq!(groups.find(0), groups.find(4));
    }
}
