//! People who sign in, for those who administer them: who there is, adding somebody, their role and teams, whom they
//! work with and from whom they are kept. An administrator sees no case here, and never changes their own rights.

use std::collections::BTreeSet;

use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use throughline_domain::ids::{AgencyId, MentionKey, PersonId, RoleId, TeamId, UnitId};
use throughline_domain::release::{Restriction, RestrictionKind};
use throughline_domain::staff::{Account, Barred, Word, Worker, unit_ids, user_name};
use throughline_store::StoreError;

use super::asking::{Sent, aside};
use super::links::around::Around;
use super::releases;
use super::{Asking, Problem};
use crate::access::{DraftError, Told};
use crate::intake::Clock;
use crate::web::pages::frame::Nav;
use crate::web::pages::staff::{self, Choice, NewPage, OnePage, StaffLine, StaffPage, StandingLine};

fn administers(asking: &Asking) -> Result<(), Problem> {
    match asking.opener.viewer().rights.administers {
        true => Ok(()),
        false => Err(Problem::NotYours(
            "Your role does not add people or change what they may do. Ask your head of safeguarding."
                .to_owned(),
        )),
    }
}

/// Whoever changes something must administer, and have given their password or a code just now.
fn changes<T>(asking: &Asking, sent: Sent<T>) -> Result<T, Problem> {
    administers(asking)?;
    asking.stepped_up()?;
    sent.form(asking)
}

fn by(asking: &Asking) -> &str {
    &asking.opener.viewer().user
}

fn role_label(asking: &Asking, role: &RoleId) -> String {
    asking
        .app
        .accounts
        .roles
        .get(role)
        .map_or_else(|| format!("{role} (no such role)"), |role| role.label.clone())
}

/// The list.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        administers(&asking)?;
        let mut people = asking.app.accounts.staff.accounts()?;
        people.sort_by(|a, b| (&a.agency, &a.name).cmp(&(&b.agency, &b.name)));
        let line = |account: Account| StaffLine {
            role: role_label(&asking, &account.role),
            teams: account.teams.iter().map(ToString::to_string).collect(),
            user: account.user,
            name: account.name,
            agency: account.agency,
            disabled: account.disabled,
        };
        let people = people.into_iter().map(line).collect();
        Ok(Html(staff::render_list(&StaffPage { frame: asking.frame(Nav::None), people })?))
    })
    .await
}

/// Somebody new, or changes to somebody.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Person {
    user: String,
    name: String,
    /// Agency and role as one choice: `police/response_officer`.
    post: String,
    title: String,
    teams: String,
    units: String,
    outside: String,
    password: String,
    disabled: String,
}

impl Person {
    fn post(&self, asking: &Asking) -> Result<(AgencyId, RoleId), String> {
        let (agency, role) = self.post.split_once('/').ok_or("Choose an agency and role")?;
        let (agency, role) = (AgencyId::from(agency), RoleId::from(role));
        asking
            .app
            .accounts
            .roles
            .fitting(&role, &agency)
            .map_err(|_| "Choose an agency and role".to_owned())?;
        Ok((agency, role))
    }

    /// Schools they answer for, in a role that does.
    fn units(&self, asking: &Asking, role: &RoleId) -> Result<Vec<UnitId>, String> {
        let units = unit_ids([self.units.as_str()]);
        match asking.app.accounts.needs_unit(role, &units) {
            Some(says) => Err(says),
            None => Ok(units),
        }
    }

    fn teams(&self) -> Vec<TeamId> {
        let teams: BTreeSet<String> = self
            .teams
            .split(',')
            .map(|team| team.trim().to_lowercase())
            .filter(|team| !team.is_empty())
            .collect();
        teams.into_iter().map(TeamId::from).collect()
    }
}

