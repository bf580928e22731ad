//! The answers: who everyone truly is, where they lived, what was done, and what each agency could have seen.

use std::path::Path;

use jiff::civil::Date;

use crate::SampleError;
use crate::case::{Case, Family, Hx, Moment, Sight, Tenure};
use crate::ids::Numbers;
use crate::people::{Px, Sex};
use crate::script::{Kind, Sign, Window};
use crate::words::Words;
use crate::writer::{Learnt, Table, person_id};

/// The tables that tell of cases. `people` and `bad_rows` are written with the rows themselves.
pub(crate) struct Truth {
    persons: Table,
    households: Table,
    addresses: Table,
    incidents: Table,
    next_family: Table,
    children: Table,
    child_contacts: Table,
    points: Table,
    patterns: Table,
    /// People, families and next families told so far.
    pub(crate) counts: Counts,
}

/// What was told so far.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) persons: u64,
    pub(crate) families: u64,
    pub(crate) next_families: u64,
    pub(crate) signal_before_police: u64,
    pub(crate) children: u64,
    pub(crate) missed: u64,
    pub(crate) unborn: u64,
}

impl Truth {
    pub(crate) fn open(out: &Path) -> Result<Self, SampleError> {
        let table = |name: &str, columns: &str| Table::open(out, &format!("truth/{name}.csv"), columns);
        Ok(Self {
            persons: table(
                "persons",
                "person_id,dob,expected_dob,sex,forename,middle,surname,former_surnames,known_as,nhs_number,upns,pncs,naming_group,roles,mother,father,twin,same_name_as,family_id,n_rows",
            )?,
            households: table("households", "person_id,household_id,from,to,role")?,
            addresses: table(
                "addresses",
                "household_id,from,to,uprn,address,postcode,kind,tenure,confidential",
            )?,
            incidents: table(
                "incidents",
                "incident_ref,perpetrator_person,victim_persons,harm_weight,harm_weight_recorded,true_offence,recorded_offence,occurred,reported,family_id,household_id,flags,children_present,da_flag_recorded,counter_allegation",
            )?,
            next_family: table(
                "next_family",
                "perpetrator_person,former_family,former_victim,new_family,new_household,new_partner,children_in_new_household,new_partner_is_earlier_victim,relationship_start,moved_in,housing_first,housing_row,schools_first,schools_row,midwifery_first,midwifery_row,probation_first,probation_row,health_other_first,health_other_row,social_care_first,social_care_row,police_address_first,police_address_row,police_first_incident,police_incident_ref,earliest_signal_feed,earliest_signal_date,signal_before_police",
            )?,
            children: table(
                "children",
                "child_person,family_id,household_id,lives,parent_link,half_sibling,in_next_family,known_to,only_agency,first_incident,last_seen,last_seen_agency,last_seen_row,last_seen_alone,last_seen_alone_agency,last_seen_alone_row,last_spoken_to,last_spoken_to_agency,last_spoken_to_row,missed,missed_strict",
            )?,
            child_contacts: table(
                "child_contacts",
                "child_person,date,agency,seen,seen_alone,spoken_to,file,row_key",
            )?,
            points: table(
                "critical_points",
                "critical_point_id,kind,date,perpetrator_person,victim_person,household_id,first_visible_date,first_visible_file,first_visible_row",
            )?,
            patterns: table(
                "patterns",
                "perpetrator_person,class,couple_kind,first_incident,change_date,last_incident,n_actual,n_reported,harm_actual,harm_reported,harm_reported_as_recorded,n_control_indicators,indicator_agencies,shows_in_feeds,prison,families,victims",
            )?,
            counts: Counts::default(),
        })
    }

    /// Ends every table; returns their names and rows.
    pub(crate) fn close(self) -> Result<Vec<(String, u64)>, SampleError> {
        let tables = [
            self.persons,
            self.households,
            self.addresses,
            self.incidents,
            self.next_family,
            self.children,
            self.child_contacts,
            self.points,
            self.patterns,
        ];
        tables.into_iter().map(Table::close).collect()
    }

    /// Tells one case.
    pub(crate) fn tell(
        &mut self,
        case: &mut Case,
        words: &Words,
        window: Window,
        learnt: &Learnt,
        numbers: &mut Numbers,
    ) -> Result<(), SampleError> {
        self.tell_persons(case, words, learnt)?;
        self.tell_homes(case, window)?;
        self.tell_incidents(case)?;
        self.tell_next(case)?;
        self.tell_children(case, window, learnt)?;
        self.tell_points(case, window, numbers)?;
        self.tell_pattern(case)
    }

