//! The walk of the README, pasted into a shell.

use std::process::Command;

use crate::process::{Ended, Site};

fn readme() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    std::fs::read_to_string(path).expect("README.md")
}

/// The shell block below a heading.
fn block(text: &str, heading: &str) -> String {
    let after = text.split_once(heading).unwrap_or_else(|| panic!("no {heading}")).1;
    let (_, block) = after.split_once("```sh\n").expect("a block");
    block.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn the_walk_of_the_readme_works_as_pasted() {
    let site = Site::new();
    let server = site.serve();
    let walk = block(&readme(), "## A walk with curl").replace("http://localhost:8080", &server.url(""));
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new("bash").args(["-eu", "-c", &walk]).current_dir(folder.path()).output().expect("bash");
    let walked = Ended::of(output).expect(0).stdout;
    let mut rest = walked.as_str();
    for expected in [
        "\"access_token\":",
        "\"role\":\"user\"",
        "\"access_token\":",
        "Token reuse detected. Please log in again.",
        "204",
        "\"code\":\"invalid_token\"",
    ] {
        let (_, after) = rest.split_once(expected).unwrap_or_else(|| panic!("{expected} does not come: {walked}"));
        rest = after;
    }
}

#[test]
fn the_readme_names_the_two_commands() {
    let text = readme();
    assert!(text.contains("cargo run --release") && text.contains("./test"));
}
