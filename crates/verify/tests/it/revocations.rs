//! The replica of what was revoked, and the cache beside it.

use std::time::Duration;

use hallpass_verify::testing::{NOW, TestIssuer};
use hallpass_verify::{Beyond, Entry, FeedPage, Kind, Refusal, Staleness, Verifier};
use serde_json::json;

const MINUTE: Duration = Duration::from_secs(60);

fn verifier(issuer: &TestIssuer, beyond: Beyond) -> Verifier {
    let staleness = Staleness { at_most: MINUTE, beyond };
    issuer.builder().revocations(staleness).cache_tokens(100).jwks(&issuer.jwks()).expect("keys").build()
}

fn page(complete: bool, entries: Vec<Entry>) -> FeedPage {
    FeedPage { cursor: "1".to_owned(), complete, keys: "1".to_owned(), entries }
}

fn entry(kind: Kind, id: &str) -> Entry {
    Entry { kind, id: id.to_owned(), issued_before: None, expires_at: NOW + 900 }
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_session_or_user_is_refused_at_once_even_from_the_cache() {
    let issuer = TestIssuer::new();
    let token = issuer.token_with(json!({"sub": "ada", "sid": "s", "jti": "t"}));
    for (kind, id) in [(Kind::Token, "t"), (Kind::Session, "s"), (Kind::User, "ada")] {
        let verifier = verifier(&issuer, Beyond::Refuse);
        verifier.apply(page(true, Vec::new())).await;
        assert!(verifier.verify_offline(&token).is_ok());
        assert!(verifier.verify_offline(&token).is_ok());
        assert_eq!(verifier.stats().cached, 1);
        verifier.apply(page(false, vec![entry(kind, id)])).await;
        assert_eq!(verifier.verify_offline(&token), Err(Refusal::Revoked), "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_user_entry_spares_what_was_issued_after_it() {
    let issuer = TestIssuer::new();
    let verifier = verifier(&issuer, Beyond::Refuse);
    let before = issuer.token("ada", "user");
    issuer.advance(10);
    let after = issuer.token("ada", "admin");
    let entry = Entry { issued_before: Some(NOW + 10), ..entry(Kind::User, "ada") };
    verifier.apply(page(true, vec![entry])).await;
    assert_eq!(verifier.verify_offline(&before), Err(Refusal::Revoked));
    assert!(verifier.verify_offline(&after).is_ok());
}

#[tokio::test(start_paused = true)]
async fn entries_of_either_order_and_twice_refuse_the_same() {
    let issuer = TestIssuer::new();
    let token = issuer.token("ada", "user");
    let late = Entry { issued_before: Some(NOW + 10), ..entry(Kind::User, "ada") };
    let early = Entry { issued_before: Some(NOW - 10), expires_at: NOW + 5, ..entry(Kind::User, "ada") };
    for order in [vec![late.clone(), early.clone()], vec![early.clone(), late.clone()], vec![late.clone(), late]] {
        let verifier = verifier(&issuer, Beyond::Refuse);
        verifier.apply(page(true, Vec::new())).await;
        for entry in order {
            verifier.apply(page(false, vec![entry])).await;
        }
        assert_eq!(verifier.verify_offline(&token), Err(Refusal::Revoked));
    }
}

#[tokio::test(start_paused = true)]
async fn a_complete_page_replaces_and_entries_are_forgotten_at_their_end() {
    let issuer = TestIssuer::new();
    let verifier = verifier(&issuer, Beyond::Refuse);
    verifier.apply(page(true, vec![entry(Kind::Session, "a"), entry(Kind::Session, "b")])).await;
    assert_eq!(verifier.stats().revocations, 2);
    verifier.apply(page(true, vec![entry(Kind::Session, "c")])).await;
    assert_eq!(verifier.stats().revocations, 1);
    issuer.advance(900);
    verifier.apply(page(false, Vec::new())).await;
    assert_eq!(verifier.stats().revocations, 0);
}

#[tokio::test(start_paused = true)]
async fn a_replica_without_a_page_for_too_long_refuses_or_counts_what_it_accepts() {
    let issuer = TestIssuer::new();
    let token = issuer.token("ada", "user");
    let (careful, trusting) = (verifier(&issuer, Beyond::Refuse), verifier(&issuer, Beyond::Accept));
    assert_eq!(careful.verify_offline(&token), Err(Refusal::RevocationsUnknown), "no page has come yet");
    for verifier in [&careful, &trusting] {
        verifier.apply(page(true, vec![entry(Kind::Session, "gone")])).await;
        assert!(verifier.verify_offline(&token).is_ok());
    }
    assert_eq!(trusting.stats().unchecked, 0);
    tokio::time::advance(MINUTE + Duration::from_secs(1)).await;
    assert_eq!(careful.verify_offline(&token), Err(Refusal::RevocationsUnknown));
    assert!(trusting.verify_offline(&token).is_ok());
    assert_eq!(trusting.stats().unchecked, 1);
    let revoked = issuer.token_with(json!({"sid": "gone"}));
    assert_eq!(trusting.verify_offline(&revoked), Err(Refusal::Revoked), "what is known stays known");
    careful.apply(page(false, Vec::new())).await;
    assert!(careful.verify_offline(&token).is_ok());
}

#[tokio::test(start_paused = true)]
async fn more_revocations_than_may_be_held_count_as_not_received() {
    let issuer = TestIssuer::new();
    let verifier = verifier(&issuer, Beyond::Refuse);
    let entries = (0..100_001).map(|number| entry(Kind::Session, &number.to_string())).collect();
    verifier.apply(page(true, entries)).await;
    let token = issuer.token("ada", "user");
    assert_eq!(verifier.verify_offline(&token), Err(Refusal::RevocationsUnknown));
    assert_eq!(verifier.stats().revocations, 0);
    verifier.apply(page(false, Vec::new())).await;
    assert_eq!(verifier.verify_offline(&token), Err(Refusal::RevocationsUnknown), "a heartbeat brings none of it back");
    assert_eq!(verifier.cursor(), None, "the whole set has to be read");
    verifier.apply(page(true, Vec::new())).await;
    assert!(verifier.verify_offline(&token).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_change_without_the_set_before_it_refuses_what_it_names_and_counts_as_not_received() {
    let issuer = TestIssuer::new();
    let verifier = verifier(&issuer, Beyond::Refuse);
    verifier.apply(page(false, vec![entry(Kind::User, "eve")])).await;
    assert_eq!(verifier.verify_offline(&issuer.token("ada", "user")), Err(Refusal::RevocationsUnknown));
    assert_eq!(verifier.verify_offline(&issuer.token("eve", "user")), Err(Refusal::Revoked));
    assert_eq!(verifier.cursor(), None);
}

#[tokio::test(start_paused = true)]
async fn what_a_clock_an_hour_ahead_made_the_replica_forget_is_not_accepted_when_the_clock_is_right_again() {
    let issuer = TestIssuer::new();
    let (careful, trusting) = (verifier(&issuer, Beyond::Refuse), verifier(&issuer, Beyond::Accept));
    let (revoked, good) = (issuer.token_with(json!({"sid": "gone"})), issuer.token("ada", "user"));
    for verifier in [&careful, &trusting] {
        verifier.apply(page(true, vec![entry(Kind::Session, "gone")])).await;
    }
    issuer.advance(3600);
    for verifier in [&careful, &trusting] {
        verifier.apply(page(false, Vec::new())).await;
        assert_eq!(verifier.stats().revocations, 0);
    }
    issuer.advance(-3600);
    assert_eq!(careful.verify_offline(&revoked), Err(Refusal::RevocationsUnknown));
    assert!(trusting.verify_offline(&revoked).is_ok());
    assert_eq!(trusting.stats().unchecked, 1, "it accepts, and counts it");
    careful.apply(page(false, Vec::new())).await;
    assert_eq!(careful.cursor(), None, "the whole set has to be read");
    assert_eq!(careful.verify_offline(&revoked), Err(Refusal::RevocationsUnknown));
    careful.apply(page(true, vec![entry(Kind::Session, "gone")])).await;
    assert_eq!(careful.verify_offline(&revoked), Err(Refusal::Revoked));
    assert!(careful.verify_offline(&good).is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_cached_token_ends_with_its_life_and_with_a_clock_that_was_set_back() {
    let issuer = TestIssuer::new();
    let verifier = issuer.builder().cache_tokens(10).jwks(&issuer.jwks()).expect("keys").build();
    let token = issuer.token("ada", "user");
    assert!(verifier.verify_offline(&token).is_ok());
    issuer.advance(-3600);
    assert!(verifier.verify_offline(&token).is_err(), "issued in an hour");
    issuer.advance(3600 + 899);
    assert!(verifier.verify_offline(&token).is_ok());
    issuer.advance(1);
    assert!(verifier.verify_offline(&token).is_err());
}

#[test]
fn a_cache_compares_the_whole_token_and_is_bounded() {
    let issuer = TestIssuer::new();
    let verifier = issuer.builder().cache_tokens(4).jwks(&issuer.jwks()).expect("keys").build();
    let token = issuer.token("ada", "user");
    assert!(verifier.verify_offline(&token).is_ok());
    let other = issuer.token_with(json!({"sub": "root"}));
    let (header, rest) = token.split_once('.').expect("a token");
    let (_, signature) = rest.split_once('.').expect("a token");
    let payload = other.split('.').nth(1).expect("a payload");
    assert!(
        verifier.verify_offline(&format!("{header}.{payload}.{signature}")).is_err(),
        "another payload, the same tail"
    );
    for number in 0..50 {
        assert!(verifier.verify_offline(&issuer.token(&number.to_string(), "user")).is_ok());
        assert!(verifier.stats().cached <= 4);
    }
}
