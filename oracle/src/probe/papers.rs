//! What agencies ask of each other and answer, and what needs two people to leave: requests with reasons, an answer with a
//! copy, one that was taken back, releases. All of it holds words of the world's own, and who may read which is written from
//! `docs/guides/asking-and-answering.md`.

use std::collections::{BTreeSet, HashSet};

use super::Eyes;
use crate::Outcome;
use crate::program::{Area, user_of};
use crate::talk::{Answer, Answers, Ask};
use crate::text::known::{Granted, Id, Linked, Standing};
use crate::text::roles::Roles;

/// One request or release.
#[derive(Debug)]
pub struct Paper {
    /// Its number.
    pub seq: u64,
    /// Whether it needs two people to leave.
    pub release: bool,
    /// The agencies whose people may know of it.
    pub agencies: BTreeSet<&'static str>,
    /// Whom it is about: more than one, where rows about them were not found to be about one.
    pub about: BTreeSet<Id>,
    /// Words that all of these may read.
    pub words: Vec<String>,
    /// Words of one agency only.
    pub own: Vec<(&'static str, String)>,
    /// What stands in the copy, for whom it was made.
    pub copy: Option<(&'static str, HashSet<String>)>,
}

/// Everything that was asked, answered and proposed.
#[derive(Debug, Default)]
pub struct Papers(pub Vec<Paper>);

/// Words that may stand below an address, besides those that may stand everywhere.
pub type Below = Vec<(String, HashSet<String>)>;

impl Papers {
    /// All words of it that stand nowhere else.
    pub fn words(&self) -> impl Iterator<Item = &String> {
        self.0.iter().flat_map(|paper| paper.words.iter().chain(paper.own.iter().map(|(_, word)| word)))
    }

    /// The number of each request, or of each release.
    pub fn ids(&self, release: bool) -> Vec<String> {
        self.0.iter().filter(|paper| paper.release == release).map(|paper| paper.seq.to_string()).collect()
    }

    /// Whether somebody may not know of it at all.
    #[must_use]
    pub fn is_hidden(&self, seq: &str, release: bool, eyes: &Eyes) -> bool {
        let paper = self.0.iter().find(|paper| paper.release == release && paper.seq.to_string() == seq);
        paper.is_some_and(|paper| !paper.may_know(eyes))
    }

    /// Adds to somebody's eyes what they may read of it.
    pub fn open(&self, eyes: &mut Eyes) {
        let known: Vec<&Paper> = self.0.iter().filter(|paper| paper.may_know(eyes)).collect();
        for paper in known {
            eyes.known.may.extend(paper.words.iter().cloned());
            let agency = eyes.audience.agency.clone();
            let own = paper.own.iter().filter(|(of, _)| **of == agency);
            eyes.known.may.extend(own.map(|(_, word)| word.clone()));
            if let Some((_, words)) = paper.copy.as_ref().filter(|(of, _)| **of == agency) {
                eyes.below.push((format!("/request/{}/copy", paper.seq), words.clone()));
            }
        }
    }
}

impl Paper {
    /// Whether somebody is of an agency it concerns, or confirms releases, and is not barred from whom it is about.
    fn may_know(&self, eyes: &Eyes) -> bool {
        let theirs = self.agencies.contains(eyes.audience.agency.as_str());
        (theirs || self.release && eyes.audience.confirms) && eyes.standing.barred.is_disjoint(&self.about)
    }
}

/// A demonstration user with a session, who sends forms.
struct Hand<'a> {
    answers: &'a dyn Answers,
    agency: &'static str,
    cookie: String,
}

impl<'a> Hand<'a> {
    /// Signs in as the demonstration user of an agency, in this role.
    fn of(
        area: &Area,
        answers: &'a dyn Answers,
        roles: &Roles,
        agency: &'static str,
        role: &str,
    ) -> Outcome<Self> {
        let is =
            |audience: &&crate::text::roles::Audience| audience.agency == agency && audience.role == role;
        let audience =
            roles.audiences.iter().find(is).ok_or_else(|| format!("roles.toml has no {agency} {role}"))?;
        area.become_one_of(audience)?;
        let user = user_of(agency).ok_or("an agency without a demonstration user")?;
        let answer = answers.ask(&form("/sign-in", &format!("user={user}")))?;
        let cookie = answer.headers.get("set-cookie").and_then(|cookie| cookie.split(';').next());
        Ok(Self { answers, agency, cookie: cookie.ok_or("cannot sign in")?.to_owned() })
    }

