//! Can I share this? Anybody who is signed in may ask, without a case: yes, the minimum, ask somebody by a time, or no, in
//! one sentence, with the fields, the basis, the conditions and what to write down. The same answer for programs.

pub mod plain;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Form;
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use throughline_domain::request::{Calendar, Within, local};
use throughline_sharing::words::Category;
use throughline_sharing::{Decision, Policies, Request, Unreadable, settings};

use super::asking::{Sent, aside};
use super::{Asking, Problem};
use crate::intake::Clock;
use crate::web::pages::frame::Nav;
use crate::web::pages::share::{self as page_of, SharePage};
use crate::web::shown;

static CALENDAR: LazyLock<Result<Calendar, String>> =
    LazyLock::new(|| Calendar::built_in().map_err(|problem| problem.to_string()));

/// The days on which its offices work.
pub fn calendar() -> Result<&'static Calendar, Problem> {
    CALENDAR.as_ref().map_err(|why| Problem::Broken(why.clone()))
}

/// A time box as requests keep it.
pub fn within(within: settings::Within) -> Within {
    match within {
        settings::Within::Minutes(n) => Within::Minutes(n),
        settings::Within::Hours(n) => Within::Hours(n),
        settings::Within::WorkingDays(n) => Within::WorkingDays(n),
    }
}

/// A sharing request as scripts send it, one JSON object. Words that are absent were not said.
#[derive(Debug, JsonSchema)]
#[allow(
    dead_code,
    reason = "describes what is sent; it is read word by word, so that an unknown one is named"
)]
pub struct ShareRequest {
    /// Comes back with the answer.
    id: Option<String>,
    /// Who asks: `agency`, `role`, `relation`.
    requester: BTreeMap<String, String>,
    /// The agency that holds it.
    holder: Option<String>,
    /// What it is for.
    purpose: Option<String>,
    /// What is asked for.
    categories: Vec<String>,
    /// Whose data.
    subject: Option<String>,
    /// What was said about consent.
    consent: Option<String>,
    /// How grave.
    risk: Option<String>,
    /// How far the work has come.
    stage: Option<String>,
    /// How it would be sent.
    channel: Option<String>,
    /// The day the rules are read for; today where it is absent.
    on: Option<String>,
}

/// What the policies say, as scripts read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ShareDecision {
    /// As it came.
    #[schemars(with = "Option<String>")]
    pub id: Value,
    /// `share`, `share_minimum`, `ask` or `refuse`.
    pub decision: String,
    /// Which of the categories asked for may go.
    pub fields: Vec<String>,
    /// The legal bases.
    pub basis: Vec<String>,
    /// The policies that decided.
    pub rules: Vec<String>,
    /// What must be kept to.
    pub conditions: Vec<String>,
    /// One plain sentence.
    pub explain: String,
    /// How long a person has to decide, where one must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Who decides when that time is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalates_to: Option<String>,
}

/// Decides one request that came as JSON.
pub fn decide(policies: &Policies, asked: &Value) -> Result<ShareDecision, Problem> {
    let request = Request::from_json(asked).map_err(unreadable)?;
    let decision = policies.decide(&request, request.on.unwrap_or(Clock::now().today));
    Ok(ShareDecision {
        id: asked.get("id").cloned().unwrap_or(Value::Null),
        decision: decision.decision.as_str().to_owned(),
        fields: decision.fields.iter().map(|category| category.as_str().to_owned()).collect(),
        basis: decision.basis.clone(),
        rules: decision.rules.clone(),
        conditions: decision.conditions.clone(),
        explain: decision.explain.clone(),
        within: decision.within.map(|within| within.to_string()),
        escalates_to: decision.escalates_to.clone(),
    })
}

/// What could not be read, said with what there is instead.
pub fn unreadable(why: Unreadable) -> Problem {
    Problem::Asked(format!("{why}."))
}

/// What the form sends: words of sharing requests, and `cat-…` for each kind of data.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    #[serde(flatten)]
    words: BTreeMap<String, String>,
}