fn posts(asking: &Asking) -> Vec<Choice> {
    let roles = &asking.app.accounts.roles;
    let all = roles.agencies().flat_map(|agency| {
        roles.of(agency).map(move |role| Choice {
            value: format!("{agency}/{}", role.id),
            text: format!("{}: {}", crate::web::shown::agency(agency), role.label),
        })
    });
    all.collect()
}

/// The page for somebody new.
pub async fn new_page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        administers(&asking)?;
        new_again(&asking, &Person::default(), None)
    })
    .await
}

fn new_again(
    asking: &Asking,
    typed: &Person,
    error: Option<(&str, String)>,
) -> Result<Html<String>, Problem> {
    let page = NewPage {
        frame: asking.frame(Nav::None),
        posts: posts(asking),
        user: typed.user.clone(),
        name: typed.name.clone(),
        post: typed.post.clone(),
        title: typed.title.clone(),
        teams: typed.teams.clone(),
        units: typed.units.clone(),
        error: error.map(|(field, says)| (field.to_owned(), says)),
    };
    Ok(Html(staff::render_new(&page)?))
}

/// Adds somebody. Their password must be changed at the first sign-in.
pub async fn add(asking: Asking, Form(sent): Form<Sent<Person>>) -> Result<Response, Problem> {
    aside(move || {
        let form = changes(&asking, sent)?;
        match added(&asking, &form) {
            Ok(user) => Ok(Redirect::to(&format!("/staff/{user}")).into_response()),
            Err(Wrong::Typed(field, says)) => {
                Ok((StatusCode::BAD_REQUEST, new_again(&asking, &form, Some((field, says)))?).into_response())
            }
            Err(Wrong::Problem(problem)) => Err(problem),
        }
    })
    .await
}

