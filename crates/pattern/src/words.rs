//! Numbers, days and lists as GOV.UK writes them.

use crate::moment::Moment;

/// "police, health and school".
pub fn series(items: &[String]) -> String {
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// "1 episode", "7 episodes".
pub fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// "12 days", "26 months", "5 years".
pub fn months(days: f64) -> String {
    const MONTH: f64 = 365.25 / 12.0;
    let whole = |number: f64| number.round().max(0.0) as usize;
    if days < 45.0 {
        counted(whole(days), "day")
    } else if days < 48.0 * MONTH {
        counted(whole(days / MONTH), "month")
    } else {
        counted(whole(days / 365.25), "year")
    }
}

/// Two figures that mean something: "0.3", "1.1", "3", "12".
pub fn number(value: f64) -> String {
    let text = if value >= 10.0 {
        format!("{value:.0}")
    } else if value >= 0.1 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    };
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// "82%"; never "0%" or "100%", which nobody can know.
pub fn percent(share: f64) -> String {
    match (share * 100.0).round() {
        whole if whole < 1.0 => "less than 1%".to_owned(),
        whole if whole > 99.0 => "more than 99%".to_owned(),
        whole => format!("{whole:.0}%"),
    }
}

/// "4 May 2026".
pub fn day(at: Moment) -> String {
    at.day().map_or_else(String::new, |day| format!("{} {}", day.day(), month(at)))
}

/// "May 2026".
pub fn month(at: Moment) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let Some(day) = at.day() else { return String::new() };
    let name = usize::try_from(day.month() - 1).ok().and_then(|place| NAMES.get(place)).copied();
    format!("{} {}", name.unwrap_or_default(), day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        let numbers = [0.034, 0.31, 1.06, 3.02, 9.96, 12.4].map(number);
        assert_eq!(numbers, ["0.03", "0.3", "1.1", "3", "10", "12"]);
        assert_eq!([0.001, 0.824, 0.9999].map(percent), ["less than 1%", "82%", "more than 99%"]);
        assert_eq!([1.0, 44.0, 791.0, 1_826.0].map(months), ["1 day", "44 days", "26 months", "5 years"]);
        assert_eq!(day(Moment(20_757 * crate::DAY)), "31 October 2026");
        let items = ["police", "health", "school"].map(str::to_owned);
        assert_eq!(series(&items), "police, health and school");
        assert_eq!(series(&items[..1]), "police");
    }
}
