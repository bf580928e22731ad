//! Break-glass: always works, is always loud, is always reviewed by another agency, and never passes a conflict of
//! interest or an agency that was barred.

use jiff::civil::{Date, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::entry::{Glass, Looker, Review};
use super::settings::Looking;
use crate::ids::PersonId;

/// Why glass stays whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlassRefused {
    /// Barred from this person: answered as if there were no such person.
    Barred,
    /// No reason that says anything.
    NoReason,
}

/// Breaks glass, or says why not.
///
/// # Errors
/// [`GlassRefused`] when the viewer is barred, or the reason is shorter than the partnership asks for.
pub fn break_glass(
    now: Timestamp,
    by: Looker,
    person: PersonId,
    with: Vec<PersonId>,
    reason: &str,
    barred: bool,
    settings: &Looking,
) -> Result<Glass, GlassRefused> {
    if barred {
        return Err(GlassRefused::Barred);
    }
    if !says_why(reason, settings) {
        return Err(GlassRefused::NoReason);
    }
    let reason = reason.trim();
    let open_for = SignedDuration::from_mins(i64::from(settings.glass.minutes));
    let until = now.checked_add(open_for).unwrap_or(now);
    Ok(Glass { at: now, until, by, person, with, reason: reason.chars().take(2_000).collect() })
}

/// Whether a reason says anything. Asked before it is looked whether there is such a person, so that it tells nothing.
#[must_use]
pub fn says_why(reason: &str, settings: &Looking) -> bool {
    reason.chars().filter(|letter| letter.is_alphanumeric()).count() >= settings.glass.reason_letters
}

/// The glass through which somebody may see a person now. A bar that came after counts too, and so does a clock that
/// was put back: glass is closed before it was broken.
pub fn glass_open<'a>(
    now: Timestamp,
    glasses: impl IntoIterator<Item = &'a Glass>,
    viewer: &Looker,
    person: &PersonId,
    barred: bool,
) -> Option<&'a Glass> {
    if barred {
        return None;
    }
    glasses
        .into_iter()
        .filter(|glass| glass.by.user == viewer.user && glass.by.agency == viewer.agency)
        .filter(|glass| glass.at <= now && now < glass.until)
        .find(|glass| glass.person == *person || glass.with.contains(person))
}

/// How the review of broken glass stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlassState {
    /// Waits for somebody of another agency, until the end of this day.
    Waits(Date),
    /// Nobody reviewed it in time: everybody who reviews is told.
    Overdue(Date),
    /// Reviewed.
    Reviewed,
}

/// How the review of the glass with this entry number stands today.
#[must_use]
pub fn glass_state<'a>(
    entry: u64,
    glass: &Glass,
    broken_on: Date,
    reviews: impl IntoIterator<Item = &'a Review>,
    today: Date,
    settings: &Looking,
) -> GlassState {
    let done = |review: &Review| {
        review.entries.contains(&entry) && super::may_review(&review.by, &glass.by) && review.at >= glass.at
    };
    if reviews.into_iter().any(done) {
        return GlassState::Reviewed;
    }
    let due = after_working_days(broken_on, settings.glass.review_working_days, &settings.glass.holidays);
    if today > due { GlassState::Overdue(due) } else { GlassState::Waits(due) }
}

fn after_working_days(from: Date, days: u32, holidays: &[Date]) -> Date {
    let (mut day, mut left) = (from, days);
    while left > 0 {
        let Ok(next) = day.checked_add(1.day()) else { return day };
        day = next;
        let free = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || holidays.contains(&day);
        left -= u32::from(!free);
    }
    day
}

/// As what somebody is told that glass was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// They oversee the work of whoever broke it.
    Supervisor,
    /// They review for another agency.
    Reviewer,
}

