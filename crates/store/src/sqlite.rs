//! All that only SQLite does: opening, pragmas, types, the online copy, the integrity check, and turning its
//! errors into ours. Nothing outside this file names the driver.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::chain::Cell;
use crate::error::{Damage, StoreError};

/// Marks our databases in the file header: `TLIN`.
const APPLICATION: i64 = 0x544C_494E;
/// The first version without the fault in write-ahead logs.
const OLDEST: i32 = 3_051_003;
/// How often a writer of another process is waited for, one millisecond each time.
const PATIENCE: i32 = 30_000;
/// The same where somebody waits for an answer that must not leave before this is written.
const LITTLE_PATIENCE: i32 = 2_000;

/// One connection to the database.
pub(crate) struct Link(Connection);

/// One row of an answer.
pub(crate) struct Cells<'r>(&'r rusqlite::Row<'r>);

/// What one row may answer to the question whether to go on.
pub(crate) type Flow = Result<ControlFlow<()>, StoreError>;

impl Link {
    /// Opens the empty file at `path` as a new database of ours.
    pub(crate) fn make(path: &Path) -> Result<Self, StoreError> {
        let link = Self::connect(path)?;
        link.pragma("application_id", APPLICATION)?;
        link.tune_writer()?;
        Ok(link)
    }

    /// Opens a database of ours for writing.
    pub(crate) fn writer(path: &Path) -> Result<Self, StoreError> {
        let link = Self::connect(path)?;
        link.must_be_ours(path)?;
        link.tune_writer()?;
        Ok(link)
    }

    /// Opens a database of ours for reading only.
    pub(crate) fn reader(path: &Path) -> Result<Self, StoreError> {
        let link = Self::connect(path)?;
        link.must_be_ours(path)?;
        link.pragma("cache_size", -16 * 1024)?;
        link.pragma("query_only", 1)?;
        Ok(link)
    }

