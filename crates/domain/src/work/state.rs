//! How a line stands: told from the steps that were taken, in their order.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::Working;
use super::step::{Line, Step, WorkStep};
use crate::fact::{Fact, FactBody};
use crate::ids::{AgencyId, TeamId};
use crate::when::When;

/// Whose a line is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Whose {
    /// The name they sign in with.
    pub user: String,
    /// Whether they said that they will do it.
    pub accepted: bool,
    /// The day on which they were given it.
    #[schemars(with = "String")]
    pub since: Date,
}

/// A step with when it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// What.
    pub step: WorkStep,
}

/// How a line stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct State {
    /// Whose it is; nobody's where there is nothing.
    pub whose: Option<Whose>,
    /// Until when it waits.
    #[schemars(with = "Option<String>")]
    pub waits_until: Option<Date>,
    /// The day on which it was done.
    #[schemars(with = "Option<String>")]
    pub done: Option<Date>,
    /// Every step, oldest first.
    pub history: Vec<Told>,
}

/// Lines of one agency as its people left them.
#[must_use]
pub fn states(facts: &[Fact], agency: &AgencyId, zone: &TimeZone) -> BTreeMap<Line, State> {
    let mut all: BTreeMap<Line, State> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.agency == *agency) {
        if let FactBody::WorkStep(step) = &fact.body {
            let state = all.entry(step.line.clone()).or_default();
            state.take(step, fact.received, zone);
        }
    }
    all
}

impl State {
    fn take(&mut self, step: &WorkStep, at: Timestamp, zone: &TimeZone) {
        let on = at.to_zoned(zone.clone()).date();
        match step.step {
            Step::Give | Step::HandOver => {
                // Whoever takes it has accepted it.
                let accepted = step.to == step.by;
                self.whose = Some(Whose { user: step.to.clone(), accepted, since: on });
                (self.waits_until, self.done) = (None, None);
            }
            Step::Accept => {
                if let Some(whose) = &mut self.whose {
                    whose.accepted = true;
                }
            }
            Step::PutOff => {
                self.waits_until = step.until;
                // Whoever says when they will do it has taken it on.
                if let Some(whose) = self.whose.as_mut().filter(|whose| whose.user == step.by) {
                    whose.accepted = true;
                }
            }
            Step::Done => (self.done, self.waits_until) = (Some(on), None),
        }
        self.history.push(Told { at, step: step.clone() });
    }

    /// Whether it waits on a day. What is new since it was put off wakes it.
    #[must_use]
    pub fn waits(&self, since: Option<When>, on: Date) -> bool {
        self.waits_until.is_some_and(|until| on < until) && !self.is_new(since, Step::PutOff)
    }

    /// Whether it is done, and nothing new has happened since.
    #[must_use]
    pub fn is_done(&self, since: Option<When>) -> bool {
        self.done.is_some() && !self.is_new(since, Step::Done)
    }

    /// Whether what the line tells of is younger than the last step of this kind.
    fn is_new(&self, since: Option<When>, step: Step) -> bool {
        let last = self.history.iter().rev().find(|told| told.step.step == step);
        let day = last.map(|told| told.at.to_zoned(TimeZone::UTC).date());
        day.zip(since).is_some_and(|(day, since)| since.last_day() > day)
    }

    /// Whether whoever was given it has let the time pass in which to accept it: then it is nobody's again.
    #[must_use]
    pub fn lapsed(&self, line: &Line, settings: &Working, on: Date) -> bool {
        let days = i64::from(settings.of(&line.part).accept_days);
        self.whose
            .as_ref()
            .filter(|whose| !whose.accepted)
            .is_some_and(|whose| whose.since.checked_add(days.days()).is_ok_and(|until| until < on))
    }

    /// The day by which whoever has it must have done it.
    #[must_use]
    pub fn due(&self, line: &Line, settings: &Working) -> Option<Date> {
        let whose = self.whose.as_ref().filter(|_| self.done.is_none())?;
        let days = i64::from(settings.of(&line.part).due_days);
        let due = whose.since.checked_add(days.days()).ok()?;
        Some(self.waits_until.map_or(due, |until| until.max(due)))
    }
}

/// What each worker has: open lines, and how many of them are overdue on a day. `lines` are those that are on Today now.
#[must_use]
pub fn load<'a>(
    states: &BTreeMap<Line, State>,
    lines: impl IntoIterator<Item = (&'a Line, Option<When>)>,
    on: Date,
    settings: &Working,
) -> BTreeMap<String, (usize, usize)> {
    let mut load: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (line, since) in lines {
        let Some(state) = states.get(line).filter(|state| !state.is_done(since)) else { continue };
        let Some(whose) = &state.whose else { continue };
        let count = load.entry(whose.user.clone()).or_default();
        count.0 += 1;
        count.1 += usize::from(state.due(line, settings).is_some_and(|due| due < on));
    }
    load
}

