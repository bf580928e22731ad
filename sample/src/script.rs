//! What is decided about a case before anybody lives it: who harms whom, how it goes on, what follows.
//! Ordinary cases draw it; the storylines write it by hand.

use jiff::civil::Date;

use crate::calendar::plus;
use crate::case::Tenure;
use crate::dice::Dice;
use crate::people::Sex;

/// The window of the exports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) from: Date,
    pub(crate) until: Date,
}

/// How the two adults stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Partners,
    /// A child in its teens harms a parent.
    Adolescent,
    /// A grown-up child harms a parent.
    AdultChild,
    Siblings,
    /// A grandchild or in-law.
    Relative,
}

/// How the harm goes on over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    Single,
    Steady,
    MoreOften,
    Worse,
    MoreOftenAndWorse,
    Stopped,
    AfterSeparation,
    Control,
}

impl Course {
    /// As the truth calls it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Single => "first_isolated",
            Self::Steady => "chronic_steady",
            Self::MoreOften => "escalating_frequency",
            Self::Worse => "escalating_severity",
            Self::MoreOftenAndWorse => "escalating_both",
            Self::Stopped => "declining_or_stopped",
            Self::AfterSeparation => "post_separation_surge",
            Self::Control => "coercive_control",
        }
    }
}

/// In which feed a new household first shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    Housing,
    Schools,
    Midwifery,
    Probation,
    Health,
    SocialCare,
    PoliceAddress,
}

impl Sign {
    /// As the truth calls it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Housing => "housing",
            Self::Schools => "schools",
            Self::Midwifery => "midwifery",
            Self::Probation => "probation",
            Self::Health => "health_other",
            Self::SocialCare => "social_care",
            Self::PoliceAddress => "police_address",
        }
    }

    pub(crate) const ALL: [Self; 7] = [
        Self::Housing,
        Self::Schools,
        Self::Midwifery,
        Self::Probation,
        Self::Health,
        Self::SocialCare,
        Self::PoliceAddress,
    ];
}

/// Whose child it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parents {
    Both,
    Victim,
    /// A child of the person causing harm with someone else; visits.
    Harm,
}

/// A child of a family, or one expected.
#[derive(Clone, Debug)]
pub(crate) struct ChildPlan {
    pub(crate) born: Date,
    pub(crate) parents: Parents,
    pub(crate) twin_of_last: bool,
    pub(crate) overlooked: bool,
}

/// An incident that must happen.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) on: Date,
    pub(crate) code: &'static str,
    pub(crate) reported: bool,
    pub(crate) charged: bool,
    pub(crate) flags: Vec<&'static str>,
}

/// What the victim does about the home after parting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// The person causing harm leaves.
    HarmLeaves,
    /// Victim and children move, perhaps to an address that must be kept.
    VictimMoves { kept: bool },
    /// Victim and children go to a refuge first.
    Refuge,
}

/// One relationship of a case.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) victim_sex: Sex,
    pub(crate) victim_age: i64,
    pub(crate) victim_name: Option<(&'static str, &'static str)>,
    pub(crate) married: bool,
    pub(crate) from: Date,
    /// For a next family: the day of moving in, if that has happened.
    pub(crate) moved_in: Option<Date>,
    pub(crate) apart: Option<Date>,
    pub(crate) leaving: Leaving,
    pub(crate) tenure: Tenure,
    pub(crate) course: Course,
    /// First and last day between which harm is done, if any yet.
    pub(crate) active: Option<(Date, Date)>,
    /// Incidents written by hand; the course draws none if there are any.
    pub(crate) planned: Vec<Planned>,
    pub(crate) children: Vec<ChildPlan>,
    pub(crate) signs: Vec<(Sign, Date)>,
    pub(crate) indicators: Vec<Date>,
    pub(crate) grandparent: bool,
}

/// Time in prison that must happen: sentence day, release day.
pub(crate) type Custody = (Date, Date);

