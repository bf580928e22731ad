//! The pattern in plain words: what records show, from whom, how sure, what was allowed for and what nobody asked. Every
//! number in it is a number of the pattern. It speaks of records and of the person causing harm, never of what whoever was
//! harmed did.

use serde::Serialize;

use crate::assess::Pattern;
use crate::clock::Step;
use crate::control::{Control, Domains};
use crate::label::Label;
use crate::moment::Moment;
use crate::moved::Moved;
use crate::report::{HardFlag, Source, Teller};
use crate::separation::AfterSeparation;
use crate::words::{counted, day, month, months, number, percent, series};

/// What a part of the text is about, so that a page may lay it out and a door may leave one out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// What must be looked at whatever the numbers say.
    HardFlags,
    /// How much is recorded, by whom.
    Records,
    /// Closer together or not.
    Frequency,
    /// More serious or not.
    Severity,
    /// Silence, and time away.
    Silence,
    /// What was allowed for, and what was not.
    AllowedFor,
    /// Control.
    Control,
    /// What was never asked.
    NotAsked,
    /// After separation.
    Separation,
    /// With another family.
    Moved,
}

/// A part of the text: one or two whole sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What it is about.
    pub about: About,
    /// The words.
    pub text: String,
}

/// What is told beside the pattern itself.
#[derive(Clone, Copy, Default)]
pub struct Beside<'a> {
    /// Names of the agencies, by their numbers.
    pub sources: &'a [&'a str],
    /// Agencies that began to report within the time told of, and when.
    pub begun: &'a [(Source, Moment)],
    /// The axis of control.
    pub control: Option<&'a Control>,
    /// After separation.
    pub separation: Option<&'a AfterSeparation>,
    /// With other families.
    pub moved: &'a [Moved],
}

impl Beside<'_> {
    fn name(&self, source: Source) -> &str {
        self.sources.get(usize::from(source.0)).copied().unwrap_or("another agency")
    }
}

/// The whole text in one line.
pub fn sentence(pattern: &Pattern, engine: &crate::Engine, beside: &Beside<'_>) -> String {
    let texts: Vec<String> = parts(pattern, engine, beside).into_iter().map(|part| part.text).collect();
    texts.join(" ")
}

/// The text in its parts, in the order in which they are read.
pub fn parts(pattern: &Pattern, engine: &crate::Engine, beside: &Beside<'_>) -> Vec<Part> {
    let tells: [(About, Option<String>); 10] = [
        (About::HardFlags, flags(pattern)),
        (About::Records, Some(records(pattern, beside))),
        (About::Frequency, frequency(pattern, engine)),
        (About::Severity, severity(pattern, engine)),
        (About::Silence, silence(pattern, engine)),
        (About::AllowedFor, allowed_for(pattern, beside)),
        (About::Separation, beside.separation.map(separation)),
        (About::Moved, moved(beside.moved)),
        (About::Control, beside.control.map(control)),
        (About::NotAsked, beside.control.and_then(not_asked)),
    ];
    tells.into_iter().filter_map(|(about, text)| Some(Part { about, text: text? })).collect()
}

fn flags(pattern: &Pattern) -> Option<String> {
    let named = |flag: HardFlag| {
        let last = pattern.points.iter().rev().find(|point| point.episode.flags.has(flag))?;
        Some(format!("{} ({})", flag.words(), day(last.episode.at)))
    };
    let named: Vec<String> = pattern.flags.each().filter_map(named).collect();
    (!named.is_empty()).then(|| format!("Needs a decision whatever the numbers say: {}.", series(&named)))
}

fn records(pattern: &Pattern, beside: &Beside<'_>) -> String {
    let reading = &pattern.reading;
    let mut from: Vec<Source> = pattern.points.iter().flat_map(|point| point.episode.sources()).collect();
    from.sort_unstable();
    from.dedup();
    let names: Vec<String> = from.iter().map(|source| beside.name(*source).to_owned()).collect();
    if names.is_empty() {
        return "No episode is recorded.".to_owned();
    }
    let reports = match pattern.reports == reading.episodes {
        true => String::new(),
        false => format!(" (from {} reports)", pattern.reports),
    };
    let episodes = counted(reading.episodes, "episode");
    let elapsed = &reading.elapsed;
    let time = match (elapsed.calendar - elapsed.liberty) >= 1.0 {
        true => {
            format!("{} at liberty ({} by the calendar)", months(elapsed.liberty), months(elapsed.calendar))
        }
        false => months(elapsed.liberty),
    };
    let (names, few) = (series(&names), reading.episodes < 2);
    let mut text = match few {
        true => format!("Records from {names} show one episode{reports}, on {}.", first_day(pattern)),
        false => format!("Records from {names} show {episodes}{reports} in {time}."),
    };
    if reading.label == Label::TooFew {
        text.push_str(" These are too few to tell whether anything is changing.");
    }
    let own = pattern.points.iter().filter(|p| only_own_work(&p.episode)).count();
    if own > 0 && !few {
        text.push_str(&format!(" {own} of {} came only from an agency's own work.", reading.episodes));
    }
    let inexact = pattern.points.iter().filter(|point| point.episode.inexact).count();
    if inexact > 0 {
        text.push_str(&format!(" The day of {inexact} of {} is not known exactly.", reading.episodes));
    }
    text
}

