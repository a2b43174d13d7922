//! The columns of each kind of row that is read whole, once: in the order in which `FromRow` reads them.

macro_rules! columns {
    (session) => { "id, user_id, generation, current_hash, nonce, rotated_at, created_at, last_used_at, expires_at, absolute_expires_at, revoked_at, ip, user_agent" };
    (user) => { "id, email, role, status, tokens_from, created_at, updated_at, last_login_at, one_time_until, email_verified_at, must_verify, device_epoch, external_id" };
    (credential) => { "id, email, role, status, tokens_from, created_at, updated_at, last_login_at, one_time_until, email_verified_at, must_verify, device_epoch, external_id, password_hash" };
    (one_time) => { "id, user_id, secret_hash, code_hash, flow_hash, digits_hash, payload, tries, expires_at" };
    (client) => { "id, name, secret_hash, public_jwk, created_at, revoked_at" };
    (audit) => { "seq, at, event, actor, user_id, session_id, ip, user_agent, request_id, detail" };
    (message) => { "id, template, user_id, state, attempts, not_before, created_at, expires_at, settled_at, last_error" };
    (told) => { "seq, at, event, actor, user_id, session_id, ip, user_agent, request_id, detail, position, mac" };
    (webhook) => { "id, url, types, state, cursor, failures, failing_since, not_before, created_at, previous_until, recent, (SELECT COUNT(*) FROM webhook_stuck WHERE webhook_id = webhooks.id AND next_at IS NOT NULL), (SELECT COUNT(*) FROM webhook_stuck WHERE webhook_id = webhooks.id AND next_at IS NULL), (SELECT position FROM audit_chain WHERE name = 'head')" };
    (key) => { "kid, algorithm, sealed, announced_at, active_from, retired_at, gone_at, revoked_at" };
}

/// `select!(user, "FROM users WHERE id = $1")`.
macro_rules! select {
    ($row:ident, $rest:literal) => {
        concat!("SELECT ", columns!($row), " ", $rest)
    };
}
