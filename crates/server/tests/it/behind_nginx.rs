//! nginx in front: connections that it keeps, and a Unix socket between the two.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

use crate::child::{Program, free_port, listening, nginx};
use crate::process::{Running, Site, http};

/// A way to a server that counts the connections it is asked for.
async fn counted(server: &Running) -> (u16, Arc<AtomicUsize>) {
    let target = server.url("").trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (port, count) = (listener.local_addr().expect("an address").port(), Arc::new(AtomicUsize::new(0)));
    let counter = count.clone();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::Relaxed);
            let target = target.clone();
            tokio::spawn(async move {
                let mut far = TcpStream::connect(target).await.expect("it listens");
                drop(tokio::io::copy_bidirectional(&mut near, &mut far).await);
            });
        }
    });
    (port, count)
}

/// nginx before this upstream; its port.
async fn before(upstream: &str) -> (u16, Program, TempDir) {
    let (port, folder) = (free_port(), tempfile::tempdir().expect("a folder"));
    let config = format!(
        "upstream hallpass {{\n server {upstream};\n keepalive 4;\n keepalive_timeout 60s;\n}}\n\
         server {{\n listen 127.0.0.1:{port};\n location / {{\n proxy_pass http://hallpass;\n \
         proxy_http_version 1.1;\n proxy_set_header Connection \"\";\n proxy_set_header Host $host;\n \
         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n }}\n}}\n"
    );
    let program = Program::start(nginx(folder.path(), &config));
    listening(port, "nginx").await;
    (port, program, folder)
}

#[tokio::test]
async fn connections_that_nginx_keeps_outlive_the_time_of_a_header() {
    let site = Site::with(&["limits.header_timeout=1s"]);
    let server = site.serve();
    let (way, count) = counted(&server).await;
    let (port, _nginx, _folder) = before(&format!("127.0.0.1:{way}")).await;
    let client = http();
    for n in 0..3 {
        let url = format!("http://127.0.0.1:{port}/auth/login");
        // A POST: nginx does not repeat it on another connection when this one breaks.
        let body = json!({"email": format!("nobody{n}@example.com"), "password": "hall-monitor 4711"});
        let answer = client.post(url).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 401);
        tokio::time::sleep(Duration::from_millis(2500)).await;
    }
    assert_eq!(count.load(Ordering::Relaxed), 1, "nginx had to connect anew");
}

/// What the audit log says about where the newest failed login came from.
async fn newest_failure(at: &str, token: &str) -> Value {
    let url = format!("{at}/admin/audit?event=login.failed&limit=1");
    let page: Value = http().get(url).bearer_auth(token).send().await.expect("an answer").json().await.expect("JSON");
    page["items"][0]["ip"].clone()
}

#[tokio::test]
async fn nginx_speaks_over_a_unix_socket_and_tells_whom_it_speaks_for() {
    let site = Site::new();
    let socket = site.path("http.sock");
    let at = format!("unix:{}", socket.display());
    // What a killed server has left behind.
    drop(UnixListener::bind(&socket).expect("a socket"));
    let server = site.serve_at(&at, &[]);
    let mode = std::fs::metadata(&socket).expect("the socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    let (port, _nginx, _folder) = before(&at).await;
    let base = format!("http://127.0.0.1:{port}");
    let (email, password) = server.first_admin().expect("a first start");
    let login = http().post(format!("{base}/auth/login")).json(&json!({"email": email, "password": password}));
    let tokens: Value = login.send().await.expect("an answer").json().await.expect("JSON");
    let token = tokens["access_token"].as_str().expect("a token");
    let wrong = json!({"email": "eve@example.com", "password": "hall-monitor 4711"});
    let guess = || http().post(format!("{base}/auth/login")).json(&wrong);
    assert_eq!(guess().send().await.expect("an answer").status(), 401);
    assert_eq!(newest_failure(&base, token).await, "127.0.0.1");
    // nginx appends the address that it sees: what the client says of itself is not believed.
    let lie = guess().header("x-forwarded-for", "203.0.113.9").send().await.expect("an answer");
    assert_eq!(lie.status(), 401);
    assert_eq!(newest_failure(&base, token).await, "127.0.0.1");
    let second = site.command(&["--listen", &at, "serve"]).output().expect("it runs");
    assert!(!second.status.success() && String::from_utf8_lossy(&second.stderr).contains("another process listens"));
    assert_eq!(server.stop(), Some(0));
    assert!(!socket.exists(), "the socket is left behind");
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_not_taken_away() {
    let site = Site::new();
    let precious = site.write("precious", "data");
    let ended = site.run(&["--json", "--listen", &format!("unix:{precious}"), "serve"]).expect(1);
    assert_eq!(ended.error(), "cannot_serve");
    assert_eq!(std::fs::read_to_string(precious).expect("a file"), "data");
}
