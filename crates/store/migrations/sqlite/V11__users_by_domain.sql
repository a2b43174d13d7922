-- What stands after the @ of an address: a search for the beginning of a domain walks an index and not the table.
ALTER TABLE users ADD COLUMN email_domain TEXT GENERATED ALWAYS AS (substr(email_key, instr(email_key, '@') + 1)) VIRTUAL;
CREATE INDEX users_by_domain ON users (email_domain, id);
