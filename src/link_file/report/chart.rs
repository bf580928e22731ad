//! Two kinds of picture are enough for the report: bars along lines, and lines over a square.

use crate::web::figures::svg::{Drawing, GUIDE, PALETTE, cut};

/// One bar: its name, its value, and what stands at its end.
pub struct Bar {
    /// What it is.
    pub name: String,
    /// How long it is; to the left below zero.
    pub value: f64,
    /// An interval to draw over it.
    pub interval: Option<(f64, f64)>,
    /// The words at its end.
    pub words: String,
    /// Begins a group with this heading.
    pub heading: Option<String>,
}

const NAMES: f64 = 190.0;
const BARS: f64 = 360.0;
const WORDS: f64 = 130.0;
const STEP: f64 = 22.0;

fn colour(which: usize) -> &'static str {
    PALETTE.get(which).copied().unwrap_or("#12436D")
}

/// Bars one below the other, from zero. `from` and `to` are the ends of the scale.
pub fn bars(id: &str, title: &str, bars: &[Bar], from: f64, to: f64) -> String {
    rows(id, title, bars, (from, to), false)
}

/// Shares as dots with their intervals: close ones can be told apart, since nothing has to begin at zero.
pub fn dots(id: &str, title: &str, dots: &[Bar]) -> String {
    let lows = dots.iter().map(|dot| dot.interval.map_or(dot.value, |(low, _)| low));
    let from = (lows.fold(1.0, f64::min) * 20.0).floor() / 20.0;
    rows(id, title, dots, (from.min(0.95), 1.0), true)
}

fn rows(id: &str, title: &str, bars: &[Bar], (from, to): (f64, f64), dots: bool) -> String {
    let headings = bars.iter().filter(|bar| bar.heading.is_some()).count();
    #[expect(clippy::cast_precision_loss, reason = "few bars")]
    let height = (bars.len() + headings) as f64 * STEP + if dots { 30.0 } else { 10.0 };
    let mut drawing = Drawing::new(NAMES + BARS + WORDS, height);
    let span = if to > from { to - from } else { 1.0 };
    let x = |value: f64| NAMES + BARS * ((value - from) / span).clamp(0.0, 1.0);
    let zero = x(0.0);
    if dots {
        for end in [from, to] {
            drawing.line((x(end), 0.0), (x(end), height - 22.0)).set("stroke", GUIDE).draw();
            let words = format!("{:.0}%", end * 100.0);
            drawing.text(x(end), height - 6.0, 13.0, &words).set("text-anchor", "middle").draw();
        }
    } else {
        drawing.line((zero, 0.0), (zero, height)).set("stroke", GUIDE).draw();
    }
    let mut y = 4.0;
    for bar in bars {
        if let Some(heading) = &bar.heading {
            drawing.text(0.0, y + 14.0, 15.0, heading).set("font-weight", "bold").draw();
            y += STEP;
        }
        drawing.open(&format!("{}: {}", bar.name, bar.words));
        drawing.text(8.0, y + 14.0, 14.0, &cut(&bar.name, 25)).draw();
        let middle = y + STEP / 2.0 - 1.5;
        let end = if dots {
            let (low, high) = bar.interval.unwrap_or((bar.value, bar.value));
            let line = drawing.line((x(low), middle), (x(high), middle));
            line.set("stroke", colour(0)).at("stroke-width", 2.0).draw();
            let dot = drawing.shape("circle").at("cx", x(bar.value)).at("cy", middle);
            dot.at("r", 5.0).set("fill", colour(0)).draw();
            x(high).max(x(bar.value) + 5.0)
        } else {
            let (left, right) = if bar.value < 0.0 { (x(bar.value), zero) } else { (zero, x(bar.value)) };
            let fill = colour(if bar.value < 0.0 { 2 } else { 0 });
            drawing.rect(left, y + 2.0, (right - left).max(1.0), STEP - 7.0).set("fill", fill).draw();
            right
        };
        drawing.text(end + 6.0, y + 14.0, 14.0, &bar.words).draw();
        drawing.close();
        y += STEP;
    }
    drawing.finish(id, title, "The table below the picture gives every value.")
}

/// A line with its name and, where known, the interval of each point.
pub struct Line {
    /// What it is.
    pub name: String,
    /// Points from left to right.
    pub points: Vec<(f64, f64)>,
    /// Low and high of each point.
    pub intervals: Vec<(f64, f64)>,
}

