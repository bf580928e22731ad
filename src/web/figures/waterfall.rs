//! What agrees and what speaks against, as steps: from what is likely of any two people to what is likely of these two.

use super::Figure;
use super::svg::{Drawing, GUIDE, PALETTE, cut};
use crate::features::person::WhyPart;
use crate::web::shown;

const LEFT: f64 = 430.0;
const WIDTH: f64 = 520.0;
const ROW: f64 = 30.0;
const TOP: f64 = 30.0;

/// Draws the parts of an explanation, the first being where any two people start.
#[must_use]
pub fn draw(id: &str, parts: &[WhyPart], probability: f64) -> Figure {
    if parts.is_empty() {
        return Figure::nothing(id, "Nothing that both sides tell can be compared.");
    }
    let mut steps: Vec<(f64, f64)> = Vec::new();
    let mut sum = 0.0;
    for part in parts {
        steps.push((sum, sum + part.weight));
        sum += part.weight;
    }
    let ends = steps.iter().flat_map(|(from, to)| [*from, *to]).chain([0.0, sum]);
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), at| (low.min(at), high.max(at)));
    let span = (high - low).max(1.0);
    let x = |bits: f64| LEFT + (bits - low) / span * WIDTH;
    let base = TOP + (parts.len() + 1) as f64 * ROW;
    let mut drawing = Drawing::new(LEFT + WIDTH + 110.0, base + 34.0);
    drawing.line((x(0.0), TOP - 8.0), (x(0.0), base)).set("stroke", GUIDE).draw();
    drawing.text(x(0.0), base + 18.0, 12.0, "as likely as not").set("text-anchor", "middle").draw();
    for (at, (part, (from, to))) in parts.iter().zip(&steps).enumerate() {
        let y = TOP + at as f64 * ROW;
        let title = format!("{}: {}", part.words, times(part.weight));
        step(&mut drawing, &title, (x(*from), x(*to)), y, part.weight);
        let words = cut(&shown::sentence_case(&part.words), 62);
        drawing.text(LEFT - 12.0, y + 16.0, 13.0, &words).set("text-anchor", "end").draw();
        let right = x(from.max(*to));
        drawing.text(right + 8.0, y + 16.0, 12.0, &format!("{:+.1}", part.weight)).draw();
    }
    let y = TOP + parts.len() as f64 * ROW;
    drawing.open(&format!("All together: {}", shown::sure(probability)));
    let (from, to) = (x(0.0).min(x(sum)), x(0.0).max(x(sum)));
    drawing.rect(from, y + 4.0, (to - from).max(1.0), 16.0).set("fill", PALETTE[4]).draw();
    drawing.close();
    drawing
        .text(LEFT - 12.0, y + 16.0, 13.0, "All together")
        .set("text-anchor", "end")
        .set("font-weight", "bold")
        .draw();
    drawing.text(to + 8.0, y + 16.0, 12.0, &format!("{sum:+.1}")).set("font-weight", "bold").draw();
    let title = sentence(parts, probability);
    let description = "Each bar is one comparison: to the right it speaks for one person, to the left for two. The table below has the same facts.";
    let head = ["What was compared", "Weight in bits", "What that means"].map(str::to_owned).to_vec();
    let mut rows: Vec<Vec<String>> = parts
        .iter()
        .map(|p| vec![shown::sentence_case(&p.words), format!("{:+.1}", p.weight), times(p.weight)])
        .collect();
    rows.push(vec!["All together".to_owned(), format!("{sum:+.1}"), shown::sure(probability)]);
    Figure { id: id.to_owned(), svg: drawing.finish(id, &title, description), title, head, rows }
}

fn step(drawing: &mut Drawing, title: &str, (from, to): (f64, f64), y: f64, weight: f64) {
    drawing.open(title);
    let (left, width) = (from.min(to), (to - from).abs().max(1.0));
    let colour = if weight < 0.0 { PALETTE[2] } else { PALETTE[0] };
    drawing.rect(left, y + 4.0, width, 16.0).set("fill", colour).draw();
    if width > 14.0 {
        // An arrow in the bar says the direction without colour.
        let (tip, back) =
            if weight < 0.0 { (left + 3.0, left + 9.0) } else { (left + width - 3.0, left + width - 9.0) };
        drawing
            .path(&[(tip, y + 12.0), (back, y + 8.0), (back, y + 16.0)], true)
            .set("fill", "#FFFFFF")
            .draw();
    }
    drawing.line((to, y + 4.0), (to, y + ROW + 4.0)).set("stroke", GUIDE).draw();
    drawing.close();
}

/// A weight in words.
#[must_use]
pub fn times(bits: f64) -> String {
    let factor = bits.abs().exp2();
    let number = match factor {
        f if f < 1.05 => return "says nothing".to_owned(),
        f if f < 10.0 => format!("{f:.1}"),
        f if f < 1e6 => shown::thousands(f.round()),
        _ => "more than a million".to_owned(),
    };
    format!("{number} times {}", if bits > 0.0 { "likelier" } else { "less likely" })
}

fn sentence(parts: &[WhyPart], probability: f64) -> String {
    let compared = parts.get(1..).unwrap_or_default();
    let agree = compared.iter().filter(|part| part.weight > 0.0).count();
    let against = compared.iter().filter(|part| part.weight < 0.0).count();
    let things = |count: usize| match count {
        0 => "nothing".to_owned(),
        count => shown::count(count, "comparison", "comparisons"),
    };
    format!(
        "{} for one person, {} against: {} that they are one.",
        shown::sentence_case(&speaks(&things(agree), agree)),
        speaks(&things(against), against),
        shown::sure(probability)
    )
}

fn speaks(things: &str, count: usize) -> String {
    format!("{things} {}", if count > 1 { "speak" } else { "speaks" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(words: &str, weight: f64) -> WhyPart {
        WhyPart { words: words.to_owned(), weight }
    }

    #[test]
    fn the_steps_end_where_the_sum_is_and_the_table_says_the_same() {
        let parts =
            [part("any two people", -14.0), part("same date of birth", 12.0), part("surnames differ", -3.0)];
        let figure = draw("w", &parts, 0.03);
        assert_eq!(
            figure.title,
            "1 comparison speaks for one person, 1 comparison speaks against: 3% sure that they are one."
        );
        assert_eq!(figure.rows.len(), 4);
        assert_eq!(figure.rows[3], ["All together", "-5.0", "3% sure"]);
        assert_eq!(figure.rows[1][2], "4,096 times likelier");
        assert!(figure.svg.contains("Surnames differ"));
        assert_eq!(draw("w", &[], 0.5).svg, "");
    }

    proptest::proptest! {
        #[test]
        fn every_bar_lies_in_the_picture(weights in proptest::collection::vec(-40.0..40.0_f64, 1..20)) {
            let parts: Vec<WhyPart> = weights.iter().map(|weight| part("x", *weight)).collect();
            let svg = draw("w", &parts, 0.5).svg;
            for width in svg.split(" width=\"").skip(2).filter_map(|rest| rest.split('"').next()) {
                let width: f64 = width.parse().unwrap();
                proptest::prop_assert!((0.0..=WIDTH + 0.1).contains(&width), "{}", width);
            }
        }
    }
}
