//! The slow insider: one look a week that nothing explains, among thousands that are work. Counting finds nothing there;
//! what finds it is whether a tie stands behind each look, and whether the same viewer comes back without one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::entry::{Act, Look, Looker, Tie};
use super::settings::Looking;
use crate::ids::{AgencyId, PersonId};

/// A look that nothing explained when it was written, with what has become known since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen<'a> {
    /// Number of its entry.
    pub entry: u64,
    /// The look.
    pub look: &'a Look,
    /// What ties the viewer to these people now.
    pub tie_now: Tie,
    /// It was the wrong one of a list ([`opened_by_mistake`]).
    pub by_mistake: bool,
    /// One of them belongs to the viewer's own surroundings.
    pub own_surroundings: bool,
}

/// Why an item weighs what it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Somebody of their own surroundings.
    OwnSurroundings,
    /// Came back to the same person.
    SamePersonAgain,
    /// Came back in another week.
    AnotherWeek,
    /// A look that nothing explains.
    NothingExplains,
}

impl Ground {
    /// In one plain sentence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OwnSurroundings => "Somebody of their own home or family is among them.",
            Self::SamePersonAgain => "They came back to the same person on another day.",
            Self::AnotherWeek => "It happened again in another week.",
            Self::NothingExplains => "Nothing that is recorded explains it.",
        }
    }
}

/// Looks of one viewer to be reviewed together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// Whose looks.
    pub of: Looker,
    /// Which entries.
    pub entries: Vec<u64>,
    /// At whom.
    pub people: Vec<PersonId>,
    /// When the last of them was.
    #[schemars(with = "String")]
    pub last: Timestamp,
    /// What they weigh.
    pub weight: f64,
    /// Why.
    pub grounds: Vec<Ground>,
    /// Whether they weigh enough to be more than a sample.
    pub flagged: bool,
}

/// What to put before reviewers: of each agency the items that weigh most, as many as there is room for this week.
/// `done` are entries that were reviewed: they are not asked about again, and still count when the viewer comes back.
/// `reviewed_this_week` says how many items each agency's staff had reviewed this week.
#[must_use]
pub fn items(
    looks: &[Seen<'_>],
    done: &BTreeSet<u64>,
    reviewed_this_week: &BTreeMap<AgencyId, usize>,
    now: Timestamp,
    settings: &Looking,
) -> Vec<Item> {
    let days = |days: u32| SignedDuration::from_hours(24 * i64::from(days));
    let (window, grace) =
        (days(settings.review.days + settings.ties.late_days), days(settings.ties.late_days));
    let mut of: BTreeMap<&Looker, Vec<&Seen<'_>>> = BTreeMap::new();
    for seen in looks {
        let age = now.duration_since(seen.look.at);
        let open = seen.look.is_loose(settings) && seen.tie_now == Tie::None && !seen.by_mistake;
        if open && age <= window && !age.is_negative() {
            of.entry(&seen.look.by).or_default().push(seen);
        }
    }
    let settled = |one: &Seen<'_>| now.duration_since(one.look.at) >= grace;
    let mut found = Vec::new();
    for (by, all) in of {
        let before: BTreeSet<&PersonId> =
            all.iter().filter(|one| settled(one)).flat_map(|one| &one.look.people).collect();
        // Paperwork may still come for a young look; it does not explain coming back, nor a look at one's own neighbour.
        let back = |one: &Seen<'_>| one.look.people.iter().any(|person| before.contains(person));
        let counted: Vec<&Seen<'_>> =
            all.into_iter().filter(|one| settled(one) || one.own_surroundings || back(one)).collect();
        if counted.iter().any(|one| !done.contains(&one.entry)) {
            found.push(weighed(by, &counted, settings));
        }
    }
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| (a.last, &a.of).cmp(&(b.last, &b.of))));
    let mut taken = reviewed_this_week.clone();
    found.retain(|item| {
        let count = taken.entry(item.of.agency.clone()).or_default();
        *count += 1;
        *count <= settings.review.most_a_week
    });
    found
}

