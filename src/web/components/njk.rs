//! Reads a Nunjucks template of the component packages as minijinja does, so that the packages' own macros
//! make our pages. Both speak Jinja; what differs is the JavaScript in Nunjucks' expressions.

use std::collections::BTreeSet;

/// A piece of a template.
enum Piece<'a> {
    /// Text that goes out as it is, and comments.
    Text(&'a str),
    /// `{{ … }}` or `{% … %}`: opening, inside, closing.
    Code(&'a str, &'a str, &'a str),
}

/// A piece of an expression.
#[derive(Clone, Copy, PartialEq)]
enum Token<'a> {
    Space(&'a str),
    Word(&'a str),
    Quoted(&'a str),
    Sign(&'a str),
}

/// Puts `template` where `macro_file` includes it and translates both.
///
/// The packages keep a component as a macro that includes its template. Inlined, the macro sees its caller.
#[must_use]
pub fn component(macro_file: &str, template: &str) -> String {
    let Some((before, rest)) = macro_file.split_once("{%- include") else { return translate(macro_file) };
    let after = rest.split_once("%}").map_or("", |(_, after)| after);
    format!("{}{}{}", translate(before.trim_end()), translate(template), translate(after.trim_start()))
}

/// The name a package gave its macro; one of them is not named after its component.
#[must_use]
pub fn macro_name(macro_file: &str) -> Option<&str> {
    macro_file.split_once("{% macro ")?.1.split('(').next()
}

/// Translates one template.
#[must_use]
pub fn translate(source: &str) -> String {
    let pieces = pieces(source);
    let carried = carried(&pieces);
    let mut out = String::with_capacity(source.len() + 256);
    if !carried.is_empty() {
        out.push_str("{%- set carried = namespace() -%}");
    }
    let mut macros = 0_usize;
    for piece in &pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Code(open, inside, close) => {
                let tokens = tokens(inside);
                match keyword(&tokens) {
                    "macro" => macros += 1,
                    "endmacro" => macros = macros.saturating_sub(1),
                    _ => {}
                }
                out.push_str(open);
                code(&tokens, if macros == 0 { Some(&carried) } else { None }, &mut out);
                out.push_str(close);
            }
        }
    }
    out
}

fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some((start, kind)) = next_opening(rest) {
        let (text, code) = rest.split_at(start);
        found.push(Piece::Text(text));
        let end = if kind == "{#" { code.find("#}").map(|at| at + 2) } else { end_of_code(code) };
        let (code, after) = code.split_at(end.unwrap_or(code.len()));
        if kind == "{#" {
            found.push(Piece::Text(code));
        } else {
            found.push(split_marks(code));
        }
        rest = after;
    }
    found.push(Piece::Text(rest));
    found
}

fn next_opening(text: &str) -> Option<(usize, &'static str)> {
    ["{{", "{%", "{#"].into_iter().filter_map(|mark| text.find(mark).map(|at| (at, mark))).min()
}

/// Where `{{ … }}` or `{% … %}` ends: the closing mark outside quotes and outside `{ … }` of an object.
fn end_of_code(code: &str) -> Option<usize> {
    let mut quote = None;
    let mut depth = 0_usize;
    let mut chars = code.char_indices().skip(2).peekable();
    while let Some((at, c)) = chars.next() {
        match quote {
            Some(open) => {
                if c == '\\' {
                    chars.next();
                } else if c == open {
                    quote = None;
                }
            }
            None => match c {
                '"' | '\'' => quote = Some(c),
                '{' => depth += 1,
                '%' if chars.peek().is_some_and(|(_, next)| *next == '}') => return Some(at + 2),
                '}' if depth > 0 => depth -= 1,
                '}' if chars.peek().is_some_and(|(_, next)| *next == '}') => return Some(at + 2),
                _ => {}
            },
        }
    }
    None
}

/// Takes the marks (`{%-`, `-%}`) off a piece of code.
fn split_marks(code: &str) -> Piece<'_> {
    let starts = code.get(2..).is_some_and(|rest| rest.starts_with('-'));
    let from = if starts { 3 } else { 2 }.min(code.len());
    let body = code.len().saturating_sub(2);
    let ends = body > from && code.get(..body).is_some_and(|rest| rest.ends_with('-'));
    let until = if ends { body - 1 } else { body }.max(from);
    let (open, rest) = code.split_at(from);
    let (inside, close) = rest.split_at(until - from);
    Piece::Code(open, inside, close)
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let len = match first {
            '"' | '\'' => quoted_len(rest),
            c if c.is_whitespace() => rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()),
            c if word(c) => rest.find(|c: char| !word(c)).unwrap_or(rest.len()),
            _ => ["===", "!==", "==", "!=", "<=", ">="]
                .into_iter()
                .find(|sign| rest.starts_with(sign))
                .map_or(first.len_utf8(), str::len),
        };
        let (token, after) = rest.split_at(len);
        found.push(match first {
            '"' | '\'' => Token::Quoted(token),
            c if c.is_whitespace() => Token::Space(token),
            c if word(c) => Token::Word(token),
            _ => Token::Sign(token),
        });
        rest = after;
    }
    found
}

