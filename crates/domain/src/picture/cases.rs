//! Police incidents put together from their rows: one row tells what happened, others who was there and as what.
//! Decides whether an incident is domestic, because flags are wrong in both directions.

use std::collections::BTreeMap;

use super::bios::Bios;
use super::ground::{Ground, P, Tie};
use super::households::Homes;
use super::settings::offence_code;
use crate::record::{ChildContact, Event, EventKind, RelationKind, Role};
use crate::when::When;

/// An incident under construction.
pub(crate) struct Case<'a> {
    pub(crate) reference: &'a str,
    pub(crate) at: When,
    pub(crate) code: String,
    pub(crate) class: u8,
    /// The report itself, where it arrived.
    pub(crate) report: Option<(usize, &'a Event)>,
    pub(crate) people: Vec<Part<'a>>,
    pub(crate) domestic: bool,
    pub(crate) because: String,
    pub(crate) recs: Vec<usize>,
}

/// One person's part.
pub(crate) struct Part<'a> {
    pub(crate) person: P,
    pub(crate) roles: Vec<Role>,
    /// What they are to the other main party, in the agency's words.
    pub(crate) words: &'a str,
    /// The same in ours.
    connection: Connection,
    pub(crate) contact: Option<&'a ChildContact>,
    pub(crate) rec: usize,
}

/// What words for a relationship tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connection {
    /// Nothing, or a word nobody has mapped. Never read as "strangers".
    Unknown,
    Is(RelationKind),
}

impl Connection {
    fn personal(self) -> Option<RelationKind> {
        match self {
            Self::Is(kind) if kind != RelationKind::Other => Some(kind),
            Self::Is(_) | Self::Unknown => None,
        }
    }
}

impl Case<'_> {
    pub(crate) fn with(&self, role: Role) -> impl Iterator<Item = P> {
        self.people.iter().filter(move |part| part.roles.contains(&role)).map(|part| part.person)
    }

    pub(crate) fn part(&self, person: P) -> Option<&Part<'_>> {
        self.people.iter().find(|part| part.person == person)
    }

    /// The first line of what happened.
    pub(crate) fn narrative(&self) -> Option<&str> {
        self.report.and_then(|(_, event)| event.text.as_deref())
    }
}

/// Puts the rows of every incident together, oldest incident first.
pub(crate) fn gather<'a>(ground: &Ground<'a>) -> Vec<Case<'a>> {
    let mut by_reference: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
    for (at, happened) in ground.happened.iter().enumerate() {
        if matches!(happened.event.kind, EventKind::Incident | EventKind::Involvement) {
            let row_key = ground.records.get(happened.rec).map_or("", |record| &record.record.row_key);
            by_reference.entry(happened.event.reference.as_deref().unwrap_or(row_key)).or_default().push(at);
        }
    }
    let mut cases: Vec<Case<'a>> =
        by_reference.into_iter().filter_map(|(reference, events)| case(ground, reference, &events)).collect();
    cases.sort_by(|a, b| a.at.cmp(&b.at).then(a.reference.cmp(b.reference)));
    cases
}

fn case<'a>(ground: &Ground<'a>, reference: &'a str, events: &[usize]) -> Option<Case<'a>> {
    let events = || events.iter().filter_map(|at| ground.happened.get(*at));
    // A report sent twice counts in its latest version.
    let report = events()
        .filter(|happened| happened.event.kind == EventKind::Incident)
        .max_by_key(|happened| (ground.recorded(happened.rec), happened.rec))
        .map(|happened| (happened.rec, happened.event));
    let at = report.map(|(_, event)| event.at).or_else(|| events().map(|happened| happened.at).min())?;
    let code = report.and_then(|(_, event)| event.details.get("offence_code")).map(|code| offence_code(code));
    let code = code.unwrap_or_default();
    let mut case = Case {
        reference,
        at,
        class: if code.is_empty() { 0 } else { ground.settings.harm.class(&code) },
        code,
        report,
        people: Vec::new(),
        domestic: false,
        because: String::new(),
        recs: events().map(|happened| happened.rec).collect(),
    };
    for happened in events() {
        for &(person, role) in &happened.people {
            case.add(ground, person, role, happened.rec, happened.event);
        }
    }
    case.people.sort_by(|a, b| a.roles.first().cmp(&b.roles.first()).then(a.person.cmp(&b.person)));
    Some(case)
}

impl<'a> Case<'a> {
    fn add(&mut self, ground: &Ground<'a>, person: P, role: Role, rec: usize, event: &'a Event) {
        let (words, connection) = own_words(ground, person, rec, event);
        match self.people.iter_mut().find(|part| part.person == person) {
            Some(part) => {
                if !part.roles.contains(&role) {
                    part.roles.push(role);
                    part.roles.sort_unstable();
                }
                if part.words.is_empty() {
                    (part.words, part.connection) = (words, connection);
                }
                part.contact = part.contact.or(event.child_contact.as_ref());
            }
            None => self.people.push(Part {
                person,
                roles: vec![role],
                words,
                connection,
                contact: event.child_contact.as_ref(),
                rec,
            }),
        }
    }
}

fn own_words<'a>(ground: &Ground<'a>, person: P, rec: usize, event: &'a Event) -> (&'a str, Connection) {
    if let Some(words) = event.details.get("relation_words").filter(|words| !words.trim().is_empty()) {
        let kind = event.details.get("relation_kind").and_then(|kind| kind_of(kind));
        return (words.trim(), kind.map_or(Connection::Unknown, Connection::Is));
    }
    let mut ties = ground.ties_of(person).filter(|tie| tie.rec == rec && tie.of == person);
    ties.next().map_or(("", Connection::Unknown), |tie| (tie.words, Connection::Is(tie.is)))
}

