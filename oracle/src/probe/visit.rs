//! One viewer asks everything: lists, everybody, every family, fact and incident, searches, every verb.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::look;
use super::routes::{self, Of, Route, VERBS};
use super::{Catalogue, Eyes, Finding, Kind, Report, Setting};
use crate::Outcome;
use crate::talk::{Answer, Answers, Ask};
use crate::text::known::Id;

/// How much is asked.
#[derive(Clone, Copy, Debug)]
pub struct Depth {
    /// Every so many-th person, family and fact is asked for (1: all).
    pub every: usize,
    /// With which of these it begins: another one for each audience, so that together they come to all.
    pub turn: usize,
    /// On so many of each kind every verb is tried.
    pub verbs: usize,
}

/// A visit under way.
pub(super) struct Visit<'a> {
    answers: &'a dyn Answers,
    pub(super) setting: &'a Setting<'a>,
    pub(super) catalogue: &'a Catalogue,
    pub(super) eyes: &'a Eyes,
    cookie: Option<String>,
    all: &'a HashSet<String>,
    pub(super) report: Report,
}

const NEVER_PERSON: &str = "P00000000deadbeef";
const NEVER_FAMILY: &str = "F00000000deadbeef";
const NEVER_LINK: &str = "L00000000deadbeef";
const NEVER_FACT: &str = "900000001";
const NEVER_USER: &str = "nobodyever";

fn never(of: Of) -> &'static str {
    match of {
        Of::Person => NEVER_PERSON,
        Of::Family => NEVER_FAMILY,
        Of::Link => NEVER_LINK,
        Of::Fact | Of::Request | Of::Release => NEVER_FACT,
        Of::User => NEVER_USER,
        Of::Nothing => "",
    }
}

/// All words of the world.
#[must_use]
pub fn every_word(setting: &Setting<'_>, catalogue: &Catalogue) -> HashSet<String> {
    let world = setting.linked.world;
    let records =
        world.records.iter().flat_map(|record| record.words.iter().map(|(word, _)| word.to_lowercase()));
    let asides = world.asides.iter().map(|aside| aside.word.to_lowercase());
    records.chain(asides).chain(catalogue.papers.words().cloned()).collect()
}

/// Asks everything as somebody.
pub fn visit(
    answers: &dyn Answers,
    setting: &Setting<'_>,
    catalogue: &Catalogue,
    eyes: &Eyes,
    depth: Depth,
) -> Outcome<Report> {
    let all = every_word(setting, catalogue);
    let mut visit =
        Visit { answers, setting, catalogue, eyes, cookie: None, all: &all, report: Report::default() };
    visit.sign_in()?;
    let document = visit.plain(&Ask::get("/api/openapi.json"))?.json();
    let routes = routes::all(&document);
    for route in &routes {
        visit.route(route, depth)?;
    }
    visit.counts()?;
    visit.searches(depth)?;
    visit.must(depth)?;
    visit.papers()?;
    Ok(visit.report)
}

/// Asks every address as nobody.
pub fn stranger(
    answers: &dyn Answers,
    setting: &Setting<'_>,
    catalogue: &Catalogue,
    eyes: &Eyes,
) -> Outcome<Report> {
    let all = every_word(setting, catalogue);
    let mut visit =
        Visit { answers, setting, catalogue, eyes, cookie: None, all: &all, report: Report::default() };
    let document = visit.plain(&Ask::get("/api/openapi.json"))?.json();
    for route in &routes::all(&document) {
        let ids = visit.ids(route.of, Depth { every: 1, verbs: 1, turn: 0 });
        for id in ids.iter().take(4) {
            for verb in std::iter::once(&"GET").chain(VERBS) {
                visit.as_never("stranger", route, id, verb)?;
            }
        }
        if route.of == Of::Nothing {
            for verb in std::iter::once(&"GET").chain(VERBS) {
                visit.look("stranger", &Ask::get(&route.path).by(verb))?;
            }
        }
    }
    for word in visit.setting.linked.world.people.iter().take(3).map(|person| person.surname.clone()) {
        visit.look("stranger", &search(&word))?;
        visit.look("stranger", &form("/search", &format!("query={word}")))?;
        visit.look("stranger", &form("/sign-in", &format!("user={word}")))?;
    }
    Ok(visit.report)
}

pub(super) fn search(word: &str) -> Ask {
    Ask::get("/api/search").sending("application/json", serde_json::json!({ "q": word }).to_string())
}

