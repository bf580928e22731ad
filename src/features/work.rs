//! Whose is it? Each line of Today is given, taken on, handed over, put off or done; and who has how much.

use std::collections::{BTreeMap, BTreeSet};

use axum::Form;
use axum::extract::Query;
use axum::response::{Html, IntoResponse, Redirect, Response};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use throughline_domain::fact::{Fact, FactBody};
use throughline_domain::ids::{FamilyId, PersonId};
use throughline_domain::picture::{Family, TodayItem};
use throughline_domain::sharing::{Purpose, Viewer};
use throughline_domain::staff::Account;
use throughline_domain::work::{self, Line, State, Step, WorkStep, Worker, Working};

use super::asking::{Sent, aside};
use super::links::{deciding, user};
use super::share::plain::Choice;
use super::{Asking, Problem};
use crate::config::own_copy;
use crate::intake::Clock;
use crate::shelf;
use crate::web::pages::frame::Nav;
use crate::web::pages::work::{self as page_of, LinePage, WorkPage};
use crate::web::shown;

/// How one line of Today stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WorkSeen {
    /// Who has it, as people know them; empty where nobody has.
    pub whose: String,
    /// Whether the reader has it.
    pub mine: bool,
    /// Whether whoever has it said that they will do it.
    pub accepted: bool,
    /// Whether they let the time pass in which to accept it: it is nobody's again.
    pub lapsed: bool,
    /// The day by which it must be done.
    #[schemars(with = "Option<String>")]
    pub due: Option<Date>,
    /// Whether that day is over.
    pub overdue: bool,
    /// Until when it waits.
    #[schemars(with = "Option<String>")]
    pub waits_until: Option<Date>,
    /// Whether it is done and nothing new has happened since.
    pub done: bool,
    /// Where to decide about it.
    pub href: String,
}

/// One worker's load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Load {
    /// Who.
    pub name: String,
    /// Lines they have.
    pub open: usize,
    /// Those whose day is over.
    pub overdue: usize,
}

/// One team's load: that of the people in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TeamLoad {
    /// The team.
    pub name: String,
    /// People in it.
    pub people: usize,
    /// Lines they have.
    pub open: usize,
    /// Those whose day is over.
    pub overdue: usize,
}

/// The work of the reader's agency.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkView {
    /// The reader's own lines.
    pub mine: Vec<(TodayItem, WorkSeen)>,
    /// Who has how much, the most overdue first.
    pub load: Vec<Load>,
    /// How much each team has, the most overdue first. Whoever is in two teams counts in both.
    pub teams: Vec<TeamLoad>,
    /// Lines that nobody has.
    pub nobodys: usize,
}

/// The line of an item.
fn line(item: &TodayItem) -> Line {
    Line { part: item.group.clone(), family: item.family.clone(), person: item.person.clone() }
}

fn href(line: &Line) -> String {
    let family = line.family.as_ref().map_or("", FamilyId::as_str);
    let person = line.person.as_ref().map_or("", PersonId::as_str);
    format!("/whose-is-it?part={}&family={family}&person={person}", line.part)
}

/// How the lines of the reader's agency stand.
fn states(asking: &Asking) -> Result<BTreeMap<Line, State>, Problem> {
    let mut facts: Vec<Fact> = Vec::new();
    for sealed in asking.app.store.facts_of_kind(&["work_step"], ..)? {
        facts.push(asking.opener.read(sealed?)?);
    }
    facts.sort_by_key(|fact| fact.seq);
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    Ok(work::states(&facts, &asking.opener.viewer().agency, &zone))
}

fn seen(asking: &Asking, item: &TodayItem, state: Option<&State>, today: Date) -> WorkSeen {
    let line = line(item);
    let href = href(&line);
    let Some(state) = state else { return WorkSeen { href, ..WorkSeen::default() } };
    let done = state.is_done(item.since);
    let whose = state.whose.as_ref().filter(|_| !done);
    let due = state.due(&line, settings(asking)).filter(|_| !done);
    WorkSeen {
        whose: whose.map(|whose| user(asking, &whose.user)).unwrap_or_default(),
        mine: whose.is_some_and(|whose| whose.user == asking.opener.viewer().user),
        accepted: whose.is_some_and(|whose| whose.accepted),
        lapsed: whose.is_some() && state.lapsed(&line, settings(asking), today),
        overdue: due.is_some_and(|due| due < today),
        due,
        waits_until: state.waits_until.filter(|_| state.waits(item.since, today)),
        done,
        href,
    }
}

fn settings(asking: &Asking) -> &Working {
    &asking.app.work
}

/// What is set about work: a partnership's own `work.toml` in the folder of its area, else what is built in.
pub fn open(folder: &std::path::Path) -> Result<Working, String> {
    let own = own_copy(folder, "work.toml")?;
    own.map_or_else(Working::built_in, |(file, text)| Working::read(&file, &text)).map_err(|e| e.to_string())
}

