//! `throughline share`: what may be shared, decided by written policy; and how a partnership's own policies come to
//! stand in its area.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;
use throughline_domain::fact::FactBody;
use throughline_domain::release::{PoliciesAdopted, Release};
use throughline_domain::sharing::Door;
use throughline_sharing::{Decision, Policies, Request};
use throughline_store::Store;

use super::{AreaArgs, Done, Failure, print_json, release};
use crate::access::{self, VIEWING, VIEWING_FILE};
use crate::claim::Claim;
use crate::intake::{self, Clock};
use crate::{derive, digest};

/// The longest line that is read; a request has a few hundred letters.
const LONGEST: u64 = 64 * 1024;

/// Decides by written policy what may be shared.
#[derive(Args)]
#[command(
    after_help = "Example:\n  throughline share decide < requests.ndjson > answers.ndjson\n  throughline share policies\n  throughline share write ./our-policies\n  throughline share check --policies ./our-policies\n  throughline share adopt --policies ./our-policies --db ./calderwick --release 4711\n\nPolicies are Cedar files with a schema; without --policies those that come with the program stand."
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
    /// Write the policies into an empty folder, to be read and changed
    Write {
        /// The folder; made where there is none
        folder: PathBuf,
        /// Folder of an area whose own policies are meant (default: those that come with the program)
        #[arg(long, env = "THROUGHLINE_DB", value_name = "FOLDER")]
        db: Option<PathBuf>,
    },
    /// Put a folder of policies in force in an area, as two people agreed
    #[command(
        after_help = "`throughline share check` prints the number of a folder of policies. Somebody proposes it on the page Releases (“Change the sharing policies”), a second person confirms it, and within seven days it is adopted. What everybody sees is drawn again at once."
    )]
    Adopt {
        /// Folder of policies
        #[arg(long, value_name = "DIR")]
        policies: PathBuf,
        #[command(flatten)]
        area: AreaArgs,
        /// Number of the release that two people agreed on
        #[arg(long, value_name = "NUMBER")]
        release: u64,
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
            Some(folder) => {
                let own = access::own_rules(&files(folder)?);
                own.map(|(_, policies)| policies).map_err(|problems| problems.join("\n"))
            }
            None => Policies::built_in().map_err(|e| e.to_string()),
        }
        .map_err(Failure::Cannot)
    }
}

/// The files of a folder that policies are made of.
fn files(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let cannot = |path: &Path, e: std::io::Error| Failure::Cannot(format!("{}: {e}", path.display()));
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(|e| cannot(folder, e))? {
        let path = entry.map_err(|e| cannot(folder, e))?.path();
        let kind = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if ["cedar", "cedarschema", "toml"].contains(&kind) && path.is_file() {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let text = std::fs::read_to_string(&path).map_err(|e| cannot(&path, e))?;
            files.insert(name, text);
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
            What::Write { folder, db } => write(&folder, db.as_deref()),
            What::Adopt { policies, area, release } => adopt(&policies, &area, release),
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

/// What a folder of policies is known by, and what is wrong with it.
#[derive(Serialize)]
struct Checked {
    policies: usize,
    problems: Vec<String>,
    digest: String,
}

/// Tells one folder of policies from every other: the SHA-256 of its files with their names, by name.
fn digest_of(files: &BTreeMap<String, String>) -> Result<String, Failure> {
    Ok(digest::of_text(&serde_json::to_string(files).map_err(Failure::cannot)?))
}

fn checked(files: &BTreeMap<String, String>) -> Result<Checked, Failure> {
    let (policies, problems) = match access::own_rules(files) {
        Ok((_, policies)) => (policies.rules().len(), policies.breaches()),
        Err(problems) => (0, problems),
    };
    Ok(Checked { policies, problems, digest: digest_of(files)? })
}

fn check(folder: &Path, json: bool) -> Result<Done, Failure> {
    let checked = checked(&files(folder)?)?;
    if json {
        print_json(&checked)?;
    } else {
        checked.problems.iter().for_each(|problem| println!("{problem}"));
        if checked.problems.is_empty() {
            println!("{} policies; every word is known and the hard-stops hold", checked.policies);
            println!("number of these policies: {}", checked.digest);
        }
    }
    Ok(if checked.problems.is_empty() { Done::Clean } else { Done::WithFindings })
}

fn write(folder: &Path, db: Option<&Path>) -> Result<Done, Failure> {
    let cannot = |path: &Path, e: std::io::Error| Failure::Cannot(format!("{}: {e}", path.display()));
    std::fs::create_dir_all(folder).map_err(|e| cannot(folder, e))?;
    if std::fs::read_dir(folder).map_err(|e| cannot(folder, e))?.next().is_some() {
        let folder = folder.display();
        return Err(Failure::Use(format!("{folder} is not empty; name a folder that is empty or new")));
    }
    let own = match db {
        Some(db) => access::adopted(&Store::open(db).map_err(Failure::cannot)?).map_err(Failure::Cannot)?,
        None => None,
    };
    let files = own.map_or_else(built_in, |(_, own)| own.files);
    for (name, text) in &files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|e| cannot(&path, e))?;
    }
    println!("Wrote {} files to {}.", files.len(), folder.display());
    Ok(Done::Clean)
}

/// The files that come with the program.
fn built_in() -> BTreeMap<String, String> {
    let files = Policies::built_in_files().into_iter().map(|file| (file.name, file.text));
    files.chain([(VIEWING_FILE.to_owned(), VIEWING.to_owned())]).collect()
}

fn adopt(folder: &Path, area: &AreaArgs, seq: u64) -> Result<Done, Failure> {
    let files = files(folder)?;
    let checked = checked(&files)?;
    if !checked.problems.is_empty() {
        return Err(Failure::Cannot(format!("{}\nnothing was adopted", checked.problems.join("\n"))));
    }
    let store = Store::open(&area.db).map_err(Failure::cannot)?;
    let told = release::agreed(&store, seq, Release::PolicyChange)?;
    if !told.proposed.words.split_whitespace().any(|word| word == checked.digest) {
        return Err(Failure::Cannot(format!(
            "release {seq}: two people agreed on other policies; these have the number {}, which must stand in what they agreed on",
            checked.digest
        )));
    }
    let _claim = Claim::wait(&area.db).map_err(Failure::cannot)?;
    let mut adopted =
        store.facts_of_kind(&["policies_adopted"], ..).map_err(Failure::cannot)?.filter_map(Result::ok);
    let carried_out = adopted.any(|sealed| {
        matches!(Door::open_to_derive(sealed).body, FactBody::PoliciesAdopted(own) if own.release == seq)
    });
    if carried_out {
        return Err(Failure::Cannot(format!(
            "release {seq}: its policies were adopted already; to go back to them propose them again"
        )));
    }
    let clock = Clock::now();
    let own = PoliciesAdopted { files, digest: checked.digest, release: seq };
    intake::append_all(&store, &told.agency, &clock, vec![FactBody::PoliciesAdopted(own)])
        .map_err(Failure::cannot)?;
    derive::bring_up_to_date(&store, &clock).map_err(Failure::cannot)?;
    println!("{} policies are in force in {}.", checked.policies, store.area().name);
    Ok(Done::Clean)
}
