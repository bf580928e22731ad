//! A partnership's policies, ready to decide: each category on its own, then the request as a whole.

use std::sync::Arc;

use jiff::civil::Date;

use crate::decision::Decision;
use crate::engine::{Engine, Question, Ruling};
use crate::load::{PolicyFile, Problem, Problems, SCHEMA, SETTINGS, load};
use crate::memo::Memo;
use crate::request::{Categories, Request};
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
/// Answers kept; each takes about a kilobyte.
const MOST_DECISIONS: usize = 32_768;
const MOST_RULINGS: usize = 65_536;

/// Policies that decide.
pub struct Policies {
    rules: Vec<Rule>,
    settings: Settings,
    engine: Engine,
    rulings: Memo<Asked, Ruling>,
    decisions: Memo<(Request, bool), Decision>,
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
        self.decisions.get_or((Request { on: None, ..*request }, duty), || self.work_out(request, duty))
    }

    /// What pages may show of one category without anybody asking, and by which rules: `share`, `share_minimum`, or
    /// anything else for nothing.
    #[must_use]
    pub fn sees(&self, request: &Request, category: Category, on: Date) -> (Outcome, Vec<&str>) {
        let duty = self.settings.duty_16la.in_force(on);
        let asked = Asked::new(Question::See, request, Some(category), duty);
        let ruling = self.rulings.get_or(asked, || self.engine.see(request, category, duty));
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

    fn work_out(&self, request: &Request, duty: bool) -> Decision {
        let ruling = |category| {
            let asked = Asked::new(Question::Share, request, category, duty);
            self.rulings.get_or(asked, || self.engine.rule_on(request, category, duty))
        };
        let rulings = asked(request).map(|category| (category, ruling(category))).collect();
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

/// Everything a ruling depends on. It is kept whole, not packed into a number: two questions with one key would give one of them
/// the other's answer.
#[derive(PartialEq, Eq, Hash)]
struct Asked {
    question: Question,
    /// The words of the request, without its day and its list of categories.
    words: Request,
    category: Option<Category>,
    duty: bool,
}

impl Asked {
    fn new(question: Question, request: &Request, category: Option<Category>, duty: bool) -> Self {
        let words = Request { on: None, categories: Categories::default(), ..*request };
        Self { question, words, category, duty }
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_changes_no_answer_is_not_remembered_apart() {
        let policies = Policies::built_in().unwrap();
        let days = [date(2026, 11, 20), date(2026, 11, 21), date(2026, 9, 29)];
        for on in days {
            for categories in
                [&[Category::Id, Category::Inc][..], &[Category::Inc], &[Category::Inc, Category::Id]]
            {
                let request = Request {
                    agency: Some(Agency::Police),
                    categories: Categories::of(categories),
                    on: Some(on),
                    ..Request::default()
                };
                let _ = (policies.decide(&request, on), policies.sees(&request, Category::Id, on));
            }
        }
        // Two lists, before and since the duty; of two categories a ruling on each and what may be seen of one.
        assert_eq!((policies.decisions.held(), policies.rulings.held()), (4, 6));
    }
}
