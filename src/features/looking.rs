//! What a reader asked to see of a chronology, from the address of the page: ids, codes and dates only.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::picture::Viewpoint;

use super::Problem;
use crate::web::pages::chronology::Filters;

/// The query of a page with a chronology. An empty field is one that nobody filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Looking {
    /// Only entries about this person.
    pub person: String,
    /// Only entries of this agency.
    pub agency: String,
    /// Only entries of this kind.
    pub kind: String,
    /// Which page of the chronology, from 1.
    pub page: String,
    /// As known on this day (`2025-05-31`).
    pub as_known_on: String,
    /// As known to this agency.
    pub known_to: String,
}

impl Looking {
    /// What to show of the chronology.
    pub fn filters(&self) -> Result<Filters, Problem> {
        let kind = match self.kind.as_str() {
            "" => None,
            kind => Some(serde_json::from_value(kind.into()).map_err(|_| {
                Problem::Asked(format!("`{kind}` is not a kind of entry. Choose one of the list."))
            })?),
        };
        Ok(Filters {
            person: given(&self.person).map(Into::into),
            agency: given(&self.agency).map(Into::into),
            kind,
            page: self.page.parse().unwrap_or(1),
        })
    }

    /// From which point of view.
    pub fn viewpoint(&self) -> Result<Viewpoint, Problem> {
        let day = |day: &str| {
            day.parse::<Date>()
                .map_err(|_| Problem::Asked("Write the day like 2025-05-31: year, month, day.".to_owned()))
        };
        Ok(Viewpoint {
            as_known_on: given(&self.as_known_on).map(day).transpose()?,
            known_to: given(&self.known_to).map(Into::into),
        })
    }
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_form_asks_for_everything() {
        let looking = Looking::default();
        assert_eq!(looking.viewpoint().unwrap(), Viewpoint::default());
        assert!(looking.filters().unwrap().kind.is_none());
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        let day = Looking { as_known_on: "last week".to_owned(), ..Looking::default() };
        assert!(matches!(day.viewpoint(), Err(Problem::Asked(_))));
        let kind = Looking { kind: "party".to_owned(), ..Looking::default() };
        assert!(matches!(kind.filters(), Err(Problem::Asked(_))));
    }
}
