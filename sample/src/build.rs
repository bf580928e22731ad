//! Lives a script: makes the people, their homes and moves, and the families they form.

use jiff::civil::Date;

use crate::calendar::plus;
use crate::case::{Case, Family, Home, Hx, Moment, RefugeStay, Stay, Tenure};
use crate::dice::Dice;
use crate::ids::Numbers;
use crate::names;
use crate::people::{Person, Px, Sex};
use crate::places::{Address, address};
use crate::script::{Kind, Leaving, Parents, Part, Script, Window};
use crate::words::Words;

/// Everything a case is made with.
pub(crate) struct Maker<'a> {
    pub(crate) words: &'a Words,
    pub(crate) window: Window,
    pub(crate) numbers: &'a mut Numbers,
    pub(crate) dice: &'a mut Dice,
}

impl Maker<'_> {
    /// A person of that sex and day of birth. The family number is set by the caller.
    pub(crate) fn person(&mut self, sex: Sex, culture: usize, born: Date, role: &'static str) -> Person {
        let (words, dice) = (self.words, &mut *self.dice);
        let forename = names::forename(words, culture, sex, dice);
        let middle = if dice.chance(45) { names::forename(words, culture, sex, dice) } else { String::new() };
        let middle = if middle == forename { String::new() } else { middle };
        let known_as = if dice.chance(35) { names::nickname(words, &forename, dice) } else { None };
        let age = crate::calendar::age(born, self.window.until);
        let phone = (age >= 13 && dice.chance(72)).then(|| self.numbers.phone());
        let nominals = (0..=usize::from(self.dice.chance(8))).map(|_| self.numbers.nominal()).collect();
        Person {
            id: self.numbers.person(),
            sex,
            culture,
            forename,
            middle,
            surname: names::surname(words, culture, sex, self.dice),
            known_as,
            born,
            roles: vec![role],
            nhs: self.numbers.nhs(),
            phone,
            nominals,
            ..Person::nobody()
        }
    }

    /// Another forename if somebody of the case already has this one. Shared names are made on purpose, elsewhere.
    fn own_forename(&mut self, case: &Case, person: &mut Person) {
        for _ in 0..6 {
            if !case.people().any(|(_, other)| other.forename == person.forename) {
                return;
            }
            person.forename = names::forename(self.words, person.culture, person.sex, self.dice);
            person.known_as = None;
        }
    }

    /// A day of birth that makes somebody `age` in the middle of the window.
    pub(crate) fn born(&mut self, age: i64) -> Date {
        let middle = plus(self.window.from, crate::calendar::days(self.window.from, self.window.until) / 2);
        plus(middle, -(age * 36525 / 100) - self.dice.between(1, 364))
    }

    pub(crate) fn home(&mut self, tenure: Tenure, outside: bool) -> Home {
        let address = address(self.words, outside, self.dice);
        let tenancy = tenure.social().then(|| format!("TN{:06}", self.numbers.row()));
        Home { id: self.numbers.household(), address, tenure, kept: false, tenancy }
    }
}

/// Makes the case of a script, up to but without what was done in it.
pub(crate) fn build(script: &Script, make: &mut Maker<'_>) -> Case {
    let mut case = Case::new();
    let culture = script.culture.unwrap_or_else(|| names::culture(make.words, make.dice));
    let born = make.born(script.harm_age);
    let mut harm = make.person(script.harm_sex, culture, born, "perpetrator");
    if let Some((forename, surname)) = script.harm_name {
        (harm.forename, harm.surname, harm.known_as) = (forename.to_owned(), surname.to_owned(), None);
    }
    harm.pnc =
        make.dice.chance(60).then(|| make.numbers.pnc((born.year() + 19).min(make.window.until.year())));
    case.harm = case.add(harm);
    for (at, part) in script.parts.iter().enumerate() {
        family(&mut case, script, part, at, make);
    }
    if script.namesake {
        namesake(&mut case, make);
    }
    background(&mut case, script.background, make);
    case
}