/// Whether somebody must be told of what this viewer did: supervisors of their own agency, and reviewers of every other.
/// Nobody is told of what they did themselves.
#[must_use]
pub fn must_be_told(reader: &Looker, oversees: bool, reviews: bool, of: &Looker) -> Option<Told> {
    if reader.user == of.user {
        None
    } else if reader.agency == of.agency {
        oversees.then_some(Told::Supervisor)
    } else {
        reviews.then_some(Told::Reviewer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::looks::Verdict;
    use proptest::prelude::*;

    fn who(user: &str, agency: &str) -> Looker {
        Looker { user: user.into(), agency: agency.into(), role: "worker".into() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn broken() -> Glass {
        let settings = Looking::built_in().unwrap();
        break_glass(
            at(0),
            who("night", "health"),
            "P1".into(),
            vec!["P2".into()],
            "She says he will come tonight",
            false,
            &settings,
        )
        .unwrap()
    }

    #[test]
    fn it_opens_one_person_and_those_with_them_for_an_hour_to_one_viewer() {
        let (glass, me) = (broken(), who("night", "health"));
        let open = |now: i64, viewer: &Looker, person: &str| {
            glass_open(at(now), [&glass], viewer, &person.into(), false)
        };
        assert!(open(0, &me, "P1").is_some() && open(3_599, &me, "P2").is_some());
        assert!(open(3_600, &me, "P1").is_none(), "an hour is over");
        assert!(open(-1, &me, "P1").is_none(), "a clock that was put back opens nothing");
        assert!(open(0, &me, "P3").is_none());
        assert!(open(0, &who("other", "health"), "P1").is_none());
        assert!(open(0, &who("night", "police"), "P1").is_none(), "who moved agency has nothing from before");
    }

    #[test]
    fn a_bar_is_never_passed() {
        let settings = Looking::built_in().unwrap();
        let refused = break_glass(
            at(0),
            who("night", "health"),
            "P1".into(),
            vec![],
            "A good and long reason for it",
            true,
            &settings,
        );
        assert_eq!(refused, Err(GlassRefused::Barred));
        assert!(glass_open(at(1), [&broken()], &who("night", "health"), &"P1".into(), true).is_none());
    }

    #[test]
    fn a_keystroke_is_no_reason() {
        let settings = Looking::built_in().unwrap();
        for reason in ["", "x", "................................", "   urgent   "] {
            let refused =
                break_glass(at(0), who("night", "health"), "P1".into(), vec![], reason, false, &settings);
            assert_eq!(refused, Err(GlassRefused::NoReason), "{reason:?}");
        }
    }

    #[test]
    fn review_is_due_in_two_working_days_and_only_another_agency_ends_it() {
        let settings = Looking::built_in().unwrap();
        let (glass, thursday): (_, Date) = (broken(), "2026-12-24".parse().unwrap());
        let state = |today: &str, reviews: &[Review]| {
            glass_state(7, &glass, thursday, reviews, today.parse().unwrap(), &settings)
        };
        // Christmas, a weekend and the day given in its place are not worked.
        let due = "2026-12-30".parse().unwrap();
        assert_eq!(state("2026-12-30", &[]), GlassState::Waits(due));
        assert_eq!(state("2026-12-31", &[]), GlassState::Overdue(due));
        let review = |by: Looker, entries: Vec<u64>| Review {
            at: at(60),
            by,
            of: glass.by.clone(),
            entries,
            verdict: Verdict::Explained,
            words: "Spoke with the ward".into(),
        };
        let (own, other) = (review(who("head", "health"), vec![7]), review(who("nurse", "police"), vec![8]));
        assert_eq!(state("2026-12-31", &[own, other]), GlassState::Overdue(due));
        assert_eq!(state("2026-12-31", &[review(who("nurse", "police"), vec![7])]), GlassState::Reviewed);
    }

    #[test]
    fn two_independent_roles_are_told_and_never_oneself() {
        let of = who("night", "health");
        assert_eq!(must_be_told(&who("lead", "health"), true, true, &of), Some(Told::Supervisor));
        assert_eq!(must_be_told(&who("lead", "police"), false, true, &of), Some(Told::Reviewer));
        assert_eq!(must_be_told(&who("clerk", "health"), false, true, &of), None);
        assert_eq!(must_be_told(&who("clerk", "police"), true, false, &of), None);
        assert_eq!(must_be_told(&of, true, true, &of), None);
    }

    proptest! {
        #[test]
        fn glass_is_never_open_longer_than_it_says(now in -10_000_i64..10_000, barred: bool) {
            let glass = broken();
            let open = glass_open(at(now), [&glass], &who("night", "health"), &"P1".into(), barred).is_some();
            prop_assert_eq!(open, !barred && (0..3_600).contains(&now));
        }
    }
}
