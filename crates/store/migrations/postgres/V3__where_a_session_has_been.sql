-- See the migration of the same name for SQLite. A trail of a few kilobytes is kept out of line.
ALTER TABLE sessions
    ADD COLUMN agent    TEXT,
    ADD COLUMN run_from BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN run_at   BIGINT,
    ADD COLUMN trail    TEXT   NOT NULL DEFAULT '';
