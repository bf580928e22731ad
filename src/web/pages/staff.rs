//! Pages for those who add people and say what they may do.

use jiff::Timestamp;
use minijinja::context;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::AgencyId;

use super::account::Fault;
use super::frame::Frame;
use super::stage::{self, PageError};

/// Everybody who signs in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StaffPage {
    /// What stands around it.
    pub frame: Frame,
    /// The people, by agency and name.
    pub people: Vec<StaffLine>,
}

/// One of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StaffLine {
    /// Name to sign in with.
    pub user: String,
    /// What people read.
    pub name: String,
    /// The agency they work for.
    pub agency: AgencyId,
    /// Their role, as people read it.
    pub role: String,
    /// Teams.
    pub teams: Vec<String>,
    /// May not sign in.
    pub disabled: bool,
}

/// One of several to choose from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub text: String,
}

/// Somebody new.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewPage {
    /// What stands around it.
    pub frame: Frame,
    /// Agencies with their roles.
    pub posts: Vec<Choice>,
    /// As typed.
    pub user: String,
    /// As typed.
    pub name: String,
    /// As chosen.
    pub post: String,
    /// As typed.
    pub title: String,
    /// As typed.
    pub teams: String,
    /// As typed.
    pub units: String,
    /// What was wrong, if anything.
    pub error: Fault,
}

/// One person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OnePage {
    /// What stands around it.
    pub frame: Frame,
    /// Name to sign in with.
    pub user: String,
    /// What people read.
    pub name: String,
    /// The agency they work for.
    pub agency: AgencyId,
    /// Their role, as people read it.
    pub role: String,
    /// Agency and role as one choice.
    pub post: String,
    /// Agencies with their roles.
    pub posts: Vec<Choice>,
    /// What they do there.
    pub title: String,
    /// Teams, with commas.
    pub teams: String,
    /// Schools they answer for, with commas.
    pub units: String,
    /// By what their agency's own sign-in knows them.
    pub outside: String,
    /// Whether their agency signs its people in itself.
    pub agency_signs_in: bool,
    /// May not sign in.
    pub disabled: bool,
    /// A demonstration user.
    pub demonstration: bool,
    /// Whether it is the reader.
    pub own: bool,
    /// Whether one-time codes are set up.
    pub has_codes: bool,
    /// Whom they work with.
    pub allocations: Vec<StandingLine>,
    /// From whom they are kept by somebody's decision. What was found from details is shown to nobody.
    pub bars: Vec<StandingLine>,
    /// Conflicts they declared: what somebody is to them, never who.
    pub declared: Vec<StandingLine>,
    /// What was wrong, if anything.
    pub error: Fault,
}

/// An allocation or a bar. Whom it is about is not said: the administrator need not know.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StandingLine {
    /// Its number.
    pub id: u64,
    /// To whom it applies.
    pub what: String,
    /// How many records it names.
    pub records: usize,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub from: Timestamp,
    /// When it ended.
    pub until: Option<Timestamp>,
    /// Whether ending it waits for a second person.
    pub waits: bool,
}

/// Makes the list.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_list(model: &StaffPage) -> Result<String, PageError> {
    stage::page("staff.html", model, context! { view_words => "" })
}

/// Makes the page for somebody new.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_new(model: &NewPage) -> Result<String, PageError> {
    let posts = choices(&model.posts, &model.post);
    stage::page("staff_new.html", model, context! { choices => posts, view_words => "" })
}

/// Makes the page of one person.
///
/// # Errors
/// [`PageError`] when the template and the model do not fit.
pub fn render_one(model: &OnePage) -> Result<String, PageError> {
    let posts = choices(&model.posts, &model.post);
    stage::page("staff_one.html", model, context! { choices => posts, view_words => "" })
}

fn choices(posts: &[Choice], chosen: &str) -> Vec<minijinja::Value> {
    let none = context! { value => "", text => "Choose an agency and role", selected => chosen.is_empty() };
    let all = posts.iter().map(|post| {
        context! { value => post.value.as_str(), text => post.text.as_str(), selected => post.value == chosen }
    });
    std::iter::once(none).chain(all).collect()
}