fn first_day(pattern: &Pattern) -> String {
    pattern.points.first().map_or_else(String::new, |point| day(point.episode.at))
}

fn only_own_work(episode: &crate::Episode) -> bool {
    episode.told_by(Teller::Agency)
        && ![Teller::NotSaid, Teller::Harmed, Teller::Another].iter().any(|t| episode.told_by(*t))
}

fn frequency(pattern: &Pattern, engine: &crate::Engine) -> Option<String> {
    let trend = pattern.reading.frequency?;
    let by = &engine.settings().labels;
    let ratio = match number(trend.ratio) {
        same if same == "1" => "about the early rate".to_owned(),
        other => format!("about {other} times the early rate"),
    };
    let range = format!("{ratio} (80% range {} to {})", number(trend.low80), number(trend.high80));
    Some(if trend.up >= by.frequency_from {
        format!("They are getting closer together: {range}. Confidence {}.", percent(trend.up))
    } else if trend.down >= by.falling_from {
        format!("They are getting further apart: {range}. Confidence {}.", percent(trend.down))
    } else {
        format!("How often: no clear change, {range}.")
    })
}

fn severity(pattern: &Pattern, engine: &crate::Engine) -> Option<String> {
    let found = pattern.reading.severity;
    let by = &engine.settings().labels;
    let mut text = match found {
        Some(rise) if rise.up >= by.severity_from => {
            format!(
                "The later episodes are more serious than the earlier (chance of a marked rise {}).",
                percent(rise.up)
            )
        }
        Some(rise) if rise.down >= by.severity_from => {
            format!(
                "Harm level: the later episodes are recorded as less serious (chance of a marked fall {}).",
                percent(rise.down)
            )
        }
        Some(_) => "Harm level: no clear change.".to_owned(),
        None => String::new(),
    };
    if pattern.step {
        let n = pattern.reading.episodes;
        let gap = if text.is_empty() { "" } else { " " };
        text.push_str(&format!(
            "{gap}The last episode is far more serious than any before; by chance alone that happens up to 1 time in {n}."
        ));
    }
    (!text.is_empty()).then_some(text)
}