fn family(case: &mut Case, script: &Script, part: &Part, at: usize, make: &mut Maker<'_>) {
    let id = make.numbers.family();
    let harm = case.harm;
    if at == 0 {
        case.person_mut(harm).family = id;
    }
    let victim = victim(case, script, part, at, id, make);
    let home = make.home(part.tenure, false);
    let home = case.add_home(home);
    let next = part.moved_in.is_some();
    let moved_in = part.moved_in.unwrap_or(part.from);
    let settled = plus(part.from, -make.dice.between(0, 900));
    let victim_since = if next { plus(settled, -400) } else { part.from };
    stay(case, victim, home, victim_since, None, if next { "tenant" } else { "parent_or_partner" });
    match script.kind {
        Kind::Adolescent => stay(case, harm, home, part.from, None, "child"),
        Kind::AdultChild => stay(case, harm, home, part.from, None, "adult_child"),
        Kind::Siblings => stay(case, harm, home, part.from, None, "sibling"),
        Kind::Relative => stay(case, harm, home, part.from, None, "grandchild"),
        Kind::Partners => {
            if next {
                leave(case, harm, moved_in);
            }
            stay(case, harm, home, moved_in, None, "partner");
        }
    }
    let mut children = Vec::new();
    let mut last = None;
    for plan in &part.children {
        let twin = if plan.twin_of_last { last } else { None };
        let child = child(case, script, part, (victim, plan.parents), (plan.born, twin), id, make);
        case.person_mut(child).overlooked = plan.overlooked;
        last = Some(child);
        let unborn = case.person(child).unborn;
        if plan.parents == Parents::Harm {
            children.push((child, "visiting"));
            elsewhere(case, child, home, part, id, make);
        } else {
            children.push((child, if unborn { "unborn" } else { "resident" }));
            let since = victim_since.max(plan.born);
            if !unborn {
                stay(case, child, home, since, None, "child");
            }
        }
        if plan.born > plus(make.window.from, -170) && case.person(victim).sex == Sex::Female {
            let booked = plus(plan.born, -200);
            if booked <= make.window.until {
                case.point(Moment::Pregnancy(child), "pregnancy", booked, Some(victim), Some(home));
            }
            if !unborn && plan.born >= make.window.from {
                case.point(Moment::Birth(child), "birth", plan.born, Some(victim), Some(home));
            }
        }
    }
    if part.grandparent {
        grandparent(case, victim, home, (victim_since, id), make);
    }
    let after = at.checked_sub(1);
    if let Some(before) = after {
        visits_at_next(case, before, home, moved_in, &mut children, make);
        case.point(Moment::NewPartner(at), "new_partner", part.from, Some(victim), Some(home));
    }
    case.families.push(Family {
        id,
        kind: script.kind,
        course: part.course,
        victim,
        married: part.married,
        from: part.from,
        moved_in: part.moved_in,
        apart: part.apart,
        home,
        children,
        signs: part.signs.clone(),
        indicators: part.indicators.clone(),
        after,
    });
    if let Some(apart) = part.apart {
        part_ways(case, script, part, at, apart, make);
    }
}

