//! What is done in each family, when, how badly, and whether police hear of it.

use jiff::civil::Date;

use crate::build::Maker;
use crate::calendar::{at, days, later, plus};
use crate::case::{Act, Case, Family, Moment};
use crate::dice::Dice;
use crate::people::Px;
use crate::script::{Course, Kind, Part, Planned, Script, Window};
use crate::words::{Offence, Words};

/// Adds the acts of every family, in order of time.
pub(crate) fn act_out(case: &mut Case, script: &Script, make: &mut Maker<'_>) {
    let mut acts = Vec::new();
    for (number, part) in script.parts.iter().enumerate() {
        let Some(family) = case.family(number).cloned() else { continue };
        let planned = if part.planned.is_empty() {
            plan(make.words, make.window, part, &family, make.dice)
        } else {
            part.planned.clone()
        };
        for planned in planned {
            if !case.in_custody(planned.on)
                && planned.on <= make.window.until
                && planned.on >= make.window.from
            {
                acts.extend(act(case, number, &family, &planned, make));
            }
        }
    }
    acts.sort_by_key(|act| act.at);
    case.acts = acts;
    for number in 0..case.acts.len() {
        points(case, number);
    }
}

/// Days and levels of harm of a course between its first and last day.
pub(crate) fn days_of(
    course: Course,
    first: Date,
    last: Date,
    apart: Option<Date>,
    dice: &mut Dice,
) -> Vec<(Date, u8)> {
    let length = days(first, last).max(0);
    let mut out = Vec::new();
    let mut day = first;
    let level = |dice: &mut Dice, low: i64, high: i64| dice.between(low, high).clamp(0, 4) as u8;
    while day <= last && out.len() < 60 {
        // Share of the course gone by, in 100.
        let gone = if length == 0 { 0 } else { days(first, day) * 100 / length };
        let (gap, hurt) = match course {
            Course::Single => {
                out.push((day, level(dice, 0, 2)));
                break;
            }
            Course::Steady => (dice.between(38, 75), level(dice, 0, 2)),
            Course::MoreOften => (dice.between(10, 20) + (100 - gone) * 3 / 2, level(dice, 0, 2)),
            Course::Worse => (dice.between(42, 75), level(dice, gone / 30, gone / 24)),
            Course::MoreOftenAndWorse => {
                (dice.between(9, 18) + (100 - gone) * 3 / 2, level(dice, gone / 32, gone / 24))
            }
            Course::Stopped => (dice.between(25, 60), level(dice, 0, 2)),
            Course::AfterSeparation => match apart {
                Some(apart) if day >= apart => (dice.between(4, 9) + days(apart, day) / 8, level(dice, 1, 3)),
                _ => (dice.between(50, 100), level(dice, 0, 1)),
            },
            Course::Control => (dice.between(150, 420), level(dice, 0, 1)),
        };
        out.push((day, hurt));
        let next = plus(day, gap.max(2));
        // The weeks after parting are not skipped over by a long gap before it.
        day = match apart {
            Some(apart) if course == Course::AfterSeparation && day < apart && next > apart => plus(apart, 3),
            _ => next,
        };
    }
    if course == Course::Stopped {
        out.truncate(9);
    }
    if course == Course::Control {
        out.truncate(3);
    }
    out
}

fn plan(words: &Words, window: Window, part: &Part, family: &Family, dice: &mut Dice) -> Vec<Planned> {
    let Some((first, last)) = part.active else { return Vec::new() };
    let drawn = days_of(part.course, first, last, part.apart, dice);
    let count = drawn.len();
    let mut planned = Vec::new();
    for (number, (on, level)) in drawn.into_iter().enumerate() {
        let apart = family.apart.is_some_and(|apart| apart <= on);
        let Some(offence) = offence(words, level, apart, dice) else { continue };
        let per_cent = if part.course == Course::Control { 60 } else { 74 };
        let framed = number == 0 || number + 1 == count;
        let reported = framed || dice.chance(per_cent);
        let charged = reported && offence.level > 0 && dice.chance(12 + u32::from(offence.level) * 11);
        let mut flags = Vec::new();
        if dice.chance(6) {
            flags.push("suicide_threat_by_perpetrator");
        }
        if on <= window.until {
            planned.push(Planned { on, code: "", reported, charged, flags });
        }
        if let Some(last) = planned.last_mut() {
            last.code = known_code(&offence.code);
        }
    }
    planned
}

/// Codes are a closed set; scripts refer to them by these names.
fn known_code(code: &str) -> &'static str {
    const CODES: [&str; 17] = [
        "NC/62", "149/00", "195/94", "195/41", "049/10", "105/01", "008/06", "003/01", "195/12", "066/39",
        "008/67", "008/77", "008/81", "020/05", "036/03", "008/01", "005/01",
    ];
    CODES.iter().find(|known| **known == code).copied().unwrap_or("NC/62")
}

