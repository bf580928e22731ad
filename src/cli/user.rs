//! `throughline user`: the first account of an area, and what an operator does when nobody else can.

use std::io::{BufRead, IsTerminal};
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde::Serialize;
use throughline_domain::ids::{AgencyId, MentionKey, RoleId, TeamId, UnitId};
use throughline_domain::staff::{Account, Barred, Word, Worker, unit_ids, user_name};
use throughline_store::Store;

use super::{AreaArgs, Done, Failure, print_json};
use crate::access::looks::Audit;
use crate::access::{Accounts, Told};
use crate::intake::Clock;

/// Adds people who sign in and changes what they may do.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  throughline user add r.okafor --db ./calderwick --name \"Ruth Okafor\" --agency social_care --role head_of_safeguarding\n  throughline user list --db ./calderwick --json\n\nA password is asked for, or read from the first line of standard input. It must be changed at the first sign-in."
)]
pub struct User {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Add somebody
    Add(Add),
    /// List everybody
    List(List),
    /// Close an account; they are signed out at once
    Disable(One),
    /// Open a closed account again
    Enable(One),
    /// Give somebody another role; they are signed out at once
    Role(Role),
    /// Set the teams of somebody
    Teams(Teams),
    /// Set the schools that somebody answers for; they are signed out at once
    Units(Units),
    /// Set a new password for once, and take one-time codes and passkeys away
    Reset(One),
    /// Say by what name somebody's agency knows them at its own sign-in
    Outside(Outside),
    /// Give a person's record to somebody or to a team
    Allocate(Allocate),
    /// Keep somebody or a whole agency from a person
    Bar(Bar),
    /// List the roles there are
    Roles(List),
}

#[derive(Args)]
struct Add {
    /// Name to sign in with
    user: String,
    #[command(flatten)]
    area: AreaArgs,
    /// Name people know them by
    #[arg(long)]
    name: String,
    /// Agency they work for, as `throughline user roles` lists it
    #[arg(long)]
    agency: String,
    /// Role, as `throughline user roles` lists it
    #[arg(long)]
    role: String,
    /// What they do there, in their agency's words
    #[arg(long, default_value = "")]
    title: String,
    /// Team; may be given several times
    #[arg(long = "team")]
    teams: Vec<String>,
    /// School they answer for, by its number (URN); may be given several times
    #[arg(long = "unit")]
    units: Vec<String>,
}

#[derive(Args)]
struct One {
    /// Name to sign in with
    user: String,
    #[command(flatten)]
    area: AreaArgs,
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    area: AreaArgs,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Role {
    /// Name to sign in with
    user: String,
    /// The role
    role: String,
    #[command(flatten)]
    area: AreaArgs,
    /// Another agency, too
    #[arg(long)]
    agency: Option<String>,
}

#[derive(Args)]
struct Teams {
    /// Name to sign in with
    user: String,
    /// Their teams from now on; none takes them out of all
    teams: Vec<String>,
    #[command(flatten)]
    area: AreaArgs,
}

#[derive(Args)]
struct Units {
    /// Name to sign in with
    user: String,
    /// Numbers (URN) of their schools from now on; none where they answer for the whole agency
    units: Vec<String>,
    #[command(flatten)]
    area: AreaArgs,
}

#[derive(Args)]
struct Outside {
    /// Name to sign in with
    user: String,
    /// The claim that the agency's sign-in makes of them, as `sign-in.toml` chooses it; none takes it away
    subject: Option<String>,
    #[command(flatten)]
    area: AreaArgs,
}

#[derive(Args)]
struct Allocate {
    #[command(flatten)]
    area: AreaArgs,
    /// To this person
    #[arg(long, required_unless_present = "team", conflicts_with = "team")]
    user: Option<String>,
    /// To everybody in this team
    #[arg(long)]
    team: Option<String>,
    #[command(flatten)]
    record: Record,
}

#[derive(Args)]
struct Bar {
    #[command(flatten)]
    area: AreaArgs,
    /// Who must not see the person
    #[arg(long, required_unless_present = "agency", conflicts_with = "agency")]
    user: Option<String>,
    /// The agency whose people must not see the person
    #[arg(long)]
    agency: Option<String>,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    record: Record,
}

/// One record that names the person.
#[derive(Args)]
struct Record {
    /// Feed of a record that names the person, for example `police.involvements`
    #[arg(long)]
    feed: String,
    /// Key of that record
    #[arg(long)]
    key: String,
}

#[derive(Serialize)]
struct Line<'a> {
    user: &'a str,
    name: &'a str,
    agency: &'a AgencyId,
    role: &'a RoleId,
    teams: &'a [TeamId],
    units: &'a [UnitId],
    disabled: bool,
    codes: bool,
}

