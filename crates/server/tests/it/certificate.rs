//! What `hallpass doctor` says about a certificate.

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use crate::process::{Ended, Site};

/// Files of a certificate for these names and years, in a site that serves with them.
fn doctor(names: &[&str], years: (i32, i32)) -> Ended {
    let site = Site::new();
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut wanted = CertificateParams::new(names).expect("names");
    (wanted.not_before, wanted.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
    let key = KeyPair::generate().expect("a key");
    let made = wanted.self_signed(&key).expect("a certificate");
    let cert = site.write("cert.pem", &made.pem());
    let key = site.write("key.pem", &key.serialize_pem());
    examined(&site, &cert, &key)
}

fn examined(site: &Site, cert: &str, key: &str) -> Ended {
    let (cert, key) = (format!("tls.cert_file={cert}"), format!("tls.key_file={key}"));
    let issuer = "issuer=https://auth.example.com";
    site.run(&["--json", "--set", issuer, "--set", &cert, "--set", &key, "doctor"])
}

/// Verdict and words about the certificate.
fn verdict(ended: &Ended) -> (String, String) {
    let findings = ended.json();
    let of_it = |finding: &&serde_json::Value| finding["check"] == "certificate";
    let found = findings.as_array().expect("a list").iter().find(of_it).expect("a finding");
    let text = |name: &str| found[name].as_str().expect("a text").to_owned();
    (text("verdict"), text("told"))
}

#[test]
fn doctor_fails_on_a_certificate_that_clients_will_refuse() {
    for (names, years, word) in [
        (["auth.example.com"], (2001, 2002), "expired"),
        (["auth.example.com"], (2901, 2902), "not valid before"),
        (["example.com"], (2001, 2902), "none of its names"),
        (["*.auth.example.com"], (2001, 2902), "none of its names"),
    ] {
        let ended = doctor(&names, years);
        let (mark, told) = verdict(&ended);
        assert_eq!((mark.as_str(), ended.code), ("fail", 1), "{told}");
        assert!(told.contains(word), "{word}: {told}");
    }
    let good = doctor(&["*.example.com"], (2001, 2902));
    assert_eq!(verdict(&good).0, "ok", "{}", good.stdout);
}

#[test]
fn doctor_fails_on_a_certificate_that_is_missing_or_of_another_key() {
    let site = Site::new();
    let made = rcgen::generate_simple_self_signed(["auth.example.com".to_owned()]).expect("a certificate");
    let cert = site.write("cert.pem", &made.cert.pem());
    let key = site.write("key.pem", &made.signing_key.serialize_pem());
    let other = site.write("other.pem", &KeyPair::generate().expect("a key").serialize_pem());
    assert_eq!(verdict(&examined(&site, &cert, &key)).0, "ok");
    let missing = site.path("missing.pem").display().to_string();
    for (cert, key) in [(&cert, &missing), (&missing, &key), (&cert, &other), (&key, &cert)] {
        let ended = examined(&site, cert, key);
        assert_eq!((verdict(&ended).0.as_str(), ended.code), ("fail", 1), "{}", ended.stdout);
    }
}

#[test]
fn doctor_warns_of_a_certificate_that_ends_within_two_weeks() {
    let site = Site::new();
    let mut wanted = CertificateParams::new(["auth.example.com".to_owned()]).expect("names");
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("a clock after 1970");
    wanted.not_before = date_time_ymd(2001, 1, 1);
    wanted.not_after = date_time_ymd(1970, 1, 1) + now + std::time::Duration::from_secs(13 * 24 * 3600);
    let key = KeyPair::generate().expect("a key");
    let cert = site.write("cert.pem", &wanted.self_signed(&key).expect("a certificate").pem());
    let key = site.write("key.pem", &key.serialize_pem());
    let (mark, told) = verdict(&examined(&site, &cert, &key));
    assert_eq!(mark, "warn", "{told}");
}
