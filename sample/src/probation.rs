//! What probation records: orders and licences, appointments, programme sessions, addresses proposed.

use jiff::civil::Date;

use crate::build::Maker;
use crate::calendar::{dashes, plus, working};
use crate::case::{Case, Hx, Moment, Order, Tenure};
use crate::export::{Exports, FileId, Row};
use crate::names::{OFFICE, plain, written};
use crate::people::{Px, Sex};
use crate::script::Sign;
use crate::writing::{children_at, note, pnc};

/// Writes the orders of the person causing harm.
pub(crate) fn write(case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
    if case.orders.is_empty() {
        return;
    }
    let crn = format!("W{:06}", make.numbers.row());
    let letters = |dice: &mut crate::dice::Dice| dice.of(&["BD", "CF", "DK", "EL", "FR", "GT", "HV", "JW"]);
    let noms = format!("A{:04}{}", make.dice.between(1000, 9999), letters(make.dice));
    case.person_mut(case.harm).crn = Some(crn.clone());
    if case.person(case.harm).pnc.is_none() {
        let year = (case.person(case.harm).born.year() + 19).min(make.window.until.year());
        case.person_mut(case.harm).pnc = Some(make.numbers.pnc(year));
    }
    let mut orders: Vec<(usize, Order)> = case.orders.iter().cloned().enumerate().collect();
    orders.sort_by_key(|(_, order)| order.start);
    for (number, order) in orders {
        let desk = Desk { crn: &crn, noms: &noms, number, order };
        desk.events(case, make, out);
        if desk.order.start <= make.window.until {
            desk.case_row(case, make, out);
        }
    }
}

/// One order and what is needed to write about it.
struct Desk<'a> {
    crn: &'a str,
    noms: &'a str,
    number: usize,
    order: Order,
}

