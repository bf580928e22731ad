//! Looks at one answer: which words of the world stand in it, and is it the same as for something that never was.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::talk::Answer;

/// Words of the world, telephone and health numbers, pupil numbers.
static WORDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)zq[a-z]{7}|07700[0-9]{6}|999[0-9]{7}|[a-z]199[0-9]{9}").ok());
static CODED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)%([0-9a-f]{2})|&#([0-9]{1,6});|&#x([0-9a-f]{1,6});|\\u([0-9a-f]{4})").ok()
});
static APART: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"([0-9])[ \u{a0}-]+([0-9])").ok());

/// A text with what stands in it encoded (for links, pages and JSON) written out as well.
fn decoded(text: &str) -> String {
    let Some(pattern) = CODED.as_ref() else { return text.to_owned() };
    if !pattern.is_match(text) {
        return text.to_owned();
    }
    let letter = |found: &regex::Captures<'_>| {
        let hex =
            found.get(1).or_else(|| found.get(3)).or_else(|| found.get(4)).map(|part| (part.as_str(), 16));
        let part = hex.or_else(|| found.get(2).map(|part| (part.as_str(), 10)));
        let code =
            part.and_then(|(part, radix)| u32::from_str_radix(part, radix).ok()).and_then(char::from_u32);
        code.map_or_else(String::new, String::from)
    };
    format!("{text}\n{}", pattern.replace_all(text, letter))
}

/// The words of the world that stand in a text, in lower case.
#[must_use]
pub fn words(text: &str) -> BTreeSet<String> {
    let (Some(pattern), Some(apart)) = (WORDS.as_ref(), APART.as_ref()) else { return BTreeSet::new() };
    let plain = decoded(text);
    let text = plain.as_str();
    let mut found: BTreeSet<String> =
        pattern.find_iter(text).map(|word| word.as_str().to_lowercase()).collect();
    // Numbers may be written in groups.
    if apart.is_match(text) {
        let together = apart.replace_all(text, "$1$2");
        let together = apart.replace_all(&together, "$1$2");
        found.extend(pattern.find_iter(&together).map(|word| word.as_str().to_lowercase()));
    }
    found
}

/// The words of the world that stand in a text and may not. `known` are all words of the world: digits of other things
/// may look like a number of somebody.
#[must_use]
pub fn leaked(text: &str, may: &HashSet<String>, said: &str, known: &HashSet<String>) -> Vec<String> {
    let said = said.to_lowercase();
    words(text)
        .into_iter()
        .filter(|word| known.contains(word) && !may.contains(word) && !said.contains(word.as_str()))
        .collect()
}

/// An answer without what was asked for, so that two can be compared.
#[must_use]
pub fn without(answer: &Answer, asked: &str) -> String {
    let mut text = answer.clone();
    // The length of an answer says no more than the answer itself.
    text.headers.remove("content-length");
    let text = text.text();
    if asked.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number stands in many places; only where an address ends with it is it what was asked for.
        let ends = ["\"", "/", "?", "&", "\n"];
        return ends
            .iter()
            .fold(text, |text, end| text.replace(&format!("/{asked}{end}"), &format!("/@{end}")));
    }
    text.replace(asked, "@").replace(&asked.to_lowercase(), "@")
}

/// An answer to a search without what was looked for.
#[must_use]
pub fn unsaid(answer: &Answer, looked_for: &str) -> String {
    let mut answer = answer.clone();
    answer.headers.remove("content-length");
    answer.text().replace(looked_for, "@")
}

/// Whether two words are so like each other that one may be meant by the other: at most two letters are changed, left out
/// or put in.
#[must_use]
pub fn is_slip(one: &str, other: &str) -> bool {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut next = vec![at.saturating_add(1)];
        for (column, (window, there)) in row.windows(2).zip(&other).enumerate() {
            let [changed, put_in] = [0, 1].map(|side| window.get(side).copied().unwrap_or_default());
            let left_out = next.get(column).copied().unwrap_or_default().saturating_add(1);
            let changed = changed.saturating_add(usize::from(letter != *there));
            next.push(changed.min(left_out).min(put_in.saturating_add(1)));
        }
        row = next;
    }
    row.last().is_some_and(|changes| *changes <= 2)
}

/// Whether two words of four letters or more sound alike as far as their consonants tell: vowels, H, W and Y left out, letters of
/// one sound taken for one (the classes of Soundex, Russell 1918), the first letter too.
#[must_use]
pub fn sounds_as(one: &str, other: &str) -> bool {
    let sound = |word: &str| {
        let class = |letter: char| match letter {
            'b' | 'f' | 'p' | 'v' => Some('1'),
            'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => Some('2'),
            'd' | 't' => Some('3'),
            'l' => Some('4'),
            'm' | 'n' => Some('5'),
            'r' => Some('6'),
            _ => None,
        };
        let mut sounds: Vec<char> = word.to_lowercase().chars().filter_map(class).collect();
        sounds.dedup();
        sounds
    };
    let (first, second) = (sound(one), sound(other));
    one.chars().count() >= 4 && other.chars().count() >= 4 && !first.is_empty() && first == second
}

/// Where two texts begin to differ, in a few words of each.
#[must_use]
pub fn difference(one: &str, other: &str) -> String {
    let at = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let from = at.saturating_sub(40);
    let part = |text: &str| text.chars().skip(from).take(120).collect::<String>();
    format!("{:?} instead of {:?}", part(one), part(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_however_they_are_written() {
        let found = words("<b title=\"ZQABCDEFG\">x</b> +447700000012 07700 000 013 999 000 1234");
        assert!(found.contains("zqabcdefg"));
        assert!(found.contains("07700000013"));
        assert!(found.contains("9990001234"));
    }

    #[test]
    fn a_slip_is_two_letters_at_most() {
        assert!(is_slip("zqaxewxmi", "zqxewxmie") && is_slip("ab", "ab"));
        assert!(!is_slip("zqabcdefg", "zqxyzdefg") && !is_slip("abc", ""));
    }

    #[test]
    fn what_sounds_alike_is_told_from_what_does_not() {
        assert!(sounds_as("zqtwzoysw", "zqttysazu") && sounds_as("zqhvekktl", "zqawvgdhl"));
        assert!(!sounds_as("zqtwzoysw", "zqttysazl") && !sounds_as("zqa", "zqe"));
        assert!(!sounds_as("9990001234", "9990005678"), "numbers have no sound");
    }

    #[test]
    fn what_was_asked_for_is_no_leak() {
        let all: HashSet<String> = ["zqabcdefg".to_owned()].into();
        assert_eq!(leaked("zqabcdefg", &HashSet::new(), "q=Zqabcdefg", &all), Vec::<String>::new());
        assert_eq!(leaked("zqabcdefg", &HashSet::new(), "", &all), vec!["zqabcdefg".to_owned()]);
    }
}
