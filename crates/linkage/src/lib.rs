//! Who is who: probabilistic linkage of person records (Fellegi-Sunter), with households and relations as evidence.
//!
//! Give [`link()`] the records of any number of agencies and the decisions people took; it gives back which records
//! are one person, the links that hold them together with their probability, and what it learned. [`explain()`] says in
//! plain words why two records are, or are not, one person. Pure: no files, clock, network or chance; the same records
//! give the same result in whatever order they come.
//!
//! Three steps, each in modules of its own: which pairs to compare (`blocking`), how they compare and what that
//! weighs (`compare`, `score`, with `names`, `dates`, `places`, `numbers`; learned by `learn`), and what to join (`cluster`).

mod batch;
mod blocking;
mod bound;
mod cluster;
mod commonness;
mod compare;
mod dates;
mod explain;
mod families;
mod few;
mod glance;
mod grouping;
mod groups;
pub mod history;
mod keys;
mod learn;
mod levels;
mod lexicon;
mod likeness;
mod link;
mod live;
mod memo;
mod model;
mod names;
mod numbers;
pub mod parted;
mod places;
mod profile;
mod record;
mod register;
mod relations;
mod rounds;
mod score;
mod settings;
mod spelling;
pub mod splink;
mod table;
mod vocabulary;
mod writing;

pub use batch::Batch;
pub use blocking::{Asked, RuleCost};
pub use explain::{Context, Explanation, Part, explain, explain_edge};
pub use families::Families;
pub use lexicon::{Lexicon, LexiconTexts};
pub use link::{Edge, Linked, Stage as LinkStage, Why, link, link_known};
pub use live::{Changes, Keeper, Live, NewTexts, Outcome};
pub use model::{LearnedComparison, LearnedLevel, Model};
pub use record::{
    Born, Decision, NameKind, PersonAddress, PersonName, PersonNumber, Record, Sex, Stage, Tie, TieKind,
};
pub use register::Register;
pub use settings::{Settings, SettingsError};
pub use writing::Writing;
