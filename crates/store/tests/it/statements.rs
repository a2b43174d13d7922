//! Every statement of every operation, taken from the sources.

use std::collections::BTreeMap;
use std::path::Path;

/// `file::CONST` → SQL, for each string constant in `src/op`.
pub fn statements() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/op");
    let mut found = BTreeMap::new();
    for file in std::fs::read_dir(folder).expect("lists") {
        let path = file.expect("an entry").path();
        let module = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let source = std::fs::read_to_string(&path).expect("reads");
        for rest in source.split("\nconst ").skip(1) {
            let Some((name, text)) = rest.split_once(": &str = \"") else { continue };
            let Some((text, _)) = text.split_once("\";") else { continue };
            if !name.contains(char::is_whitespace) {
                found.insert(format!("{module}::{name}"), unescape(text));
            }
        }
    }
    assert!(found.len() >= 56, "only {} statements were found", found.len());
    found
}

/// Joins the lines of a literal as Rust does: a backslash at the end swallows the white space that follows.
fn unescape(literal: &str) -> String {
    let mut lines = literal.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |joined, line| joined + line.trim_start())
}
