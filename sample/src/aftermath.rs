//! What follows from acts that were reported: sentences, prison, licences, referrals to children's social care.

use jiff::civil::Date;

use crate::build::{Maker, leave, prison, stay};
use crate::calendar::{days, plus, working};
use crate::case::{Act, Case, Home, Hx, Level, Moment, Order, Referral, Tenure};
use crate::people::Px;
use crate::script::Custody;

/// Sends the person causing harm to prison for a time that the script fixed. Before acts are drawn.
pub(crate) fn fixed_custody(case: &mut Case, custody: Option<Custody>, make: &mut Maker<'_>) {
    let Some((from, to)) = custody else { return };
    imprison(case, from, Some(to), make);
    let offence = "Intentional Strangulation".to_owned();
    let order = licence(offence, from, to, 0, "Very High");
    case.point(Moment::Release(0), "release_from_prison", to, None, None);
    case.orders.push(order);
}

fn licence(offence: String, sentenced: Date, released: Date, family: usize, rosh: &'static str) -> Order {
    Order {
        kind: "Licence",
        offence,
        sentenced,
        start: released,
        end: plus(released, 364),
        custody_days: Some(days(sentenced, released) * 2),
        programme: false,
        restraining: true,
        registered: true,
        rosh,
        family,
        recall: None,
    }
}

/// Takes somebody out of their home and brings them back on release.
fn imprison(case: &mut Case, from: Date, to: Option<Date>, make: &mut Maker<'_>) {
    let harm = case.harm;
    let address = prison(make.words);
    let inside = Home { id: 0, address, tenure: Tenure::Prison, kept: false, tenancy: None };
    let inside = case.add_home(inside);
    let back: Vec<_> =
        case.stays.iter().filter(|s| s.who == harm && s.to.is_none_or(|to| to > from)).cloned().collect();
    leave(case, harm, from);
    stay(case, harm, inside, from, to, "prison");
    if let Some(to) = to {
        for s in back.iter().filter(|s| s.to.is_none_or(|end| end > to)) {
            stay(case, harm, s.home, to.max(s.from), s.to, s.role);
        }
    }
    case.custody.push((from, to));
}

/// Sentences for charged acts, in order of time. Acts committed in custody are struck out afterwards.
pub(crate) fn sentence(case: &mut Case, make: &mut Maker<'_>) {
    let charged: Vec<Act> =
        case.acts.iter().filter(|act| act.charged && act.offence.level > 0).cloned().collect();
    let adult = |case: &Case, on: Date| case.person(case.harm).age(on) >= 18;
    // What a fixed sentence was for is already answered.
    let answered = case.orders.first().map(|order| order.start);
    for act in charged {
        if answered.is_some_and(|answered| act.at.date() < answered) {
            continue;
        }
        let on = working(plus(act.at.date(), make.dice.between(35, 130)));
        let busy = case.orders.iter().any(|order| order.end > on && order.sentenced <= on);
        if on > make.window.until || !adult(case, on) || case.in_custody(on) || busy {
            continue;
        }
        let offence = title(&act.offence.name);
        let registered = make.dice.chance(75);
        let rosh = match act.offence.level {
            1 => "Medium",
            2 => make.dice.of(&["Medium", "High"]),
            _ => make.dice.of(&["High", "Very High"]),
        };
        let prison = match act.offence.level {
            0 | 1 => 4,
            2 => 28,
            _ => 75,
        };
        if make.dice.chance(prison) {
            let out = plus(on, make.dice.between(45, 260));
            let known = (out <= make.window.until).then_some(out);
            imprison(case, on, known, make);
            let mut order = licence(offence, on, out, act.family, rosh);
            order.registered = registered;
            let number = case.orders.len();
            if known.is_some() {
                case.point(Moment::Release(number), "release_from_prison", out, Some(act.victim), None);
                let recall = plus(out, make.dice.between(25, 120));
                if make.dice.chance(20) && recall < make.window.until {
                    order.recall = Some(recall);
                    let again = plus(recall, 28);
                    imprison(case, recall, (again <= make.window.until).then_some(again), make);
                }
            }
            case.orders.push(order);
        } else {
            let kind = make.dice.of(&["Community Order", "Suspended Sentence Order", "Community Order"]);
            let end = plus(on, *make.dice.pick(&[364, 364, 547, 729]).unwrap_or(&364));
            let programme = make.dice.chance(55);
            let restraining = make.dice.chance(30);
            case.orders.push(Order {
                kind,
                offence,
                sentenced: on,
                start: on,
                end,
                custody_days: None,
                programme,
                restraining,
                registered,
                rosh,
                family: act.family,
                recall: None,
            });
        }
    }
    let custody = case.custody.clone();
    let inside = |on: Date| custody.iter().any(|(from, to)| *from <= on && to.is_none_or(|to| on < to));
    let kept: Vec<Act> = case.acts.drain(..).filter(|act| !inside(act.at.date())).collect();
    renumber(case, kept);
}

