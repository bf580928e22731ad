//! Which words of agencies tell of what living with abuse does to a child. Read from the partnership's document and checked at
//! once.

use serde::Deserialize;

use super::super::critical::settings::Denials;
use super::super::phrases::{Lexicon, LexiconBuilder, SignText, SignsByEvent};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    denials: Denials,
    attendance: AttendanceText,
    dimension: Vec<DimensionText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttendanceText {
    below: f64,
    dimension: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DimensionText {
    name: String,
    label: String,
    ask: String,
    sign: Vec<SignText>,
}

/// A part of a child's life that abuse may mark.
#[derive(Clone, Debug)]
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) ask: String,
}

/// Everything a partnership says about what abuse does to children.
#[derive(Clone, Debug)]
pub(crate) struct ImpactSettings {
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) by_event: SignsByEvent,
    pub(crate) lexicon: Lexicon,
    /// The share of sessions below which a school year is a sign, and the dimension it is a sign of.
    pub(crate) attendance: (f64, usize),
}

impl ImpactSettings {
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
        let AttendanceText { below, dimension: of } = document.attendance;
        if !(0.0..=1.0).contains(&below) {
            return Err(wrong("below", format!("found {below}, expected a share from 0 to 1")));
        }
        let named = document.dimension.iter().position(|dimension| dimension.name == of);
        let named = named.ok_or_else(|| {
            wrong("attendance", format!("found the dimension `{of}`, expected the `name` of one below"))
        })?;
        let mut builder = LexiconBuilder::default();
        builder
            .denials(&document.denials.near, &document.denials.far)
            .map_err(|reason| wrong("denials", reason))?;
        let (mut dimensions, mut by_event): (Vec<Dimension>, _) = (Vec::new(), SignsByEvent::new());
        for DimensionText { name, label, ask, sign } in document.dimension {
            if label.is_empty() || ask.is_empty() || sign.is_empty() {
                return Err(wrong(&name, "expected a `label`, an `ask` and at least one `sign`".to_owned()));
            }
            if dimensions.iter().any(|known| known.name == name) {
                return Err(wrong(&name, format!("found `{name}` twice, expected each dimension once")));
            }
            for sign in sign {
                sign.take_up(dimensions.len(), &mut builder, &mut by_event)
                    .map_err(|reason| wrong(&name, reason))?;
            }
            dimensions.push(Dimension { name, label, ask });
        }
        Ok(Self { dimensions, by_event, lexicon: builder.build(), attendance: (below, named) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::settings::{Document, Documents, Settings};

    #[test]
    fn a_document_that_cannot_be_used_says_where_and_what_was_expected() {
        let built_in = Documents::built_in();
        let said = |from: &str, to: &str| {
            assert!(built_in.impact.text.contains(from), "{from}");
            let text = built_in.impact.text.replacen(from, to, 1);
            let impact = Document { text: &text, ..built_in.impact };
            Settings::from_documents(&Documents { impact, ..built_in }).unwrap_err().to_string()
        };
        assert!(said("below = 0.9", "below = 90").contains("found 90, expected a share from 0 to 1"));
        assert!(said("version = 1", "version = 2").contains("impact.toml, line"));
        assert!(said("dimension = \"learning\"", "dimension = \"lerning\"").contains("`lerning`"));
        assert!(said("name = \"guilt\"", "name = \"fear\"").contains("found `fear` twice"));
        assert!(said("label = \"Anger\"", "label = \"\"").contains("expected a `label`"));
        assert!(said("\"nightmare*\"", "\"Nightmare\"").contains("lower case"));
    }
}
