//! Fetched keys: slow, broken, taken back; time is the test's.

use std::time::Duration;

use hallpass_verify::testing::TestIssuer;
use hallpass_verify::{Beyond, FeedPage, JwksFile, JwksUrl, JwsError, Refusal, Staleness, TokenError, Verifier};

use crate::support::{Answer, Source};

const UNKNOWN: Refusal = Refusal::Invalid(TokenError::Jws(JwsError::UnknownKey));

fn verifier(issuer: &TestIssuer, source: &Source) -> Verifier {
    issuer.builder().keys_from(source.clone()).build()
}

/// Lets background work run, without time passing.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_token_waits_for_the_first_fetch() {
    let issuer = TestIssuer::new();
    let source = Source::new(Answer::Takes(Duration::from_secs(2), issuer.jwks()));
    let verifier = verifier(&issuer, &source);
    assert!(verifier.verify(&issuer.token("ada", "user")).await.is_ok());
    assert_eq!(source.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_unknown_names_cause_one_fetch() {
    let issuer = TestIssuer::new();
    let source = Source::new(Answer::Keys(issuer.jwks()));
    let verifier = verifier(&issuer, &source);
    settle().await;
    assert_eq!(source.fetches(), 1);
    tokio::time::advance(Duration::from_secs(31)).await;
    let stranger = TestIssuer::new();
    let token = stranger.token("eve", "admin");
    let (_, rest) = token.split_once('.').expect("a token");
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..10_000 {
        let header = format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{number}"}}"#);
        let token = format!("{}.{rest}", base64(&header));
        let verifier = verifier.clone();
        waiting.spawn(async move { verifier.verify(&token).await });
    }
    while let Some(verdict) = waiting.join_next().await {
        assert_eq!(verdict.expect("no panic"), Err(UNKNOWN));
    }
    assert_eq!(source.fetches(), 2);
}

fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for index in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(bits >> (18 - 6 * index)) as usize & 63]));
        }
    }
    out
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_found_when_its_first_token_comes_and_the_cooldown_is_over() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let source = Source::new(Answer::Keys(old.jwks()));
    let verifier = verifier(&old, &source);
    settle().await;
    source.answer(Answer::Keys(new.jwks()));
    assert_eq!(
        verifier.verify(&new.token("ada", "user")).await,
        Err(UNKNOWN),
        "within the cooldown nothing is fetched"
    );
    tokio::time::advance(Duration::from_secs(31)).await;
    assert!(verifier.verify(&new.token("ada", "user")).await.is_ok());
    assert_eq!(verifier.verify(&old.token("ada", "user")).await, Err(UNKNOWN), "a key that was taken back is gone");
}

#[tokio::test(start_paused = true)]
async fn many_that_wait_for_keys_share_one_fetch() {
    let issuer = TestIssuer::new();
    let source = Source::new(Answer::Takes(Duration::from_secs(1), issuer.jwks()));
    let verifier = verifier(&issuer, &source);
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (verifier, token) = (verifier.clone(), issuer.token("ada", "user"));
        waiting.spawn(async move { verifier.verify(&token).await });
    }
    while let Some(verdict) = waiting.join_next().await {
        assert!(verdict.expect("no panic").is_ok());
    }
    assert_eq!(source.fetches(), 1);
}

