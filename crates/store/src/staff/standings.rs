//! Who works with whom, who is kept from whom, and what people declared about themselves. Rows are added and ended,
//! never changed.

use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use throughline_domain::ids::MentionKey;
use throughline_domain::staff::{Allocation, Bar, Barred, Details, Worker};

use super::{Staff, read, statements};
use crate::chain::Cell;
use crate::error::StoreError;
use crate::sqlite::Link;

const ALLOCATION: &str = "allocation";
const BAR: &str = "bar";
const DECLARED: &str = "declared";
const END: &str = "end";

/// A conflict that somebody declared. Whether the person is in the area is not said to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Its number.
    pub id: u64,
    /// Who declared it.
    pub user: String,
    /// What the person is to them, in their words.
    pub relationship: String,
    /// What the person is found by.
    pub about: Details,
    /// When.
    pub at: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// By whom and why it ended.
    pub end: Option<End>,
}

/// By whom and why a declaration ended. Kept for ever beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Who ended it.
    pub by: String,
    /// Why, in words.
    pub reason: String,
}

#[derive(Serialize, Deserialize)]
struct Allocated {
    to: Worker,
    mentions: Vec<MentionKey>,
    by: String,
    from: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Set {
    who: Barred,
    mentions: Vec<MentionKey>,
    reason: String,
    by: String,
    from: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Told {
    relationship: String,
    about: Details,
    at: Timestamp,
}

type Rows = Vec<(u64, Vec<u8>, Option<Timestamp>)>;

impl Staff {
    /// Gives somebody to a worker or a team.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn allocate(
        &self,
        to: &Worker,
        mentions: Vec<MentionKey>,
        by: &str,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let body = Allocated { to: to.clone(), mentions, by: by.to_owned(), from: at };
        self.stand(ALLOCATION, &worker(to), &body)
    }

    /// All allocations, ended ones too.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn allocations(&self) -> Result<Vec<Allocation>, StoreError> {
        let rows = self.standing(ALLOCATION, None)?.into_iter();
        rows.map(|(id, body, until)| {
            let Allocated { to, mentions, by, from } = read(&body)?;
            Ok(Allocation { id, to, mentions, by, from, until })
        })
        .collect()
    }

    /// Ends an allocation; `false` when there is none such that stands.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_allocation(&self, id: u64, at: Timestamp) -> Result<bool, StoreError> {
        self.end_standing(ALLOCATION, id, at)
    }

    /// Keeps somebody from people.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn bar(
        &self,
        who: &Barred,
        mentions: Vec<MentionKey>,
        reason: &str,
        by: &str,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let about = match who {
            Barred::User(user) => format!("user {user}"),
            Barred::Agency(agency) => format!("agency {agency}"),
        };
        let body = Set { who: who.clone(), mentions, reason: reason.to_owned(), by: by.to_owned(), from: at };
        self.stand(BAR, &about, &body)
    }

    /// All bars that people set, ended ones too.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn bars(&self) -> Result<Vec<Bar>, StoreError> {
        let rows = self.standing(BAR, None)?.into_iter();
        rows.map(|(id, body, until)| {
            let Set { who, mentions, reason, by, from } = read(&body)?;
            Ok(Bar { id, who, mentions, reason, by, from, until })
        })
        .collect()
    }

    /// Ends a bar; `false` when there is none such that stands.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_bar(&self, id: u64, at: Timestamp) -> Result<bool, StoreError> {
        self.end_standing(BAR, id, at)
    }

    /// Writes down a conflict that somebody declared.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn declare(
        &self,
        user: &str,
        relationship: &str,
        about: &Details,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let body = Told { relationship: relationship.to_owned(), about: about.clone(), at };
        self.stand(DECLARED, user, &body)
    }

    /// What somebody declared, ended ones too.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn declared(&self, user: &str) -> Result<Vec<Declared>, StoreError> {
        let rows = self.standing(DECLARED, Some(user))?.into_iter();
        rows.map(|(id, body, ended)| {
            let Told { relationship, about, at } = read(&body)?;
            let end = self.standing(END, Some(&end_of(id)))?.pop();
            let end = end.map(|(_, body, _)| read(&body)).transpose()?;
            Ok(Declared { id, user: user.to_owned(), relationship, about, at, ended, end })
        })
        .collect()
    }

    /// Ends what somebody declared, and writes down by whom and why; `false` when they declared none such that stands.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_declared(&self, user: &str, id: u64, end: &End, at: Timestamp) -> Result<bool, StoreError> {
        let body = serde_json::to_vec(end).map_err(|_| StoreError::Unfit("an entry of staff.db"))?;
        let ended = at.to_string();
        let with = [Cell::text(&ended), Cell::Int(id.cast_signed()), Cell::text(DECLARED), Cell::text(user)];
        self.write(|link| {
            let done = link.run(statements::END_STANDING_OF, &with)? > 0;
            if done {
                put(link, END, &end_of(id), &body)?;
            }
            Ok(done)
        })
    }

    fn stand(&self, kind: &str, about: &str, body: &impl Serialize) -> Result<u64, StoreError> {
        let body = serde_json::to_vec(body).map_err(|_| StoreError::Unfit("an entry of staff.db"))?;
        self.write(|link| put(link, kind, about, &body))
    }

    fn standing(&self, kind: &str, about: Option<&str>) -> Result<Rows, StoreError> {
        self.0.read(|link| {
            let mut rows = Rows::new();
            let mut with = vec![Cell::text(kind)];
            with.extend(about.map(Cell::text));
            let sql = if about.is_some() { statements::STANDINGS_ABOUT } else { statements::STANDINGS };
            link.each(sql, &with, |row| {
                let ended = row.text_or_null(2)?.and_then(|at| at.parse().ok());
                rows.push((row.number(0)?, row.bytes(1)?.to_vec(), ended));
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(rows)
        })
    }

    fn end_standing(&self, kind: &str, id: u64, at: Timestamp) -> Result<bool, StoreError> {
        let at = at.to_string();
        let with = [Cell::text(&at), Cell::Int(id.cast_signed()), Cell::text(kind)];
        self.write(|link| Ok(link.run(statements::END_STANDING, &with)? > 0))
    }
}

fn put(link: &Link, kind: &str, about: &str, body: &[u8]) -> Result<u64, StoreError> {
    let last = link.one(statements::LAST_STANDING, &[], |row| row.number(0))?.unwrap_or(0);
    let id = last + 1;
    let with = [Cell::Int(id.cast_signed()), Cell::text(kind), Cell::text(about), Cell::Bytes(body)];
    link.run(statements::PUT_STANDING, &with)?;
    Ok(id)
}

/// What an end is about.
fn end_of(id: u64) -> String {
    format!("declared {id}")
}

fn worker(to: &Worker) -> String {
    match to {
        Worker::User(user) => format!("user {user}"),
        Worker::Team(team) => format!("team {team}"),
    }
}
