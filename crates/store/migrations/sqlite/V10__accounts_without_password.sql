-- An account may have no password, and an address may be verified. SQLite has no statement that drops NOT NULL. Its
-- documentation (lang_altertable.html, section 7) allows an edit of the schema's text for it, since no row changes.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'password_hash TEXT    NOT NULL', 'password_hash TEXT')
    WHERE type = 'table' AND name = 'users';
PRAGMA writable_schema = RESET;
ALTER TABLE users ADD COLUMN email_verified_at INTEGER;
