//! How alike two words are written: the Jaro-Winkler likeness on short plain words, without asking for memory.

use crate::vocabulary::Word;

/// Likeness from 0 to 1; words of more than 64 letters or outside plain letters are left to the general method.
pub(crate) fn likeness(a: &str, b: &str) -> f64 {
    if a.len() > 64 || b.len() > 64 || !a.is_ascii() || !b.is_ascii() {
        return strsim::jaro_winkler(a, b);
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let Some((matches, exchanged)) = matches(a, b) else { return 0.0 };
    let part = |of: usize| matches / real(of);
    let jaro = (part(a.len()) + part(b.len()) + (matches - exchanged) / matches) / 3.0;
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    if jaro > 0.7 { jaro + 0.1 * real(prefix) * (1.0 - jaro) } else { jaro }
}

/// Whether two words can be at least this alike, going by their letters alone. Never wrong about a no.
pub(crate) fn can_be(least: f64, a: Word, b: Word) -> bool {
    if a.letters == u32::MAX || b.letters == u32::MAX {
        return true;
    }
    // A letter the other does not have stays without a partner.
    let shared = |own: Word, other: Word| {
        f64::from(own.length) - f64::from((own.letters & !other.letters).count_ones())
    };
    let matches = shared(a, b).min(shared(b, a));
    let jaro = (matches / f64::from(a.length) + matches / f64::from(b.length) + 1.0) / 3.0;
    jaro + 0.4 * (1.0 - jaro) >= least
}

/// Letters both have at about the same place, and half of those out of order. `None` when there are none.
fn matches(a: &[u8], b: &[u8]) -> Option<(f64, f64)> {
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b) = (0u64, 0u64);
    for (i, x) in a.iter().enumerate() {
        let from = i.saturating_sub(reach);
        let found = b
            .iter()
            .enumerate()
            .skip(from)
            .take(i + reach + 1 - from)
            .find(|(j, y)| *y == x && in_b & (1 << j) == 0);
        if let Some((j, _)) = found {
            in_a |= 1 << i;
            in_b |= 1 << j;
        }
    }
    let count = in_a.count_ones();
    if count == 0 {
        return None;
    }
    let ours = a.iter().enumerate().filter(|(i, _)| in_a & (1 << i) != 0).map(|(_, x)| x);
    let theirs = b.iter().enumerate().filter(|(j, _)| in_b & (1 << j) != 0).map(|(_, y)| y);
    let out_of_order = ours.zip(theirs).filter(|(x, y)| x != y).count();
    Some((f64::from(count), (real(out_of_order) / 2.0).floor()))
}

#[expect(clippy::cast_precision_loss, reason = "lengths of at most 64")]
fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Mix;
    use crate::vocabulary::{Vocabulary, one_slip};

    /// A word of up to eleven letters of which few differ, and one near it half of the time.
    fn words(seed: u64) -> (String, String) {
        let letter = |seed: u64| char::from(b'a' + u8::try_from(Mix::new(seed).done() % 5).unwrap());
        let word = |seed: u64| -> String {
            let length = 1 + Mix::new(seed).with(1).done() % 11;
            (0..length).map(|i| letter(seed.wrapping_mul(31).wrapping_add(i))).collect()
        };
        let a = word(seed * 2);
        if seed.is_multiple_of(2) {
            return (a, word(seed * 2 + 1));
        }
        let mut b: Vec<char> = a.chars().collect();
        for change in 0..=seed % 3 {
            let mark = Mix::new(seed).with(change).done();
            let at = usize::try_from(mark % 97).unwrap() % b.len();
            match mark % 4 {
                0 => b[at] = letter(mark),
                1 => b.insert(at, letter(mark)),
                2 if b.len() > 1 => drop(b.remove(at)),
                _ if at + 1 < b.len() => b.swap(at, at + 1),
                _ => {}
            }
        }
        (a, b.into_iter().collect())
    }

    /// Both comparators against a library that computes the same the long way.
    fn agree(pairs: u64) {
        for (a, b) in (0..pairs).map(words) {
            let (ours, theirs) = (likeness(&a, &b), strsim::jaro_winkler(&a, &b));
            let known = Vocabulary::of_texts(&[&a, &b]);
            let second = u32::try_from(known.len()).unwrap() - 1;
            assert!(can_be(ours, known.word(1), known.word(second)), "{a} {b}: {ours}");
            assert!((ours - theirs).abs() < 1e-9, "{a} {b}: {ours} {theirs}");
            assert!((ours - likeness(&b, &a)).abs() < 1e-9, "{a} {b} the other way round");
            assert_eq!(one_slip(&a, &b), strsim::osa_distance(&a, &b) <= 1, "{a} {b}");
        }
    }

    #[test]
    fn the_measures_are_the_well_known_ones() {
        agree(20_000);
    }

    #[test]
    #[ignore = "a million strings take minutes without optimisation; run with --release"]
    fn the_measures_are_the_well_known_ones_on_a_million_pairs() {
        agree(1_000_000);
    }
}
