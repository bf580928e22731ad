//! Which words of agencies other than the police tell of an act of abuse, and how grave it is. Read from the partnership's
//! document and checked at once.

use serde::Deserialize;

use super::super::critical::settings::Denials;
use super::super::phrases::{Lexicon, LexiconBuilder, SignText, SignsByEvent};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    denials: Denials,
    act: Vec<ActText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActText {
    name: String,
    label: String,
    harm: u8,
    #[serde(default)]
    flag: String,
    sign: Vec<SignText>,
}

/// An act as other agencies tell of it.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) label: String,
    pub(crate) harm: u8,
    pub(crate) flag: String,
}

/// Everything a partnership says about episodes that other agencies write down.
#[derive(Clone, Debug)]
pub(crate) struct EpisodeSettings {
    pub(crate) acts: Vec<Act>,
    pub(crate) by_event: SignsByEvent,
    pub(crate) lexicon: Lexicon,
}

impl EpisodeSettings {
    /// Reads and checks the document.
    pub(crate) fn read(
        text: &str,
        parse: impl Fn(toml::de::Error) -> (String, String),
    ) -> Result<Self, (String, String)> {
        let document: Document = toml::from_str(text).map_err(parse)?;
        let wrong = |field: &str, reason: String| (field.to_owned(), reason);
        if document.version != 1 {
            return Err(wrong("version", format!("found {}, expected 1", document.version)));
        }
        let mut builder = LexiconBuilder::default();
        builder
            .denials(&document.denials.near, &document.denials.far)
            .map_err(|reason| wrong("denials", reason))?;
        let (mut acts, mut by_event) = (Vec::new(), SignsByEvent::new());
        for act in document.act {
            if act.label.is_empty() || act.sign.is_empty() {
                return Err(wrong(&act.name, "expected a `label` and at least one `sign`".to_owned()));
            }
            if throughline_pattern::Harm::new(act.harm).is_none() {
                return Err(wrong(&act.name, format!("found harm {}, expected 0 to 4", act.harm)));
            }
            for sign in act.sign {
                sign.take_up(acts.len(), &mut builder, &mut by_event)
                    .map_err(|reason| wrong(&act.name, reason))?;
            }
            acts.push(Act { label: act.label, harm: act.harm, flag: act.flag });
        }
        Ok(Self { acts, by_event, lexicon: builder.build() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::settings::{Document, Documents, Settings};

    #[test]
    fn a_document_that_cannot_be_used_says_where_and_what_was_expected() {
        let built_in = Documents::built_in();
        let said = |from: &str, to: &str| {
            assert!(built_in.episodes.text.contains(from), "{from}");
            let text = built_in.episodes.text.replacen(from, to, 1);
            let episodes = Document { text: &text, ..built_in.episodes };
            Settings::from_documents(&Documents { episodes, ..built_in }).unwrap_err().to_string()
        };
        assert!(said("harm = 4", "harm = 7").contains("found harm 7, expected 0 to 4"));
        assert!(said("version = 1", "version = 2").contains("episodes.toml, line"));
        assert!(said("events = [\"health_contact\"]", "events = []").contains("expected all three"));
    }
}
