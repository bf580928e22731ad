//! Faults as real exports have them: rows sent twice, corrected, cut, shifted, dated in 2034. Each is told to the truth.

use jiff::civil::Date;

use crate::calendar::{clock, days, later};
use crate::dice::Dice;
use crate::export::{Body, DayStyle, Fault, FileId, Row, Spec};

/// A line (or several, or an element) about to be written.
pub(crate) struct Line {
    pub(crate) key: String,
    pub(crate) body: Body,
    pub(crate) about: Vec<(String, u32)>,
    pub(crate) faults: Vec<Fault>,
    /// Written in the encoding that the rest of the file is not in.
    pub(crate) foreign: bool,
}

/// Puts faults among the rows of one file.
pub(crate) fn spoil(file: FileId, rows: Vec<Row>, until: Date, dice: &mut Dice) -> Vec<Line> {
    let spec = file.spec();
    let mut placed: Vec<(usize, Line)> = Vec::with_capacity(rows.len() + 16);
    // A line is in another encoding only where enough others show which is the file's own.
    let mut foreign_left = rows.iter().filter(|row| beyond_ascii(row)).count() / 4;
    for (at, row) in rows.into_iter().enumerate() {
        let spot = at * 4;
        let fault = dice.per_mille(spec.faults);
        match (fault, &row.body) {
            (true, Body::Cells(_)) => cells(spec, row, spot, (until, &mut foreign_left), dice, &mut placed),
            (true, Body::Text(_)) if file == FileId::Bundle => json(row, spot, dice, &mut placed),
            (true, Body::Text(_)) => placed.push((spot, unknown_element(row))),
            (false, _) => placed.push((spot, line(row))),
        }
    }
    placed.sort_by_key(|(spot, _)| *spot);
    placed.into_iter().map(|(_, line)| line).collect()
}

/// Whether the row tells one encoding from the other. Letters that Windows-1252 lacks are lost there and tell nothing.
fn beyond_ascii(row: &Row) -> bool {
    let tells = |text: &String| text.chars().any(|c| ('\u{a0}'..='\u{ff}').contains(&c));
    match &row.body {
        Body::Cells(cells) => cells.iter().any(tells),
        Body::Text(text) => tells(text),
    }
}

fn line(row: Row) -> Line {
    Line { key: row.key, body: row.body, about: row.about, faults: row.faults, foreign: false }
}

fn with(row: &Row, cells: Vec<String>, fault: Fault) -> Line {
    let mut line = line(row.clone());
    line.body = Body::Cells(cells);
    line.faults.push(fault);
    line
}

/// A spoilt copy that tells the truth nothing but its fault.
fn spoilt(row: &Row, cells: Vec<String>, fault: Fault) -> Line {
    Line {
        key: row.key.clone(),
        body: Body::Cells(cells),
        about: Vec::new(),
        faults: vec![fault],
        foreign: false,
    }
}