fn victim(case: &mut Case, script: &Script, part: &Part, at: usize, id: u32, make: &mut Maker<'_>) -> Px {
    let harm = case.person(case.harm).clone();
    let related = script.kind != Kind::Partners;
    let culture = if related || part.victim_name.is_some() || (at == 0 && make.dice.chance(85)) {
        harm.culture
    } else {
        names::culture(make.words, make.dice)
    };
    let born = make.born(part.victim_age);
    let mut victim = make.person(part.victim_sex, culture, born, "victim");
    victim.family = id;
    make.own_forename(case, &mut victim);
    if let Some((forename, surname)) = part.victim_name {
        (victim.forename, victim.surname, victim.known_as) = (forename.to_owned(), surname.to_owned(), None);
    }
    let shared = names::surname_for(make.words, culture, &harm.surname, part.victim_sex);
    if (related && make.dice.chance(80))
        || (part.married && part.victim_name.is_none() && make.dice.chance(75))
    {
        if part.married {
            victim.former.push(victim.surname.clone());
        }
        victim.surname = shared;
    }
    if at > 0 {
        victim.roles = vec!["next_partner"];
        if part.active.is_some() {
            victim.add_role("victim");
        }
    }
    let victim = case.add(victim);
    if matches!(script.kind, Kind::Adolescent | Kind::AdultChild) {
        let harm = case.harm;
        let female = case.person(victim).sex == Sex::Female;
        let person = case.person_mut(harm);
        if female {
            person.mother = Some(victim);
        } else {
            person.father = Some(victim);
        }
    }
    victim
}

fn child(
    case: &mut Case,
    script: &Script,
    part: &Part,
    (victim, parents): (Px, Parents),
    (born, twin): (Date, Option<Px>),
    id: u32,
    make: &mut Maker<'_>,
) -> Px {
    let sex = if make.dice.chance(50) { Sex::Female } else { Sex::Male };
    let (mother_like, father_like) = match parents {
        Parents::Both if script.kind == Kind::Partners => (Some(victim), Some(case.harm)),
        Parents::Harm => (None, Some(case.harm)),
        _ => (Some(victim), None),
    };
    let namer = match (parents, make.dice.chance(60)) {
        (Parents::Both, true) | (Parents::Harm, _) => case.harm,
        _ => victim,
    };
    let namer = case.person(namer).clone();
    let mut child = make.person(sex, namer.culture, born, "child");
    make.own_forename(case, &mut child);
    child.surname = names::surname_for(make.words, namer.culture, &namer.surname, sex);
    if parents == Parents::Both && make.dice.chance(7) {
        child.surname = format!("{}-{}", case.person(victim).surname, case.person(case.harm).surname);
    }
    let father_name = case.person(case.harm).forename.clone();
    let first_son = sex == Sex::Male && case.person(case.harm).sex == Sex::Male && parents == Parents::Both;
    if first_son
        && script.namesake
        && case.people().all(|(_, p)| p.forename != father_name || p.born < part.from)
    {
        child.forename = father_name;
        child.known_as = Some("Junior".to_owned());
    }
    child.family = id;
    child.unborn = born > make.window.until;
    let [female, male] = [Sex::Female, Sex::Male].map(|wanted| {
        [mother_like, father_like].into_iter().flatten().find(|who| case.person(*who).sex == wanted)
    });
    (child.mother, child.father) = (female, male);
    if child.unborn {
        (child.forename, child.middle, child.known_as, child.nhs) = Default::default();
    }
    let school_age = crate::calendar::age(born, make.window.until) >= 4;
    child.upn = school_age.then(|| make.numbers.upn((born.year() + 5).min(make.window.until.year())));
    child.twin = twin;
    let child = case.add(child);
    if let Some(twin) = twin {
        case.person_mut(twin).twin = Some(child);
    }
    child
}

/// A child who lives with the other parent and comes at weekends.
fn elsewhere(case: &mut Case, child: Px, home: Hx, part: &Part, id: u32, make: &mut Maker<'_>) {
    let harm = case.person(case.harm).clone();
    let born = plus(harm.born, make.dice.between(-1200, 1200));
    let mut other = make.person(harm.sex.other(), harm.culture, born, "other");
    other.family = id;
    let other_sex = other.sex;
    let other = case.add(other);
    let own = make.home(Tenure::Private, false);
    let own = case.add_home(own);
    let since = case.person(child).born;
    stay(case, other, own, since, None, "other_parent");
    stay(case, child, own, since, None, "child");
    stay(case, child, home, part.from.max(since), part.apart, "visiting_child");
    let person = case.person_mut(child);
    if other_sex == Sex::Female {
        person.mother = Some(other);
    } else {
        person.father = Some(other);
    }
}

