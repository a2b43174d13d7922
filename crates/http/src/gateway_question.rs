//! What a gateway asks below the check's own path, read in every spelling that a gateway's operator may take for a question.
//!
//! Nothing here can open the check: a role that is found is one more demand.

use percent_encoding::percent_decode_str;

/// Where gateways ask.
pub(crate) const CHECK: &str = "/auth/verify";

/// The roles that a path and query below the check ask for. Percent-encoded or not, once or twice, in any case, with
/// `;` for `&`, as `role[]` or `roles`, and `role=…` in the path.
pub(crate) fn roles_asked(question: &str) -> Vec<String> {
    let text = decoded(question);
    let rest = text.strip_prefix(CHECK).unwrap_or(&text);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let in_path = path.split(['/', '&', ';']).filter(|part| part.contains('='));
    let in_query = query.split(['?', '&', ';']);
    in_path.chain(in_query).filter_map(role_asked).collect()
}

/// The value of a parameter whose name is `role` as far as its letters go.
fn role_asked(parameter: &str) -> Option<String> {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect();
    let is_role = ["role", "roles"].iter().any(|known| letters.eq_ignore_ascii_case(known));
    is_role.then(|| value.to_owned())
}

/// Whether a path means a check: also one that leads nowhere, because of a slash too many, say. It must not be answered
/// as a preflight, with a 200 that lets the request pass which a gateway asks about.
pub(crate) fn is_question(path: &str) -> bool {
    let text = decoded(path).to_ascii_lowercase();
    let segments: Vec<&str> = text.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_check = |name: &str| name.starts_with("verify") || name.starts_with("forwarded");
    segments.windows(2).any(|pair| pair[0] == "auth" && is_check(pair[1]))
}

/// Decoded until nothing is encoded any more, in a bounded number of rounds.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..4 {
        let next = percent_decode_str(&text).decode_utf8_lossy().into_owned();
        if next == text {
            break;
        }
        text = next;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_too_many_is_still_a_question() {
        for path in [
            "/auth/verify",
            "/auth/verify/x",
            "/auth//verify",
            "//auth/verify",
            "/auth/%76erify",
            "/Auth/Verify",
            "/auth/verify%2f",
            "/auth/verifyx",
            "/lab/box/1/auth/verify",
            "/auth/forwarded/x",
        ] {
            assert!(is_question(path), "{path}");
        }
        for path in ["/", "/auth/login", "/verify", "/auth/x/verify", "/authverify"] {
            assert!(!is_question(path), "{path}");
        }
    }
}