    fn connect(path: &Path) -> Result<Self, StoreError> {
        if rusqlite::version_number() < OLDEST {
            return Err(StoreError::OldSqlite(rusqlite::version().to_owned()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(fault)?;
        // SQLite's own waiting grows to 100 ms a time, and could starve beside many short transactions.
        let ask_again = |tried: i32| {
            std::thread::sleep(Duration::from_millis(1));
            tried < PATIENCE
        };
        connection.busy_handler(Some(ask_again)).map_err(fault)?;
        let link = Self(connection);
        link.0.set_prepared_statement_cache_capacity(48);
        // A damaged or hostile file must not run anything, and damage in a page is better found early.
        link.pragma("trusted_schema", 0)?;
        link.pragma("cell_size_check", 1)?;
        Ok(link)
    }

    fn must_be_ours(&self, path: &Path) -> Result<(), StoreError> {
        match self.pragma_value("application_id") {
            Ok(found) if found == APPLICATION.to_string() => Ok(()),
            Ok(_) => Err(StoreError::NotOurs(path.to_owned())),
            Err(StoreError::Database(_)) => Err(StoreError::NotOurs(path.to_owned())),
            Err(other) => Err(other),
        }
    }

    fn tune_writer(&self) -> Result<(), StoreError> {
        // Readers beside the writer; a commit is on the disk before it is acknowledged.
        let mode: String =
            self.0.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(fault)?;
        if mode != "wal" {
            return Err(StoreError::Database(format!(
                "it cannot keep a write-ahead log here (journal mode `{mode}`), perhaps because the folder is on a network drive"
            )));
        }
        self.pragma_word("synchronous", "FULL")?;
        // Few, larger checkpoints while much is appended, and a log that shrinks again afterwards.
        self.pragma("wal_autocheckpoint", 4_000)?;
        self.pragma("journal_size_limit", 64 * 1024 * 1024)?;
        self.pragma("cache_size", -64 * 1024)?;
        // What a derived row said is overwritten where that costs no extra write.
        self.pragma_word("secure_delete", "FAST")?;
        self.pragma_word("temp_store", "MEMORY")
    }

    /// Waits for others two seconds instead of thirty: somebody waits for the answer, and a plain "not now" is one.
    pub(crate) fn hurried(mut self) -> Result<Self, StoreError> {
        let ask_again = |tried: i32| {
            std::thread::sleep(Duration::from_millis(1));
            tried < LITTLE_PATIENCE
        };
        self.0.busy_handler(Some(ask_again)).map_err(fault)?;
        Ok(self)
    }

    /// Has the database itself refuse to change or remove rows of a table.
    pub(crate) fn forbid_changes(&self, table: &str) -> Result<(), StoreError> {
        let forbid = |what: &str| {
            format!(
                "CREATE TRIGGER IF NOT EXISTS {table}_no_{what} BEFORE {what} ON {table}
                 BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )
        };
        ["update", "delete"].iter().try_for_each(|what| self.0.execute_batch(&forbid(what)).map_err(fault))
    }

    /// For what can be made again: a commit need not be on the disk before it is acknowledged, and much is read.
    pub(crate) fn tune_for_index(&self) -> Result<(), StoreError> {
        self.pragma_word("synchronous", "NORMAL")?;
        self.pragma("cache_size", -256 * 1024)
    }

    fn pragma(&self, name: &str, value: i64) -> Result<(), StoreError> {
        self.0.pragma_update(None, name, value).map_err(fault)
    }

    fn pragma_word(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.0.pragma_update(None, name, value).map_err(fault)
    }

    /// What a setting says, as text.
    pub(crate) fn pragma_value(&self, name: &str) -> Result<String, StoreError> {
        self.0
            .pragma_query_value(None, name, |row| {
                Ok(match row.get_ref(0)? {
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    _ => String::new(),
                })
            })
            .map_err(fault)
    }

    /// Whether a statement is understood, its parameters numbered in order.
    #[cfg(test)]
    pub(crate) fn prepared(&self, sql: &str) -> Result<(), StoreError> {
        let statement = self.0.prepare(sql).map_err(fault)?;
        for at in 1..=statement.parameter_count() {
            assert_eq!(statement.parameter_name(at), Some(format!("${at}").as_str()), "{sql}");
        }
        Ok(())
    }

    /// Makes the disk seem full after some pages.
    #[cfg(test)]
    pub(crate) fn allow_pages(&self, pages: u32) -> Result<(), StoreError> {
        self.0.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).map_err(fault)
    }

    /// Fills in the types of this database and runs a statement of the schema.
    pub(crate) fn define(&self, text: &str) -> Result<(), StoreError> {
        let text = text
            .replace("{number}", "INTEGER")
            .replace("{key}", "TEXT")
            .replace("{text}", "TEXT")
            .replace("{bytes}", "BLOB")
            .replace("{clustered}", " WITHOUT ROWID");
        self.0.execute_batch(&text).map_err(fault)
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) fn run(&self, sql: &str, with: &[Cell<'_>]) -> Result<usize, StoreError> {
        let mut statement = self.0.prepare_cached(sql).map_err(fault)?;
        statement.execute(rusqlite::params_from_iter(with)).map_err(fault)
    }

    /// Hands each row of an answer to `each`, until it breaks off.
    pub(crate) fn each(
        &self,
        sql: &str,
        with: &[Cell<'_>],
        mut each: impl FnMut(&Cells<'_>) -> Flow,
    ) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(sql).map_err(fault)?;
        let mut rows = statement.query(rusqlite::params_from_iter(with)).map_err(fault)?;
        while let Some(row) = rows.next().map_err(fault)? {
            if each(&Cells(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The first row of an answer.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        with: &[Cell<'_>],
        read: impl FnOnce(&Cells<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.0.prepare_cached(sql).map_err(fault)?;
        let mut rows = statement.query(rusqlite::params_from_iter(with)).map_err(fault)?;
        rows.next().map_err(fault)?.map(|row| read(&Cells(row))).transpose()
    }

    /// Does `work` in one transaction that is stored whole or not at all.
    pub(crate) fn write<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.execute_batch("BEGIN IMMEDIATE").map_err(fault)?;
        let done = work().and_then(|value| self.0.execute_batch("COMMIT").map_err(fault).map(|()| value));
        if done.is_err() && !self.0.is_autocommit() {
            self.0.execute_batch("ROLLBACK").map_err(fault)?;
        }
        done
    }

    /// Does `work` as a part of a transaction that can fail alone.
    pub(crate) fn part<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.execute_batch("SAVEPOINT part").map_err(fault)?;
        let done = work();
        if !self.0.is_autocommit() {
            let end = if done.is_ok() { "RELEASE part" } else { "ROLLBACK TO part; RELEASE part" };
            self.0.execute_batch(end).map_err(fault)?;
        }
        done
    }

    /// Does `work` while all reads see one moment.
    pub(crate) fn snapshot<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.execute_batch("BEGIN").map_err(fault)?;
        let done = work();
        let ended = self.0.execute_batch("ROLLBACK").map_err(fault);
        done.and_then(|value| ended.map(|()| value))
    }

    /// Copies the whole database, as of one moment, into the empty file at `path`; writers go on meanwhile.
    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let mut copy = Self::connect(path)?;
        // Nothing relies on the copy before it is whole; whoever gives it its name flushes it once.
        copy.pragma_word("synchronous", "OFF")?;
        {
            let backup = Backup::new(&self.0, &mut copy.0).map_err(fault)?;
            // All pages in one step: a copy in several steps starts again whenever somebody writes.
            let mut patience = PATIENCE;
            while !matches!(backup.step(-1).map_err(fault)?, StepResult::Done) {
                patience -= 1;
                if patience == 0 {
                    return Err(StoreError::Busy);
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        // One file without a log beside it.
        let mode: String =
            copy.0.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).map_err(fault)?;
        if mode == "delete" {
            Ok(())
        } else {
            Err(StoreError::Database("the copy could not be closed".into()))
        }
    }

    /// What SQLite itself finds wrong with the file, first finding only.
    pub(crate) fn integrity(&self) -> Result<Option<String>, StoreError> {
        let found: String =
            self.0.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(fault)?;
        Ok((found != "ok").then(|| format!("the database file is damaged ({})", found.replace('\n', " "))))
    }

    /// Moves the log into the database file, so that the file alone is whole.
    pub(crate) fn settle(&self) -> Result<(), StoreError> {
        self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(fault)
    }
}

/// The version of SQLite inside this program.
pub(crate) fn version() -> &'static str {
    rusqlite::version()
}

impl Cells<'_> {
    /// The cell as it is stored, whatever its type.
    pub(crate) fn cell(&self, at: usize) -> Result<Cell<'_>, StoreError> {
        Ok(match self.0.get_ref(at).map_err(fault)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Int(number),
            ValueRef::Real(number) => Cell::Real(number),
            ValueRef::Text(bytes) => Cell::Text(bytes),
            ValueRef::Blob(bytes) => Cell::Bytes(bytes),
        })
    }

    /// A number that is not negative.
    pub(crate) fn number(&self, at: usize) -> Result<u64, StoreError> {
        match self.cell(at)? {
            Cell::Int(number) => u64::try_from(number).map_err(|_| misshapen()),
            _ => Err(misshapen()),
        }
    }

    /// Text.
    pub(crate) fn text(&self, at: usize) -> Result<&str, StoreError> {
        match self.cell(at)? {
            Cell::Text(bytes) => std::str::from_utf8(bytes).map_err(|_| misshapen()),
            _ => Err(misshapen()),
        }
    }

    /// Text or nothing.
    pub(crate) fn text_or_null(&self, at: usize) -> Result<Option<&str>, StoreError> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            _ => self.text(at).map(Some),
        }
    }

    /// Bytes.
    pub(crate) fn bytes(&self, at: usize) -> Result<&[u8], StoreError> {
        match self.cell(at)? {
            Cell::Bytes(bytes) => Ok(bytes),
            _ => Err(misshapen()),
        }
    }
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Cell::Null => ValueRef::Null,
            Cell::Int(number) => ValueRef::Integer(number),
            Cell::Real(number) => ValueRef::Real(number),
            Cell::Text(bytes) => ValueRef::Text(bytes),
            Cell::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn misshapen() -> StoreError {
    StoreError::Damaged(Damage {
        agency: None,
        seq: None,
        what: "a stored value does not have the type it was stored with".into(),
    })
}

/// An error of the driver in our words. SQLite's messages name tables and columns, never values.
#[allow(clippy::needless_pass_by_value, reason = "used as `map_err(fault)` throughout")]
fn fault(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::SystemIoFailure) => StoreError::Disk(error.to_string()),
        Some(ErrorCode::ConstraintViolation) => StoreError::Unfit("a value that must be there once, twice"),
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged(Damage {
            agency: None,
            seq: None,
            what: "the database file is damaged".into(),
        }),
        _ => StoreError::Database(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{migrate, statements};

    #[test]
    fn every_statement_is_understood_and_numbers_its_parameters_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::File::create(&path).unwrap();
        let link = Link::make(&path).unwrap();
        link.define(statements::CREATE_META).unwrap();
        migrate::migrate(&link, statements::MIGRATIONS).unwrap();
        statements::LINK_INDEX.iter().for_each(|table| link.define(table).unwrap());
        let staff = crate::staff::statements::MIGRATIONS.iter().flat_map(|steps| steps.iter());
        staff.for_each(|table| link.define(table).unwrap());
        for sql in statements::ALL.iter().chain(crate::staff::statements::ALL) {
            let statement = link.0.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            for at in 1..=statement.parameter_count() {
                assert_eq!(statement.parameter_name(at), Some(format!("${at}").as_str()), "{sql}");
            }
        }
    }

    #[test]
    fn settings_are_what_durability_needs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::File::create(&path).unwrap();
        let link = Link::make(&path).unwrap();
        assert_eq!(link.pragma_value("journal_mode").unwrap(), "wal");
        assert_eq!(link.pragma_value("synchronous").unwrap(), "2");
        let reader = Link::reader(&path).unwrap();
        assert!(reader.define("CREATE TABLE t (a {number})").is_err(), "a reader must not write");
    }
}
