//! What the binary refuses to start on, and what it starts on with a warning.

use std::os::unix::fs::PermissionsExt;

use crate::process::{Ended, Site};

fn set_mode(site: &Site, mode: u32) {
    let key = site.path("hallpass-data/master.key");
    std::fs::set_permissions(key, PermissionsExt::from_mode(mode)).expect("permissions");
}

#[test]
fn a_master_key_that_every_user_can_read_or_write_is_refused_and_one_that_its_group_can_read_is_warned_of() {
    let site = Site::new();
    site.run(&["migrate"]).expect(0);
    for mode in [0o644, 0o604, 0o602] {
        set_mode(&site, mode);
        for command in [&["serve"][..], &["users", "list"]] {
            let refused = site.run(command).expect(1);
            assert!(refused.stderr.contains("chmod 600"), "{mode:o}: {}", refused.stderr);
        }
    }
    set_mode(&site, 0o640);
    site.run(&["users", "list"]).expect(0);
    let doctor = site.run(&["doctor"]).expect(0);
    assert!(doctor.stdout.contains("open to its group"), "{}", doctor.stdout);
    drop(site.serve());
    assert!(site.log().contains("the master key is open to its group"), "{}", site.log());
    set_mode(&site, 0o600);
    drop(site.serve());
}

#[test]
fn a_pod_beside_a_service_of_the_same_name_starts_and_says_what_it_passed_over() {
    let site = Site::new();
    let injected = [
        ("HALLPASS_SERVICE_HOST", "10.96.0.12"),
        ("HALLPASS_SERVICE_PORT", "80"),
        ("HALLPASS_SERVICE_PORT_HTTP", "80"),
        ("HALLPASS_PORT", "tcp://10.96.0.12:80"),
        ("HALLPASS_PORT_80_TCP", "tcp://10.96.0.12:80"),
        ("HALLPASS_PORT_80_TCP_PROTO", "tcp"),
        ("HALLPASS_PORT_80_TCP_PORT", "80"),
        ("HALLPASS_PORT_80_TCP_ADDR", "10.96.0.12"),
    ];
    drop(site.serve_at("127.0.0.1:0", &injected));
    for (name, _) in injected {
        assert!(
            site.log().contains(&format!("{name}: looks like a variable that Kubernetes injects")),
            "{}",
            site.log()
        );
    }
    let mut command = site.command(&["config"]);
    let refused = Ended::of(command.env("HALLPASS_PORT", "8080").output().expect("it runs")).expect(1);
    assert!(refused.stderr.contains("HALLPASS_PORT") || refused.stderr.contains("port:"), "{}", refused.stderr);
}

#[test]
fn metrics_on_a_public_listener_are_warned_of_at_the_start_and_by_the_doctor() {
    let site = Site::new();
    let public = ["issuer=https://auth.example", "token.algorithm=ES256"];
    drop(site.serve_with(&public));
    assert!(site.log().contains("/metrics, /healthz and /readyz are on the public listener"), "{}", site.log());
    let doctor = site.run(&["--set", public[0], "doctor"]).expect(0);
    assert!(doctor.stdout.contains("on the public listener"), "{}", doctor.stdout);
}

#[test]
fn the_doctor_says_what_is_logged_and_warns_when_warnings_are_not() {
    let site = Site::new();
    let doctor = |level: &str| site.run(&["--set", &format!("log.level={level}"), "doctor"]).expect(0).stdout;
    assert!(doctor("info,hallpass_auth=debug").contains("info and above; hallpass_auth at debug"));
    assert!(doctor("error").contains("hides warnings"));
    let refused = site.run(&["--set", "log.level=warning", "serve"]).expect(1);
    assert!(refused.stderr.contains("did you mean `warn`?"), "{}", refused.stderr);
}
