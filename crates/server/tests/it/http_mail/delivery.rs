//! Mails and a real mail server: taken, put off, refused, out of reach.

use hallpass_testbed::MailServer;

use super::*;

async fn with(mail_server: &MailServer) -> TestServer {
    let port = mail_server.port();
    TestServer::with(|setup| {
        setup.mail_server = Some(port);
        setup.settings.rules.mail.max = 1000;
    })
    .await
}

async fn messages(root: &mut Client, state: &str) -> Vec<Value> {
    root.refresh().await.expect(200);
    let answer = root.get(&format!("/admin/mail?state={state}&limit=200")).bearer().send().await.expect(200).json();
    answer["items"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_mail_server_takes_a_mail_in_both_forms_and_its_code_works() {
    let mail_server = MailServer::start();
    let server = with(&mail_server).await;
    let mut root = server.admin("root@example.com").await;
    let mut ada = server.user("ada@example.net").await;
    server.send_all_messages().await;
    let taken = mail_server.wait_for(1);
    let mail = taken.iter().find(|mail| mail.contains("ada@example.net")).expect("a mail to ada");
    for part in ["Auto-Submitted: auto-generated", "multipart/alternative", "text/plain", "text/html", "Message-ID:"] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
    verify(&mut ada, json!({"token": read(mail).token})).await.expect(204);
    let sent = messages(&mut root, "sent").await;
    assert!(sent.iter().all(|message| message["attempts"] == 1 && message["last_error"].is_null()), "{sent:?}");
}

#[tokio::test]
async fn what_is_put_off_is_tried_again_ever_more_seldom_and_expires_with_what_it_carries() {
    let mail_server = MailServer::start();
    let server = with(&mail_server).await;
    let mut root = server.admin("root@example.com").await;
    server.user("slow-ada@example.net").await;
    server.send_all_messages().await;
    forgot(&mut server.client(), "slow-ada@example.net").await.expect(202);
    let mut tries = 0;
    for second in 0..(31 * 60) {
        tries += server.send_messages().await.put_off;
        server.advance(Duration::from_secs(1));
        if second == 0 {
            let waiting = messages(&mut root, "waiting").await;
            let error = waiting[0]["last_error"].as_str().unwrap_or_default().to_owned();
            assert!(error.contains("Try again later"), "{error}");
        }
    }
    // Each at 0 s, 10 s, 70 s and 370 s; the first try of the first was before.
    assert_eq!(tries, 3 + 4);
    let expired = messages(&mut root, "expired").await;
    assert_eq!((expired.len(), expired[0]["template"].as_str()), (1, Some("reset_password")), "{expired:?}");
    assert_eq!(messages(&mut root, "waiting").await.len(), 1, "the proof of the address is good for a day");
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_not_written_to_again_until_an_administrator_says_so() {
    let mail_server = MailServer::start();
    let server = with(&mail_server).await;
    let mut root = server.admin("root@example.com").await;
    server.user("gone-ada@example.net").await;
    server.user("full-bob@example.net").await;
    server.send_all_messages().await;
    let refused = messages(&mut root, "refused").await;
    let words: Vec<_> = refused.iter().map(|message| message["last_error"].to_string()).collect();
    assert!(words.iter().any(|words| words.contains("No such mailbox")), "{words:?}");
    assert!(words.iter().any(|words| words.contains("Not wanted")), "{words:?}");
    forgot(&mut server.client(), "gone-ada@example.net").await.expect(202);
    forgot(&mut server.client(), "full-bob@example.net").await.expect(202);
    server.send_all_messages().await;
    assert_eq!(messages(&mut root, "void").await.len(), 1, "a mail that was not wanted says nothing of the mailbox");
    let path = format!("/admin/users/{}/mail/reset_password", server.id_of("gone-ada@example.net").await);
    root.post(&path).bearer().send().await.expect(202);
    server.send_all_messages().await;
    assert_eq!(messages(&mut root, "refused").await.len(), 4);
}

#[tokio::test]
async fn a_mail_server_that_is_down_loses_nothing_blocks_nobody_and_blames_no_message() {
    let mut mail_server = MailServer::start();
    let server = with(&mail_server).await;
    let mut root = server.admin("root@example.com").await;
    server.send_all_messages().await;
    mail_server.stop();
    for n in 0..6 {
        server.user(&format!("user{n}@example.net")).await;
    }
    for _ in 0..30 {
        server.send_messages().await;
        server.advance(Duration::from_secs(10));
    }
    let waiting = messages(&mut root, "waiting").await;
    assert_eq!(waiting.len(), 6);
    assert!(waiting.iter().all(|message| message["attempts"] == 0), "{waiting:?}");
    server.client().get("/readyz").send().await.expect(200);
    mail_server.start_again();
    server.send_all_messages().await;
    assert!(messages(&mut root, "waiting").await.is_empty());
    mail_server.wait_for(6);
}

#[tokio::test]
async fn many_mails_go_over_few_connections_and_a_refusal_spoils_no_other_mail() {
    let mail_server = MailServer::start();
    let server = with(&mail_server).await;
    let mut root = server.admin("root@example.com").await;
    for n in 0..20 {
        let name = ["user", "gone", "slow", "full"][n % 4];
        server.user(&format!("{name}{n}@example.net")).await;
    }
    server.send_all_messages().await;
    assert_eq!(mail_server.wait_for(5).len(), 5);
    assert_eq!(messages(&mut root, "sent").await.len(), 5);
    assert_eq!(messages(&mut root, "refused").await.len(), 10);
    for n in 20..60 {
        server.user(&format!("user{n}@example.net")).await;
    }
    let before = mail_server.connections();
    server.send_all_messages().await;
    assert_eq!(mail_server.wait_for(45).len(), 45);
    let connections = mail_server.connections() - before;
    assert!((1..=4).contains(&connections), "{connections} connections for 40 mails, four at once");
}
