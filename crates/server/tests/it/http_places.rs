//! Where sessions are: what an address says by itself, and what a database of places says of global ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hallpass_http::places::Places;
use hallpass_server::config::Config;
use hallpass_server::config::layers::Inputs;
use hallpass_server::places::PlaceFile;
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::process::{Site, http};
use crate::support::mmdb::{Value, database, named, text};
use crate::support::{Client, PASSWORD, TestServer};

const LONDON: &str = "81.2.69.142";

/// A record of a city, as the publishers write it: what is not asked for stands around the names.
fn city(city: &str, country: &str) -> Value {
    Value::Map(vec![
        ("continent", named("Europe")),
        ("city", named(city)),
        ("country", named(country)),
        ("location", Value::Map(vec![("accuracy_radius", Value::U16(20)), ("time_zone", text("Europe/London"))])),
    ])
}

fn cities() -> Vec<u8> {
    database(
        "GeoLite2-City",
        &[
            ("81.2.69.0/24", city("London", "United Kingdom")),
            ("82.0.0.0/8", Value::Map(vec![("country", named("France"))])),
            ("83.0.0.0/8", Value::Map(vec![("registered_country", named("Spain"))])),
            ("84.0.0.0/8", Value::Map(vec![("country", text("PT"))])),
            ("85.0.0.0/8", city(&format!("\u{1b}[2J{}", "x".repeat(300)), "Italy\u{202e}")),
            ("86.0.0.0/8", text("no map at all")),
            ("10.0.0.0/8", city("Nowhere", "Nowhere")),
            ("2a00::/16", city("Oslo", "Norway")),
        ],
    )
}

fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("places.mmdb");
    std::fs::write(&path, bytes).expect("a file");
    (folder, path)
}

async fn server_with(path: &Path) -> TestServer {
    let places = Places::new(Arc::new(PlaceFile::open(path).expect("a database")));
    TestServer::with(|setup| setup.http.places = places).await
}

/// The sessions of a list or an export: `ip place`, `-` where there is no member at all.
fn shown(body: &Json, list: &str) -> Vec<String> {
    let line = |row: &Json| {
        let place = row.get("place").map_or("-", |place| place.as_str().expect("a text"));
        format!("{} {place}", row["ip"].as_str().expect("an address"))
    };
    body[list].as_array().expect("a list").iter().map(line).collect()
}

/// The place of a session that is opened at an address.
async fn place_at(server: &TestServer, ada: &str, ip: &str) -> Option<String> {
    let mut client = server.client_at(ip);
    client.login(ada, PASSWORD).await.expect(200);
    let body = client.get("/auth/sessions").bearer().send().await.expect(200).json();
    assert_eq!(body["sessions"][0]["current"], true);
    body["sessions"][0].get("place").map(|place| place.as_str().expect("a text").to_owned())
}

async fn get(client: &mut Client, path: &str) -> Json {
    client.get(path).bearer().send().await.expect(200).json()
}

#[tokio::test]
async fn without_a_database_an_address_says_what_it_says_by_itself_and_a_global_one_nothing() {
    let server = TestServer::new().await;
    server.user("ada@example.com").await;
    for (ip, expected) in [
        ("127.0.0.1", Some("This machine")),
        ("192.168.1.7", Some("Private network")),
        ("100.64.9.9", Some("Carrier-grade NAT")),
        ("fd12::1", Some("IPv6 unique local")),
        ("fe80::1", Some("Link-local")),
        ("192.0.2.1", Some("Documentation")),
        (LONDON, None),
        ("2a00:1450::1", None),
    ] {
        assert_eq!(place_at(&server, "ada@example.com", ip).await.as_deref(), expected, "{ip}");
    }
}

#[tokio::test]
async fn a_database_of_cities_tells_city_and_country_of_global_addresses_and_a_record_that_fails_tells_nothing() {
    let (_folder, path) = file(&cities());
    let server = server_with(&path).await;
    server.user("ada@example.com").await;
    let long = format!("[2J{}…, Italy", "x".repeat(77));
    for (ip, expected) in [
        (LONDON, Some("London, United Kingdom")),
        ("::ffff:81.2.69.142", Some("London, United Kingdom")),
        ("2a00:1450::1", Some("Oslo, Norway")),
        ("82.1.1.1", Some("France")),
        ("83.1.1.1", None),
        ("84.1.1.1", None),
        ("85.1.1.1", Some(long.as_str())),
        ("86.1.1.1", None),
        ("87.1.1.1", None),
        ("10.1.1.1", Some("Private network")),
        ("127.0.0.1", Some("This machine")),
    ] {
        assert_eq!(place_at(&server, "ada@example.com", ip).await.as_deref(), expected, "{ip}");
    }
}

#[tokio::test]
async fn a_database_of_countries_tells_the_country() {
    let france = Value::Map(vec![("country", named("France"))]);
    let (_folder, path) = file(&database("DBIP-Country-Lite", &[("82.0.0.0/8", france)]));
    let server = server_with(&path).await;
    server.user("ada@example.com").await;
    assert_eq!(place_at(&server, "ada@example.com", "82.1.1.1").await.as_deref(), Some("France"));
    assert_eq!(place_at(&server, "ada@example.com", LONDON).await, None);
}