fn weighed(by: &Looker, seen: &[&Seen<'_>], settings: &Looking) -> Item {
    let weights = &settings.review.weights;
    let mut weight = weights.look * seen.len() as f64;
    let mut grounds = BTreeSet::from([Ground::NothingExplains]);
    let mut days_of: BTreeMap<&PersonId, BTreeSet<i64>> = BTreeMap::new();
    let first = seen.iter().map(|seen| seen.look.at).min().unwrap_or_default();
    for one in seen {
        for person in &one.look.people {
            days_of.entry(person).or_default().insert(day_of(one.look.at));
        }
    }
    if days_of.values().any(|days| days.len() > 1) {
        weight += weights.same_person_again;
        grounds.insert(Ground::SamePersonAgain);
    }
    if seen.iter().any(|one| week_of(one.look.at) != week_of(first)) {
        weight += weights.another_week;
        grounds.insert(Ground::AnotherWeek);
    }
    if seen.iter().any(|one| one.own_surroundings) {
        weight += weights.own_surroundings;
        grounds.insert(Ground::OwnSurroundings);
    }
    let mut entries: Vec<u64> = seen.iter().map(|one| one.entry).collect();
    entries.sort_unstable();
    Item {
        of: by.clone(),
        entries,
        people: days_of.into_keys().cloned().collect(),
        last: seen.iter().map(|one| one.look.at).max().unwrap_or_default(),
        flagged: weight >= settings.review.flag_at,
        weight,
        grounds: grounds.into_iter().collect(),
    }
}

/// Days and weeks only have to be the same for everybody; the zone does not matter.
fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(24 * 60 * 60)
}

/// Weeks from Monday on: the day with number 0 was a Thursday.
fn week_of(at: Timestamp) -> i64 {
    (day_of(at) + 3).div_euclid(7)
}

/// Entries of one viewer over some days, as [`opened_by_mistake`] needs them: those that opened somebody to whom something
/// ties the viewer, and the lists they were shown.
pub struct Around<'a> {
    lists: Vec<(Timestamp, BTreeSet<&'a PersonId>)>,
    tied: Vec<&'a Look>,
}

impl<'a> Around<'a> {
    /// Of all entries of one viewer, in any order.
    pub fn of(entries: impl IntoIterator<Item = &'a Look>, settings: &Looking) -> Self {
        let (mut lists, mut tied) = (Vec::new(), Vec::new());
        for look in entries {
            if look.act == Act::ResultsShown {
                lists.push((look.at, look.named.iter().chain(&look.people).collect()));
            } else if look.tie != Tie::None && settings.ties.needed_for.contains(&look.act) {
                tied.push(look);
            }
        }
        lists.sort_by_key(|(at, _)| *at);
        tied.sort_by_key(|look| look.at);
        Self { lists, tied }
    }
}

