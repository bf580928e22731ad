//! How times, ages, places and codes are written for people: one place, so that every page writes them alike.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::picture::shape::Person;
use throughline_domain::record::{Basis, Place, RelationKind, Role};
use throughline_domain::when::{Precision, When};

/// `14 January 2025`.
#[must_use]
pub fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// `9:32pm`.
fn time(at: DateTime) -> String {
    at.strftime("%-I:%M%P").to_string()
}

/// A time in the precision it was recorded in. An unknown time of day is never printed as midnight.
#[must_use]
pub fn when(at: When) -> String {
    let start = at.earliest();
    match at.precision() {
        Precision::Year => start.strftime("%Y").to_string(),
        Precision::Month => start.strftime("%B %Y").to_string(),
        Precision::Day => day(start.date()),
        Precision::Minute => format!("{}, {}", day(start.date()), time(start)),
    }
}

/// The same without the time of day.
#[must_use]
pub fn when_day(at: When) -> String {
    match at.precision() {
        Precision::Minute => day(at.first_day()),
        _ => when(at),
    }
}

/// A moment in UK local time. The rule of summer time is written out, so no time zone files are needed.
#[must_use]
pub fn local(at: Timestamp) -> DateTime {
    let uk = TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").unwrap_or(TimeZone::UTC);
    at.to_zoned(uk).datetime()
}

/// `31 October 2026, 6:10am`.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    let at = local(at);
    format!("{}, {}", day(at.date()), time(at))
}

/// How sure a rule is, in words: nothing that is worked out is ever certain.
#[must_use]
pub fn sure(probability: f64) -> String {
    match probability {
        p if p >= 0.995 => "more than 99% sure".to_owned(),
        p if p < 0.01 => "less than 1% sure".to_owned(),
        p => format!("{:.0}% sure", p * 100.0),
    }
}

/// How long before `today` something was, in words that fit how much is known.
#[must_use]
pub fn ago(at: When, today: Date) -> String {
    let days = at.last_day().until((Unit::Day, today)).map_or(0, |span| span.get_days());
    match days {
        ..0 => "ahead".to_owned(),
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        2..14 => format!("{days} days ago"),
        14..61 => format!("{} weeks ago", days / 7),
        61..730 => format!("{} months ago", days * 12 / 365),
        _ => format!("{} years ago", days / 365),
    }
}

/// Age in whole years on a day, when the day of birth is known well enough.
#[must_use]
pub fn age(born: When, on: Date) -> Option<i16> {
    let years = |from: Date| from.until((Unit::Year, on)).map_or(0, |span| span.get_years());
    let (oldest, youngest) = (years(born.first_day()), years(born.last_day()));
    (oldest == youngest && youngest >= 0).then_some(youngest)
}

/// An agency, as people call it. Agencies that a partnership adds are called by their id.
#[must_use]
pub fn agency(id: &AgencyId) -> String {
    match id.as_str() {
        "social_care" => "Children’s social care".to_owned(),
        "services" => "Specialist services".to_owned(),
        other => sentence_case(other),
    }
}

/// `domestic_abuse` → `Domestic abuse`.
#[must_use]
pub fn sentence_case(code: &str) -> String {
    let mut chars = code.chars().map(|c| if c == '_' { ' ' } else { c });
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// `1 child`, `3 children`.
#[must_use]
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", number, if number == 1 { one } else { many })
}

/// `24,000`.
#[must_use]
pub fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.as_bytes().get(at - 1) != Some(&b'-') {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A role in an event.
#[must_use]
pub fn role(role: Role) -> &'static str {
    match role {
        Role::CausingHarm => "recorded as causing harm",
        Role::Victim => "recorded as victim",
        Role::Witness => "witness",
        Role::ChildPresent => "child present",
        Role::ChildOfHousehold => "child of the household, not present",
        Role::Subject => "about them",
        Role::Other => "named",
    }
}

/// What one person is to another.
#[must_use]
pub fn relation(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Partner => "partner",
        RelationKind::FormerPartner => "former partner",
        RelationKind::Parent => "parent",
        RelationKind::PartnerOfParent => "parent’s partner",
        RelationKind::Child => "child",
        RelationKind::Sibling => "brother or sister",
        RelationKind::Relative => "relative",
        RelationKind::CausesHarmTo => "said to have caused harm to",
        RelationKind::Other => "other contact",
    }
}