fn quoted_len(text: &str) -> usize {
    let mut chars = text.char_indices();
    let open = chars.next().map(|(_, c)| c);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if Some(c) == open {
            return at + c.len_utf8();
        }
    }
    text.len()
}

fn keyword<'a>(tokens: &[Token<'a>]) -> &'a str {
    match tokens.iter().find(|token| !matches!(token, Token::Space(_))) {
        Some(Token::Word(word)) => word,
        _ => "",
    }
}

/// Variables that a loop hands on. Nunjucks lets a `set` inside `for` change what stands outside; here such a
/// variable lives in a namespace.
fn carried<'a>(pieces: &[Piece<'a>]) -> BTreeSet<&'a str> {
    let (mut outside, mut inside) = (BTreeSet::new(), BTreeSet::new());
    let (mut loops, mut macros) = (0_usize, 0_usize);
    for piece in pieces {
        let Piece::Code("{%" | "{%-", code, _) = piece else { continue };
        let tokens = tokens(code);
        match keyword(&tokens) {
            "for" => loops += 1,
            "endfor" => loops = loops.saturating_sub(1),
            "macro" => macros += 1,
            "endmacro" => macros = macros.saturating_sub(1),
            "set" if macros == 0 && tokens.contains(&Token::Sign("=")) => {
                let name =
                    tokens.iter().filter_map(|t| if let Token::Word(w) = t { Some(*w) } else { None }).nth(1);
                if let Some(name) = name {
                    if loops > 0 { &mut inside } else { &mut outside }.insert(name);
                }
            }
            _ => {}
        }
    }
    outside.intersection(&inside).copied().collect()
}

fn code(tokens: &[Token<'_>], carried: Option<&BTreeSet<&str>>, out: &mut String) {
    let pairs = keyword(tokens) == "for" && names_two(tokens);
    let mut brackets: Vec<&str> = Vec::new();
    let mut before = Token::Sign("");
    for (at, token) in tokens.iter().enumerate() {
        let after = tokens.get(at + 1..).and_then(|rest| rest.iter().find(|t| !matches!(t, Token::Space(_))));
        match *token {
            Token::Space(text) | Token::Quoted(text) => out.push_str(text),
            Token::Sign(sign) => {
                match sign {
                    "{" | "[" | "(" => brackets.push(sign),
                    "}" | "]" | ")" => drop(brackets.pop()),
                    _ => {}
                }
                out.push_str(match sign {
                    "===" => "==",
                    "!==" => "!=",
                    "+" if !(is_number(Some(&before)) || is_number(after)) => "~",
                    "." if after == Some(&Token::Word("length")) => "|",
                    other => other,
                });
            }
            Token::Word(word) => {
                let key = brackets.last() == Some(&"{")
                    && matches!(before, Token::Sign("{" | ","))
                    && after == Some(&Token::Sign(":"));
                let member = before == Token::Sign(".");
                if key {
                    out.push('"');
                    out.push_str(word);
                    out.push('"');
                } else if !member && carried.is_some_and(|names| names.contains(word)) {
                    out.push_str("carried.");
                    out.push_str(word);
                } else {
                    out.push_str(match word {
                        "null" if !member => "none",
                        "elseif" if !member => "elif",
                        other => other,
                    });
                }
            }
        }
        if !matches!(token, Token::Space(_)) {
            before = *token;
        }
    }
    if pairs {
        out.push_str("|pairs ");
    }
}

fn is_number(token: Option<&Token<'_>>) -> bool {
    matches!(token, Some(Token::Word(word)) if word.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether `for a, b in …` names a key and a value.
fn names_two(tokens: &[Token<'_>]) -> bool {
    let head: Vec<_> = tokens.iter().filter(|t| !matches!(t, Token::Space(_))).take(5).collect();
    matches!(head.as_slice(), [_, Token::Word(_), Token::Sign(","), Token::Word(_), Token::Word("in")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_the_keys_of_objects_but_not_of_choices() {
        let out = translate("{{ f({ text: a.text, 'b': c, d: { e: 1 } }) }}");
        assert_eq!(out, "{{ f({ \"text\": a.text, 'b': c, \"d\": { \"e\": 1 } }) }}");
    }

    #[test]
    fn leaves_text_and_quoted_words_alone() {
        let source = "null === {{ 'null === %} }}' }}{# a + b #}";
        assert_eq!(translate(source), source);
    }

    #[test]
    fn turns_javascript_into_jinja() {
        let out = translate("{% elseif a.length === null and b.null !== c + 'x' -%}");
        assert_eq!(out, "{% elif a|length == none and b.null != c ~ 'x' -%}");
    }

    #[test]
    fn a_loop_can_hand_on_what_it_found() {
        let out =
            translate("{%- set any = false %}{% for a in b %}{% set any = true %}{% endfor %}{{ any }}");
        assert!(out.starts_with("{%- set carried = namespace() -%}{%- set carried.any = false %}"), "{out}");
        assert!(out.ends_with("{{ carried.any }}"), "{out}");
    }

    #[test]
    fn walks_over_names_and_values() {
        assert_eq!(translate("{% for a, b in c -%}"), "{% for a, b in c |pairs -%}");
    }
}
