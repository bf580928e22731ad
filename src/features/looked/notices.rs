//! What Today tells about who looked: broken glass and reading in bulk to those who must be told, new readers of a family
//! to whoever works with it.

use super::{Record, mine, must_be_allowed};
use crate::features::{Asking, Problem};
use crate::web::pages::looked::Notice;
use crate::web::shown;

/// The notices for one reader, the most urgent first.
pub fn of(asking: &Asking) -> Result<Vec<Notice>, Problem> {
    let mut notices = Vec::new();
    let mut tell = |count: usize, urgent: bool, one: &str, many: &str, href: &str| {
        if count > 0 {
            let text = format!("{}.", shown::count(count, one, many));
            notices.push(Notice { text, href: href.to_owned(), urgent });
        }
    };
    if must_be_allowed(asking).is_ok() {
        let record = Record::read(asking)?;
        let (glass, alarms) = (record.glass(asking)?, record.alarms(asking)?);
        let overdue = glass.iter().filter(|seen| seen.overdue).count();
        let waiting = glass.len() - overdue;
        let alarms = alarms.iter().filter(|seen| !seen.lifted).count();
        let late = (
            "time glass was broken and not reviewed in time",
            "times glass was broken and not reviewed in time",
        );
        tell(overdue, true, late.0, late.1, "/looked");
        let waits = ("time glass was broken: waits for review", "times glass was broken: wait for review");
        tell(waiting, true, waits.0, waits.1, "/looked");
        let bulk = ("worker opened unusually many people", "workers opened unusually many people");
        tell(alarms, true, bulk.0, bulk.1, "/looked");
    }
    let (_, new) = mine::news(asking)?;
    tell(
        new.len(),
        false,
        "family of yours was opened by somebody new",
        "families of yours were opened by somebody new",
        "/looked/mine",
    );
    Ok(notices)
}
