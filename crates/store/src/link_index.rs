//! What linking one record at a time needs to find: kept apart from an area's facts, because all of it can be made
//! again from them. What the bytes mean is linkage's business.

use std::path::{Path, PathBuf};

use throughline_domain::sharing::Sealed;

use crate::chain::Cell;
use crate::error::StoreError;
use crate::folder;
use crate::sqlite::Link;
use crate::statements;

const DATABASE: &str = "link-index.db";
/// Kinds of text an index keeps.
pub const TEXT_KINDS: usize = 3;

/// An index of bases (what one agency counts as one person) by keys and by handles.
pub struct LinkIndex {
    link: Link,
    /// The lowest number no base has had.
    next: u32,
    /// Keys held back until the first filling is done, so that they are written in order.
    filling: Option<Vec<(u64, u32)>>,
}

/// What is to be written, all or nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkChanges<'a> {
    /// Bases with their bytes.
    pub bases: &'a [(u32, Vec<u8>)],
    /// Bases that are no more.
    pub gone: &'a [u32],
    /// Keys that bases have from now on.
    pub keys: &'a [(u64, u32)],
    /// Keys they no longer have.
    pub keys_gone: &'a [(u64, u32)],
    /// Handles with the base that has them from now on.
    pub handles: &'a [(u128, u32)],
    /// Handles that are no more.
    pub handles_gone: &'a [u128],
    /// Texts of each kind, after those written before.
    pub texts: [&'a [String]; TEXT_KINDS],
}

impl LinkIndex {
    /// Whether there is one in the folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn is_in(folder: &Path) -> Result<bool, StoreError> {
        folder::exists(&database(folder))
    }

    /// Makes an empty one, to be filled at once and then [finished](Self::finish).
    ///
    /// # Errors
    /// When there is one already, or the folder cannot be written.
    pub fn create(folder: &Path) -> Result<Self, StoreError> {
        let path = database(folder);
        if folder::exists(&path)? {
            return Err(StoreError::AlreadyThere(folder.to_owned()));
        }
        folder::make_private(folder)?;
        folder::private_file(&path)?;
        let link = Link::make(&path)?;
        link.write(|| statements::LINK_INDEX.iter().try_for_each(|statement| link.define(statement)))?;
        link.tune_for_index()?;
        Ok(Self { link, next: 0, filling: Some(Vec::new()) })
    }

    /// Opens the one in the folder.
    ///
    /// # Errors
    /// When there is none, or it is not ours.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = database(folder);
        if !folder::exists(&path)? {
            return Err(StoreError::NotThere(folder.to_owned()));
        }
        let link = Link::writer(&path)?;
        link.tune_for_index()?;
        let last = link.one(statements::LAST_BASE, &[], |row| row.number(0))?;
        let next = last.map_or(0, |last| u32::try_from(last + 1).unwrap_or(u32::MAX));
        Ok(Self { link, next, filling: None })
    }

    /// Writes what was held back while the index was filled.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(&mut self) -> Result<(), StoreError> {
        let Some(mut keys) = self.filling.take() else { return Ok(()) };
        keys.sort_unstable();
        for some in keys.chunks(500_000) {
            self.link.write(|| some.iter().try_for_each(|(key, base)| self.put_key(*key, *base)))?;
        }
        self.link.settle()
    }

    /// The bases that have any of these keys, each once, in order.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn bases_with(&self, keys: &[u64]) -> Result<Vec<u32>, StoreError> {
        let mut out = Vec::new();
        for key in keys {
            self.link.each(statements::BASES_WITH_KEY, &[Cell::Int(key.cast_signed())], |row| {
                out.push(small(row.number(0)?));
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
        }
        out.sort_unstable();
        out.dedup();
        Ok(out)
    }

    /// What is kept of a base.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn base(&self, base: u32) -> Result<Option<Sealed<Vec<u8>>>, StoreError> {
        self.link.one(statements::GET_BASE, &[Cell::Int(base.into())], |row| {
            Ok(Sealed::new(row.bytes(0)?.to_vec()))
        })
    }

    /// The base that has a handle.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn base_of(&self, handle: u128) -> Result<Option<u32>, StoreError> {
        let handle = handle.to_be_bytes();
        self.link.one(statements::GET_HANDLE, &[Cell::Bytes(&handle)], |row| row.number(0).map(small))
    }

    /// The lowest number no base has had since the index was opened.
    #[must_use]
    pub fn next(&self) -> u32 {
        self.next
    }

    /// All texts of a kind, in order.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn texts(&self, kind: usize) -> Result<Sealed<Vec<String>>, StoreError> {
        let mut out = Vec::new();
        self.link.each(statements::TEXTS, &[Cell::Int(kind as i64)], |row| {
            out.push(row.text(0)?.to_owned());
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
        Ok(Sealed::new(out))
    }

    /// A document kept beside: the model, the settings.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn document(&self, name: &str) -> Result<Option<Sealed<Vec<u8>>>, StoreError> {
        self.link
            .one(statements::GET_DOCUMENT, &[Cell::text(name)], |row| Ok(Sealed::new(row.bytes(0)?.to_vec())))
    }

    /// Keeps a document.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_document(&self, name: &str, body: &[u8]) -> Result<(), StoreError> {
        self.link.run(statements::PUT_DOCUMENT, &[Cell::text(name), Cell::Bytes(body)]).map(drop)
    }

    /// Writes changes, all or none.
    ///
    /// # Errors
    /// When they cannot be written; nothing is then.
    pub fn write(&mut self, changes: &LinkChanges<'_>) -> Result<(), StoreError> {
        self.link.write(|| self.put_all(changes))?;
        if let Some(filling) = &mut self.filling {
            filling.extend(changes.keys);
        }
        let last = changes.bases.iter().map(|(base, _)| base.saturating_add(1)).max();
        self.next = self.next.max(last.unwrap_or(0));
        Ok(())
    }

    fn put_all(&self, changes: &LinkChanges<'_>) -> Result<(), StoreError> {
        let run = |sql, with: &[Cell<'_>]| self.link.run(sql, with).map(drop);
        for (base, body) in changes.bases {
            run(statements::PUT_BASE, &[Cell::Int((*base).into()), Cell::Bytes(body)])?;
        }
        for base in changes.gone {
            run(statements::DROP_BASE, &[Cell::Int((*base).into())])?;
        }
        for (key, base) in changes.keys_gone {
            run(statements::DROP_LINK_KEY, &[Cell::Int(key.cast_signed()), Cell::Int((*base).into())])?;
        }
        if self.filling.is_none() {
            changes.keys.iter().try_for_each(|(key, base)| self.put_key(*key, *base))?;
        }
        for handle in changes.handles_gone {
            run(statements::DROP_HANDLE, &[Cell::Bytes(&handle.to_be_bytes())])?;
        }
        for (handle, base) in changes.handles {
            let bytes = handle.to_be_bytes();
            run(statements::PUT_HANDLE, &[Cell::Bytes(&bytes), Cell::Int((*base).into())])?;
        }
        for (kind, texts) in (0_i64..).zip(changes.texts).filter(|(_, texts)| !texts.is_empty()) {
            let count = self.link.one(statements::COUNT_TEXTS, &[Cell::Int(kind)], |row| row.number(0))?;
            for (place, text) in (count.unwrap_or(0).cast_signed()..).zip(texts) {
                run(statements::PUT_TEXT, &[Cell::Int(kind), Cell::Int(place), Cell::text(text)])?;
            }
        }
        Ok(())
    }

    fn put_key(&self, key: u64, base: u32) -> Result<(), StoreError> {
        let with = [Cell::Int(key.cast_signed()), Cell::Int(base.into())];
        self.link.run(statements::PUT_LINK_KEY, &with).map(drop)
    }
}

