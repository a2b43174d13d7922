//! `docs/gateways.md`: nginx, Traefik and Envoy, each run with the text that stands there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use http::{HeaderMap, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::child::{Program, block, free_port, in_repository, listening, nginx, written};
use crate::people::{admin, logout, register};
use crate::process::{Running, Site, http};

const DOCUMENT: &str = "docs/gateways.md";

/// What is behind a gateway: it tells what has arrived.
async fn app() -> u16 {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = socket.local_addr().expect("an address").port();
    let echo = async |method: Method, headers: HeaderMap, body: String| {
        let headers: BTreeMap<_, _> = headers.iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap_or("?"))).collect();
        axum::Json(json!({"method": method.as_str(), "headers": headers, "body": body}))
    };
    tokio::spawn(async move { axum::serve(socket, axum::Router::new().fallback(echo)).await });
    port
}

/// A gateway that runs with the configuration of the document, in front of an app and a server.
struct Gateway {
    port: u16,
    client: reqwest::Client,
    _program: Program,
    _folder: TempDir,
}

/// A way to start a gateway: the block of the document, what of it is replaced by the port to listen on, and the command
/// for a file with what is left.
struct Kind {
    block: (&'static str, &'static str),
    listens: (&'static str, fn(u16) -> String),
    command: fn(&Path, &str, u16) -> Command,
    /// What it answers when nobody answers.
    without_hallpass: u16,
}

const NGINX: Kind = Kind {
    block: ("## nginx", "nginx"),
    listens: ("listen 80;", |port| format!("listen 127.0.0.1:{port};")),
    command: |folder, config, _| nginx(folder, config),
    without_hallpass: 500,
};

const TRAEFIK: Kind = Kind {
    block: ("And the dynamic one.", "yaml"),
    // It stands in the static configuration.
    listens: ("http:", |_| "http:".to_owned()),
    command: |folder, config, port| {
        let dynamic = written(folder, "dynamic.yaml", config);
        let (address, file) = ("address: \":80\"", "/etc/traefik/dynamic.yaml");
        let text = block(DOCUMENT, "## Traefik", "yaml");
        assert!(text.contains(address) && text.contains(file), "{text}");
        let text = text.replace(address, &format!("address: 127.0.0.1:{port}"));
        let text = text.replace(file, &dynamic.display().to_string());
        let quiet = "global: {checkNewVersion: false, sendAnonymousUsage: false}\n";
        let mut command = Command::new(in_repository("tests/e2e/python_modules/bin/traefik"));
        command.arg("--configFile").arg(written(folder, "static.yaml", &format!("{quiet}{text}")));
        command
    },
    without_hallpass: 500,
};

const ENVOY: Kind = Kind {
    block: ("## Envoy", "yaml"),
    listens: ("address: 0.0.0.0, port_value: 80}", |port| format!("address: 127.0.0.1, port_value: {port}}}")),
    command: |folder, config, _| {
        let mut command = Command::new(in_repository("tests/e2e/python_modules/envoy/_bin/envoy"));
        command.args(["--disable-hot-restart", "--concurrency", "1", "--log-level", "critical", "-c"]);
        command.arg(written(folder, "envoy.yaml", config));
        command
    },
    without_hallpass: 403,
};

impl Gateway {
    async fn before(server: &Running, kind: &Kind) -> Self {
        Self::asking(server, kind, |config| config).await
    }

    /// The same with a change in the text.
    async fn asking(server: &Running, kind: &Kind, change: impl Fn(String) -> String) -> Self {
        let (port, folder) = (free_port(), tempfile::tempdir().expect("a folder"));
        let hallpass = server.url("").rsplit(':').next().expect("a port").to_owned();
        let app = app().await.to_string();
        let mut config = change(block(DOCUMENT, kind.block.0, kind.block.1));
        for (there, here) in [
            ("127.0.0.1:8080", format!("127.0.0.1:{hallpass}")),
            ("127.0.0.1:3000", format!("127.0.0.1:{app}")),
            ("port_value: 8080", format!("port_value: {hallpass}")),
            ("port_value: 3000", format!("port_value: {app}")),
            (kind.listens.0, kind.listens.1(port)),
        ] {
            config = config.replace(there, &here);
        }
        assert!(!config.contains("8080") && !config.contains("3000"), "{config}");
        let program = Program::start((kind.command)(folder.path(), &config, port));
        let gateway = Self { port, client: http(), _program: program, _folder: folder };
        listening(port, kind.block.0).await;
        gateway.until_configured().await;
        gateway
    }

