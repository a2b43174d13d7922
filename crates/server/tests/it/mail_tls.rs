//! Mail by a real mail server, as its operator would try it: with TLS, without trust, with none there.

use hallpass_testbed::MailServer;
use serde_json::json;

use crate::process::{Ended, Site, http};

/// `hallpass mail test`, with what is trusted.
fn test(site: &Site, authority: Option<&str>) -> Ended {
    let mut command = site.command(&["--json", "mail", "test", "ada@example.com"]);
    command.envs(authority.map(|file| ("SSL_CERT_FILE", file)));
    Ended::of(command.output().expect("it runs"))
}

fn site(url: &str) -> Site {
    Site::with(&["mail.transport=smtp", &format!("mail.url={url}"), "mail.from=Auth <hallpass@auth.example>"])
}

#[test]
fn a_mail_goes_over_tls_to_a_server_that_is_trusted_and_to_no_other() {
    let mail = MailServer::start();
    let authority = mail.authority().display().to_string();
    let site = site(&format!("smtp://localhost:{}?tls=required", mail.port()));
    let server = site.serve();
    test(&site, Some(&authority)).expect(0);
    let taken = mail.wait_for(1);
    assert!(taken[0].contains("esmtps") && taken[0].contains("To: ada@example.com"), "{}", taken[0]);
    assert!(
        taken[0].contains("From: \"Auth\" <hallpass@auth.example>") || taken[0].contains("From: Auth <"),
        "{}",
        taken[0]
    );
    let refused = test(&site, None).expect(1);
    assert_eq!(refused.error(), "not_sent", "{refused:?}");
    assert_eq!(mail.taken().len(), 1, "nothing is sent to who cannot be trusted");
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_while_it_sends_ends_in_order_and_sends_the_rest_later() {
    const PEOPLE: usize = 24;
    /// What is claimed and not settled waits for the end of its lease, two minutes.
    const CLAIMED: usize = 4;
    let mut mail = MailServer::start();
    mail.stop();
    let url = format!("mail.url=smtp://127.0.0.1:{}", mail.port());
    let more = ["mail.transport=smtp", &url, "mail.from=a@auth.example", "mail.require_verified=false"];
    let site = Site::with(&[&more[..], &["limits.register_max=1000"]].concat());
    let server = site.serve();
    for n in 0..PEOPLE {
        let body = json!({"email": format!("user{n}@example.com"), "password": "hall-monitor 4711"});
        let answer = http().post(server.url("/auth/register")).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 201);
    }
    tokio::task::block_in_place(|| {
        mail.start_again();
        // All were put off while the mail server was down.
        mail.wait_for(1);
        assert_eq!(server.stop(), Some(0));
        assert!(!site.log().contains("panicked"), "{}", site.log());
        let again = site.serve();
        mail.wait_for(PEOPLE - CLAIMED);
        assert_eq!(again.stop(), Some(0));
    });
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let mut mail = MailServer::start();
    let site = site(&format!("smtp://localhost:{}", mail.port()));
    mail.stop();
    let server = site.serve();
    let refused = test(&site, None).expect(1);
    assert_eq!(refused.error(), "not_sent", "{refused:?}");
    let doctor = site.run(&["--json", "doctor"]);
    assert!(doctor.stdout.contains("mail"), "{}", doctor.stdout);
    assert_eq!(server.stop(), Some(0));
}
