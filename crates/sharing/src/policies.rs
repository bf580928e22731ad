//! A partnership's policies, ready to decide: each category on its own, then the request as a whole.

use std::sync::Arc;

use jiff::civil::Date;

use crate::decision::Decision;
use crate::engine::{Engine, Ruling};
use crate::load::{PolicyFile, Problem, Problems, SCHEMA, SETTINGS, load};
use crate::memo::Memo;
use crate::request::Request;
use crate::rule::{Outcome, Rule};
use crate::settings::Settings;
use crate::words::{Agency, Category, Consent, Relation};

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../area/policies/", $name)))),*]
    };
}

const BUILT_IN: &[(&str, &str)] = built_in![
    "schema.cedarschema",
    "settings.toml",
    "hard_stops.cedar",
    "general.cedar",
    "police_and_front_door.cedar",
    "social_care.cedar",
    "schools.cedar",
    "health.cedar",
    "specialist_services.cedar",
    "marac.cedar",
    "housing.cedar",
    "courts_and_subject_access.cedar",
    "disclosure_scheme.cedar",
    "probation_and_programmes.cedar",
    "others.cedar",
    "stages.cedar",
    "joint_working.cedar",
];

/// Name of the rule that stands where no policy spoke.
pub const NO_POLICY: &str = "no_policy";
/// Answers kept. A packed request takes about a kilobyte with its answer.
const MOST_DECISIONS: usize = 1 << 15;
const MOST_RULINGS: usize = 1 << 16;

/// Policies that decide.
pub struct Policies {
    rules: Vec<Rule>,
    settings: Settings,
    engine: Engine,
    rulings: Memo<Ruling>,
    decisions: Memo<Decision>,
}

impl Policies {
    /// The files that come with the program, as a partnership would copy them.
    #[must_use]
    pub fn built_in_files() -> Vec<PolicyFile> {
        BUILT_IN
            .iter()
            .map(|(name, text)| PolicyFile { name: (*name).to_owned(), text: (*text).to_owned() })
            .collect()
    }

    /// The policies that come with the program.
    ///
    /// # Errors
    /// [`Problems`]; a test reads them, so a released program has none.
    pub fn built_in() -> Result<Self, Problems> {
        Self::load(&Self::built_in_files())
    }

