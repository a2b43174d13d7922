//! `docs/gateways.md`: nginx is run with the text that stands there; of Traefik and Envoy, which are not here, the text
//! is read and the requests are sent that it makes them send.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use http::{HeaderMap, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::child::{Program, block, free_port, listening};
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

struct Nginx {
    port: u16,
    client: reqwest::Client,
    _program: Program,
    _folder: TempDir,
}

impl Nginx {
    /// nginx with the configuration of the document, in front of an app and this server.
    async fn before(server: &Running) -> Self {
        let (port, folder) = (free_port(), tempfile::tempdir().expect("a folder"));
        let written = block(DOCUMENT, "## nginx", "nginx");
        for address in ["127.0.0.1:8080", "127.0.0.1:3000", "listen 80;"] {
            assert!(written.contains(address), "{address}");
        }
        let hallpass = server.url("").replace("http://", "");
        let config = written
            .replace("127.0.0.1:8080", &hallpass)
            .replace("127.0.0.1:3000", &format!("127.0.0.1:{}", app().await))
            .replace("listen 80;", &format!("listen 127.0.0.1:{port};"));
        let at = folder.path().display();
        let scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let scratch: String = scratch.iter().map(|kind| format!("{kind}_temp_path {at}/{kind};\n")).collect();
        let file = folder.path().join("nginx.conf");
        let main = format!("pid {at}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{scratch}{config}}}\n");
        std::fs::write(&file, main).expect("a file");
        let is_there = Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_ok();
        // Debian puts it where only root looks.
        let mut command = Command::new(if is_there { "nginx" } else { "/usr/sbin/nginx" });
        command.args(["-e", "stderr", "-g", "daemon off; master_process off;", "-p"]).arg(folder.path());
        let program = Program::start({
            command.arg("-c").arg(&file).stderr(Stdio::null());
            command
        });
        listening(port, "nginx").await;
        Self { port, client: http(), _program: program, _folder: folder }
    }

    /// A request of somebody who says to be an admin.
    fn ask(&self, method: Method, path: &str, token: Option<&str>) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("http://127.0.0.1:{}{path}", self.port));
        let lies = ["x-auth-user", "X-AUTH-ROLE", "X-Auth-Session", "X_Auth_User"];
        let request = lies.iter().fold(request, |request, name| request.header(*name, "admin"));
        if let Some(token) = token { request.bearer_auth(token) } else { request }
    }

    /// The status of a request as it is written: a client would tidy its path.
    async fn status(&self, path: &str, token: Option<&str>) -> u16 {
        raw_status(self.port, "GET", path, token).await
    }
}

async fn raw_status(port: u16, method: &str, path: &str, token: Option<&str>) -> u16 {
    let credential = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    let head = format!("{method} {path} HTTP/1.1\r\nHost: app\r\n{credential}Connection: close\r\n\r\n");
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

#[tokio::test]
async fn nginx_lets_a_good_token_in_and_tells_the_app_who_it_is() {
    let site = Site::new();
    let server = site.serve();
    let nginx = Nginx::before(&server).await;
    let ada = register(&server, "ada@example.com").await;
    for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let request = nginx.ask(method.clone(), "/orders?role=admin&access_token=x", Some(&ada.token)).body("a body");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{method}");
        let arrived: Value = answer.json().await.expect("JSON");
        assert_eq!((&arrived["method"], &arrived["body"]), (&json!(method.as_str()), &json!("a body")));
        let expected = [("x-auth-role", "user"), ("x-auth-session", &ada.session), ("x-auth-user", &ada.id)];
        assert_eq!(identity(&arrived), expected, "{method}");
    }
    let open: Value =
        nginx.ask(Method::GET, "/public/x", None).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(identity(&open), [], "nobody is somebody where nobody asks");
}

#[tokio::test]
async fn nginx_refuses_what_hallpass_refuses_and_at_once_what_is_logged_out() {
    let site = Site::new();
    let mut server = site.serve();
    let nginx = Nginx::before(&server).await;
    let (ada, root) = (register(&server, "ada@example.com").await, admin(&server).await);
    for method in [Method::GET, Method::POST, Method::OPTIONS, Method::HEAD] {
        let preflight = [("origin", "http://localhost:8080"), ("access-control-request-method", "GET")];
        let request = preflight.iter().fold(nginx.ask(method.clone(), "/orders", None), |r, (n, v)| r.header(*n, *v));
        let refused = request.send().await.expect("an answer");
        assert_eq!(refused.status(), 401, "{method}");
        assert_eq!(refused.headers()["www-authenticate"], "Bearer", "{method}");
    }
    let basic = nginx.ask(Method::GET, "/orders", None).basic_auth("a", Some("b")).send().await.expect("an answer");
    assert_eq!(basic.status(), 401);
    assert_eq!(nginx.status("/orders", Some("x.y.z")).await, 401);
    for path in ["/admin/", "/admin/x?role=user", "/public/../admin/x", "/public/%2e%2e/admin/x", "//admin/x"] {
        assert_eq!(nginx.status(path, Some(&ada.token)).await, 403, "{path}");
        assert_eq!(nginx.status(path, Some(&root.token)).await, 200, "{path}");
        assert_eq!(nginx.status(path, None).await, 401, "{path}");
    }
    for path in ["/_verify", "/_verify_admin"] {
        assert_eq!(nginx.status(path, Some(&root.token)).await, 404, "{path} is internal");
    }
    logout(&server, &ada).await;
    assert_eq!(nginx.status("/orders", Some(&ada.token)).await, 401);
    server.kill();
    for token in [None, Some(root.token.as_str())] {
        assert_eq!(nginx.status("/orders", token).await, 500, "no answer is a refusal");
        assert_eq!(nginx.status("/admin/", token).await, 500, "no answer is a refusal");
    }
}

