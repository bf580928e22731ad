//! What stands around every page: whose area, who looks, from which point of view, and how fresh each
//! agency's data is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use throughline_domain::ids::AgencyId;
use throughline_domain::picture::shape::{Freshness, Viewpoint};
use throughline_domain::when::When;

use crate::web::shown;

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nav {
    /// None of them.
    #[default]
    None,
    /// Today.
    Today,
    /// Search.
    Search,
    /// Children.
    Children,
    /// People causing harm.
    Harm,
    /// Links to decide.
    Links,
    /// Requests for information.
    Requests,
    /// Can I share this?
    Share,
    /// Incoming files.
    Incoming,
    /// Directory.
    Directory,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// What people read.
    pub name: String,
    /// The agency they work for.
    pub agency: AgencyId,
    /// What they do there.
    pub role: String,
    /// Whether they add people and give roles.
    #[serde(default)]
    pub administers: bool,
}

/// What stands around every page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Name of the area.
    pub area: String,
    /// Whether the area holds no real people, which every page then says.
    pub invented: bool,
    /// Who looks; `None` before signing in.
    pub viewer: Option<SignedIn>,
    /// Where in the navigation.
    pub nav: Nav,
    /// The moment the page is made for: ages, "days ago" and the print header count from it.
    pub now: When,
    /// The point of view, where it is not "everything, now".
    pub viewpoint: Viewpoint,
    /// A secret that every form sends back, so that no other site can send one.
    pub form_token: Option<String>,
}

/// What we have of one agency, so that its silence is never read as "not involved".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The agency, as people call it.
    pub agency: String,
    /// In two or three words.
    pub short: String,
    /// In a sentence.
    pub long: String,
    /// Whether something is missing.
    pub missing: bool,
}

/// What we have of every agency about some people: `records` counts the records that name them.
///
/// Agencies that sent nothing come first: what is missing must not be overlooked.
#[must_use]
pub fn coverage(freshness: &[Freshness], records: &BTreeMap<AgencyId, u32>) -> Vec<Coverage> {
    let mut lines: Vec<Coverage> = freshness.iter().map(|fresh| of_agency(fresh, records)).collect();
    for (agency, count) in records {
        if !freshness.iter().any(|fresh| &fresh.agency == agency) {
            let name = shown::agency(agency);
            let number = shown::count(*count as usize, "record", "records");
            let long = format!("{number} from {name}. When {name} last sent data is not known.");
            lines.push(Coverage { agency: name, short: number, long, missing: false });
        }
    }
    lines.sort_by(|a, b| b.missing.cmp(&a.missing).then_with(|| a.agency.cmp(&b.agency)));
    lines
}

fn of_agency(fresh: &Freshness, records: &BTreeMap<AgencyId, u32>) -> Coverage {
    let agency = shown::agency(&fresh.agency);
    let until = fresh.latest_event.map(shown::when_day);
    let up_to = until.as_ref().map_or(String::new(), |day| format!(" up to {day}"));
    let Some(received) = fresh.received else {
        let long = format!(
            "Nothing has been received from {agency}. This does not mean that they are not involved."
        );
        return Coverage { agency, short: "nothing received".to_owned(), long, missing: true };
    };
    let on = shown::day(shown::local(received).date());
    match records.get(&fresh.agency).copied().unwrap_or(0) {
        0 => Coverage {
            short: "no record found".to_owned(),
            long: format!(
                "No record found in what {agency} sent{up_to} (last file {on}). They may know them under another \
                 name, or not have recorded it."
            ),
            agency,
            missing: true,
        },
        count => {
            let number = shown::count(count as usize, "record", "records");
            let long = format!("{number}; data{up_to}, last file received {on}.");
            let short = until.map_or_else(|| number.clone(), |day| format!("{number}, to {day}"));
            Coverage { agency, short, long, missing: false }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(agency: &str, received: Option<&str>) -> Freshness {
        Freshness {
            agency: agency.into(),
            received: received.map(|at| at.parse().unwrap()),
            latest_event: received.map(|_| "2026-10-30".parse().unwrap()),
            deliveries: 1,
            put_aside: 0,
        }
    }

    #[test]
    fn silence_is_never_called_not_involved() {
        let all = [
            fresh("housing", None),
            fresh("police", Some("2026-10-31T06:10:00Z")),
            fresh("schools", Some("2026-10-31T06:10:00Z")),
        ];
        let records = BTreeMap::from([("police".into(), 14), ("health".into(), 1)]);
        let lines = coverage(&all, &records);
        let short: Vec<_> = lines.iter().map(|line| (line.agency.as_str(), line.short.as_str())).collect();
        assert_eq!(
            short,
            [
                ("Housing", "nothing received"),
                ("Schools", "no record found"),
                ("Health", "1 record"),
                ("Police", "14 records, to 30 October 2026"),
            ]
        );
        assert!(lines[0].long.contains("does not mean that they are not involved"));
        assert!(lines[2].long.contains("is not known"));
    }
}
