//! Incidents along time, as high as their harm, so that "more often" and "worse" can be seen and not only counted.

use jiff::civil::Date;
use throughline_domain::picture::shape::{Incident, JusticeEntry};
use throughline_domain::record::EventKind;
use throughline_domain::when::When;

use super::Figure;
use super::scale::Scale;
use super::svg::{Drawing, GUIDE, INK, PALETTE, cut};
use crate::web::shown;

pub(super) const LEFT: f64 = 130.0;
pub(super) const WIDTH: f64 = 930.0;
pub(super) const TOP: f64 = 30.0;
pub(super) const STEP: f64 = 34.0;
/// Where the line of time lies.
pub(super) const BASE: f64 = TOP + 4.0 * STEP + 20.0;

/// Words for the harm classes of the area's scale.
pub const CLASSES: [&str; 5] = ["no crime", "lower", "medium", "high", "most serious"];

/// Draws incidents with what courts, prison and probation did between them.
#[must_use]
pub fn draw(id: &str, incidents: &[&Incident], justice: &[&JusticeEntry], today: Date) -> Figure {
    let mut shown_incidents = incidents.to_vec();
    shown_incidents.sort_by(|a, b| (a.at, &a.reference).cmp(&(b.at, &b.reference)));
    let Some(first) = shown_incidents.first() else {
        return Figure::nothing(id, "No incident has been reported to police.");
    };
    let title = sentence(&shown_incidents, today);
    let from = justice.iter().map(|entry| entry.at).chain([first.at]).map(When::first_day).min();
    let from = from.unwrap_or(today).min(today);
    let scale = Scale::new(from, today, LEFT, WIDTH);
    let base = BASE;
    let mut drawing = levels();
    for (x, words) in scale.ticks() {
        drawing.line((x, base), (x, base + 6.0)).draw();
        drawing.text(x, base + 20.0, 12.0, &words).draw();
    }
    let now = scale.x(today);
    drawing.line((now, TOP), (now, base)).set("stroke-width", "2").draw();
    drawing.text(now, TOP - 6.0, 12.0, "now").set("text-anchor", "end").set("font-weight", "bold").draw();
    for entry in justice.iter().filter(|entry| is_turn(entry.kind)) {
        turn(&mut drawing, entry, scale.x(entry.at.first_day()));
    }
    for incident in &shown_incidents {
        stem(&mut drawing, incident, scale.x(incident.at.first_day()), base);
    }
    key(&mut drawing, base + 48.0, &shown_incidents, justice);
    let description = "Each incident stands where it happened, as high as its recorded harm. The table below has the same facts.";
    let (head, rows) = twin(&shown_incidents, justice);
    Figure { id: id.to_owned(), svg: drawing.finish(id, &title, description), title, head, rows }
}

/// An empty picture with a line for each class of harm.
pub(super) fn levels() -> Drawing {
    let mut drawing = Drawing::new(LEFT + WIDTH + 30.0, BASE + 76.0);
    for (class, words) in (0_u8..).zip(CLASSES) {
        let y = BASE - f64::from(class) * STEP;
        drawing.line((LEFT, y), (LEFT + WIDTH, y)).set("stroke", GUIDE).draw();
        drawing.text(LEFT - 10.0, y + 4.0, 12.0, words).set("text-anchor", "end").draw();
    }
    drawing.text(0.0, 14.0, 12.0, "Recorded harm").set("font-weight", "bold").draw();
    drawing
}

pub(super) fn is_turn(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Sentence
            | EventKind::Release
            | EventKind::Recall
            | EventKind::ProtectiveOrder
            | EventKind::Breach
    )
}

/// What courts, prison and probation did.
pub(super) fn turn(drawing: &mut Drawing, entry: &JusticeEntry, x: f64) {
    drawing.open(&format!("{}, {}", entry.kind.label(), shown::when(entry.at)));
    drawing.line((x, TOP), (x, BASE)).set("stroke", INK).set("stroke-dasharray", "3 4").draw();
    drawing.rect(x - 5.0, TOP - 5.0, 10.0, 10.0).set("fill", "#FFFFFF").set("stroke", INK).draw();
    drawing.close();
}

