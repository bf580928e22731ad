//! Sessions and the drafts that outlive them. Only hashes of what a browser holds are stored: whoever reads the
//! database can neither be somebody nor read what they were writing.

use serde::{Deserialize, Serialize};
use throughline_domain::staff::{Account, Life};

use super::{Staff, read, statements};
use crate::chain::Cell;
use crate::error::StoreError;
use crate::sqlite::Link;

/// The hash by which a session is known here.
pub type SessionHash = [u8; 32];

/// How far somebody has come in signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The password was right; a one-time code is still asked for.
    Code,
    /// Signed in, but must first choose a password or set up one-time codes.
    SettingUp,
    /// Signed in.
    In,
}

/// A session that was begun.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenSession {
    /// Whose.
    pub account: Account,
    /// When it began, was used, and was stepped up.
    pub life: Life,
    /// How far.
    pub stage: Stage,
    /// What every form sends back.
    pub token: String,
    /// Ended by somebody: signed out, disabled, another role.
    pub ended: bool,
}

/// What was being written when a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Whose.
    pub user: String,
    /// When it was kept, in milliseconds.
    pub kept: i64,
    /// What, encrypted with a key that only the browser can give.
    pub body: Vec<u8>,
}

impl Stage {
    fn number(self) -> i64 {
        match self {
            Self::Code => 0,
            Self::SettingUp => 1,
            Self::In => 2,
        }
    }

    fn of(number: u64) -> Self {
        match number {
            1 => Self::SettingUp,
            2 => Self::In,
            _ => Self::Code,
        }
    }
}

impl Staff {
    /// Begins a session.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(
        &self,
        hash: &SessionHash,
        user: &str,
        now: i64,
        stage: Stage,
        token: &str,
    ) -> Result<(), StoreError> {
        let stepped = if stage == Stage::Code { Cell::Null } else { Cell::Int(now) };
        let with = [
            Cell::Bytes(hash),
            Cell::text(user),
            Cell::Int(now),
            stepped,
            Cell::Int(stage.number()),
            Cell::text(token),
        ];
        self.write(|link| link.run(statements::PUT_SESSION, &with).map(drop))
    }

    /// A session as it stands, with its account as it is now. Whether it is over is for the caller's clock to say.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn session(&self, hash: &SessionHash) -> Result<Option<OpenSession>, StoreError> {
        self.0.read(|link| {
            link.one(statements::GET_SESSION, &[Cell::Bytes(hash)], |row| {
                let stepped = match row.cell(3)? {
                    Cell::Null => None,
                    _ => Some(row.number(3)?.cast_signed()),
                };
                let life =
                    Life { began: row.number(1)?.cast_signed(), used: row.number(2)?.cast_signed(), stepped };
                Ok(OpenSession {
                    account: read(row.bytes(7)?)?,
                    life,
                    stage: Stage::of(row.number(4)?),
                    token: row.text(5)?.to_owned(),
                    ended: row.number(6)? != 0,
                })
            })
        })
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn used(&self, hash: &SessionHash, now: i64) -> Result<(), StoreError> {
        self.write(|link| link.run(statements::USE_SESSION, &[Cell::Int(now), Cell::Bytes(hash)]).map(drop))
    }

    /// Notes that the password or a code was given again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn stepped(&self, hash: &SessionHash, now: i64) -> Result<(), StoreError> {
        self.write(|link| link.run(statements::STEP_SESSION, &[Cell::Int(now), Cell::Bytes(hash)]).map(drop))
    }

    /// Ends one session, and throws away what it kept of unfinished writing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(&self, hash: &SessionHash) -> Result<(), StoreError> {
        self.write(|link| {
            link.run(statements::END_SESSION, &[Cell::Bytes(hash)])?;
            link.run(statements::DROP_DRAFT, &[Cell::Bytes(hash)]).map(drop)
        })
    }

    /// Ends every session of somebody.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end_all(&self, user: &str) -> Result<(), StoreError> {
        self.write(|link| end_others(link, user, None))
    }

    /// How many sessions of somebody were used after `used` and began after `began`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn sessions_of(&self, user: &str, used: i64, began: i64) -> Result<u64, StoreError> {
        let with = [Cell::text(user), Cell::Int(used), Cell::Int(began)];
        let count = |link: &Link| link.one(statements::COUNT_SESSIONS, &with, |row| row.number(0));
        Ok(self.0.read(count)?.unwrap_or(0))
    }

    /// Forgets sessions and drafts from before a moment.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn sweep(&self, before: i64) -> Result<(), StoreError> {
        self.write(|link| {
            link.run(statements::SWEEP_SESSIONS, &[Cell::Int(before)])?;
            link.run(statements::SWEEP_DRAFTS, &[Cell::Int(before)]).map(drop)
        })
    }

    /// Keeps a draft for a session, in place of one it may have.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_draft(&self, hash: &SessionHash, draft: &Draft) -> Result<(), StoreError> {
        let with =
            [Cell::Bytes(hash), Cell::text(&draft.user), Cell::Int(draft.kept), Cell::Bytes(&draft.body)];
        self.write(|link| link.run(statements::PUT_DRAFT, &with).map(drop))
    }

    /// The draft of a session.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn draft(&self, hash: &SessionHash) -> Result<Option<Draft>, StoreError> {
        self.0.read(|link| {
            link.one(statements::GET_DRAFT, &[Cell::Bytes(hash)], |row| {
                Ok(Draft {
                    user: row.text(0)?.to_owned(),
                    kept: row.number(1)?.cast_signed(),
                    body: row.bytes(2)?.to_vec(),
                })
            })
        })
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn drop_draft(&self, hash: &SessionHash) -> Result<(), StoreError> {
        self.write(|link| link.run(statements::DROP_DRAFT, &[Cell::Bytes(hash)]).map(drop))
    }
}

pub(super) fn end_others(link: &Link, user: &str, but: Option<&SessionHash>) -> Result<(), StoreError> {
    match but {
        Some(hash) => link.run(statements::END_OTHER_SESSIONS, &[Cell::text(user), Cell::Bytes(hash)]),
        None => link.run(statements::END_SESSIONS, &[Cell::text(user)]),
    }
    .map(drop)
}
