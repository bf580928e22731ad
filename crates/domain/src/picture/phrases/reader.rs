//! Looks for phrases in texts. Words are compared once for each different word, a slip of the keyboard forgiven in long
//! ones: what an officer typed at four in the morning must still be found.

use std::collections::{BTreeSet, HashMap};

use super::ListId;
use super::pattern::{Lexicon, Step, Token};
use crate::picture::closeness::edits;

/// Reads texts by a lexicon; keeps what it learned about words.
pub(crate) struct Reader<'l> {
    lexicon: &'l Lexicon,
    words: HashMap<String, Meaning>,
}

/// What one word can be.
#[derive(Clone, Debug, Default)]
struct Meaning {
    tokens: Vec<usize>,
    denies_near: bool,
    denies_far: bool,
}

/// So many words before a phrase may deny it.
const NEAR: usize = 3;
/// Words of fewer letters must be as written.
const LONG: usize = 8;

impl<'l> Reader<'l> {
    pub(crate) fn new(lexicon: &'l Lexicon) -> Self {
        Self { lexicon, words: HashMap::new() }
    }

    /// The lists that a text holds a phrase of.
    pub(crate) fn lists(&mut self, text: &str) -> BTreeSet<ListId> {
        let mut found = BTreeSet::new();
        for sentence in sentences(text) {
            let words: Vec<Meaning> = words(sentence).map(|word| self.meaning(word)).collect();
            self.read(&words, &mut found);
        }
        found
    }

    fn read(&self, words: &[Meaning], found: &mut BTreeSet<ListId>) {
        let mut tried = BTreeSet::new();
        let (mut hits, mut void) = (BTreeSet::new(), BTreeSet::new());
        for first in words.iter().flat_map(|word| &word.tokens) {
            for &at in self.lexicon.by_first.get(first).into_iter().flatten() {
                let Some(pattern) = self.lexicon.patterns.get(at).filter(|_| tried.insert(at)) else {
                    continue;
                };
                if pattern.unless {
                    if pattern.parts.iter().all(|part| starts(part, words).next().is_some()) {
                        void.insert(pattern.list);
                    }
                } else if pattern.parts.iter().all(|part| starts(part, words).any(|at| !denied(words, at))) {
                    hits.insert(pattern.list);
                }
            }
        }
        found.extend(hits.difference(&void));
    }

    fn meaning(&mut self, word: String) -> Meaning {
        let lexicon = self.lexicon;
        self.words
            .entry(word)
            .or_insert_with_key(|word| Meaning {
                tokens: (0..)
                    .zip(&lexicon.tokens)
                    .filter(|(_, token)| is(token, word))
                    .map(|(at, _)| at)
                    .collect(),
                denies_near: lexicon.near.iter().any(|token| is(token, word)),
                denies_far: lexicon.far.iter().any(|token| is(token, word)),
            })
            .clone()
    }
}

/// Where a part of a phrase begins.
fn starts<'w>(part: &'w [Step], words: &'w [Meaning]) -> impl Iterator<Item = usize> + 'w {
    (0..words.len()).filter(move |at| follows(part, words, *at, 0))
}

/// Whether these steps stand here, the first after at most `gap` words.
fn follows(steps: &[Step], words: &[Meaning], from: usize, gap: usize) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    (from..=from + gap).any(|at| {
        let here =
            words.get(at).is_some_and(|word| step.tokens.iter().any(|token| word.tokens.contains(token)));
        here && follows(rest, words, at + 1, rest.first().map_or(0, |next| next.gap))
    })
}

fn denied(words: &[Meaning], at: usize) -> bool {
    let before = words.get(..at).unwrap_or_default();
    before.iter().any(|word| word.denies_far) || before.iter().rev().take(NEAR).any(|word| word.denies_near)
}

fn is(token: &Token, word: &str) -> bool {
    if token.begins {
        return word.starts_with(&token.text)
            || word.get(..token.text.len()).is_some_and(|start| slipped(&token.text, start));
    }
    word == token.text || slipped(&token.text, word)
}

/// One slip in a long word that begins with the same letter.
fn slipped(a: &str, b: &str) -> bool {
    a.len() >= LONG && b.len() >= LONG && a.chars().next() == b.chars().next() && edits(a, b, 1).is_some()
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', ';', '!', '?', '\n', '\r']).filter(|sentence| !sentence.trim().is_empty())
}

/// Words in lower case; an apostrophe is no gap, so "she's" stays one word and a possessive loses its ending.
fn words(sentence: &str) -> impl Iterator<Item = String> + '_ {
    sentence
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .map(|word| {
            let word = word.trim_matches(['\'', '’']);
            let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
            word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
        })
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::LexiconBuilder;
    use super::*;

    fn lexicon(phrases: &[&str], unless: &[&str]) -> Lexicon {
        let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let mut builder = LexiconBuilder::default();
        builder.denials(&own(&["no", "not", "nil", "without"]), &own(&["denie*", "deny*"])).unwrap();
        builder.list(&own(phrases), &own(unless)).unwrap();
        builder.build()
    }

    fn holds(phrases: &[&str], text: &str) -> bool {
        let lexicon = lexicon(phrases, &["as a joke"]);
        !Reader::new(&lexicon).lists(text).is_empty()
    }

    #[test]
    fn finds_words_with_others_between() {
        let hands = ["hand|hands|forearm .. neck|throat", "strangl*", "strangulation"];
        assert!(holds(&hands, "Put both hands round Ada Finch's neck and squeezed."));
        assert!(holds(&hands, "He strangled her."));
        assert!(holds(&hands, "NON-FATAL STRANGULATOIN"), "a slip in a long word");
        assert!(!holds(&["firearm"], "Marks on her forearm."), "another word is no slip");
        assert!(!holds(&hands, "Put both hands up. Marks on the neck of the bottle"), "two sentences");
    }

    #[test]
    fn a_denial_is_no_finding() {
        let hands = ["hands .. neck", "strangulation", "weapon*"];
        assert!(!holds(&hands, "She denies any hands to neck or strangulation."));
        assert!(!holds(&hands, "No weapons used or seen."));
        assert!(holds(&hands, "She could not get up, he had his hands on her neck."));
        assert!(!holds(&hands, "Showed a weapon as a joke."));
    }

    #[test]
    fn parts_stand_in_any_order() {
        assert!(holds(&["court + contact"], "Contact with the children is before the court."));
        assert!(!holds(&["court + contact"], "He is at court. No contact."));
    }

    #[test]
    fn says_what_is_wrong_with_a_phrase() {
        let mut builder = LexiconBuilder::default();
        for wrong in ["Knife", "knife ..", "", "a-b*"] {
            assert!(builder.list(&[wrong.to_owned()], &[]).is_err(), "{wrong}");
        }
    }
}
