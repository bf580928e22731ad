//! One policy as people read it: what its annotations say, taken from the Cedar text and held against it.

use std::collections::BTreeSet;

use cedar_policy::{ActionConstraint, Effect, Policy};
use serde::Serialize;
use serde_json::Value;

use crate::load::Problem;
use crate::words::Category;

/// What may happen with what was asked for, the most open first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It goes.
    Share,
    /// The minimum goes, or some of what was asked for.
    ShareMinimum,
    /// A person decides, within a time.
    Ask,
    /// It does not go.
    Refuse,
}

impl Outcome {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::ShareMinimum => "share_minimum",
            Self::Ask => "ask",
            Self::Refuse => "refuse",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Share, Self::ShareMinimum, Self::Ask, Self::Refuse].into_iter().find(|o| o.as_str() == text)
    }

    /// Whether something goes.
    #[must_use]
    pub fn goes(self) -> bool {
        self <= Self::ShareMinimum
    }
}

/// One policy in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its name, as `row_08` or `stop_location`.
    pub id: String,
    /// The file it stands in.
    pub file: String,
    /// What it decides.
    pub outcome: Outcome,
    /// Which categories it is about, as written.
    pub fields: String,
    /// The legal bases.
    pub basis: Vec<String>,
    /// The basis that is added while the duty of section 16LA is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duty: Option<String>,
    /// What must be kept to.
    pub conditions: Vec<String>,
    /// One plain sentence.
    pub says: String,
}

const KNOWN: &[&str] = &["id", "outcome", "fields", "basis", "duty", "conditions", "says"];

/// A list in one annotation is parted by semicolons.
fn list(text: &str) -> Vec<String> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

impl Rule {
    /// Reads the annotations of a policy and holds them against what it decides.
    pub(crate) fn read(policy: &Policy, file: &str, line: usize) -> Result<Self, Box<Problem>> {
        let id = policy.annotation("id").unwrap_or_default().to_owned();
        let problem = |found: String, expected: &str, next: &str| {
            Box::new(Problem {
                file: file.to_owned(),
                line: Some(line),
                policy: Some(id.clone()).filter(|id| !id.is_empty()),
                found,
                expected: expected.to_owned(),
                next: next.to_owned(),
            })
        };
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(problem(
                format!("a policy with the name `{id}`"),
                "a name of letters, figures and _",
                "write @id(\"row_08\") before it",
            ));
        }
        for (name, _) in policy.annotations() {
            if !KNOWN.contains(&name) {
                return Err(problem(
                    format!("the annotation @{name}"),
                    "one of @id @outcome @fields @basis @duty @conditions @says",
                    "correct its name or take it out",
                ));
            }
        }
        let need = |name: &str| {
            policy.annotation(name).map(str::trim).filter(|text| !text.is_empty()).ok_or_else(|| {
                problem(
                    format!("no @{name}"),
                    "@outcome, @fields, @basis and @says",
                    &format!("write @{name}(\"…\") before the policy"),
                )
            })
        };
        let outcome = need("outcome")?;
        let outcome = Outcome::parse(outcome).ok_or_else(|| {
            problem(
                format!("@outcome(\"{outcome}\")"),
                "share, share_minimum, ask or refuse",
                "write one of the four",
            )
        })?;
        if outcome.goes() != (policy.effect() == Effect::Permit) {
            return Err(problem(
                format!("@outcome(\"{}\") on a `{}`", outcome.as_str(), policy.effect()),
                "permit for share and share_minimum, forbid for ask and refuse",
                "change the outcome or the first word of the policy",
            ));
        }
        if policy.effect() == Effect::Permit
            && opens_in_emergency(policy)
            && !words_tested(policy, "Risk").contains("imminent")
        {
            return Err(problem(
                "a permit for Action::\"avert_harm\" that does not name the risk".to_owned(),
                "context.risk == Risk::\"imminent\" among its conditions",
                "add the condition: nothing else opens what is closed at once",
            ));
        }
        let rule = Self {
            outcome,
            file: file.to_owned(),
            fields: need("fields")?.to_owned(),
            basis: list(need("basis")?),
            duty: policy.annotation("duty").map(str::to_owned),
            conditions: list(policy.annotation("conditions").unwrap_or_default()),
            says: need("says")?.to_owned(),
            id: id.clone(),
        };
        rule.hold_fields_against(policy).map_err(|(found, expected)| {
            problem(found, &expected, "let @fields and the categories in the condition say the same")
        })?;
        Ok(rule)
    }

    /// `@fields` is what a reader trusts, the condition is what decides: they must name the same categories.
    fn hold_fields_against(&self, policy: &Policy) -> Result<(), (String, String)> {
        let named = match self.fields.as_str() {
            "any" => "",
            list => list.strip_prefix("all but ").unwrap_or(list),
        };
        let named: BTreeSet<&str> = named.split_whitespace().collect();
        if let Some(unknown) = named.iter().find(|n| **n != "not_said" && Category::parse(n).is_err()) {
            return Err((
                format!("`{unknown}` in @fields"),
                "categories of handbook 5.4, `any`, or `all but …`".to_owned(),
            ));
        }
        let tested = words_tested(policy, "Category");
        let tested: BTreeSet<&str> = tested.iter().map(String::as_str).collect();
        if tested == named {
            return Ok(());
        }
        let show = |set: &BTreeSet<&str>| {
            if set.is_empty() { "none".to_owned() } else { set.iter().copied().collect::<Vec<_>>().join(" ") }
        };
        Err((
            format!("@fields names {}, the condition tests {}", show(&named), show(&tested)),
            "the same categories in both".to_owned(),
        ))
    }
}

/// Whether a policy answers the question that is put only where a life is in danger.
fn opens_in_emergency(policy: &Policy) -> bool {
    let question = match policy.action_constraint() {
        ActionConstraint::Eq(uid) => vec![uid],
        ActionConstraint::In(uids) => uids,
        ActionConstraint::Any => return true,
    };
    question.iter().any(|uid| uid.id().unescaped() == "avert_harm")
}

/// The words of one kind that the conditions of a policy name.
fn words_tested(policy: &Policy, kind: &str) -> BTreeSet<String> {
    let mut tested = BTreeSet::new();
    if let Ok(json) = policy.to_json()
        && let Some(conditions) = json.get("conditions")
    {
        words_in(conditions, kind, &mut tested);
    }
    tested
}

fn words_in(json: &Value, kind: &str, into: &mut BTreeSet<String>) {
    match json {
        Value::Object(map) => {
            if map.get("type").and_then(Value::as_str) == Some(kind) {
                into.extend(map.get("id").and_then(Value::as_str).map(str::to_owned));
            }
            map.values().for_each(|value| words_in(value, kind, into));
        }
        Value::Array(list) => list.iter().for_each(|value| words_in(value, kind, into)),
        _ => {}
    }
}
