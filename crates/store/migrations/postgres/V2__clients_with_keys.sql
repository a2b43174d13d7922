-- A service client proves itself by a secret, of which the hash is here, or by a key, of which the public half is here.
ALTER TABLE service_clients ALTER COLUMN secret_hash DROP NOT NULL;
ALTER TABLE service_clients ADD COLUMN public_jwk TEXT;
ALTER TABLE service_clients ADD CONSTRAINT service_clients_prove_one_way
    CHECK ((secret_hash IS NULL) <> (public_jwk IS NULL));