/// Ends of the two scales and their names.
pub struct Axes<'a> {
    /// Name and ends of the scale along the bottom.
    pub x: (&'a str, f64, f64),
    /// Name and ends of the scale up the side.
    pub y: (&'a str, f64, f64),
    /// Whether a line shows where both are the same.
    pub diagonal: bool,
}

const LEFT: f64 = 60.0;
const SIDE: f64 = 330.0;
const WIDE: f64 = 480.0;

/// Lines over a square.
pub fn lines(id: &str, title: &str, axes: &Axes<'_>, lines: &[Line]) -> String {
    let mut drawing = Drawing::new(LEFT + WIDE + 30.0, SIDE + 80.0);
    let place =
        |value: f64, (low, high): (f64, f64)| ((value - low) / (high - low).max(1e-9)).clamp(0.0, 1.0);
    let x = |value: f64| LEFT + WIDE * place(value, (axes.x.1, axes.x.2));
    let y = |value: f64| 20.0 + SIDE * (1.0 - place(value, (axes.y.1, axes.y.2)));
    for up in ticks(axes.y.1, axes.y.2) {
        drawing.line((LEFT, y(up)), (LEFT + WIDE, y(up))).set("stroke", GUIDE).draw();
        drawing.text(LEFT - 6.0, y(up) + 5.0, 13.0, &tick(up)).set("text-anchor", "end").draw();
    }
    for across in ticks(axes.x.1, axes.x.2) {
        drawing.text(x(across), SIDE + 38.0, 13.0, &tick(across)).set("text-anchor", "middle").draw();
    }
    drawing.text(LEFT, 12.0, 13.0, axes.y.0).draw();
    drawing.text(LEFT + WIDE, SIDE + 58.0, 13.0, axes.x.0).set("text-anchor", "end").draw();
    if axes.diagonal {
        let ends = (axes.x.1.max(axes.y.1), axes.x.2.min(axes.y.2));
        drawing
            .line((x(ends.0), y(ends.0)), (x(ends.1), y(ends.1)))
            .set("stroke", colour(4))
            .set("stroke-dasharray", "5 4")
            .draw();
    }
    for (which, line) in lines.iter().enumerate() {
        drawing.open(&line.name);
        for ((across, _), (low, high)) in line.points.iter().zip(&line.intervals) {
            drawing.line((x(*across), y(*low)), (x(*across), y(*high))).set("stroke", colour(which)).draw();
        }
        let points: Vec<(f64, f64)> = line.points.iter().map(|(across, up)| (x(*across), y(*up))).collect();
        let mut path = drawing.path(&points, false).set("fill", "none").set("stroke", colour(which));
        path = path.at("stroke-width", 2.0);
        if which > 0 {
            path = path.set("stroke-dasharray", "7 3");
        }
        path.draw();
        for (across, up) in &points {
            drawing
                .shape("circle")
                .at("cx", *across)
                .at("cy", *up)
                .at("r", 3.0)
                .set("fill", colour(which))
                .draw();
        }
        #[expect(clippy::cast_precision_loss, reason = "few lines")]
        let key = LEFT + which as f64 * 190.0;
        drawing
            .line((key, SIDE + 72.0), (key + 24.0, SIDE + 72.0))
            .set("stroke", colour(which))
            .at("stroke-width", 2.0)
            .draw();
        drawing.text(key + 30.0, SIDE + 77.0, 13.0, &line.name).draw();
        drawing.close();
    }
    drawing.finish(id, title, "The table below the picture gives every value.")
}

/// Round values along a scale, about six.
fn ticks(from: f64, to: f64) -> Vec<f64> {
    let wanted = ((to - from) / 6.0).max(1e-6);
    let power = 10f64.powf(wanted.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|by| by * power).into_iter().find(|step| *step >= wanted);
    let step = step.unwrap_or(power * 10.0);
    let first = (from / step - 1e-9).ceil();
    (0..12).map(|at| (first + f64::from(at)) * step).take_while(|value| *value <= to + step * 1e-6).collect()
}

fn tick(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_name_round_values() {
        assert_eq!(ticks(3.0, 30.0), [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
        assert_eq!(
            ticks(0.0, 1.0).iter().map(|t| tick(*t)).collect::<Vec<_>>(),
            ["0", "0.2", "0.4", "0.6", "0.8", "1"]
        );
        assert!(ticks(5.0, 5.0).len() <= 12);
    }

    #[test]
    fn every_bar_has_its_words_in_the_picture() {
        let bar = |value: f64| Bar {
            name: format!("<{value}>"),
            value,
            interval: Some((value - 0.1, value)),
            words: format!("{value:+.1}"),
            heading: None,
        };
        for picture in
            [bars("a", "t", &[bar(-0.5), bar(0.5)], -1.0, 1.0), dots("a", "t", &[bar(0.5), bar(0.9)])]
        {
            assert!(picture.contains("&lt;0.5&gt;: +0.5") && !picture.contains("<0.5>"), "{picture}");
        }
    }
}
