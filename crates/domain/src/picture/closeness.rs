//! How far two words are apart, for addresses and names that were typed in a hurry.

/// Edits (insert, leave out, change, swap two neighbours) between two words, or `None` beyond `most`.
pub(crate) fn edits(a: &str, b: &str, most: usize) -> Option<usize> {
    if a == b {
        return Some(0);
    }
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last_a = None;
    for (i, &ca) in a.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        let mut last_b = None;
        for (j, &cb) in b.iter().enumerate() {
            let get = |list: &[usize], at: usize| list.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = get(&row, j) + usize::from(ca != cb);
            best = best.min(get(&row, j + 1) + 1).min(get(&next, j) + 1);
            if last_a == Some(cb) && last_b == Some(ca) && j > 0 {
                best = best.min(get(&before, j - 1) + 1);
            }
            next.push(best);
            last_b = Some(cb);
        }
        if next.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        before = row;
        row = next;
        last_a = Some(ca);
    }
    row.last().copied().filter(|edits| *edits <= most)
}

/// Whether two words are the same but for a slip: one edit in short words, two in long ones, none in tiny ones.
pub(crate) fn slip(a: &str, b: &str) -> bool {
    let shorter = a.chars().count().min(b.chars().count());
    let most = match shorter {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    edits(a, b, most).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_kind_of_slip_once() {
        for (a, b, n) in
            [("forge", "foge", 1), ("forge", "fogre", 1), ("forge", "forgee", 1), ("forge", "fargi", 2)]
        {
            assert_eq!(edits(a, b, 2), Some(n), "{a} {b}");
            assert_eq!(edits(b, a, 2), Some(n), "{b} {a}");
        }
        assert_eq!(edits("forge", "orchard", 2), None);
    }

    #[test]
    fn tiny_words_have_no_slips() {
        assert!(!slip("elm", "elk"));
        assert!(slip("meadow", "meadwo"));
        assert!(!slip("meadow", "madow lane"));
    }

    proptest::proptest! {
        #[test]
        fn is_the_same_both_ways(a in "[a-d]{0,9}", b in "[a-d]{0,9}") {
            proptest::prop_assert_eq!(edits(&a, &b, 3), edits(&b, &a, 3));
        }
    }
}
