//! TLS to the database: who is believed.

use std::path::Path;

use hallpass_store::{Options, Store, op};
use hallpass_testbed::{Certificate, Postgres};
use tempfile::TempDir;

async fn connects(url: &str) -> Result<(), String> {
    let store = Store::connect(Options::postgres(url.parse().expect("a URL"))).await.map_err(|e| e.to_string())?;
    store.read(op::CountUsers).await.map_err(|error| error.to_string())?;
    store.close().await;
    Ok(())
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("writes");
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_believed_by_its_certificate_as_far_as_sslmode_says() {
    let folder = TempDir::new().expect("a folder");
    let Certificate { authority, certificate, key } = Certificate::of("localhost");
    let Certificate { authority: stranger, .. } = Certificate::of("localhost");
    let cluster = Postgres::with_tls(&certificate, &key);
    let right = write(folder.path(), "right.pem", &authority);
    let wrong = write(folder.path(), "wrong.pem", &stranger);
    let url = |host: &str, rest: &str| format!("postgres://hallpass@{host}:{}/postgres?{rest}", cluster.port());
    for (host, rest) in [
        ("localhost", "sslmode=verify-full&sslrootcert=RIGHT"),
        ("127.0.0.1", "sslmode=verify-ca&sslrootcert=RIGHT"),
        ("127.0.0.1", "sslmode=require"),
        ("127.0.0.1", "sslmode=prefer"),
    ] {
        let url = url(host, &rest.replace("RIGHT", &right.replace('/', "%2F")));
        assert_eq!(connects(&url).await, Ok(()), "{url}");
    }
    for (host, rest) in [
        ("127.0.0.1", "sslmode=verify-full&sslrootcert=RIGHT"),
        ("localhost", "sslmode=verify-full&sslrootcert=WRONG"),
        ("127.0.0.1", "sslmode=verify-ca&sslrootcert=WRONG"),
        ("localhost", "sslmode=verify-full"),
        ("localhost", "sslmode=verify-full&sslrootcert=%2Fnowhere"),
        ("127.0.0.1", "sslmode=disable"),
    ] {
        let url = url(host, &rest.replace("RIGHT", &right).replace("WRONG", &wrong));
        assert!(connects(&url).await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_when_tls_is_required() {
    let url = Postgres::schema();
    assert_eq!(connects(&format!("{url}&sslmode=disable")).await, Ok(()));
    for mode in ["require", "verify-ca", "verify-full"] {
        assert!(connects(&format!("{url}&sslmode={mode}")).await.is_err(), "{mode}");
    }
}
