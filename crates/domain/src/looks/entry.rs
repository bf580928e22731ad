//! What the record of who looked is made of. Words and ids only: never a name, an address or a text of an agency, except
//! what the viewer typed, which is kept nowhere else.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::Looking;
use crate::ids::{AgencyId, FamilyId, IncidentRef, PersonId};
use crate::sharing::Viewer;

/// Who looked, as it was then: people change agency and role.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Looker {
    /// Name to sign in with.
    pub user: String,
    /// The agency they worked for.
    pub agency: AgencyId,
    /// What they did there.
    pub role: String,
}

impl From<&Viewer> for Looker {
    fn from(viewer: &Viewer) -> Self {
        Self { user: viewer.user.clone(), agency: viewer.agency.clone(), role: viewer.role.clone() }
    }
}

/// What somebody did.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Asked for a person, a place or a reference.
    Searched,
    /// Was shown a list.
    ResultsShown,
    /// Was told that somebody is involved, and whom to ask.
    Headline,
    /// Opened a summary.
    SummaryOpened,
    /// Opened everything they may see.
    #[default]
    DetailOpened,
    /// Was shown where somebody is.
    LocationRevealed,
    /// Told another agency.
    Disclosed,
    /// Wrote a file.
    Exported,
    /// Asked for something that was refused or is not there.
    Refused,
    /// Signed in.
    SignedIn,
    /// Tried to sign in.
    SignedInFailed,
    /// Signed out.
    SignedOut,
    /// Gave the password or a code again, for something that asks for it.
    SteppedUp,
    /// Changed who may sign in, who may do what, or for whom somebody works.
    AccountChanged,
    /// Broke glass.
    BrokeGlass,
    /// Read or reviewed what others looked at.
    Reviewed,
    /// Took a decision or mended something.
    Decided,
}

impl Act {
    /// In plain words, after "who".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Searched => "searched",
            Self::ResultsShown => "was shown a list",
            Self::Headline => "was told whom to ask",
            Self::SummaryOpened => "opened a summary",
            Self::DetailOpened => "opened the record",
            Self::LocationRevealed => "was shown a kept address",
            Self::Disclosed => "told another agency",
            Self::Exported => "wrote a file",
            Self::Refused => "asked and was refused",
            Self::SignedIn => "signed in",
            Self::SignedInFailed => "tried to sign in",
            Self::SignedOut => "signed out",
            Self::SteppedUp => "gave the password or a code again",
            Self::AccountChanged => "changed an account",
            Self::BrokeGlass => "broke glass",
            Self::Reviewed => "reviewed who looked",
            Self::Decided => "took a decision",
        }
    }
}

/// What justifies a look at somebody.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tie {
    /// The family is allocated to the viewer.
    Allocation,
    /// A meeting they take part in has the family on its list.
    Meeting,
    /// They have something to do about it.
    Task,
    /// A request for information that was asked or answered.
    Request,
    /// The viewer's own agency works with them.
    OwnCase,
    /// Glass that the viewer broke.
    BrokenGlass,
    /// Nothing that is recorded.
    #[default]
    None,
}

impl Tie {
    /// In plain words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Allocation => "allocated to them",
            Self::Meeting => "on the list of their meeting",
            Self::Task => "a task of theirs",
            Self::Request => "a request for information",
            Self::OwnCase => "their agency works with them",
            Self::BrokenGlass => "broke glass",
            Self::None => "nothing recorded explains it",
        }
    }
}

/// One look, written down before anything of it was shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Look {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who.
    pub by: Looker,
    /// What they did.
    pub act: Act,
    /// What for.
    pub purpose: String,
    /// Which page or view, without its ids.
    pub page: String,
    /// Whom it was about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
    /// Who else was named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<PersonId>,
    /// How many more were named than stand here, or rows of a file.
    #[serde(skip_serializing_if = "none")]
    pub named_beyond: u64,
    /// Families it was about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub families: Vec<FamilyId>,
    /// Incidents it was about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<IncidentRef>,
    /// Facts that were opened.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<u64>,
    /// Categories of data shown, in the words of the sharing policies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Rules and legal bases that decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// What justifies it.
    pub tie: Tie,
    /// Whose account was changed, where it was another's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// Why, in the viewer's own words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What the viewer typed to find somebody. Sensitive in itself; kept nowhere else.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub typed: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields by reference")]
fn none(count: &u64) -> bool {
    *count == 0
}

