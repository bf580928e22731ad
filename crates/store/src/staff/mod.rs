//! People who sign in: accounts, their secrets as hashes, open sessions, what was being written when one ended, and
//! who works with or is kept from whom. Kept in `staff.db` beside the facts.

mod passkeys;
mod sessions;
mod standings;
pub(crate) mod statements;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use throughline_domain::staff::Account;

use crate::chain::Cell;
use crate::error::{Damage, StoreError};
use crate::model::Area;
use crate::pool::Pool;
use crate::side::Side;
use crate::sqlite::Link;

pub use passkeys::StoredPasskey;
pub use sessions::{Draft, OpenSession, SessionHash, Stage};
pub use standings::{Declared, End};

/// The database of people who sign in.
pub(crate) const SIDE: Side = Side { file: "staff.db", migrations: statements::MIGRATIONS, chain: None };

/// The open database of people who sign in. Cheap to clone.
#[derive(Clone)]
pub struct Staff(pub(crate) Arc<Pool>);

/// What proves that somebody is who they say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    /// The password's hash with salt and cost, as text; `None` for accounts that have none.
    pub password: Option<String>,
    /// Set by somebody else, so it must be changed at the next sign-in.
    pub must_change: bool,
    /// The secret that one-time codes are made from, sealed by a key that is not in this database.
    pub code: Option<Vec<u8>>,
}

impl Staff {
    /// Opens the database of the area in `folder`, and makes it where there is none yet.
    ///
    /// # Errors
    /// When it cannot be read or written, or belongs to another area.
    pub fn open(folder: &Path, area: &Area) -> Result<Self, StoreError> {
        SIDE.open(folder, area).map(|pool| Self(Arc::new(pool)))
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.0.read(|link| {
            let mut all = Vec::new();
            link.each(statements::ALL_ACCOUNTS, &[], |row| {
                all.push(read(row.bytes(0)?)?);
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(all)
        })
    }

    /// One account.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn account(&self, user: &str) -> Result<Option<Account>, StoreError> {
        self.0.read(|link| account(link, user))
    }

    /// Adds an account, unless one of that name is there. Says whether it was added.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&self, new: &Account, password: Option<&str>, must_change: bool) -> Result<bool, StoreError> {
        self.write(|link| {
            if account(link, &new.user)?.is_some() {
                return Ok(false);
            }
            put(link, new)?;
            if let Some(password) = password {
                put_password(link, &new.user, password, must_change)?;
            }
            Ok(true)
        })
    }

