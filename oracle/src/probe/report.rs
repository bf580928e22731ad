//! What was asked in each channel, and what was wrong.

use std::collections::BTreeMap;

use serde::Serialize;

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something stands there that may not.
    Leak,
    /// Something is missing that may be seen.
    WrongRefusal,
}

/// One thing that was wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Leak or wrong refusal.
    pub kind: Kind,
    /// Where.
    pub channel: &'static str,
    /// Who asked.
    pub audience: String,
    /// What they asked.
    pub ask: String,
    /// What was wrong.
    pub what: String,
}

/// One channel in numbers.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Count {
    /// Requests.
    pub probes: u64,
    /// Things that may not be there.
    pub leaks: u64,
    /// Things that should be there.
    pub wrong_refusals: u64,
}

/// What a run found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Each channel.
    pub channels: BTreeMap<&'static str, Count>,
    /// All of them.
    pub all: Count,
    /// How often the server said to wait.
    pub waited: u64,
    /// The first of what was wrong.
    pub findings: Vec<Finding>,
}

const KEPT: usize = 400;

impl Report {
    /// Counts a request.
    pub fn probe(&mut self, channel: &'static str) {
        self.add(channel, Count { probes: 1, ..Count::default() });
    }

    /// Notes what was wrong.
    pub fn find(&mut self, finding: Finding) {
        let count = match finding.kind {
            Kind::Leak => Count { leaks: 1, ..Count::default() },
            Kind::WrongRefusal => Count { wrong_refusals: 1, ..Count::default() },
        };
        self.add(finding.channel, count);
        if self.findings.len() < KEPT {
            self.findings.push(finding);
        }
    }

    fn add(&mut self, channel: &'static str, more: Count) {
        for count in [self.channels.entry(channel).or_default(), &mut self.all] {
            count.probes = count.probes.saturating_add(more.probes);
            count.leaks = count.leaks.saturating_add(more.leaks);
            count.wrong_refusals = count.wrong_refusals.saturating_add(more.wrong_refusals);
        }
    }

    /// Adds another report.
    pub fn merge(&mut self, other: Self) {
        self.waited = self.waited.saturating_add(other.waited);
        for (channel, count) in other.channels {
            self.add(channel, count);
        }
        let room = KEPT.saturating_sub(self.findings.len());
        self.findings.extend(other.findings.into_iter().take(room));
    }

    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.all.leaks == 0 && self.all.wrong_refusals == 0
    }
}
