//! Puts one category of one request to Cedar and says which policies answered, the most restrictive first.
//!
//! Cedar knows permit and forbid, and forbid wins; handbook 5.5 knows four outcomes, and the most restrictive wins. So
//! `share` and `share_minimum` are permits, `ask` and `refuse` are forbids, and among the policies that Cedar names as
//! the reason the most restrictive outcome stands. Where Cedar names none, a person is asked.

use std::collections::HashMap;
use std::sync::OnceLock;

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Entities, EntityId, EntityTypeName, EntityUid, Policy, PolicyId,
    PolicySet, PrincipalConstraint, Request as CedarRequest, RestrictedExpression,
};

use crate::request::Request;
use crate::rule::{Outcome, Rule};
use crate::words::{Agency, Category, Channel, Consent, Purpose, Relation, Risk, Role, Stage, Subject};

/// Questions, in the order in which they are put.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    AvertHarm = 0,
    Share = 1,
    ByStage = 2,
    See = 3,
}

const QUESTIONS: [&str; 4] = ["avert_harm", "share", "by_stage", "see"];
/// What stands for a word that was not said.
const NOT_SAID: &str = "not_said";

/// What the policies say about one category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ruling {
    pub(crate) outcome: Outcome,
    /// Which rules decided, by place; none where no policy spoke.
    pub(crate) rules: Vec<usize>,
}

pub(crate) struct Engine {
    policies: Vec<Policy>,
    /// For each agency (the last for "not said") and question the policies that can speak at all, sorted out when first
    /// asked for: most policies name one agency, so few are left to weigh.
    slices: Vec<[OnceLock<Option<PolicySet>>; 4]>,
    places: HashMap<PolicyId, (usize, Outcome)>,
    names: Names,
    authorizer: Authorizer,
}

/// Names of all words as Cedar wants them, made once. The last of each list stands for "not said".
struct Names {
    agency: Vec<EntityUid>,
    category: Vec<EntityUid>,
    action: Vec<EntityUid>,
    role: Vec<EntityUid>,
    relation: Vec<EntityUid>,
    purpose: Vec<EntityUid>,
    subject: Vec<EntityUid>,
    consent: Vec<EntityUid>,
    risk: Vec<EntityUid>,
    stage: Vec<EntityUid>,
    channel: Vec<EntityUid>,
}

fn names(kind: &str, words: impl Iterator<Item = &'static str>) -> Result<Vec<EntityUid>, String> {
    let kind: EntityTypeName = kind.parse().map_err(|e| format!("{e}"))?;
    Ok(words.map(|word| EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(word))).collect())
}

fn said<T: Copy>(kind: &str, all: &[T], text: impl Fn(T) -> &'static str) -> Result<Vec<EntityUid>, String> {
    names(kind, all.iter().map(|word| text(*word)).chain([NOT_SAID]))
}

impl Names {
    fn new() -> Result<Self, String> {
        Ok(Self {
            agency: said("Agency", Agency::ALL, Agency::as_str)?,
            category: said("Category", Category::ALL, Category::as_str)?,
            action: names("Action", QUESTIONS.into_iter())?,
            role: said("Role", Role::ALL, Role::as_str)?,
            relation: said("Relation", Relation::ALL, Relation::as_str)?,
            purpose: said("Purpose", Purpose::ALL, Purpose::as_str)?,
            subject: said("Subject", Subject::ALL, Subject::as_str)?,
            consent: said("Consent", Consent::ALL, Consent::as_str)?,
            risk: said("Risk", Risk::ALL, Risk::as_str)?,
            stage: said("Stage", Stage::ALL, Stage::as_str)?,
            channel: said("Channel", Channel::ALL, Channel::as_str)?,
        })
    }
}

/// The name of a word, or that of "not said".
fn pick(names: &[EntityUid], at: Option<usize>) -> Option<&EntityUid> {
    match at {
        Some(at) => names.get(at),
        None => names.last(),
    }
}

impl Engine {
    /// Takes policies that were read and checked together.
    pub(crate) fn new(policies: Vec<Policy>, rules: &[Rule]) -> Result<Self, String> {
        let names = Names::new()?;
        let places = policies
            .iter()
            .zip(rules)
            .enumerate()
            .map(|(at, (policy, rule))| (policy.id().clone(), (at, rule.outcome)))
            .collect();
        let slices = names.agency.iter().map(|_| std::array::from_fn(|_| OnceLock::new())).collect();
        Ok(Self { policies, slices, places, names, authorizer: Authorizer::new() })
    }

    /// The policies that can speak when this agency puts this question.
    fn slice(&self, agency: &EntityUid, question: &EntityUid) -> Option<PolicySet> {
        let fits = self.policies.iter().filter(|policy| {
            let who = match policy.principal_constraint() {
                PrincipalConstraint::Eq(uid) => uid == *agency,
                _ => true,
            };
            let what = match policy.action_constraint() {
                ActionConstraint::Eq(uid) => uid == *question,
                _ => true,
            };
            who && what
        });
        PolicySet::from_policies(fits.cloned()).ok()
    }

