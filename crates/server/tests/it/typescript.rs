//! A TypeScript client is generated from the API's description, compiles, and works.

use std::path::Path;
use std::process::Command;

use crate::child::in_repository;
use crate::process::Site;

fn run(folder: &Path, script: &str, arguments: &[&str]) -> String {
    let mut command = Command::new("node");
    command.arg(in_repository("tests/e2e/node_modules").join(script)).args(arguments).current_dir(folder);
    let output = command.output().expect("node runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{script} {arguments:?}: {text}");
    text
}

/// The sources and the packages in one folder, where module resolution finds both.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let sources = in_repository("tests/e2e/typescript");
    for name in ["client.ts", "wrong.ts", "tsconfig.json"] {
        std::fs::copy(sources.join(name), folder.path().join(name)).expect("a copy");
    }
    std::fs::write(folder.path().join("package.json"), r#"{"type": "module"}"#).expect("a file");
    let modules = in_repository("tests/e2e/node_modules").canonicalize().expect("npm ci was run");
    std::os::unix::fs::symlink(modules, folder.path().join("node_modules")).expect("a link");
    folder
}

#[tokio::test]
async fn a_client_is_generated_compiles_and_does_what_its_types_say() {
    let site = Site::new();
    let server = site.serve();
    let folder = workspace();
    let description = site.run(&["openapi"]).expect(0).stdout;
    std::fs::write(folder.path().join("openapi.json"), description).expect("a file");
    run(folder.path(), "openapi-typescript/bin/cli.js", &["openapi.json", "--output", "api.ts"]);
    run(folder.path(), "typescript/bin/tsc", &[]);
    let (email, password) = server.first_admin().expect("a first start");
    let mut client = Command::new("node");
    client.arg(folder.path().join("client.js")).args([server.url("").as_str(), &email, &password]);
    let output = client.output().expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let said: serde_json::Value = serde_json::from_str(said.trim()).expect("a line of JSON");
    assert_eq!((said["status"].as_u64(), said["code"].as_str()), (Some(401), Some("invalid_token")));
}
