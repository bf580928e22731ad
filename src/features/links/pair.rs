//! Are these one person? Two columns side by side, what agrees and what speaks against, what a decision would change, and
//! the decision with its reason.

use std::collections::{BTreeMap, BTreeSet};

use axum::Form;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Redirect, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::LinkVerdict;
use throughline_domain::ids::PersonId;
use throughline_domain::picture::{self, KnownRecord, Person};
use throughline_domain::sharing::Purpose;
use throughline_domain::when::When;
use throughline_linkage::Why;

use super::around::{Around, Keys, decision};
use super::deciding::{self, Taken, Wanted};
use super::preview::{self, Change};
use super::{being_drawn, hundredth, people_of, tenth, user};
use crate::derive;
use crate::features::asking::{Sent, aside};
use crate::features::person::{WhyPart, named};
use crate::features::{Asking, Problem};
use crate::shelf::{self, Doubt};
use crate::web::pages::frame::Nav;
use crate::web::pages::pair::{self as page_of, PairPage};
use crate::web::shown;

/// Two sides of a link in doubt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PairView {
    /// Id of the link.
    pub id: String,
    /// Whether both are one person in the picture now.
    pub joined: bool,
    /// Each side as its records tell.
    pub sides: [SideSeen; 2],
    /// What agrees and what speaks against; the first part is where any two people start.
    pub parts: Vec<WhyPart>,
    /// Strength of all evidence in bits.
    pub weight: f64,
    /// How likely they are one person, 0 to 1.
    pub probability: f64,
    /// Why it matters, worst first.
    pub worries: Vec<String>,
    /// What would change with the answer that does not stand now.
    pub change: Change,
    /// Whether two people must decide.
    pub needs_two: bool,
    /// The proposal that waits for a second person, by its fact.
    pub proposal: Option<u64>,
    /// What people decided about them before.
    pub decisions: Vec<Before>,
    /// Everybody who is named.
    pub people: BTreeMap<PersonId, Person>,
    /// Whether the reader may decide.
    pub may_decide: bool,
}

/// One side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SideSeen {
    /// The page they stand on now.
    pub page: PersonId,
    /// The person as this side's records tell.
    pub person: Person,
    /// Facts that name them, by number.
    pub facts: Vec<u64>,
    /// When the first and the last of them were recorded.
    pub recorded: Option<(When, When)>,
    /// Who is named in the same records.
    pub named_with: Vec<PersonId>,
}

/// A decision that was taken before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Before {
    /// What was decided.
    pub verdict: LinkVerdict,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Both sides and everything around them.
struct Pair {
    doubt: Doubt,
    around: Around,
    sides: [Keys; 2],
}

fn read(asking: &Asking, id: &str) -> Result<Pair, Problem> {
    let asking = asking.with(Purpose::Linking);
    let doubt = asking.found::<Doubt>(shelf::DOUBT, id, 1)?.pop().ok_or(Problem::NotFound)?;
    let around = Around::of(&asking, people_of(&doubt).into_iter().collect())?;
    let [a, b] = &doubt.ends;
    let sides = if doubt.joined {
        let is_it = |link: &shelf::LinkReason| {
            let ends = [(link.a, link.a_sub.as_str()), (link.b, link.b_sub.as_str())];
            [a, b].iter().all(|end| ends.contains(&(end.seq, end.sub.as_str())))
        };
        let groups = around.groups(is_it);
        let side = |key| groups.iter().find(|group| group.contains(key)).cloned().unwrap_or_default();
        [side(&a.key), side(&b.key)]
    } else {
        [around.keys_of(&a.person), around.keys_of(&b.person)]
    };
    if sides.iter().any(Keys::is_empty) {
        return Err(Problem::NotFound);
    }
    Ok(Pair { doubt, around, sides })
}

/// Reads one link in doubt.
pub fn view(asking: &Asking, id: &str) -> Result<PairView, Problem> {
    let asking = asking.with(Purpose::Linking);
    let Pair { doubt, around, sides } = read(&asking, id)?;
    let today = asking.frame(Nav::Links).now.first_day();
    let why = if doubt.joined { Why::Evidence } else { Why::Doubtful };
    let [a, b] = &doubt.ends;
    let (records, linked, edge) = around.linked((&a.key, &b.key), why).ok_or(Problem::NotFound)?;
    let context = throughline_linkage::Context { records: &records, linked: &linked };
    let explained = throughline_linkage::explain_edge(&edge, context, &asking.app.linkage);
    let verdict = if doubt.joined { LinkVerdict::NotSame } else { LinkVerdict::Same };
    let other = decided(&doubt, &sides, verdict, "", "");
    let change = preview::change(&around, &other, &[], &asking, today);
    let seen = seen(&around, &doubt, &sides, &asking, today)?;
    let wanted: BTreeSet<&PersonId> = seen
        .iter()
        .flat_map(|side| side.named_with.iter().chain([&side.page]))
        .chain(change.moved.iter().map(|moved| &moved.from))
        .collect();
    let people = named(&asking, wanted, &BTreeMap::new())?;
    let proposals = deciding::proposals(&asking)?;
    let waits = proposals.iter().find(|p| p.answered.is_none() && p.proposed.doubt == doubt.id);
    let [ones, others] = &sides;
    let between = |(one, other): (&_, &_)| {
        (ones.contains(one) && others.contains(other)) || (ones.contains(other) && others.contains(one))
    };
    let before = around.decisions.iter().filter(|(_, decision)| decision.pairs().any(between));
    let before = before.map(|(_, decision)| Before {
        verdict: decision.verdict,
        by: user(&asking, &decision.by),
        reason: decision.reason.clone(),
    });
    Ok(PairView {
        decisions: before.collect(),
        proposal: waits.map(|proposal| proposal.seq),
        may_decide: deciding::may(&asking),
        needs_two: doubt.needs_two || around.restricted,
        worries: doubt.worries.iter().map(|worry| worry.words().to_owned()).collect(),
        parts: explained
            .parts
            .into_iter()
            .map(|p| WhyPart { words: p.words, weight: tenth(p.weight) })
            .collect(),
        weight: tenth(explained.weight),
        probability: hundredth(explained.probability),
        joined: doubt.joined,
        sides: seen,
        change,
        people,
        id: doubt.id,
    })
}

