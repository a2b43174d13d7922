//! What people read on a terminal of 80 columns: no line breaks in mid-word, and a row of a table is one line.

use std::process::Command;

use crate::child::python;
use crate::process::{Ended, Site, bare};

const PASSWORD: &str = "hall-monitor 4711";

/// A command of the site, on a terminal of so many columns; it is stopped once it has written `until`, if that is anything.
pub fn on_a_terminal(command: &Command, columns: usize, until: &str) -> Ended {
    let mut terminal = python("tests/e2e/terminal.py");
    terminal.arg(columns.to_string()).arg(until).arg(command.get_program()).args(command.get_args());
    terminal.current_dir(command.get_current_dir().expect("a folder")).env_clear().env("NO_COLOR", "1");
    Ended::of(terminal.output().expect("it runs"))
}

/// Every line fits, but for a word that is longer than a line.
fn assert_fits(text: &str, columns: usize) {
    for line in text.lines() {
        let is_one_word = line.split_whitespace().count() == 1;
        assert!(line.chars().count() <= columns || is_one_word, "wider than {columns}:\n{line}\nin\n{text}");
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn columns(command: &mut Command, columns: usize) -> Ended {
    Ended::of(command.env("COLUMNS", columns.to_string()).output().expect("it runs"))
}

/// Every command of the help of this one, itself first.
fn commands(path: &[String], help: &str) -> Vec<Vec<String>> {
    let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
    let names = listed.lines().take_while(|line| line.starts_with("  ")).filter(|line| !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    names.map(|name| path.iter().cloned().chain([name.to_owned()]).collect()).collect()
}

#[test]
fn the_help_of_every_command_is_broken_at_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut open = vec![Vec::new()];
    let mut seen = 0;
    while let Some(path) = open.pop() {
        let help = |wide| columns(bare(folder.path()).args(&path).arg("--help"), wide).expect(0).stdout;
        let (narrow, wide) = (help(80), help(100));
        assert_fits(&narrow, 80);
        assert_eq!(words(&narrow), words(&wide), "{path:?}");
        open.extend(commands(&path, &narrow));
        seen += 1;
    }
    assert!(seen > 30, "{seen} commands");
}

#[test]
fn users_and_keys_are_listed_with_one_line_a_row() {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    let emails = ["ada@example.com", "somebody.with.a.long.name@department.example.com"];
    for email in emails {
        site.feed(PASSWORD, &["users", "create", email, "--password-stdin"]).expect(0);
    }
    site.run(&["keys", "rotate", "--force"]).expect(0);
    for list in ["users", "keys"] {
        let full: Vec<serde_json::Value> =
            serde_json::from_value(site.run(&["--json", list, "list"]).expect(0).json()).expect("rows");
        let narrow = on_a_terminal(&site.command(&[list, "list"]), 80, "").expect(0).stdout;
        let (table, note) = narrow.split_once("\nshortened").unwrap_or_else(|| panic!("no word of it: {narrow}"));
        assert_eq!(table.lines().count(), full.len() + 1, "{narrow}");
        assert!(table.lines().all(|line| line.chars().count() <= 80), "{narrow}");
        assert!(note.contains("--wide"), "{narrow}");
        for full in full {
            // An address may be cut off at its end; a thumbprint is what the next command asks for.
            let known = full["kid"].as_str().or_else(|| full["email"].as_str().map(|email| &email[..15]));
            assert!(table.contains(known.expect("a name")), "{full} in\n{table}");
        }
        for whole in [&["--wide", list, "list"][..], &[list, "list", "--wide"]] {
            let wide = on_a_terminal(&site.command(whole), 80, "").expect(0).stdout;
            assert_eq!(wide, site.run(&[list, "list"]).expect(0).stdout, "a pipe gets everything, too");
        }
    }
    let ids = site.run(&["users", "list"]).expect(0).stdout;
    assert!(emails.iter().all(|email| ids.contains(email)) && words(&ids)[7].len() == 36, "{ids}");
}

#[test]
fn the_doctor_and_refusals_are_broken_at_words() {
    let site = Site::new();
    let faults = ["--set", "issuer=http://auth.example", "--set", "log.level=warning", "--set", "halp=1"];
    let told = |arguments: &[&str]| {
        let narrow = on_a_terminal(&site.command(arguments), 80, "").expect(1).stdout;
        let mut command = site.command(arguments);
        let wide = Ended::of(command.output().expect("it runs")).expect(1);
        assert_fits(&narrow, 80);
        assert_eq!(words(&narrow), words(&format!("{}{}", wide.stdout, wide.stderr)));
        narrow
    };
    let doctor = told(&[&faults[..], &["doctor"]].concat());
    assert_eq!(doctor.lines().filter(|line| line.starts_with("fail configuration")).count(), 3, "{doctor}");
    assert!(doctor.lines().any(|line| line.starts_with(&" ".repeat(20))), "{doctor}");
    told(&[&faults[..], &["serve"]].concat());
    told(&["users", "list"]);
}

#[test]
fn log_lines_are_broken_at_words_on_a_terminal_and_stay_whole_in_a_file() {
    let site = Site::with(&["log.level=debug", "issuer=https://auth.example"]);
    let command = site.command(&["--listen", "127.0.0.1:0", "serve"]);
    let narrow = on_a_terminal(&command, 80, "listening").expect(0).stdout;
    assert_fits(&narrow, 80);
    let is_event = |line: &&str| line.starts_with("20") && line.contains("Z ");
    assert!(narrow.lines().filter(is_event).count() > 3, "{narrow}");
    assert!(narrow.contains("\n    "), "a line goes on below: {narrow}");
    let server = site.serve();
    assert_eq!(server.stop(), Some(0));
    assert!(site.log().lines().all(|line| is_event(&line)), "an event is one line: {}", site.log());
}

#[test]
fn a_command_that_does_not_exist_names_the_nearest_one() {
    let folder = tempfile::tempdir().expect("a folder");
    for (said, meant) in [("user list", "users list"), ("key list", "keys list"), ("docter", "doctor")] {
        let ended = Ended::of(bare(folder.path()).args(said.split(' ')).output().expect("it runs")).expect(2);
        assert!(ended.stderr.contains(&format!("'{meant}'")) && !ended.stderr.contains("'serve'"), "{}", ended.stderr);
    }
}