/// On what ground somebody is said to live somewhere.
#[must_use]
pub fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Tenancy => "on the tenancy",
        Basis::Registered => "registered address",
        Basis::GivenAtIncident => "given to police at an incident",
        Basis::Proposed => "proposed to probation, not approved",
        Basis::Approved => "approved by probation",
        Basis::SaidToLiveThere => "said by somebody to live there",
        Basis::Custody => "prison or approved premises",
        Basis::Refuge => "safe accommodation",
    }
}

/// Whether the ground is somebody's word rather than an agency's own knowledge.
#[must_use]
pub fn is_weak(basis: Basis) -> bool {
    matches!(basis, Basis::GivenAtIncident | Basis::Proposed | Basis::SaidToLiveThere)
}

/// What a kept place is called wherever it would stand.
pub const KEPT: &str = "Kept private";

/// A place, or that it is kept.
#[must_use]
pub fn place(place: &Place) -> String {
    match place {
        Place::Kept(_) => KEPT.to_owned(),
        Place::Known(address) => {
            let parts = [address.lines.as_str(), address.postcode.as_str()];
            let text = parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
            if text.is_empty() { "Address not recorded".to_owned() } else { text }
        }
    }
}

/// Who somebody is, in the few words that tell people apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLabel {
    /// The name, or that it is not known.
    pub name: String,
    /// Date of birth and age, or that it is not known.
    pub born: String,
}

/// The label of a person on a day.
#[must_use]
pub fn label(person: &Person, today: Date) -> PersonLabel {
    let name = if person.name.trim().is_empty() { "Name not known".to_owned() } else { person.name.clone() };
    let born = match (person.born, person.expected) {
        (Some(born), _) => match age(born, today) {
            Some(years) => format!("born {}, age {years}", when_day(born)),
            None => format!("born {}", when_day(born)),
        },
        (None, Some(due)) => format!("not yet born, expected {}", day(due)),
        (None, None) => "date of birth not known".to_owned(),
    };
    PersonLabel { name, born }
}

/// The labels of many people on a day, by id.
pub fn labels<'a>(
    people: impl IntoIterator<Item = &'a Person>,
    today: Date,
) -> BTreeMap<PersonId, PersonLabel> {
    people.into_iter().map(|person| (person.id.clone(), label(person, today))).collect()
}

/// The entries of a map for some keys only: what a page names of what a whole area knows.
pub fn only<'a, K: Ord + Clone + 'a, V: Clone>(
    all: &BTreeMap<K, V>,
    wanted: impl IntoIterator<Item = &'a K>,
) -> BTreeMap<K, V> {
    wanted
        .into_iter()
        .filter_map(|key| all.get_key_value(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn w(text: &str) -> When {
        text.parse().unwrap()
    }

    #[test]
    fn writes_only_what_was_recorded() {
        assert_eq!(when(w("2024")), "2024");
        assert_eq!(when(w("2024-07")), "July 2024");
        assert_eq!(when(w("2024-07-19")), "19 July 2024");
        assert_eq!(when(w("2024-07-19T21:40")), "19 July 2024, 9:40pm");
        assert_eq!(when_day(w("2024-07-19T21:40")), "19 July 2024");
    }

    #[test]
    fn large_numbers_are_read_in_threes() {
        for (number, words) in [(7.0, "7"), (999.0, "999"), (1000.0, "1,000"), (1_234_567.0, "1,234,567")] {
            assert_eq!(thousands(number), words);
        }
    }

    #[test]
    fn summer_time_is_an_hour_ahead() {
        assert_eq!(moment("2026-07-01T05:10:00Z".parse().unwrap()), "1 July 2026, 6:10am");
        assert_eq!(moment("2026-12-01T05:10:00Z".parse().unwrap()), "1 December 2026, 5:10am");
    }

    #[test]
    fn an_age_is_given_only_when_it_is_certain() {
        let today = Date::constant(2026, 11, 1);
        assert_eq!(age(w("2015-11-02"), today), Some(10));
        assert_eq!(age(w("2015-11-01"), today), Some(11));
        assert_eq!(age(w("2015"), today), None);
        assert_eq!(age(w("2027"), today), None);
    }

    #[test]
    fn says_how_long_ago() {
        let today = Date::constant(2026, 11, 1);
        for (at, expected) in [
            ("2026-11-01T10:00", "today"),
            ("2026-10-31", "yesterday"),
            ("2026-10-22", "10 days ago"),
            ("2026-10-01", "4 weeks ago"),
            ("2026-05-01", "6 months ago"),
            ("2020-05-01", "6 years ago"),
            ("2027-01-01", "ahead"),
        ] {
            assert_eq!(ago(w(at), today), expected, "{at}");
        }
    }
}
