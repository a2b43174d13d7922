//! A real browser in front of the real binary: the flows of `tests/e2e/browser`, each in a Chromium of its own.
//!
//! Every flow fails on an error in the console, on a violation of the pages' policy, and on a request to elsewhere.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hallpass_testbed::MailServer;
use hallpass_testbed::receiver::Receiver;

use crate::process::{Running, Site};

/// How long a flow may take. Generous: the machine is shared. The runner ends a test at 300 s.
const PATIENCE: Duration = Duration::from_secs(280);

/// Runs a flow to its end; what it says is shown when it fails.
pub fn drive(flow: &str, server: &Running) {
    drive_with(flow, server, &[]);
}

/// The same with more arguments.
pub fn drive_with(flow: &str, server: &Running, more: &[&str]) {
    let (email, password) = server.first_admin().expect("an admin");
    let port = server.url("").rsplit(':').next().expect("a port").to_owned();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/e2e");
    assert!(folder.join("node_modules").is_dir(), "the packages are missing: ./test installs them");
    // `localhost`: only there is plain http good enough for a `Secure` cookie.
    let mut command = Command::new("node");
    command.current_dir(folder).arg(format!("browser/{flow}.mjs")).arg(format!("http://localhost:{port}"));
    command.args([email, password]).args(more).stdin(Stdio::null());
    let mut child = command.spawn().expect("node runs: see ./test");
    let end = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
        if Instant::now() > end {
            drop(child.kill());
            panic!("{flow} takes longer than {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(status.success(), "{flow} failed: what it says stands above");
}

#[test]
fn from_registering_to_signing_out_and_every_refusal_on_the_way() {
    drive("account", &Site::new().serve());
}

#[test]
fn a_server_that_is_slow_away_or_behind_a_broken_proxy_is_said_and_tried_again() {
    drive("trouble", &Site::new().serve());
}

#[test]
fn whatever_the_sign_in_page_says_it_says_in_german_to_those_who_do() {
    drive("sign_in_language", &Site::with(&["limits.mail_max=100000"]).serve());
}

#[test]
fn a_closed_registration_is_said_and_not_offered() {
    drive("closed", &Site::with(&["registration=closed"]).serve());
}

#[test]
fn tabs_that_refresh_at_the_same_moment_do_not_log_each_other_out() {
    drive("tabs", &Site::new().serve());
}

#[test]
fn tabs_that_refresh_at_the_same_moment_do_not_log_each_other_out_without_a_grace_window_either() {
    drive("tabs", &Site::with(&["token.refresh_grace=0s"]).serve());
}

#[test]
fn another_site_gets_no_cookie_no_answer_and_no_frame() {
    drive("cross_site", &Site::new().serve());
}

#[test]
fn an_admin_does_everything_in_the_console() {
    drive("console", &Site::new().serve());
}

#[test]
fn each_view_and_dialog_of_the_console_has_an_address_and_several_users_are_served_at_once() {
    drive("console_places", &Site::new().serve());
}

#[test]
fn a_one_time_password_is_handed_over_and_replaced_while_signing_in() {
    drive("one_time", &Site::new().serve());
}

#[test]
fn what_an_admin_sees_of_mails() {
    let site = Site::new();
    let server = site.serve_with(&["limits.mail_max=1000"]);
    drive_with("mail_console", &server, &[&site.path("hallpass-data/mail").display().to_string()]);
}

/// Mails go over STARTTLS to a mail server of the test's own, and the flow reads them there.
fn with_mail_server(flow: &str, settings: &[&str], prepare: impl FnOnce(&Site)) {
    let mail = MailServer::start();
    let url = format!("mail.url=smtp://localhost:{}?tls=required", mail.port());
    let common = ["mail.transport=smtp", &url, "mail.from=hallpass@auth.example", "limits.mail_max=1000"];
    let site = Site::with(&[&common, settings].concat());
    let authority = mail.authority().display().to_string();
    let server = site.serve_at("127.0.0.1:0", &[("SSL_CERT_FILE", &authority)]);
    prepare(&site);
    drive_with(flow, &server, &[&mail.spool().display().to_string()]);
    assert!(mail.taken().iter().all(|mail| mail.contains("esmtps")), "every mail went over TLS");
}

#[test]
fn what_people_do_with_mails() {
    with_mail_server("mail", &["mail.require_verified=false"], |_| ());
}

#[test]
fn who_registers_proves_the_address_first_where_that_is_asked_for() {
    with_mail_server("mail_proof", &["mail.require_verified=true"], |_| ());
}

#[test]
fn a_mail_scanner_that_opens_links_and_presses_buttons_uses_nothing_up() {
    let old_user = |site: &Site| crate::samples::old_user(site, "old@example.com", "plum trellis anvil 31");
    with_mail_server("scanner", &["mail.require_verified=false", "limits.register_max=1000"], old_user);
}

#[test]
fn strangers_lock_no_owner_out_and_a_sign_in_from_elsewhere_is_told_and_disowned() {
    let old_user = |site: &Site| crate::samples::old_user(site, "old@example.com", "plum trellis anvil 31");
    with_mail_server("devices", &["mail.require_verified=false", "limits.login_max=1000"], old_user);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_made_tested_told_and_deleted_in_the_console() {
    let receiver = Receiver::start().await;
    let site = Site::with(&["egress.allow=localhost"]);
    let authority = site.write("authority.pem", &receiver.authority);
    tokio::task::block_in_place(|| {
        let server = site.serve_at("127.0.0.1:0", &[("SSL_CERT_FILE", &authority)]);
        drive_with("webhooks", &server, &[&receiver.url()]);
    });
}

#[test]
fn a_breached_password_is_told_of_on_the_account_page_until_another_is_chosen() {
    let site = Site::new();
    let list = site.write("list.txt", "plum trellis anvil 31\n");
    let file = site.path("breached").display().to_string();
    site.run(&["breach", "build", &list, "--plain", "--output", &file]).expect(0);
    let server = site.serve_with(&[&format!("password.breached_file={file}")]);
    // By a command that knows of no list.
    for (email, password) in [("ada", "plum trellis anvil 31\n"), ("bob", "corridor-warden 1893\n")] {
        site.feed(password, &["users", "create", &format!("{email}@example.com"), "--password-stdin"]).expect(0);
    }
    drive("breached", &server);
}

#[test]
fn hostile_addresses_and_agents_are_letters_on_every_page() {
    drive("hostile", &Site::new().serve());
}

#[test]
fn every_page_is_light_still_and_accessible_wide_and_narrow() {
    drive("every_page", &Site::new().serve());
}

#[test]
fn the_api_description_has_samples_to_copy() {
    drive("docs", &Site::new().serve());
}