    fn tell_persons(&mut self, case: &Case, words: &Words, learnt: &Learnt) -> Result<(), SampleError> {
        for (_, p) in case.people() {
            let other = |who: Option<Px>| who.map(|who| person_id(case.person(who).id)).unwrap_or_default();
            let day = p.born.to_string();
            let (born, expected) = if p.unborn { ("", day.as_str()) } else { (day.as_str(), "") };
            let culture = words.names.culture.get(p.culture).map_or("", |culture| &culture.name);
            let rows = learnt.rows.get(&p.id).copied().unwrap_or(0).to_string();
            self.counts.persons += 1;
            self.counts.unborn += u64::from(p.unborn);
            self.persons.row(&[
                &person_id(p.id),
                born,
                expected,
                if p.unborn { "U" } else { p.sex.letter() },
                &p.forename,
                &p.middle,
                &p.surname,
                &p.former.join("|"),
                p.known_as.as_deref().unwrap_or(""),
                &p.nhs,
                p.upn.as_deref().unwrap_or(""),
                p.pnc.as_deref().unwrap_or(""),
                culture,
                &p.roles.join("|"),
                &other(p.mother),
                &other(p.father),
                &other(p.twin),
                &other(p.same_name_as),
                &family_id(p.family),
                &rows,
            ])?;
        }
        Ok(())
    }

    fn tell_homes(&mut self, case: &Case, window: Window) -> Result<(), SampleError> {
        let until = |to: Option<Date>| {
            to.filter(|to| *to <= window.until).map(|to| to.to_string()).unwrap_or_default()
        };
        for s in case.stays.iter().filter(|s| s.from <= window.until) {
            let home = household(case, s.home);
            let from = s.from.to_string();
            self.households.row(&[&person_id(case.person(s.who).id), &home, &from, &until(s.to), s.role])?;
        }
        for (hx, home) in case.homes().filter(|(_, home)| home.tenure != Tenure::Prison) {
            let stays = case.stays.iter().filter(|s| s.home == hx && s.from <= window.until);
            let Some(from) = stays.clone().map(|s| s.from).min() else { continue };
            let to = stays.map(|s| s.to).try_fold(from, |last, to| to.map(|to| to.max(last)));
            let (kind, tenure) = match home.tenure {
                Tenure::Refuge => ("refuge", "refuge"),
                Tenure::Council => ("home", "council"),
                Tenure::Association => ("home", "ha"),
                Tenure::Private => ("home", "prs"),
                _ => ("home", "owner"),
            };
            self.addresses.row(&[
                &household(case, hx),
                &from.to_string(),
                &until(to),
                &home.address.uprn,
                &home.address.line(),
                &home.address.postcode,
                kind,
                tenure,
                if home.kept { "Y" } else { "" },
            ])?;
        }
        Ok(())
    }

    fn tell_incidents(&mut self, case: &Case) -> Result<(), SampleError> {
        for act in &case.acts {
            let Some(reported) = act.reported else { continue };
            let family = case.family(act.family).map_or(0, |f| f.id);
            let present: Vec<String> =
                act.present.iter().map(|child| person_id(case.person(*child).id)).collect();
            self.incidents.row(&[
                &act.reference,
                &person_id(case.person(case.harm).id),
                &person_id(case.person(act.victim).id),
                &act.offence.weight.to_string(),
                &act.recorded.weight.to_string(),
                &act.offence.code,
                &act.recorded.code,
                &minute(act.at),
                &minute(reported),
                &family_id(family),
                &household(case, act.home),
                &act.flags.join("|"),
                &present.join("|"),
                "Y",
                if act.counter { "Y" } else { "" },
            ])?;
        }
        Ok(())
    }

