//! What lies in `deploy/` is what the binary understands: its settings are read by it, its unit starts it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::process::{Ended, bare, http};

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy"))
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect("a file")
}

/// The documents of a YAML file.
fn yaml(name: &str) -> Vec<Value> {
    let program = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";
    let file = std::fs::File::open(folder().join(name)).expect("a file");
    let read = Command::new("/usr/bin/python3").args(["-c", program]).stdin(file).output().expect("python3 runs");
    let documents = Ended::of(read).expect(0).json();
    documents.as_array().expect("a list").clone()
}

/// What `hallpass config` makes of an environment. A secret's file is replaced by one that is there.
fn in_force(environment: &Value) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = [
        ("HALLPASS_DATABASE_URL_FILE", "postgres://hallpass:secret@postgres:5432/hallpass?sslmode=disable"),
        ("HALLPASS_REDIS_URL_FILE", "rediss://:secret@valkey:6379"),
        ("HALLPASS_KEYS__MASTER_KEY_FILE", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
    ];
    let mut command = bare(folder.path());
    for (name, value) in environment.as_object().expect("a map") {
        let value = value.as_str().expect("a text");
        let secret = secrets.iter().find(|(of, _)| of == name).map(|(_, secret)| {
            let path = folder.path().join(name);
            std::fs::write(&path, secret).expect("a file");
            path.display().to_string()
        });
        command.env(name, secret.unwrap_or_else(|| value.to_owned()));
    }
    Ended::of(command.args(["--json", "config"]).output().expect("it runs")).expect(0).json()
}

/// The settings of the image, below those of whoever runs it.
fn image_environment() -> BTreeMap<String, Value> {
    let dockerfile = text("Dockerfile");
    let words = dockerfile.split_whitespace().filter(|word| word.starts_with("HALLPASS_"));
    let pairs = words.filter_map(|word| word.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), Value::from(value))).collect()
}

#[test]
fn the_image_and_the_compose_file_set_what_the_binary_knows() {
    let mut environment = image_environment();
    assert_eq!(environment["HALLPASS_LISTEN"], "0.0.0.0:8080");
    let compose = &yaml("compose.yaml")[0];
    let own = compose["services"]["hallpass"]["environment"].as_object().expect("a map").clone();
    environment.extend(own);
    in_force(&Value::Object(environment.into_iter().collect()));
    for secret in compose["services"]["hallpass"]["secrets"].as_array().expect("a list") {
        let name = secret.as_str().expect("a name");
        assert!(compose["secrets"][name]["file"].is_string(), "{name}");
    }
    let command = compose["services"]["valkey"]["command"].to_string();
    assert!(command.contains("noeviction"), "an evicted entry would be a token revived: {command}");
}

#[test]
fn the_secrets_of_the_compose_file_are_made_once_and_are_good_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(self::folder().join("make-secrets"), folder.path().join("make-secrets")).expect("a copy");
    let make = || Ended::of(Command::new(folder.path().join("make-secrets")).output().expect("it runs")).expect(0);
    let read = |name: &str| std::fs::read_to_string(folder.path().join("secrets").join(name)).expect("a secret");
    make();
    let before = (read("master_key"), read("postgres_password"), read("database_url"));
    assert_eq!(before.0.len(), 43);
    assert!(before.2.contains(&before.1));
    assert_eq!(make().stdout, "", "nothing is made twice");
    assert_eq!(before, (read("master_key"), read("postgres_password"), read("database_url")));
}

#[test]
fn the_kubernetes_manifest_sets_what_the_binary_knows_and_asks_the_routes_that_answer() {
    let documents = yaml("kubernetes/hallpass.yaml");
    let of_kind = |kind: &str| documents.iter().find(|document| document["kind"] == kind).expect("of that kind");
    let settings = &of_kind("ConfigMap")["data"];
    in_force(settings);
    let pod = &of_kind("Deployment")["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    assert_eq!(container["livenessProbe"]["httpGet"]["path"], "/healthz");
    assert_eq!(container["readinessProbe"]["httpGet"]["path"], "/readyz");
    assert_eq!(settings["HALLPASS_LIMITS__DRAIN_NOTICE"], "5s");
    let probes = &container["readinessProbe"];
    let unready =
        probes["periodSeconds"].as_u64().expect("seconds") * probes["failureThreshold"].as_u64().expect("a count");
    assert!(unready < 5, "the listener closes before the endpoints have forgotten the pod");
    let drain = 5 + 20;
    assert!(pod["terminationGracePeriodSeconds"].as_u64().expect("seconds") > drain, "killed while it drains");
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["enableServiceLinks"], false, "HALLPASS_PORT=tcp://… would get into the environment");
    let ports = container["ports"].as_array().expect("a list");
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let port = &container[name]["httpGet"]["port"];
        assert!(ports.iter().any(|known| known["name"] == *port), "{name}");
    }
}

#[tokio::test]
async fn the_unit_starts_the_binary_with_its_flags_and_its_configuration() {
    let unit = text("hallpass.service");
    let value = |name: &str| unit.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
    let mut words = value("ExecStart=").split_whitespace();
    assert_eq!(words.next(), Some("/usr/local/bin/hallpass"));
    let config = folder().join("hallpass.toml").display().to_string();
    let arguments = words.map(|word| if word == "/etc/hallpass/hallpass.toml" { config.as_str() } else { word });

    let folder = tempfile::tempdir().expect("a folder");
    let mut command = bare(folder.path());
    for pair in value("Environment=").split_whitespace() {
        let (name, value) = pair.split_once('=').expect("a pair");
        command.env(name, value);
    }
    command.env("HALLPASS_DATA_DIR", folder.path().join("state"));
    command.env("HALLPASS_LISTEN", "127.0.0.1:0").env("HALLPASS_OPERATOR_LISTEN", "127.0.0.1:0");
    command.arg("--json").args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("it runs");
    let stdout = child.stdout.take().expect("piped");
    let greeting = serde_json::Deserializer::from_reader(stdout).into_iter::<Value>().next();
    let greeting = greeting.expect("it starts").expect("JSON");
    let url = format!("http://{}/.well-known/jwks.json", greeting["listen"].as_str().expect("an address"));
    let keys: Value = http().get(url).send().await.expect("an answer").json().await.expect("JSON");
    child.kill().expect("it was running");
    child.wait().expect("it ends");
    assert_eq!(keys["keys"][0]["alg"], "ES256");
    assert_eq!(greeting["issuer"], "https://auth.example.com");
}

/// Where systemd is installed, its own opinion of the unit.
#[test]
fn systemd_finds_nothing_wrong_with_the_unit() {
    let Ok(verdict) = Command::new("systemd-analyze").arg("verify").arg(folder().join("hallpass.service")).output()
    else {
        eprintln!("systemd-analyze is not installed here: the unit was not verified");
        return;
    };
    let words = String::from_utf8_lossy(&verdict.stderr).into_owned();
    let complaints: Vec<&str> = words.lines().filter(|line| line.contains("hallpass.service")).collect();
    // The binary is not installed where the unit has it, on a machine that only tests.
    assert!(complaints.iter().all(|line| line.contains("is not executable")), "{complaints:?}");
}
