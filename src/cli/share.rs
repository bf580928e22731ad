//! `throughline share`: what may be shared, decided by written policy, with no database.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;
use throughline_sharing::{Decision, Policies, PolicyFile, Request};

use super::{Done, Failure, print_json};
use crate::intake::Clock;

/// The longest line that is read; a request has a few hundred letters.
const LONGEST: u64 = 64 * 1024;

/// Decides by written policy what may be shared.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline share decide < requests.ndjson > answers.ndjson\n  throughline share policies\n  throughline share check --policies ./our-policies\n\nPolicies are Cedar files with a schema; without --policies those that come with the program stand."
)]
pub struct Share {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Answer requests, one JSON object a line, from standard input
    #[command(
        after_help = "Example:\n  echo '{\"id\":\"r1\",\"requester\":{\"agency\":\"education\",\"role\":\"safeguarding_lead\"},\"holder\":\"police\",\"purpose\":\"encompass\",\"categories\":[\"ID\",\"INC\"],\"subject\":\"child\"}' | throughline share decide\n\nA line that cannot be read is answered with {\"id\",\"line\",\"error\"}, and the exit code is 1."
    )]
    Decide(Folder),
    /// List the rules in plain words
    Policies {
        #[command(flatten)]
        folder: Folder,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Hold a folder of policies against the schema and the hard-stops
    Check {
        /// Folder of policies
        #[arg(long, value_name = "DIR")]
        policies: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
struct Folder {
    /// Folder of policies (default: those that come with the program)
    #[arg(long, value_name = "DIR")]
    policies: Option<PathBuf>,
}

impl Folder {
    fn load(&self) -> Result<Policies, Failure> {
        match &self.policies {
            Some(folder) => Policies::load(&files(folder)?),
            None => Policies::built_in(),
        }
        .map_err(Failure::cannot)
    }
}

/// The files of a folder that policies are made of.
fn files(folder: &Path) -> Result<Vec<PolicyFile>, Failure> {
    let cannot = |path: &Path, e: std::io::Error| Failure::Cannot(format!("{}: {e}", path.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| cannot(folder, e))? {
        let path = entry.map_err(|e| cannot(folder, e))?.path();
        let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if ["cedar", "cedarschema", "toml"].contains(&kind) && path.is_file() {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let text = std::fs::read_to_string(&path).map_err(|e| cannot(&path, e))?;
            files.push(PolicyFile { name, text });
        }
    }
    Ok(files)
}

/// One answer, with the name its request had.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    #[serde(flatten)]
    decision: &'a Decision,
}

/// A line that could not be read.
#[derive(Serialize)]
struct Unread<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    line: u64,
    error: String,
}

impl Share {
    pub fn run(self) -> Result<Done, Failure> {
        match self.what {
            What::Decide(folder) => {
                let policies = folder.load()?;
                match decide(&policies, std::io::stdin().lock(), std::io::stdout().lock()) {
                    // `… | head` closes our output early; that is no fault.
                    Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(Done::Clean),
                    ended => ended.map_err(Failure::cannot),
                }
            }
            What::Policies { folder, json } => list(&folder.load()?, json),
            What::Check { policies, json } => check(&policies, json),
        }
    }
}

fn decide(policies: &Policies, from: impl Read, to: impl Write) -> std::io::Result<Done> {
    let today = Clock::now().today;
    let (mut from, mut to) = (BufReader::new(from), BufWriter::new(to));
    let mut done = Done::Clean;
    let mut bytes = Vec::new();
    let mut number = 0;
    loop {
        bytes.clear();
        if (&mut from).take(LONGEST).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        number += 1;
        let too_long = bytes.len() as u64 == LONGEST && bytes.last() != Some(&b'\n');
        if too_long {
            from.skip_until(b'\n')?;
        }
        let line = bytes.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let value = if too_long {
            Err(format!("the line is longer than {LONGEST} bytes; a request has a few hundred"))
        } else {
            serde_json::from_slice::<Value>(line)
                .map_err(|e| format!("a request is one JSON object on one line: {e}"))
        };
        let id = value.as_ref().ok().and_then(|value| value.get("id"));
        let request = match &value {
            Ok(value) => Request::from_json(value).map_err(|e| e.to_string()),
            Err(error) => Err(error.clone()),
        };
        match request {
            Ok(request) => {
                let decision = policies.decide(&request, request.on.unwrap_or(today));
                serde_json::to_writer(&mut to, &Answer { id, decision: &decision })?;
            }
            Err(error) => {
                done = Done::WithFindings;
                serde_json::to_writer(&mut to, &Unread { id, line: number, error })?;
            }
        }
        to.write_all(b"\n")?;
    }
    to.flush()?;
    Ok(done)
}

fn list(policies: &Policies, json: bool) -> Result<Done, Failure> {
    if json {
        print_json(&policies.rules())?;
        return Ok(Done::Clean);
    }
    let mut file = "";
    for rule in policies.rules() {
        if rule.file != file {
            file = &rule.file;
            println!("\n{file}");
        }
        println!("  {:<32} {:<13} {}", rule.id, rule.outcome.as_str(), rule.says);
        println!("  {:<32} {:<13} data: {}", "", "", rule.fields);
        for condition in &rule.conditions {
            println!("  {:<32} {:<13} - {condition}", "", "");
        }
    }
    Ok(Done::Clean)
}

/// What is wrong with a folder.
#[derive(Serialize)]
struct Checked {
    policies: usize,
    problems: Vec<String>,
}

fn check(folder: &Path, json: bool) -> Result<Done, Failure> {
    let checked = match Policies::load(&files(folder)?) {
        Ok(policies) => Checked { policies: policies.rules().len(), problems: policies.breaches() },
        Err(problems) => {
            Checked { policies: 0, problems: problems.0.iter().map(ToString::to_string).collect() }
        }
    };
    if json {
        print_json(&checked)?;
    } else {
        checked.problems.iter().for_each(|problem| println!("{problem}"));
        if checked.problems.is_empty() {
            println!("{} policies; every word is known and the hard-stops hold", checked.policies);
        }
    }
    Ok(if checked.problems.is_empty() { Done::Clean } else { Done::WithFindings })
}
