//! A second reading of the decision table, sharing nothing with the engine but the words themselves: it reads
//! `data/table.txt` line by line and knows requests as plain text.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The words of a request by field; what is absent was not said.
pub type Words = BTreeMap<&'static str, String>;

pub const FIELDS: [&str; 10] =
    ["agency", "role", "relation", "holder", "purpose", "subject", "consent", "risk", "stage", "channel"];
pub const CATEGORIES: [&str; 19] = [
    "ID", "LOC", "SAFE", "DISC", "RISK", "INC", "CRIM", "HLTH", "SEXH", "SOC", "EDU", "HOUS", "FIN", "ORD",
    "PERP", "THIRD", "IMM", "MIN", "PROF",
];
const WORKING: &str = "police,social_care,health,education,housing,probation,prison,specialist_service,adult_care,adult_mental_health,substance_misuse,perpetrator_programme,emergency_service,other_area";
const MARAC: &str = "police,social_care,health,education,specialist_service,housing,probation,adult_care,adult_mental_health,substance_misuse,emergency_service";

/// One request with what it should be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub words: Words,
    pub categories: BTreeSet<&'static str>,
}

impl Case {
    pub fn json(&self) -> Value {
        let mut requester = serde_json::Map::new();
        let mut request = serde_json::Map::new();
        for (field, word) in &self.words {
            let into =
                if ["agency", "role", "relation"].contains(field) { &mut requester } else { &mut request };
            into.insert((*field).to_owned(), json!(word));
        }
        request.insert("requester".to_owned(), Value::Object(requester));
        let categories: Vec<&str> = CATEGORIES.into_iter().filter(|c| self.categories.contains(c)).collect();
        request.insert("categories".to_owned(), json!(categories));
        Value::Object(request)
    }
}

/// What should be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    pub decision: &'static str,
    pub fields: Vec<&'static str>,
    pub rules: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Out {
    S,
    M,
    Q,
    X,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum When {
    Always,
    BreakGlass,
    Row,
    Stage,
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    out: Out,
    when: When,
    /// Field → (is it a list of what may not be?, words). A field may be bound twice.
    pub bound: Vec<(String, bool, Vec<String>)>,
}

pub struct Oracle {
    pub lines: Vec<Line>,
}

fn spelled(field: &str, words: &str) -> (bool, Vec<String>) {
    let (not, words) = words.strip_prefix('!').map_or((false, words), |words| (true, words));
    let words = words
        .split(',')
        .flat_map(|word| match (field, word) {
            (_, "pch") => vec!["person_causing_harm"],
            (_, "WORKING") => WORKING.split(',').collect(),
            (_, "MARAC") => MARAC.split(',').collect(),
            (_, "PROXY") => vec!["family_member", "legal_representative", "employer"],
            (_, "HARD") => vec!["LOC", "SAFE", "DISC", "THIRD", "RISK", "MIN"],
            (_, word) => vec![word],
        })
        .map(str::to_owned)
        .collect();
    (not, words)
}

fn bind(line: &mut Line, word: &str) {
    let (field, words) = word.split_once('=').unwrap_or_else(|| panic!("`{word}` binds nothing"));
    // `PROF,!social_care` is all of the first but the second.
    if let Some((some, none)) = words.split_once(",!").filter(|_| !words.starts_with('!')) {
        let (_, all) = spelled(field, some);
        let (_, left) = spelled(field, none);
        line.bound.push((field.to_owned(), false, all.into_iter().filter(|w| !left.contains(w)).collect()));
        return;
    }
    let (not, words) = spelled(field, words);
    line.bound.push((field.to_owned(), not, words));
}

impl Oracle {
    pub fn read(table: &str) -> Self {
        let mut lines = Vec::new();
        let mut columns: Vec<(String, String)> = Vec::new();
        let mut stage: Vec<String> = Vec::new();
        for text in table.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let mut words = text.split_whitespace();
            let first = words.next().unwrap();
            match first {
                "columns" => {
                    columns = words
                        .map(|w| w.split_once('=').unwrap_or((w, w)))
                        .map(|(short, agency)| (short.to_owned(), agency.to_owned()))
                        .collect();
                }
                "stage" => stage = words.map(str::to_owned).collect(),
                "cells" => {
                    for ((short, agency), cell) in columns.iter().zip(words) {
                        lines.extend(cells(&stage, short, agency, cell));
                    }
                }
                name => {
                    let (out, when) = match words.next().unwrap() {
                        "S" => (Out::S, When::Row),
                        "M" => (Out::M, When::Row),
                        "Q" => (Out::Q, When::Row),
                        "X" => (Out::X, When::Row),
                        "X!" => (Out::X, When::Always),
                        "N" => (Out::S, When::BreakGlass),
                        other => panic!("outcome `{other}`"),
                    };
                    let mut line = Line { name: name.to_owned(), out, when, bound: Vec::new() };
                    words.for_each(|word| bind(&mut line, word));
                    lines.push(line);
                }
            }
        }
        Self { lines }
    }

    fn speak(&self, when: &[When], words: &Words, category: &str) -> Option<(Out, BTreeSet<String>)> {
        let spoke: Vec<&Line> =
            self.lines.iter().filter(|l| when.contains(&l.when) && l.holds(words, category)).collect();
        let out = spoke.iter().map(|line| line.out).max()?;
        Some((out, spoke.iter().filter(|l| l.out == out).map(|l| l.name.clone()).collect()))
    }

    fn on(&self, words: &Words, category: &str) -> (Out, BTreeSet<String>) {
        let mut questions: Vec<&[When]> = vec![&[When::Always, When::Row], &[When::Always, When::Stage]];
        if words.get("risk").is_some_and(|risk| risk == "imminent") {
            questions.insert(0, &[When::Always, When::BreakGlass]);
        }
        let said = questions.into_iter().find_map(|when| self.speak(when, words, category));
        said.unwrap_or_else(|| (Out::Q, ["no_policy".to_owned()].into()))
    }

    pub fn expect(&self, case: &Case) -> Expected {
        let mut asked: Vec<&'static str> =
            CATEGORIES.into_iter().filter(|category| case.categories.contains(category)).collect();
        if asked.is_empty() {
            asked.push("?");
        }
        let said: Vec<_> = asked.iter().map(|category| (*category, self.on(&case.words, category))).collect();
        let any = |out: Out| said.iter().any(|(_, (o, _))| *o == out);
        let decision = match (any(Out::S), any(Out::M), any(Out::Q), any(Out::X)) {
            (true, false, false, false) => "share",
            (true, ..) | (_, true, ..) => "share_minimum",
            (_, _, true, _) => "ask",
            _ => "refuse",
        };
        Expected {
            decision,
            fields: said.iter().filter(|(c, (o, _))| *o <= Out::M && *c != "?").map(|(c, _)| *c).collect(),
            rules: said.into_iter().flat_map(|(_, (_, rules))| rules).collect(),
        }
    }
}