const OPERATOR: &str = "operator";

fn open(area: &AreaArgs) -> Result<Accounts, Failure> {
    let store = Store::open(&area.db).map_err(Failure::cannot)?;
    let accounts = Accounts::open(&area.db, &store.area()).map_err(Failure::cannot)?;
    let audit = Audit::open(&store, &area.db).map_err(Failure::cannot)?;
    Ok(accounts.told_to(Arc::new(audit)))
}

impl User {
    pub fn run(self) -> Result<Done, Failure> {
        match self.what {
            What::Add(c) => c.run(),
            What::List(c) => list(&c),
            What::Roles(c) => roles(&c),
            What::Disable(c) => change(&c.area, &c.user, "closed", |account| account.disabled = true),
            What::Enable(c) => change(&c.area, &c.user, "open again", |account| account.disabled = false),
            What::Role(c) => role(&c),
            What::Teams(c) => {
                let teams = teams(&c.teams);
                change(&c.area, &c.user, "changed", |account| account.teams = teams)
            }
            What::Units(c) => c.run(),
            What::Reset(c) => reset(&c),
            What::Outside(c) => outside(&c),
            What::Allocate(c) => allocate(&c),
            What::Bar(c) => bar(&c),
        }
    }
}

impl Add {
    fn run(self) -> Result<Done, Failure> {
        let accounts = open(&self.area)?;
        let user = user_name(&self.user).map_err(|why| Failure::Use(why.to_string()))?;
        let (agency, role) = (AgencyId::from(self.agency), RoleId::from(self.role));
        accounts.roles.fitting(&role, &agency).map_err(Failure::Use)?;
        if self.name.trim().is_empty() {
            return Err(Failure::Use("--name is empty; give the name people know them by".to_owned()));
        }
        if accounts.staff.account(&user).map_err(Failure::cannot)?.is_some() {
            return Err(Failure::Use(format!("somebody signs in as {user} already; choose another name")));
        }
        let units = unit_ids(self.units.iter().map(String::as_str));
        needs_no_unit(&accounts, &role, &units)?;
        let password = ask_for_password(&user)?;
        let account = Account {
            user: user.clone(),
            name: self.name.trim().to_owned(),
            agency,
            role,
            title: self.title.trim().to_owned(),
            teams: teams(&self.teams),
            units,
            ..Account::default()
        };
        accounts.tell(Told::Added, &user, OPERATOR).map_err(Failure::cannot)?;
        accounts.staff.add(&account, None, true).map_err(Failure::cannot)?;
        accounts.change_password(&user, &password, true, None).map_err(Failure::cannot)?;
        println!("Added {user}. The password must be changed at the first sign-in.");
        Ok(Done::Clean)
    }
}

impl Units {
    fn run(self) -> Result<Done, Failure> {
        let accounts = open(&self.area)?;
        let account = accounts.staff.account(&self.user).map_err(Failure::cannot)?;
        let account = account.ok_or_else(|| nobody(&self.user))?;
        let units = unit_ids(self.units.iter().map(String::as_str));
        needs_no_unit(&accounts, &account.role, &units)?;
        change(&self.area, &self.user, "changed", |account| account.units = units)
    }
}

