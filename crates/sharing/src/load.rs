//! From texts to policies: taken apart, read, and held against the schema, every mistake with its place.

use std::collections::HashMap;
use std::str::FromStr;

use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};

use crate::rule::Rule;
use crate::settings::Settings;
use crate::split::statements;

/// One file of a policies folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFile {
    /// Its name, as `health.cedar`.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// One mistake in a policies folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line where the policy begins.
    pub line: Option<usize>,
    /// The policy.
    pub policy: Option<String>,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// What to do next.
    pub next: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(policy) = &self.policy {
            write!(f, ", policy {policy}")?;
        }
        write!(f, ": found {}; expected {}; {}", self.found, self.expected, self.next)
    }
}

/// Everything wrong with a policies folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Problems(pub Vec<Problem>);

/// Name of the file that says which words there are.
pub const SCHEMA: &str = "schema.cedarschema";
/// Name of the settings.
pub const SETTINGS: &str = "settings.toml";

/// What a folder says, read and checked.
pub(crate) struct Loaded {
    pub(crate) rules: Vec<Rule>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) settings: Settings,
}

/// Reads a folder. `schema` and `settings` are the program's own, used where the folder has none.
pub(crate) fn load(files: &[PolicyFile], schema: &str, settings: &str) -> Result<Loaded, Problems> {
    let mut problems = Vec::new();
    let mut files: Vec<&PolicyFile> = files.iter().collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let of = |name: &str| files.iter().find(|file| file.name == name).map(|file| file.text.as_str());

    if of(SCHEMA).is_some_and(|own| own.split_whitespace().ne(schema.split_whitespace())) {
        problems.push(Problem {
            file: SCHEMA.to_owned(),
            line: None,
            policy: None,
            found: "another schema than the program's".to_owned(),
            expected: "the words this program knows".to_owned(),
            next: "take the file that came with the program, or leave it out; policies may change, words may not"
                .to_owned(),
        });
    }
    let settings = Settings::parse(of(SETTINGS).unwrap_or(settings));
    let mut rules: Vec<Rule> = Vec::new();
    let mut policies = Vec::new();
    let mut places: HashMap<String, (String, usize)> = HashMap::new();
    for file in files.iter().filter(|file| file.name.ends_with(".cedar")) {
        for statement in statements(&file.text) {
            match read(&file.name, statement.line, statement.text) {
                Ok((rule, _)) if places.contains_key(&rule.id) => {
                    let first =
                        places.get(&rule.id).map(|(file, line)| format!("{file}:{line}")).unwrap_or_default();
                    problems.push(Problem {
                        file: file.name.clone(),
                        line: Some(statement.line),
                        policy: Some(rule.id),
                        found: format!("a second policy of this name (the first is in {first})"),
                        expected: "one policy for each name".to_owned(),
                        next: "give one of them another name".to_owned(),
                    });
                }
                Ok((rule, policy)) => {
                    places.insert(rule.id.clone(), (file.name.clone(), statement.line));
                    rules.push(rule);
                    policies.push(policy);
                }
                Err(problem) => problems.push(*problem),
            }
        }
    }
    if policies.is_empty() && problems.is_empty() {
        problems.push(Problem {
            file: "*.cedar".to_owned(),
            line: None,
            policy: None,
            found: "no policy".to_owned(),
            expected: "files that end in .cedar".to_owned(),
            next: "copy area/policies and change what differs".to_owned(),
        });
    }
    problems.extend(against_schema(&policies, schema, &places));
    match settings {
        Ok(settings) if problems.is_empty() => Ok(Loaded { rules, policies, settings }),
        Ok(_) => Err(Problems(problems)),
        Err(found) => {
            problems.push(Problem {
                file: SETTINGS.to_owned(),
                line: None,
                policy: None,
                found,
                expected: "the fields of the settings that came with the program".to_owned(),
                next: "correct the field, or leave the file out to use the program's own".to_owned(),
            });
            Err(Problems(problems))
        }
    }
}

fn read(file: &str, line: usize, text: &str) -> Result<(Rule, Policy), Box<Problem>> {
    let policy = Policy::parse(None, text).map_err(|e| {
        Box::new(Problem {
            file: file.to_owned(),
            line: Some(line),
            policy: named(text),
            found: e.to_string(),
            expected: "one Cedar policy that ends in a semicolon".to_owned(),
            next: "correct it as docs/guides/sharing-policies.md shows".to_owned(),
        })
    })?;
    let rule = Rule::read(&policy, file, line)?;
    let policy = policy.new_id(PolicyId::new(&rule.id));
    Ok((rule, policy))
}

/// The name of a policy that could not be parsed, as far as it can be told.
fn named(text: &str) -> Option<String> {
    let (_, after) = text.split_once("@id(\"")?;
    after.split_once('"').map(|(id, _)| id.to_owned())
}

fn against_schema(
    policies: &[Policy],
    schema: &str,
    places: &HashMap<String, (String, usize)>,
) -> Vec<Problem> {
    let problem = |id: Option<&str>, found: String| {
        let (file, line) = id.and_then(|id| places.get(id)).cloned().unzip();
        Problem {
            file: file.unwrap_or_else(|| SCHEMA.to_owned()),
            line,
            policy: id.map(str::to_owned),
            found,
            expected: format!("only words of {SCHEMA}"),
            next: "correct the word; each kind of word is compared with words of its own kind".to_owned(),
        }
    };
    let schema = match Schema::from_str(schema) {
        Ok(schema) => schema,
        Err(e) => return vec![problem(None, e.to_string())],
    };
    let set = match PolicySet::from_policies(policies.iter().cloned()) {
        Ok(set) => set,
        Err(e) => return vec![problem(None, e.to_string())],
    };
    let found = Validator::new(schema).validate(&set, ValidationMode::Strict);
    found
        .validation_errors()
        .map(|error| {
            let id: &str = error.policy_id().as_ref();
            let said = error.to_string();
            let said = said.strip_prefix(&format!("for policy `{id}`, ")).unwrap_or(&said).to_owned();
            problem(Some(id), said)
        })
        .collect()
}
