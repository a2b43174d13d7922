//! Deliveries of webhooks, verified by others: a library, and the listing of the documentation.

use std::process::Command;

use hallpass_testbed::receiver::Received;
use serde_json::{Value, json};

use crate::child::{Program, block, node, written};
use crate::http_webhooks::World;

/// What the scripts of other languages are asked.
fn question(received: &Received, secret: &str) -> Value {
    let headers: serde_json::Map<String, Value> =
        received.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let now: i64 = received.header("webhook-timestamp").parse().expect("seconds");
    json!({"secret": secret, "headers": headers, "body": received.body, "now": now})
}

/// The verifier takes a delivery, and nothing that was changed, is old, or was signed with another secret.
async fn judges(mut verifier: Program) {
    let mut world = World::new().await;
    let hook = world.active(&["user.created"]).await;
    world.register("ada").await;
    let told = world.told().await;
    let good = question(&told[0], &hook.secret);
    assert_eq!(verifier.ask(&good), json!({"ok": true, "type": "user.created"}));
    let changes: [(&str, Value); 3] = [
        ("body", told[0].body.replace("user.created", "user.deleted").into()),
        ("secret", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into()),
        ("now", (good["now"].as_i64().expect("seconds") + 301).into()),
    ];
    for (name, value) in changes {
        let mut bad = good.clone();
        bad[name] = value;
        assert_eq!(verifier.ask(&bad), json!({"ok": false}), "{name}");
    }
    let rotated = world.act(&hook, "rotate", None).await.expect(200).json();
    world.register("eve").await;
    let told = world.told().await;
    for secret in [hook.secret.as_str(), rotated["secret"].as_str().expect("a secret")] {
        assert_eq!(verifier.ask(&question(&told[0], secret))["ok"], true, "both secrets are good for a day");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_library_of_standard_webhooks_for_node_verifies_deliveries() {
    judges(Program::start(node("tests/e2e/clients/webhook.mjs"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_of_the_documentation_verifies_deliveries() {
    let folder = tempfile::tempdir().expect("a folder");
    let listing = block("docs/webhooks.md", "Python, with", "python");
    let listing = listing.replace(r#"os.environ["WEBHOOK_SECRET"]"#, r#""""#);
    let asked = "
import sys
for line in sys.stdin:
    asked = json.loads(line)
    SECRET = base64.b64decode(asked['secret'].removeprefix('whsec_'))
    time.time = lambda: asked['now']
    try:
        said = {'ok': True, 'type': verify(asked['headers'], asked['body'].encode())['type']}
    except ValueError:
        said = {'ok': False}
    print(json.dumps(said), flush=True)
";
    let script = written(folder.path(), "verify.py", &(listing + asked));
    let mut command = Command::new("/usr/bin/python3");
    command.arg(script);
    judges(Program::start(command)).await;
}
