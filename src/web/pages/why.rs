//! Why are these one person? What agrees and what speaks against, and what people decided.

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::{Deserialize, Serialize};
use throughline_domain::ids::{AgencyId, PersonId};
use throughline_domain::when::When;

use super::frame::Frame;
use super::stage::{self, PageError};
use crate::features::person::DecisionSeen;
use crate::web::shown::{self, PersonLabel};

/// What the page is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WhyPage {
    /// What stands around it.
    pub frame: Frame,
    /// Who it is about.
    pub person: PersonId,
    /// Their label.
    pub label: PersonLabel,
    /// Every mention that was joined, numbered from 1 in this order.
    pub mentions: Vec<MentionSeen>,
    /// The links that hold them together, strongest first.
    pub links: Vec<Link>,
    /// What people decided before.
    pub decisions: Vec<DecisionSeen>,
}

/// One mention in one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MentionSeen {
    /// The fact.
    pub seq: u64,
    /// Place of the mention among those of its record, for the form.
    pub mention: String,
    /// Whose record.
    pub agency: AgencyId,
    /// When the agency recorded it.
    pub recorded: Option<When>,
    /// The name as recorded.
    pub name: String,
    /// The date of birth as recorded.
    pub born: Option<When>,
    /// Address, phone and numbers as recorded; kept ones left out.
    pub other: Vec<String>,
}

/// One link between two mentions, with its reasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Number of one mention, from 1.
    pub a: usize,
    /// Number of the other.
    pub b: usize,
    /// How sure, 0 to 1; 1 where a person decided or the agency uses one number.
    pub probability: f64,
    /// What agrees and what speaks against.
    pub reasons: Vec<Reason>,
}

/// One reason for or against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// In words: "same date of birth".
    pub text: String,
    /// Evidence weight: above 0 for one person, below 0 for two.
    pub weight: f64,
}

/// Makes the page.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render(model: &WhyPage) -> Result<String, PageError> {
    let agencies: std::collections::BTreeSet<String> =
        model.mentions.iter().map(|one| shown::agency(&one.agency)).collect();
    let agencies: Vec<String> = agencies.into_iter().collect();
    let summary = format!(
        "{} in the records of {} were joined into one person.",
        shown::count(model.mentions.len(), "mention", "mentions"),
        agencies.join(", ")
    );
    let links: Vec<Value> = model.links.iter().map(link).collect();
    stage::page("why.html", model, context! { summary, link_rows => links, view_words => "" })
}

fn link(link: &Link) -> Value {
    let mut reasons: Vec<&Reason> = link.reasons.iter().collect();
    reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then_with(|| a.text.cmp(&b.text)));
    let (mut agrees, mut against) = (Vec::new(), Vec::new());
    for reason in reasons {
        let words = context! { text => reason.text.as_str(), weight => format!("{:+.1}", reason.weight) };
        if reason.weight < 0.0 { against.push(words) } else { agrees.push(words) }
    }
    context! { a => link.a, b => link.b, probability => Value::from(Serde(link.probability)), agrees, against }
}
