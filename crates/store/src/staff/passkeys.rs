//! Passkeys: the public half of keys that stay on people's devices. Whoever reads them can be nobody.

use std::ops::ControlFlow;

use super::{Staff, statements};
use crate::chain::Cell;
use crate::error::StoreError;
use crate::sqlite::Cells;

/// A passkey of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPasskey {
    /// By what devices know it.
    pub id: Vec<u8>,
    /// Whose.
    pub user: String,
    /// By what devices know its owner: random, the same for all passkeys of one person.
    pub handle: Vec<u8>,
    /// What its owner calls it.
    pub label: String,
    /// Its public key and counter, as the library that checks it wrote them.
    pub body: Vec<u8>,
    /// When it was added, in milliseconds.
    pub made: i64,
    /// When it was last used.
    pub used: Option<i64>,
}

impl Staff {
    /// The passkeys of somebody, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn passkeys(&self, user: &str) -> Result<Vec<StoredPasskey>, StoreError> {
        self.0.read(|link| {
            let mut all = Vec::new();
            link.each(statements::PASSKEYS_OF, &[Cell::text(user)], |row| {
                all.push(read(row)?);
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(all)
        })
    }

    /// The passkey that a device names.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn passkey(&self, id: &[u8]) -> Result<Option<StoredPasskey>, StoreError> {
        self.0.read(|link| link.one(statements::GET_PASSKEY, &[Cell::Bytes(id)], read))
    }

    /// Adds a passkey; `false` when there is one that devices know by the same name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add_passkey(&self, new: &StoredPasskey) -> Result<bool, StoreError> {
        let with = [
            Cell::Bytes(&new.id),
            Cell::text(&new.user),
            Cell::Bytes(&new.handle),
            Cell::text(&new.label),
            Cell::Bytes(&new.body),
            Cell::Int(new.made),
        ];
        self.write(|link| Ok(link.run(statements::ADD_PASSKEY, &with)? > 0))
    }

    /// Notes that a passkey was used, with what it is now; `false` when it was removed meanwhile.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn use_passkey(&self, id: &[u8], body: &[u8], now: i64) -> Result<bool, StoreError> {
        let with = [Cell::Bytes(body), Cell::Int(now), Cell::Bytes(id)];
        self.write(|link| Ok(link.run(statements::USE_PASSKEY, &with)? > 0))
    }

    /// Removes a passkey of somebody; `false` when they have none such.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn remove_passkey(&self, user: &str, id: &[u8]) -> Result<bool, StoreError> {
        let with = [Cell::text(user), Cell::Bytes(id)];
        self.write(|link| Ok(link.run(statements::REMOVE_PASSKEY, &with)? > 0))
    }

    /// Removes all passkeys of somebody.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn remove_passkeys(&self, user: &str) -> Result<(), StoreError> {
        self.write(|link| link.run(statements::REMOVE_PASSKEYS, &[Cell::text(user)]).map(drop))
    }
}

fn read(row: &Cells<'_>) -> Result<StoredPasskey, StoreError> {
    let used = match row.cell(6)? {
        Cell::Null => None,
        _ => Some(row.number(6)?.cast_signed()),
    };
    Ok(StoredPasskey {
        id: row.bytes(0)?.to_vec(),
        user: row.text(1)?.to_owned(),
        handle: row.bytes(2)?.to_vec(),
        label: row.text(3)?.to_owned(),
        body: row.bytes(4)?.to_vec(),
        made: row.number(5)?.cast_signed(),
        used,
    })
}