fn cells(
    spec: &Spec,
    row: Row,
    spot: usize,
    (until, foreign_left): (Date, &mut usize),
    dice: &mut Dice,
    placed: &mut Vec<(usize, Line)>,
) {
    let Body::Cells(cells) = &row.body else { return };
    let cells = cells.clone();
    let soon = spot + 4 * (1 + dice.below(9)) + 1;
    let cell = |column: Option<usize>| {
        column.and_then(|column| cells.get(column).map(|text| (column, text.clone())))
    };
    let changed = |column: usize, text: String| {
        let mut changed = cells.clone();
        if let Some(cell) = changed.get_mut(column) {
            *cell = text;
        }
        changed
    };
    match dice.below(22) {
        0..=3 => {
            let again = spoilt(
                &row,
                cells.clone(),
                Fault {
                    expected: "duplicate",
                    ..Fault::planted("duplicate_row", "warn", "same row sent twice")
                },
            );
            placed.push((soon, again));
        }
        4..=6 => {
            let lost = row.expendable && dice.chance(50);
            let (bad, what) = shifted(&cells, dice);
            let detail = if lost { what.to_owned() } else { format!("{what}; good copy also sent") };
            placed.push((spot, spoilt(&row, bad, Fault::unusable("wrong_column_count", detail, lost))));
            if lost {
                return;
            }
            placed.push((soon, line(row)));
            return;
        }
        7 | 8 if spec.stamp.is_some() => return corrected(spec, row, spot, soon, dice, placed),
        9 | 10 => {
            if let Some((column, text)) = cell(spec.day).filter(|(_, text)| !text.is_empty()) {
                let lost = row.expendable && dice.chance(60);
                let (bad, kind) = if lost {
                    (with_year(&text, spec.style, 2034 + dice.below(3) as i16), "future_date")
                } else {
                    (impossible(&text, spec.style, until), "impossible_date")
                };
                let name = spec.columns.get(column).copied().unwrap_or("");
                let tail = if lost { "" } else { "; good copy also sent" };
                let detail = format!("{name}={bad}{tail}");
                placed.push((spot, spoilt(&row, changed(column, bad), Fault::unusable(kind, detail, lost))));
                if lost {
                    return;
                }
                placed.push((soon, line(row)));
                return;
            }
        }
        11..=13 => {
            if let Some((column, text)) = cell(spec.text).filter(|(_, text)| text.contains(' ')) {
                let (text, kind) = if dice.chance(60) {
                    (
                        text.replacen(". ", ".\n", 1).replacen(' ', "\n", usize::from(!text.contains(". "))),
                        "embedded_newline",
                    )
                } else {
                    (text.replacen(' ', " \"", 1) + "\"", "embedded_quotes")
                };
                let fault = Fault::planted(kind, "cosmetic", "");
                placed.push((spot, with(&row, changed(column, text), fault)));
                return;
            }
        }
        14 | 15 => {
            if let Some((column, text)) = cell(spec.name).filter(|(_, text)| text.len() > 3) {
                let fault = Fault::planted("stray_spaces", "cosmetic", "");
                placed.push((
                    spot,
                    with(&row, changed(column, format!("  {} ", text.replacen(' ', "  ", 1))), fault),
                ));
                return;
            }
        }
        16 | 17 => {
            if let Some((column, text)) = cell(spec.born).filter(|(_, text)| text.len() > 5) {
                let (text, kind) = wrong_birth(&text, spec.style, until, dice);
                let fault = Fault::planted(kind, "warn", &text);
                placed.push((spot, with(&row, changed(column, text), fault)));
                return;
            }
        }
        18 => {
            if let Some((column, text)) = cell(spec.day).filter(|(_, text)| !text.is_empty())
                && let Some(serial) = serial(&text, spec.style)
            {
                let name = spec.columns.get(column).copied().unwrap_or("");
                let fault = Fault::planted("excel_serial_date", "warn", &format!("{name}={serial}"));
                placed.push((spot, with(&row, changed(column, serial), fault)));
                return;
            }
        }
        19 => {
            if let Some((column, text)) = cell(spec.name)
                && let Some((surname, forename)) = text.split_once(", ")
            {
                let text = format!("{}, {surname}", forename.to_uppercase());
                let fault =
                    Fault::planted("swapped_names", "cosmetic", "need not be detected, must not be lost");
                placed.push((spot, with(&row, changed(column, text), fault)));
                return;
            }
        }
        _ => {
            if let Some((column, text)) =
                cell(spec.text).filter(|(_, text)| text.len() > 20 && *foreign_left > 0)
            {
                *foreign_left -= 1;
                let text = format!("{text} Receipt from café, £12.");
                let mut odd = with(
                    &row,
                    changed(column, text),
                    Fault::planted("mixed_encoding", "warn", "line in another encoding"),
                );
                odd.foreign = true;
                placed.push((spot, odd));
                return;
            }
        }
    }
    placed.push((spot, line(row)));
}

/// One column too many, or one too few.
fn shifted(cells: &[String], dice: &mut Dice) -> (Vec<String>, &'static str) {
    let mut bad = cells.to_vec();
    if dice.chance(50) {
        bad.insert(bad.len() / 2, "Ground floor".to_owned());
        (bad, "one column too many")
    } else {
        bad.remove(bad.len() / 2);
        (bad, "one column missing")
    }
}

