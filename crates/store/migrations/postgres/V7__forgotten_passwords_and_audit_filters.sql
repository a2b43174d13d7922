-- A one-time password is good until this instant; NULL for one that its owner has chosen.
ALTER TABLE users ADD COLUMN one_time_until BIGINT;

-- The email address that a row names, for filters. It follows from `event` and `detail`, so the rows from before have it,
-- and nothing that was written changes. The text is searched, not parsed: PostgreSQL refuses JSON with \u0000, which a
-- particular may hold. A quote inside a particular is escaped, so only the member itself matches.
ALTER TABLE audit_log ADD COLUMN email TEXT GENERATED ALWAYS AS (
    lower(substring(detail FROM CASE event
        WHEN 'user.email_changed' THEN '"from":"([^"\\]*)"'
        ELSE '"email":"([^"\\]*)"'
    END) COLLATE "C")
) STORED;
CREATE INDEX audit_log_by_email ON audit_log (email, seq) WHERE email IS NOT NULL;
CREATE INDEX audit_log_by_ip ON audit_log (ip, seq) WHERE ip IS NOT NULL;