fn kind_of(word: &str) -> Option<RelationKind> {
    Some(match word {
        "partner" => RelationKind::Partner,
        "former_partner" => RelationKind::FormerPartner,
        "parent" => RelationKind::Parent,
        "partner_of_parent" => RelationKind::PartnerOfParent,
        "child" => RelationKind::Child,
        "sibling" => RelationKind::Sibling,
        "relative" => RelationKind::Relative,
        "other" => RelationKind::Other,
        _ => return None,
    })
}

/// What the words of involvements say about how the main parties stand to one another.
pub(crate) fn ties<'a>(cases: &[Case<'a>]) -> Vec<Tie<'a>> {
    let mut ties = Vec::new();
    for case in cases {
        for (a, b) in main_parties(case) {
            for (of, to) in [(a, b), (b, a)] {
                let Some(part) = case.people.iter().find(|part| part.person == of) else { continue };
                if let Some(is) = part.connection.personal() {
                    ties.push(Tie { of, is, to, words: part.words, since: None, rec: part.rec });
                }
            }
        }
    }
    ties
}

/// Pairs of one recorded as causing harm and one recorded as victim, each pair once.
fn main_parties(case: &Case<'_>) -> Vec<(P, P)> {
    let mut pairs = Vec::new();
    for a in case.with(Role::CausingHarm) {
        for b in case.with(Role::Victim) {
            if a != b && !pairs.contains(&(b, a)) {
                pairs.push((a, b));
            }
        }
    }
    pairs
}

/// Decides for every incident whether it is domestic, and says why.
pub(crate) fn judge(ground: &Ground<'_>, bios: &Bios, homes: &Homes<'_>, cases: &mut [Case<'_>]) {
    for case in cases {
        (case.domestic, case.because) = domestic(ground, bios, homes, case);
    }
}

fn domestic(ground: &Ground<'_>, bios: &Bios, homes: &Homes<'_>, case: &Case<'_>) -> (bool, String) {
    let flag = case.report.and_then(|(_, event)| event.details.get("da_flag")).map_or("", |flag| flag.trim());
    let flagged = flag.eq_ignore_ascii_case("y") || flag.eq_ignore_ascii_case("yes");
    let says = if flagged {
        "Police flagged it as domestic abuse"
    } else if flag.is_empty() {
        "Police left the flag empty"
    } else {
        "Police did not flag it"
    };
    let pairs = main_parties(case);
    if let Some(why) = pairs.iter().find_map(|&(a, b)| connection(ground, bios, homes, case, a, b)) {
        return (true, format!("{says}; {why}."));
    }
    let stranger = pairs.iter().find_map(|&(a, b)| {
        let mut parts = [a, b].into_iter().filter_map(|person| case.part(person));
        parts.find(|part| part.connection == Connection::Is(RelationKind::Other)).map(|part| part.words)
    });
    if let Some(words) = stranger {
        return (false, format!("{says}; the people are recorded as “{words}” and nothing connects them."));
    }
    if flagged {
        return (true, format!("{says}."));
    }
    if ground.settings.harm.always_domestic(&case.code) {
        return (true, format!("{says}; the offence is one between partners or relatives."));
    }
    if flag.is_empty()
        && !pairs.is_empty()
        && let Some(word) = connecting_word(ground, case)
    {
        return (true, format!("{says}; the officer's words say “{word}”."));
    }
    (false, format!("{says}; nothing on record connects the people."))
}

/// How two people are personally connected, as far as anything on record tells.
fn connection(
    ground: &Ground<'_>,
    bios: &Bios,
    homes: &Homes<'_>,
    case: &Case<'_>,
    a: P,
    b: P,
) -> Option<String> {
    for person in [a, b] {
        if let Some(part) = case.part(person).filter(|part| part.connection.personal().is_some()) {
            return Some(format!("the people are recorded in it as “{}”", part.words));
        }
    }
    let tie = ground.ties_of(a).find(|tie| (tie.of == b || tie.to == b) && connects(tie.is));
    if let Some(tie) = tie {
        return Some(format!("another record calls the people “{}”", tie.words));
    }
    let days = ground.settings.numbers.next_family.together_days;
    if homes.lived_with(a, days).any(|(_, other)| other.person == b) {
        return Some("the people lived at one address".to_owned());
    }
    let children = |person: P| {
        let mine = ground.ties_of(person).filter_map(move |tie| {
            let (other, is) = Ground::other_is(tie, person);
            (is == RelationKind::Child).then_some(other)
        });
        mine.collect::<Vec<P>>()
    };
    let shared = children(a).into_iter().find(|child| children(b).contains(child))?;
    Some(format!("they have a child in common, {}", bios.name(shared)))
}

pub(crate) fn connects(is: RelationKind) -> bool {
    !matches!(is, RelationKind::Other)
}

fn connecting_word<'s>(ground: &Ground<'s>, case: &Case<'_>) -> Option<&'s str> {
    let text = case.narrative()?.to_lowercase();
    let words = &ground.settings.numbers.connected;
    if words.not_words.iter().any(|word| text.contains(word.as_str())) {
        return None;
    }
    words.words.iter().map(String::as_str).find(|word| text.contains(word))
}