    /// A partnership's own. Without a schema or settings among the files, the program's own stand.
    ///
    /// # Errors
    /// [`Problems`]: every mistake with its file, line and policy.
    pub fn load(files: &[PolicyFile]) -> Result<Self, Problems> {
        let own = |name: &str| BUILT_IN.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text);
        let loaded = load(files, own(SCHEMA), own(SETTINGS))?;
        let engine = Engine::new(loaded.policies, &loaded.rules).map_err(|found| {
            Problems(vec![Problem {
                file: SCHEMA.to_owned(),
                line: None,
                policy: None,
                found,
                expected: "policies Cedar can hold together".to_owned(),
                next: "compare with area/policies".to_owned(),
            }])
        })?;
        Ok(Self {
            rules: loaded.rules,
            settings: loaded.settings,
            engine,
            rulings: Memo::new(MOST_RULINGS),
            decisions: Memo::new(MOST_DECISIONS),
        })
    }

    /// All rules, in the order of files and lines.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The settings beside the policies.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Decides a request by the rules of a day. The same words on the same side of the day the duty of section 16LA
    /// came into force always give the same answer.
    #[must_use]
    pub fn decide(&self, request: &Request, on: Date) -> Arc<Decision> {
        let duty = self.settings.duty_16la.in_force(on);
        let words = pack(request, duty);
        self.decisions.get_or(words << 19 | request.categories.bits(), || self.work_out(request, words, duty))
    }

    /// What pages may show of one category without anybody asking, and by which rules: `share`, `share_minimum`, or
    /// anything else for nothing.
    #[must_use]
    pub fn sees(&self, request: &Request, category: Category, on: Date) -> (Outcome, Vec<&str>) {
        let duty = self.settings.duty_16la.in_force(on);
        let key = 1 << 63 | pack(request, duty) << 5 | category as u64;
        let ruling = self.rulings.get_or(key, || self.engine.see(request, category, duty));
        let ids = ruling.rules.iter().filter_map(|at| self.rules.get(*at)).map(|rule| rule.id.as_str());
        (ruling.outcome, ids.collect())
    }

    /// Decides without remembering anything: what the first request of its kind costs.
    #[must_use]
    pub fn decide_afresh(&self, request: &Request, on: Date) -> Decision {
        let duty = self.settings.duty_16la.in_force(on);
        let rulings = asked(request).map(|c| (c, Arc::new(self.engine.rule_on(request, c, duty)))).collect();
        self.put_together(request, duty, rulings)
    }

    fn work_out(&self, request: &Request, words: u64, duty: bool) -> Decision {
        let rulings = asked(request)
            .map(|category| {
                let place = category.map_or(31, |c| c as u64);
                let ruling =
                    self.rulings.get_or(words << 5 | place, || self.engine.rule_on(request, category, duty));
                (category, ruling)
            })
            .collect();
        self.put_together(request, duty, rulings)
    }

    /// From what was decided on each category to one answer.
    fn put_together(
        &self,
        request: &Request,
        duty: bool,
        rulings: Vec<(Option<Category>, Arc<Ruling>)>,
    ) -> Decision {
        let outcomes = || rulings.iter().map(|(_, ruling)| ruling.outcome);
        let decision = if outcomes().all(|o| o == Outcome::Share) {
            Outcome::Share
        } else if outcomes().any(Outcome::goes) {
            Outcome::ShareMinimum
        } else {
            outcomes().min().unwrap_or(Outcome::Ask)
        };
        let fields: Vec<Category> =
            rulings.iter().filter(|(_, r)| r.outcome.goes()).filter_map(|(category, _)| *category).collect();
        let mut said = Said::default();
        let bound = duty && self.settings.duty_16la.binds_both(request.agency, request.holder);
        // What goes speaks first, then what a person decides, then what is refused.
        for outcome in [Outcome::Share, Outcome::ShareMinimum, Outcome::Ask, Outcome::Refuse] {
            for (_, ruling) in rulings.iter().filter(|(_, ruling)| ruling.outcome == outcome) {
                if ruling.rules.is_empty() {
                    let default = &self.settings.default;
                    said.add(NO_POLICY, &default.says, &default.basis, &default.conditions);
                }
                for rule in ruling.rules.iter().filter_map(|at| self.rules.get(*at)) {
                    said.add(&rule.id, &rule.says, &rule.basis, &rule.conditions);
                    if let Some(basis) = rule.duty.as_ref().filter(|_| bound && outcome.goes()) {
                        once(&mut said.basis, basis);
                        once(&mut said.conditions, &self.settings.duty_16la.condition);
                    }
                }
            }
        }
        if decision.goes() && matches!(request.consent, Some(Consent::Refused | Consent::NotSought)) {
            once(&mut said.conditions, &self.settings.consent.without);
        }
        let reason = reason(&said.sentences, &rulings);
        let explain = if self.speaks_neutrally(request) && decision != Outcome::Share {
            self.neutral_words(decision)
        } else {
            explained(decision, &said.sentences, &rulings)
        };
        let waits = outcomes().any(|o| o == Outcome::Ask).then(|| self.settings.ask.of(request.risk));
        Decision {
            decision,
            fields,
            basis: said.basis,
            rules: said.rules,
            conditions: said.conditions,
            explain,
            within: waits.map(|time_box| time_box.within),
            escalates_to: waits.map(|time_box| time_box.escalates_to.clone()),
            by_category: rulings.iter().filter_map(|(c, r)| c.map(|c| (c, r.outcome))).collect(),
            reason,
        }
    }

    fn speaks_neutrally(&self, request: &Request) -> bool {
        request.relation == Some(Relation::Conflict)
            || request.agency.is_some_and(|agency: Agency| self.settings.neutral.to.contains(&agency))
    }

    /// The same words whether there is something to keep back or not.
    fn neutral_words(&self, decision: Outcome) -> String {
        match decision {
            Outcome::Share | Outcome::ShareMinimum => "This is what can be answered.".to_owned(),
            Outcome::Ask | Outcome::Refuse => self.settings.neutral.says.clone(),
        }
    }
}