    /// Traefik listens before it has read what to do.
    async fn until_configured(&self) {
        for _ in 0..300 {
            if self.status("/public/", None).await == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not know the app");
    }

    /// A request of somebody who says to be an admin.
    fn ask(&self, method: Method, path: &str, token: Option<&str>) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("http://127.0.0.1:{}{path}", self.port));
        let lies = ["x-auth-user", "X-AUTH-ROLE", "X-Auth-Session"];
        let request = lies.iter().fold(request, |request, name| request.header(*name, "admin"));
        if let Some(token) = token { request.bearer_auth(token) } else { request }
    }

    /// The status of a request as it is written: a client would tidy its path.
    async fn status(&self, path: &str, token: Option<&str>) -> u16 {
        let credential = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
        raw_status(self.port, path, &credential).await
    }
}

async fn raw_status(port: u16, path: &str, credential: &str) -> u16 {
    let head = format!("GET {path} HTTP/1.1\r\nHost: app\r\n{credential}Connection: close\r\n\r\n");
    let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
    socket.write_all(head.as_bytes()).await.expect("it reads");
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(30), socket.read_to_end(&mut answer)).await;
    read.expect("an answer in time").expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{path}: {answer}"))
}

/// The headers of identity that reached the app.
fn identity(arrived: &Value) -> Vec<(&str, &str)> {
    let headers = arrived["headers"].as_object().expect("headers");
    let of_identity = |name: &str| name.to_ascii_lowercase().replace('_', "-").starts_with("x-auth");
    headers.iter().filter(|(n, _)| of_identity(n)).map(|(n, v)| (n.as_str(), v.as_str().expect("text"))).collect()
}