/// One case, decided.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) kind: Kind,
    pub(crate) harm_sex: Sex,
    pub(crate) harm_age: i64,
    pub(crate) harm_name: Option<(&'static str, &'static str)>,
    pub(crate) culture: Option<usize>,
    pub(crate) parts: Vec<Part>,
    pub(crate) custody: Option<Custody>,
    /// A father and a son who share their name.
    pub(crate) namesake: bool,
    pub(crate) background: usize,
}

/// Draws an ordinary case.
pub(crate) fn draw(window: Window, dice: &mut Dice) -> Script {
    let kind = match dice.below(100) {
        0..=82 => Kind::Partners,
        83..=88 => Kind::Adolescent,
        89..=93 => Kind::AdultChild,
        94..=97 => Kind::Siblings,
        _ => Kind::Relative,
    };
    let harm_sex = if dice.chance(83) { Sex::Male } else { Sex::Female };
    let same_sex = kind == Kind::Partners && dice.chance(8);
    let victim_sex = match kind {
        Kind::Partners if same_sex => harm_sex,
        Kind::Partners => harm_sex.other(),
        _ if dice.chance(75) => Sex::Female,
        _ => Sex::Male,
    };
    let harm_age = match kind {
        Kind::Adolescent => dice.between(13, 17),
        Kind::AdultChild | Kind::Relative => dice.between(22, 44),
        Kind::Siblings => dice.between(18, 36),
        Kind::Partners => dice.between(19, 52),
    };
    let first = part(window, kind, victim_sex, harm_age, dice);
    let mut parts = vec![first];
    let may_move_on = kind == Kind::Partners && harm_age >= 20;
    while may_move_on && parts.len() < 3 && dice.chance(if parts.len() == 1 { 36 } else { 40 }) {
        let Some(next) = parts.last().and_then(|last| next_part(window, last, harm_sex, harm_age, dice))
        else {
            break;
        };
        parts.push(next);
    }
    let namesake = kind == Kind::Partners && dice.chance(4);
    let background = dice.below(4);
    Script {
        kind,
        harm_sex,
        harm_age,
        harm_name: None,
        culture: None,
        parts,
        custody: None,
        namesake,
        background,
    }
}

fn part(window: Window, kind: Kind, victim_sex: Sex, harm_age: i64, dice: &mut Dice) -> Part {
    let course = course(kind, dice);
    let victim_age = match kind {
        Kind::Partners => (harm_age + dice.between(-7, 6)).max(18),
        Kind::Adolescent => harm_age + dice.between(18, 36),
        Kind::AdultChild => harm_age + dice.between(18, 34),
        Kind::Siblings => (harm_age + dice.between(-6, 6)).max(19),
        Kind::Relative => harm_age + dice.between(30, 45),
    };
    let together = dice.between(14, 12 * (harm_age - 17).clamp(2, 12));
    let from = plus(window.from, -together * 30);
    let partners = kind == Kind::Partners;
    let length = crate::calendar::days(window.from, window.until);
    let apart = match course {
        Course::AfterSeparation => Some(plus(window.from, dice.between(length / 5, length * 3 / 5))),
        _ if partners && dice.chance(45) => Some(plus(window.from, dice.between(length / 6, length * 5 / 6))),
        _ => None,
    };
    let active = Some(active(window, course, apart, dice));
    let leaving = match dice.below(100) {
        0..=57 => Leaving::HarmLeaves,
        58..=82 => Leaving::VictimMoves { kept: dice.chance(30) },
        _ => Leaving::Refuge,
    };
    Part {
        victim_sex,
        victim_age,
        victim_name: None,
        married: partners && dice.chance(35),
        from,
        moved_in: None,
        apart,
        leaving,
        tenure: tenure(dice),
        course,
        active,
        planned: Vec::new(),
        children: children(window, kind, from, apart, victim_age, dice),
        signs: Vec::new(),
        indicators: indicators(window, course, dice),
        grandparent: dice.chance(12),
    }
}

