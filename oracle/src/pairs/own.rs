//! What is each server's own and says nothing of anybody: tokens of sessions, and when files came in.

use std::collections::HashMap;

use regex::Regex;

use crate::Outcome;

/// Takes out of an answer what is the server's own.
pub struct Own {
    token: Regex,
    moment: Regex,
    digest: Regex,
    printed: Regex,
    opened: Regex,
    number: Regex,
    weight: Regex,
    word: Regex,
}

impl Own {
    /// Ready to take out.
    pub fn new() -> Outcome<Self> {
        Ok(Self {
            token: Regex::new(r#"name="form_token" value="[0-9a-f]+""#)?,
            moment: Regex::new(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z")?,
            digest: Regex::new(r"[0-9a-f]{64}")?,
            printed: Regex::new(r"Printed [^<]{1,60}")?,
            // How many of a worker's families others opened hangs on who of the others was faster.
            opened: Regex::new(r#"<li><a class="govuk-link" href="/looked/mine">.*?</li>"#)?,
            number: Regex::new(r#"(/fact/|/incident/|fact |"seq":|"fact":)[0-9]+"#)?,
            weight: Regex::new(r#"("weight"|"probability"):-?[0-9.e-]+"#)?,
            word: Regex::new(r"(?i)zq[a-z]{7}")?,
        })
    }

    /// A text without it. Words that this audience may read in both worlds, each its own, are written as those of the first.
    /// Where whole records come and go, `whole` is false, and two things are left out: numbers of facts, which count all facts
    /// of an area and say nothing of what stands between two of them (`docs/guides/who-sees-what.md`); and the weights of
    /// links, which are learned from all rows of an area.
    #[must_use]
    pub fn removed(&self, text: &str, same: &HashMap<String, String>, whole: bool) -> String {
        let text = self.token.replace_all(text, "");
        let text = self.moment.replace_all(&text, "");
        let text = self.printed.replace_all(&text, "");
        let text = self.digest.replace_all(&text, "");
        let text = self.opened.replace_all(&text, "");
        let text = if whole { text } else { self.number.replace_all(&text, "$1#") };
        let text = if whole { text } else { self.weight.replace_all(&text, "$1:#") };
        if same.is_empty() {
            return text.into_owned();
        }
        let first = |found: &regex::Captures<'_>| {
            let word = found.get(0).map(|word| word.as_str()).unwrap_or_default();
            let word = word.to_lowercase();
            same.get(&word).cloned().unwrap_or(word)
        };
        self.word.replace_all(&text, first).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_the_servers_own_is_removed() {
        let own = Own::new().unwrap();
        let page = |word: &str, token: &str| {
            own.removed(
                &format!("<input name=\"form_token\" value=\"{token}\"> {word}"),
                &HashMap::new(),
                true,
            )
        };
        assert_eq!(page("a", "0f"), page("a", "1e"));
        assert_ne!(page("a", "0f"), page("b", "0f"));
    }

    #[test]
    fn words_that_may_be_read_in_both_worlds_are_one() {
        let own = Own::new().unwrap();
        let same = HashMap::from([("zqbbbbbbb".to_owned(), "zqaaaaaaa".to_owned())]);
        assert_eq!(own.removed("Zqbbbbbbb", &same, true), own.removed("zqaaaaaaa", &same, true));
        assert_ne!(own.removed("Zqccccccc", &same, true), own.removed("zqaaaaaaa", &same, true));
    }
}