enum Wrong {
    Typed(&'static str, String),
    Problem(Problem),
}

impl From<StoreError> for Wrong {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<DraftError> for Wrong {
    fn from(error: DraftError) -> Self {
        Self::Problem(error.into())
    }
}

fn added(asking: &Asking, form: &Person) -> Result<String, Wrong> {
    let accounts = &asking.app.accounts;
    let user = user_name(&form.user).map_err(|why| Wrong::Typed("user", format!("Enter {why}")))?;
    if form.name.trim().is_empty() {
        return Err(Wrong::Typed("name", "Enter the name people know them by".to_owned()));
    }
    let (agency, role) = form.post(asking).map_err(|why| Wrong::Typed("post", why))?;
    let units = form.units(asking, &role).map_err(|why| Wrong::Typed("units", why))?;
    if let Some(says) = Word::of(&form.password, &user).says() {
        return Err(Wrong::Typed("password", says.to_owned()));
    }
    let account = Account {
        user: user.clone(),
        name: form.name.trim().to_owned(),
        agency,
        role,
        title: form.title.trim().to_owned(),
        teams: form.teams(),
        units,
        ..Account::default()
    };
    let taken = || Wrong::Typed("user", "Somebody else signs in with this name. Choose another".to_owned());
    if accounts.staff.account(&user)?.is_some() {
        return Err(taken());
    }
    // It stands in the record first: no right is given of which nobody can read who gave it.
    accounts.tell(Told::Added, &user, by(asking))?;
    if !accounts.staff.add(&account, None, true)? {
        return Err(taken());
    }
    accounts.change_password(&user, &form.password, true, None)?;
    Ok(user)
}

/// The page of one person.
pub async fn one_page(asking: Asking, Path(user): Path<String>) -> Result<Html<String>, Problem> {
    aside(move || {
        administers(&asking)?;
        one_again(&asking, &user, None)
    })
    .await
}

fn one_again(asking: &Asking, user: &str, error: Option<(&str, String)>) -> Result<Html<String>, Problem> {
    let accounts = &asking.app.accounts;
    let account = accounts.staff.account(user)?.ok_or(Problem::NotFound)?;
    let units: Vec<String> = account.units.iter().map(ToString::to_string).collect();
    let teams: Vec<String> = account.teams.iter().map(ToString::to_string).collect();
    let to_them = |worker: &Worker| match worker {
        Worker::User(name) => name == user,
        Worker::Team(team) => account.teams.contains(team),
    };
    let waiting = releases::waiting_to_end(asking)?;
    let allocations = accounts.staff.allocations()?.into_iter().filter(|one| to_them(&one.to));
    let allocations = allocations.map(|one| StandingLine {
        id: one.id,
        what: match one.to {
            Worker::User(_) => "To them".to_owned(),
            Worker::Team(team) => format!("To the team {team}"),
        },
        records: one.mentions.len(),
        reason: String::new(),
        by: one.by,
        from: one.from,
        until: one.until,
        waits: false,
    });
    let bars = accounts.staff.bars()?.into_iter().filter(|bar| match &bar.who {
        // Whom a bar keeps away is not told of it, nor are those of an agency that it keeps away.
        Barred::User(name) => name == user && name != by(asking),
        Barred::Agency(agency) => agency == &account.agency && *agency != asking.opener.viewer().agency,
    });
    let bars = bars.map(|bar| StandingLine {
        id: bar.id,
        what: if matches!(bar.who, Barred::User(_)) { "Them" } else { "Their whole agency" }.to_owned(),
        records: bar.mentions.len(),
        reason: bar.reason,
        by: bar.by,
        from: bar.from,
        until: bar.until,
        waits: waiting.iter().any(|lifts| (lifts.kind, lifts.id) == (RestrictionKind::Bar, bar.id)),
    });
    let declared = accounts.staff.declared(user)?.into_iter().map(|one| StandingLine {
        id: one.id,
        what: one.relationship,
        records: 0,
        reason: one.end.map(|end| format!("{} (ended by {})", end.reason, end.by)).unwrap_or_default(),
        by: user.to_owned(),
        from: one.at,
        until: one.ended,
        waits: waiting.iter().any(|lifts| (lifts.kind, lifts.id) == (RestrictionKind::Declared, one.id)),
    });
    let agency_signs_in = asking.app.agencies.all().iter().any(|one| one.agency == account.agency);
    let page = OnePage {
        declared: declared.collect(),
        own: account.user == asking.opener.viewer().user,
        post: format!("{}/{}", account.agency, account.role),
        role: role_label(asking, &account.role),
        posts: posts(asking),
        allocations: allocations.collect(),
        bars: bars.collect(),
        has_codes: accounts.staff.secrets(user)?.code.is_some(),
        frame: asking.frame(Nav::None),
        user: account.user,
        name: account.name,
        agency: account.agency,
        title: account.title,
        teams: teams.join(", "),
        units: units.join(", "),
        outside: account.outside,
        agency_signs_in,
        disabled: account.disabled,
        demonstration: account.demonstration,
        error: error.map(|(field, says)| (field.to_owned(), says)),
    };
    Ok(Html(staff::render_one(&page)?))
}

/// Changes somebody's role, teams or state. Whoever loses rights is signed out at once.
pub async fn change(
    asking: Asking,
    Path(user): Path<String>,
    Form(sent): Form<Sent<Person>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = changes(&asking, sent)?;
        let own = user == asking.opener.viewer().user;
        let post = match form.post(&asking) {
            Ok(post) => post,
            Err(why) => {
                let page = one_again(&asking, &user, Some(("post", why)))?;
                return Ok((StatusCode::BAD_REQUEST, page).into_response());
            }
        };
        if own {
            return Err(Problem::NotYours(
                "Nobody changes their own role or access. Ask another administrator.".to_owned(),
            ));
        }
        let units = match form.units(&asking, &post.1) {
            Ok(units) => units,
            Err(why) => {
                let page = one_again(&asking, &user, Some(("units", why)))?;
                return Ok((StatusCode::BAD_REQUEST, page).into_response());
            }
        };
        let accounts = &asking.app.accounts;
        accounts.staff.account(&user)?.ok_or(Problem::NotFound)?;
        let outside = form.outside.trim().to_owned();
        if accounts.known_outside(&post.0, &outside)?.iter().any(|other| other.user != user) {
            let says = "Somebody else of this agency is known by this name there".to_owned();
            let page = one_again(&asking, &user, Some(("outside", says)))?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
        accounts.tell(Told::Changed, &user, by(&asking))?;
        let changed = accounts.staff.change(&user, |account| {
            (account.agency, account.role) = post;
            account.title = form.title.trim().to_owned();
            account.teams = form.teams();
            account.units = units;
            account.outside = outside;
            account.disabled = form.disabled == "yes";
            if !form.name.trim().is_empty() {
                account.name = form.name.trim().to_owned();
            }
        })?;
        changed.ok_or(Problem::NotFound)?;
        Ok(Redirect::to(&format!("/staff/{user}")).into_response())
    })
    .await
}

/// Gives somebody another password to sign in with once, and takes lost one-time codes away.
pub async fn reset(
    asking: Asking,
    Path(user): Path<String>,
    Form(sent): Form<Sent<Person>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = changes(&asking, sent)?;
        let accounts = &asking.app.accounts;
        let account = accounts.staff.account(&user)?.ok_or(Problem::NotFound)?;
        if account.demonstration || user == asking.opener.viewer().user {
            return Err(Problem::NotYours(
                "Change your own password on the page about your account.".to_owned(),
            ));
        }
        if let Some(says) = Word::of(&form.password, &user).says() {
            let page = one_again(&asking, &user, Some(("password", says.to_owned())))?;
            return Ok((StatusCode::BAD_REQUEST, page).into_response());
        }
        accounts.tell(Told::PasswordChanged, &user, by(&asking))?;
        accounts.change_password(&user, &form.password, true, None)?;
        accounts.staff.set_code(&user, None, 0, &[])?;
        accounts.staff.remove_passkeys(&user)?;
        Ok(Redirect::to(&format!("/staff/{user}")).into_response())
    })
    .await
}