/// How each of these lines of the reader's Today stands, in their order.
pub fn of(asking: &Asking, items: &[TodayItem]) -> Result<Vec<WorkSeen>, Problem> {
    let (states, on) = (states(asking)?, Clock::now().today);
    Ok(items.iter().map(|item| seen(asking, item, states.get(&line(item)), on)).collect())
}

fn items(asking: &Asking) -> Result<Vec<TodayItem>, Problem> {
    Ok(super::today::queue(&asking.with(Purpose::Triage))?.items)
}

/// Reads who has what.
pub fn view(asking: &Asking) -> Result<WorkView, Problem> {
    let (states, on, items) = (states(asking)?, Clock::now().today, items(asking)?);
    let lines: Vec<(Line, &TodayItem)> = items.iter().map(|item| (line(item), item)).collect();
    let on_today = lines.iter().map(|(line, item)| (line, item.since));
    let load = work::load(&states, on_today, on, settings(asking));
    let members = colleagues(asking)?.into_iter().map(|account| (account.user, account.teams));
    let mut teams: Vec<TeamLoad> = work::by_team(&load, members)
        .into_iter()
        .map(|(team, (people, open, overdue))| TeamLoad { name: team.to_string(), people, open, overdue })
        .collect();
    teams.sort_by(|a, b| (b.overdue, b.open, &a.name).cmp(&(a.overdue, a.open, &b.name)));
    let mut load: Vec<Load> = load
        .into_iter()
        .map(|(name, (open, overdue))| Load { name: user(asking, &name), open, overdue })
        .collect();
    load.sort_by(|a, b| (b.overdue, b.open, &a.name).cmp(&(a.overdue, a.open, &b.name)));
    let seen = lines.iter().map(|(line, item)| seen(asking, item, states.get(line), on));
    let seen: Vec<WorkSeen> = seen.collect();
    let nobodys = seen.iter().filter(|one| (one.whose.is_empty() || one.lapsed) && !one.done).count();
    let mine = items.iter().cloned().zip(seen).filter(|(_, one)| one.mine).collect();
    Ok(WorkView { mine, load, teams, nobodys })
}

/// The page of the reader's own work and that of their agency.
pub async fn page(asking: Asking) -> Result<Html<String>, Problem> {
    aside(move || {
        let view = view(&asking)?;
        let wanted: BTreeSet<&PersonId> =
            view.mine.iter().filter_map(|(item, _)| item.person.as_ref()).collect();
        let people = super::person::named(&asking, wanted, &BTreeMap::new())?;
        let frame = asking.frame(Nav::Today);
        let labels = shown::labels(people.values(), frame.now.first_day());
        Ok(Html(page_of::render(&WorkPage { frame, view, labels })?))
    })
    .await
}

/// Which line, and what was done just now.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    part: String,
    family: String,
    person: String,
    done: String,
}

impl Which {
    fn line(&self) -> Line {
        let id = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Line {
            part: self.part.clone(),
            family: id(&self.family).map(FamilyId::from),
            person: id(&self.person).map(PersonId::from),
        }
    }
}

/// What somebody wants to do.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Filled {
    step: String,
    to: String,
    reason: String,
    #[serde(rename = "until-day")]
    day: String,
    #[serde(rename = "until-month")]
    month: String,
    #[serde(rename = "until-year")]
    year: String,
}

impl Filled {
    fn until(&self) -> Option<Date> {
        let [day, month, year] = [&self.day, &self.month, &self.year].map(|part| part.trim());
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
    }
}

/// The page of one line.
pub async fn line_page(asking: Asking, Query(which): Query<Which>) -> Result<Html<String>, Problem> {
    aside(move || drawn(&asking, &which, Filled::default(), None)).await
}

/// The item of a line that is on the reader's Today.
fn item(asking: &Asking, line_of: &Line) -> Result<TodayItem, Problem> {
    items(asking)?.into_iter().find(|item| line(item) == *line_of).ok_or(Problem::NotFound)
}

