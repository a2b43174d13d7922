-- Tamper evidence: each row carries its place in the chain and a keyed hash over itself and the row before. Both are
-- NULL in rows of a version that knew no chain.
ALTER TABLE audit_log ADD COLUMN position BIGINT;
ALTER TABLE audit_log ADD COLUMN mac BYTEA;
CREATE UNIQUE INDEX audit_log_by_position ON audit_log (position) WHERE position IS NOT NULL;

-- `head` is the newest place; its `seal` is empty. `pruned` is the newest row that retention has removed, and `seal` is
-- the mac of that row and a keyed hash over both.
CREATE TABLE audit_chain (
    name     TEXT   NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    seal     BYTEA  NOT NULL
);
INSERT INTO audit_chain (name, position, seal) VALUES ('head', 0, '');