    fn ask(&self, mut ask: Ask) -> Outcome<Answer> {
        ask.cookie = Some(self.cookie.clone());
        self.answers.ask(&ask)
    }

    /// Sends a form from its page. Where the page has no form, it cannot be sent.
    fn send(&self, page: &str, to: &str, body: &str) -> Outcome<Answer> {
        let shown = self.ask(Ask::get(page))?;
        let token =
            shown.body.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let token =
            token.ok_or_else(|| format!("{} {page}: no form, status {}", self.agency, shown.status))?;
        self.ask(form(to, &format!("form_token={token}&{body}")))
    }

    /// Sends a form that must be taken.
    fn do_(&self, page: &str, to: &str, body: &str) -> Outcome<()> {
        let answer = self.send(page, to, body)?;
        match answer.status {
            303 => Ok(()),
            status => Err(format!("{} {to}: the form was not taken, status {status}", self.agency).into()),
        }
    }

    /// The number of the paper in whose page a word stands.
    fn find(&self, list: &str, one: &str, word: &str) -> Outcome<u64> {
        let page = self.ask(Ask::get(list))?;
        let begins = format!("href=\"{one}");
        let ids = page.body.split(&begins).skip(1);
        let ids: BTreeSet<u64> = ids
            .filter_map(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok())
            .collect();
        for id in ids.into_iter().rev() {
            if self.ask(Ask::get(&format!("{one}{id}")))?.body.to_lowercase().contains(word) {
                return Ok(id);
            }
        }
        Err(format!("{} {list}: nothing there says {word}", self.agency).into())
    }
}

fn form(path: &str, body: &str) -> Ask {
    Ask::get(path).sending("application/x-www-form-urlencoded", body.to_owned())
}

/// One request to make: who asks whom, what for, which categories, about which family, and what comes of it.
struct Planned {
    from: (&'static str, &'static str),
    to: (&'static str, &'static str),
    purpose: &'static str,
    categories: &'static [&'static str],
    family: usize,
    then: Then,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Waits,
    Answered,
    TakenBack,
}

const PLANNED: &[Planned] = &[
    Planned {
        from: ("social_care", "head_of_safeguarding"),
        to: ("health", "safeguarding_nurse"),
        purpose: "check_section_47",
        categories: &["ID", "HLTH"],
        family: 0,
        then: Then::Answered,
    },
    Planned {
        from: ("police", "domestic_abuse_officer"),
        to: ("services", "independent_adviser"),
        purpose: "marac",
        categories: &["ID", "DISC", "RISK"],
        family: 1,
        then: Then::Answered,
    },
    Planned {
        from: ("schools", "designated_safeguarding_lead"),
        to: ("social_care", "head_of_safeguarding"),
        purpose: "concern_for_child",
        categories: &["SOC"],
        family: 3,
        then: Then::Waits,
    },
    Planned {
        from: ("housing", "tenancy_officer"),
        to: ("police", "domestic_abuse_officer"),
        purpose: "rehousing",
        categories: &["INC", "RISK"],
        family: 2,
        then: Then::Waits,
    },
    Planned {
        from: ("probation", "offender_manager"),
        to: ("police", "domestic_abuse_officer"),
        purpose: "sentence_plan",
        categories: &["INC"],
        family: 0,
        then: Then::TakenBack,
    },
];

