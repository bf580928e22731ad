//! Takes a Cedar text apart into its policies, so that each can be read, named and blamed on its own.

/// One policy's text and the line on which it begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Statement<'t> {
    pub(crate) line: usize,
    pub(crate) text: &'t str,
}

/// The policies of a text in order. A semicolon ends one, unless it stands in a string or a comment.
pub(crate) fn statements(text: &str) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    let (mut begin, mut line) = (None, 1);
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\n' => line += 1,
            '/' if characters.peek().is_some_and(|(_, next)| *next == '/') => {
                while characters.next_if(|(_, c)| *c != '\n').is_some() {}
            }
            '"' => {
                begin.get_or_insert((at, line));
                while let Some((_, inside)) = characters.next() {
                    match inside {
                        '"' => break,
                        '\\' => _ = characters.next(),
                        '\n' => line += 1,
                        _ => {}
                    }
                }
            }
            ';' => {
                if let Some((from, line)) = begin.take() {
                    found.extend(text.get(from..=at).map(|text| Statement { line, text }));
                }
            }
            c if c.is_whitespace() => {}
            _ => {
                begin.get_or_insert((at, line));
            }
        }
    }
    if let Some((from, line)) = begin {
        found.extend(text.get(from..).map(|text| Statement { line, text }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_in_strings_and_comments_end_nothing() {
        let text = "// first; really\n@id(\"a; \\\" b\")\npermit;\n\n// second\nforbid; rest";
        let found = statements(text);
        let lines: Vec<usize> = found.iter().map(|s| s.line).collect();
        assert_eq!(lines, [2, 6, 6]);
        assert_eq!(found[0].text, "@id(\"a; \\\" b\")\npermit;");
        assert_eq!(found[2].text, "rest");
    }

    #[test]
    fn lines_are_counted_in_strings_and_one_stroke_is_no_comment() {
        let found = statements("@says(\"two\nlines\") permit / 2; forbid;\nrest;");
        let lines: Vec<usize> = found.iter().map(|s| s.line).collect();
        assert_eq!(lines, [1, 2, 3]);
    }

    #[test]
    fn an_empty_text_has_no_policy() {
        assert!(statements("  // nothing\n").is_empty());
    }
}