/// Giving somebody a person to work with, or keeping them from one; or ending either.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Stands {
    person: String,
    to: String,
    reason: String,
    end: String,
}

/// The mentions of the person a form names: the address of their page, or its last part.
fn mentions(asking: &Asking, typed: &str) -> Result<Vec<MentionKey>, Problem> {
    let id = typed.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let person = PersonId::from(id);
    let around = match Around::of(asking, BTreeSet::from([person.clone()])) {
        Ok(around) => around,
        Err(Problem::NotFound) => return Ok(Vec::new()),
        Err(other) => return Err(other),
    };
    Ok(around.keys_of(&person).into_iter().collect())
}

/// Allocates somebody to a worker or their team, or ends an allocation.
pub async fn allocate(
    asking: Asking,
    Path(user): Path<String>,
    Form(sent): Form<Sent<Stands>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = changes(&asking, sent)?;
        let (accounts, now) = (&asking.app.accounts, Clock::now().received);
        let account = accounts.staff.account(&user)?.ok_or(Problem::NotFound)?;
        if let Ok(id) = form.end.parse() {
            accounts.tell(Told::Allocated, &user, by(&asking))?;
            accounts.staff.end_allocation(id, now)?;
        } else {
            let mentions = mentions(&asking, &form.person)?;
            if mentions.is_empty() {
                let says =
                    "Enter the address of a person’s page, for example /person/P0123456789abcdef".to_owned();
                let page = one_again(&asking, &user, Some(("person", says)))?;
                return Ok((StatusCode::BAD_REQUEST, page).into_response());
            }
            let team = account.teams.iter().find(|team| team.as_str() == form.to);
            let to = team.map_or(Worker::User(account.user), |team| Worker::Team(team.clone()));
            accounts.tell(Told::Allocated, &user, by(&asking))?;
            accounts.staff.allocate(&to, mentions, by(&asking), now)?;
        }
        Ok(Redirect::to(&format!("/staff/{user}")).into_response())
    })
    .await
}