impl Desk<'_> {
    fn case_row(&self, case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
        let order = &self.order;
        let p = case.person(case.harm).clone();
        let mut faults = Vec::new();
        let name = written(&p, OFFICE, order.start, make.dice, &mut faults);
        // The row has no stamp of its own, so it says what was known when the order began.
        let known = order.start;
        let home = case.lived(case.harm, known).or_else(|| case.address_on(case.harm, known));
        let home = home.map(|home| case.home(home).address.clone()).unwrap_or_default();
        let key = format!("{}|{}", self.crn, dashes(order.start));
        let registered = if order.registered {
            format!("ADVP {}", dashes(plus(order.sentenced, make.dice.between(1, 20))))
        } else {
            String::new()
        };
        let cells = vec![
            self.crn.to_owned(),
            if order.kind == "Licence" || make.dice.chance(40) {
                self.noms.to_owned()
            } else {
                String::new()
            },
            pnc(&p, make.dice, &mut faults),
            name.surname,
            name.forename,
            name.middle,
            name.born.text(dashes, true),
            if p.sex == Sex::Female { "Female" } else { "Male" }.to_owned(),
            home.typed(make.dice),
            home.typed_postcode(make.dice),
            order.offence.clone(),
            order.kind.to_owned(),
            dashes(order.start),
            dashes(order.end),
            order.rosh.to_owned(),
            registered,
            if order.end <= make.window.until { "Terminated" } else { "Active" }.to_owned(),
        ];
        out.push(FileId::Cases, Row::cells(order.start.at(0, 0, 0, 0), key, cells).about(p.id).with(faults));
    }

    fn events(&self, case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
        let (order, until) = (&self.order, make.window.until);
        let harm = case.person(case.harm).clone();
        let victim =
            case.family(order.family).map(|f| case.person(f.victim).clone()).unwrap_or_else(|| harm.clone());
        let outcome = if order.custody_days.is_some() { "Immediate custody" } else { order.kind };
        let detail = match order.custody_days {
            Some(days) => format!("{days} days, {}", order.offence),
            None if order.programme => {
                format!("{}. Requirements: RAR, relationships programme", order.offence)
            }
            None => format!("{}. Requirements: RAR", order.offence),
        };
        if order.sentenced >= make.window.from {
            self.event(order.sentenced, "Sentence", outcome, &detail, None, make, out);
            if order.restraining {
                let text = format!("Protected: {}", plain(&victim.surname).to_uppercase());
                self.event(order.sentenced, "Restraining order", "Made", &text, None, make, out);
            }
        }
        let say = |list: &str, number: i64, make: &mut Maker<'_>| {
            let frame = make.dice.word(make.words.note("probation", list));
            note(frame, None, &victim, &harm, number)
        };
        if order.custody_days.is_some() && order.start <= until {
            let text = say("release", 0, make);
            let key = self.event(order.start, "Release", "Released on licence", &text, None, make, out);
            case.see(Moment::Release(self.number), order.start, FileId::ProbationEvents, &key);
        }
        if let Some(recall) = order.recall {
            let text = say("recall", 0, make);
            self.event(recall, "Recall", "Recalled to custody", &text, None, make, out);
        }
        let mut day = working(plus(order.start, 5));
        let (mut session, mut missed) = (0, 0);
        while day <= until.min(order.end) {
            if !case.in_custody(day) {
                let roll = make.dice.below(100);
                let (outcome, list) = match roll {
                    0..=77 => ("Attended", "attended"),
                    78..=87 => ("Acceptable absence", "missed"),
                    88..=95 => ("Unacceptable absence", "missed"),
                    _ => ("Failed to attend", "missed"),
                };
                missed += i32::from(roll > 87);
                let text = say(list, 0, make);
                self.event(day, "Appointment", outcome, &text, None, make, out);
                if missed == 3 {
                    missed = 0;
                    let on = working(plus(day, 3));
                    if on <= until {
                        let key = self.event(
                            on,
                            "Breach",
                            "Warning issued",
                            "Unacceptable absence",
                            None,
                            make,
                            out,
                        );
                        case.point(
                            Moment::Breach(self.number, on),
                            "order_breach",
                            on,
                            Some(case_victim(case, order.family)),
                            None,
                        );
                        case.see(Moment::Breach(self.number, on), on, FileId::ProbationEvents, &key);
                    }
                }
                if order.programme && session < 26 && crate::calendar::days(order.start, day) > 60 {
                    let on = plus(day, 2);
                    if on <= until && !case.in_custody(on) {
                        let came = make.dice.chance(76);
                        session += i64::from(came);
                        let text = if came { say("programme", session, make) } else { String::new() };
                        let outcome = if came { "Attended" } else { "Did not attend" };
                        self.event(on, "Programme session", outcome, &text, None, make, out);
                    }
                }
            }
            day = working(plus(
                day,
                match crate::calendar::days(order.start, day) {
                    0..=45 => 7,
                    46..=150 => 14,
                    _ => 28,
                },
            ));
        }
        self.addresses(case, make, out);
    }

    /// Addresses proposed: a next family's, or approved premises after prison.
    fn addresses(&self, case: &mut Case, make: &mut Maker<'_>, out: &mut Exports) {
        let (order, until) = (&self.order, make.window.until);
        for family in 0..case.families.len() {
            let Some(f) = case.family(family).cloned() else { continue };
            let Some((_, on)) = f.signs.iter().find(|(sign, _)| *sign == Sign::Probation) else { continue };
            if *on < order.start || *on > order.end || *on > until || case.in_custody(*on) {
                continue;
            }
            let count = children_at(case, family, *on).len();
            let others = match count {
                0 => format!("{} (partner)", case.person(f.victim).name()),
                1 => format!("{} (partner); 1 child", case.person(f.victim).name()),
                _ => format!("{} (partner); {count} children", case.person(f.victim).name()),
            };
            let place = Some((f.home, others.as_str(), &*case));
            let text = say(case, f.victim, "proposed", make);
            let key = self.event(*on, "Address proposed", "", &text, place, make, out);
            let approved = working(plus(*on, make.dice.between(6, 30)));
            if approved <= until && make.dice.chance(75) {
                let text = say(case, f.victim, "approved", make);
                let kind = make.dice.of(&["Address approved", "Approved address change"]);
                self.event(approved, kind, "Approved", &text, place, make, out);
            }
            case.shown.push((family, Sign::Probation, *on, FileId::ProbationEvents, key));
        }
    }

    #[expect(clippy::too_many_arguments, reason = "an event is one line of seven columns")]
    fn event(
        &self,
        on: Date,
        kind: &str,
        outcome: &str,
        detail: &str,
        place: Option<(Hx, &str, &Case)>,
        make: &mut Maker<'_>,
        out: &mut Exports,
    ) -> String {
        let key = format!("PE{:07}", make.numbers.row());
        let (line, postcode, others) = match place {
            Some((home, others, case)) if case.home(home).tenure != Tenure::Refuge => {
                let address = &case.home(home).address;
                (address.line(), address.postcode.clone(), others.to_owned())
            }
            _ => Default::default(),
        };
        let updated = plus(on, make.dice.between(0, 3));
        let cells = vec![
            key.clone(),
            self.crn.to_owned(),
            dashes(on),
            kind.to_owned(),
            outcome.to_owned(),
            detail.to_owned(),
            line,
            postcode,
            others,
            dashes(updated),
        ];
        let row = Row::cells(on.at(0, 0, 0, 0), key.clone(), cells).stamped(updated.at(0, 0, 0, 0));
        out.push(FileId::ProbationEvents, Row { expendable: kind == "Appointment", ..row });
        key
    }
}

fn say(case: &Case, victim: Px, list: &str, make: &mut Maker<'_>) -> String {
    let frame = make.dice.word(make.words.note("probation", list));
    note(frame, None, case.person(victim), case.person(case.harm), 0)
}

fn case_victim(case: &Case, family: usize) -> Px {
    case.family(family).map_or(case.harm, |f| f.victim)
}