/// The categories asked for; a request that names none is one question about nothing in particular.
fn asked(request: &Request) -> impl Iterator<Item = Option<Category>> {
    let none = request.categories.is_empty().then_some(None);
    none.into_iter().chain(request.categories.iter().map(Some))
}

#[derive(Default)]
struct Said {
    rules: Vec<String>,
    sentences: Vec<String>,
    basis: Vec<String>,
    conditions: Vec<String>,
}

impl Said {
    fn add(&mut self, rule: &str, sentence: &str, basis: &[String], conditions: &[String]) {
        once(&mut self.rules, rule);
        once(&mut self.sentences, sentence);
        basis.iter().for_each(|basis| once(&mut self.basis, basis));
        conditions.iter().for_each(|condition| once(&mut self.conditions, condition));
    }
}

fn once(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|known| known == text) {
        list.push(text.to_owned());
    }
}

/// One sentence for whoever asked: that of the rule that speaks first, and what does not go with it.
fn explained(decision: Outcome, sentences: &[String], rulings: &[(Option<Category>, Arc<Ruling>)]) -> String {
    let mut text = sentences.first().cloned().unwrap_or_default();
    if decision.goes() {
        for (outcome, words) in [(Outcome::Ask, "A person decides about"), (Outcome::Refuse, "Not shared:")] {
            let left: Vec<&str> = rulings
                .iter()
                .filter(|(_, ruling)| ruling.outcome == outcome)
                .filter_map(|(category, _)| category.map(Category::as_str))
                .collect();
            if !left.is_empty() {
                text.push_str(&format!(" {words} {}.", left.join(", ")));
            }
        }
    }
    text
}

/// Every sentence that spoke, and what was decided on each category.
fn reason(sentences: &[String], rulings: &[(Option<Category>, Arc<Ruling>)]) -> String {
    let each: Vec<String> = rulings
        .iter()
        .filter_map(|(category, ruling)| category.map(|c| format!("{c} {}", ruling.outcome.as_str())))
        .collect();
    format!("{} [{}]", sentences.join(" "), each.join(", "))
}

/// The words of a request but its categories, in 41 bits; each word has room for "not said" as 0.
fn pack(request: &Request, duty: bool) -> u64 {
    let place = |word: Option<usize>| word.map_or(0, |at| at as u64 + 1);
    let parts = [
        (place(request.agency.map(|w| w as usize)), 5),
        (place(request.holder.map(|w| w as usize)), 5),
        (place(request.role.map(|w| w as usize)), 5),
        (place(request.relation.map(|w| w as usize)), 3),
        (place(request.purpose.map(|w| w as usize)), 6),
        (place(request.subject.map(|w| w as usize)), 3),
        (place(request.consent.map(|w| w as usize)), 3),
        (place(request.risk.map(|w| w as usize)), 3),
        (place(request.stage.map(|w| w as usize)), 4),
        (place(request.channel.map(|w| w as usize)), 3),
        (u64::from(duty), 1),
    ];
    parts.into_iter().fold(0, |packed, (value, bits)| packed << bits | value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Channel, Purpose, Risk, Role, Stage, Subject};

    #[test]
    fn every_word_has_room_in_a_packed_request() {
        assert!(Agency::ALL.len() < 1 << 5 && Role::ALL.len() < 1 << 5 && Relation::ALL.len() < 1 << 3);
        assert!(Purpose::ALL.len() < 1 << 6 && Subject::ALL.len() < 1 << 3 && Consent::ALL.len() < 1 << 3);
        assert!(Risk::ALL.len() < 1 << 3 && Stage::ALL.len() < 1 << 4 && Channel::ALL.len() < 1 << 3);
        assert!(Category::ALL.len() <= 19);
    }
}
