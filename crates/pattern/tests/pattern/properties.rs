//! What may change a pattern and what may not, over many invented courses.

use proptest::prelude::*;
use throughline_pattern::{
    Answer, Away, AwayKind, Course, DAY, Domain, Engine, Harm, Indicator, Label, Moment, Population, Reading,
    Report, Room, Settings, Source, Step, control,
};

fn engine() -> Engine {
    let settings = Settings::built_in().unwrap();
    let population = Population::usual(&settings);
    Engine::new(settings, population)
}

const UNTIL: i64 = 1_100;

fn day(day: i64) -> Moment {
    Moment(day * DAY)
}

fn report() -> impl Strategy<Value = Report> {
    (0..UNTIL * 24 * 60, 0u8..5, 0u8..6).prop_map(|(at, harm, source)| Report {
        at: Moment(at),
        harm: Harm::new(harm).unwrap(),
        source: Source(source),
        ..Report::default()
    })
}

fn away() -> impl Strategy<Value = Away> {
    (0..UNTIL, 1i64..400).prop_map(|(from, days)| Away {
        from: day(from),
        to: day(from + days),
        kind: AwayKind::Custody,
    })
}

fn step() -> impl Strategy<Value = Step> {
    (0..UNTIL, 0.3f64..3.0).prop_map(|(from, index)| Step { from: day(from), index })
}

fn read(reports: &[Report], away: &[Away], reporting: &[Step]) -> Reading {
    engine().read(&Course { reports, away, reporting, until: day(UNTIL) }, &mut Room::default())
}

fn probabilities(reading: &Reading) -> Vec<f64> {
    let trend = reading.frequency.map(|t| [t.up, t.down, 1.0 - t.up - t.down]);
    let rise = reading.severity.map(|r| [r.up, r.down, 1.0 - r.up - r.down]);
    trend.into_iter().chain(rise).flatten().chain(reading.silence).collect()
}

proptest! {
    #[test]
    fn the_order_of_what_comes_in_does_not_matter(
        reports in prop::collection::vec(report(), 0..30),
        away in prop::collection::vec(away(), 0..4),
        steps in prop::collection::vec(step(), 0..4),
        turn in 0usize..30,
    ) {
        let mut steps = steps;
        steps.sort_by_key(|step| step.from);
        steps.dedup_by_key(|step| step.from);
        let one = read(&reports, &away, &steps);
        let (mut reports, mut away, mut steps) = (reports, away, steps);
        let by = turn % reports.len().max(1);
        reports.rotate_left(by);
        away.reverse();
        steps.reverse();
        prop_assert_eq!(one, read(&reports, &away, &steps));
    }

    #[test]
    fn probabilities_are_probabilities_and_ranges_are_in_order(
        reports in prop::collection::vec(report(), 0..60),
        away in prop::collection::vec(away(), 0..4),
        steps in prop::collection::vec(step(), 0..4),
    ) {
        let reading = read(&reports, &away, &steps);
        for p in probabilities(&reading) {
            prop_assert!((-1e-9..=1.0 + 1e-9).contains(&p), "{reading:?}");
        }
        if let Some(t) = reading.frequency {
            prop_assert!(0.0 < t.low80 && t.low80 <= t.ratio && t.ratio <= t.high80 && t.high80.is_finite());
        }
    }

    #[test]
    fn the_same_night_told_again_changes_nothing_but_the_count_of_reports(
        reports in prop::collection::vec(report(), 1..20),
        which in 0usize..20,
        later in 0i64..72 * 60,
        source in 0u8..6,
    ) {
        let one = read(&reports, &[], &[]);
        let mut room = Vec::new();
        throughline_pattern::collapse(&mut reports.clone(), 72, &mut room);
        let of = room[which % room.len()];
        let mut more = reports.clone();
        // No graver than what is known of that night, by any agency, any time within its 72 hours.
        more.push(Report { at: Moment((of.at.0 + later).min(UNTIL * DAY)), harm: of.harm, source: Source(source), ..Report::default() });
        prop_assert_eq!(one, read(&more, &[], &[]));
    }

    #[test]
    fn more_time_away_never_makes_silence_count(
        reports in prop::collection::vec(report(), 1..30),
        away in prop::collection::vec(away(), 0..3),
        days in 1i64..500,
    ) {
        let one = read(&reports, &away, &[]);
        let last = reports.iter().map(|report| report.at).max().unwrap();
        let from = Moment(last.0 + 1);
        let mut more = away.clone();
        more.push(Away { from, to: from.plus_days(days), kind: AwayKind::Hospital });
        let other = read(&reports, &more, &[]);
        prop_assert!(other.silent_days <= one.silent_days + 1e-9);
        if let (Some(one), Some(other)) = (one.silence, other.silence) {
            prop_assert!(other >= one - 1e-12, "{one} {other}");
        }
        prop_assert!(other.label != Label::Quiet || one.label == Label::Quiet, "{one:?} {other:?}");
    }

    #[test]
    fn more_reporting_never_makes_a_rise_likelier(
        reports in prop::collection::vec(report(), 4..30),
        from in 0..UNTIL,
        index in 1.0f64..3.0,
    ) {
        let one = read(&reports, &[], &[]);
        let other = read(&reports, &[], &[Step { from: day(from), index }]);
        if let (Some(one), Some(other)) = (one.frequency, other.frequency) {
            prop_assert!(other.up <= one.up + 1e-9);
        }
    }

    #[test]
    fn nothing_is_said_of_change_below_four_episodes(reports in prop::collection::vec(report(), 0..4)) {
        let reading = read(&reports, &[], &[]);
        prop_assert!(probabilities(&reading).is_empty());
        let expected = [Label::Unclear, Label::Isolated, Label::TooFew, Label::TooFew][reading.episodes];
        prop_assert_eq!(reading.label, expected);
    }

    #[test]
    fn what_nobody_asked_is_never_a_no(
        signs in prop::collection::vec((0usize..8, 0i64..UNTIL, 0usize..4), 0..40),
    ) {
        let answers = [Answer::Yes, Answer::No, Answer::NotKnown, Answer::NotAsked];
        let signs: Vec<Indicator> = signs
            .iter()
            .map(|(domain, at, answer)| Indicator {
                domain: Domain::ALL[*domain],
                at: day(*at),
                answer: answers[*answer],
                source: Source(0),
            })
            .collect();
        let settings = Settings::built_in().unwrap();
        let found = control(&signs, day(UNTIL), 2.0, &settings.control);
        let parts = [found.seen, found.answered_no, found.not_known, found.never_asked];
        prop_assert_eq!(parts.iter().map(|part| part.count()).sum::<usize>(), 8);
        let (least, most) = found.range();
        prop_assert!(least <= most && most <= 8);
        for domain in found.never_asked.each() {
            prop_assert!(!signs.iter().any(|s| s.domain == domain && s.answer != Answer::NotAsked));
        }
        // A pattern needs three domains on two days; more signs never take one away.
        prop_assert!(!found.recorded || (found.seen.count() >= 3 && found.dates >= 2));
        let fewer = control(&signs[..signs.len() / 2], day(UNTIL), 2.0, &settings.control);
        prop_assert!(!fewer.recorded || found.recorded);
    }
}
