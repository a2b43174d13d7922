-- Portable columns: integers are i64 (times in milliseconds since the epoch), ids are 16-byte blobs.

CREATE TABLE users (
    id            BLOB    NOT NULL PRIMARY KEY,
    email         TEXT    NOT NULL,
    email_key     TEXT    NOT NULL UNIQUE,
    role          TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    tokens_from   INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    last_login_at INTEGER
) STRICT, WITHOUT ROWID;
-- For the question whether an admin would be left.
CREATE INDEX users_who_are_admins ON users (role, status) WHERE role = 'admin';

-- One row a login, rotated in place: storage grows with sessions, not with rotations.
CREATE TABLE sessions (
    id                  BLOB    NOT NULL PRIMARY KEY,
    user_id             BLOB    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    generation          INTEGER NOT NULL,
    current_hash        BLOB    NOT NULL,
    nonce               BLOB,
    rotated_at          INTEGER,
    created_at          INTEGER NOT NULL,
    last_used_at        INTEGER NOT NULL,
    expires_at          INTEGER NOT NULL,
    absolute_expires_at INTEGER NOT NULL,
    revoked_at          INTEGER,
    revoked_by          TEXT,
    ip                  TEXT,
    user_agent          TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (absolute_expires_at);

CREATE TABLE signing_keys (
    kid          TEXT    NOT NULL PRIMARY KEY,
    algorithm    TEXT    NOT NULL,
    sealed       BLOB    NOT NULL,
    announced_at INTEGER NOT NULL,
    active_from  INTEGER,
    retired_at   INTEGER,
    gone_at      INTEGER,
    revoked_at   INTEGER
) STRICT;

CREATE TABLE service_clients (
    id          BLOB    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    secret_hash BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    revoked_at  INTEGER
) STRICT;

-- AUTOINCREMENT: a number is never given out twice, so a reader's cursor never skips an entry.
CREATE TABLE revocations (
    seq           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind          TEXT    NOT NULL,
    subject       BLOB    NOT NULL,
    issued_before INTEGER,
    until         INTEGER NOT NULL
) STRICT;
CREATE INDEX revocations_by_end ON revocations (until);

CREATE TABLE audit_log (
    seq        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    event      TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    user_id    BLOB,
    session_id BLOB,
    ip         TEXT,
    user_agent TEXT,
    request_id TEXT,
    detail     TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_log_by_user ON audit_log (user_id, seq) WHERE user_id IS NOT NULL;
CREATE INDEX audit_log_by_event ON audit_log (event, seq);
CREATE INDEX audit_log_by_time ON audit_log (at);

-- Append-only: what was written stays as it was written, and the newest day of it stays whatever the retention.
CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_log_keeps_its_newest_day BEFORE DELETE ON audit_log
WHEN OLD.at > (SELECT MAX(at) FROM audit_log) - 86400000
BEGIN
    SELECT RAISE(ABORT, 'the newest day of the audit log cannot be deleted');
END;

-- Keys are keyed hashes of addresses: bounded in length and unreadable in a stolen file.
CREATE TABLE address_attempts (
    key     BLOB    NOT NULL PRIMARY KEY,
    used    INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX address_attempts_by_end ON address_attempts (ends_at);

CREATE TABLE account_attempts (
    key          BLOB    NOT NULL PRIMARY KEY,
    failed       INTEGER NOT NULL,
    pending      INTEGER NOT NULL,
    touched_at   INTEGER,
    locked_until INTEGER,
    forget_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX account_attempts_by_end ON account_attempts (forget_at);

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- The version of the key ring and the highest number of the revocation feed, read several times a second.
CREATE TABLE counters (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, value) VALUES ('key_ring', 0), ('revocations', 0);
