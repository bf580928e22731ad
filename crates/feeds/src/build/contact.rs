//! Whether a child was seen, alone, and spoken to: by a code, by columns, or by the words of a note. What the row
//! does not say stays unsaid.

use throughline_domain::record::ChildContact;

use super::record::Builder;
use crate::mapping::feed::ContactRule;
use crate::value::phrase::spaced;

impl Builder<'_> {
    pub(super) fn child_contact(&mut self, rule: &ContactRule) -> Option<ChildContact> {
        if !self.cells.holds(&rule.when) {
            return None;
        }
        let mut contact = ChildContact {
            seen: self.yes_no(rule.seen),
            alone: self.yes_no(rule.alone),
            spoken_to: self.yes_no(rule.spoken_to),
        };
        if let Some(code) = self.optional_text(rule.code.as_ref(), 1) {
            by_code(&code, &mut contact);
        }
        if let Some(text) = self.optional_text(rule.text.as_ref(), 1) {
            by_words(&spaced(&text), rule, &mut contact);
        }
        // Nobody can be alone with, or spoken to by, somebody who did not see them.
        if contact.seen.is_none() && (contact.alone == Some(true) || contact.spoken_to == Some(true)) {
            contact.seen = Some(true);
        }
        (contact != ChildContact::default()).then_some(contact)
    }

    fn yes_no(&mut self, column: Option<usize>) -> Option<bool> {
        let at = column?;
        let text = self.cells.text(at);
        if text.is_empty() {
            return None;
        }
        let answer = self.feed.words.yes_no(text);
        if answer.is_none() {
            let name = self.shape.columns.get(at).map_or("", |column| &column.name);
            self.warn(name, "neither yes nor no; left out");
        }
        answer
    }
}

/// `seen, not alone, spoken to`.
fn by_code(code: &str, contact: &mut ChildContact) {
    for word in code.split(',').map(str::trim) {
        let (word, is) = word.strip_prefix("not ").map_or((word, true), |word| (word, false));
        match word {
            "seen" => contact.seen = Some(is),
            "alone" => contact.alone = Some(is),
            "spoken to" => contact.spoken_to = Some(is),
            _ => {}
        }
    }
}

fn by_words(text: &str, rule: &ContactRule, contact: &mut ChildContact) {
    let says = |phrases: &[String]| phrases.iter().any(|phrase| text.contains(phrase));
    if says(&rule.says_not_seen) {
        *contact = ChildContact { seen: Some(false), alone: Some(false), spoken_to: Some(false) };
        return;
    }
    if says(&rule.says_seen) {
        contact.seen.get_or_insert(true);
    }
    if says(&rule.says_not_alone) {
        contact.alone.get_or_insert(false);
    } else if says(&rule.says_alone) {
        contact.alone.get_or_insert(true);
    }
    if says(&rule.says_not_spoken_to) {
        contact.spoken_to.get_or_insert(false);
    } else if says(&rule.says_spoken_to) {
        contact.spoken_to.get_or_insert(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_only_what_they_say() {
        let mut contact = ChildContact::default();
        by_code("seen, not alone", &mut contact);
        assert_eq!(contact, ChildContact { seen: Some(true), alone: Some(false), spoken_to: None });
    }

    #[test]
    fn not_seen_settles_it() {
        let rule = ContactRule {
            says_not_seen: vec![" not seen ".into()],
            says_seen: vec![" seen ".into()],
            ..ContactRule::default()
        };
        let mut contact = ChildContact::default();
        by_words(&spaced("Child asleep upstairs, not seen."), &rule, &mut contact);
        assert_eq!(contact.seen, Some(false));
        let mut contact = ChildContact::default();
        by_words(&spaced("Seen with parent."), &rule, &mut contact);
        assert_eq!(contact, ChildContact { seen: Some(true), alone: None, spoken_to: None });
    }
}
