-- Endpoints that are told of events. The events themselves are rows of the audit log, whose places are in the order of
-- commits: an endpoint needs a place (`cursor`) and no row an event. `cursor` is the last place that was delivered or
-- noted in webhook_stuck.
CREATE TABLE webhooks (
    id              BLOB    NOT NULL PRIMARY KEY,
    url             TEXT    NOT NULL,
    -- Names of types, separated by spaces; empty for all.
    types           TEXT    NOT NULL,
    sealed          BLOB    NOT NULL,
    -- The secret before the last rotation, and until when it signs as well.
    previous_sealed BLOB,
    previous_until  INTEGER,
    cursor          INTEGER NOT NULL,
    state           TEXT    NOT NULL,
    -- Failures in a row, and since when.
    failures        INTEGER NOT NULL,
    failing_since   INTEGER,
    not_before      INTEGER NOT NULL,
    leased_until    INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    -- The last deliveries, JSON.
    recent          TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Deliveries that failed. `next_at` is NULL when none is tried any more.
CREATE TABLE webhook_stuck (
    id          BLOB    NOT NULL PRIMARY KEY,
    webhook_id  BLOB    NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    seq         INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    attempts    INTEGER NOT NULL,
    next_at     INTEGER,
    last_status INTEGER,
    last_error  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_stuck_by_turn ON webhook_stuck (webhook_id, next_at);
CREATE INDEX webhook_stuck_waiting ON webhook_stuck (next_at);
CREATE INDEX webhook_stuck_by_seq ON webhook_stuck (seq);
