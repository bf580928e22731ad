//! What living with abuse does to a child, dimension by dimension, against when there were incidents.

use jiff::civil::Date;
use throughline_domain::picture::Impact;
use throughline_domain::picture::shape::Incident;
use throughline_domain::when::When;

use super::Figure;
use super::lines::Lines;
use super::svg::{INK, PALETTE};
use crate::web::shown;

const LEFT: f64 = 220.0;

/// Draws the lines of one child.
#[must_use]
pub fn draw(id: &str, impact: &[Impact], incidents: &[&Incident], today: Date) -> Figure {
    let signs = impact.iter().flat_map(|dimension| &dimension.signs).map(|sign| sign.at);
    let Some(first) = signs.clone().map(When::first_day).min() else {
        return Figure::nothing(id, "No agency has written what living with this does to the child.");
    };
    let from =
        incidents.iter().map(|incident| incident.at.first_day()).min().map_or(first, |at| at.min(first));
    let lines = u32::try_from(impact.len()).unwrap_or(u32::MAX);
    let mut picture = Lines::begin(from, today, LEFT, lines, incidents);
    for dimension in impact {
        let y = picture.line(&dimension.label);
        for sign in &dimension.signs {
            let x = picture.x(sign.at.first_day());
            let title = format!("{}, {}", dimension.label, shown::when(sign.at));
            picture.drawing.open(&title);
            mark(&mut picture, x, y);
            picture.drawing.close();
        }
    }
    let y = picture.now(today);
    mark(&mut picture, LEFT + 7.0, y - 4.0);
    picture.drawing.text(LEFT + 22.0, y, 12.0, "somebody wrote of it").draw();
    picture.drawing.text_with(LEFT + 190.0, y, 12.0, INK, "no mark: nobody wrote of it").draw();
    let title = sentence(impact);
    let description = "Marks show each record in which an agency wrote of one dimension of the child’s life. The table below has the same facts.";
    let (head, rows) = twin(impact, incidents);
    Figure { id: id.to_owned(), svg: picture.drawing.finish(id, &title, description), title, head, rows }
}

fn mark(picture: &mut Lines, x: f64, y: f64) {
    let diamond = [(x, y - 8.0), (x + 7.0, y), (x, y + 8.0), (x - 7.0, y)];
    picture.drawing.path(&diamond, true).set("fill", PALETTE[0]).draw();
}

/// Which dimensions agencies wrote of, the one written of most first, and of how many nobody did.
fn sentence(impact: &[Impact]) -> String {
    let mut told: Vec<&Impact> = impact.iter().filter(|dimension| !dimension.signs.is_empty()).collect();
    told.sort_by_key(|dimension| std::cmp::Reverse(dimension.signs.len()));
    let named: Vec<String> = told
        .iter()
        .take(3)
        .map(|dimension| {
            format!(
                "{} ({})",
                dimension.label.to_lowercase(),
                shown::count(dimension.signs.len(), "record", "records")
            )
        })
        .collect();
    let silent = impact.len() - told.len();
    let more = match told.len().saturating_sub(named.len()) {
        0 => String::new(),
        more => format!(" and {}", shown::count(more, "other", "others")),
    };
    format!("Agencies wrote of {}{more}. Nobody wrote of {silent} of {}.", named.join(", "), impact.len())
}

fn twin(impact: &[Impact], incidents: &[&Incident]) -> (Vec<String>, Vec<Vec<String>>) {
    let head = ["When", "What", "Who wrote it"].map(ToOwned::to_owned).to_vec();
    let mut rows: Vec<(When, Vec<String>)> = Vec::new();
    for dimension in impact {
        for sign in &dimension.signs {
            let by = sign.by.clone().unwrap_or_else(|| shown::agency(&sign.agency));
            rows.push((sign.at, vec![shown::when(sign.at), dimension.label.clone(), by]));
        }
    }
    for incident in incidents {
        let what = format!("Incident: {}", incident.offence);
        rows.push((incident.at, vec![shown::when(incident.at), what, String::new()]));
    }
    rows.sort();
    (head, rows.into_iter().map(|(_, row)| row).collect())
}
