//! `hallpass lab`: the lab and nothing else, within the bounds that it prints; and as files on a plain host.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::child::{Program, in_repository, node, python_module};
use crate::cli_width::on_a_terminal;
use crate::process::{Running, Site, http};

fn alone(site: &Site, settings: &[&str]) -> Running {
    let settings = settings.iter().flat_map(|setting| ["--set", *setting]);
    let arguments: Vec<&str> =
        ["--json", "--listen", "127.0.0.1:0", "lab", "--cores", "1"].into_iter().chain(settings).collect();
    site.start(site.command(&arguments))
}

async fn get(server: &Running, path: &str) -> u16 {
    http().get(server.url(path)).send().await.expect("an answer").status().as_u16()
}

/// A visitor behind the proxy that the test is.
struct Visitor<'a> {
    server: &'a Running,
    client: reqwest::Client,
    address: String,
    base: String,
}

impl<'a> Visitor<'a> {
    async fn open(server: &'a Running, address: &str) -> Result<Self, (u16, Value)> {
        let mut visitor = Self { server, client: http(), address: address.to_owned(), base: String::new() };
        let (status, body) = visitor.post("/lab/box", &json!({})).await;
        if status != 201 {
            return Err((status, body));
        }
        body["base"].as_str().expect("a base").clone_into(&mut visitor.base);
        Ok(visitor)
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.call(path, body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    fn call(&self, path: &str, body: &Value) -> reqwest::RequestBuilder {
        let call = self.client.post(self.server.url(&format!("{}{path}", self.base)));
        call.header("X-Forwarded-For", &self.address).json(body)
    }

    /// How many of so many requests at once are refused as too many.
    async fn flood(&self, requests: usize) -> usize {
        let mut under_way = tokio::task::JoinSet::new();
        for _ in 0..requests {
            let call = self.call("/verify", &json!({"token": "x"}));
            under_way.spawn(async move { call.send().await.map(|answer| answer.status().as_u16()) });
        }
        let statuses = under_way.join_all().await;
        statuses.iter().filter(|status| matches!(status, Ok(429))).count()
    }

    async fn login(&self) -> u16 {
        self.post("/auth/login", &json!({"email": "ada@lab.example", "password": "corridor seven, left"})).await.0
    }

    /// Takes as much as one may: people, exchanges, long texts.
    async fn take_all(&self) {
        for n in 0..20 {
            let body = json!({"email": format!("p{n}@{}.example", "x".repeat(60)), "password": "plum trellis anvil"});
            self.post("/auth/register", &body).await;
        }
        let long = "x".repeat(4000);
        for _ in 0..70 {
            self.post("/auth/refresh", &json!({"refresh_token": long})).await;
        }
    }
}

#[tokio::test]
async fn the_lab_alone_serves_the_lab_and_nothing_else_and_leaves_nothing_behind() {
    let site = Site::new();
    let server = alone(&site, &[]);
    for path in ["/lab", "/lab/code/sign.json", "/healthz", "/readyz", "/problems/lab_full", "/favicon.ico", "/"] {
        assert_eq!(get(&server, path).await, 200, "{path}");
    }
    for path in [
        "/auth/login",
        "/auth/me",
        "/auth/verify",
        "/admin/users",
        "/oauth/introspect",
        "/revocations",
        "/metrics",
        "/.well-known/jwks.json",
        "/.well-known/oauth-authorization-server",
        "/openapi.json",
        "/docs",
        "/account",
        "/console",
    ] {
        assert_eq!(get(&server, path).await, 404, "{path}");
    }
    let page = http().get(server.url("/lab")).send().await.expect("an answer").text().await.expect("a page");
    assert!(!page.contains("/account") && !page.contains("/console") && !page.contains("/docs\""), "{page}");
    let visitor = Visitor::open(&server, "192.0.2.1").await.unwrap_or_else(|refused| panic!("{refused:?}"));
    assert_eq!(visitor.login().await, 200);
    assert_eq!(server.interrupt(), Some(0));
    assert!(!site.path("hallpass-data").exists(), "no folder");
}

#[tokio::test]
async fn a_flood_stays_within_what_is_printed_and_others_are_served() {
    let site = Site::new();
    let server = alone(&site, &["trusted_proxies=127.0.0.1", "lab.max_sandboxes=6"]);
    let printed = server.greeting().clone();
    assert_eq!((&printed["bounds"]["sandboxes"], &printed["cores"]), (&json!(6), &json!(1)));
    assert!(server.status_of_process("Cpus_allowed_list").parse::<u32>().is_ok(), "one core, and no list of them");
    let mut visitors = Vec::new();
    for n in 1..=6 {
        visitors.push(Visitor::open(&server, &format!("192.0.2.{n}")).await.unwrap_or_else(|r| panic!("{r:?}")));
    }
    let (status, body) = Visitor::open(&server, "192.0.2.7").await.err().expect("it is full");
    assert_eq!((status, &body["code"]), (503, &json!("lab_full")));
    for visitor in &visitors[1..] {
        visitor.take_all().await;
    }
    let greedy = async { assert!(visitors[5].flood(400).await > 100, "most of them are too many") };
    let calm = async {
        for _ in 0..5 {
            assert_eq!(visitors[0].login().await, 200, "another visitor is served");
        }
    };
    tokio::join!(greedy, calm);
    let peak: u64 = server.status_of_process("VmHWM").trim_end_matches(" kB").parse().expect("a number");
    let most = printed["memory_mib"].as_u64().expect("a number");
    println!("peak {} MiB of {most} MiB printed", peak >> 10);
    assert!(peak >> 10 <= most, "{} MiB taken, {most} MiB printed", peak >> 10);
}

#[test]
fn the_bounds_are_printed_for_people() {
    let site = Site::new();
    let lab = site.command(&["--listen", "127.0.0.1:0", "lab"]);
    let told = on_a_terminal(&lab, 80, "the lab is").expect(0).stdout;
    for words in ["64 sandboxes at once", "20 requests a second", "1024, 64 of one address", "cores", "MiB at most"] {
        assert!(told.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{words} is not in {told}");
    }
}

#[test]
fn the_exported_lab_works_from_a_plain_host_below_a_path() {
    let site = Site::new();
    let folder = site.path("host/some/where");
    let shown = folder.display().to_string();
    site.run(&["lab", "export", &shown]).expect(0);
    assert_eq!(site.run(&["--json", "lab", "export", &shown]).expect(1).error(), "file_exists");
    let mut host = python_module("http.server");
    host.args(["0", "--bind", "127.0.0.1", "--directory"]).arg(site.path("host")).stderr(Stdio::null());
    let host = Program::start(host);
    let line = host.line();
    let port = line.split_whitespace().skip_while(|word| *word != "port").nth(1).unwrap_or_else(|| panic!("{line}"));
    let mut browser = node("tests/e2e/browser/lab_export.mjs");
    browser
        .current_dir(in_repository("tests/e2e"))
        .args([format!("http://localhost:{port}"), "/some/where/".to_owned()]);
    assert!(browser.status().expect("node runs").success(), "what failed stands above");
}
