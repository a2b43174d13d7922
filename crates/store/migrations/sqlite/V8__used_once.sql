-- What is good once and has been used: `key` is the hash of purpose, subject and value, so that a stolen dump does not
-- tell the value. A row is kept until the value has expired for every clock.
CREATE TABLE used_once (
    key        BLOB    NOT NULL PRIMARY KEY,
    purpose    TEXT    NOT NULL,
    subject    BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_once_by_end ON used_once (expires_at);
