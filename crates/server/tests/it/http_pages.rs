//! Pages: what they load, and under which policy.

use std::collections::BTreeSet;

use crate::support::visit::server_with_lab;
use crate::support::{Answer, TestServer};

const PAGES: [&str; 8] = ["/", "/account", "/console", "/docs", "/lab", "/problems/token_reuse", "/reset", "/undo"];

/// What stands between `before` and the next `"`, wherever `before` stands.
fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn nonce_of(page: &Answer) -> String {
    let policy = page.header("content-security-policy").expect("a policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    nonce.expect("a nonce").to_owned()
}

#[tokio::test]
async fn every_script_of_a_page_bears_the_nonce_of_this_answer_and_no_other() {
    let server = server_with_lab(1).await;
    let mut seen = BTreeSet::new();
    for path in PAGES.iter().chain(&PAGES) {
        let page = server.client().get(path).send().await.expect(200);
        let nonce = nonce_of(&page);
        let text = page.text();
        assert!(nonce.len() >= 22, "128 bits at least");
        assert_eq!(text.matches("<script").count(), quoted(&text, "<script nonce=\"").len(), "{path}");
        assert!(quoted(&text, "<script nonce=\"").iter().all(|given| *given == nonce), "{path}");
        assert_eq!(page.header("cache-control").as_deref(), Some("no-store"), "a kept page would keep its nonce");
        assert!(seen.insert(nonce), "{path} repeats a nonce");
    }
}

#[tokio::test]
async fn a_page_may_load_from_here_only_and_make_no_code_of_text() {
    let server = server_with_lab(1).await;
    for path in PAGES {
        let policy = server.client().get(path).send().await.expect(200).header("content-security-policy");
        let policy = policy.expect("a policy");
        let directives: BTreeSet<&str> = policy.split(';').map(str::trim).collect();
        for needed in [
            "default-src 'none'",
            "style-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ] {
            assert!(directives.contains(needed), "{path}: {policy}");
        }
        assert!(!policy.contains("http:") && !policy.contains("data:"), "{policy}");
    }
}

#[tokio::test]
async fn everything_a_page_loads_is_here_and_may_be_kept_for_a_year() {
    let server = server_with_lab(1).await;
    let mut open: Vec<String> = Vec::new();
    for path in PAGES {
        let text = server.client().get(path).send().await.expect(200).text();
        let loaded = quoted(&text, "src=\"").into_iter().chain(quoted(&text, "rel=\"icon\" href=\""));
        let loaded: Vec<&str> = loaded.chain(quoted(&text, "rel=\"stylesheet\" href=\"")).collect();
        assert!(loaded.iter().all(|address| address.starts_with("/assets/")), "{path}: {loaded:?}");
        open.extend(loaded.into_iter().map(str::to_owned));
    }
    let mut seen = BTreeSet::new();
    while let Some(address) = open.pop() {
        if !seen.insert(address.clone()) {
            continue;
        }
        let answer = server.client().get(&address).send().await.expect(200);
        assert_eq!(answer.header("cache-control").as_deref(), Some("public, max-age=31536000, immutable"), "{address}");
        let text = answer.text();
        let imports = quoted(&text, "from \"").into_iter().chain(quoted(&text, "import(\""));
        open.extend(imports.filter(|name| name.starts_with('.')).map(|name| beside(&address, name)));
    }
    let scripts = seen.iter().filter(|address| address.contains("/js/")).count();
    assert!(scripts > 10, "the modules of the pages were found: {seen:?}");
}

/// `./x.js` or `../x.js` as a module of this address means it.
fn beside(address: &str, name: &str) -> String {
    let mut folders: Vec<&str> = address.split('/').collect();
    folders.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => drop(folders.pop()),
            part => folders.push(part),
        }
    }
    folders.join("/")
}

#[tokio::test]
async fn a_file_of_another_version_is_todays_file_and_is_not_kept() {
    let server = TestServer::new().await;
    let answer = server.client().get("/assets/yesterday/js/dom.js").send().await.expect(200);
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-cache"));
    for path in ["/assets/yesterday/js/nothing.js", "/assets/yesterday/../Cargo.toml", "/assets/x/js/%2e%2e/dom.js"] {
        server.client().get(path).send().await.refused(404, "not_found");
    }
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_browser_that_is_lost_gets_a_page_and_a_program_a_problem_document() {
    let server = server_with_lab(1).await;
    for (path, status, code, words) in [
        ("/nothing", 404, "not_found", "There is no such page"),
        ("/console/users", 404, "not_found", "There is no such page"),
        ("/problems/nothing", 404, "not_found", "No error has this code"),
        ("/auth/login", 405, "method_not_allowed", "This address is for programs"),
    ] {
        let asked = async |accept| server.client().get(path).header("accept", accept).send().await;
        let page = asked(BROWSER).await.expect(status);
        assert_eq!(page.header("content-type").as_deref(), Some("text/html; charset=utf-8"), "{path}");
        let text = page.text();
        assert!(text.contains(words) && text.contains(code), "{path}: {text}");
        assert!(nonce_of(&page).len() >= 22 && text.contains(&nonce_of(&page)), "{path}");
        let allowed = page.header("allow");
        assert_eq!(allowed.is_some(), status == 405, "{path}");
        for accept in ["*/*", "application/json", "application/problem+json, text/html;q=0.9", "text/html;q=0"] {
            let answer = asked(accept).await;
            assert_eq!(answer.header("allow"), allowed, "{path}");
            answer.refused(status, code);
        }
        for answer in [page, server.client().get(path).send().await] {
            assert!(answer.headers.get_all("vary").iter().any(|name| name == "accept"), "{path}: caches are told");
        }
    }
}

#[tokio::test]
async fn only_a_visit_is_answered_with_a_page() {
    let server = server_with_lab(1).await;
    let posted = server.client().post("/nothing").header("accept", BROWSER).send().await;
    posted.refused(404, "not_found");
    let person = server.client().get("/auth/me").header("accept", BROWSER).send().await;
    person.refused(401, "missing_token");
    let gateway = server.client().get("/auth/verify").header("accept", BROWSER).send().await;
    gateway.refused(401, "missing_token");
}

#[tokio::test]
async fn the_page_of_an_unknown_error_lists_every_known_one() {
    let server = server_with_lab(1).await;
    let page = server.client().get("/problems/nothing").header("accept", BROWSER).send().await.expect(404).text();
    for kind in hallpass_http::problem::ALL {
        assert!(page.contains(&format!("/problems/{}\"", kind.code)), "{}", kind.code);
    }
}
