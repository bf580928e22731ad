//! Every statement of the database of people who sign in, written like those of the facts.

/// Numbered migrations. Never change one that was released.
pub(crate) const MIGRATIONS: &[&[&str]] = &[
    &[
        "CREATE TABLE accounts (name {key} NOT NULL PRIMARY KEY, body {bytes} NOT NULL, revision {number} NOT NULL)",
        "CREATE TABLE secrets (
        name {key} NOT NULL PRIMARY KEY,
        password {text},
        must_change {number} NOT NULL,
        code {bytes},
        code_used {number} NOT NULL
    )",
        "CREATE TABLE recovery (name {key} NOT NULL, hash {bytes} NOT NULL, PRIMARY KEY (name, hash)){clustered}",
        "CREATE TABLE sessions (
        hash {bytes} NOT NULL PRIMARY KEY,
        name {key} NOT NULL,
        began {number} NOT NULL,
        used {number} NOT NULL,
        stepped {number},
        stage {number} NOT NULL,
        token {text} NOT NULL,
        ended {number} NOT NULL
    )",
        "CREATE INDEX sessions_by_name ON sessions (name)",
        "CREATE TABLE drafts (
        hash {bytes} NOT NULL PRIMARY KEY,
        name {key} NOT NULL,
        kept {number} NOT NULL,
        body {bytes} NOT NULL
    )",
        // Allocations, bars and declarations: never changed but for the moment they ended, so that what held when is known.
        "CREATE TABLE standings (
        id {number} NOT NULL PRIMARY KEY,
        kind {key} NOT NULL,
        about {key} NOT NULL,
        body {bytes} NOT NULL,
        ended {text}
    )",
        "CREATE INDEX standings_by_about ON standings (kind, about)",
    ],
    &[
        "CREATE TABLE passkeys (
        id {bytes} NOT NULL PRIMARY KEY,
        name {key} NOT NULL,
        handle {bytes} NOT NULL,
        label {text} NOT NULL,
        body {bytes} NOT NULL,
        made {number} NOT NULL,
        used {number}
    )",
        "CREATE INDEX passkeys_by_name ON passkeys (name)",
    ],
];

pub(crate) const ALL_ACCOUNTS: &str = "SELECT body FROM accounts ORDER BY name";
pub(crate) const GET_ACCOUNT: &str = "SELECT body FROM accounts WHERE name = $1";
pub(crate) const PUT_ACCOUNT: &str = "INSERT INTO accounts (name, body, revision) VALUES ($1, $2, 1)
     ON CONFLICT (name) DO UPDATE SET body = excluded.body, revision = accounts.revision + 1";
/// Counts every change of an account and of a standing: whatever is worked out from them is stale when it moves.
pub(crate) const REVISION: &str = "SELECT COALESCE((SELECT SUM(revision) FROM accounts), 0)
     + (SELECT COUNT(*) FROM standings) + (SELECT COUNT(*) FROM standings WHERE ended IS NOT NULL)";

pub(crate) const GET_SECRETS: &str =
    "SELECT password, must_change, code, code_used FROM secrets WHERE name = $1";
pub(crate) const PUT_PASSWORD: &str =
    "INSERT INTO secrets (name, password, must_change, code_used) VALUES ($1, $2, $3, 0)
     ON CONFLICT (name) DO UPDATE SET password = excluded.password, must_change = excluded.must_change";
pub(crate) const PUT_CODE: &str =
    "INSERT INTO secrets (name, must_change, code, code_used) VALUES ($1, 0, $2, $3)
     ON CONFLICT (name) DO UPDATE SET code = excluded.code, code_used = excluded.code_used";
pub(crate) const ALL_CODES: &str = "SELECT name, code FROM secrets WHERE code IS NOT NULL ORDER BY name";
pub(crate) const SEAL_CODE: &str = "UPDATE secrets SET code = $1 WHERE name = $2 AND code = $3";
/// A code counts once: only a later step than the last one used changes the row.
pub(crate) const USE_CODE: &str =
    "UPDATE secrets SET code_used = $1 WHERE code_used < $1 AND name = $2 AND code IS NOT NULL";
pub(crate) const DROP_RECOVERY: &str = "DELETE FROM recovery WHERE name = $1";
pub(crate) const PUT_RECOVERY: &str = "INSERT INTO recovery (name, hash) VALUES ($1, $2)";
pub(crate) const USE_RECOVERY: &str = "DELETE FROM recovery WHERE name = $1 AND hash = $2";
pub(crate) const COUNT_RECOVERY: &str = "SELECT COUNT(*) FROM recovery WHERE name = $1";

pub(crate) const PASSKEYS_OF: &str =
    "SELECT id, name, handle, label, body, made, used FROM passkeys WHERE name = $1 ORDER BY made, id";
pub(crate) const GET_PASSKEY: &str =
    "SELECT id, name, handle, label, body, made, used FROM passkeys WHERE id = $1";
