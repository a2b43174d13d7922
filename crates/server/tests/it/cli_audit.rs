//! `hallpass audit verify` and `doctor` on a log that was changed in the database.

use serde_json::json;

use crate::process::{Site, http};

#[tokio::test]
async fn a_changed_row_is_found_by_verify_and_by_doctor_and_a_head_shows_a_log_that_was_put_back() {
    let site = Site::new();
    let server = site.serve();
    let guess = json!({"email": "nobody@example.com", "password": "a wrong guess"});
    for _ in 0..3 {
        http().post(server.url("/auth/login")).json(&guess).send().await.expect("an answer");
    }
    // Beside the running server, and by a process of its own.
    let whole = site.run(&["--json", "audit", "verify"]).expect(0).json();
    assert_eq!((&whole["faults"], &whole["unchained"]), (&json!([]), &json!(0)), "{whole}");
    let head = whole["head"].as_str().expect("a head").to_owned();
    assert_eq!(server.stop(), Some(0));
    assert!(site.run(&["audit", "verify", "--head", &head]).expect(0).stdout.contains("0 faults"));
    assert_eq!(site.run(&["--json", "audit", "verify", "--head", "1:xyz"]).expect(2).error(), "usage");

    let raw = rusqlite::Connection::open(site.path("hallpass-data/hallpass.db")).expect("opens");
    raw.execute_batch("DROP TRIGGER audit_log_is_never_changed; DROP TRIGGER audit_log_keeps_its_newest_day")
        .expect("drops");
    let seq: i64 = raw.query_row("SELECT MAX(seq) FROM audit_log", [], |row| row.get(0)).expect("a row");
    raw.execute("UPDATE audit_log SET detail = '{\"email\":\"ada@example.com\"}' WHERE seq = ?1", [seq])
        .expect("writes");
    let told = format!("the row with seq {seq} was changed, or was not written by this server");
    assert_eq!(site.run(&["--json", "audit", "verify"]).expect(1).json()["faults"], json!([told]));
    assert!(site.run(&["doctor"]).expect(1).stdout.contains(&told));

    raw.execute("DELETE FROM audit_log WHERE seq = ?1", [seq]).expect("deletes");
    let missing = site.run(&["audit", "verify"]).expect(1).stdout;
    assert!(missing.contains("of the chain is missing"), "{missing}");
    raw.execute("UPDATE audit_chain SET position = position - 1 WHERE name = 'head'", []).expect("writes");
    site.run(&["audit", "verify"]).expect(0);
    let put_back = site.run(&["audit", "verify", "--head", &head]).expect(1).stdout;
    assert!(put_back.contains("put back to an earlier state"), "{put_back}");
}
