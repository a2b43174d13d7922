//! Libraries that cannot be linked, each in a process of its own: `PROGRAM ARGUMENTS ALGORITHM BATCHES`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use hallpass_jose::Alg;
use serde_json::Value;

use super::Figure;
use crate::Outcome;

const NODE: [&str; 3] = ["jsonwebtoken", "fast-jwt", "jose"];
const PYTHONS: [&str; 2] = ["python3", "/usr/bin/python3"];

/// A program that measures one library.
pub(crate) struct Rival {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Rival {
    /// One turn. A library that lacks the algorithm has no figures.
    pub(crate) fn turn(&self, algorithm: Alg, batches: u32) -> Outcome<Vec<Figure>> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(algorithm.as_str()).arg(batches.to_string());
        let printed = printed(&mut command)?;
        printed.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
    }
}

/// Builds and finds them. What is missing is named, and left out.
pub(crate) fn prepare(folder: &Path, python: Option<&Path>) -> Vec<Rival> {
    let found = [("jwt-simple", jwt_simple(folder)), ("Node", node(folder)), ("PyJWT", pyjwt(folder, python))];
    let present = found.into_iter().map(|(name, found)| {
        found.unwrap_or_else(|error| {
            eprintln!("{name} is left out: {error}");
            Vec::new()
        })
    });
    present.flatten().collect()
}

fn jwt_simple(folder: &Path) -> Outcome<Vec<Rival>> {
    let manifest = folder.join("jwt-simple/Cargo.toml");
    eprintln!("jwt-simple is built: the first time, that takes minutes");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--locked", "--message-format=json", "--manifest-path"]).arg(manifest);
    let told = printed(&mut cargo)
        .map_err(|error| format!("{error}\nits BoringSSL needs `apt-get install cmake clang libclang-dev`"))?;
    let messages = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    Ok(vec![Rival { program: program.ok_or("cargo names no executable")?, arguments: Vec::new() }])
}

fn node(folder: &Path) -> Outcome<Vec<Rival>> {
    printed(Command::new("node").arg("--version"))?;
    if let Some(missing) = NODE.iter().find(|library| !folder.join("node_modules").join(library).is_dir()) {
        return Err(format!("{missing} is not installed: run `npm install` in {}", folder.display()).into());
    }
    let rival = |library: &&str| {
        let script = folder.join("library.mjs").into_os_string();
        Rival { program: PathBuf::from("node"), arguments: vec![script, library.into()] }
    };
    Ok(NODE.iter().map(rival).collect())
}

fn pyjwt(folder: &Path, python: Option<&Path>) -> Outcome<Vec<Rival>> {
    let candidates = python.map_or_else(|| PYTHONS.map(Path::new).to_vec(), |python| vec![python]);
    let has_it = |python: &&Path| printed(Command::new(python).args(["-c", "import jwt, cryptography"])).is_ok();
    let program = candidates.into_iter().find(has_it).ok_or(
        "no Python has it: run `pip install pyjwt cryptography`, or `apt-get install python3-jwt python3-cryptography`",
    )?;
    Ok(vec![Rival { program: program.to_owned(), arguments: vec![folder.join("library.py").into_os_string()] }])
}

/// What a program prints that ends well.
fn printed(command: &mut Command) -> Outcome<String> {
    let name = command.get_program().display().to_string();
    let Output { status, stdout, stderr } =
        command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    if status.success() {
        return Ok(String::from_utf8(stdout)?);
    }
    Err(format!("{name}, {status}: {}", String::from_utf8_lossy(&stderr).trim()).into())
}