fn silence(pattern: &Pattern, engine: &crate::Engine) -> Option<String> {
    let reading = &pattern.reading;
    let mut said = Vec::new();
    let while_away = pattern.points.iter().filter(|point| point.while_away).count();
    if while_away > 0 {
        let them = if while_away == 1 { "is" } else { "are" };
        said.push(format!(
            "{} {them} recorded while the person causing harm was away.",
            counted(while_away, "episode")
        ));
    }
    if reading.away_now {
        let last = pattern.away.iter().filter(|away| away.to >= pattern.until).min_by_key(|away| away.from);
        let kind = last.map_or("away", |away| away.kind.words());
        let since = last.map_or_else(String::new, |away| format!(" since {}", day(away.from)));
        said.push(format!(
            "The person causing harm has been {kind}{since}: silence in that time says nothing."
        ));
    } else if reading.label == Label::Quiet {
        let chance = reading.silence.unwrap_or(1.0);
        said.push(match chance < engine.settings().labels.silence_below {
            true => format!(
                "Nothing has been reported for {}; with nothing changed, that would happen {} of the time.",
                months(reading.silent_days),
                percent(chance)
            ),
            false => "Fewer episodes are reported.".to_owned(),
        });
        said.push("Fewer reports do not show that the abuse has stopped.".to_owned());
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// A change of the index so near the month in which an agency began to report is taken for that beginning.
const NEAR_DAYS: f64 = 45.0;

fn allowed_for(pattern: &Pattern, beside: &Beside<'_>) -> Option<String> {
    let mut said = Vec::new();
    let n = pattern.reading.episodes;
    let stepped =
        |at: Moment| pattern.reporting.iter().any(|step| step.from.days_since(at).abs() <= NEAR_DAYS);
    for (source, at) in beside.begun {
        let theirs = pattern.points.iter().filter(|point| point.episode.is_only_from(*source)).count();
        if theirs == 0 {
            continue;
        }
        let verdict = match stepped(*at) {
            true => "allowed for",
            false => "not allowed for, so part of a rise may be a rise of reporting",
        };
        let name = beside.name(*source);
        said.push(format!(
            "{theirs} of {n} came only from {name}, which started reporting in {}: {verdict}.",
            month(*at)
        ));
    }
    pattern.reading.frequency?;
    let mut allowed = Vec::new();
    let elapsed = &pattern.reading.elapsed;
    let away = elapsed.calendar - elapsed.liberty;
    if away >= 1.0 {
        let mut kinds: Vec<&str> = pattern.away.iter().map(|away| away.kind.words()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let kinds: Vec<String> = kinds.into_iter().map(str::to_owned).collect();
        allowed.push(format!("{} {}", months(away), series(&kinds)));
    }
    let told = |step: &Step| beside.begun.iter().any(|(_, at)| step.from.days_since(*at).abs() <= NEAR_DAYS);
    for step in pattern.reporting.iter().filter(|step| !told(step)) {
        allowed.push(format!("a change in how much is reported in {}", month(step.from)));
    }
    if !allowed.is_empty() {
        said.push(format!("Allowed for: {}.", series(&allowed)));
    }
    (!said.is_empty()).then(|| said.join(" "))
}

fn separation(after: &AfterSeparation) -> String {
    let when = match after.separation.earliest == after.separation.latest {
        true => format!("on {}", day(after.separation.latest)),
        false => format!("between {} and {}", day(after.separation.earliest), day(after.separation.latest)),
    };
    let episodes = match after.episodes {
        0 => "no episode is recorded since".to_owned(),
        n => format!("{} since", counted(n, "episode")),
    };
    let often = match after.more_often {
        Some(p) if after.episodes > 0 => {
            format!(", more often than before with a probability of {}", percent(p))
        }
        _ => String::new(),
    };
    let watch = match after.watched {
        true => format!(" Separation does not end the danger: watched until {}.", day(after.watch_until)),
        false => String::new(),
    };
    format!("Separation {when}: {episodes}{often}.{watch}")
}

fn moved(moved: &[Moved]) -> Option<String> {
    let sure = moved.iter().filter(|moved| moved.confirmed).count();
    let open: Vec<&Moved> = moved.iter().filter(|moved| !moved.confirmed).collect();
    let mut said = Vec::new();
    if let Some(first) = moved.iter().filter(|moved| moved.confirmed).map(|moved| moved.first_seen).min() {
        let families = if sure == 1 { "another family".to_owned() } else { format!("{sure} other families") };
        said.push(format!("Confirmed: recorded with {families} since {}.", day(first)));
    }
    if let Some(most) = open.iter().map(|moved| moved.probability).reduce(f64::max) {
        said.push(format!(
            "May be recorded with another family (probability {}): to be confirmed before anybody else is told.",
            percent(most)
        ));
    }
    (!said.is_empty()).then(|| said.join(" "))
}

fn named(domains: Domains) -> String {
    series(&domains.each().map(|domain| domain.words().to_owned()).collect::<Vec<_>>())
}

fn control(control: &Control) -> String {
    let (least, most) = control.range();
    if least == 0 {
        return match most {
            0 => "Control: every kind was asked about and answered no.".to_owned(),
            _ => "Control: none is recorded.".to_owned(),
        };
    }
    let range =
        if least == most { format!("{least} of 8 kinds") } else { format!("{least} to {most} of 8 kinds") };
    let pattern = match (control.recorded, control.current) {
        (true, true) => "A pattern of control is recorded",
        (true, false) => "A pattern of control is recorded in the past",
        (false, _) => "Signs of control are recorded",
    };
    let wider = match control.new_this_year.count() {
        0 => String::new(),
        _ => format!(" New in the last year: {}.", named(control.new_this_year)),
    };
    format!(
        "{pattern}: {range} ({} seen, on {}).{wider}",
        named(control.seen),
        counted(control.dates, "date")
    )
}

fn not_asked(control: &Control) -> Option<String> {
    let mut said = Vec::new();
    if control.never_asked.count() > 0 {
        said.push(format!("Not asked: {}.", named(control.never_asked)));
    }
    if control.not_known.count() > 0 {
        said.push(format!("Asked, and not known: {}.", named(control.not_known)));
    }
    (!said.is_empty()).then(|| said.join(" "))
}
