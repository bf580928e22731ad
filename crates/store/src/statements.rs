//! Every statement and the schema, in one text for every database we use. Numbered parameters are written
//! `$1`, `$2`… and first appear in that order, which SQLite and PostgreSQL both understand. The words in
//! braces are types, which each database's own file fills in.
//!
//! Kept portable on purpose: no values made by the database, no row ids, no search or JSON functions.

/// Numbered migrations: applying the first `n` gives schema version `n`. Never change one that was released.
pub(crate) const MIGRATIONS: &[&[&str]] = &[&[
    "CREATE TABLE facts (
        seq {number} NOT NULL PRIMARY KEY,
        agency {key} NOT NULL,
        agency_seq {number} NOT NULL,
        id {key} NOT NULL,
        kind {key} NOT NULL,
        happened {text},
        recorded {text},
        received {text} NOT NULL,
        body {bytes} NOT NULL,
        raw {text},
        hash {bytes} NOT NULL
    )",
    "CREATE UNIQUE INDEX facts_by_id ON facts (id)",
    "CREATE INDEX facts_by_kind ON facts (kind, seq)",
    // The chain over all agencies is the row whose agency is empty.
    "CREATE TABLE heads (agency {key} NOT NULL PRIMARY KEY, length {number} NOT NULL, hash {bytes} NOT NULL)",
    "CREATE TABLE shelf_rows (
        shelf {key} NOT NULL,
        key {key} NOT NULL,
        body {bytes} NOT NULL,
        terms {bytes} NOT NULL,
        PRIMARY KEY (shelf, key)
    )",
    "CREATE TABLE shelf_terms (
        shelf {key} NOT NULL,
        term {key} NOT NULL,
        key {key} NOT NULL,
        PRIMARY KEY (shelf, term, key)
    ){clustered}",
    // Rows are counted as they change, so that a count never walks a shelf.
    "CREATE TABLE shelves (
        shelf {key} NOT NULL PRIMARY KEY,
        row_count {number} NOT NULL,
        unfinished {number} NOT NULL
    )",
]];

/// Where an area says what it is. Made before the first migration, which it counts.
pub(crate) const CREATE_META: &str =
    "CREATE TABLE meta (name {key} NOT NULL PRIMARY KEY, value {text} NOT NULL)";
pub(crate) const GET_META: &str = "SELECT value FROM meta WHERE name = $1";
pub(crate) const PUT_META: &str =
    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

pub(crate) const INSERT_FACT: &str =
    "INSERT INTO facts (seq, agency, agency_seq, id, kind, happened, recorded, received, body, raw, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
pub(crate) const GET_FACT: &str =
    "SELECT seq, agency, id, kind, happened, recorded, received, body FROM facts WHERE seq = $1";
pub(crate) const FACTS_AFTER: &str =
    "SELECT seq, agency, id, kind, happened, recorded, received, body FROM facts
     WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
pub(crate) const FACTS_OF_KIND_AFTER: &str =
    "SELECT seq, agency, id, kind, happened, recorded, received, body FROM facts
     WHERE kind = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4";
pub(crate) const GET_RAW: &str = "SELECT raw FROM facts WHERE seq = $1";
pub(crate) const FACTS_TO_VERIFY: &str =
    "SELECT seq, agency, agency_seq, id, kind, happened, recorded, received, body, raw, hash FROM facts
     ORDER BY seq";

pub(crate) const ALL_HEADS: &str = "SELECT agency, length, hash FROM heads ORDER BY agency";
pub(crate) const PUT_HEAD: &str = "INSERT INTO heads (agency, length, hash) VALUES ($1, $2, $3)
     ON CONFLICT (agency) DO UPDATE SET length = excluded.length, hash = excluded.hash";

pub(crate) const GET_ROW: &str = "SELECT body FROM shelf_rows WHERE shelf = $1 AND key = $2";
pub(crate) const GET_ROW_TERMS: &str = "SELECT terms FROM shelf_rows WHERE shelf = $1 AND key = $2";
pub(crate) const ROWS_AFTER: &str = "SELECT key, body, terms FROM shelf_rows
     WHERE shelf = $1 AND key > $2 ORDER BY key LIMIT $3";