#[tokio::test]
async fn the_place_is_shown_to_the_user_in_the_export_to_an_admin_and_in_a_timeline() {
    let (_folder, path) = file(&cities());
    let server = server_with(&path).await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.client_at(LONDON);
    ada.register("ada@example.com").await.expect(201);
    let expected = [format!("{LONDON} London, United Kingdom")];
    let own = get(&mut ada, "/auth/sessions").await;
    assert_eq!(shown(&own, "sessions"), expected);
    assert_eq!(shown(&get(&mut ada, "/auth/account/export").await, "sessions"), expected);
    let id = server.id_of("ada@example.com").await;
    assert_eq!(shown(&get(&mut root, &format!("/admin/users/{id}/sessions")).await, "sessions"), expected);
    let session = own["sessions"][0]["id"].as_str().expect("an id").to_owned();
    let mut thief = server.client_at("82.1.1.1");
    thief.cookie.clone_from(&ada.cookie);
    ada.refresh().await.expect(200);
    ada.refresh().await.expect(200);
    thief.refresh().await.refused(401, "token_reuse");
    let life = get(&mut root, &format!("/admin/sessions/{session}/timeline")).await;
    assert_eq!(shown(&life, "runs"), expected);
    assert_eq!(life["reuse"]["place"], "France", "{life}");
}

fn faults(pairs: &[(&str, &str)]) -> Vec<(&'static str, String, String)> {
    let flags = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let errors = Config::load(&Inputs { flags, ..Inputs::default() }).expect_err("it must be refused");
    errors.0.into_iter().map(|error| (error.code, error.key, error.message)).collect()
}

#[test]
fn a_missing_or_broken_file_is_a_fault_beside_the_others() {
    let whole = cities();
    for (bytes, words) in [
        (&b"<html>Sign in to download</html>"[..], "is not a whole MaxMind DB file"),
        (&whole[..whole.len() / 2], "is not a whole MaxMind DB file"),
        (&whole[whole.len() - 300..], "is not a whole MaxMind DB file"),
        (b"", "is not a whole MaxMind DB file"),
    ] {
        let (_folder, path) = file(bytes);
        let found = faults(&[("places.database", &path.display().to_string()), ("log.format", "xml")]);
        let keys: Vec<_> = found.iter().map(|(_, key, _)| key.as_str()).collect();
        assert!(keys.contains(&"log.format"), "{found:?}");
        let fault = found.iter().find(|(_, key, _)| key == "places.database").expect("a fault");
        assert_eq!(fault.0, "bad_places");
        assert!(fault.2.contains(words), "{}", fault.2);
    }
    for (path, words) in [("/nowhere/places.mmdb", "cannot be read: No such file"), ("/dev/zero", "is not a file")] {
        let found = faults(&[("places.database", path)]);
        assert!(found.len() == 1 && found[0].2.contains(words), "{found:?}");
    }
}

/// The place of the only session, by the running server and by the command line beside it.
async fn places_of(site: &Site, url: &str, token: &str) -> [Json; 2] {
    let answer = http().get(format!("{url}/auth/sessions")).bearer_auth(token).send().await.expect("an answer");
    let body: Json = answer.json().await.expect("JSON");
    let listed = site.run(&["--json", "sessions", "list"]).expect(0).json();
    [body["sessions"][0]["place"].clone(), listed[0]["place"].clone()]
}

#[tokio::test]
async fn the_binary_refuses_a_broken_file_shows_places_and_reads_a_new_file_at_sighup() {
    let (_folder, path) = file(&cities());
    let setting = format!("places.database={}", path.display());
    let site = Site::with(&[&setting, "trusted_proxies=127.0.0.1"]);
    let server = site.serve();
    let body = serde_json::json!({"email": "ada@example.com", "password": PASSWORD});
    let request = http().post(server.url("/auth/register")).header("x-forwarded-for", LONDON).json(&body);
    let answer: Json = request.send().await.expect("an answer").json().await.expect("JSON");
    let token = answer["access_token"].as_str().expect("a token").to_owned();
    let url = server.url("");
    assert_eq!(places_of(&site, &url, &token).await, ["London, United Kingdom"; 2]);
    let table = site.run(&["sessions", "list", "--wide"]).expect(0).stdout;
    assert!(table.contains("London, United Kingdom"), "{table}");
    let doctor = site.run(&["--json", "doctor"]).json();
    let looked = doctor.as_array().expect("findings").iter().find(|row| row["check"] == "places").expect("a finding");
    assert!(looked["told"].as_str().expect("a text").starts_with("GeoLite2-City of 2025-11-25"), "{looked}");

    std::fs::write(&path, b"half a downl").expect("written");
    server.signal("HUP");
    until_logged(&site, "the old one stays in use");
    let answer = http().get(server.url("/auth/sessions")).bearer_auth(&token).send().await.expect("an answer");
    let body: Json = answer.json().await.expect("JSON");
    assert_eq!(body["sessions"][0]["place"], "London, United Kingdom");
    let refused = site.run(&["sessions", "list"]).expect(1);
    assert!(refused.stderr.contains("places.database: `") && refused.stderr.contains("get it again"), "{refused:?}");

    let moved = database("GeoLite2-City", &[("81.2.69.0/24", city("Leeds", "United Kingdom"))]);
    std::fs::write(&path, moved).expect("written");
    server.signal("HUP");
    until_logged(&site, "database of places loaded");
    assert_eq!(places_of(&site, &url, &token).await, ["Leeds, United Kingdom"; 2]);
}

fn until_logged(site: &Site, words: &str) {
    for _ in 0..600 {
        if site.log().contains(words) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("not logged: {words}\n{}", site.log());
}
