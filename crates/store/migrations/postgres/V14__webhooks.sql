-- Endpoints that are told of events. The events themselves are rows of the audit log, whose places are in the order of
-- commits: an endpoint needs a place (`cursor`) and no row an event. `cursor` is the last place that was delivered or
-- noted in webhook_stuck.
CREATE TABLE webhooks (
    id              BYTEA    NOT NULL PRIMARY KEY,
    url             TEXT    NOT NULL,
    -- Names of types, separated by spaces; empty for all.
    types           TEXT    NOT NULL,
    sealed          BYTEA    NOT NULL,
    -- The secret before the last rotation, and until when it signs as well.
    previous_sealed BYTEA,
    previous_until  BIGINT,
    cursor          BIGINT NOT NULL,
    state           TEXT    NOT NULL,
    -- Failures in a row, and since when.
    failures        BIGINT NOT NULL,
    failing_since   BIGINT,
    not_before      BIGINT NOT NULL,
    leased_until    BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    -- The last deliveries, JSON.
    recent          TEXT    NOT NULL
);

-- Deliveries that failed. `next_at` is NULL when none is tried any more.
CREATE TABLE webhook_stuck (
    id          BYTEA    NOT NULL PRIMARY KEY,
    webhook_id  BYTEA    NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    seq         BIGINT NOT NULL,
    kind        TEXT    NOT NULL,
    attempts    BIGINT NOT NULL,
    next_at     BIGINT,
    last_status BIGINT,
    last_error  TEXT    NOT NULL
);
CREATE INDEX webhook_stuck_by_turn ON webhook_stuck (webhook_id, next_at);
CREATE INDEX webhook_stuck_waiting ON webhook_stuck (next_at);
CREATE INDEX webhook_stuck_by_seq ON webhook_stuck (seq);
