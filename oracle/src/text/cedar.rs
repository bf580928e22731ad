//! Reads the sharing policies and answers them: as much of Cedar as `area/policies/*.cedar` use, and an error for the rest.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Mutex;

use regex::Regex;

use crate::Outcome;

/// What a policy says where it speaks, the most open first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// All of it.
    Share,
    /// The minimum.
    Minimum,
    /// A person decides.
    Ask,
    /// No.
    Refuse,
}

#[derive(Clone, Debug)]
enum Term {
    Word(String),
    List(Vec<Term>),
    Said(String),
    Is(Box<Term>, Box<Term>),
    Holds(Box<Term>, Box<Term>),
    Not(Box<Term>),
    All(Vec<Term>),
    Any(Vec<Term>),
}

#[derive(Clone, Debug)]
struct Policy {
    says: Says,
    holds: Vec<Term>,
    unless: Vec<Term>,
}

/// A question: `principal`, `action`, `resource`, and `context.…`.
pub type Question<'a> = BTreeMap<&'a str, &'a str>;

/// The policies of a folder.
pub struct Policies {
    policies: Vec<Policy>,
    known: Mutex<HashMap<String, Option<Says>>>,
}

impl Policies {
    /// Reads every `.cedar` file of a folder.
    pub fn read(folder: &Path) -> Outcome<Self> {
        let mut policies = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "cedar") {
                let text = std::fs::read_to_string(&path)?;
                policies.extend(parse(&text).map_err(|e| format!("{}: {e}", path.display()))?);
            }
        }
        if policies.is_empty() {
            return Err(format!("{}: no policies there", folder.display()).into());
        }
        Ok(Self { policies, known: Mutex::default() })
    }

    /// The most restrictive of what speaks to a question; nothing where no policy speaks.
    pub fn answer(&self, question: &Question<'_>) -> Option<Says> {
        let key = format!("{question:?}");
        if let Some(says) = self.known.lock().ok().and_then(|known| known.get(&key).copied()) {
            return says;
        }
        let speaks = |policy: &&Policy| {
            policy.holds.iter().all(|term| truth(term, question))
                && !policy.unless.iter().any(|term| truth(term, question))
        };
        let says = self.policies.iter().filter(speaks).map(|policy| policy.says).max();
        if let Ok(mut known) = self.known.lock() {
            known.insert(key, says);
        }
        says
    }
}

fn word<'a>(term: &'a Term, question: &'a Question<'_>) -> Option<&'a str> {
    match term {
        Term::Word(word) => Some(word),
        Term::Said(name) => Some(question.get(name.as_str()).copied().unwrap_or("not_said")),
        _ => None,
    }
}

fn truth(term: &Term, question: &Question<'_>) -> bool {
    match term {
        Term::Is(one, other) => word(one, question) == word(other, question),
        Term::Holds(list, one) => match list.as_ref() {
            Term::List(terms) => terms.iter().any(|term| word(term, question) == word(one, question)),
            _ => false,
        },
        Term::Not(term) => !truth(term, question),
        Term::All(terms) => terms.iter().all(|term| truth(term, question)),
        Term::Any(terms) => terms.iter().any(|term| truth(term, question)),
        Term::Word(word) => word == "true",
        Term::List(_) | Term::Said(_) => false,
    }
}

struct Reader<'a> {
    tokens: Vec<&'a str>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).copied().unwrap_or_default()
    }

    fn take(&mut self) -> &'a str {
        let token = self.peek();
        self.at = self.at.saturating_add(1);
        token
    }

    fn takes(&mut self, token: &str) -> bool {
        let is = self.peek() == token;
        if is {
            self.at = self.at.saturating_add(1);
        }
        is
    }

    fn must(&mut self, token: &str) -> Outcome<()> {
        match self.take() {
            found if found == token => Ok(()),
            found => Err(format!("expected {token}, found {found} (token {})", self.at).into()),
        }
    }

    fn any(&mut self) -> Outcome<Term> {
        let mut terms = vec![self.all()?];
        while self.takes("||") {
            terms.push(self.all()?);
        }
        Ok(Term::Any(terms))
    }

    fn all(&mut self) -> Outcome<Term> {
        let mut terms = vec![self.one()?];
        while self.takes("&&") {
            terms.push(self.one()?);
        }
        Ok(Term::All(terms))
    }

    fn one(&mut self) -> Outcome<Term> {
        if self.takes("!") {
            return Ok(Term::Not(Box::new(self.one()?)));
        }
        let term = self.thing()?;
        if self.takes("==") {
            return Ok(Term::Is(Box::new(term), Box::new(self.thing()?)));
        }
        if self.takes("!=") {
            let is = Term::Is(Box::new(term), Box::new(self.thing()?));
            return Ok(Term::Not(Box::new(is)));
        }
        Ok(term)
    }

    fn thing(&mut self) -> Outcome<Term> {
        let token = self.take();
        match token {
            "(" => {
                let term = self.any()?;
                self.must(")")?;
                Ok(term)
            }
            "[" => {
                let mut terms = Vec::new();
                while !self.takes("]") {
                    terms.push(self.thing()?);
                    self.takes(",");
                }
                self.must(".")?;
                self.must("contains")?;
                self.must("(")?;
                let one = self.thing()?;
                self.must(")")?;
                Ok(Term::Holds(Box::new(Term::List(terms)), Box::new(one)))
            }
            "principal" | "action" | "resource" => Ok(Term::Said(token.to_owned())),
            "context" => {
                self.must(".")?;
                Ok(Term::Said(self.take().to_owned()))
            }
            "true" | "false" => Ok(Term::Word(token.to_owned())),
            "Agency" | "Action" | "Category" | "Role" | "Relation" | "Purpose" | "Subject" | "Consent"
            | "Risk" | "Stage" | "Channel" => {
                self.must("::")?;
                Ok(Term::Word(self.take().trim_matches('"').to_owned()))
            }
            other => Err(format!("does not understand {other} (token {})", self.at).into()),
        }
    }
}