    /// What the policies say about one category (or about a request that names none).
    pub(crate) fn rule_on(&self, request: &Request, category: Option<Category>, duty: bool) -> Ruling {
        let unspoken = Ruling { outcome: Outcome::Ask, rules: Vec::new() };
        let Some(context) = self.context(request, duty) else { return unspoken };
        if request.risk == Some(Risk::Imminent) {
            let ruling = self.put(Question::AvertHarm, request, category, &context);
            if ruling.as_ref().is_some_and(|ruling| !ruling.rules.is_empty()) {
                return ruling.unwrap_or(unspoken);
            }
        }
        for question in [Question::Share, Question::ByStage] {
            match self.put(question, request, category, &context) {
                Some(ruling) if !ruling.rules.is_empty() => return ruling,
                _ => {}
            }
        }
        unspoken
    }

    /// What the standing agreement says about showing one category without being asked.
    pub(crate) fn see(&self, request: &Request, category: Category, duty: bool) -> Ruling {
        let context = self.context(request, duty);
        let spoken = context.and_then(|context| self.put(Question::See, request, Some(category), &context));
        spoken.unwrap_or(Ruling { outcome: Outcome::Ask, rules: Vec::new() })
    }

    fn context(&self, request: &Request, duty: bool) -> Option<Context> {
        let names = &self.names;
        let word = |name: &str, list: &[EntityUid], at: Option<usize>| {
            let uid = pick(list, at)?.clone();
            Some((name.to_owned(), RestrictedExpression::new_entity_uid(uid)))
        };
        let pairs = [
            word("role", &names.role, request.role.map(|w| w as usize))?,
            word("relation", &names.relation, request.relation.map(|w| w as usize))?,
            word("holder", &names.agency, request.holder.map(|w| w as usize))?,
            word("purpose", &names.purpose, request.purpose.map(|w| w as usize))?,
            word("subject", &names.subject, request.subject.map(|w| w as usize))?,
            word("consent", &names.consent, request.consent.map(|w| w as usize))?,
            word("risk", &names.risk, request.risk.map(|w| w as usize))?,
            word("stage", &names.stage, request.stage.map(|w| w as usize))?,
            word("channel", &names.channel, request.channel.map(|w| w as usize))?,
            ("duty_in_force".to_owned(), RestrictedExpression::new_bool(duty)),
        ];
        Context::from_pairs(pairs).ok()
    }

    fn put(
        &self,
        question: Question,
        request: &Request,
        category: Option<Category>,
        context: &Context,
    ) -> Option<Ruling> {
        let asks = request.agency.map(|w| w as usize);
        let slices = match asks {
            Some(at) => self.slices.get(at),
            None => self.slices.last(),
        }?;
        let (agency, action) = (pick(&self.names.agency, asks)?, self.names.action.get(question as usize)?);
        let slice = slices.get(question as usize)?;
        let policies = slice.get_or_init(|| self.slice(agency, action)).as_ref()?;
        let cedar = CedarRequest::new(
            agency.clone(),
            action.clone(),
            pick(&self.names.category, category.map(|w| w as usize))?.clone(),
            context.clone(),
            None,
        )
        .ok()?;
        let answer = self.authorizer.is_authorized(&cedar, policies, &Entities::empty());
        // The validator rules evaluation errors out; should one come all the same, a policy was not heard and a person
        // must look.
        if answer.diagnostics().errors().next().is_some() {
            return None;
        }
        let spoke: Vec<(usize, Outcome)> =
            answer.diagnostics().reason().filter_map(|id| self.places.get(id).copied()).collect();
        let outcome = spoke.iter().map(|(_, outcome)| *outcome).max().unwrap_or(Outcome::Ask);
        let mut rules: Vec<usize> = spoke.iter().filter(|(_, o)| *o == outcome).map(|(at, _)| *at).collect();
        rules.sort_unstable();
        Some(Ruling { outcome, rules })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{SCHEMA, SETTINGS, load};
    use crate::policies::Policies;

    /// A slice that is too wide decides the same, slowly; one that is too narrow leaves a policy unheard.
    #[test]
    fn a_slice_holds_what_can_speak_and_nothing_else() {
        let files = Policies::built_in_files();
        let text = |name: &str| files.iter().find(|file| file.name == name).unwrap().text.as_str();
        let loaded = load(&files, text(SCHEMA), text(SETTINGS)).unwrap();
        let engine = Engine::new(loaded.policies, &loaded.rules).unwrap();
        for agency in &engine.names.agency {
            for question in &engine.names.action {
                let held = engine.slice(agency, question).unwrap();
                let held: Vec<&Policy> = held.policies().collect();
                let expected = engine
                    .policies
                    .iter()
                    .filter(|policy| names(policy, "principal", agency) && names(policy, "action", question));
                assert_eq!(held.len(), expected.count(), "{agency} {question}");
                for policy in held {
                    assert!(names(policy, "principal", agency) && names(policy, "action", question));
                }
            }
        }
    }

    /// Whether the head of a policy names this one, or nobody in particular; read from its JSON form.
    fn names(policy: &Policy, part: &str, one: &EntityUid) -> bool {
        let head = &policy.to_json().unwrap()[part];
        match head["op"].as_str() {
            Some("==") => head["entity"]["id"].as_str() == Some(one.id().unescaped()),
            _ => true,
        }
    }
}