pub(crate) const INSERT_ROW: &str =
    "INSERT INTO shelf_rows (shelf, key, body, terms) VALUES ($1, $2, $3, $4)";
pub(crate) const UPDATE_ROW: &str =
    "UPDATE shelf_rows SET body = $1, terms = $2 WHERE shelf = $3 AND key = $4";
pub(crate) const DELETE_ROW: &str = "DELETE FROM shelf_rows WHERE shelf = $1 AND key = $2";
pub(crate) const INSERT_TERM: &str = "INSERT INTO shelf_terms (shelf, term, key) VALUES ($1, $2, $3)";
pub(crate) const DELETE_TERM: &str = "DELETE FROM shelf_terms WHERE shelf = $1 AND term = $2 AND key = $3";
pub(crate) const KEYS_OF_TERM: &str = "SELECT key FROM shelf_terms
     WHERE shelf = $1 AND term = $2 ORDER BY key LIMIT $3";
pub(crate) const TERMS_FROM: &str = "SELECT term, key FROM shelf_terms
     WHERE shelf = $1 AND term >= $2 ORDER BY term, key LIMIT $3";

pub(crate) const ALL_SHELVES: &str = "SELECT shelf, row_count, unfinished FROM shelves ORDER BY shelf";
pub(crate) const GET_SHELF: &str = "SELECT row_count FROM shelves WHERE shelf = $1";
pub(crate) const COUNT_SHELF: &str = "INSERT INTO shelves (shelf, row_count, unfinished) VALUES ($1, $2, 0)
     ON CONFLICT (shelf) DO UPDATE SET row_count = shelves.row_count + excluded.row_count";
pub(crate) const MARK_SHELF: &str = "INSERT INTO shelves (shelf, row_count, unfinished) VALUES ($1, 0, $2)
     ON CONFLICT (shelf) DO UPDATE SET unfinished = excluded.unfinished";
pub(crate) const EMPTY_SHELF: &str = "UPDATE shelves SET row_count = 0 WHERE shelf = $1";
pub(crate) const DISCARD_ROWS: &str = "DELETE FROM shelf_rows WHERE shelf = $1 AND key <=
     (SELECT MAX(key) FROM (SELECT key FROM shelf_rows WHERE shelf = $1 ORDER BY key LIMIT $2) AS first_ones)";
pub(crate) const DISCARD_TERMS: &str = "DELETE FROM shelf_terms WHERE shelf = $1 AND (term, key) IN
     (SELECT term, key FROM shelf_terms WHERE shelf = $1 ORDER BY term, key LIMIT $2)";
pub(crate) const HAS_TERM: &str = "SELECT 1 FROM shelf_terms WHERE shelf = $1 AND term = $2 AND key = $3";
pub(crate) const COUNT_TERMS: &str = "SELECT COUNT(*) FROM shelf_terms WHERE shelf = $1";

/// Every statement that is prepared while an area is open, for the test that each is understood.
#[cfg(test)]
pub(crate) const ALL: &[&str] = &[
    GET_META,
    PUT_META,
    INSERT_FACT,
    GET_FACT,
    FACTS_AFTER,
    FACTS_OF_KIND_AFTER,
    GET_RAW,
    FACTS_TO_VERIFY,
    ALL_HEADS,
    PUT_HEAD,
    GET_ROW,
    GET_ROW_TERMS,
    ROWS_AFTER,
    INSERT_ROW,
    UPDATE_ROW,
    DELETE_ROW,
    INSERT_TERM,
    DELETE_TERM,
    KEYS_OF_TERM,
    TERMS_FROM,
    ALL_SHELVES,
    GET_SHELF,
    COUNT_SHELF,
    MARK_SHELF,
    EMPTY_SHELF,
    DISCARD_ROWS,
    DISCARD_TERMS,
    HAS_TERM,
    COUNT_TERMS,
    GET_BASE,
    PUT_BASE,
    DROP_BASE,
    LAST_BASE,
    BASES_WITH_KEY,
    PUT_LINK_KEY,
    DROP_LINK_KEY,
    GET_HANDLE,
    PUT_HANDLE,
    DROP_HANDLE,
    TEXTS,
    COUNT_TEXTS,
    PUT_TEXT,
    GET_DOCUMENT,
    PUT_DOCUMENT,
];

