//! The command that was meant by one that does not exist.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use super::Cli;

/// How alike two commands must be, from 0 to 1, to be taken for each other.
const ALIKE: f64 = 0.6;

/// Puts the whole command that was probably meant into the error: `users list` for `user list`.
pub(super) fn nearest(mut error: clap::Error, arguments: &[OsString]) -> clap::Error {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return error;
    }
    let Some(ContextValue::String(wrong)) = error.get(ContextKind::InvalidSubcommand).cloned() else { return error };
    let words = words(arguments, &wrong);
    let at = words.iter().position(|word| *word == wrong).unwrap_or_default();
    let found = meant(&words, at, &Cli::command());
    match found {
        Some(found) => drop(error.insert(ContextKind::SuggestedSubcommand, ContextValue::String(found))),
        None => drop(error.remove(ContextKind::SuggestedSubcommand)),
    }
    error
}

/// The words around the one that is no command: the command before it, and what follows.
fn words(arguments: &[OsString], wrong: &str) -> Vec<String> {
    let all: Vec<&str> = arguments.iter().skip(1).map(|word| word.to_str().unwrap_or_default()).collect();
    let Some(at) = all.iter().position(|word| *word == wrong) else { return vec![wrong.to_owned()] };
    let cli = Cli::command();
    let before = at.checked_sub(1).map(|before| all[before]).filter(|word| cli.find_subcommand(word).is_some());
    let after = all[at + 1..].iter().take_while(|word| !word.starts_with('-')).copied();
    before.into_iter().chain([wrong]).chain(after).map(str::to_owned).collect()
}

/// The path that is most like the words, of which the one at `wrong` is no command.
fn meant(words: &[String], wrong: usize, cli: &Command) -> Option<String> {
    let likeness = |path: &String| {
        let said = |order: &mut dyn Iterator<Item = &String>| {
            let said: Vec<&str> = order.map(String::as_str).collect();
            strsim::normalized_damerau_levenshtein(path, &said.join(" "))
        };
        let length = path.split(' ').count();
        // A path that ends before the wrong word does not replace it.
        if length <= wrong {
            return 0.0;
        }
        // `list users` is said as often.
        let turned = if length == 2 && words.len() >= 2 { said(&mut words[..2].iter().rev()) } else { 0.0 };
        said(&mut words.iter().take(length)).max(turned)
    };
    let alike = paths(cli).into_iter().map(|path| (likeness(&path), path)).filter(|(likeness, _)| *likeness >= ALIKE);
    // Of two that are equally alike, the one that says more.
    let rank = |(likeness, path): &(f64, String)| (*likeness, path.len());
    alike.max_by(|a, b| rank(a).0.total_cmp(&rank(b).0).then(rank(a).1.cmp(&rank(b).1))).map(|(_, path)| path)
}

/// `serve`, `users`, `users list`, …
fn paths(cli: &Command) -> Vec<String> {
    let mut paths = Vec::new();
    for command in cli.get_subcommands() {
        let name = command.get_name();
        paths.push(name.to_owned());
        paths.extend(command.get_subcommands().map(|below| format!("{name} {}", below.get_name())));
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_command_is_named_as_a_whole() {
        for (said, expected) in [
            ("user list", Some("users list")),
            ("user", Some("users")),
            ("users lst", Some("users list")),
            ("key rotate --force", Some("keys rotate")),
            ("list users", Some("users list")),
            ("session list", Some("sessions list")),
            ("serv", Some("serve")),
            ("docter", Some("doctor")),
            ("users set-roll ada@example.com admin", Some("users set-role")),
            ("--set a=b user list", Some("users list")),
            ("fly", None),
            ("clients revive", Some("clients revoke")),
        ] {
            let arguments: Vec<OsString> = std::iter::once("hallpass").chain(said.split(' ')).map(Into::into).collect();
            let error = <Cli as clap::Parser>::try_parse_from(&arguments).expect_err("no such command");
            let suggested = nearest(error, &arguments);
            let text = suggested.to_string();
            match expected {
                Some(expected) => assert!(text.contains(&format!("'{expected}'")), "{said}: {text}"),
                None => assert!(!text.contains("tip:"), "{said}: {text}"),
            }
        }
    }
}