    fn tell_next(&mut self, case: &mut Case) -> Result<(), SampleError> {
        for at in 0..case.families.len() {
            let Some(f) = case.family(at).cloned() else { continue };
            let Some(before) = f.after.and_then(|before| case.family(before)).cloned() else { continue };
            let first_police = case
                .acts
                .iter()
                .filter(|act| act.family == at)
                .filter_map(|act| act.reported.map(|on| (on, &act.reference)))
                .min();
            let first = |sign: Sign| {
                case.shown
                    .iter()
                    .filter(|(family, s, ..)| *family == at && *s == sign)
                    .min_by_key(|(_, _, on, ..)| *on)
            };
            let earliest = Sign::ALL
                .into_iter()
                // An address given at an incident is no sign that comes before police.
                .filter(|sign| *sign != Sign::PoliceAddress)
                .filter_map(|sign| first(sign).map(|shown| (shown.2, sign)))
                .min();
            let police = first_police.map(|(on, _)| on.date());
            let before_police = earliest.is_some_and(|(on, _)| police.is_none_or(|police| on < police));
            let children: Vec<String> = f
                .children
                .iter()
                .filter(|(_, lives)| *lives == "resident")
                .map(|(child, _)| person_id(case.person(*child).id))
                .collect();
            let mut cells = vec![
                person_id(case.person(case.harm).id),
                family_id(before.id),
                person_id(case.person(before.victim).id),
                family_id(f.id),
                household(case, f.home),
                person_id(case.person(f.victim).id),
                children.join("|"),
                String::new(),
                f.from.to_string(),
                f.moved_in.map(|day| day.to_string()).unwrap_or_default(),
            ];
            for sign in Sign::ALL {
                let shown = first(sign);
                cells.push(shown.map(|shown| shown.2.to_string()).unwrap_or_default());
                cells.push(shown.map(|shown| format!("{}:{}", shown.3.path(), shown.4)).unwrap_or_default());
            }
            cells.push(police.map(|day| day.to_string()).unwrap_or_default());
            cells.push(first_police.map(|(_, reference)| reference.clone()).unwrap_or_default());
            cells.push(earliest.map_or("", |(_, sign)| sign.label()).to_owned());
            cells.push(earliest.map(|(on, _)| on.to_string()).unwrap_or_default());
            cells.push(if before_police { "Y" } else { "N" }.to_owned());
            self.counts.next_families += 1;
            self.counts.signal_before_police += u64::from(before_police);
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            self.next_family.row(&cells)?;
            let shown = earliest.and_then(|(_, sign)| first(sign)).cloned();
            if let Some((_, _, on, file, key)) = shown {
                case.see(Moment::NewPartner(at), on, file, &key);
            }
        }
        self.counts.families += case.families.len() as u64;
        Ok(())
    }

    fn tell_children(&mut self, case: &Case, window: Window, learnt: &Learnt) -> Result<(), SampleError> {
        let mut sights: Vec<&Sight> = case.sights.iter().collect();
        sights.sort_by_key(|s| (s.child, s.date, s.file));
        let yes = |answer: bool| if answer { "Y" } else { "N" };
        for s in &sights {
            let (child, date) = (person_id(case.person(s.child).id), s.date.to_string());
            let file = s.file;
            let cells = [yes(s.seen), yes(s.alone), yes(s.spoken)];
            let [seen, alone, spoken] = cells;
            self.child_contacts.row(&[
                &child,
                &date,
                file.agency(),
                seen,
                alone,
                spoken,
                file.path(),
                &s.key,
            ])?;
        }
        for (at, f) in case.families.iter().enumerate() {
            let reported = case.acts.iter().filter(|act| act.family == at).filter_map(|act| act.reported);
            let first = reported.min().map(|on| on.date());
            for (child, lives) in &f.children {
                let p = case.person(*child);
                let mine: Vec<&&Sight> = sights.iter().filter(|s| s.child == *child).collect();
                let after: Vec<&&Sight> =
                    mine.iter().filter(|s| first.is_none_or(|first| s.date >= first)).copied().collect();
                let listened = after.iter().any(|s| s.alone || s.spoken);
                let seen = after.iter().any(|s| s.seen);
                let counted = first.is_some() && !p.unborn;
                let missed = counted && if p.age(window.until) < 2 { !seen } else { !listened };
                let last = |pick: fn(&Sight) -> bool| mine.iter().filter(|s| pick(s)).max_by_key(|s| s.date);
                let agencies = learnt.agencies.get(&p.id).cloned().unwrap_or_default();
                let known: Vec<&str> = agencies.into_iter().collect();
                let only = if let [one] = known.as_slice() { one } else { "" };
                self.counts.children += 1;
                self.counts.missed += u64::from(missed);
                let mut cells = vec![
                    person_id(p.id),
                    family_id(f.id),
                    household(case, f.home),
                    (*lives).to_owned(),
                    parent_link(case, f, *child).to_owned(),
                    if half_sibling(case, f, *child) { "Y" } else { "" }.to_owned(),
                    if f.after.is_some() { "Y" } else { "" }.to_owned(),
                    known.join("|"),
                    only.to_owned(),
                    first.map(|day| day.to_string()).unwrap_or_default(),
                ];
                for pick in [|s: &Sight| s.seen, |s: &Sight| s.alone, |s: &Sight| s.spoken] {
                    let shown = last(pick);
                    cells.push(shown.map(|s| s.date.to_string()).unwrap_or_default());
                    cells.push(shown.map(|s| s.file.agency().to_owned()).unwrap_or_default());
                    cells.push(shown.map(|s| format!("{}:{}", s.file.path(), s.key)).unwrap_or_default());
                }
                cells.push(yes(missed).to_owned());
                cells.push(yes(counted && !listened).to_owned());
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                self.children.row(&cells)?;
            }
        }
        Ok(())
    }