/// The row, and the row again with a later stamp and a better text; now and then the better one arrives first.
fn corrected(
    spec: &Spec,
    row: Row,
    spot: usize,
    soon: usize,
    dice: &mut Dice,
    placed: &mut Vec<(usize, Line)>,
) {
    let (Some(column), Some(stamp), Body::Cells(cells)) = (spec.stamp, row.stamp, &row.body) else {
        placed.push((spot, line(row)));
        return;
    };
    let mut newer = cells.clone();
    let newer_stamp = later(stamp, dice.between(1500, 9000));
    if let Some(cell) = newer.get_mut(column) {
        let timed = cell.contains(':');
        let day = spec.style.day(newer_stamp.date());
        *cell = if timed { format!("{day} {}", clock(newer_stamp)) } else { day };
    }
    let text = spec.text.unwrap_or(0);
    if let Some(cell) = newer.get_mut(text).filter(|_| spec.text.is_some()) {
        cell.push_str(" Amended.");
    }
    let name = |at: usize| spec.columns.get(at).copied().unwrap_or("");
    let detail = format!("later stamp in {}; {} corrected", name(column), name(text));
    let fault = Fault { expected: "supersedes", ..Fault::planted("corrected_row", "warn", &detail) };
    let better = spoilt(&row, newer, fault);
    let (first, second) = if dice.chance(20) { (soon, spot) } else { (spot, soon) };
    placed.push((first, line(row)));
    placed.push((second, better));
}

fn tail(text: &str) -> &str {
    // A time after the day, if there is one; days with spaces in them carry none.
    text.find(':').and_then(|colon| text.get(colon.saturating_sub(3)..)).unwrap_or("")
}

fn impossible(text: &str, style: DayStyle, until: Date) -> String {
    format!("{}{}", style.impossible(until.year() - 1), tail(text))
}

fn with_year(text: &str, style: DayStyle, year: i16) -> String {
    let day = Date::new(year, 6, 12).unwrap_or(Date::constant(2034, 6, 12));
    format!("{}{}", style.day(day), tail(text))
}

/// The day as a spreadsheet counts it.
fn serial(text: &str, style: DayStyle) -> Option<String> {
    let day = parse(text, style)?;
    Some(days(Date::constant(1899, 12, 30), day).to_string())
}