impl Line {
    fn holds(&self, words: &Words, category: &str) -> bool {
        self.bound.iter().all(|(field, not, list)| {
            let said = match field.as_str() {
                "data" => category,
                field => words.get(field).map_or("?", String::as_str),
            };
            list.iter().any(|word| word == said) != *not
        })
    }

    /// A request this line speaks about: for each field the first word it names.
    pub fn example(&self) -> Case {
        let mut words = Words::new();
        let mut categories = BTreeSet::new();
        for (field, not, list) in &self.bound {
            let first = list.iter().find(|word| *word != "?");
            if field == "data" {
                let fits = CATEGORIES.into_iter().find(|c| list.iter().any(|word| word == c) != *not);
                categories.extend(fits);
            } else if let (false, Some(word)) = (not, first) {
                let field = FIELDS.into_iter().find(|f| f == field).unwrap();
                words.insert(field, word.clone());
            }
        }
        if self.bound.iter().all(|(field, ..)| field != "data") {
            categories.insert("ID");
        }
        if self.when == When::BreakGlass {
            words.insert("risk", "imminent".to_owned());
        }
        Case { words, categories }
    }

    /// The categories the line is about.
    pub fn data(&self) -> BTreeSet<&'static str> {
        let about =
            |c: &&str| self.bound.iter().all(|(f, not, l)| f != "data" || l.iter().any(|w| w == c) != *not);
        CATEGORIES.into_iter().filter(about).collect()
    }
}

/// One cell of the stage table.
fn cells(stage: &[String], short: &str, agency: &str, cell: &str) -> Vec<Line> {
    let of = |key: &str| {
        stage.iter().find_map(|w| w.strip_prefix(key).and_then(|w| w.strip_prefix('='))).unwrap().to_owned()
    };
    let harming = agency == "person_causing_harm";
    cell.split('|')
        .map(|cell| {
            let (kind, more) = cell.split_once('+').unwrap_or((cell, ""));
            let out = match kind {
                "S" => Out::S,
                "M" => Out::M,
                "Q" => Out::Q,
                "-" => Out::X,
                other => panic!("cell `{other}`"),
            };
            let name = format!("stage_{}_{short}", stage[0]);
            let mut line = Line { name, out, when: When::Stage, bound: Vec::new() };
            bind(&mut line, &format!("agency={agency}"));
            bind(&mut line, &format!("stage={}", stage[1]));
            if !harming {
                bind(&mut line, &format!("purpose={}", of("purpose")));
            }
            if out <= Out::M && !harming {
                bind(&mut line, &format!("data={}", of(if out == Out::S { "full" } else { "minimum" })));
                if !more.contains("relation=") {
                    bind(&mut line, "relation=own_case,on_agenda");
                }
            }
            more.split('+').filter(|w| !w.is_empty()).for_each(|word| bind(&mut line, word));
            line
        })
        .collect()
}

/// Every word of every field, and "not said".
pub fn vocabulary() -> BTreeMap<&'static str, Vec<Option<String>>> {
    use throughline_sharing::words as w;
    macro_rules! all {
        ($kind:ident) => {
            w::$kind::ALL.iter().map(|word| Some(word.as_str().to_owned())).chain([None]).collect()
        };
    }
    [
        ("agency", all!(Agency)),
        ("role", all!(Role)),
        ("relation", all!(Relation)),
        ("holder", all!(Agency)),
        ("purpose", all!(Purpose)),
        ("subject", all!(Subject)),
        ("consent", all!(Consent)),
        ("risk", all!(Risk)),
        ("stage", all!(Stage)),
        ("channel", all!(Channel)),
    ]
    .into()
}

/// A case and all that differ from it in one word or one category.
pub fn around(base: &Case) -> Vec<Case> {
    let mut cases = vec![base.clone()];
    for (field, words) in vocabulary() {
        for word in words {
            let mut case = base.clone();
            match word {
                Some(word) => case.words.insert(field, word),
                None => case.words.remove(field),
            };
            cases.push(case);
        }
    }
    for category in CATEGORIES {
        cases.push(Case { categories: [category].into(), ..base.clone() });
    }
    cases.push(Case { categories: BTreeSet::new(), ..base.clone() });
    cases
}