fn form(path: &str, body: &str) -> Ask {
    Ask::get(path).sending("application/x-www-form-urlencoded", body.to_owned())
}

/// Learns which families, facts and links there are from what somebody sees.
pub fn catalogue(
    answers: &dyn Answers,
    setting: &Setting<'_>,
    eyes: &Eyes,
    into: &mut Catalogue,
    facts: std::iter::StepBy<std::ops::RangeInclusive<u64>>,
) -> Outcome<()> {
    let all = HashSet::new();
    let known = Catalogue::default();
    let visit = Visit {
        answers,
        setting,
        catalogue: &known,
        eyes,
        cookie: None,
        all: &all,
        report: Report::default(),
    };
    let keys: std::collections::HashMap<(&str, &str), usize> = setting
        .linked
        .world
        .records
        .iter()
        .enumerate()
        .filter(|(_, record)| record.agency == eyes.audience.agency)
        .map(|(at, record)| ((record.file, record.key.as_str()), at))
        .collect();
    for id in &eyes.known.people {
        let answer = visit.ask(&Ask::get(&format!("/api/people/{id}")))?.json();
        for family in answer.get("families").and_then(Value::as_array).into_iter().flatten() {
            let text = |value: &Value, field: &str| {
                value.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let members = family.get("members").and_then(Value::as_array).into_iter().flatten();
            let members = members.map(|member| text(member, "person"));
            into.families.entry(text(family, "id")).or_default().extend(members);
        }
    }
    into.families.remove("");
    for seq in facts {
        let answer = visit.ask(&Ask::get(&format!("/api/facts/{seq}")))?.json();
        let at =
            |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (file, key) = (at("/row/file"), at("/row/record/row_key"));
        if key.is_empty() {
            into.facts.entry(seq).or_default();
            continue;
        }
        let record =
            keys.iter().find(|((known, of), _)| *of == key && file.ends_with(known)).map(|(_, at)| *at);
        let entry = into.facts.entry(seq).or_default();
        *entry = entry.or(record);
    }
    let links = visit.ask(&Ask::get("/api/links"))?.json();
    for entry in links.get("entries").and_then(Value::as_array).into_iter().flatten() {
        into.links.extend(entry.get("id").and_then(Value::as_str).map(str::to_owned));
    }
    Ok(())
}

impl Visit<'_> {
    fn sign_in(&mut self) -> Outcome<()> {
        let answer = self.answers.ask(&form("/sign-in", &format!("user={}", self.eyes.user)))?;
        let cookie =
            answer.headers.get("set-cookie").and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        if cookie.is_none() {
            return Err(format!("{} cannot sign in: status {}", self.eyes.user, answer.status).into());
        }
        self.cookie = cookie;
        Ok(())
    }

    fn plain(&mut self, ask: &Ask) -> Outcome<Answer> {
        self.answers.ask(ask)
    }

    /// Asks as this viewer: the API with their name, pages with their session.
    pub(super) fn ask(&self, ask: &Ask) -> Outcome<Answer> {
        let mut ask = ask.clone();
        match ask.path.starts_with("/api/") {
            true => ask.bearer = Some(self.eyes.user.clone()).filter(|user| !user.is_empty()),
            false => ask.cookie.clone_from(&self.cookie),
        }
        self.answers.ask(&ask)
    }

    pub(super) fn find(&mut self, kind: Kind, channel: &'static str, ask: &Ask, what: String) {
        let finding = Finding {
            kind,
            channel,
            audience: self.eyes.name(),
            ask: format!("{} {}", ask.method, ask.path),
            what,
        };
        self.report.find(finding);
    }

    /// Asks, and looks for words that may not be there.
    pub(super) fn look(&mut self, channel: &'static str, ask: &Ask) -> Outcome<Answer> {
        let answer = self.ask(ask)?;
        self.report.probe(channel);
        let said =
            format!("{} {}", ask.path, ask.body.as_ref().map(|(_, body)| body.as_str()).unwrap_or_default());
        let below = self.eyes.below.iter().filter(|(path, _)| ask.path.starts_with(path));
        let below: HashSet<&String> = below.flat_map(|(_, words)| words).collect();
        for word in look::leaked(&answer.text(), &self.eyes.known.may, &said, self.all) {
            if below.contains(&word) {
                continue;
            }
            let what = self.tell(&word);
            self.find(Kind::Leak, channel, ask, what);
        }
        if answer.status >= 500 {
            self.find(Kind::WrongRefusal, channel, ask, format!("status {}", answer.status));
        }
        Ok(answer)
    }

    /// Which word it is and where in the world it stands.
    pub(super) fn tell(&self, word: &str) -> String {
        let world = self.setting.linked.world;
        let is = |(known, _): &&(String, crate::world::Piece)| known.eq_ignore_ascii_case(word);
        let places: Vec<String> = world
            .records
            .iter()
            .filter_map(|record| {
                record
                    .words
                    .iter()
                    .find(is)
                    .map(|(_, piece)| format!("{} {} {piece:?}", record.file, record.key))
            })
            .take(3)
            .collect();
        format!("{word} from {}", places.join("; "))
    }

    /// Asks for something hidden and for something that never was; both answers must be the same.
    fn as_never(&mut self, channel: &'static str, route: &Route, id: &str, verb: &str) -> Outcome<Answer> {
        let ask = Ask::get(&route.path.replace("{}", id)).by(verb);
        let never = never(route.of);
        let gone = Ask::get(&route.path.replace("{}", never)).by(verb);
        let hidden = self.look(channel, &ask)?;
        let absent = self.look(channel, &gone)?;
        // Who looked at somebody is for reviewers, whoever it was.
        if self.eyes.audience.reviews && route.path.contains("/looked/") {
            return Ok(hidden);
        }
        let (mut one, mut other) = (look::without(&hidden, id), look::without(&absent, never));
        if one != other {
            // Pages say the minute they were printed; asked again, both are of one minute.
            one = look::without(&self.ask(&ask)?, id);
            other = look::without(&self.ask(&gone)?, never);
        }
        if one != other {
            let fact = id.parse().ok().and_then(|seq: u64| self.catalogue.facts.get(&seq).copied().flatten());
            let record = fact.and_then(|at| self.setting.linked.world.records.get(at));
            let which = record.map_or_else(String::new, |record| format!("{} {}: ", record.file, record.key));
            let what = format!("{which}not as if it never was: {}", look::difference(&one, &other));
            self.find(Kind::Leak, channel, &ask, what);
        }
        Ok(hidden)
    }

    fn ids(&self, of: Of, depth: Depth) -> Vec<String> {
        let step = depth.every.max(1);
        let from = depth.turn % step;
        match of {
            Of::Nothing => Vec::new(),
            Of::Person => self.catalogue.people.iter().skip(from).step_by(step).cloned().collect(),
            Of::Family => self.catalogue.families.keys().skip(from).step_by(step).cloned().collect(),
            Of::Link => self.catalogue.links.iter().skip(from).step_by(step).cloned().collect(),
            // Only so many were learned.
            Of::Fact => self.catalogue.facts.keys().map(u64::to_string).collect(),
            Of::Request => self.catalogue.papers.ids(false),
            Of::Release => self.catalogue.papers.ids(true),
            Of::User => vec!["police".to_owned(), "head".to_owned()],
        }
    }

    /// Whether something must look as if it never was.
    fn is_hidden(&self, of: Of, id: &str) -> bool {
        match of {
            Of::Person => !self.eyes.known.people.contains(id),
            Of::Family => self
                .catalogue
                .families
                .get(id)
                .is_some_and(|members| members.is_disjoint(&self.eyes.known.people)),
            Of::Fact => {
                let record =
                    id.parse().ok().and_then(|seq: u64| self.catalogue.facts.get(&seq).copied().flatten());
                record.is_some_and(|at| {
                    !self.eyes.known.records.contains(&at)
                        && self
                            .setting
                            .linked
                            .world
                            .records
                            .get(at)
                            .is_some_and(|record| !record.words.is_empty() && !self.own(record.agency))
                })
            }
            Of::Request => self.catalogue.papers.is_hidden(id, false, self.eyes),
            Of::Release => self.catalogue.papers.is_hidden(id, true, self.eyes),
            Of::Nothing | Of::Link | Of::User => false,
        }
    }

    fn own(&self, agency: &str) -> bool {
        self.eyes.audience.oversees && self.eyes.audience.agency == agency
    }

    fn route(&mut self, route: &Route, depth: Depth) -> Outcome<()> {
        let channel = channel(route);
        if route.of == Of::Nothing {
            self.look(channel, &Ask::get(&route.path))?;
            for verb in VERBS.iter().filter(|_| !keeps_out(&route.path)) {
                self.look("verbs", &Ask::get(&route.path).by(verb))?;
            }
            return Ok(());
        }
        let mut tried = (0_usize, 0_usize);
        for id in self.ids(route.of, depth) {
            let hidden = self.is_hidden(route.of, &id);
            if hidden {
                self.as_never(channel, route, &id, "GET")?;
            } else {
                self.look(channel, &Ask::get(&route.path.replace("{}", &id)))?;
            }
            let count = if hidden { &mut tried.0 } else { &mut tried.1 };
            *count = count.saturating_add(1);
            if *count <= depth.verbs {
                for verb in VERBS {
                    if hidden {
                        self.as_never("verbs", route, &id, verb)?;
                    } else {
                        self.look("verbs", &Ask::get(&route.path.replace("{}", &id)).by(verb))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Totals are those of what is listed.
    fn counts(&mut self) -> Outcome<()> {
        let ask = Ask::get("/api/children");
        let first = self.look("counts", &ask)?.json();
        let number = |value: &Value, field: &str| value.get(field).and_then(Value::as_u64);
        let (mut lines, mut gaps, mut page, mut turn) = (0_u64, 0_u64, first.clone(), 0);
        loop {
            let listed = page.get("lines").and_then(Value::as_array).cloned().unwrap_or_default();
            lines = lines.saturating_add(u64::try_from(listed.len()).unwrap_or(0));
            let gap = |line: &&Value| {
                line.pointer("/child/gap")
                    .and_then(Value::as_str)
                    .is_some_and(|gap| gap != "none" && !gap.is_empty())
            };
            gaps = gaps.saturating_add(u64::try_from(listed.iter().filter(gap).count()).unwrap_or(0));
            turn += 1;
            let Some(next) = number(&page, "next").filter(|_| turn < 1_000) else { break };
            page = self.look("counts", &Ask::get(&format!("/api/children?from={next}")))?.json();
        }
        if number(&first, "total") != Some(lines) {
            self.find(
                Kind::Leak,
                "counts",
                &ask,
                format!("{:?} in all, {lines} listed", number(&first, "total")),
            );
        }
        let only = self.look("counts", &Ask::get("/api/children?show=gap"))?.json();
        if number(&first, "with_gap") != number(&only, "with_gap")
            || number(&first, "with_gap").is_some_and(|with| with > lines)
        {
            self.find(
                Kind::Leak,
                "counts",
                &ask,
                format!("{:?} with a gap, {gaps} listed", number(&first, "with_gap")),
            );
        }
        let ask = Ask::get("/api/links");
        let links = self.look("counts", &ask)?.json();
        let listed = links.get("entries").and_then(Value::as_array).map_or(0, Vec::len);
        if number(&links, "all").is_some_and(|all| usize::try_from(all).unwrap_or(0) != listed) {
            self.find(
                Kind::Leak,
                "counts",
                &ask,
                format!("{:?} links in all, {listed} listed", number(&links, "all")),
            );
        }
        let ask = Ask::get("/api/incoming/aside");
        let asides = self.look("counts", &ask)?.json();
        let listed = asides.get("open").and_then(Value::as_array).map_or(0, Vec::len);
        let sent = self
            .setting
            .linked
            .world
            .asides
            .iter()
            .filter(|aside| aside.agency == self.eyes.audience.agency)
            .count();
        if listed != 0 && listed != sent {
            self.find(Kind::Leak, "counts", &ask, format!("{listed} rows put aside, {sent} sent"));
        }
        Ok(())
    }

    fn searches(&mut self, depth: Depth) -> Outcome<()> {
        let word = self.setting.linked.world.never(7);
        let absent = self.look("search", &search(&word))?;
        let nothing = look::unsaid(&absent, &word);
        let page = self.ask(&Ask::get("/search"))?;
        let token =
            page.body.split("name=\"form_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let token = token.unwrap_or_default().to_owned();
        let typed = |word: &str| form("/search", &format!("form_token={token}&query={word}"));
        let absent = self.look("search", &typed(&word))?;
        let mut nothing_page = look::unsaid(&absent, &word);
        let setting = self.setting;
        let names = &setting.linked.names;
        let people: Vec<(Id, String)> = names
            .iter()
            .flat_map(|(id, words)| words.iter().map(move |word| (id.clone(), word.clone())))
            .collect();
        let mut asked: BTreeSet<String> = BTreeSet::new();
        let mut people = people;
        people.sort();
        for (at, (id, name)) in
            people.iter().enumerate().filter(|(at, _)| at % depth.every == depth.turn % depth.every)
        {
            let may = self.eyes.known.may.contains(name);
            let ask = search(name);
            let answer = self.look("search", &ask)?;
            if !may && asked.insert(name.clone()) {
                let found = look::unsaid(&answer, name);
                if found != nothing && !slip(&found, name, names) {
                    self.find(
                        Kind::Leak,
                        "search",
                        &ask,
                        format!("{name}: {}", look::difference(&found, &nothing)),
                    );
                }
                if at % 5 == 0 {
                    let ask = typed(name);
                    let answer = self.look("search", &ask)?;
                    let mut found = look::unsaid(&answer, name);
                    if found != nothing_page {
                        // Pages say the minute they were printed; asked again, both are of one minute.
                        nothing_page = look::unsaid(&self.ask(&typed(&word))?, &word);
                        found = look::unsaid(&self.ask(&ask)?, name);
                    }
                    if found != nothing_page && !slip(&found, name, names) {
                        self.find(
                            Kind::Leak,
                            "search",
                            &ask,
                            format!("{name}: {}", look::difference(&found, &nothing_page)),
                        );
                    }
                }
            }
            let _ = id;
        }
        self.search_numbers(depth, &nothing)
    }

    /// Numbers, places and references that may not be known find nothing.
    fn search_numbers(&mut self, depth: Depth, nothing: &str) -> Outcome<()> {
        let setting = self.setting;
        let world = setting.linked.world;
        let step = depth.every.saturating_mul(7);
        let references: Vec<String> =
            world.records.iter().step_by(step).map(|record| record.key.clone()).collect();
        for reference in references {
            self.look("search", &search(&reference))?;
        }
        let words: Vec<String> = world
            .records
            .iter()
            .flat_map(|record| record.words.iter().map(|(word, _)| word.to_lowercase()))
            .step_by(step)
            .collect();
        for word in words {
            let ask = search(&word);
            let answer = self.look("search", &ask)?;
            let found = look::unsaid(&answer, &word);
            let told =
                found != *nothing && !word.starts_with('0') && !slip(&found, &word, &setting.linked.names);
            if !self.eyes.known.may.contains(&word) && told {
                self.find(
                    Kind::Leak,
                    "search",
                    &ask,
                    format!("{word}: {}", look::difference(&found, nothing)),
                );
            }
        }
        Ok(())
    }
}

/// Whether something was found because it is called nearly what was looked for, or sounds as that does: that it may be known was
/// seen to before. Whoever sounds so and is also called what was looked for was found by the hidden word.
fn slip(found: &str, looked_for: &str, names: &HashMap<Id, BTreeSet<String>>) -> bool {
    let one_person =
        |name: &str| names.values().any(|words| words.contains(name) && words.contains(looked_for));
    let alike = |name: &String| {
        look::is_slip(name, looked_for) || (look::sounds_as(name, looked_for) && !one_person(name))
    };
    look::words(found).iter().any(alike)
}

/// Forms that would end the visit or change who looks.
fn keeps_out(path: &str) -> bool {
    ["/sign-out", "/account/sign-out-everywhere"].contains(&path)
}

fn channel(route: &Route) -> &'static str {
    let path = route.path.as_str();
    match () {
        () if path.contains("link") || path.contains("quarantine") || path.contains("incoming") => "queues",
        () if path.contains("export") => "exports",
        () if path.contains("request") || path.contains("release") => "requests",
        () if path.contains("suggest") || path.contains("autocomplete") => "suggestions",
        () if path.contains("figures") => "figures",
        () if path.contains("incident") => "incidents",
        () if path.contains("fact") => "facts",
        () if path.contains("famil") => "families",
        () if path.contains("search") => "search",
        () if route.api => "api",
        () => "pages",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_found_by_a_hidden_name_is_not_excused_by_one_that_sounds_so() {
        let called = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let two = HashMap::from([
            ("a".to_owned(), called(&["zqtwzoysw"])),
            ("b".to_owned(), called(&["zqttysazu"])),
        ]);
        assert!(slip("zqtwzoysw", "zqttysazu", &two));
        let one = HashMap::from([("a".to_owned(), called(&["zqtwzoysw", "zqttysazu"]))]);
        assert!(!slip("zqtwzoysw", "zqttysazu", &one));
    }
}