/// Each side as its own records tell: drawn as two people, whether or not they are one now.
fn seen(
    around: &Around,
    doubt: &Doubt,
    sides: &[Keys; 2],
    asking: &Asking,
    today: jiff::civil::Date,
) -> Result<[SideSeen; 2], Problem> {
    let [one, other] = sides;
    let ids = [PersonId::from("side-1"), PersonId::from("side-2")];
    let mut apart: Vec<KnownRecord> = around.records.clone();
    for known in &mut apart {
        let keys: Vec<_> = known.record.people.iter().map(|mention| derive::key_of(known, mention)).collect();
        for (key, person) in keys.iter().zip(&mut known.persons) {
            for (side, id) in [(one, &ids[0]), (other, &ids[1])] {
                if side.contains(key) {
                    *person = id.clone();
                }
            }
        }
    }
    let drawn = picture::draw(&apart, &asking.app.settings, &around.kept, today);
    let side = |id: &PersonId, page: &PersonId| -> Result<SideSeen, Problem> {
        let mut person = drawn.people.get(id).cloned().ok_or(Problem::NotFound)?;
        person.families.clear();
        let own = || apart.iter().filter(|known| known.persons.contains(id));
        let times = || own().filter_map(|known| known.recorded);
        let with = own().flat_map(|known| known.persons.iter()).filter(|person| !ids.contains(person));
        Ok(SideSeen {
            page: page.clone(),
            facts: own().map(|known| known.seq).collect(),
            recorded: times().min().zip(times().max()),
            named_with: with.collect::<BTreeSet<_>>().into_iter().cloned().collect(),
            person,
        })
    };
    let [a, b] = &doubt.ends;
    Ok([side(&ids[0], &a.person)?, side(&ids[1], &b.person)?])
}

/// The decision that a verdict on this link is.
fn decided(
    doubt: &Doubt,
    [ones, others]: &[Keys; 2],
    verdict: LinkVerdict,
    by: &str,
    reason: &str,
) -> Vec<throughline_domain::fact::LinkDecision> {
    let [a, b] = &doubt.ends;
    decision((ones, Some(&a.key)), (others, Some(&b.key)), verdict, by, reason).into_iter().collect()
}

/// The page.
pub async fn page(asking: Asking, Path(id): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || shown_page(&asking, &id, None, Answer::default())).await
}

fn shown_page(
    asking: &Asking,
    id: &str,
    error: Option<String>,
    typed: Answer,
) -> Result<Html<String>, Problem> {
    let view = view(asking, id)?;
    let frame = asking.frame(Nav::Links);
    Ok(Html(page_of::render(&PairPage {
        labels: shown::labels(view.people.values(), frame.now.first_day()),
        being_drawn: being_drawn(asking)?,
        view,
        error,
        chosen: typed.verdict,
        reason: typed.reason,
        frame,
    })?))
}

/// What somebody decides.
#[derive(Default, Deserialize)]
pub struct Answer {
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    reason: String,
}

/// Takes the decision.
pub async fn decide(
    asking: Asking,
    Path(id): Path<String>,
    Form(sent): Form<Sent<Answer>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = sent.form(&asking)?;
        deciding::must_be_allowed(&asking)?;
        let verdict = match form.verdict.as_str() {
            "same" => Some(LinkVerdict::Same),
            "not_same" => Some(LinkVerdict::NotSame),
            "cannot_tell" => Some(LinkVerdict::CannotTell),
            _ => None,
        };
        let reason = form.reason.trim();
        let (Some(verdict), false) = (verdict, reason.is_empty()) else {
            let problem = if verdict.is_none() { "Choose an answer" } else { "Say how you know" };
            return Ok(shown_page(&asking, &id, Some(problem.to_owned()), form)?.into_response());
        };
        let Pair { doubt, around, sides } = read(&asking, &id)?;
        let waits = deciding::proposals(&asking)?;
        if waits.iter().any(|p| p.answered.is_none() && p.proposed.doubt == doubt.id) {
            return Err(Problem::Asked(
                "A proposal about this already waits for a second person.".to_owned(),
            ));
        }
        let by = asking.opener.viewer().user.clone();
        let wanted = Wanted {
            links: decided(&doubt, &sides, verdict, &by, reason),
            protections: Vec::new(),
            about: people_of(&doubt),
            doubt: doubt.id.clone(),
            reason: reason.to_owned(),
        };
        let done = match deciding::take(&asking, wanted, doubt.needs_two || around.restricted)? {
            Taken::Decided => "decided",
            Taken::Proposed => "proposed",
        };
        Ok(Redirect::to(&format!("/links?done={done}")).into_response())
    })
    .await
}
