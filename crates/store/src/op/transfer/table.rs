//! Every table, described once: its columns with their kinds, the primary key first.

use std::sync::LazyLock;

use self::Kind::{Blob, Int, Text};

/// Rows that one statement writes: fewer round trips where the database is far away.
pub(super) const CHUNK: usize = 32;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Text,
    Blob,
}

type Columns = &'static [(&'static str, Kind)];

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident = $name:literal [$($column:ident: $kind:ident),* $(,)?],)*) => {
        /// A table of the store. Those that others refer to come first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Table { $($(#[$doc])* $table,)* }

        impl Table {
            /// Every table.
            pub const ALL: &[Self] = &[$(Self::$table,)*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$table => $name,)* }
            }

            pub(super) const fn columns(self) -> Columns {
                match self { $(Self::$table => &[$((stringify!($column), $kind),)*],)* }
            }

            /// The name under which the target's `meta` keeps how far the first pass has come.
            pub(super) const fn place(self) -> &'static str {
                match self { $(Self::$table => concat!("migration.at.", $name),)* }
            }
        }
    };
}

tables! {
    /// Users.
    Users = "users" [
        id: Blob, email: Text, email_key: Text, role: Text, status: Text, password_hash: Text, tokens_from: Int,
        created_at: Int, updated_at: Int, last_login_at: Int, one_time_until: Int, email_verified_at: Int,
        external_id: Text, must_verify: Int, device_epoch: Int,
    ],
    /// Sessions, those that have ended too: by them a replay is recognised.
    Sessions = "sessions" [
        id: Blob, user_id: Blob, generation: Int, current_hash: Blob, nonce: Blob, rotated_at: Int, created_at: Int,
        last_used_at: Int, expires_at: Int, absolute_expires_at: Int, revoked_at: Int, revoked_by: Text, ip: Text,
        user_agent: Text, agent: Text, run_from: Int, run_at: Int, trail: Text,
    ],
    /// Signing keys, sealed as they are.
    SigningKeys = "signing_keys" [
        kid: Text, algorithm: Text, sealed: Blob, announced_at: Int, active_from: Int, retired_at: Int, gone_at: Int,
        revoked_at: Int,
    ],
    /// Service clients.
    ServiceClients = "service_clients" [
        id: Blob, name: Text, secret_hash: Blob, public_jwk: Text, created_at: Int, revoked_at: Int,
    ],
    /// What verifiers must refuse.
    Revocations = "revocations" [seq: Int, kind: Text, subject: Blob, issued_before: Int, until: Int],
    /// The audit log.
    AuditLog = "audit_log" [
        seq: Int, at: Int, event: Text, actor: Text, user_id: Blob, session_id: Blob, ip: Text, user_agent: Text,
        request_id: Text, detail: Text, position: Int, mac: Blob,
    ],
    /// The ends of the audit log's chain.
    AuditChain = "audit_chain" [name: Text, position: Int, seal: Blob],
    /// Attempts of client addresses.
    AddressAttempts = "address_attempts" [key: Blob, used: Int, ends_at: Int],
    /// Failures against accounts.
    AccountAttempts = "account_attempts" [
        key: Blob, failed: Int, pending: Int, touched_at: Int, locked_until: Int, forget_at: Int, day_failed: Int,
        day_ends_at: Int,
    ],
    /// What was good once and has been used.
    UsedOnce = "used_once" [key: Blob, purpose: Text, subject: Blob, expires_at: Int],
    /// What is good once and was sent to a user.
    OneTimeTokens = "one_time_tokens" [
        id: Blob, purpose: Text, address_key: Blob, user_id: Blob, secret_hash: Blob, code_hash: Blob,
        flow_hash: Blob, digits_hash: Blob, payload: Blob, tries: Int, expires_at: Int,
    ],
    /// Messages that wait, and what became of the others.
    Outbox = "outbox" [
        id: Blob, template: Text, user_id: Blob, recipient_key: Blob, sealed: Blob, state: Text, attempts: Int,
        not_before: Int, claimed_until: Int, created_at: Int, expires_at: Int, settled_at: Int, last_error: Text,
    ],
    /// Mailboxes that do not exist.
    DeadMailboxes = "dead_mailboxes" [recipient_key: Blob, until: Int],
    /// Endpoints that are told of events.
    Webhooks = "webhooks" [
        id: Blob, url: Text, types: Text, sealed: Blob, previous_sealed: Blob, previous_until: Int, cursor: Int,
        state: Text, failures: Int, failing_since: Int, not_before: Int, leased_until: Int, created_at: Int,
        recent: Text,
    ],
    /// Deliveries that failed.
    WebhookStuck = "webhook_stuck" [
        id: Blob, webhook_id: Blob, seq: Int, kind: Text, attempts: Int, next_at: Int, last_status: Int,
        last_error: Text,
    ],
    /// Values about the installation; the marks of a move are not of them.
    Meta = "meta" [name: Text, value: Blob],
    /// The numbers that readers of the feed hold on to.
    Counters = "counters" [name: Text, value: Int],
}