macro_rules! with {
    ($($name:ident($kind:expr, $trial:ident);)*) => { $(#[tokio::test] async fn $name() { $trial(&$kind).await; })* };
}

with! {
    nginx_lets_a_good_token_in_and_tells_the_app_who_it_is(NGINX, lets_in);
    nginx_refuses_what_hallpass_refuses_and_at_once_what_is_logged_out(NGINX, refuses);
    traefik_lets_a_good_token_in_and_tells_the_app_who_it_is(TRAEFIK, lets_in);
    traefik_refuses_what_hallpass_refuses_and_at_once_what_is_logged_out(TRAEFIK, refuses);
    envoy_lets_a_good_token_in_and_tells_the_app_who_it_is(ENVOY, lets_in);
    envoy_refuses_what_hallpass_refuses_and_at_once_what_is_logged_out(ENVOY, refuses);
}

async fn lets_in(kind: &Kind) {
    let site = Site::new();
    let server = site.serve();
    let gateway = Gateway::before(&server, kind).await;
    let ada = register(&server, "ada@example.com").await;
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let request = gateway.ask(method.clone(), "/orders?role=admin&x=y", Some(&ada.token)).body("a body");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{method}");
        let arrived: Value = answer.json().await.expect("JSON");
        assert_eq!((&arrived["method"], &arrived["body"]), (&json!(method.as_str()), &json!("a body")));
        let expected = [("x-auth-role", "user"), ("x-auth-session", &ada.session), ("x-auth-user", &ada.id)];
        assert_eq!(identity(&arrived), expected, "{method}");
    }
    let open = gateway.ask(Method::GET, "/public/x", None).send().await.expect("an answer");
    assert_eq!(identity(&open.json().await.expect("JSON")), [], "nobody is somebody where nobody asks");
    // Some frameworks take it for the header with hyphens.
    for path in ["/orders", "/public/x"] {
        let request = gateway.ask(Method::GET, path, Some(&ada.token)).header("X_Auth_User", "admin");
        let arrived: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert!(identity(&arrived).iter().all(|(_, value)| *value != "admin"), "{path}: {arrived}");
    }
}

async fn refuses(kind: &Kind) {
    let site = Site::new();
    let mut server = site.serve();
    let gateway = Gateway::before(&server, kind).await;
    let (ada, root) = (register(&server, "ada@example.com").await, admin(&server).await);
    for method in [Method::GET, Method::POST, Method::OPTIONS, Method::HEAD] {
        let preflight = [("origin", "http://localhost:8080"), ("access-control-request-method", "GET")];
        let request = preflight.iter().fold(gateway.ask(method.clone(), "/orders", None), |r, (n, v)| r.header(*n, *v));
        let refused = request.send().await.expect("an answer");
        assert_eq!(refused.status(), 401, "{method}");
        assert_eq!(refused.headers()["www-authenticate"], "Bearer", "{method}");
    }
    let two = format!("Authorization: Bearer {0}\r\nAuthorization: Bearer {0}\r\n", ada.token);
    for credential in ["Authorization: Basic YTpi\r\n", "Authorization: Bearer x.y.z\r\n"] {
        assert_eq!(raw_status(gateway.port, "/orders", credential).await, 401, "{credential}");
    }
    assert!(matches!(raw_status(gateway.port, "/orders", &two).await, 400 | 401), "nginx itself takes only one");
    for path in ["/admin/", "/admin/x?role=user", "/public/../admin/x", "/public/%2e%2e/admin/x", "//admin/x"] {
        assert_eq!(gateway.status(path, Some(&ada.token)).await, 403, "{path}");
        assert_eq!(gateway.status(path, Some(&root.token)).await, 200, "{path}");
        assert_eq!(gateway.status(path, None).await, 401, "{path}");
    }
    for path in ["/public/..%2fadmin/x", "/public/%2e%2e%2Fadmin/x"] {
        assert!(matches!(gateway.status(path, None).await, 400 | 401), "{path} may be read as /admin/x behind it");
    }
    logout(&server, &ada).await;
    assert_eq!(gateway.status("/orders", Some(&ada.token)).await, 401);
    server.kill();
    for token in [None, Some(root.token.as_str())] {
        for path in ["/orders", "/admin/"] {
            assert_eq!(gateway.status(path, token).await, kind.without_hallpass, "no answer is a refusal");
        }
    }
}

#[tokio::test]
async fn nginx_shows_nobody_the_places_where_it_asks() {
    let site = Site::new();
    let server = site.serve();
    let (gateway, root) = (Gateway::before(&server, &NGINX).await, admin(&server).await);
    for path in ["/_verify", "/_verify_admin"] {
        assert_eq!(gateway.status(path, Some(&root.token)).await, 404, "{path} is internal");
    }
}

/// What an operator may write for `/auth/verify?role=admin`, and whether an admin passes.
const SPELLINGS: &[(&str, bool)] = &[
    ("/auth/verify?role=admin", true),
    ("/auth/verify/?role=admin", true),
    ("/auth/verify//?role=admin", true),
    ("/auth/verify/admin?role=admin", true),
    ("/auth/verify/?Role=admin", true),
    ("/auth/verify/?role=%61dmin", true),
    ("/auth/verify$request_uri?role=admin", true),
    ("/auth/verify?Role=admin", false),
    ("/auth//verify?role=admin", false),
    ("/auth/verify%3Frole=admin", false),
];

#[tokio::test]
async fn nginx_lets_no_user_in_whatever_spelling_it_asks_for_an_admin_with() {
    let site = Site::new();
    let server = site.serve();
    let (ada, root) = (register(&server, "ada@example.com").await, admin(&server).await);
    for (spelling, admin_passes) in SPELLINGS {
        let address = format!("http://hallpass{spelling};");
        let written = |config: String| {
            assert!(config.contains("http://hallpass/auth/verify?role=admin;"), "{config}");
            config.replace("http://hallpass/auth/verify?role=admin;", &address)
        };
        let gateway = Gateway::asking(&server, &NGINX, written).await;
        for path in ["/admin/", "/admin/x?role=user", "/admin/?x=y", "/admin/?role=admin"] {
            let status = gateway.status(path, Some(&ada.token)).await;
            assert!(matches!(status, 403 | 500), "{spelling} lets a user in at {path}: {status}");
        }
        let status = gateway.status("/admin/", Some(&root.token)).await;
        assert_eq!(status == 200, *admin_passes, "{spelling}: {status}");
    }
}