/// What each team has: its people, their open lines and how many of these are overdue. Whoever is in two teams counts in both: the
/// teams together may have more than there is.
#[must_use]
pub fn by_team(
    load: &BTreeMap<String, (usize, usize)>,
    members: impl IntoIterator<Item = (String, Vec<TeamId>)>,
) -> BTreeMap<TeamId, (usize, usize, usize)> {
    let mut teams: BTreeMap<TeamId, (usize, usize, usize)> = BTreeMap::new();
    for (user, of) in members {
        let (open, overdue) = load.get(&user).copied().unwrap_or_default();
        for team in of {
            let count = teams.entry(team).or_default();
            *count = (count.0 + 1, count.1 + open, count.2 + overdue);
        }
    }
    teams
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::{WhyNot, Worker, check};
    use proptest::prelude::*;

    const TODAY: Date = Date::constant(2026, 11, 23);

    fn at(day: i8, hour: i8) -> Timestamp {
        jiff::civil::date(2026, 11, day).at(hour, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp()
    }

    fn line(part: &str) -> Line {
        Line { part: part.into(), family: Some("F1".into()), person: None }
    }

    fn step(step: Step, by: &str, to: &str) -> WorkStep {
        WorkStep {
            line: line("hard_flag"),
            step,
            to: to.into(),
            until: None,
            reason: "Because".into(),
            by: by.into(),
        }
    }

    fn after(steps: &[(i8, WorkStep)]) -> State {
        let mut state = State::default();
        for (day, step) in steps {
            state.take(step, at(*day, 9), &TimeZone::UTC);
        }
        state
    }

    fn may(step: &WorkStep, state: &State, user: &str, oversees: bool) -> Result<(), WhyNot> {
        check(step, state, Worker { user, oversees }, true, TODAY, &Working::built_in().unwrap())
    }

    #[test]
    fn a_line_is_given_taken_on_handed_over_and_done() {
        let state = after(&[(20, step(Step::Give, "lead", "amy")), (21, step(Step::Accept, "amy", ""))]);
        let whose = state.whose.clone().unwrap();
        assert_eq!((whose.user.as_str(), whose.accepted), ("amy", true));
        assert_eq!(
            state.due(&line("hard_flag"), &Working::built_in().unwrap()),
            Some(jiff::civil::date(2026, 11, 21))
        );
        let state = after(&[(20, step(Step::Give, "lead", "amy")), (21, step(Step::HandOver, "amy", "bo"))]);
        assert!(!state.whose.as_ref().unwrap().accepted, "whoever it is handed to has not accepted yet");
        let done = after(&[(20, step(Step::Give, "amy", "amy")), (21, step(Step::Done, "amy", ""))]);
        assert!(done.whose.as_ref().unwrap().accepted, "whoever takes it has accepted it");
        assert!(done.is_done(Some(When::day(jiff::civil::date(2026, 11, 20)))));
        assert!(!done.is_done(Some(When::day(jiff::civil::date(2026, 11, 22)))), "something new happened");
    }

    #[test]
    fn nobody_takes_what_is_somebody_elses_and_nothing_goes_without_a_reason() {
        let of_amy = after(&[(20, step(Step::Give, "amy", "amy"))]);
        assert_eq!(may(&step(Step::Give, "bo", "bo"), &of_amy, "bo", false), Err(WhyNot::NotYours));
        assert_eq!(may(&step(Step::Give, "bo", "bo"), &State::default(), "bo", false), Ok(()));
        assert_eq!(may(&step(Step::Give, "bo", "cy"), &State::default(), "bo", false), Err(WhyNot::NotYours));
        assert_eq!(may(&step(Step::Give, "lead", "bo"), &of_amy, "lead", true), Ok(()));
        assert_eq!(may(&step(Step::Give, "lead", "amy"), &of_amy, "lead", true), Err(WhyNot::Already));
        assert_eq!(may(&step(Step::Accept, "bo", ""), &of_amy, "bo", true), Err(WhyNot::NotYours));
        for kind in [Step::HandOver, Step::PutOff, Step::Done] {
            let silent = WorkStep { reason: " ".into(), ..step(kind, "amy", "bo") };
            assert!(matches!(may(&silent, &of_amy, "amy", false), Err(WhyNot::NoReason(_))), "{kind:?}");
            assert_eq!(may(&step(kind, "bo", "cy"), &of_amy, "bo", false), Err(WhyNot::NotYours));
        }
        let settings = Working::built_in().unwrap();
        let stranger = check(
            &step(Step::Give, "lead", "cy"),
            &of_amy,
            Worker { user: "lead", oversees: true },
            false,
            TODAY,
            &settings,
        );
        assert_eq!(stranger, Err(WhyNot::Nobody), "only to somebody who may see the family");
    }

    #[test]
    fn danger_is_put_off_for_a_day_at_most_and_wakes_when_something_happens() {
        let of_amy = after(&[(20, step(Step::Give, "amy", "amy"))]);
        let until = |day: i8| WorkStep {
            until: Some(jiff::civil::date(2026, 11, day)),
            ..step(Step::PutOff, "amy", "")
        };
        assert_eq!(may(&until(24), &of_amy, "amy", false), Ok(()));
        for day in [22, 23, 25] {
            assert!(matches!(may(&until(day), &of_amy, "amy", false), Err(WhyNot::Day(_))), "{day}");
        }
        let put_off = after(&[(20, step(Step::Give, "amy", "amy")), (23, until(24))]);
        let old = Some(When::day(jiff::civil::date(2026, 11, 19)));
        assert!(put_off.waits(old, TODAY));
        assert!(!put_off.waits(old, jiff::civil::date(2026, 11, 24)), "the day has come");
        assert!(!put_off.waits(Some(When::day(jiff::civil::date(2026, 11, 24))), TODAY), "something new");
    }

    #[test]
    fn what_is_not_accepted_in_time_is_nobodys_again() {
        let settings = Working::built_in().unwrap();
        let given = after(&[(20, step(Step::Give, "lead", "amy"))]);
        let lapsed = |state: &State, day: i8| {
            state.lapsed(&line("hard_flag"), &settings, jiff::civil::date(2026, 11, day))
        };
        assert_eq!((lapsed(&given, 21), lapsed(&given, 22)), (false, true));
        let accepted = after(&[(20, step(Step::Give, "lead", "amy")), (21, step(Step::Accept, "amy", ""))]);
        assert!(!lapsed(&accepted, 30) && !lapsed(&State::default(), 30));
        assert_eq!(may(&step(Step::Give, "bo", "bo"), &given, "bo", false), Ok(()), "anybody may take it");
        assert_eq!(may(&step(Step::Give, "lead", "amy"), &given, "lead", true), Err(WhyNot::Already));
    }

    #[test]
    fn what_each_has_is_counted_with_what_is_overdue() {
        let mut states = BTreeMap::new();
        states.insert(line("hard_flag"), after(&[(20, step(Step::Give, "amy", "amy"))]));
        states.insert(line("repeat_incidents"), after(&[(22, step(Step::Give, "amy", "amy"))]));
        states.insert(line("gone"), after(&[(2, step(Step::Give, "amy", "amy"))]));
        let (one, two) = (line("hard_flag"), line("repeat_incidents"));
        let all = load(&states, [(&one, None), (&two, None)], TODAY, &Working::built_in().unwrap());
        assert_eq!(all.get("amy"), Some(&(2, 1)), "a line that is no longer on Today is no work");
    }

    #[test]
    fn a_team_has_what_its_people_have() {
        let load = BTreeMap::from([("amy".to_owned(), (3, 1)), ("bo".to_owned(), (2, 2))]);
        let in_teams = |user: &str, teams: &[&str]| {
            (user.to_owned(), teams.iter().map(|team| TeamId::from(*team)).collect::<Vec<_>>())
        };
        let people =
            [in_teams("amy", &["north"]), in_teams("bo", &["north", "night"]), in_teams("cy", &["night"])];
        let teams = by_team(&load, people);
        assert_eq!(teams.get(&"north".into()), Some(&(2, 5, 3)));
        assert_eq!(
            teams.get(&"night".into()),
            Some(&(2, 2, 2)),
            "somebody with nothing to do is one of them"
        );
    }

    proptest! {
        /// However steps follow each other, a line is nobody's, or somebody's who was named.
        #[test]
        fn a_line_belongs_to_whom_it_was_given_last(kinds in prop::collection::vec((0_usize..5, "[a-c]"), 0..12)) {
            let steps: Vec<(i8, WorkStep)> =
                kinds.iter().map(|(kind, to)| (20, step(Step::ALL[*kind], "lead", to))).collect();
            let state = after(&steps);
            let last = steps.iter().rev().find(|(_, step)| matches!(step.step, Step::Give | Step::HandOver));
            prop_assert_eq!(state.whose.map(|whose| whose.user), last.map(|(_, step)| step.to.clone()));
            prop_assert_eq!(state.history.len(), steps.len());
        }
    }
}