/// What is run against one table.
pub(super) struct Statements {
    pub(super) page: String,
    pub(super) count: String,
    pub(super) upsert_one: String,
    pub(super) upsert_chunk: String,
    pub(super) delete: String,
    /// Of a chunk: whose references there are rows for, or who has its unique values.
    pub(super) related: Option<String>,
}

static STATEMENTS: LazyLock<Vec<Statements>> = LazyLock::new(|| Table::ALL.iter().map(|t| t.build()).collect());

impl Table {
    pub(super) fn statements(self) -> &'static Statements {
        &STATEMENTS[self as usize]
    }

    /// The primary key.
    const fn key(self) -> &'static str {
        self.columns()[0].0
    }

    pub(super) const fn key_kind(self) -> Kind {
        self.columns()[0].1
    }

    /// Whether it is read at once instead of by pages.
    pub const fn comes_whole(self) -> bool {
        matches!(self.key_kind(), Text)
    }

    /// Rows that are no part of the installation.
    const fn leaves_out(self) -> Option<&'static str> {
        match self {
            Self::Meta => Some("name NOT LIKE 'migration.%' AND name <> 'probe'"),
            _ => None,
        }
    }

    fn build(self) -> Statements {
        let (name, key) = (self.name(), self.key());
        let columns: Vec<&str> = self.columns().iter().map(|(column, _)| *column).collect();
        let list = columns.join(", ");
        let (and, only) = self
            .leaves_out()
            .map_or_else(Default::default, |condition| (format!(" AND {condition}"), format!(" WHERE {condition}")));
        let number = self as usize;
        Statements {
            page: format!(
                "SELECT CAST({number} AS BIGINT), {list} FROM {name} WHERE {key} > $1{and} ORDER BY {key} LIMIT $2"
            ),
            count: format!("SELECT COUNT(*) FROM {name}{only}"),
            upsert_one: self.upsert(&columns, 1),
            upsert_chunk: self.upsert(&columns, CHUNK),
            delete: self.delete(),
            related: self.related(),
        }
    }

    fn upsert(self, columns: &[&str], rows: usize) -> String {
        let (name, key, list) = (self.name(), self.key(), columns.join(", "));
        let row = |n: usize| format!("({})", places(n * columns.len(), columns.len()));
        let rows = (0..rows).map(row).collect::<Vec<_>>().join(", ");
        // What the audit log says is never changed, in the copy as little as anywhere.
        let then = if self == Self::AuditLog {
            "DO NOTHING".to_owned()
        } else {
            let set = columns[1..].iter().map(|column| format!("{column} = excluded.{column}"));
            format!("DO UPDATE SET {}", set.collect::<Vec<_>>().join(", "))
        };
        format!("INSERT INTO {name} ({list}) VALUES {rows} ON CONFLICT ({key}) {then}")
    }

    /// The newest day of the audit log cannot be deleted: what the source has pruned is taken out of the copy once the
    /// newer rows are there.
    fn delete(self) -> String {
        let (name, key) = (self.name(), self.key());
        let old = if self == Self::AuditLog { " AND at <= (SELECT MAX(at) FROM audit_log) - 86400000" } else { "" };
        format!("DELETE FROM {name} WHERE {key} = $1{old}")
    }

    fn related(self) -> Option<String> {
        let places = places(0, CHUNK);
        match self {
            Self::Users => Some(format!("SELECT id, email_key FROM users WHERE email_key IN ({places})")),
            Self::Sessions => Some(format!("SELECT id, NULL FROM users WHERE id IN ({places})")),
            _ => None,
        }
    }
}

/// `$n, $n+1, …`.
fn places(after: usize, count: usize) -> String {
    (after + 1..=after + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

impl Statements {
    pub(super) fn named(&'static self, table: &str) -> Vec<(String, &'static str)> {
        let all = [
            ("page", Some(&self.page)),
            ("count", Some(&self.count)),
            ("upsert_one", Some(&self.upsert_one)),
            ("upsert_chunk", Some(&self.upsert_chunk)),
            ("delete", Some(&self.delete)),
            ("related", self.related.as_ref()),
        ];
        all.into_iter().filter_map(|(name, sql)| Some((format!("transfer::{table}::{name}"), sql?.as_str()))).collect()
    }
}