/// An offence of that level; those that need a distance only once the parties have parted.
fn offence<'a>(words: &'a Words, level: u8, apart: bool, dice: &mut Dice) -> Option<&'a Offence> {
    let fits: Vec<&Offence> =
        words.offences.offence.iter().filter(|o| o.level == level && (apart || !o.apart)).collect();
    let at = dice.weighted(fits.iter().map(|o| if apart && o.apart { o.share * 3 } else { o.share }));
    fits.get(at).copied()
}

fn act(case: &Case, number: usize, family: &Family, planned: &Planned, make: &mut Maker<'_>) -> Option<Act> {
    let dice = &mut *make.dice;
    let offence = make.words.offence(planned.code)?.clone();
    let recorded = match &offence.milder {
        Some(milder) if dice.chance(15) && planned.flags.is_empty() => make.words.offence(milder)?.clone(),
        _ => offence.clone(),
    };
    // Evenings and nights; weekends need no rule of their own.
    let minute = if dice.chance(75) { dice.between(18 * 60, 26 * 60) } else { dice.between(8 * 60, 18 * 60) };
    let when = at(planned.on, minute);
    let apart = family.apart.is_some_and(|apart| apart <= planned.on);
    let home = case.address_on(family.victim, planned.on).unwrap_or(family.home);
    let home = if case.home(home).kept { family.home } else { home };
    let present: Vec<Px> = case
        .residents(family.home, planned.on)
        .into_iter()
        .filter(|who| family.children.iter().any(|(child, _)| child == who))
        .filter(|who| case.person(*who).age(planned.on) < 18)
        .collect();
    let present = present.into_iter().filter(|_| dice.chance(62)).collect();
    let mut flags: Vec<&'static str> = planned.flags.clone();
    match offence.flag.as_deref() {
        Some("strangulation") => flags.push("strangulation"),
        Some("threat_to_kill") => flags.push("threat_to_kill"),
        Some("weapon") => flags.push("weapon"),
        Some("order_breach") => flags.push("order_breach"),
        Some(_) if apart => flags.push("stalking_after_separation"),
        _ => {}
    }
    let expecting = family.children.iter().any(|(child, _)| {
        let born = case.person(*child).born;
        case.person(*child).mother == Some(family.victim)
            && born > planned.on
            && plus(born, -200) < planned.on
    });
    if expecting {
        flags.push("pregnant");
    }
    if family.apart.is_some_and(|apart| (0..=90).contains(&days(apart, planned.on))) {
        flags.push("recent_separation");
    }
    let counter = offence.level > 0 && family.kind == Kind::Partners && dice.chance(8);
    let delay = if dice.chance(80) { dice.between(3, 90) } else { dice.between(300, 3000) };
    let end = at(make.window.until, 1435);
    let reported = planned.reported.then(|| later(when, delay).min(end));
    let victim = family.victim;
    Some(Act {
        at: when.min(end),
        family: number,
        victim,
        recorded,
        flags,
        home,
        present,
        counter,
        reported,
        charged: planned.charged,
        reference: String::new(),
        offence,
    })
}

/// Times of risk that an act brings.
pub(crate) fn points(case: &mut Case, number: usize) {
    let Some(act) = case.acts.get(number).cloned() else { return };
    for flag in act.flags {
        let kind = match flag {
            "threat_to_kill" => "threats_to_kill",
            "strangulation"
            | "weapon"
            | "suicide_threat_by_perpetrator"
            | "stalking_after_separation"
            | "order_breach" => flag,
            _ => continue,
        };
        case.point(Moment::Act(number, flag), kind, act.at.date(), Some(act.victim), Some(act.home));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Stream;

    fn gaps(course: Course, apart: Option<Date>) -> (Vec<i64>, Vec<u8>) {
        let (first, last) = (Date::constant(2024, 2, 1), Date::constant(2026, 10, 1));
        let mut dice = Dice::new(11, Stream::Family, 3);
        let drawn = days_of(course, first, last, apart, &mut dice);
        let gaps = drawn.windows(2).map(|w| days(w[0].0, w[1].0)).collect();
        (gaps, drawn.iter().map(|d| d.1).collect())
    }

    #[test]
    fn more_often_means_shorter_gaps() {
        let (gaps, _) = gaps(Course::MoreOften, None);
        let half = gaps.len() / 2;
        let mean = |g: &[i64]| g.iter().sum::<i64>() / g.len() as i64;
        assert!(mean(&gaps[..half]) > 2 * mean(&gaps[half..]), "{gaps:?}");
    }

    #[test]
    fn worse_means_graver() {
        let (_, levels) = gaps(Course::Worse, None);
        assert!(levels[0] <= 1 && levels[levels.len() - 1] >= 3, "{levels:?}");
    }

    #[test]
    fn after_parting_it_surges() {
        let apart = Date::constant(2025, 3, 1);
        let (gaps, _) = gaps(Course::AfterSeparation, Some(apart));
        assert!(gaps.iter().filter(|gap| **gap < 15).count() >= 5, "{gaps:?}");
    }

    #[test]
    fn control_leaves_few_incidents() {
        assert!(gaps(Course::Control, None).1.len() <= 3);
        assert_eq!(gaps(Course::Single, None).1.len(), 1);
    }
}