fn drawn(
    asking: &Asking,
    which: &Which,
    filled: Filled,
    error: Option<(String, &'static str)>,
) -> Result<Html<String>, Problem> {
    let line = which.line();
    let item = item(asking, &line)?;
    let states = states(asking)?;
    let state = states.get(&line).cloned().unwrap_or_default();
    let people = super::person::named(asking, item.person.iter().collect(), &BTreeMap::new())?;
    let family: Option<Family> = match &line.family {
        Some(family) => asking.maybe(shelf::FAMILY, family.as_str())?,
        None => None,
    };
    let colleagues = colleagues(asking)?
        .into_iter()
        .map(|account| Choice { value: account.user, text: account.name })
        .collect();
    let frame = asking.frame(Nav::Today);
    let kept = asking.app.kept()?;
    let told = state.history.iter().rev().map(|told| page_of::ToldLine {
        at: told.at,
        by: user(asking, &told.step.by),
        to: Some(&told.step.to).filter(|to| !to.is_empty()).map(|to| user(asking, to)),
        step: told.step.step,
        until: told.step.until,
        reason: kept.hush(&told.step.reason).into_owned(),
    });
    Ok(Html(page_of::render_line(&LinePage {
        labels: shown::labels(people.values(), frame.now.first_day()),
        family: family.map(|family| (family.id.to_string(), family.name)),
        seen: seen(asking, &item, states.get(&line), Clock::now().today),
        may_give: asking.opener.viewer().rights.oversees,
        told: told.collect(),
        done: which.done.clone(),
        item,
        colleagues,
        filled,
        error,
        frame,
    })?))
}

/// Those of the reader's agency who can sign in.
fn colleagues(asking: &Asking) -> Result<Vec<Account>, Problem> {
    let own = &asking.opener.viewer().agency;
    let mut all = asking.app.accounts.staff.accounts()?;
    all.retain(|account| account.agency == *own && !account.disabled);
    all.sort_by(|a, b| (&a.name, &a.user).cmp(&(&b.name, &b.user)));
    Ok(all)
}

/// Whether a colleague's role and allocations let them see whom a line is about. Bars and conflicts of interest do not count
/// here: a refusal would tell of them. Who is barred is not shown the line, and it is nobody's again when its time to be
/// accepted is over.
fn sees(asking: &Asking, to: &str, line: &Line) -> Result<bool, Problem> {
    let account = colleagues(asking)?.into_iter().find(|account| account.user == to);
    let Some(viewer) = account.and_then(|account| asking.app.accounts.viewer(&account)) else {
        return Ok(false);
    };
    let viewer: Viewer = viewer;
    let sight = asking.app.sight(&viewer)?.without_bars();
    let there = |shelf: &str, key: &str| -> Result<bool, Problem> {
        let keys = [key.to_owned()];
        Ok(!asking.app.store.get_many(&shelf::of_audience(shelf, &sight.audience), &keys)?.is_empty())
    };
    if let Some(person) = &line.person
        && (!sight.may_name(person) || !there(shelf::PERSON, person.as_str())?)
    {
        return Ok(false);
    }
    if let Some(family) = &line.family {
        let known: Option<Family> = asking.maybe(shelf::FAMILY, family.as_str())?;
        if !known.is_some_and(|known| sight.may(&known)) || !there(shelf::FAMILY, family.as_str())? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes a step.
pub async fn send(
    asking: Asking,
    Query(which): Query<Which>,
    Form(sent): Form<Sent<Filled>>,
) -> Result<Response, Problem> {
    aside(move || {
        let filled = sent.form(&asking)?;
        let line = which.line();
        let about = item(&asking, &line)?;
        asking.opener.collector().about(about.person.iter());
        let Some(kind) = Step::ALL.iter().copied().find(|step| step.word() == filled.step) else {
            let error = Some(("Choose what you want to do".to_owned(), "step"));
            return Ok(drawn(&asking, &which, filled, error)?.into_response());
        };
        let viewer = asking.opener.viewer();
        let gives = matches!(kind, Step::Give | Step::HandOver);
        let to = match (gives, filled.to.as_str()) {
            (false, _) => String::new(),
            // Whoever takes it names nobody.
            (true, "") if kind == Step::Give => viewer.user.clone(),
            (true, to) => to.to_owned(),
        };
        let step = WorkStep {
            line: line.clone(),
            step: kind,
            until: filled.until().filter(|_| kind == Step::PutOff),
            reason: filled.reason.trim().chars().take(2_000).collect(),
            by: viewer.user.clone(),
            to,
        };
        let _claim = deciding::claim(&asking)?;
        let state = states(&asking)?.remove(&line).unwrap_or_default();
        let worker = Worker { user: &viewer.user, oversees: viewer.rights.oversees };
        let colleague = !gives || sees(&asking, &step.to, &line)?;
        match work::check(&step, &state, worker, colleague, Clock::now().today, settings(&asking)) {
            Ok(()) => {
                deciding::append(&asking, vec![FactBody::WorkStep(step)])?;
                Ok(Redirect::to(&format!("{}&done={}", href(&line), kind.word())).into_response())
            }
            Err(why) => {
                let field = match &why {
                    work::WhyNot::NoReason(_) => "reason",
                    work::WhyNot::Day(_) => "until",
                    work::WhyNot::Nobody | work::WhyNot::Already => "to",
                    work::WhyNot::NotYours => "step",
                };
                let says = match &why {
                    work::WhyNot::Day(last) => format!("Enter a day from tomorrow to {}", shown::day(*last)),
                    other => other.to_string(),
                };
                Ok(drawn(&asking, &which, filled, Some((says, field)))?.into_response())
            }
        }
    })
    .await
}