#[tokio::test(start_paused = true)]
async fn while_fetching_fails_the_last_good_keys_are_used_for_a_while_and_no_longer() {
    let issuer = TestIssuer::new();
    let source = Source::new(Answer::Keys(issuer.jwks()));
    let builder = issuer.builder().max_stale_keys(Duration::from_secs(3600));
    let verifier = builder.keys_from(source.clone()).build();
    settle().await;
    for broken in [Answer::Fails, Answer::Keys("<html>".to_owned()), Answer::Keys(r#"{"keys":[]}"#.to_owned())] {
        source.answer(broken);
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert!(verifier.verify(&issuer.token("ada", "user")).await.is_ok());
    }
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(verifier.verify(&issuer.token("ada", "user")).await, Err(Refusal::KeysUnavailable));
    assert!(!verifier.stats().has_keys);
    source.answer(Answer::Keys(issuer.jwks()));
    tokio::time::sleep(Duration::from_secs(301)).await;
    assert!(verifier.verify(&issuer.token("ada", "user")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_failed_is_tried_again_soon_though_good_keys_are_at_hand() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let source = Source::new(Answer::Keys(old.jwks()));
    let verifier = verifier(&old, &source);
    settle().await;
    source.answer(Answer::Fails);
    tokio::time::sleep(Duration::from_secs(301)).await;
    let fetches = source.fetches();
    source.answer(Answer::Keys(new.jwks()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(source.fetches(), fetches + 1);
    assert_eq!(verifier.verify_offline(&old.token("ada", "user")), Err(UNKNOWN), "the key was taken back");
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_goes_away_ends_no_fetch() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let source = Source::new(Answer::Keys(old.jwks()));
    let verifier = verifier(&old, &source);
    settle().await;
    tokio::time::advance(Duration::from_secs(31)).await;
    source.answer(Answer::Takes(Duration::from_secs(1), new.jwks()));
    let token = new.token("ada", "user");
    // A client that sends an unknown name and hangs up would otherwise keep all others from a fetch until the cooldown ends.
    let hung_up = tokio::time::timeout(Duration::from_millis(100), verifier.verify(&token)).await;
    assert!(hung_up.is_err());
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_answers_holds_a_caller_for_a_while_and_no_longer() {
    let issuer = TestIssuer::new();
    let source = Source::new(Answer::Takes(Duration::from_secs(1_000_000), issuer.jwks()));
    let verifier = verifier(&issuer, &source);
    let token = issuer.token("ada", "user");
    let verdict = tokio::time::timeout(Duration::from_secs(60), verifier.verify(&token)).await;
    assert_eq!(verdict.expect("a verdict"), Err(Refusal::KeysUnavailable));
    source.answer(Answer::Keys(issuer.jwks()));
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(verifier.verify(&token).await.is_ok());
}

fn news(keys: &str) -> FeedPage {
    FeedPage { cursor: "1".to_owned(), complete: true, keys: keys.to_owned(), entries: Vec::new() }
}

fn verifier_with_feed(issuer: &TestIssuer, source: &Source) -> Verifier {
    let staleness = Staleness { at_most: Duration::from_secs(3600), beyond: Beyond::Refuse };
    issuer.builder().revocations(staleness).keys_from(source.clone()).build()
}

#[tokio::test(start_paused = true)]
async fn the_feeds_first_page_tells_that_the_keys_at_hand_may_be_old() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let source = Source::new(Answer::Keys(old.jwks()));
    let verifier = verifier_with_feed(&old, &source);
    settle().await;
    // Revoked after the keys were fetched, and before the stream began: no later page will speak of it.
    source.answer(Answer::Keys(new.jwks()));
    verifier.apply(news("2")).await;
    assert_eq!(verifier.verify_offline(&old.token("ada", "user")), Err(UNKNOWN));
}

#[tokio::test(start_paused = true)]
async fn news_of_changed_keys_outlive_a_fetch_that_failed_or_that_came_too_soon() {
    for is_reached in [false, true] {
        let (old, new) = (TestIssuer::new(), TestIssuer::new());
        let source = Source::new(Answer::Keys(old.jwks()));
        let verifier = verifier_with_feed(&old, &source);
        settle().await;
        verifier.apply(news("1")).await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        // The issuer cannot be reached; or another machine of it answers, which does not have the change.
        source.answer(if is_reached { Answer::Keys(old.jwks()) } else { Answer::Fails });
        verifier.apply(news("2")).await;
        assert!(verifier.verify_offline(&old.token("ada", "user")).is_ok());
        source.answer(Answer::Keys(new.jwks()));
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(verifier.verify_offline(&old.token("ada", "user")), Err(UNKNOWN));
        assert!(verifier.verify_offline(&new.token("ada", "user")).is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_changes_under_its_name_is_the_new_one() {
    let (old, new) = (TestIssuer::new(), TestIssuer::new());
    let named = |issuer: &TestIssuer| {
        let mut set: serde_json::Value = serde_json::from_str(&issuer.jwks()).expect("JSON");
        set["keys"][0]["kid"] = "the key".into();
        set.to_string()
    };
    let source = Source::new(Answer::Keys(named(&old)));
    let verifier = verifier(&old, &source);
    settle().await;
    let before = verifier.stats().key_generation;
    source.answer(Answer::Keys(named(&new)));
    tokio::time::sleep(Duration::from_secs(301)).await;
    assert_eq!(verifier.stats().key_generation, before + 1);
    tokio::time::sleep(Duration::from_secs(301)).await;
    assert_eq!(verifier.stats().key_generation, before + 1, "the same set again changes nothing");
}

#[tokio::test(start_paused = true)]
async fn the_background_work_ends_with_the_last_verifier() {
    let issuer = TestIssuer::new();
    let source = Source::new(Answer::Keys(issuer.jwks()));
    drop(verifier(&issuer, &source));
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(source.fetches() <= 1, "{}", source.fetches());
}

#[tokio::test]
async fn keys_are_read_from_a_file() {
    let issuer = TestIssuer::new();
    let path = std::env::temp_dir().join(format!("hallpass-verify-{}.json", std::process::id()));
    std::fs::write(&path, issuer.jwks()).expect("written");
    let verifier = issuer.builder().keys_from(JwksFile::new(&path)).build();
    let verdict = verifier.verify(&issuer.token("ada", "user")).await;
    std::fs::remove_file(&path).expect("removed");
    assert!(verdict.is_ok());
}

#[test]
fn keys_are_never_fetched_in_clear_text_from_elsewhere() {
    for refused in ["http://auth.example/jwks", "ftp://auth.example/jwks", "file:///etc/passwd", "auth.example", ""] {
        assert!(JwksUrl::new(refused).is_err(), "{refused}");
    }
    for fine in
        ["https://auth.example/jwks", "http://localhost:8080/jwks", "http://127.0.0.1/jwks", "http://[::1]/jwks"]
    {
        assert!(JwksUrl::new(fine).is_ok(), "{fine}");
    }
}
