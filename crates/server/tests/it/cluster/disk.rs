//! A disk that is full, and then is not.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use hallpass_testbed::Postgres;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::backing::{Backing, Services};
use super::client::{Reply, patient, send};
use super::generator::PASSWORD;
use super::replicas::Cluster;

const EMAIL: &str = "ada@example.com";

/// A file system of a few megabytes.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Only root may mount. `./test` leaves these tests out where it is not allowed, and the runner counts them as skipped.
    fn mount(mib: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={mib}m,mode=1777"), "tmpfs"]).arg(folder.path());
        let mounted = mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        assert!(mounted, "a small file system can only be mounted by root");
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    /// Takes every byte that is left.
    fn fill(&self) {
        let mut file = std::fs::File::options().create(true).append(true).open(self.filler()).expect("a file");
        for size in [1 << 20, 1 << 12, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.filler()).expect("it is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.path()).status());
    }
}

async fn refresh(cluster: &Cluster, token: &str) -> Reply {
    send(patient().post(cluster.url(1, "/auth/refresh")).json(&json!({"refresh_token": token}))).await
}

/// A few logins, which leave rows behind; how many were answered 503.
async fn logins(cluster: &Cluster) -> usize {
    let (http, mut asked) = (patient(), Vec::new());
    for number in 0..4 {
        let body = json!({"email": EMAIL, "password": PASSWORD});
        let login = http.post(cluster.url(number % cluster.len(), "/auth/login")).json(&body);
        asked.push(tokio::spawn(send(login)));
    }
    let mut refused = 0;
    for one in asked {
        match one.await.expect("no panic") {
            Reply::Answer(200, _) => {}
            Reply::Unknown => refused += 1,
            other => panic!("a full disk is no verdict: {other:?}"),
        }
    }
    refused
}

/// A replica that cannot write says so to its probes. What the store had allocated already may take a few rows more.
async fn not_ready(cluster: &Cluster, disk: &SmallDisk) {
    for _ in 0..300 {
        disk.fill();
        let answer = patient().get(cluster.url(1, "/readyz")).send().await.expect("an answer");
        if answer.status() == 503 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("a replica with a full disk stays ready");
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_else(|| panic!("no {name} in {body}")).to_owned()
}

/// Refreshes until the disk is full, and on until there is room again; the session goes on as if nothing had been.
async fn full_and_not_full(cluster: &Cluster, disk: &SmallDisk, while_full: impl AsyncFn(), revive: impl Fn()) {
    cluster.register(EMAIL, PASSWORD).await;
    let body = cluster.login(0, EMAIL, PASSWORD).await;
    let (access, mut token) = (text(&body, "access_token"), text(&body, "refresh_token"));
    let mut refused = 0;
    for _ in 0..3_000 {
        // Whatever the store gives back to the disk is taken, too.
        disk.fill();
        let (rotated, logins) = tokio::join!(refresh(cluster, &token), logins(cluster));
        match rotated {
            Reply::Answer(200, body) => token = text(&body, "refresh_token"),
            Reply::Unknown => refused += 1,
            other => panic!("a full disk is no verdict: {other:?}"),
        }
        refused += logins;
        if refused >= 3 {
            break;
        }
    }
    assert!(refused >= 3, "the disk was never full");
    for replica in 0..cluster.len() {
        let check = patient().get(cluster.url(replica, "/auth/me")).bearer_auth(&access);
        if let Reply::Answer(status, _) = send(check).await {
            assert_eq!(status, 200, "a check needs no room");
        }
    }
    while_full().await;
    disk.make_room();
    revive();
    for _ in 0..600 {
        match refresh(cluster, &token).await {
            Reply::Answer(status, body) => {
                assert_eq!(status, 200, "the session is lost: {body}");
                cluster.login(0, EMAIL, PASSWORD).await;
                return;
            }
            Reply::Unknown => tokio::time::sleep(Duration::from_millis(50)).await,
            Reply::NotSent => panic!("a replica is gone"),
        }
    }
    panic!("there is room again, and nobody notices");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_503_and_loses_nothing() {
    let disk = SmallDisk::mount(4);
    let folder = format!("data_dir={}", disk.path().join("data").display());
    let settings = ["token.refresh_grace=60s", &folder];
    let cluster = tokio::task::block_in_place(|| Cluster::start(2, &Backing::File, &settings));
    full_and_not_full(&cluster, &disk, async || not_ready(&cluster, &disk).await, || ()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_a_full_disk_is_503_and_loses_nothing() {
    let disk = SmallDisk::mount(160);
    let services = Services::on(tokio::task::block_in_place(|| Postgres::below(disk.path())));
    let backing = Backing::services(services);
    let start = || Cluster::start(2, &backing, &["token.refresh_grace=60s"]);
    let cluster = tokio::task::block_in_place(start);
    let Backing::Services(services) = &backing else { unreachable!() };
    // Without room for its log the database gives up, as it should; the operator who makes room starts it again.
    // A server that has allocated its log ahead still takes the row of a probe.
    full_and_not_full(
        &cluster,
        &disk,
        async || (),
        || {
            tokio::task::block_in_place(|| {
                if !services.database().is_up() {
                    services.database().crash();
                    services.database().start_again();
                }
            });
        },
    )
    .await;
}