impl Look {
    /// Whether nothing that was recorded then explains it.
    #[must_use]
    pub fn is_loose(&self, settings: &Looking) -> bool {
        self.tie == Tie::None && !self.people.is_empty() && settings.ties.needed_for.contains(&self.act)
    }
}

/// Glass broken: one person, and those needed with them, for a short time, for a stated reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Glass {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// When it closes.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// Who broke it.
    pub by: Looker,
    /// For whom.
    pub person: PersonId,
    /// Who is needed with them: the same family.
    pub with: Vec<PersonId>,
    /// Why.
    pub reason: String,
}

/// What a reviewer found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// There was a reason for it.
    Explained,
    /// There was none that the reviewer could find: their agency's lead is told.
    NotExplained,
}

/// A review of looks or of broken glass, by somebody of another agency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Review {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who reviewed.
    pub by: Looker,
    /// Whose looks.
    pub of: Looker,
    /// Which entries of the record.
    pub entries: Vec<u64>,
    /// What was found.
    pub verdict: Verdict,
    /// In the reviewer's words.
    pub words: String,
}

/// Somebody opened more people in a day than work explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alarm {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who.
    pub by: Looker,
    /// Different people that day.
    pub people: usize,
    /// The limit.
    pub limit: usize,
}

/// A supervisor lets somebody go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lift {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who lets them.
    pub by: Looker,
    /// Whom.
    pub of: Looker,
    /// Why.
    pub reason: String,
}

/// One entry of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    /// A look.
    Look(Look),
    /// Glass broken.
    Glass(Glass),
    /// A review.
    Review(Review),
    /// An alarm.
    Alarm(Alarm),
    /// A supervisor's leave.
    Lift(Lift),
}

impl Entry {
    /// When it was.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Look(it) => it.at,
            Self::Glass(it) => it.at,
            Self::Review(it) => it.at,
            Self::Alarm(it) => it.at,
            Self::Lift(it) => it.at,
        }
    }

    /// Who did it.
    #[must_use]
    pub fn by(&self) -> &Looker {
        match self {
            Self::Look(it) => &it.by,
            Self::Glass(it) => &it.by,
            Self::Review(it) => &it.by,
            Self::Alarm(it) => &it.by,
            Self::Lift(it) => &it.by,
        }
    }

    /// The word for its kind, as it is stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Look(_) => "look",
            Self::Glass(_) => "glass",
            Self::Review(_) => "review",
            Self::Alarm(_) => "alarm",
            Self::Lift(_) => "lift",
        }
    }

    /// People and families under which it is found again, each once, in order.
    #[must_use]
    pub fn about(&self) -> Vec<String> {
        let mut about: Vec<String> = match self {
            Self::Look(look) => {
                let people = look.people.iter().chain(&look.named).map(ToString::to_string);
                people.chain(look.families.iter().map(ToString::to_string)).collect()
            }
            Self::Glass(glass) => {
                std::iter::once(&glass.person).chain(&glass.with).map(ToString::to_string).collect()
            }
            Self::Review(_) | Self::Alarm(_) | Self::Lift(_) => Vec::new(),
        };
        about.sort_unstable();
        about.dedup();
        about
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_back_as_it_was_written_and_says_nothing_it_does_not_know() {
        let look = Look { people: vec!["P1".into()], typed: "Vole".into(), ..Look::default() };
        let text = serde_json::to_string(&Entry::Look(look.clone())).unwrap();
        assert!(text.contains("\"entry\":\"look\"") && !text.contains("incidents"), "{text}");
        assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), Entry::Look(look));
    }

    #[test]
    fn it_is_found_under_everybody_it_named_once() {
        let look = Look {
            people: vec!["P2".into()],
            named: vec!["P1".into(), "P2".into()],
            families: vec!["F1".into()],
            ..Look::default()
        };
        assert_eq!(Entry::Look(look).about(), ["F1", "P1", "P2"]);
    }

    #[test]
    fn only_looks_at_somebody_can_be_loose() {
        let settings = Looking::built_in().unwrap();
        let look = Look { people: vec!["P1".into()], ..Look::default() };
        assert!(look.is_loose(&settings));
        assert!(!Look { tie: Tie::OwnCase, ..look.clone() }.is_loose(&settings));
        assert!(!Look { act: Act::ResultsShown, ..look.clone() }.is_loose(&settings));
        assert!(!Look { people: Vec::new(), ..look }.is_loose(&settings));
    }
}