pub(crate) const ADD_PASSKEY: &str =
    "INSERT INTO passkeys (id, name, handle, label, body, made) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO NOTHING";
pub(crate) const USE_PASSKEY: &str = "UPDATE passkeys SET body = $1, used = $2 WHERE id = $3";
pub(crate) const REMOVE_PASSKEY: &str = "DELETE FROM passkeys WHERE name = $1 AND id = $2";
pub(crate) const REMOVE_PASSKEYS: &str = "DELETE FROM passkeys WHERE name = $1";

pub(crate) const PUT_SESSION: &str =
    "INSERT INTO sessions (hash, name, began, used, stepped, stage, token, ended)
     VALUES ($1, $2, $3, $3, $4, $5, $6, 0)";
pub(crate) const GET_SESSION: &str =
    "SELECT s.name, s.began, s.used, s.stepped, s.stage, s.token, s.ended, a.body
     FROM sessions s JOIN accounts a ON a.name = s.name WHERE s.hash = $1";
pub(crate) const USE_SESSION: &str =
    "UPDATE sessions SET used = $1 WHERE used < $1 AND ended = 0 AND hash = $2";
pub(crate) const STEP_SESSION: &str = "UPDATE sessions SET stepped = $1 WHERE ended = 0 AND hash = $2";
pub(crate) const END_SESSION: &str = "UPDATE sessions SET ended = 1 WHERE hash = $1";
pub(crate) const END_SESSIONS: &str = "UPDATE sessions SET ended = 1 WHERE name = $1";
pub(crate) const END_OTHER_SESSIONS: &str = "UPDATE sessions SET ended = 1 WHERE name = $1 AND hash <> $2";
pub(crate) const SWEEP_SESSIONS: &str = "DELETE FROM sessions WHERE used < $1";
pub(crate) const SWEEP_DRAFTS: &str = "DELETE FROM drafts WHERE kept < $1";
pub(crate) const COUNT_SESSIONS: &str =
    "SELECT COUNT(*) FROM sessions WHERE name = $1 AND ended = 0 AND used > $2 AND began > $3";

pub(crate) const PUT_DRAFT: &str = "INSERT INTO drafts (hash, name, kept, body) VALUES ($1, $2, $3, $4)
     ON CONFLICT (hash) DO UPDATE SET name = excluded.name, kept = excluded.kept, body = excluded.body";
pub(crate) const GET_DRAFT: &str = "SELECT name, kept, body FROM drafts WHERE hash = $1";
pub(crate) const DROP_DRAFT: &str = "DELETE FROM drafts WHERE hash = $1";

pub(crate) const LAST_STANDING: &str = "SELECT COALESCE(MAX(id), 0) FROM standings";
pub(crate) const PUT_STANDING: &str = "INSERT INTO standings (id, kind, about, body) VALUES ($1, $2, $3, $4)";
pub(crate) const STANDINGS: &str = "SELECT id, body, ended FROM standings WHERE kind = $1 ORDER BY id";
pub(crate) const STANDINGS_ABOUT: &str =
    "SELECT id, body, ended FROM standings WHERE kind = $1 AND about = $2 ORDER BY id";
pub(crate) const END_STANDING: &str =
    "UPDATE standings SET ended = $1 WHERE ended IS NULL AND id = $2 AND kind = $3";

pub(crate) const END_STANDING_OF: &str =
    "UPDATE standings SET ended = $1 WHERE ended IS NULL AND id = $2 AND kind = $3 AND about = $4";

/// Every statement, for the test that each is understood.
#[cfg(test)]
pub(crate) const ALL: &[&str] = &[
    ALL_ACCOUNTS,
    GET_ACCOUNT,
    PUT_ACCOUNT,
    REVISION,
    GET_SECRETS,
    PUT_PASSWORD,
    PUT_CODE,
    ALL_CODES,
    SEAL_CODE,
    USE_CODE,
    DROP_RECOVERY,
    PUT_RECOVERY,
    USE_RECOVERY,
    COUNT_RECOVERY,
    PASSKEYS_OF,
    GET_PASSKEY,
    ADD_PASSKEY,
    USE_PASSKEY,
    REMOVE_PASSKEY,
    REMOVE_PASSKEYS,
    PUT_SESSION,
    GET_SESSION,
    USE_SESSION,
    STEP_SESSION,
    END_SESSION,
    END_SESSIONS,
    END_OTHER_SESSIONS,
    SWEEP_SESSIONS,
    SWEEP_DRAFTS,
    COUNT_SESSIONS,
    PUT_DRAFT,
    GET_DRAFT,
    DROP_DRAFT,
    LAST_STANDING,
    PUT_STANDING,
    STANDINGS,
    STANDINGS_ABOUT,
    END_STANDING,
    END_STANDING_OF,
];
