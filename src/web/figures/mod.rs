//! Pictures for pages: pure functions from the shapes of the picture to SVG with a sentence as title and the
//! same facts as a table. No picture shows more than its table.

pub mod clock;
pub mod contacts;
pub mod episodes;
pub mod genogram;
pub mod homes;
pub mod impact;
mod lines;
mod scale;
pub mod svg;
pub mod waterfall;

use serde::{Deserialize, Serialize};

/// A picture with its twin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// A name that is unique on the page.
    pub id: String,
    /// What the picture says, in one sentence.
    pub title: String,
    /// The picture; empty when there is nothing to draw.
    pub svg: String,
    /// Headings of the table.
    pub head: Vec<String>,
    /// The same facts as rows.
    pub rows: Vec<Vec<String>>,
}

impl Figure {
    /// A figure with nothing to draw: the sentence says so.
    #[must_use]
    pub fn nothing(id: &str, title: &str) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            svg: String::new(),
            head: Vec::new(),
            rows: Vec::new(),
        }
    }
}