/// The family a person moves on to, if there is time for one in the window.
fn next_part(window: Window, last: &Part, harm_sex: Sex, harm_age: i64, dice: &mut Dice) -> Option<Part> {
    let apart = last.apart?;
    let from = plus(apart, dice.between(10, 150));
    let moved_in = plus(from, dice.between(20, 90));
    if moved_in > plus(window.until, -25) {
        return None;
    }
    let victim_sex = if last.victim_sex == harm_sex { harm_sex } else { harm_sex.other() };
    let mut next = part(window, Kind::Partners, victim_sex, harm_age, dice);
    next.from = from;
    next.moved_in = Some(moved_in);
    next.married = false;
    next.leaving = Leaving::HarmLeaves;
    next.course = *dice.pick(&[Course::Steady, Course::MoreOften, Course::Worse, Course::Control])?;
    next.indicators.retain(|day| *day > moved_in);
    let first = plus(moved_in, dice.between(20, 260));
    next.active = (first < plus(window.until, -10)).then_some((first, window.until));
    let parting = plus(moved_in, dice.between(120, 340));
    next.apart = (dice.chance(45) && parting < window.until).then_some(parting);
    next.children.retain(|child| child.born < plus(from, -200) && child.parents != Parents::Harm);
    for child in &mut next.children {
        child.parents = Parents::Victim;
    }
    let soon = plus(moved_in, dice.between(250, 420));
    if victim_sex != harm_sex && next.victim_age < 41 && dice.chance(35) && soon < plus(window.until, 200) {
        next.children.push(ChildPlan {
            born: soon,
            parents: Parents::Both,
            twin_of_last: false,
            overlooked: false,
        });
    }
    next.signs = signs(window, moved_in, dice);
    Some(next)
}

fn signs(window: Window, moved_in: Date, dice: &mut Dice) -> Vec<(Sign, Date)> {
    let mut signs = Vec::new();
    for (sign, per_cent) in [
        (Sign::Housing, 55),
        (Sign::Schools, 50),
        (Sign::Midwifery, 80),
        (Sign::Probation, 70),
        (Sign::Health, 35),
    ] {
        let on = plus(moved_in, dice.between(-25, 70));
        if dice.chance(per_cent) && on <= window.until {
            signs.push((sign, on));
        }
    }
    signs
}

fn course(kind: Kind, dice: &mut Dice) -> Course {
    let courses = [
        (Course::Single, 22),
        (Course::Steady, 18),
        (Course::MoreOften, 11),
        (Course::Worse, 10),
        (Course::MoreOftenAndWorse, 9),
        (Course::Stopped, 12),
        (Course::AfterSeparation, 10),
        (Course::Control, 8),
    ];
    let at = dice.weighted(courses.iter().map(|(_, share)| *share));
    let drawn = courses.get(at).map_or(Course::Single, |(course, _)| *course);
    let for_partners = matches!(drawn, Course::AfterSeparation | Course::Control);
    if for_partners && kind != Kind::Partners { Course::Steady } else { drawn }
}

fn active(window: Window, course: Course, apart: Option<Date>, dice: &mut Dice) -> (Date, Date) {
    let length = crate::calendar::days(window.from, window.until);
    let first = plus(window.from, dice.between(5, length / 2));
    match course {
        Course::Single => (first, first),
        Course::Stopped => (plus(window.from, dice.between(5, length / 6)), plus(window.from, length / 2)),
        Course::AfterSeparation => {
            let apart = apart.unwrap_or(first);
            (plus(apart, -dice.between(60, 200)), plus(apart, 210).min(window.until))
        }
        Course::MoreOften | Course::Worse | Course::MoreOftenAndWorse => {
            (plus(window.from, dice.between(5, length / 3)), plus(window.until, -dice.between(0, 40)))
        }
        Course::Steady | Course::Control => (first, plus(window.until, -dice.between(0, 90))),
    }
}

