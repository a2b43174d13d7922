//! The code that the lab shows: this program's own, cut out of its sources when it is compiled, so that it cannot rot;
//! and the same in Node.js, whole files of `examples/node`, which the tests run beside a live hallpass.

use serde::Serialize;

/// A piece of source.
#[derive(Debug, Serialize)]
pub struct Excerpt {
    /// Which pattern it belongs to.
    pub pattern: &'static str,
    /// `rust` or `js`.
    pub language: &'static str,
    /// The file, from the root of the repository.
    pub file: &'static str,
    /// The line it begins at.
    pub line: usize,
    pub code: String,
}

struct Source {
    pattern: &'static str,
    file: &'static str,
    text: &'static str,
    /// How the item begins.
    item: &'static str,
}

macro_rules! sources {
    ($($pattern:literal, $file:literal, $item:literal;)*) => {
        &[$(Source {
            pattern: $pattern,
            file: concat!("crates/", $file),
            text: include_str!(concat!("../../", $file)),
            item: $item,
        },)*]
    };
}

const SOURCES: &[Source] = sources! {
    "sign", "auth/src/tokens.rs", "pub(crate) fn mint(";
    "sign", "jose/src/sign.rs", "pub fn sign_payload(";
    "verify", "jose/src/verify.rs", "fn open<";
    "verify", "jose/src/verify.rs", "fn find_key<";
    "verify", "auth/src/verify.rs", "pub async fn authenticate(";
    "verify", "auth/src/admin/mod.rs", "pub async fn admin(";
    "refresh", "model/src/session.rs", "pub fn decide(";
    "refresh", "auth/src/refresh.rs", "async fn exchange(";
    "revoke", "store/src/op/session.rs", "pub(super) async fn run<";
    "revoke", "revocation/src/set.rs", "pub fn refuses<A, B>(";
    "password", "auth/src/login.rs", "async fn attempt_login(";
    "password", "model/src/rate_limit/account.rs", "pub fn reserve(mut self";
    "password", "password/src/hash.rs", "pub fn hash(";
    "prove", "auth/src/mail/one_time.rs", "pub(super) fn make_one_time(";
    "prove", "store/src/op/one_time.rs", "pub(super) async fn check<";
    "prove", "store/src/op/by_mail/mod.rs", "async fn take<";
    "prove", "store/src/op/by_mail/mod.rs", "async fn prove_mailbox<";
};

macro_rules! listings {
    ($($pattern:literal, $file:literal;)*) => {
        &[$(Listing {
            pattern: $pattern,
            file: concat!("examples/node/", $file),
            text: include_str!(concat!("../../../examples/node/", $file)),
        },)*]
    };
}

/// A file of the example in Node.js.
struct Listing {
    pattern: &'static str,
    file: &'static str,
    text: &'static str,
}

const LISTINGS: &[Listing] = listings! {
    "sign", "sign.mjs";
    "sign", "sign_hs256.mjs";
    "verify", "verify.mjs";
    "verify", "verify_pem.mjs";
    "refresh", "refresh.mjs";
    "revoke", "revoke.mjs";
    "revoke", "redis.mjs";
    "password", "password.mjs";
    "password", "limit.mjs";
    "password", "server.mjs";
    "prove", "prove.mjs";
};

/// The patterns, in the order in which they are shown.
pub const PATTERNS: [&str; 6] = ["sign", "verify", "refresh", "revoke", "password", "prove"];

/// The excerpts and listings of a pattern; none for what is no pattern.
pub fn of(pattern: &str) -> Vec<Excerpt> {
    let sources = SOURCES.iter().filter(|source| source.pattern == pattern).filter_map(cut);
    sources.chain(LISTINGS.iter().filter(|listing| listing.pattern == pattern).map(whole)).collect()
}

fn whole(listing: &Listing) -> Excerpt {
    let Listing { pattern, file, text } = *listing;
    Excerpt { pattern, language: "js", file, line: 1, code: text.trim_end().to_owned() }
}

/// From the item's doc comment to the brace that closes it, moved to the left margin.
fn cut(source: &Source) -> Option<Excerpt> {
    let lines: Vec<&str> = source.text.lines().collect();
    let head = lines.iter().position(|line| line.trim_start().starts_with(source.item))?;
    let indent = lines[head].len() - lines[head].trim_start().len();
    let end = head + lines[head..].iter().position(|line| line.trim_end() == format!("{:indent$}}}", ""))?;
    let documented = lines[..head].iter().rev().take_while(|line| line.trim_start().starts_with("///")).count();
    let start = head - documented;
    let code: Vec<&str> = lines[start..=end].iter().map(|line| line.get(indent..).unwrap_or_default()).collect();
    Some(Excerpt {
        pattern: source.pattern,
        language: "rust",
        file: source.file,
        line: start + 1,
        code: code.join("\n"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_excerpt_is_found_and_whole() {
        let found: Vec<Excerpt> = PATTERNS.into_iter().flat_map(of).collect();
        assert_eq!(
            found.len(),
            SOURCES.len() + LISTINGS.len(),
            "an item was renamed: {:?}",
            found.iter().map(|e| e.file).collect::<Vec<_>>()
        );
        for excerpt in found {
            let (open, close) = (excerpt.code.matches('{').count(), excerpt.code.matches('}').count());
            assert_eq!(open, close, "{}: {}", excerpt.file, excerpt.code);
            let most = if excerpt.language == "rust" { 60 } else { 80 };
            assert!((3..=most).contains(&excerpt.code.lines().count()), "{}", excerpt.code);
        }
    }

    #[test]
    fn each_pattern_has_code_in_both_languages() {
        for pattern in PATTERNS {
            let languages: std::collections::BTreeSet<_> = of(pattern).iter().map(|one| one.language).collect();
            assert_eq!(languages.len(), 2, "{pattern}");
        }
    }
}