fn grandparent(case: &mut Case, victim: Px, home: Hx, (since, id): (Date, u32), make: &mut Maker<'_>) {
    let parent = case.person(victim).clone();
    let born = plus(parent.born, -make.dice.between(19 * 365, 34 * 365));
    let sex = if make.dice.chance(70) { Sex::Female } else { Sex::Male };
    let mut old = make.person(sex, parent.culture, born, "other");
    make.own_forename(case, &mut old);
    old.surname = parent.former.first().unwrap_or(&parent.surname).clone();
    old.family = id;
    let old = case.add(old);
    stay(case, old, home, since, None, "grandparent");
    let person = case.person_mut(victim);
    if sex == Sex::Female {
        person.mother = Some(old);
    } else {
        person.father = Some(old);
    }
}

/// Children of the earlier family who visit in the new household.
fn visits_at_next(
    case: &mut Case,
    before: usize,
    home: Hx,
    moved_in: Date,
    children: &mut Vec<(Px, &'static str)>,
    make: &mut Maker<'_>,
) {
    if !make.dice.chance(40) {
        return;
    }
    let earlier = case.family(before).map(|f| f.children.clone()).unwrap_or_default();
    for (child, lives) in earlier {
        let person = case.person(child);
        let of_harm = person.father == Some(case.harm) || person.mother == Some(case.harm);
        if of_harm && lives == "resident" {
            stay(case, child, home, moved_in.max(person.born), None, "visiting_child");
            children.push((child, "visiting"));
        }
    }
}

/// The end of a relationship: who goes where.
fn part_ways(case: &mut Case, script: &Script, part: &Part, at: usize, apart: Date, make: &mut Maker<'_>) {
    let Some(family) = case.family(at).cloned() else { return };
    case.point(Moment::Separation(at), "separation", apart, Some(family.victim), Some(family.home));
    if make.dice.chance(12) && !family.children.is_empty() {
        let on = plus(apart, make.dice.between(40, 200));
        if on <= make.window.until {
            case.point(Moment::Proceedings(at), "child_contact_proceedings", on, Some(family.victim), None);
        }
    }
    let moving: Vec<Px> = case
        .residents(family.home, apart)
        .into_iter()
        .filter(|who| *who != case.harm)
        .chain(family.children.iter().filter(|(c, _)| case.person(*c).born > apart).map(|(c, _)| *c))
        .filter(|who| !case.person(*who).unborn)
        .collect();
    let next_starts = script.parts.get(at + 1).and_then(|next| next.moved_in);
    match part.leaving {
        Leaving::HarmLeaves => {
            leave(case, case.harm, apart);
            let own = make.home(Tenure::Private, false);
            let own = case.add_home(own);
            stay(case, case.harm, own, apart, next_starts, "tenant");
        }
        Leaving::VictimMoves { kept } => {
            let tenure = if make.dice.chance(60) { Tenure::Association } else { Tenure::Private };
            let outside = kept && make.dice.chance(50);
            let mut home = make.home(tenure, outside);
            home.kept = kept;
            let home = case.add_home(home);
            case.point(Moment::Move(home), "house_move", apart, Some(family.victim), Some(home));
            move_all(case, &moving, home, apart);
        }
        Leaving::Refuge => {
            let outside = make.dice.chance(50);
            let mut refuge = make.home(Tenure::Refuge, outside);
            refuge.kept = true;
            let refuge = case.add_home(refuge);
            let to = plus(apart, make.dice.between(30, 220));
            let ended = to < make.window.until;
            for who in &moving {
                leave(case, *who, apart);
                stay(
                    case,
                    *who,
                    refuge,
                    apart.max(case.person(*who).born),
                    ended.then_some(to),
                    "resident_refuge",
                );
            }
            let next = ended.then(|| {
                let mut home = make.home(Tenure::Association, false);
                home.kept = true;
                let home = case.add_home(home);
                case.point(Moment::Move(home), "house_move", to, Some(family.victim), Some(home));
                move_all(case, &moving, home, to);
                home
            });
            let to = ended.then_some(to);
            case.refuges.push(RefugeStay { family: at, home: refuge, from: apart, to, next });
        }
    }
}

fn move_all(case: &mut Case, people: &[Px], home: Hx, on: Date) {
    for who in people {
        leave(case, *who, on);
        let person = case.person(*who);
        let role = if person.roles.contains(&"child") { "child" } else { "parent" };
        stay(case, *who, home, on.max(person.born), None, role);
    }
}

/// Ends whatever ordinary stay somebody has on that day. Stays that would begin later never begin.
pub(crate) fn leave(case: &mut Case, who: Px, on: Date) {
    case.stays.retain(|s| s.who != who || s.from < on || s.role == "visiting_child");
    for s in case.stays.iter_mut().filter(|s| s.who == who && s.role != "visiting_child") {
        if s.to.is_none_or(|to| to > on) {
            s.to = Some(on);
        }
    }
}

pub(crate) fn stay(case: &mut Case, who: Px, home: Hx, from: Date, to: Option<Date>, role: &'static str) {
    if to.is_none_or(|to| to > from) {
        case.stays.push(Stay { who, home, from, to, role });
    }
}

/// A stranger with the name of the person causing harm, of another age, in another town.
fn namesake(case: &mut Case, make: &mut Maker<'_>) {
    let harm = case.person(case.harm).clone();
    let born = plus(harm.born, make.dice.between(900, 4000));
    let mut stranger = make.person(harm.sex, harm.culture, born, "background");
    (stranger.forename, stranger.surname, stranger.middle) = (harm.forename, harm.surname, String::new());
    stranger.known_as = None;
    stranger.same_name_as = Some(case.harm);
    let home = make.home(Tenure::Council, false);
    let home = case.add_home(home);
    let stranger = case.add(stranger);
    stay(case, stranger, home, plus(make.window.from, -500), None, "adult");
    case.background.push((stranger, None, home));
}

/// Neighbours, pupils and patients who have nothing to do with it.
fn background(case: &mut Case, count: usize, make: &mut Maker<'_>) {
    for _ in 0..count {
        let culture = names::culture(make.words, make.dice);
        let sex = if make.dice.chance(55) { Sex::Female } else { Sex::Male };
        let age = make.dice.between(22, 70);
        let born = make.born(age);
        let adult = make.person(sex, culture, born, "background");
        let surname = adult.surname.clone();
        let adult = case.add(adult);
        let tenure = if make.dice.chance(60) { Tenure::Council } else { Tenure::Owner };
        let home = make.home(tenure, false);
        let home = case.add_home(home);
        stay(case, adult, home, plus(make.window.from, -make.dice.between(30, 3000)), None, "adult");
        let child = (age < 50 && make.dice.chance(65)).then(|| {
            let years = make.dice.between(2, 13);
            let born = make.born(years);
            let child_sex = if make.dice.chance(50) { Sex::Female } else { Sex::Male };
            let mut child = make.person(child_sex, culture, born, "background");
            child.add_role("bg_child");
            child.surname = names::surname_for(make.words, culture, &surname, child_sex);
            child.upn = Some(make.numbers.upn(born.year() + 5));
            if sex == Sex::Female {
                child.mother = Some(adult);
            } else {
                child.father = Some(adult);
            }
            let child = case.add(child);
            let since = case.person(child).born.max(plus(make.window.from, -200));
            stay(case, child, home, since, None, "child");
            child
        });
        case.background.push((adult, child, home));
    }
}

/// The postal address of a prison.
pub(crate) fn prison(words: &Words) -> Address {
    Address::named(&words.places.prison, &words.places.prison_postcode)
}