/// Keeps somebody or their whole agency from a person, or ends that when a second person confirms it.
pub async fn bar(
    asking: Asking,
    Path(user): Path<String>,
    Form(sent): Form<Sent<Stands>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = changes(&asking, sent)?;
        let (accounts, now) = (&asking.app.accounts, Clock::now().received);
        let account = accounts.staff.account(&user)?.ok_or(Problem::NotFound)?;
        if account.user == asking.opener.viewer().user {
            return Err(Problem::NotYours(
                "Ask another administrator: nobody sets or ends a bar on themselves.".to_owned(),
            ));
        }
        if let Ok(id) = form.end.parse() {
            let set = accounts.staff.bars()?.into_iter().find(|bar| bar.id == id && bar.until.is_none());
            let lifts = match set.map(|bar| bar.who) {
                Some(Barred::User(name)) if name == user => restriction(RestrictionKind::Bar, id, &user),
                Some(Barred::Agency(agency)) if agency == account.agency => {
                    Restriction { agency, ..restriction(RestrictionKind::Bar, id, "") }
                }
                _ => return Err(Problem::NotFound),
            };
            return lifted(&asking, &user, lifts, &form.reason);
        } else {
            let mentions = mentions(&asking, &form.person)?;
            let wrong = if mentions.is_empty() {
                Some((
                    "barred",
                    "Enter the address of a person’s page, for example /person/P0123456789abcdef",
                ))
            } else if form.reason.trim().is_empty() {
                Some(("reason", "Say why"))
            } else {
                None
            };
            if let Some((field, says)) = wrong {
                let page = one_again(&asking, &user, Some((field, says.to_owned())))?;
                return Ok((StatusCode::BAD_REQUEST, page).into_response());
            }
            let who = match form.to.as_str() {
                "agency" => Barred::Agency(account.agency),
                _ => Barred::User(account.user),
            };
            accounts.tell(Told::Barred, &user, by(&asking))?;
            accounts.staff.bar(&who, mentions, form.reason.trim(), by(&asking), now)?;
        }
        Ok(Redirect::to(&format!("/staff/{user}")).into_response())
    })
    .await
}

/// Ends a conflict of interest that somebody declared, with a reason that stays beside it, when a second person confirms
/// it. Whoever declared it cannot: a bar that one could lift oneself would be none.
pub async fn end_conflict(
    asking: Asking,
    Path(user): Path<String>,
    Form(sent): Form<Sent<Stands>>,
) -> Result<Response, Problem> {
    aside(move || {
        let form = changes(&asking, sent)?;
        let accounts = &asking.app.accounts;
        if user == asking.opener.viewer().user {
            return Err(Problem::NotYours(
                "Ask another administrator: nobody ends a conflict that they declared themselves.".to_owned(),
            ));
        }
        let id: u64 = form.end.parse().map_err(|_| Problem::NotFound)?;
        if !accounts.staff.declared(&user)?.iter().any(|one| one.id == id && one.ended.is_none()) {
            return Err(Problem::NotFound);
        }
        lifted(&asking, &user, restriction(RestrictionKind::Declared, id, &user), &form.reason)
    })
    .await
}

fn restriction(kind: RestrictionKind, id: u64, user: &str) -> Restriction {
    Restriction { kind, id, user: user.to_owned(), ..Restriction::default() }
}

/// Ends a restriction once two people are agreed.
fn lifted(asking: &Asking, user: &str, lifts: Restriction, reason: &str) -> Result<Response, Problem> {
    let reason = reason.trim();
    if reason.is_empty() {
        let field = match lifts.kind {
            RestrictionKind::Bar => "bars",
            RestrictionKind::Declared => "declared",
        };
        let wrong = Some((field, "Say why it can end".to_owned()));
        return Ok((StatusCode::BAD_REQUEST, one_again(asking, user, wrong)?).into_response());
    }
    Ok(releases::end_restriction(asking, lifts, reason)?.into_response())
}
