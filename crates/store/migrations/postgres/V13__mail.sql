-- What is good once and was sent to a user. A new request replaces the row of its purpose and address, so that the table
-- does not grow with requests. secret_hash is of 256 random bits; a code has 27, so code_hash is keyed.
CREATE TABLE one_time_tokens (
    id          BYTEA    NOT NULL PRIMARY KEY,
    purpose     TEXT    NOT NULL,
    address_key BYTEA    NOT NULL,
    user_id     BYTEA    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash BYTEA    NOT NULL,
    code_hash   BYTEA    NOT NULL,
    tries       BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    UNIQUE (purpose, address_key)
);
CREATE INDEX one_time_tokens_by_end ON one_time_tokens (expires_at);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id);

-- What waits to be sent. sealed holds recipient and text, which has the secret in it, until it was sent.
CREATE TABLE outbox (
    id            BYTEA    NOT NULL PRIMARY KEY,
    template      TEXT    NOT NULL,
    user_id       BYTEA,
    recipient_key BYTEA    NOT NULL,
    sealed        BYTEA,
    state         TEXT    NOT NULL,
    attempts      BIGINT NOT NULL,
    not_before    BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    settled_at    BIGINT,
    last_error    TEXT
);
CREATE INDEX outbox_waiting ON outbox (not_before) WHERE state = 'waiting';
CREATE INDEX outbox_by_recipient ON outbox (recipient_key, created_at);
CREATE INDEX outbox_by_age ON outbox (created_at);
CREATE INDEX outbox_by_state ON outbox (state, id);
