//! What recorded episodes of abuse show over time, with its doubt. Reports of all agencies go in; out come a label that
//! abstains where there are too few, ranges, what was allowed for and what was never asked (handbook "patterns and
//! evidence", 1.4). Pure: no clock, file, network or chance of its own; knows nothing of the rest of the program.
//!
//! ```
//! use throughline_pattern::{Course, Engine, Harm, Label, Moment, Population, Report, Settings, Source};
//! let settings = Settings::built_in()?;
//! let engine = Engine::new(settings.clone(), Population::usual(&settings));
//! let reports: Vec<Report> = [0, 300, 400, 450, 480]
//!     .map(|day| Report { at: Moment(0).plus_days(day), harm: Harm::new(1).unwrap_or_default(), ..Report::default() })
//!     .to_vec();
//! let course = Course { reports: &reports, until: Moment(0).plus_days(490), ..Course::default() };
//! assert_eq!(engine.assess(&course).reading.label, Label::EscalatingFrequency);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assess;
mod attention;
mod clock;
mod control;
mod episode;
pub mod exact;
pub mod kendall;
mod label;
mod moment;
mod moved;
mod normal;
mod population;
mod priority;
mod ratio;
mod report;
mod sentence;
mod separation;
mod settings;
mod severity;
mod silence;
mod trend;
mod words;

pub use assess::{Course, Engine, Pattern, Point, Reading, Room};
pub use attention::{Change, Lists, Ranked, Standing, lists};
pub use clock::{Away, AwayKind, Clock, Elapsed, Step, joined};
pub use control::{Answer, Control, Domain, Domains, Indicator, control};
pub use episode::{Episode, collapse};
pub use label::{Grounds, Label, choose};
pub use moment::{DAY, Moment};
pub use moved::{Carried, FamilyRecord, Moved, Tie, moved};
pub use population::{Counts, Population};
pub use priority::{Priority, priority};
pub use ratio::Stretches;
pub use report::{CLASSES, HardFlag, HardFlags, Harm, Report, Source, Teller};
pub use sentence::{About, Beside, Part, parts, sentence};
pub use separation::{AfterSeparation, Separation, after_separation};
pub use settings::{Settings, SettingsError};
pub use severity::{Line, SeverityPosterior, Sums};
pub use silence::Rates;
pub use trend::{Trend, TrendPosterior};
