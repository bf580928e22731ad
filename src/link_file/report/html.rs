//! The few pieces of HTML the report is made of.

use std::fmt::Write as _;

use crate::web::components::escaped;
use crate::web::figures::Figure;

/// A paragraph.
pub fn p(text: &str) -> String {
    format!("<p>{}</p>", escaped(text))
}

/// A paragraph that stands out: something to act on.
pub fn warn(text: &str) -> String {
    format!("<p class=\"warn\">{}</p>", escaped(text))
}

/// A paragraph that stands out: nothing to act on.
pub fn good(text: &str) -> String {
    format!("<p class=\"good\">{}</p>", escaped(text))
}

/// A table; cells that look like numbers stand to the right.
pub fn table(caption: &str, head: &[String], rows: &[Vec<String>]) -> String {
    let numeric: Vec<bool> = (0..head.len())
        .map(|column| {
            let mut cells = rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
            !rows.is_empty() && cells.all(|cell| is_number(cell))
        })
        .collect();
    let class = |column: usize| if numeric.get(column) == Some(&true) { " class=\"n\"" } else { "" };
    let mut out = format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{0}\" tabindex=\"0\"><table><caption hidden>{0}</caption><thead><tr>",
        escaped(caption)
    );
    for (column, name) in head.iter().enumerate() {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(column), escaped(name));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let tag = if column == 0 { "th scope=\"row\"" } else { "td" };
            let end = if column == 0 { "th" } else { "td" };
            let _ = write!(out, "<{tag}{}>{}</{end}>", class(column), escaped(cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    out
}

fn is_number(cell: &str) -> bool {
    cell.chars().any(|c| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || "+-−.,% ".contains(c))
}

/// A picture with its sentence and its table.
pub fn figure(figure: &Figure) -> String {
    let id = escaped(&figure.id);
    let twin = table(&figure.title, &figure.head, &figure.rows);
    let picture = if figure.svg.is_empty() {
        String::new()
    } else {
        format!(
            "<div class=\"scroll\" role=\"region\" aria-labelledby=\"{id}-caption\" tabindex=\"0\">{}</div>",
            figure.svg
        )
    };
    format!(
        "<figure><figcaption id=\"{id}-caption\">{}</figcaption>{picture}<details><summary>The same as a table</summary>{twin}</details></figure>",
        escaped(&figure.title)
    )
}

/// Headings of a table.
pub fn head<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(ToOwned::to_owned).to_vec()
}

/// A whole number with commas.
pub fn whole(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share in per cent with one decimal.
pub fn percent(value: f64) -> String {
    format!("{:.1}%", value * 100.0)
}

/// A small share so that it can be told from others.
pub fn tiny(value: f64) -> String {
    if value >= 0.001 { format!("{value:.4}") } else { format!("{value:.1e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts_and_numbers_stand_to_the_right() {
        let html = table("<x>", &head(["id", "n"]), &[vec!["<b>".to_owned(), "1,200".to_owned()]]);
        assert!(!html.contains("<b>") && html.contains("<td class=\"n\">1,200</td>"), "{html}");
        assert_eq!(
            (whole(1_234_567), whole(12), percent(0.12345)),
            ("1,234,567".into(), "12".into(), "12.3%".into())
        );
    }
}
