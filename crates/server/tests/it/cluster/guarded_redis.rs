//! A Redis that is reached over TLS, by a user who may do what the documentation says and nothing else.

use std::path::Path;
use std::sync::Arc;

use hallpass_testbed::Certificate;
use hallpass_testbed::redis::{RedisServer, free_port};
use serde_json::json;
use tempfile::TempDir;

use super::backing::Backing;
use super::client::{Reply, patient, send};
use super::generator::PASSWORD;
use super::replicas::Cluster;

struct Guarded {
    server: RedisServer,
    tls_port: u16,
    folder: TempDir,
}

impl Guarded {
    fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let Certificate { authority, certificate, key } = Certificate::of("127.0.0.1");
        let write = |name: &str, text: &str| write(folder.path(), name, text);
        let (ca, cert, key) = (write("ca.pem", &authority), write("cert.pem", &certificate), write("key.pem", &key));
        write("stranger.pem", &Certificate::of("127.0.0.1").authority);
        let tls_port = free_port();
        let server = RedisServer::start_with(&[
            "--tls-port",
            &tls_port.to_string(),
            "--tls-cert-file",
            &cert,
            "--tls-key-file",
            &key,
            "--tls-ca-cert-file",
            &ca,
            "--tls-auth-clients",
            "no",
        ]);
        let allowed = allowed();
        let rules = [&["acl", "setuser", "hallpass", "on", ">s3cret"][..], &allowed].concat();
        assert_eq!(server.command(&rules), "OK");
        Self { server, tls_port, folder }
    }

    /// Replicas that read it strictly, and believe this authority.
    fn cluster(&self, count: usize, authority: &str) -> Arc<Cluster> {
        let url = format!("redis_url=rediss://hallpass:s3cret@127.0.0.1:{}", self.tls_port);
        let authority = self.folder.path().join(authority).display().to_string();
        let environment = |_| vec![("SSL_CERT_FILE".to_owned(), authority.clone())];
        let settings = [&url, "denylist.consistency=strict", "limits.lockout_failures=5"];
        tokio::task::block_in_place(|| Arc::new(Cluster::start_with(count, &Backing::File, &settings, environment)))
    }
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("writes");
    path.display().to_string()
}

/// What an operator gives the user, word for word from the documentation.
fn allowed() -> Vec<&'static str> {
    const DOCS: &str = include_str!("../../../../../docs/configuration.md");
    let (_, rest) = DOCS.split_once("A user of its own needs").expect("the documentation speaks of the user");
    let rules: Vec<_> = rest.split('`').skip(1).step_by(2).take(2).flat_map(str::split_whitespace).collect();
    assert!(rules.iter().all(|rule| rule.starts_with(['~', '&', '+'])), "{rules:?}");
    rules
}

async fn me(cluster: &Cluster, replica: usize, token: &str) -> Reply {
    send(patient().get(cluster.url(replica, "/auth/me")).bearer_auth(token)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_a_user_with_what_the_documentation_says_is_enough_and_is_never_refused() {
    let redis = Guarded::start();
    let cluster = redis.cluster(2, "ca.pem");
    cluster.until_ready().await;
    let email = "ada@example.com";
    let id = cluster.register(email, PASSWORD).await;
    let login = cluster.login(0, email, PASSWORD).await;
    let token = login["access_token"].as_str().expect("a token");
    assert!(matches!(me(&cluster, 1, token).await, Reply::Answer(200, _)));
    let logout = patient().post(cluster.url(0, "/auth/logout")).bearer_auth(token);
    assert!(matches!(send(logout).await, Reply::Answer(200 | 204, _)));
    assert!(matches!(me(&cluster, 1, token).await, Reply::Answer(401, _)), "strict: at once");
    for guess in 0..6 {
        let body = json!({"email": email, "password": "a wrong password"});
        let Reply::Answer(status, _) = send(patient().post(cluster.url(guess % 2, "/auth/login")).json(&body)).await
        else {
            panic!("no answer")
        };
        assert_eq!(status, if guess < 5 { 401 } else { 429 }, "guess {guess}");
    }
    let unlock = patient().post(cluster.url(1, &format!("/admin/users/{id}/unlock")));
    let unlocked = send(unlock.bearer_auth(cluster.admin_token().await)).await;
    assert!(matches!(unlocked, Reply::Answer(204, _)), "{unlocked:?}");
    cluster.login(0, email, PASSWORD).await;
    let used = redis.server.command(&["acl", "list"]);
    assert!(used.contains("user hallpass on"), "{used}");
    assert_eq!(redis.server.command(&["acl", "log"]), "", "what Redis has refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_with_a_strangers_certificate_is_not_believed() {
    let redis = Guarded::start();
    let cluster = redis.cluster(1, "stranger.pem");
    let (email, password) = &cluster.admin;
    let token = cluster.login(0, email, password).await;
    let token = token["access_token"].as_str().expect("a token");
    assert!(matches!(me(&cluster, 0, token).await, Reply::Unknown), "503: it cannot be asked");
    assert_eq!(redis.server.command(&["dbsize"]), "0");
    let log = cluster.log(0);
    assert!(log.to_lowercase().contains("certificate"), "{log}");
}
