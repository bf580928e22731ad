//! Reads dates of birth as agencies write them, whole or in part. Not the dates of `feeds`: there a mapping says which
//! form a column has, here it is told from the text.

use throughline_linkage::Born;

/// Reads `1988-03-07`, `1988-03`, `1988`, `19880307`, `07/03/1988`, `7.3.1988`, or the day of a time stamp.
/// A month 17 stays: a slip of the pen can still agree but for one figure. `None` when it is no date.
pub fn born(text: &str) -> Option<Born> {
    let text = text.trim();
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let mut parts = day.split(['-', '/', '.']);
    let (first, second, third) = (parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() || !day.bytes().all(|b| b.is_ascii_digit() || b"-/.".contains(&b)) {
        return None;
    }
    match (first.len(), second, third) {
        (4, None, None) => Some(Born { year: year(first)?, month: None, day: None }),
        (8, None, None) => Some(Born {
            year: year(first.get(..4)?)?,
            month: small(first.get(4..6)?),
            day: small(first.get(6..)?),
        }),
        (4, Some(month), day) => {
            Some(Born { year: year(first)?, month: small(month), day: small(month).and(day.and_then(small)) })
        }
        (1 | 2, Some(month), Some(last)) if last.len() == 4 => {
            Some(Born { year: year(last)?, month: small(month), day: small(month).and(small(first)) })
        }
        (1 | 2, Some(last), None) if last.len() == 4 => {
            Some(Born { year: year(last)?, month: small(first), day: None })
        }
        _ => None,
    }
}

fn year(text: &str) -> Option<i16> {
    text.parse().ok().filter(|year| *year > 0)
}

fn small(text: &str) -> Option<i8> {
    text.parse().ok().filter(|value| (1..=99).contains(value))
}

/// Days from 1970 to the day of a date or time stamp; the first of what is not said.
pub fn day_number(text: &str) -> Option<i32> {
    let born = born(text)?;
    let date = jiff::civil::Date::new(born.year, born.month.unwrap_or(1), born.day.unwrap_or(1)).ok()?;
    let hours = date.duration_since(jiff::civil::Date::constant(1970, 1, 1)).as_hours();
    i32::try_from(hours / 24).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Born> {
        Some(Born { year, month, day })
    }

    #[test]
    fn dates_come_whole_or_in_part() {
        for text in
            ["1988-03-07", "07/03/1988", "7.3.1988", "19880307", "1988-03-07T00:00:00Z", " 1988-03-07 "]
        {
            assert_eq!(born(text), of(1988, Some(3), Some(7)), "{text}");
        }
        assert_eq!(born("1988"), of(1988, None, None));
        assert_eq!(born("1988-03"), of(1988, Some(3), None));
        assert_eq!(born("03/1988"), of(1988, Some(3), None));
        assert_eq!(born("1988-00-00"), of(1988, None, None));
        assert_eq!(born("1988-17-07"), of(1988, Some(17), Some(7)));
        for text in ["", "unknown", "19/06/88", "1988-03-07-01", "0000-01-01", "１９８８"] {
            assert_eq!(born(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(day_number("1970-01-02T05:24:53Z"), Some(1));
        assert_eq!(day_number("2000-03-01"), Some(11_017));
        assert_eq!(day_number("2000-13-01"), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,16}") {
            let _ = (born(&text), day_number(&text));
        }

        #[test]
        fn what_is_written_is_read(year in 1900i16..2100, month in 1i8..=12, day in 1i8..=28) {
            prop_assert_eq!(born(&format!("{year}-{month:02}-{day:02}")), of(year, Some(month), Some(day)));
            prop_assert_eq!(born(&format!("{day:02}/{month:02}/{year}")), of(year, Some(month), Some(day)));
        }
    }
}