    /// Changes an account by a rule that gets it as it stands. Whoever is disabled, or works elsewhere or as something
    /// else from now on, is signed out everywhere in the same moment. Says what it became; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn change(
        &self,
        user: &str,
        change: impl FnOnce(&mut Account),
    ) -> Result<Option<Account>, StoreError> {
        self.write(|link| {
            let Some(before) = account(link, user)? else { return Ok(None) };
            let mut after = before.clone();
            change(&mut after);
            after.user.clone_from(&before.user);
            put(link, &after)?;
            let rights_moved = (before.role, before.agency, before.units, before.disabled)
                != (after.role.clone(), after.agency.clone(), after.units.clone(), after.disabled);
            if rights_moved {
                link.run(statements::END_SESSIONS, &[Cell::text(user)])?;
            }
            Ok(Some(after))
        })
    }

    /// A number that moves whenever an account or a standing changes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn revision(&self) -> Result<u64, StoreError> {
        let found = self.0.read(|link| link.one(statements::REVISION, &[], |row| row.number(0)))?;
        Ok(found.unwrap_or(0))
    }

    /// The secrets of an account; none for one that is not there.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn secrets(&self, user: &str) -> Result<Secrets, StoreError> {
        let found = self.0.read(|link| {
            link.one(statements::GET_SECRETS, &[Cell::text(user)], |row| {
                let code = match row.cell(2)? {
                    Cell::Null => None,
                    _ => Some(row.bytes(2)?.to_vec()),
                };
                Ok(Secrets {
                    password: row.text_or_null(0)?.map(str::to_owned),
                    must_change: row.number(1)? != 0,
                    code,
                })
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    /// Sets a password. Every session of the account but `but` ends.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_password(
        &self,
        user: &str,
        hash: &str,
        must_change: bool,
        but: Option<&SessionHash>,
    ) -> Result<(), StoreError> {
        self.write(|link| {
            put_password(link, user, hash, must_change)?;
            sessions::end_others(link, user, but)
        })
    }

    /// Sets or takes away the secret for one-time codes, with recovery codes as hashes. `used` is the step of the code
    /// that proved it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn set_code(
        &self,
        user: &str,
        secret: Option<&[u8]>,
        used: u64,
        recovery: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        self.write(|link| {
            let secret = secret.map_or(Cell::Null, Cell::Bytes);
            link.run(statements::PUT_CODE, &[Cell::text(user), secret, Cell::Int(used.cast_signed())])?;
            link.run(statements::DROP_RECOVERY, &[Cell::text(user)])?;
            for hash in recovery {
                link.run(statements::PUT_RECOVERY, &[Cell::text(user), Cell::Bytes(hash)])?;
            }
            Ok(())
        })
    }

    /// The secrets for one-time codes of everybody who has one, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn codes(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        self.0.read(|link| {
            let mut all = Vec::new();
            link.each(statements::ALL_CODES, &[], |row| {
                all.push((row.text(0)?.to_owned(), row.bytes(1)?.to_vec()));
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(all)
        })
    }

    /// Puts a sealed secret in place of the same one as it was; `false` when it has changed meanwhile.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn seal_code(&self, user: &str, plain: &[u8], sealed: &[u8]) -> Result<bool, StoreError> {
        let with = [Cell::Bytes(sealed), Cell::text(user), Cell::Bytes(plain)];
        self.write(|link| Ok(link.run(statements::SEAL_CODE, &with)? > 0))
    }

    /// Takes all that was written into the database itself, and empties its log.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.0.writer().settle()
    }

    /// Uses the code of a step; `false` when it or a later one was used before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn use_code(&self, user: &str, step: u64) -> Result<bool, StoreError> {
        let with = [Cell::Int(step.cast_signed()), Cell::text(user)];
        self.write(|link| Ok(link.run(statements::USE_CODE, &with)? > 0))
    }

    /// Uses a recovery code, given its hash; `false` when there is none such.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn use_recovery(&self, user: &str, hash: &[u8; 32]) -> Result<bool, StoreError> {
        let with = [Cell::text(user), Cell::Bytes(hash)];
        self.write(|link| Ok(link.run(statements::USE_RECOVERY, &with)? > 0))
    }

    /// How many recovery codes are left.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn recovery_left(&self, user: &str) -> Result<u64, StoreError> {
        let count =
            |link: &Link| link.one(statements::COUNT_RECOVERY, &[Cell::text(user)], |row| row.number(0));
        Ok(self.0.read(count)?.unwrap_or(0))
    }

    fn write<T>(&self, work: impl FnOnce(&Link) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let writer = self.0.writer();
        self.0.write(&writer, || work(&writer))
    }
}

fn account(link: &Link, user: &str) -> Result<Option<Account>, StoreError> {
    link.one(statements::GET_ACCOUNT, &[Cell::text(user)], |row| read(row.bytes(0)?))
}

fn put(link: &Link, account: &Account) -> Result<(), StoreError> {
    let body = serde_json::to_vec(account).map_err(|_| StoreError::Unfit("an account"))?;
    link.run(statements::PUT_ACCOUNT, &[Cell::text(&account.user), Cell::Bytes(&body)]).map(drop)
}

fn put_password(link: &Link, user: &str, hash: &str, must_change: bool) -> Result<(), StoreError> {
    let with = [Cell::text(user), Cell::text(hash), Cell::Int(must_change.into())];
    link.run(statements::PUT_PASSWORD, &with).map(drop)
}

/// A stored value as what it was stored as.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| {
        let what = "staff.db holds an entry that this program cannot read".to_owned();
        StoreError::Damaged(Damage { agency: None, seq: None, what })
    })
}

#[cfg(test)]
mod tests;