fn stem(drawing: &mut Drawing, incident: &Incident, x: f64, base: f64) {
    let y = base - f64::from(incident.harm_class.min(4)) * STEP;
    drawing.open(&format!("{}, {}", shown::when(incident.at), incident.offence));
    drawing.line((x, base), (x, y)).set("stroke", PALETTE[0]).set("stroke-width", "2").draw();
    let circle = drawing.shape("circle").at("cx", x).at("cy", y).at("r", 6.0).set("stroke", PALETTE[0]);
    circle
        .set("stroke-width", "2")
        .set("fill", if incident.domestic { PALETTE[0] } else { "#FFFFFF" })
        .draw();
    drawing.close();
}

fn key(drawing: &mut Drawing, y: f64, incidents: &[&Incident], justice: &[&JusticeEntry]) {
    let mut x = LEFT;
    for (domestic, words) in [(true, "domestic"), (false, "not recorded as domestic")] {
        if incidents.iter().any(|incident| incident.domestic == domestic) {
            let fill = if domestic { PALETTE[0] } else { "#FFFFFF" };
            let circle = drawing.shape("circle").at("cx", x).at("cy", y - 4.0).at("r", 6.0).set("fill", fill);
            circle.set("stroke", PALETTE[0]).set("stroke-width", "2").draw();
            drawing.text(x + 12.0, y, 12.0, words).draw();
            x += 30.0 + 8.0 * words.len() as f64;
        }
    }
    if justice.iter().any(|entry| is_turn(entry.kind)) {
        drawing.rect(x - 5.0, y - 9.0, 10.0, 10.0).set("fill", "#FFFFFF").set("stroke", INK).draw();
        drawing.text(x + 12.0, y, 12.0, "sentence, release, recall, order or breach").draw();
    }
}

/// The pattern in one sentence: how many, since when, how many lately, and the most serious.
#[must_use]
pub fn sentence(incidents: &[&Incident], today: Date) -> String {
    let mut domestic: Vec<&&Incident> = incidents.iter().filter(|incident| incident.domestic).collect();
    domestic.sort_by(|a, b| (a.at, &a.reference).cmp(&(b.at, &b.reference)));
    let (Some(first), Some(last)) = (domestic.first(), domestic.last()) else {
        return "No domestic incident has been reported to police.".to_owned();
    };
    let worst = domestic.iter().max_by_key(|incident| (incident.harm_class, incident.at));
    let worst = worst.map_or(String::new(), |worst| {
        format!(" The most serious: {} on {}.", worst.offence.to_lowercase(), shown::when_day(worst.at))
    });
    if domestic.len() == 1 {
        return format!(
            "One domestic incident reported to police, on {}: {}.",
            shown::when_day(first.at),
            first.offence.to_lowercase()
        );
    }
    let half_year = today.checked_sub(jiff::ToSpan::months(6)).unwrap_or(today);
    let lately = domestic.iter().filter(|incident| incident.at.first_day() > half_year).count();
    let lately = match lately {
        0 => "none in the last 6 months. Fewer reports do not mean less harm".to_owned(),
        all if all == domestic.len() => "all in the last 6 months".to_owned(),
        some => format!("{some} in the last 6 months"),
    };
    format!(
        "{} domestic incidents reported to police between {} and {}, {lately}.{worst}",
        domestic.len(),
        shown::when_day(first.at),
        shown::when_day(last.at)
    )
}

fn twin(incidents: &[&Incident], justice: &[&JusticeEntry]) -> (Vec<String>, Vec<Vec<String>>) {
    let head = ["When", "What", "Recorded harm", "Outcome"].map(ToOwned::to_owned).to_vec();
    let mut rows: Vec<(When, Vec<String>)> = Vec::new();
    for incident in incidents {
        let class = CLASSES.get(usize::from(incident.harm_class)).copied().unwrap_or("most serious");
        let domestic = if incident.domestic { "" } else { " (not recorded as domestic)" };
        let outcome = incident.outcome.clone().unwrap_or_else(|| "not recorded".to_owned());
        let words = format!("{}{domestic}", incident.offence);
        rows.push((incident.at, vec![shown::when(incident.at), words, class.to_owned(), outcome]));
    }
    for entry in justice.iter().filter(|entry| is_turn(entry.kind)) {
        let outcome = entry.outcome.clone().unwrap_or_default();
        let words = [entry.kind.label(), &cut(&entry.title, 80)].join(": ");
        rows.push((entry.at, vec![shown::when(entry.at), words, String::new(), outcome]));
    }
    rows.sort();
    (head, rows.into_iter().map(|(_, row)| row).collect())
}
