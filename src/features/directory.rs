//! Directory of services: who can help, whom are they for, how long is the wait? Read from
//! `area/services/directory.toml`, which a partnership keeps.

use std::sync::LazyLock;

use axum::extract::Query;
use axum::response::Html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asking::aside;
use super::{Asking, Problem};
use crate::web::pages::directory::{self, DirectoryPage};
use crate::web::pages::frame::Nav;
use crate::web::shown;

/// The directory that is built in.
const BUILT_IN: &str = include_str!("../../area/services/directory.toml");

static DIRECTORY: LazyLock<Result<Directory, String>> =
    LazyLock::new(|| toml::from_str(BUILT_IN).map_err(|e| format!("area/services/directory.toml: {e}")));

/// A directory as its file says it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Directory {
    /// Version of the file.
    version: u32,
    /// Whose directory.
    area: String,
    /// Services.
    service: Vec<Service>,
}

/// One service, statutory or voluntary alike.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Short, stable, never reused.
    pub id: String,
    /// As people say it.
    pub name: String,
    /// Who runs it.
    pub provider: String,
    /// `statutory` or `voluntary`.
    pub sector: String,
    /// Kinds of help.
    pub offers: Vec<String>,
    /// Who may use it.
    #[serde(rename = "for")]
    pub for_whom: Vec<String>,
    /// The same in one sentence.
    pub who_for: String,
    /// What must be true; empty means nothing.
    pub eligibility: Vec<String>,
    /// Places, or cases at one time.
    pub capacity: u32,
    /// From referral to first meeting, as last told.
    pub waiting_days: u32,
    /// How to refer.
    pub refer: String,
    /// Whether a person can come without anybody referring.
    pub self_referral: bool,
    /// Telephone.
    pub phone: String,
    /// Electronic mail.
    pub email: String,
    /// Website.
    #[serde(default)]
    pub website: String,
    /// When it is open.
    pub hours: String,
    /// Languages spoken.
    pub languages: Vec<String>,
    /// Day on which the service last confirmed this entry.
    #[schemars(with = "String")]
    pub reviewed: toml::value::Datetime,
}

/// What the reader asked to see.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Filters {
    /// Only services that offer this, or are for these people.
    pub need: String,
}

/// The directory as shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DirectoryView {
    /// Services that fit.
    pub services: Vec<Service>,
}

/// Reads the directory.
pub fn view(filters: &Filters) -> Result<DirectoryView, Problem> {
    let directory = DIRECTORY.as_ref().map_err(|e| Problem::Broken(e.clone()))?;
    let fits = |service: &&Service| {
        filters.need.is_empty()
            || service.offers.contains(&filters.need)
            || service.for_whom.contains(&filters.need)
    };
    Ok(DirectoryView { services: directory.service.iter().filter(fits).cloned().collect() })
}

/// The page.
pub async fn page(asking: Asking, Query(filters): Query<Filters>) -> Result<Html<String>, Problem> {
    aside(move || {
        let all = view(&Filters::default())?.services;
        let frame = asking.frame(Nav::Directory);
        let need = (!filters.need.is_empty()).then_some(filters.need);
        Ok(Html(directory::render(&DirectoryPage {
            frame,
            services: all.into_iter().map(card).collect(),
            need,
        })?))
    })
    .await
}

/// A service as its card shows it.
fn card(service: Service) -> directory::Service {
    let offers: Vec<String> = service.offers.iter().map(|code| code.replace('_', " ")).collect();
    let mut whom = vec![service.who_for];
    whom.extend(service.eligibility);
    let alone = if service.self_referral { " People can also come by themselves." } else { "" };
    directory::Service {
        id: service.id,
        name: service.name,
        does: format!(
            "{} ({}, {}).",
            shown::sentence_case(&offers.join(", ")),
            service.provider,
            service.sector
        ),
        eligibility: whom.join(" "),
        needs: service.offers.into_iter().chain(service.for_whom).collect(),
        languages: service.languages.join(", "),
        capacity: format!("{} places or cases at one time. {}{alone}", service.capacity, service.refer),
        waiting: match service.waiting_days {
            0 => "None: the same day".to_owned(),
            days => shown::count(days as usize, "day", "days"),
        },
        hours: service.hours,
        telephone: service.phone,
        email: service.email,
        checked: service.reviewed.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_that_is_built_in_can_be_read_and_serves_men_too() {
        let all = view(&Filters::default()).unwrap().services;
        assert!(all.len() > 10);
        let men = view(&Filters { need: "men".to_owned() }).unwrap().services;
        assert!(!men.is_empty() && men.len() < all.len());
        assert!(all.iter().any(|s| s.sector == "voluntary") && all.iter().any(|s| s.sector == "statutory"));
    }
}