    fn tell_points(&mut self, case: &Case, window: Window, numbers: &mut Numbers) -> Result<(), SampleError> {
        let mut points: Vec<_> = case.points.values().collect();
        points.sort_by_key(|point| (point.date, point.kind));
        for point in points {
            if point.date < window.from || point.date > window.until {
                continue;
            }
            let id = format!("CP{:06}", numbers.point());
            let victim = point.victim.map(|who| person_id(case.person(who).id)).unwrap_or_default();
            let home = point.home.map(|home| household(case, home)).unwrap_or_default();
            let (day, file, row) = match &point.visible {
                Some((day, file, row)) => (day.to_string(), file.path(), row.as_str()),
                None => Default::default(),
            };
            let harm = person_id(case.person(case.harm).id);
            self.points.row(&[
                &id,
                point.kind,
                &point.date.to_string(),
                &harm,
                &victim,
                &home,
                &day,
                file,
                row,
            ])?;
        }
        Ok(())
    }

    fn tell_pattern(&mut self, case: &Case) -> Result<(), SampleError> {
        let Some(first) = case.families.first() else { return Ok(()) };
        let days = || case.acts.iter().map(|act| act.at.date());
        let sum =
            |pick: &dyn Fn(&crate::case::Act) -> u32| case.acts.iter().map(pick).sum::<u32>().to_string();
        let told = case.acts.iter().filter(|act| act.reported.is_some()).count();
        let families: Vec<String> = case.families.iter().map(|f| family_id(f.id)).collect();
        let victims: Vec<String> =
            case.families.iter().map(|f| person_id(case.person(f.victim).id)).collect();
        let indicators: usize = case.families.iter().map(|f| f.indicators.len()).sum();
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        self.patterns.row(&[
            &person_id(case.person(case.harm).id),
            first.course.label(),
            couple(case, first),
            &day(days().min()),
            "",
            &day(days().max()),
            &case.acts.len().to_string(),
            &told.to_string(),
            &sum(&|act| act.offence.weight),
            &sum(&|act| if act.reported.is_some() { act.offence.weight } else { 0 }),
            &sum(&|act| if act.reported.is_some() { act.recorded.weight } else { 0 }),
            &indicators.to_string(),
            "",
            if told > 0 { "Y" } else { "N" },
            if case.custody.is_empty() { "" } else { "Y" },
            &families.join("|"),
            &victims.join("|"),
        ])
    }
}

/// Who is with whom, as the truth calls it. Not used to decide anything.
fn couple(case: &Case, f: &Family) -> &'static str {
    match (f.kind, case.person(case.harm).sex, case.person(f.victim).sex) {
        (Kind::Adolescent, ..) => "adol",
        (Kind::AdultChild, ..) => "acp",
        (Kind::Siblings, ..) => "sib",
        (Kind::Relative, ..) => "oth",
        (Kind::Partners, Sex::Male, Sex::Female) => "mf",
        (Kind::Partners, Sex::Female, Sex::Male) => "fm",
        _ => "ss",
    }
}

fn parent_link(case: &Case, f: &Family, child: Px) -> &'static str {
    let p = case.person(child);
    let is_parent = |who: Px| p.mother == Some(who) || p.father == Some(who);
    match (is_parent(case.harm), is_parent(f.victim)) {
        (true, true) => "both",
        (true, false) => "perpetrator",
        (false, true) if matches!(f.kind, Kind::Adolescent | Kind::AdultChild) => "sibling_of_perpetrator",
        (false, _) => "victim",
    }
}

/// Shares one parent, not both, with another child of the family.
fn half_sibling(case: &Case, f: &Family, child: Px) -> bool {
    let me = case.person(child);
    f.children.iter().filter(|(other, _)| *other != child).any(|(other, _)| {
        let p = case.person(*other);
        let mother = me.mother.is_some() && me.mother == p.mother;
        let father = me.father.is_some() && me.father == p.father;
        mother != father
    })
}

fn family_id(number: u32) -> String {
    format!("F{number:05}")
}

fn household(case: &Case, home: Hx) -> String {
    let home = case.home(home);
    if home.tenure == Tenure::Prison { "PRISON".to_owned() } else { format!("H{:06}", home.id) }
}

fn minute(when: jiff::civil::DateTime) -> String {
    format!("{} {}", when.date(), crate::calendar::clock(when))
}
