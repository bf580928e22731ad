//! Several people in one cell, in the styles offices use: `Lina 13; Ahmed 11`, `2 (Ann Moss, Tom Moss)`,
//! `Ann Moss (partner); 2 children`, `Ann 14/11/22`.

/// One person of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Name as written.
    pub name: String,
    /// Words in brackets behind the name.
    pub words: String,
    /// Age in years, as written.
    pub age: String,
    /// Date of birth, as written.
    pub born: String,
}

/// Takes a list apart. A mere number ("2", "2 children") names nobody.
#[must_use]
pub fn read(text: &str) -> Vec<Listed> {
    let text = text.trim();
    if let Some((count, inside)) = text.split_once('(')
        && let Some(inside) = inside.strip_suffix(')')
        && !count.trim().is_empty()
        && count.trim().split(' ').next().is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()))
        && !inside.contains('(')
    {
        return items(inside).filter_map(one).collect();
    }
    items(text).filter_map(one).collect()
}

/// Items between semicolons or line breaks; where there are none, between commas and "and".
fn items(text: &str) -> impl Iterator<Item = &str> {
    let hard = text.contains([';', '\n', '|']);
    text.split(move |c: char| if hard { matches!(c, ';' | '\n' | '|') } else { matches!(c, ',' | '+' | '&') })
        .flat_map(move |item| item.split(" and "))
}

fn one(item: &str) -> Option<Listed> {
    let mut found = Listed::default();
    let (before, words) = match item.split_once('(') {
        Some((before, rest)) => (before, rest.split_once(')').map_or(rest, |(inside, _)| inside).trim()),
        None => (item, ""),
    };
    for word in before.split_whitespace() {
        take(&mut found, word);
    }
    if words.split_whitespace().next().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit())) {
        for word in words.split_whitespace() {
            if word.starts_with(|c: char| c.is_ascii_digit()) {
                take(&mut found, word);
            }
        }
    } else {
        words.clone_into(&mut found.words);
    }
    let named = found.name.chars().any(char::is_alphabetic) && !is_count(before);
    named.then_some(found)
}

fn take(found: &mut Listed, word: &str) {
    let plain = word.trim_matches(|c: char| !c.is_alphanumeric());
    let starts_with_digit = plain.starts_with(|c: char| c.is_ascii_digit());
    if starts_with_digit && plain.contains(['/', '-', '.']) {
        plain.clone_into(&mut found.born);
    } else if starts_with_digit && !found.name.is_empty() {
        plain.trim_end_matches(|c: char| c.is_alphabetic()).clone_into(&mut found.age);
    } else if !matches!(plain, "aged" | "age" | "dob" | "DOB" | "yrs" | "years" | "old" | "yo" | "born" | "")
    {
        if !found.name.is_empty() {
            found.name.push(' ');
        }
        found.name.push_str(word.trim_end_matches([',', ':']));
    }
}

/// `2 children`, `3 kids`, `no children`: how many, not who.
fn is_count(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let counted = first.bytes().all(|byte| byte.is_ascii_digit())
        || matches!(first.to_ascii_lowercase().as_str(), "no" | "none" | "unknown" | "not" | "nil");
    counted || matches!(text.trim().to_ascii_lowercase().as_str(), "children" | "child" | "kids" | "n/a")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> Vec<String> {
        read(text).into_iter().map(|l| format!("{}|{}|{}|{}", l.name, l.words, l.age, l.born)).collect()
    }

    #[test]
    fn reads_every_style() {
        assert_eq!(short("Lina 13; Ahmed 11"), ["Lina||13|", "Ahmed||11|"]);
        assert_eq!(short("2 (Ann Moss, Tom Moss)"), ["Ann Moss|||", "Tom Moss|||"]);
        assert_eq!(short("Ann Moss (partner); 2 children"), ["Ann Moss|partner||"]);
        assert_eq!(short("Shan-Marie O'Moss (partner)"), ["Shan-Marie O'Moss|partner||"]);
        assert_eq!(short("Bo 14/11/22; Al 07/10/24"), ["Bo|||14/11/22", "Al|||07/10/24"]);
        assert_eq!(short("Ann (13), Tom aged 4"), ["Ann||13|", "Tom||4|"]);
        assert_eq!(short("Ann 6m"), ["Ann||6|"]);
    }

    #[test]
    fn a_number_names_nobody() {
        for text in ["", "3", "2 children", "none", "No children", "n/a"] {
            assert_eq!(short(text), Vec::<String>::new(), "{text}");
        }
    }
}
