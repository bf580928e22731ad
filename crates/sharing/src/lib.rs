//! Decides by written policy what may be shared with whom, for what and on which basis (handbook 5.5 to 5.6). Pure: no
//! clock, file or network. Policies are Cedar text in `area/policies/`; a decision depends on the request's words and on
//! whether the duty of section 16LA is in force on the day given.
//!
//! ```
//! use throughline_sharing::{Policies, Request};
//! let policies = Policies::built_in()?;
//! let request = Request::parse(r#"{"requester":{"agency":"person_causing_harm"},"categories":["LOC"],"subject":"victim"}"#)?;
//! let decision = policies.decide(&request, "2026-11-20".parse()?);
//! assert_eq!(decision.rules, ["row_32"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod decision;
mod engine;
mod load;
mod memo;
mod policies;
mod request;
mod rule;
pub mod settings;
mod split;
pub mod words;

pub use decision::Decision;
pub use load::{PolicyFile, Problem, Problems};
pub use policies::{NO_POLICY, Policies};
pub use request::{Categories, Request, Unreadable};
pub use rule::{Outcome, Rule};