fn needs_no_unit(accounts: &Accounts, role: &RoleId, units: &[UnitId]) -> Result<(), Failure> {
    match accounts.needs_unit(role, units) {
        Some(says) => Err(Failure::Use(format!(
            "the role {role} answers for schools. {says}: --unit 199001, or first `throughline user units`"
        ))),
        None => Ok(()),
    }
}

fn teams(names: &[String]) -> Vec<TeamId> {
    let names: std::collections::BTreeSet<String> =
        names.iter().map(|name| name.trim().to_lowercase()).collect();
    names.into_iter().filter(|name| !name.is_empty()).map(TeamId::from).collect()
}

fn change(
    area: &AreaArgs,
    user: &str,
    became: &str,
    change: impl FnOnce(&mut Account),
) -> Result<Done, Failure> {
    let accounts = open(area)?;
    accounts.staff.account(user).map_err(Failure::cannot)?.ok_or_else(|| nobody(user))?;
    accounts.tell(Told::Changed, user, OPERATOR).map_err(Failure::cannot)?;
    accounts.staff.change(user, change).map_err(Failure::cannot)?.ok_or_else(|| nobody(user))?;
    println!("The account {user} is {became}.");
    Ok(Done::Clean)
}

fn nobody(user: &str) -> Failure {
    Failure::Use(format!("nobody signs in as {user}; see `throughline user list`"))
}

fn list(c: &List) -> Result<Done, Failure> {
    let accounts = open(&c.area)?;
    let all = accounts.staff.accounts().map_err(Failure::cannot)?;
    let mut lines = Vec::new();
    for account in &all {
        lines.push(Line {
            user: &account.user,
            name: &account.name,
            agency: &account.agency,
            role: &account.role,
            teams: &account.teams,
            units: &account.units,
            disabled: account.disabled,
            codes: accounts.staff.secrets(&account.user).map_err(Failure::cannot)?.code.is_some(),
        });
    }
    if c.json {
        print_json(&lines)?;
        return Ok(Done::Clean);
    }
    for line in &lines {
        let state = if line.disabled { "closed" } else { "open" };
        println!("{:<20} {:<6} {:<12} {:<30} {}", line.user, state, line.agency, line.role, line.name);
    }
    Ok(Done::Clean)
}

fn roles(c: &List) -> Result<Done, Failure> {
    let accounts = open(&c.area)?;
    if c.json {
        print_json(&accounts.roles.all())?;
        return Ok(Done::Clean);
    }
    for agency in accounts.roles.agencies() {
        for role in accounts.roles.of(agency) {
            println!("{agency:<14} {:<32} {}", role.id, role.label);
        }
    }
    Ok(Done::Clean)
}

fn role(c: &Role) -> Result<Done, Failure> {
    let accounts = open(&c.area)?;
    let account = accounts.staff.account(&c.user).map_err(Failure::cannot)?.ok_or_else(|| nobody(&c.user))?;
    let agency = c.agency.as_deref().map_or(account.agency, AgencyId::from);
    let role = RoleId::from(c.role.as_str());
    accounts.roles.fitting(&role, &agency).map_err(Failure::Use)?;
    needs_no_unit(&accounts, &role, &account.units)?;
    change(&c.area, &c.user, "changed", |account| {
        account.agency = agency;
        account.role = role;
    })
}

fn outside(c: &Outside) -> Result<Done, Failure> {
    let accounts = open(&c.area)?;
    let account = accounts.staff.account(&c.user).map_err(Failure::cannot)?.ok_or_else(|| nobody(&c.user))?;
    let subject = c.subject.as_deref().unwrap_or_default().trim().to_owned();
    let known = accounts.known_outside(&account.agency, &subject).map_err(Failure::cannot)?;
    if let Some(other) = known.iter().find(|other| other.user != c.user) {
        return Err(Failure::Use(format!("{} is known by that name at this agency already", other.user)));
    }
    change(&c.area, &c.user, "changed", |account| account.outside = subject)
}

