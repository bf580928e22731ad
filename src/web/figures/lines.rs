//! The ground of a picture with one line for each question over time: years, the line of incidents on top and "now". What
//! stands on the lines is drawn by whoever asks the questions.

use jiff::civil::Date;
use throughline_domain::picture::shape::Incident;

use super::scale::Scale;
use super::svg::{Drawing, GUIDE, PALETTE};
use crate::web::shown;

const WIDTH: f64 = 930.0;
const ROW: f64 = 32.0;
const TOP: f64 = 34.0;

/// Lines over time, being drawn.
pub(super) struct Lines {
    pub(super) drawing: Drawing,
    scale: Scale,
    left: f64,
    y: f64,
    base: f64,
}

impl Lines {
    /// Draws the ground for so many lines, with room for their names on the left.
    pub(super) fn begin(from: Date, today: Date, left: f64, lines: u32, incidents: &[&Incident]) -> Self {
        let scale = Scale::new(from.min(today), today, left, WIDTH);
        let base = TOP + (f64::from(lines) + 1.0) * ROW;
        let mut drawing = Drawing::new(left + WIDTH + 30.0, base + 60.0);
        for (x, words) in scale.ticks() {
            drawing.line((x, TOP), (x, base)).set("stroke", GUIDE).draw();
            drawing.text(x + 3.0, base + 16.0, 12.0, &words).draw();
        }
        let y = TOP + ROW / 2.0;
        drawing.text(left - 10.0, y + 4.0, 13.0, "Incidents").set("text-anchor", "end").draw();
        for incident in incidents {
            let x = scale.x(incident.at.first_day());
            drawing.open(&format!("Incident, {}", shown::when(incident.at)));
            drawing.line((x, TOP), (x, base)).set("stroke", PALETTE[2]).set("stroke-dasharray", "3 4").draw();
            let triangle = [(x, y - 7.0), (x + 7.0, y + 6.0), (x - 7.0, y + 6.0)];
            drawing.path(&triangle, true).set("fill", PALETTE[2]).draw();
            drawing.close();
        }
        Self { drawing, scale, left, y, base }
    }

    /// Begins the next line and says how high it lies.
    pub(super) fn line(&mut self, name: &str) -> f64 {
        self.y += ROW;
        let (left, y) = (self.left, self.y);
        self.drawing.line((left, y), (left + WIDTH, y)).set("stroke", GUIDE).draw();
        self.drawing.text(left - 10.0, y + 4.0, 13.0, name).set("text-anchor", "end").draw();
        y
    }

    /// Where a day lies.
    pub(super) fn x(&self, day: Date) -> f64 {
        self.scale.x(day)
    }

    /// Draws "now" and says at which height the key goes.
    pub(super) fn now(&mut self, today: Date) -> f64 {
        let now = self.scale.x(today);
        self.drawing.line((now, TOP), (now, self.base)).set("stroke-width", "2").draw();
        let words = self.drawing.text(now, TOP - 8.0, 12.0, "now");
        words.set("text-anchor", "end").set("font-weight", "bold").draw();
        self.base + 44.0
    }
}