/// Makes them all. Families that an agency does not have in its picture are asked about by name, by all others by their page.
pub fn make(
    area: &Area,
    answers: &dyn Answers,
    roles: &Roles,
    linked: &Linked<'_>,
    sight: &dyn Fn(&str, &str, &Standing) -> BTreeSet<Id>,
) -> Outcome<Papers> {
    let mut papers = Papers::default();
    let mut number = 100;
    let mut word = || {
        number += 1;
        linked.world.never(number).to_lowercase()
    };
    for planned in PLANNED {
        let (from, to) = (planned.from, planned.to);
        let [asks, holds] = [from, to].map(|(agency, role)| sight(agency, role, &Standing::default()));
        // What is answered is about somebody whom both know; nobody is barred from them.
        let both = |id: &Id| asks.contains(id) && holds.contains(id);
        let known = |family: &usize| {
            let victim = linked.world.household_of(*family).first().copied();
            victim.is_some_and(|victim| linked.ids_of(victim).iter().any(both))
        };
        let family = match planned.then {
            Then::Answered => (0..linked.world.size()).filter(|at| ![2, 3].contains(at)).find(known),
            Then::Waits | Then::TakenBack => Some(planned.family),
        };
        let Some(victim) = family.and_then(|family| linked.world.household_of(family).first().copied())
        else {
            continue;
        };
        let about = linked.ids_of(victim);
        let Some(id) = about.iter().find(|id| both(id)).or(about.first()).cloned() else { continue };
        let Some(person) = linked.world.people.get(victim) else { continue };
        let (why, answered, back) = (word(), word(), word());
        let hand = Hand::of(area, answers, roles, from.0, from.1)?;
        let page = match asks.contains(&id) {
            true => format!("/person/{id}/ask"),
            false => "/requests/ask".to_owned(),
        };
        let mut body = format!(
            "to={}&purpose={}&risk=high&reason=Asked+because+{why}&consent=given&name={}+{}&born={}",
            to.0, planned.purpose, person.forename, person.surname, person.born
        );
        for category in planned.categories {
            body.push_str(&format!("&cat-{category}=yes"));
        }
        hand.do_(&page, &page, &body)?;
        let seq = hand.find("/requests", "/request/", &why)?;
        let mut paper = Paper {
            seq,
            release: false,
            agencies: BTreeSet::from([from.0, to.0]),
            about,
            // Whoever asks writes the name in their own words, and those who are asked read it.
            words: vec![why, person.surname.to_lowercase()],
            own: Vec::new(),
            copy: None,
        };
        let one = format!("/request/{seq}");
        match planned.then {
            Then::Waits => {}
            Then::TakenBack => {
                hand.do_(&one, &format!("{one}/withdraw"), &format!("reason=Not+needed+{back}"))?;
                paper.own.push((from.0, back));
            }
            Then::Answered => {
                let holder = Hand::of(area, answers, roles, to.0, to.1)?;
                if let Some(granted) = answer(&holder, &one, &id, planned.categories, &answered)? {
                    paper.own.push((to.0, answered));
                    let words = linked.copy_of(to.0, &id, &granted);
                    hand.do_(&format!("{one}/copy"), &format!("{one}/copy"), "")?;
                    paper.copy = Some((from.0, words));
                }
            }
        }
        papers.0.push(paper);
    }
    for (family, agency, role) in
        [(0, "health", "safeguarding_nurse"), (2, "social_care", "head_of_safeguarding")]
    {
        let person = linked.world.household_of(family).first().copied();
        let about = person.map(|person| linked.ids_of(person)).unwrap_or_default();
        let Some(id) = about.first().cloned() else { continue };
        let (what, why, to) = (word(), word(), word());
        let hand = Hand::of(area, answers, roles, agency, role)?;
        if !sight(agency, role, &Standing::default()).contains(&id) {
            continue;
        }
        let body =
            format!("what=subject_access&words=Letters+{what}&to=Ms+{to}&person={id}&reason=Asked+{why}");
        hand.do_("/releases", "/releases", &body)?;
        let seq = hand.find("/releases", "/release/", &what)?;
        papers.0.push(Paper {
            seq,
            release: true,
            agencies: BTreeSet::from([agency]),
            about,
            words: vec![what, why, to],
            own: Vec::new(),
            copy: None,
        });
    }
    Ok(papers)
}

/// Answers with as much as the policies let go, and says what went.
fn answer(
    holder: &Hand<'_>,
    one: &str,
    person: &Id,
    categories: &[&'static str],
    why: &str,
) -> Outcome<Option<Granted>> {
    const PARTS: [&str; 3] = ["all", "minimum", "nothing"];
    // Every choice there is, the most first; the program takes the first that the policies let go.
    let choices = PARTS.len().pow(u32::try_from(categories.len()).unwrap_or(0));
    for choice in 0..choices {
        let part = |at: usize| choice / PARTS.len().pow(u32::try_from(at).unwrap_or(0)) % PARTS.len();
        let given: Vec<(&'static str, usize)> =
            categories.iter().enumerate().map(|(at, c)| (*c, part(at))).collect();
        let name = |part: usize| PARTS.get(part).copied().unwrap_or("nothing");
        let gives: String = given.iter().map(|(c, part)| format!("&give-{c}={}", name(*part))).collect();
        let answer =
            holder.send(one, one, &format!("step=do&reason=Decided+{why}&who-{person}=yes{gives}"))?;
        if answer.status == 303 {
            let went = given.into_iter().filter(|(_, part)| *part < 2).map(|(c, part)| (c, part == 0));
            return Ok(Some(went.collect::<Granted>()).filter(|granted| !granted.is_empty()));
        }
    }
    Err(format!("{} {one}: no answer was taken", holder.agency).into())
}