/// Points of acts carry the act's place, which changes when acts are struck out.
fn renumber(case: &mut Case, kept: Vec<Act>) {
    case.points.retain(|moment, _| !matches!(moment, Moment::Act(..)));
    case.acts = kept;
    for number in 0..case.acts.len() {
        crate::course::points(case, number);
    }
}

/// `INTENTIONAL STRANGULATION` as probation writes it.
fn title(name: &str) -> String {
    let mut out = String::new();
    for word in name.split(' ') {
        if !out.is_empty() {
            out.push(' ');
        }
        let mut letters = word.chars();
        out.extend(letters.next());
        out.push_str(&letters.as_str().to_lowercase());
    }
    out
}

/// Referrals to children's social care that reported acts lead to.
pub(crate) fn refer(case: &mut Case, make: &mut Maker<'_>) {
    let acts: Vec<Act> = case.acts.iter().filter(|act| act.reported.is_some()).cloned().collect();
    for act in acts {
        let on = working(plus(act.at.date(), make.dice.between(1, 5)));
        let children = known_children(case, act.family, on);
        let open = case
            .referrals
            .iter()
            .any(|r| r.family == act.family && r.on <= on && r.closed.is_none_or(|closed| closed > on));
        let per_cent = 28 + u32::from(act.offence.level) * 18;
        if children.is_empty() || open || on > make.window.until || !make.dice.chance(per_cent) {
            continue;
        }
        let before = case.referrals.iter().filter(|r| r.family == act.family).count() as i64;
        let score = i64::from(act.offence.level) * 22 + before * 12 + make.dice.between(0, 40);
        let (level, length) = match score {
            0..=24 => (Level::NoAction, make.dice.between(1, 6)),
            25..=58 => (Level::Assessment, make.dice.between(30, 48)),
            59..=92 => (Level::InNeed, make.dice.between(110, 240)),
            _ => (Level::Protection, make.dice.between(200, 400)),
        };
        let end = plus(on, length);
        let closed = (end <= make.window.until).then_some(end);
        let source = make.dice.of(&["6", "6", "6", "6", "2B", "3A", "1C"]);
        case.referrals.push(Referral { on, closed, level, family: act.family, source, children });
    }
    for referral in case.referrals.clone() {
        register(case, &referral, make);
    }
}

/// Children a referral would cover: resident in the family's household on the day, or moved with the victim.
fn known_children(case: &Case, family: usize, on: Date) -> Vec<Px> {
    let Some(family) = case.family(family) else { return Vec::new() };
    let victim_home: Option<Hx> = case.lived(family.victim, on);
    family
        .children
        .iter()
        .filter(|(child, lives)| {
            let person = case.person(*child);
            let expected = person.born > on && plus(person.born, -170) <= on && *lives != "visiting";
            expected
                || (*lives != "visiting"
                    && person.age(on) < 18
                    && person.born <= on
                    && case.lived(*child, on) == victim_home)
        })
        .map(|(child, _)| *child)
        .collect()
}

/// Gives everyone of a referral a number in the social care system.
fn register(case: &mut Case, referral: &Referral, make: &mut Maker<'_>) {
    let victim = case.family(referral.family).map(|f| f.victim);
    let harm = make.dice.chance(45).then_some(case.harm);
    let everyone = referral.children.iter().copied().chain(victim).chain(harm);
    for who in everyone.collect::<Vec<_>>() {
        if case.person(who).social.is_none() {
            case.person_mut(who).social = Some(make.numbers.social());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn offences_are_written_as_probation_writes_them() {
        assert_eq!(title("BREACH OF NON-MOLESTATION ORDER"), "Breach Of Non-molestation Order");
    }
}
