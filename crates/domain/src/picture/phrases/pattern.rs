//! How a phrase is written and kept: words told apart once, so that a long list costs little to look for.

use std::collections::HashMap;

use super::ListId;
use crate::picture::settings::plain;

/// A word of a phrase: whole, or how it begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) begins: bool,
}

/// One place in a phrase: any of these tokens, after at most so many other words.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) tokens: Vec<usize>,
    pub(super) gap: usize,
}

/// A phrase: every part must stand in the sentence.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) list: ListId,
    /// Whether a sentence that holds it does not count for the list.
    pub(super) unless: bool,
    pub(super) parts: Vec<Vec<Step>>,
}

/// Every list of phrases, ready to be looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lexicon {
    pub(super) tokens: Vec<Token>,
    pub(super) patterns: Vec<Pattern>,
    /// Token → patterns that begin with it.
    pub(super) by_first: HashMap<usize, Vec<usize>>,
    /// Words that deny what follows them closely, and words that deny whatever follows in the sentence.
    pub(super) near: Vec<Token>,
    pub(super) far: Vec<Token>,
    lists: usize,
}

/// How many other words `..` stands for.
const GAP: usize = 6;

/// Puts a lexicon together.
#[derive(Default)]
pub(crate) struct LexiconBuilder {
    lexicon: Lexicon,
    known: HashMap<Token, usize>,
}

impl LexiconBuilder {
    /// Words that deny: `near` within three words before, `far` anywhere before in the sentence.
    pub(crate) fn denials(&mut self, near: &[String], far: &[String]) -> Result<(), String> {
        self.lexicon.near = near.iter().map(|word| token(word)).collect::<Result<_, _>>()?;
        self.lexicon.far = far.iter().map(|word| token(word)).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Adds a list. A fault says which phrase and what was expected.
    pub(crate) fn list(&mut self, phrases: &[String], unless: &[String]) -> Result<ListId, String> {
        let list = self.lexicon.lists;
        self.lexicon.lists += 1;
        for (phrase, unless) in
            phrases.iter().map(|phrase| (phrase, false)).chain(unless.iter().map(|phrase| (phrase, true)))
        {
            let pattern = self.pattern(list, phrase, unless)?;
            let first = pattern.parts.first().and_then(|part| part.first()).map(|step| step.tokens.clone());
            let at = self.lexicon.patterns.len();
            for token in first.unwrap_or_default() {
                self.lexicon.by_first.entry(token).or_default().push(at);
            }
            self.lexicon.patterns.push(pattern);
        }
        Ok(list)
    }

    /// The lexicon.
    pub(crate) fn build(self) -> Lexicon {
        self.lexicon
    }

    fn pattern(&mut self, list: ListId, phrase: &str, unless: bool) -> Result<Pattern, String> {
        if phrase != phrase.to_lowercase() {
            return Err(format!("found `{phrase}`, expected a phrase in lower case"));
        }
        let parts: Result<Vec<Vec<Step>>, String> =
            phrase.split(" + ").map(|part| self.part(phrase, part)).collect();
        Ok(Pattern { list, unless, parts: parts? })
    }

    fn part(&mut self, phrase: &str, part: &str) -> Result<Vec<Step>, String> {
        let (mut steps, mut gap): (Vec<Step>, usize) = (Vec::new(), 0);
        for word in part.split_whitespace() {
            if word == ".." {
                gap = GAP;
                continue;
            }
            let mut tokens = Vec::new();
            for one in word.split('|') {
                let token = token(one).map_err(|reason| format!("in `{phrase}`: {reason}"))?;
                tokens.push(self.number(token));
            }
            steps.push(Step { tokens, gap: if steps.is_empty() { 0 } else { gap } });
            gap = 0;
        }
        if steps.is_empty() || gap > 0 {
            return Err(format!("found `{phrase}`, expected words, and `..` only between words"));
        }
        Ok(steps)
    }

    fn number(&mut self, token: Token) -> usize {
        let next = self.lexicon.tokens.len();
        let at = *self.known.entry(token.clone()).or_insert(next);
        if at == next {
            self.lexicon.tokens.push(token);
        }
        at
    }
}

fn token(word: &str) -> Result<Token, String> {
    let (stem, begins) = word.strip_suffix('*').map_or((word, false), |stem| (stem, true));
    let text = plain(stem);
    if text.is_empty() || text.contains(' ') || (begins && text.len() < 2) {
        return Err(format!("found `{word}`, expected a word, or the beginning of one before `*`"));
    }
    Ok(Token { text, begins })
}
