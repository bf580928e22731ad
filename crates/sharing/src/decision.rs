//! The answer to one request: what goes, on which basis, by which rules, and what is said to whoever asked.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::rule::Outcome;
use crate::settings::Within;
use crate::words::Category;

/// The answer to one request. All of it is for the file; only [`Decision::explain`] may be said to whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The outcome of the whole request.
    pub decision: Outcome,
    /// Which of the categories asked for may go.
    pub fields: Vec<Category>,
    /// The legal bases.
    pub basis: Vec<String>,
    /// The policies that decided.
    pub rules: Vec<String>,
    /// What must be kept to.
    pub conditions: Vec<String>,
    /// One plain sentence, fit to be said to whoever asked: it reveals nothing to the person causing harm, to those who
    /// may act for them, or to somebody with a conflict of interest.
    pub explain: String,
    /// How long a person has to decide, where one must.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub within: Option<Within>,
    /// Who decides when that time is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalates_to: Option<String>,
    /// What was decided on each category.
    pub by_category: BTreeMap<Category, Outcome>,
    /// The true reason, for the file and for reviewers. Never part of an answer.
    #[serde(skip)]
    pub reason: String,
}

#[allow(clippy::ref_option, reason = "serde hands the field over like this")]
fn as_text<S: serde::Serializer>(within: &Option<Within>, serializer: S) -> Result<S::Ok, S::Error> {
    match within {
        Some(within) => serializer.collect_str(within),
        None => serializer.serialize_none(),
    }
}
