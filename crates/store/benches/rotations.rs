//! Durable refresh rotations a second, by how many clients ask at once and by who shares a commit.
//!
//! 200,000 sessions; each client walks a hundred families spread over them. Every rotation is on the disk before it is
//! answered. PostgreSQL is a private cluster beside it, reached over TCP, with everything on that keeps a commit. Run it
//! on a quiet machine with `cargo bench -p hallpass-store`.

use std::time::{Duration, Instant};

use hallpass_model::audit::{Actor, AuditContext, Event};
use hallpass_model::refresh_token::RefreshToken;
use hallpass_model::secret::Secret;
use hallpass_model::session::RefreshPolicy;
use hallpass_model::{Email, Role, SessionId, Timestamp, UserId};
use hallpass_store::conn::{Conn, Value};
use hallpass_store::op::{self, Mode, NewUser, Refreshed};
use hallpass_store::{Operation, Options, Store};

const SESSIONS: usize = 200_000;
/// Sessions made at once.
const STEP: usize = 5_000;
const FAMILIES: usize = 100;
const MOST_CLIENTS: usize = 64;
const ROUND: Duration = Duration::from_secs(3);
const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
const POLICY: RefreshPolicy = RefreshPolicy {
    idle: Duration::from_secs(7 * 24 * 3600),
    absolute: Duration::from_secs(30 * 24 * 3600),
    sliding: true,
    grace: Duration::from_secs(10),
};

/// The families of one client, each with its current token.
type Families = Vec<RefreshToken>;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("starts");
    println!("{:<28} {:>8} {:>12} {:>10} {:>10}", "engine, commit", "clients", "rotations/s", "p50 ms", "p99 ms");
    for (name, batch) in [("SQLite, up to 256 share", 256), ("SQLite, one each", 1)] {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join("hallpass.db");
        runtime.block_on(measure(name, Options::new(&path).batch(batch)));
    }
    let cluster = hallpass_testbed::Postgres::durable();
    for (name, batch) in [("PostgreSQL, up to 256 share", 256), ("PostgreSQL, one each", 1)] {
        let url = cluster.own_schema().parse().expect("a URL");
        runtime.block_on(measure(name, Options::postgres(url).batch(batch)));
    }
}

async fn measure(name: &str, options: Options) {
    let store = Store::connect(options).await.expect("opens");
    fill(&store).await;
    let mut clients: Vec<Families> = (0..MOST_CLIENTS).map(families).collect();
    for count in [1, 8, MOST_CLIENTS] {
        round(&store, name, &mut clients[..count]).await;
    }
    store.close().await;
}

fn session(n: usize) -> SessionId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    SessionId::new(NOW, random)
}

fn token(n: usize) -> RefreshToken {
    RefreshToken::first(session(n), Secret::new([7; 32]))
}

fn families(client: usize) -> Families {
    (0..FAMILIES).map(|n| token((client * FAMILIES + n) * (SESSIONS / (MOST_CLIENTS * FAMILIES)))).collect()
}

/// One user, and its sessions by the shortest way: their making is not what is measured.
async fn fill(store: &Store) {
    let id = UserId::new(NOW, [0; 10]);
    let email = Email::parse("ada@example.com").expect("an address");
    let user = NewUser::new(id, email, Role::user(), String::new());
    let create =
        op::CreateUser { act: act(), user, session: None, only_if_first: true, event: Event::Registered, mail: None };
    store.write(create).await.expect("writes");
    for first in (0..SESSIONS).step_by(STEP) {
        store.write(Fill { user: id, first }).await.expect("writes");
    }
}

/// Sessions from a number on, in one transaction.
struct Fill {
    user: UserId,
    first: usize,
}

impl Operation for Fill {
    type Output = ();
    const NAME: &'static str = "fill";
    const MODE: Mode = Mode::Write;

    async fn run<C: Conn>(&self, conn: &mut C) -> hallpass_store::Result<()> {
        let sql = "INSERT INTO sessions (id, user_id, generation, current_hash, created_at, last_used_at, expires_at, \
            absolute_expires_at, ip, user_agent) VALUES ($1, $2, 0, $3, $4, $4, $5, $6, '192.0.2.1', 'Mozilla/5.0')";
        let (idle, end) = (NOW + POLICY.idle, NOW + POLICY.absolute);
        for n in self.first..self.first + STEP {
            let (session, hash) = (session(n), token(n).hash());
            let ids = [session.as_bytes().into(), self.user.as_bytes().into(), (&hash).into()];
            let [id, user, hash]: [Value<'_>; 3] = ids;
            conn.execute(sql, &[id, user, hash, NOW.into(), idle.into(), end.into()]).await?;
        }
        Ok(())
    }
}

fn act() -> AuditContext {
    AuditContext { at: NOW, actor: Actor::Anonymous, ip: None, user_agent: None, request_id: None }
}

async fn round(store: &Store, name: &str, clients: &mut [Families]) {
    let begun = Instant::now();
    let walks = clients.iter_mut().map(|families| {
        let (store, families) = (store.clone(), std::mem::take(families));
        tokio::spawn(walk(store, families, begun + ROUND))
    });
    let mut latencies = Vec::new();
    for (walk, families) in walks.collect::<Vec<_>>().into_iter().zip(0..) {
        let (walked, mut took) = walk.await.expect("walks");
        clients[families] = walked;
        latencies.append(&mut took);
    }
    let elapsed = begun.elapsed();
    latencies.sort_unstable();
    let quantile = |per_cent: usize| latencies[(latencies.len() - 1) * per_cent / 100].as_secs_f64() * 1e3;
    let rate = latencies.len() as u128 * 1000 / elapsed.as_millis().max(1);
    println!("{name:<28} {:>8} {rate:>12} {:>10.2} {:>10.2}", clients.len(), quantile(50), quantile(99));
}

async fn walk(store: Store, mut families: Families, until: Instant) -> (Families, Vec<Duration>) {
    let mut latencies = Vec::new();
    let mut nonce = 0_u128;
    while Instant::now() < until {
        let place = latencies.len() % families.len();
        nonce += 1;
        let asked = Instant::now();
        families[place] = rotate(&store, &families[place], nonce.to_be_bytes()).await;
        latencies.push(asked.elapsed());
    }
    (families, latencies)
}

async fn rotate(store: &Store, presented: &RefreshToken, nonce: [u8; 16]) -> RefreshToken {
    let successor = presented.successor(&nonce).expect("derives");
    let operation = op::RefreshSession {
        act: act(),
        revocation_ttl: Duration::from_secs(900),
        presented: presented.clone(),
        successor: successor.clone(),
        nonce,
        policy: POLICY,
        notice: None,
    };
    let outcome = store.revoke(operation).await.expect("writes").mirrored(async {}).await;
    assert!(matches!(outcome, Refreshed::Rotated(_)), "{outcome:?}");
    successor
}
