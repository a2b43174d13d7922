-- What is good once and was sent to a user. A new request replaces the row of its purpose and address, so that the table
-- does not grow with requests. secret_hash is of 256 random bits; a code has 27, so code_hash is keyed. A value with a
-- flow_hash works in the browser that asked for it, or with the digits that it shows. payload is sealed.
CREATE TABLE one_time_tokens (
    id          BYTEA   NOT NULL PRIMARY KEY,
    purpose     TEXT    NOT NULL,
    address_key BYTEA   NOT NULL,
    user_id     BYTEA   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret_hash BYTEA   NOT NULL,
    code_hash   BYTEA   NOT NULL,
    flow_hash   BYTEA,
    digits_hash BYTEA,
    payload     BYTEA,
    tries       BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    UNIQUE (purpose, address_key)
);
CREATE INDEX one_time_tokens_by_end ON one_time_tokens (expires_at);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id);

-- What waits to be sent. sealed holds recipient and values, the secret among them, until the message is settled; a message
-- without it goes to the address that its user has by then.
CREATE TABLE outbox (
    id            BYTEA   NOT NULL PRIMARY KEY,
    template      TEXT    NOT NULL,
    user_id       BYTEA,
    recipient_key BYTEA   NOT NULL,
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
CREATE INDEX outbox_sent ON outbox (settled_at) WHERE state = 'sent';
CREATE INDEX outbox_by_recipient ON outbox (recipient_key, created_at);
CREATE INDEX outbox_by_age ON outbox (created_at);
CREATE INDEX outbox_by_state ON outbox (state, id);

-- Mailboxes that do not exist, as their server says: nothing is written for them until then.
CREATE TABLE dead_mailboxes (
    recipient_key BYTEA   NOT NULL PRIMARY KEY,
    until         BIGINT NOT NULL
);
CREATE INDEX dead_mailboxes_by_end ON dead_mailboxes (until);

-- Whether the address must be proved before the account can be entered: of accounts that registered themselves while
-- mail.require_verified was on.
ALTER TABLE users ADD COLUMN must_verify BIGINT NOT NULL DEFAULT 0;
