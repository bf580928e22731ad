//! Recorded episodes on the clock they are held against: it stands still in custody and runs faster while more agencies
//! report, so that "closer together" is seen as it is judged.

use jiff::ToSpan;
use jiff::civil::Date;
use throughline_domain::picture::moment;
use throughline_domain::picture::shape::{EpisodeSeen, JusticeEntry, RecordedPattern, TimeAway};
use throughline_pattern::{Away, AwayKind, Clock, Moment, Step};

use super::Figure;
use super::episodes::{BASE, CLASSES, LEFT, STEP, TOP, WIDTH, is_turn, levels, turn};
use super::svg::{Drawing, INK, PALETTE};
use crate::web::shown;

/// Days of the calendar laid out as the clock runs.
struct Ruler {
    clock: Clock,
    all: f64,
}

impl Ruler {
    fn of(pattern: &RecordedPattern, first: Moment, until: Moment) -> Self {
        let to = |away: &TimeAway| away.to.map_or_else(|| until.plus_days(1), moment);
        let away: Vec<Away> = pattern
            .away
            .iter()
            .map(|away| Away { from: moment(away.from), to: to(away), kind: AwayKind::Custody })
            .collect();
        let steps: Vec<Step> = pattern
            .reporting
            .iter()
            .map(|step| Step { from: Moment::start_of(step.from), index: step.index })
            .collect();
        let clock = Clock::new(first, &away, &steps);
        let all = clock.at(until).clock.max(1.0);
        Self { clock, all }
    }

    fn x(&self, at: Moment) -> f64 {
        LEFT + WIDTH * (self.clock.at(at).clock / self.all).clamp(0.0, 1.0)
    }
}

/// Episodes that carry their number in the picture; more would cover one another.
const NUMBERED: usize = 30;

/// Draws the episodes, and what courts, prison and probation did between them.
#[must_use]
pub fn draw(id: &str, pattern: &RecordedPattern, justice: &[&JusticeEntry]) -> Figure {
    let title = title(pattern);
    let Some(first) = pattern.episodes.first().map(|episode| moment(episode.at)) else {
        return Figure::nothing(id, &title);
    };
    let until = Moment::start_of(pattern.until.checked_add(1.day()).unwrap_or(pattern.until));
    let ruler = Ruler::of(pattern, first, until);
    let mut drawing = levels();
    let mut free_from = 0.0;
    for (x, words) in ticks(&ruler, first, pattern.until) {
        drawing.line((x, BASE), (x, BASE + 6.0)).draw();
        if x >= free_from && x < LEFT + WIDTH - 30.0 {
            drawing.text(x, BASE + 20.0, 12.0, &words).draw();
            free_from = x + 66.0;
        }
    }
    let now = LEFT + WIDTH;
    drawing.line((now, TOP), (now, BASE)).set("stroke-width", "2").draw();
    let end = shown::day(pattern.until);
    drawing.text(now, TOP - 10.0, 12.0, &end).set("text-anchor", "end").set("font-weight", "bold").draw();
    let within = |entry: &&&JusticeEntry| is_turn(entry.kind) && moment(entry.at) <= until;
    let turns: Vec<&&JusticeEntry> = justice.iter().filter(within).collect();
    for entry in &turns {
        turn(&mut drawing, entry, ruler.x(moment(entry.at)));
    }
    for away in &pattern.away {
        standstill(&mut drawing, away, ruler.x(moment(away.from)));
    }
    for step in &pattern.reporting {
        let x = ruler.x(Moment::start_of(step.from));
        drawing.open(&format!("More agencies report from {}", shown::day(step.from)));
        drawing
            .path(&[(x - 6.0, BASE + 14.0), (x, BASE + 2.0), (x + 6.0, BASE + 14.0)], true)
            .set("fill", INK)
            .draw();
        drawing.close();
    }
    for (number, episode) in (1..).zip(&pattern.episodes) {
        let named = (pattern.episodes.len() <= NUMBERED).then_some(number);
        stem(&mut drawing, episode, ruler.x(moment(episode.at)), named);
    }
    key(&mut drawing, pattern, !turns.is_empty());
    let description = "Each episode stands where it happened on a clock that stands still in custody, as high as its recorded harm. The table below has the same facts.";
    let (head, rows) = twin(pattern, &turns);
    Figure { id: id.to_owned(), svg: drawing.finish(id, &title, description), title, head, rows }
}

fn title(pattern: &RecordedPattern) -> String {
    let episodes = shown::count(pattern.episodes.len(), "recorded episode", "recorded episodes");
    format!("{}: {episodes} to {}", pattern.label_words, shown::day(pattern.until))
}

/// Beginnings of months to name: of few months each, else of quarters, else of years.
fn ticks(ruler: &Ruler, first: Moment, until: Date) -> Vec<(f64, String)> {
    let Some(from) = first.day() else { return Vec::new() };
    let days = Moment::start_of(until).days_since(first);
    let (months, format) = match days {
        ..400.0 => (2, "%b %Y"),
        ..1_500.0 => (6, "%b %Y"),
        _ => (12, "%Y"),
    };
    let mut day = if months == 2 { from.first_of_month() } else { from.first_of_year() };
    let mut found = Vec::new();
    while day <= until {
        if day >= from {
            found.push((ruler.x(Moment::start_of(day)), day.strftime(format).to_string()));
        }
        let Ok(next) = day.checked_add(months.months()) else { break };
        day = next;
    }
    found
}