impl Filled {
    /// Filled in beforehand.
    pub fn of<const N: usize>(words: [(&str, String); N]) -> Self {
        Self { words: words.into_iter().map(|(name, word)| (name.to_owned(), word)).collect() }
    }

    /// What was chosen for a field; empty where nothing was.
    pub fn word(&self, name: &str) -> &str {
        self.words.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The kinds of data that were ticked, in the handbook's order.
    pub fn categories(&self) -> Vec<Category> {
        let ticked = |category: &&Category| self.words.contains_key(&format!("cat-{category}"));
        Category::ALL.iter().filter(ticked).copied().collect()
    }

    /// Everything that was sent.
    pub fn all(&self) -> &BTreeMap<String, String> {
        &self.words
    }

    /// As a sharing request.
    fn request(&self, on: Date) -> Result<Request, Problem> {
        let mut asked = Map::new();
        for name in ["holder", "purpose", "subject", "consent", "risk", "stage", "channel"] {
            if !self.word(name).is_empty() {
                asked.insert(name.to_owned(), json!(self.word(name)));
            }
        }
        let requester: Map<String, Value> = ["agency", "role", "relation"]
            .into_iter()
            .filter(|name| !self.word(name).is_empty())
            .map(|name| (name.to_owned(), json!(self.word(name))))
            .collect();
        asked.insert("requester".to_owned(), Value::Object(requester));
        asked.insert("categories".to_owned(), json!(self.categories()));
        asked.insert("on".to_owned(), json!(on.to_string()));
        Request::from_json(&Value::Object(asked)).map_err(unreadable)
    }
}

/// The answer as the page shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// `share`, `share_minimum`, `ask` or `refuse`.
    pub decision: String,
    /// In two or three words.
    pub short: String,
    /// One sentence.
    pub sentence: String,
    /// Whom to ask by when, where a person must decide.
    pub ask: String,
    /// What was decided about each kind of data, in words.
    pub each: Vec<(String, String)>,
    /// The legal bases.
    pub basis: Vec<String>,
    /// What must be kept to.
    pub conditions: Vec<String>,
    /// The rules that decided, in plain words.
    pub rules: Vec<(String, String)>,
    /// What to write down.
    pub record: Vec<String>,
}

/// The answer in words.
pub fn in_words(policies: &Policies, decision: &Decision, now: Timestamp) -> Result<Shown, Problem> {
    let short = match decision.decision.as_str() {
        "share" => "Yes",
        "share_minimum" => "Yes, the minimum",
        "ask" => "Ask first",
        _ => "No",
    };
    let ask = match decision.within {
        None => String::new(),
        Some(box_of) => {
            let by = calendar()?.over(now, within(box_of));
            let then = decision.escalates_to.as_deref().unwrap_or("whoever is on duty");
            format!(
                "Ask your supervisor or information-governance lead. They decide within {box_of}, by {}; after that it \
                 goes to {then}. It is never refused by waiting.",
                shown::moment(by)
            )
        }
    };
    let each = decision.by_category.iter().map(|(category, outcome)| {
        let says = match outcome.as_str() {
            "share" => "may go",
            "share_minimum" => "only the minimum: that it happened and when, no words of anybody, no place",
            "ask" => "somebody must decide",
            _ => "must not go",
        };
        (plain::category(*category).to_owned(), says.to_owned())
    });
    let mut record = vec![
        "who asked, what for, and whose record it is".to_owned(),
        "what you shared, or that you did not, and why".to_owned(),
        "the basis and the rule named here".to_owned(),
    ];
    if decision.decision.goes() {
        record.push("who received it, how, and when".to_owned());
    }
    Ok(Shown {
        decision: decision.decision.as_str().to_owned(),
        short: short.to_owned(),
        sentence: decision.explain.clone(),
        ask,
        each: each.collect(),
        basis: decision.basis.clone(),
        conditions: decision.conditions.clone(),
        rules: rules_in_words(policies, &decision.rules),
        record,
    })
}

/// Rules by name with what each says.
pub fn rules_in_words(policies: &Policies, names: &[String]) -> Vec<(String, String)> {
    let rules = policies.rules();
    let says = |name: &String| {
        let rule = rules.iter().find(|rule| rule.id == *name);
        rule.map_or_else(
            || "No policy speaks of this, so a person decides.".to_owned(),
            |rule| rule.says.clone(),
        )
    };
    names.iter().map(|name| (name.clone(), says(name))).collect()
}

