//! Every statement of every operation, taken from the sources.

use std::collections::BTreeMap;
use std::path::Path;

/// `file::CONST` → SQL, for each string constant in `src/op` and below but those for one engine only, and the statements
/// that are made at run time.
pub fn statements() -> BTreeMap<String, String> {
    let made = hallpass_store::op::transfer::statements();
    let mut found: BTreeMap<String, String> = made.into_iter().map(|(name, sql)| (name, sql.to_owned())).collect();
    found.insert("refresh::ROTATE".to_owned(), hallpass_store::op::ROTATE.one.to_owned());
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/op")];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).expect("lists") {
            let path = file.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.extend(constants(&path));
            }
        }
    }
    assert!(found.len() >= 110, "only {} statements were found", found.len());
    found
}

fn constants(file: &Path) -> Vec<(String, String)> {
    let module = file.file_stem().expect("a name").to_string_lossy().into_owned();
    let source = std::fs::read_to_string(file).expect("reads");
    let constant = |rest: &str| {
        let (name, text) = rest.split_once(": &str =")?;
        let text = text.trim_start();
        let text = match text.strip_prefix("select!(") {
            Some(call) => selected(call)?,
            None => text.strip_prefix('"')?.split_once("\";")?.0.to_owned(),
        };
        let is_statement = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| text.starts_with(verb));
        let is_shared = !name.contains(char::is_whitespace) && !name.starts_with("POSTGRES");
        (is_statement && is_shared).then(|| (format!("{module}::{name}"), unescape(&text)))
    };
    source.split("const ").skip(1).filter_map(constant).collect()
}

/// Joins the lines of a literal as Rust does: a backslash at the end swallows the white space that follows.
fn unescape(literal: &str) -> String {
    let mut lines = literal.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |joined, line| joined + line.trim_start())
}

/// What `select!(row, "rest")` is expanded to, by the lists of columns in `op/columns.rs`.
fn selected(call: &str) -> Option<String> {
    let source = include_str!("../../src/op/columns.rs");
    let (row, rest) = call.split_once(',')?;
    let rest = rest.split_once('"')?.1.split_once('"')?.0;
    let (_, columns) = source.split_once(&format!("({}) => {{", row.trim()))?;
    let columns = columns.split('"').nth(1)?;
    Some(format!("SELECT {columns} {rest}"))
}
