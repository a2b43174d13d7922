-- A service client proves itself by a secret, of which the hash is here, or by a key, of which the public half is here.
CREATE TABLE service_clients_v2 (
    id          BLOB    NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,
    secret_hash BLOB,
    public_jwk  TEXT,
    created_at  INTEGER NOT NULL,
    revoked_at  INTEGER,
    CHECK ((secret_hash IS NULL) <> (public_jwk IS NULL))
) STRICT;

INSERT INTO service_clients_v2 (id, name, secret_hash, created_at, revoked_at)
    SELECT id, name, secret_hash, created_at, revoked_at FROM service_clients;

DROP TABLE service_clients;

ALTER TABLE service_clients_v2 RENAME TO service_clients;