/// Where the clock stands still: two upright lines.
fn standstill(drawing: &mut Drawing, away: &TimeAway, x: f64) {
    drawing.open(&custody_words(away));
    for x in [x - 2.5, x + 2.5] {
        drawing.line((x, TOP), (x, BASE)).set("stroke", PALETTE[2]).set("stroke-width", "2").draw();
    }
    drawing.close();
}

fn custody_words(away: &TimeAway) -> String {
    match away.to {
        Some(to) => format!("In custody from {} to {}", shown::when_day(away.from), shown::when_day(to)),
        None => format!("In custody since {}", shown::when_day(away.from)),
    }
}

fn stem(drawing: &mut Drawing, episode: &EpisodeSeen, x: f64, number: Option<usize>) {
    let y = BASE - f64::from(episode.harm_class.min(4)) * STEP;
    drawing.open(&format!("{}, {}", shown::when(episode.at), what(episode)));
    drawing.line((x, BASE), (x, y)).set("stroke", PALETTE[0]).set("stroke-width", "2").draw();
    let fill = if from_police(episode) { PALETTE[0] } else { "#FFFFFF" };
    let circle = drawing.shape("circle").at("cx", x).at("cy", y).at("r", 6.0).set("fill", fill);
    circle.set("stroke", PALETTE[0]).set("stroke-width", "2").draw();
    if let Some(number) = number {
        let text = drawing.text(x, y - 9.0, 11.0, &number.to_string());
        text.set("text-anchor", "middle").draw();
    }
    drawing.close();
}

fn from_police(episode: &EpisodeSeen) -> bool {
    episode.reports.iter().any(|report| report.incident)
}

/// The gravest report's words.
fn what(episode: &EpisodeSeen) -> &str {
    let gravest = episode.reports.iter().rev().max_by_key(|report| report.harm_class);
    gravest.map_or("", |report| report.what.as_str())
}

fn key(drawing: &mut Drawing, pattern: &RecordedPattern, turns: bool) {
    let y = BASE + 48.0;
    let mut x = LEFT;
    for (police, words) in [(true, "reported to police"), (false, "known from other agencies")] {
        if pattern.episodes.iter().any(|episode| from_police(episode) == police) {
            let fill = if police { PALETTE[0] } else { "#FFFFFF" };
            let circle = drawing.shape("circle").at("cx", x).at("cy", y - 4.0).at("r", 6.0).set("fill", fill);
            circle.set("stroke", PALETTE[0]).set("stroke-width", "2").draw();
            drawing.text(x + 12.0, y, 12.0, words).draw();
            x += 30.0 + 7.0 * words.len() as f64;
        }
    }
    if !pattern.away.is_empty() {
        for x in [x - 2.5, x + 2.5] {
            drawing
                .line((x, y - 12.0), (x, y + 2.0))
                .set("stroke", PALETTE[2])
                .set("stroke-width", "2")
                .draw();
        }
        let words = "in custody: the clock stands still";
        drawing.text(x + 12.0, y, 12.0, words).draw();
        x += 30.0 + 7.0 * words.len() as f64;
    }
    if !pattern.reporting.is_empty() {
        let mark = [(x - 6.0, y), (x, y - 12.0), (x + 6.0, y)];
        drawing.path(&mark, true).set("fill", INK).draw();
        let words = "from here on more agencies report";
        drawing.text(x + 12.0, y, 12.0, words).draw();
        x += 30.0 + 7.0 * words.len() as f64;
    }
    if turns {
        let (x, y) = if x > LEFT + WIDTH - 250.0 { (LEFT, y + 20.0) } else { (x, y) };
        drawing.rect(x - 5.0, y - 9.0, 10.0, 10.0).set("fill", "#FFFFFF").set("stroke", INK).draw();
        drawing.text(x + 12.0, y, 12.0, "sentence, release, recall, order or breach").draw();
    }
}

fn twin(pattern: &RecordedPattern, turns: &[&&JusticeEntry]) -> (Vec<String>, Vec<Vec<String>>) {
    let head = ["When", "What", "Recorded harm", "Days at liberty since the first"].map(ToOwned::to_owned);
    let mut rows: Vec<(Moment, Vec<String>)> = Vec::new();
    for (number, episode) in (1..).zip(&pattern.episodes) {
        let class = CLASSES.get(usize::from(episode.harm_class)).copied().unwrap_or("most serious");
        let words = format!("{number}. {}", what(episode));
        let days = format!("{:.0}", episode.elapsed.liberty);
        rows.push((moment(episode.at), vec![shown::when(episode.at), words, class.to_owned(), days]));
    }
    for away in &pattern.away {
        let row = vec![shown::when_day(away.from), custody_words(away), String::new(), String::new()];
        rows.push((moment(away.from), row));
    }
    for step in &pattern.reporting {
        let words = "From here on more agencies report".to_owned();
        rows.push((
            Moment::start_of(step.from),
            vec![shown::day(step.from), words, String::new(), String::new()],
        ));
    }
    for entry in turns {
        let words = [entry.kind.label(), entry.title.as_str()].join(": ");
        rows.push((moment(entry.at), vec![shown::when(entry.at), words, String::new(), String::new()]));
    }
    rows.sort();
    (head.to_vec(), rows.into_iter().map(|(_, row)| row).collect())
}