/// The tables of an index for linking records one by one, which is a file of its own.
pub(crate) const LINK_INDEX: &[&str] = &[
    "CREATE TABLE bases (base {number} NOT NULL PRIMARY KEY, body {bytes} NOT NULL)",
    "CREATE TABLE link_keys (
        link_key {number} NOT NULL,
        base {number} NOT NULL,
        PRIMARY KEY (link_key, base)
    ){clustered}",
    "CREATE TABLE handles (handle {bytes} NOT NULL PRIMARY KEY, base {number} NOT NULL){clustered}",
    "CREATE TABLE texts (
        kind {number} NOT NULL,
        place {number} NOT NULL,
        words {text} NOT NULL,
        PRIMARY KEY (kind, place)
    ){clustered}",
    "CREATE TABLE documents (name {key} NOT NULL PRIMARY KEY, body {bytes} NOT NULL)",
];
pub(crate) const GET_BASE: &str = "SELECT body FROM bases WHERE base = $1";
pub(crate) const PUT_BASE: &str =
    "INSERT INTO bases (base, body) VALUES ($1, $2) ON CONFLICT (base) DO UPDATE SET body = excluded.body";
pub(crate) const DROP_BASE: &str = "DELETE FROM bases WHERE base = $1";
pub(crate) const LAST_BASE: &str = "SELECT base FROM bases ORDER BY base DESC LIMIT 1";
pub(crate) const BASES_WITH_KEY: &str = "SELECT base FROM link_keys WHERE link_key = $1";
pub(crate) const PUT_LINK_KEY: &str =
    "INSERT INTO link_keys (link_key, base) VALUES ($1, $2) ON CONFLICT (link_key, base) DO NOTHING";
pub(crate) const DROP_LINK_KEY: &str = "DELETE FROM link_keys WHERE link_key = $1 AND base = $2";
pub(crate) const GET_HANDLE: &str = "SELECT base FROM handles WHERE handle = $1";
pub(crate) const PUT_HANDLE: &str = "INSERT INTO handles (handle, base) VALUES ($1, $2) ON CONFLICT (handle) DO UPDATE SET base = excluded.base";
pub(crate) const DROP_HANDLE: &str = "DELETE FROM handles WHERE handle = $1";
pub(crate) const TEXTS: &str = "SELECT words FROM texts WHERE kind = $1 ORDER BY place";
pub(crate) const COUNT_TEXTS: &str = "SELECT COUNT(*) FROM texts WHERE kind = $1";
pub(crate) const PUT_TEXT: &str = "INSERT INTO texts (kind, place, words) VALUES ($1, $2, $3)";
pub(crate) const GET_DOCUMENT: &str = "SELECT body FROM documents WHERE name = $1";
pub(crate) const PUT_DOCUMENT: &str = "INSERT INTO documents (name, body) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET body = excluded.body";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_stay_portable() {
        let schema = MIGRATIONS
            .iter()
            .flat_map(|steps| steps.iter())
            .copied()
            .chain([CREATE_META])
            .chain(LINK_INDEX.iter().copied())
            .chain(crate::staff::statements::MIGRATIONS.iter().flat_map(|steps| steps.iter().copied()))
            .chain(crate::staff::statements::ALL.iter().copied());
        for text in ALL.iter().copied().chain(schema) {
            let upper = text.to_uppercase();
            for word in
                ["AUTOINCREMENT", "ROWID", "JSON", "MATCH", "OR REPLACE", "OR IGNORE", "NOW(", "?1", "GLOB"]
            {
                assert!(!upper.contains(word), "{word} in {text}");
            }
        }
    }
}