fn reset(c: &One) -> Result<Done, Failure> {
    let accounts = open(&c.area)?;
    let account = accounts.staff.account(&c.user).map_err(Failure::cannot)?.ok_or_else(|| nobody(&c.user))?;
    if account.demonstration {
        return Err(Failure::Use(format!("{} is a demonstration user and has no password", c.user)));
    }
    let password = ask_for_password(&c.user)?;
    accounts.tell(Told::PasswordChanged, &c.user, OPERATOR).map_err(Failure::cannot)?;
    accounts.change_password(&c.user, &password, true, None).map_err(Failure::cannot)?;
    accounts.staff.set_code(&c.user, None, 0, &[]).map_err(Failure::cannot)?;
    accounts.staff.remove_passkeys(&c.user).map_err(Failure::cannot)?;
    println!("{} signs in with the new password once, changes it, and sets up one-time codes again.", c.user);
    Ok(Done::Clean)
}

impl Record {
    fn mentions(&self) -> Vec<MentionKey> {
        vec![MentionKey { feed: self.feed.as_str().into(), row_key: self.key.clone() }]
    }
}

fn must_be_there(accounts: &Accounts, user: &str) -> Result<(), Failure> {
    accounts.staff.account(user).map_err(Failure::cannot)?.map(drop).ok_or_else(|| nobody(user))
}

fn allocate(c: &Allocate) -> Result<Done, Failure> {
    let accounts = open(&c.area)?;
    let to = match (&c.user, &c.team) {
        (Some(user), _) => {
            must_be_there(&accounts, user)?;
            Worker::User(user.clone())
        }
        (None, team) => Worker::Team(team.as_deref().unwrap_or_default().to_lowercase().into()),
    };
    let now = Clock::now().received;
    let whose = c.user.as_ref().or(c.team.as_ref()).map_or("", String::as_str);
    accounts.tell(Told::Allocated, whose, OPERATOR).map_err(Failure::cannot)?;
    let id = accounts.staff.allocate(&to, c.record.mentions(), OPERATOR, now).map_err(Failure::cannot)?;
    println!("Allocated (number {id}).");
    Ok(Done::Clean)
}

fn bar(c: &Bar) -> Result<Done, Failure> {
    let accounts = open(&c.area)?;
    if c.reason.trim().is_empty() {
        return Err(Failure::Use("--reason is empty; say why".to_owned()));
    }
    let who = match (&c.user, &c.agency) {
        (Some(user), _) => {
            must_be_there(&accounts, user)?;
            Barred::User(user.clone())
        }
        (None, agency) => {
            let agency = AgencyId::from(agency.as_deref().unwrap_or_default());
            if !accounts.roles.agencies().any(|known| *known == agency) {
                return Err(Failure::Use(format!(
                    "there is no agency `{agency}`; see `throughline user roles`"
                )));
            }
            Barred::Agency(agency)
        }
    };
    let now = Clock::now().received;
    let whose = c.user.as_ref().or(c.agency.as_ref()).map_or("", String::as_str);
    accounts.tell(Told::Barred, whose, OPERATOR).map_err(Failure::cannot)?;
    let id = accounts
        .staff
        .bar(&who, c.record.mentions(), c.reason.trim(), OPERATOR, now)
        .map_err(Failure::cannot)?;
    println!("Barred (number {id}).");
    Ok(Done::Clean)
}

/// A password, twice from the keyboard, or once from the first line of standard input. Never from an argument: others
/// on the machine can read those.
fn ask_for_password(user: &str) -> Result<String, Failure> {
    let password = if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password: ").map_err(Failure::cannot)?;
        let again = rpassword::prompt_password("Again: ").map_err(Failure::cannot)?;
        if first != again {
            return Err(Failure::Use("the two passwords differ; repeat".to_owned()));
        }
        first
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(Failure::cannot)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    match Word::of(&password, user).says() {
        None => Ok(password),
        Some(says) => Err(Failure::Use(says.to_lowercase())),
    }
}