fn database(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_found_again_and_what_is_gone_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut index = LinkIndex::create(folder.path()).unwrap();
        let words = ["ruth".to_owned(), "marlow".to_owned()];
        let first = LinkChanges {
            bases: &[(0, vec![1]), (1, vec![2])],
            keys: &[(7, 1), (7, 0), (u64::MAX, 1)],
            handles: &[(5, 0), (u128::MAX, 1)],
            texts: [&words, &[], &[]],
            ..LinkChanges::default()
        };
        index.write(&first).unwrap();
        index.put_document("model", b"{}").unwrap();
        index.finish().unwrap();
        assert!(LinkIndex::create(folder.path()).is_err(), "never written over");
        drop(index);

        let mut index = LinkIndex::open(folder.path()).unwrap();
        assert_eq!(index.next(), 2);
        assert_eq!(index.bases_with(&[7, u64::MAX, 8]).unwrap(), [0, 1]);
        assert_eq!(index.base_of(u128::MAX).unwrap(), Some(1));
        let second = LinkChanges {
            gone: &[0],
            keys: &[(9, 1)],
            keys_gone: &[(7, 0)],
            handles: &[(5, 1)],
            texts: [&words, &[], &[]],
            ..LinkChanges::default()
        };
        index.write(&second).unwrap();
        assert_eq!(index.bases_with(&[7]).unwrap(), [1]);
        assert_eq!(index.bases_with(&[9]).unwrap(), [1]);
        assert!(index.base(0).unwrap().is_none());
        assert_eq!(index.base_of(5).unwrap(), Some(1));
        let texts = throughline_domain::sharing::Door::open_to_derive(index.texts(0).unwrap());
        assert_eq!(texts, ["ruth", "marlow", "ruth", "marlow"]);
    }
}
