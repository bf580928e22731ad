//! Directory of services: who can help, whom are they for, how long is the wait? Read from
//! `area/services/directory.toml`, which a partnership keeps.

use std::sync::{Arc, LazyLock};

use axum::extract::{Query, State};
use axum::response::Html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asking::aside;
use super::{App, Asking, Problem};

/// The directory that is built in.


/// A directory as its file says it.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// Version of the file.
    pub version: u32,
    /// Services.
    #[serde(rename = "service")]
    pub services: Vec<Service>,
}

/// What the reader asked to see.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Filters {
    /// Only services for this group.
    #[serde(default)]
    pub for_whom: String,
}

/// The directory as shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DirectoryView {
    /// Services that fit.
    pub services: Vec<Service>,
    /// Everyone that services are for.
    pub groups: Vec<String>,
    /// What the reader asked to see.
    pub filters: Filters,
}
/// One service.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Service {
    /// Name.
    pub name: String,
}

/// Reads the directory.
pub fn view(filters: Filters) -> DirectoryView {
    DirectoryView { services: Vec::new(), groups: Vec::new(), filters }
}

/// The page.
pub async fn page(_asking: Asking) -> Result<Html<String>, Problem> { Err(Problem::NotFound) }
