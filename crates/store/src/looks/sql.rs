//! Every statement about who looked, written like those in `statements.rs`: one text for every database we use.

/// Numbered migrations of `looks.db`. Never change one that was released.
pub(crate) const MIGRATIONS: &[&[&str]] = &[&[
    "CREATE TABLE looks (
        seq {number} NOT NULL PRIMARY KEY,
        kind {key} NOT NULL,
        agency {key} NOT NULL,
        user_name {key} NOT NULL,
        role {key} NOT NULL,
        at_ms {number} NOT NULL,
        loose {number} NOT NULL,
        counted {number} NOT NULL,
        about {text} NOT NULL,
        body {bytes} NOT NULL,
        hash {bytes} NOT NULL
    )",
    "CREATE INDEX looks_by_user ON looks (user_name, seq)",
    "CREATE INDEX looks_by_user_and_time ON looks (user_name, at_ms)",
    "CREATE INDEX looks_by_kind ON looks (kind, seq)",
    "CREATE INDEX looks_by_loose ON looks (loose, at_ms)",
    "CREATE INDEX looks_by_time ON looks (at_ms)",
    // Whom an entry is about (part 1), who else is named (0), which families (2).
    "CREATE TABLE look_about (
        id {key} NOT NULL,
        seq {number} NOT NULL,
        part {number} NOT NULL,
        PRIMARY KEY (id, seq, part)
    ){clustered}",
    "CREATE INDEX look_about_by_entry ON look_about (seq, part)",
    "CREATE TABLE looks_head (one {number} NOT NULL PRIMARY KEY, length {number} NOT NULL, hash {bytes} NOT NULL)",
]];

/// Tables whose rows the database itself refuses to change.
pub(crate) const NEVER_CHANGED: &[&str] = &["looks", "look_about"];

pub(crate) const INSERT: &str =
    "INSERT INTO looks (seq, kind, agency, user_name, role, at_ms, loose, counted, about, body, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
pub(crate) const INSERT_ABOUT: &str = "INSERT INTO look_about (id, seq, part) VALUES ($1, $2, $3)";
pub(crate) const HEAD: &str = "SELECT length, hash FROM looks_head WHERE one = 1";
pub(crate) const PUT_HEAD: &str = "INSERT INTO looks_head (one, length, hash) VALUES (1, $1, $2)
     ON CONFLICT (one) DO UPDATE SET length = excluded.length, hash = excluded.hash";
pub(crate) const HASH_OF: &str = "SELECT hash FROM looks WHERE seq = $1";
pub(crate) const TO_VERIFY: &str = "SELECT seq, kind, agency, user_name, role, at_ms, loose, counted, about, body, hash FROM looks ORDER BY seq";
pub(crate) const HAS_ABOUT: &str = "SELECT 1 FROM look_about WHERE id = $1 AND seq = $2 AND part = $3";
pub(crate) const COUNT_ABOUT: &str = "SELECT COUNT(*) FROM look_about";

pub(crate) const GET: &str = "SELECT seq, body FROM looks WHERE seq = $1";
pub(crate) const ABOUT: &str = "SELECT l.seq, l.body FROM look_about a JOIN looks l ON l.seq = a.seq
     WHERE a.id = $1 AND a.seq < $2 ORDER BY a.seq DESC LIMIT $3";
pub(crate) const BY_USER: &str = "SELECT seq, body FROM looks
     WHERE user_name = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
pub(crate) const BY_USER_SINCE: &str = "SELECT seq, body FROM looks
     WHERE user_name = $1 AND at_ms >= $2 AND at_ms <= $3 ORDER BY at_ms, seq LIMIT $4";
pub(crate) const OF_KIND_SINCE: &str =
    "SELECT seq, body FROM looks WHERE kind = $1 AND seq > 0 AND at_ms >= $2 ORDER BY seq LIMIT $3";
pub(crate) const LOOSE_SINCE: &str =
    "SELECT seq, body FROM looks WHERE loose = 1 AND at_ms >= $1 ORDER BY seq LIMIT $2";
pub(crate) const PEOPLE_COUNTED: &str =
    "SELECT DISTINCT l.agency, l.user_name, a.id FROM looks l JOIN look_about a ON a.seq = l.seq AND a.part = 1
     WHERE l.at_ms >= $1 AND l.counted = 1";
pub(crate) const FAMILIES_OF: &str =
    "SELECT DISTINCT a.id FROM looks l JOIN look_about a ON a.seq = l.seq AND a.part = 2
     WHERE l.user_name = $1 AND l.at_ms >= $2 AND l.loose = 0 AND l.counted = 1 ORDER BY a.id";
pub(crate) const FIRST_OF_EACH: &str =
    "SELECT l.user_name, MIN(l.seq), MIN(l.at_ms) FROM look_about a JOIN looks l ON l.seq = a.seq
     WHERE a.id = $1 AND l.counted = 1 GROUP BY l.user_name ORDER BY l.user_name";
pub(crate) const TALLIES: &str =
    "SELECT l.role, l.user_name, l.agency, l.at_ms / 86400000, COUNT(DISTINCT a.id)
     FROM looks l JOIN look_about a ON a.seq = l.seq AND a.part = 1
     WHERE l.at_ms >= $1 AND l.at_ms < $2 AND l.counted = 1
     GROUP BY l.role, l.user_name, l.agency, l.at_ms / 86400000
     ORDER BY l.role, l.user_name, l.agency, l.at_ms / 86400000";

/// All of them, for the test that each is understood.
#[cfg(test)]
pub(crate) const ALL: &[&str] = &[
    INSERT,
    INSERT_ABOUT,
    HEAD,
    PUT_HEAD,
    HASH_OF,
    TO_VERIFY,
    HAS_ABOUT,
    COUNT_ABOUT,
    GET,
    ABOUT,
    BY_USER,
    BY_USER_SINCE,
    OF_KIND_SINCE,
    LOOSE_SINCE,
    PEOPLE_COUNTED,
    FAMILIES_OF,
    FIRST_OF_EACH,
    TALLIES,
];