/// Reads back what this program wrote: enough for the styles whose parts are numbers.
fn parse(text: &str, style: DayStyle) -> Option<Date> {
    let day = text.get(..10)?;
    let parts: Vec<i16> = day.split(['/', '-']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (year, month, date) = match (style, parts.as_slice()) {
        (DayStyle::Iso, [year, month, date]) => (*year, *month, *date),
        (_, [date, month, year]) => (*year, *month, *date),
        _ => return None,
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(date).ok()?).ok()
}

/// A birth date that cannot be, or that a spreadsheet spoilt, or after everything it is about.
fn wrong_birth(text: &str, style: DayStyle, until: Date, dice: &mut Dice) -> (String, &'static str) {
    match dice.below(4) {
        0 => (style.impossible(until.year() - 25), "impossible_dob"),
        1 => match serial(text, style) {
            Some(serial) => (serial, "excel_serial_dob"),
            None => (style.impossible(until.year() - 30), "impossible_dob"),
        },
        2 if style != DayStyle::WordedShort => (style.day(Date::constant(1900, 1, 1)), "placeholder_dob"),
        _ if style == DayStyle::Slashes => {
            (style.day(later(until.at(0, 0, 0, 0), -1440).date()), "dob_after_event")
        }
        _ => (style.impossible(until.year() - 20), "impossible_dob"),
    }
}

fn json(row: Row, spot: usize, dice: &mut Dice, placed: &mut Vec<(usize, Line)>) {
    let Body::Text(text) = &row.body else { return };
    let soon = spot + 5;
    match dice.below(4) {
        0 | 1 => {
            let cut: String = text.chars().take(text.chars().count() * 3 / 5).collect();
            let fault =
                Fault::unusable("broken_json", "line cut short; good copy also sent".to_owned(), false);
            placed.push((spot, text_line(&row.key, cut, fault)));
            placed.push((soon, line(row)));
        }
        2 => {
            let fault =
                Fault::planted("unexpected_resource_type", "warn", "resource type not in the agreed list");
            let id = dice.uuid();
            let flag = format!(
                r#"{{"resourceType":"Flag","id":"{id}","status":"active","code":{{"text":"Read safeguarding page"}},"subject":{{"reference":"Patient/{id}"}}}}"#
            );
            placed.push((spot, line(row)));
            placed.push((spot + 1, text_line(&format!("Flag/{id}"), flag, fault)));
        }
        _ => {
            let again = Fault {
                expected: "duplicate",
                ..Fault::planted("duplicate_row", "warn", "same row sent twice")
            };
            placed.push((soon, text_line(&row.key, text.clone(), again)));
            placed.push((spot, line(row)));
        }
    }
}

fn text_line(key: &str, text: String, fault: Fault) -> Line {
    Line {
        key: key.to_owned(),
        body: Body::Text(text),
        about: Vec::new(),
        faults: vec![fault],
        foreign: false,
    }
}

/// An element of the supplier's own inside a child.
fn unknown_element(row: Row) -> Line {
    let mut line = line(row);
    if let Body::Text(text) = &line.body {
        let extra = "      <LocalExtension>\n        <TeamCode>OST-4</TeamCode>\n      </LocalExtension>\n    </Child>";
        line.body = Body::Text(text.replacen("    </Child>", extra, 1));
        line.faults.push(Fault::planted("unknown_element", "warn", "LocalExtension inside Child"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Stream;

    fn visit(n: usize) -> Row {
        let when = Date::constant(2025, 3, 4).at(10, 0, 0, 0);
        let cells = [
            "V1",
            "840007",
            "04-Mar-2025 10:00",
            "CIN",
            "Jo Carr",
            "Y",
            "Y",
            "Y",
            "Home",
            "Seen at home with mum. Well.",
            "04-Mar-2025 11:00",
        ];
        let mut row =
            Row::cells(when, format!("V{n}"), cells.map(String::from).to_vec()).about(1).stamped(when);
        row.expendable = n.is_multiple_of(2);
        row
    }

    #[test]
    fn no_row_vanishes_unless_it_was_expendable() {
        let mut dice = Dice::new(4, Stream::Noise, 0);
        let mut placed = Vec::new();
        for n in 0..3000 {
            cells(
                FileId::Visits.spec(),
                visit(n),
                n * 4,
                (Date::constant(2026, 1, 1), &mut 50),
                &mut dice,
                &mut placed,
            );
        }
        let good: std::collections::BTreeSet<&str> = placed
            .iter()
            .filter(|(_, line)| !line.about.is_empty())
            .map(|(_, line)| line.key.as_str())
            .collect();
        let lost: Vec<_> =
            placed.iter().filter(|(_, line)| line.faults.iter().any(|fault| fault.lost)).collect();
        assert_eq!(good.len() + lost.len(), 3000);
        assert!(!lost.is_empty() && lost.len() < 600);
        for kind in [
            "duplicate_row",
            "wrong_column_count",
            "corrected_row",
            "impossible_date",
            "future_date",
            "embedded_newline",
            "embedded_quotes",
            "mixed_encoding",
        ] {
            assert!(
                placed.iter().any(|(_, line)| line.faults.iter().any(|fault| fault.kind == kind)),
                "{kind}"
            );
        }
    }

    #[test]
    fn wrong_dates_keep_the_time_of_day() {
        let until = Date::constant(2026, 10, 31);
        assert_eq!(impossible("04/11/2023 03:10", DayStyle::Slashes, until), "30/02/2025 03:10");
        assert_eq!(impossible("4 Nov 2023", DayStyle::Spaced, until), "31 Sep 2025");
        assert_eq!(serial("04/11/2023 03:10", DayStyle::Slashes).unwrap(), "45234");
        assert_eq!(serial("2023-11-04", DayStyle::Iso).unwrap(), "45234");
    }
}