/// A block of YAML, as JSON.
fn yaml(heading: &str) -> Value {
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-c", "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.argv[1])))"]);
    let output = command.arg(block(DOCUMENT, heading, "yaml")).output().expect("python3 with python3-yaml: see ./test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

const IDENTITY: [&str; 3] = ["x-auth-user", "x-auth-role", "x-auth-session"];

#[tokio::test]
async fn traefik_as_configured_asks_what_hallpass_answers() {
    let config = yaml("## Traefik");
    let site = Site::new();
    let server = site.serve();
    let (ada, root) = (register(&server, "ada@example.com").await, admin(&server).await);
    let (http_part, client) = (&config["http"], http());
    for (router, expected) in [("app", [401, 200, 200]), ("admin", [401, 403, 200])] {
        let middleware = http_part["routers"][router]["middlewares"][0].as_str().expect("a middleware");
        let forward = &http_part["middlewares"][middleware]["forwardAuth"];
        let taken: Vec<String> = serde_json::from_value(forward["authResponseHeaders"].clone()).expect("names");
        assert_eq!(taken.iter().map(|name| name.to_ascii_lowercase()).collect::<Vec<_>>(), IDENTITY);
        let address = forward["address"].as_str().expect("an address");
        let address = address.replace("http://127.0.0.1:8080", &server.url(""));
        for (token, expected) in [None, Some(&ada), Some(&root)].into_iter().zip(expected) {
            // GET, or with `preserveRequestMethod` the caller's own.
            for method in [Method::GET, Method::POST, Method::OPTIONS] {
                let request = client.request(method, &address).header("x-forwarded-method", "DELETE");
                let request = request.header("x-forwarded-uri", "/public/?role=user").header("x-auth-user", "admin");
                let request = token.iter().fold(request, |request, person| request.bearer_auth(&person.token));
                let answer = request.send().await.expect("an answer");
                assert_eq!(answer.status(), expected, "{router}");
                assert_eq!(answer.headers().contains_key("x-auth-user"), expected == 200);
            }
        }
    }
    let removed = &http_part["middlewares"]["anonymous"]["headers"]["customRequestHeaders"];
    assert_eq!(*removed, json!({"X-Auth-User": "", "X-Auth-Role": "", "X-Auth-Session": ""}));
    assert_eq!(http_part["routers"]["public"]["middlewares"], json!(["anonymous"]));
}

#[tokio::test]
async fn envoy_as_configured_asks_what_hallpass_answers() {
    let config = yaml("## Envoy");
    let manager = &config["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"];
    let filter = |name: &str| {
        let filters = manager["http_filters"].as_array().expect("filters").iter();
        let found: Vec<_> = filters.enumerate().filter(|(_, f)| f["name"].as_str() == Some(name)).collect();
        (found[0].0, found[0].1["typed_config"].clone())
    };
    let (first, authz) = filter("envoy.filters.http.ext_authz");
    let (second, rbac) = filter("envoy.filters.http.rbac");
    let (last, _) = filter("envoy.filters.http.router");
    assert!(first < second && second < last, "the role is looked at after it was told");
    assert_eq!(authz["failure_mode_allow"], false);
    let service = &authz["http_service"];
    let taken = service["authorization_response"]["allowed_upstream_headers"]["patterns"].as_array().expect("names");
    assert_eq!(taken.iter().map(|one| one["exact"].as_str().expect("a name")).collect::<Vec<_>>(), IDENTITY);
    let deny = &rbac["rules"]["policies"]["admins_only"]["principals"][0]["not_id"]["header"];
    assert_eq!((&deny["name"], &deny["string_match"]["exact"]), (&json!("x-auth-role"), &json!("admin")));
    let open = &manager["route_config"]["virtual_hosts"][0]["routes"][0];
    assert_eq!(open["request_headers_to_remove"], json!(IDENTITY));

    let site = Site::new();
    let server = site.serve();
    let (ada, root) = (register(&server, "ada@example.com").await, admin(&server).await);
    let prefix = service["path_prefix"].as_str().expect("a prefix");
    let client = http();
    for (person, role) in [(None, None), (Some(&ada), Some("user")), (Some(&root), Some("admin"))] {
        for path in ["/", "/orders?x=y", "/orders?role=admin", "/admin/?role=user", "/auth/logout"] {
            for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE, Method::OPTIONS] {
                let request = client.request(method.clone(), server.url(&format!("{prefix}{path}")));
                let request = request.header("content-length", "0");
                let request = person.iter().fold(request, |request, person| request.bearer_auth(&person.token));
                let answer = request.send().await.expect("an answer");
                assert_eq!(answer.status(), if person.is_some() { 200 } else { 401 }, "{method} {path}");
                let told = answer.headers().get("x-auth-role").map(|role| role.to_str().expect("text"));
                assert_eq!(told, role, "{method} {path}");
            }
        }
    }
    let port = server.url("").rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    for path in ["/../admin/keys", "/%2e%2e/x", "//", "/%00%ff", "/x?%00&role=admin&role=user", "/a?b?c#d"] {
        for method in ["GET", "POST", "OPTIONS", "PROPFIND"] {
            let path = format!("{prefix}{path}");
            assert_eq!(raw_status(port, method, &path, None).await, 401, "{method} {path}");
            assert_eq!(raw_status(port, method, &path, Some(&ada.token)).await, 200, "{method} {path}");
        }
    }
}