fn parse(text: &str) -> Outcome<Vec<Policy>> {
    let pattern = Regex::new(r#"//[^\n]*|"(?:\\.|[^"\\])*"|[A-Za-z_][A-Za-z0-9_]*|::|==|!=|&&|\|\||[^\s]"#)?;
    let tokens = pattern.find_iter(text).map(|found| found.as_str()).filter(|token| !token.starts_with("//"));
    let mut reader = Reader { tokens: tokens.collect(), at: 0 };
    let mut policies = Vec::new();
    while !reader.peek().is_empty() {
        policies.push(policy(&mut reader)?);
    }
    Ok(policies)
}

fn policy(reader: &mut Reader<'_>) -> Outcome<Policy> {
    let mut says = None;
    while reader.takes("@") {
        let name = reader.take();
        reader.must("(")?;
        let value = reader.take().trim_matches('"');
        reader.must(")")?;
        if name == "outcome" {
            says = Some(match value {
                "share" => Says::Share,
                "share_minimum" => Says::Minimum,
                "ask" => Says::Ask,
                "refuse" => Says::Refuse,
                other => return Err(format!("does not know the outcome {other}").into()),
            });
        }
    }
    let effect = reader.take();
    if effect != "permit" && effect != "forbid" {
        return Err(format!("expected permit or forbid, found {effect}").into());
    }
    reader.must("(")?;
    let mut holds = Vec::new();
    while !reader.takes(")") {
        let term = reader.one()?;
        if matches!(term, Term::Is(..)) {
            holds.push(term);
        }
        reader.takes(",");
    }
    let mut unless = Vec::new();
    while !reader.takes(";") {
        let list = match reader.take() {
            "when" => &mut holds,
            "unless" => &mut unless,
            other => return Err(format!("expected when, unless or ;, found {other}").into()),
        };
        reader.must("{")?;
        list.push(reader.any()?);
        reader.must("}")?;
    }
    Ok(Policy { says: says.ok_or("a policy without an outcome")?, holds, unless })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"
        // A comment with "quotes".
        @id("a") @outcome("share") @says("It goes; all of it.")
        permit (principal == Agency::"police", action == Action::"see", resource)
        when { [Category::"ID", Category::"INC"].contains(resource) && context.role != Role::"other" };
        @id("b") @outcome("refuse")
        forbid (principal, action, resource)
        when { resource == Category::"INC" && (context.role == Role::"a" || !(context.risk == Risk::"high")) }
        unless { context.role == Role::"b" };
    "#;

    fn policies() -> Policies {
        Policies { policies: parse(TWO).unwrap(), known: Mutex::default() }
    }

    #[test]
    fn the_most_restrictive_that_speaks_stands() {
        let ask = |role, risk, what| {
            let question = [
                ("principal", "police"),
                ("action", "see"),
                ("resource", what),
                ("role", role),
                ("risk", risk),
            ];
            policies().answer(&question.into_iter().collect())
        };
        assert_eq!(ask("officer", "high", "INC"), Some(Says::Share));
        assert_eq!(ask("officer", "standard", "INC"), Some(Says::Refuse));
        assert_eq!(ask("b", "standard", "INC"), Some(Says::Share));
        assert_eq!(ask("a", "high", "INC"), Some(Says::Refuse));
        assert_eq!(ask("other", "high", "ID"), None);
        assert_eq!(ask("officer", "standard", "ID"), Some(Says::Share));
    }

    #[test]
    fn what_it_does_not_understand_is_an_error() {
        assert!(parse("@outcome(\"share\") permit (principal, action, resource) when { 1 < 2 };").is_err());
        assert!(parse("permit (principal, action, resource);").is_err());
        assert!(parse("@outcome(\"maybe\") permit (principal, action, resource);").is_err());
    }

    #[test]
    fn reads_every_policy_of_the_area() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../area/policies");
        let texts: usize = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "cedar"))
            .map(|path| std::fs::read_to_string(path).unwrap().matches("@id(").count())
            .sum();
        assert_eq!(Policies::read(&folder).unwrap().policies.len(), texts);
    }
}