/// Whether a look was the wrong one of a list: the viewer was shown a list with these people in it, and soon opened another
/// of the latest such list to whom something ties them.
#[must_use]
pub fn opened_by_mistake(look: &Look, around: &Around<'_>, settings: &Looking) -> bool {
    let near = SignedDuration::from_mins(i64::from(settings.ties.wrong_one_minutes));
    let shown = around.lists.partition_point(|(at, _)| *at <= look.at);
    let mut lately =
        around.lists.iter().take(shown).rev().take_while(|(at, _)| look.at.duration_since(*at) <= near);
    let listed = |list: &BTreeSet<&PersonId>| look.people.iter().all(|person| list.contains(person));
    let Some((_, list)) = lately.find(|(_, list)| !look.people.is_empty() && listed(list)) else {
        return false;
    };
    let since = around.tied.partition_point(|right| right.at < look.at);
    let soon = around.tied.iter().skip(since).take_while(|right| right.at.duration_since(look.at) <= near);
    soon.into_iter()
        .any(|right| right.people != look.people && right.people.iter().any(|person| list.contains(person)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        // A Monday, midnight.
        Timestamp::from_second(1_789_948_800 + hour * 3_600).unwrap()
    }

    fn look(user: &str, agency: &str, hour: i64, person: &str) -> Look {
        Look {
            at: at(hour),
            by: Looker { user: user.into(), agency: agency.into(), role: "worker".into(), units: Vec::new() },
            people: vec![person.into()],
            ..Look::default()
        }
    }

    fn seen(looks: &[Look]) -> Vec<Seen<'_>> {
        (1..)
            .zip(looks)
            .map(|(entry, look)| Seen {
                entry,
                look,
                tie_now: Tie::None,
                by_mistake: false,
                own_surroundings: false,
            })
            .collect()
    }

    fn found(seen: &[Seen<'_>], hour: i64) -> Vec<Item> {
        items(seen, &BTreeSet::new(), &BTreeMap::new(), at(hour), &Looking::built_in().unwrap())
    }

    #[test]
    fn a_single_look_waits_for_its_paperwork_and_is_then_a_sample() {
        let looks = [look("a", "police", 0, "P1")];
        assert_eq!(found(&seen(&looks), 24), []);
        let items = found(&seen(&looks), 72);
        assert_eq!(
            (items.len(), items[0].flagged, &items[0].grounds[..]),
            (1, false, &[Ground::NothingExplains][..])
        );
        let mut late = seen(&looks);
        late[0].tie_now = Tie::Allocation;
        assert_eq!(found(&late, 72), []);
    }

    #[test]
    fn who_comes_back_is_flagged_at_once_and_a_new_case_is_not() {
        let looks = [look("a", "police", 0, "P1"), look("a", "police", 170, "P1")];
        let items = found(&seen(&looks), 171);
        assert_eq!((items.len(), items[0].flagged, &items[0].entries[..]), (1, true, &[1, 2][..]));
        assert_eq!(items[0].grounds, [Ground::SamePersonAgain, Ground::AnotherWeek, Ground::NothingExplains]);
        let new_case = [look("a", "police", 0, "P1"), look("a", "police", 30, "P1")];
        assert_eq!(found(&seen(&new_case), 31), [], "the allocation may not be written yet");
        let mut own = seen(&looks[..1]);
        own[0].own_surroundings = true;
        assert!(found(&own, 1)[0].flagged, "one look at a neighbour is enough");
    }

    #[test]
    fn what_was_reviewed_does_not_come_back_and_a_week_has_room_for_so_many() {
        let looks: Vec<Look> = (0..30).map(|n| look(&format!("u{n}"), "police", 0, "P1")).collect();
        assert_eq!(found(&seen(&looks), 100).len(), 10);
        let settings = Looking::built_in().unwrap();
        let reviewed = BTreeMap::from([("police".into(), 8)]);
        let done: BTreeSet<u64> = (1..=8).collect();
        assert_eq!(items(&seen(&looks), &done, &reviewed, at(100), &settings).len(), 2);
        let again = [look("a", "police", 0, "P1"), look("a", "police", 100, "P1")];
        let items = items(&seen(&again), &BTreeSet::from([1]), &BTreeMap::new(), at(101), &settings);
        assert!(items[0].flagged, "what somebody explained once still counts when they come back");
    }

    #[test]
    fn the_wrong_one_of_a_list_explains_itself() {
        let settings = Looking::built_in().unwrap();
        let minute = |look: Look, minutes: i64| Look {
            at: look.at.checked_add(SignedDuration::from_mins(minutes)).unwrap(),
            ..look
        };
        let wrong = look("a", "police", 0, "P1");
        let list = Look {
            act: Act::ResultsShown,
            people: vec![],
            named: vec!["P1".into(), "P2".into()],
            ..minute(wrong.clone(), -1)
        };
        let right = Look { people: vec!["P2".into()], tie: Tie::OwnCase, ..minute(wrong.clone(), 2) };
        let by_mistake =
            |all: &[&Look]| opened_by_mistake(&wrong, &Around::of(all.iter().copied(), &settings), &settings);
        assert!(by_mistake(&[&list, &right]));
        assert!(by_mistake(&[&right, &wrong, &list]), "in whatever order they are read");
        assert!(!by_mistake(&[&list]), "no right one");
        assert!(!by_mistake(&[&right]), "no list");
        let untied = Look { tie: Tie::None, ..right.clone() };
        assert!(!by_mistake(&[&list, &untied]));
        assert!(!by_mistake(&[&list, &minute(right.clone(), 30)]), "too late");
        assert!(!by_mistake(&[&minute(list.clone(), -30), &right]), "the list was too long ago");
        let other = Look { named: vec!["P2".into(), "P3".into()], ..list.clone() };
        assert!(!by_mistake(&[&other, &right]), "a list without whom they opened");
        assert!(!by_mistake(&[&list, &Look { people: vec!["P9".into()], ..right }]), "not of that list");
    }
}