/// The empty page.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        let holder = plain::agency_word(&asking.opener.viewer().agency);
        drawn(&asking, Filled::of([("holder", holder.to_owned())]), None, None)
    })
    .await
}

/// The page with the answer.
pub async fn answer(asking: Asking, Form(sent): Form<Sent<Filled>>) -> Result<Response, Problem> {
    aside(move || {
        let filled = sent.form(&asking)?;
        let missing = if filled.word("agency").is_empty() {
            Some(("Choose who asks", "agency"))
        } else if filled.word("purpose").is_empty() {
            Some(("Choose what it is for", "purpose"))
        } else if filled.categories().is_empty() {
            Some(("Choose what is asked for", "categories"))
        } else {
            None
        };
        if missing.is_some() {
            return Ok(drawn(&asking, filled, None, missing)?.into_response());
        }
        let clock = Clock::now();
        let policies = asking.app.policies()?;
        let decision = policies.decide(&filled.request(clock.today)?, clock.today);
        let shown = in_words(&policies, &decision, clock.received)?;
        Ok(drawn(&asking, filled, Some(shown), None)?.into_response())
    })
    .await
}

fn drawn(
    asking: &Asking,
    filled: Filled,
    answer: Option<Shown>,
    error: Option<(&'static str, &'static str)>,
) -> Result<Html<String>, Problem> {
    Ok(Html(page_of::render(&SharePage {
        frame: asking.frame(Nav::Share),
        choices: plain::Choices::all(),
        boxes: plain::categories(&filled.categories()),
        filled: filled.words,
        answer,
        error,
        on: local(Clock::now().received).date(),
    })?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_decided_as_on_the_command_line() {
        let asked = json!({"id": "r1", "requester": {"agency": "person_causing_harm"}, "categories": ["LOC"],
            "subject": "victim", "on": "2026-11-20"});
        let answer = decide(&Policies::built_in().unwrap(), &asked).unwrap();
        assert_eq!((answer.id, answer.decision.as_str()), (json!("r1"), "refuse"));
        assert_eq!(answer.rules, ["row_32"]);
    }

    #[test]
    fn an_unknown_word_is_named() {
        let Err(Problem::Asked(said)) = decide(&Policies::built_in().unwrap(), &json!({"risk": "huge"}))
        else {
            panic!("it was decided")
        };
        assert!(said.contains("`huge`") && said.contains("imminent"), "{said}");
    }

    #[test]
    fn the_form_asks_the_same_question() {
        let words = [("agency", "person_causing_harm"), ("cat-LOC", "yes"), ("subject", "victim")];
        let filled = Filled::of(words.map(|(name, word)| (name, word.to_owned())));
        let on = "2026-11-20".parse().unwrap();
        let policies = Policies::built_in().unwrap();
        let decision = policies.decide(&filled.request(on).unwrap(), on);
        let shown = in_words(&policies, &decision, "2026-11-20T09:00:00Z".parse().unwrap()).unwrap();
        assert_eq!((shown.short.as_str(), shown.ask.as_str()), ("No", ""));
        assert_eq!(shown.rules.first().map(|(id, _)| id.as_str()), Some("row_32"));
    }

    #[test]
    fn where_a_person_must_decide_it_says_whom_to_ask_by_when() {
        let asked =
            r#"{"requester":{"agency":"health"},"risk":"high","categories":["INC"],"purpose":"assessment"}"#;
        let policies = Policies::built_in().unwrap();
        let decision = policies.decide(&Request::parse(asked).unwrap(), "2026-11-20".parse().unwrap());
        let shown = in_words(&policies, &decision, "2026-11-20T09:00:00Z".parse().unwrap()).unwrap();
        if decision.within.is_some() {
            assert!(shown.ask.contains("by 20 November 2026, 1:00pm"), "{}", shown.ask);
        } else {
            panic!("{decision:?}");
        }
    }
}