fn tenure(dice: &mut Dice) -> Tenure {
    match dice.below(100) {
        0..=25 => Tenure::Council,
        26..=42 => Tenure::Association,
        43..=74 => Tenure::Private,
        _ => Tenure::Owner,
    }
}

fn indicators(window: Window, course: Course, dice: &mut Dice) -> Vec<Date> {
    let count = match course {
        Course::Control => dice.between(9, 16),
        Course::Single | Course::Stopped => dice.between(0, 1),
        _ => dice.between(0, 4),
    };
    let length = crate::calendar::days(window.from, window.until);
    let mut days: Vec<Date> = (0..count).map(|_| plus(window.from, dice.between(20, length - 5))).collect();
    days.sort();
    days
}

fn children(
    window: Window,
    kind: Kind,
    from: Date,
    apart: Option<Date>,
    mother: i64,
    dice: &mut Dice,
) -> Vec<ChildPlan> {
    let count = match (kind, dice.below(100)) {
        (Kind::Adolescent, roll) => roll / 40,
        (Kind::AdultChild | Kind::Relative, roll) => usize::from(roll > 60),
        (_, 0..=11) => 0,
        (_, 12..=41) => 1,
        (_, 42..=73) => 2,
        (_, 74..=91) => 3,
        _ => 4,
    };
    let last_birth = apart.map_or(plus(window.until, 180), |apart| plus(apart, 200));
    let oldest = ((mother - 17).clamp(1, 16) * 365).max(400);
    let mut born: Vec<Date> = Vec::new();
    for _ in 0..count {
        let day = plus(last_birth, -dice.between(0, oldest));
        // A year at least between brothers and sisters who are not twins.
        if born.iter().all(|other| crate::calendar::days(*other, day).abs() > 330) {
            born.push(day);
        }
    }
    born.sort();
    let mut plans = Vec::new();
    for day in born {
        let together = day > plus(from, 200) && kind == Kind::Partners;
        let parents = match dice.below(100) {
            0..=9 if kind == Kind::Partners && day < window.from => Parents::Harm,
            _ if together => Parents::Both,
            _ => Parents::Victim,
        };
        let overlooked = dice.chance(17);
        let plan = ChildPlan { born: day, parents, twin_of_last: false, overlooked };
        plans.push(plan.clone());
        if dice.chance(4) {
            plans.push(ChildPlan { twin_of_last: true, ..plan });
        }
    }
    plans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Stream;

    fn window() -> Window {
        Window { from: Date::constant(2024, 1, 1), until: Date::constant(2026, 12, 31) }
    }

    #[test]
    fn many_kinds_of_case_are_drawn_and_some_move_on() {
        let drawn: Vec<Script> =
            (0..600).map(|n| draw(window(), &mut Dice::new(5, Stream::Family, n))).collect();
        for kind in [Kind::Partners, Kind::Adolescent, Kind::AdultChild, Kind::Siblings, Kind::Relative] {
            assert!(drawn.iter().any(|s| s.kind == kind), "{kind:?}");
        }
        assert!(drawn.iter().any(|s| s.harm_sex == Sex::Female));
        assert!(drawn.iter().any(|s| s.parts.iter().any(|p| p.victim_sex == s.harm_sex)));
        let moved_on = drawn.iter().filter(|s| s.parts.len() > 1).count();
        assert!((50..150).contains(&moved_on), "{moved_on}");
        let thirds = drawn.iter().filter(|s| s.parts.len() > 2).count();
        assert!(thirds > 0, "{moved_on}");
    }

    #[test]
    fn nobody_moves_in_before_the_relationship_began() {
        for n in 0..600 {
            for part in draw(window(), &mut Dice::new(9, Stream::Family, n)).parts {
                assert!(part.moved_in.is_none_or(|day| day > part.from && day < window().until));
            }
        }
    }
}
