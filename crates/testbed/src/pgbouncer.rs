//! A pgbouncer in transaction mode in front of a cluster.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use crate::postgres::{Postgres, as_nobody_special};

/// As the cluster's script: says that it is ready, and is gone at the end of its input.
const SCRIPT: &str = r#"
set -u
trap '' INT HUP TERM
folder=$(mktemp -d "${TMPDIR:-/tmp}/hallpass-pgbouncer.XXXXXX") || exit 1
cd "$folder" || exit 1
printf '"hallpass" ""\n' >users
cat >pgbouncer.ini <<END
[databases]
* = host=127.0.0.1 port=$2
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $1
unix_socket_dir =
auth_type = trust
auth_file = $folder/users
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
END
PATH=$PATH:/usr/sbin pgbouncer -q pgbouncer.ini >log 2>&1 </dev/null &
pid=$!
tries=0
until psql -X -q -t -d "postgres://hallpass@127.0.0.1:$1/postgres" -c 'SELECT 1' >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 600 ] || { cat log >&2; cd / && rm -rf "$folder"; exit 1; }
    tries=$((tries + 1))
    sleep 0.1
done
echo ready
read -r _
kill -KILL "$pid"; wait "$pid" 2>/dev/null
cd / && rm -rf "$folder"
"#;

/// Stopped and removed when this is dropped or its process ends.
#[derive(Debug)]
pub struct PgBouncer {
    url: String,
    supervisor: Child,
}

impl PgBouncer {
    /// Four connections to the cluster, handed out for a transaction at a time.
    ///
    /// # Panics
    /// When the installed pgbouncer cannot be started.
    pub fn in_front_of(cluster: &Postgres) -> Self {
        (0..5).find_map(|_| Self::try_start(cluster)).expect("the installed pgbouncer starts")
    }

    fn try_start(cluster: &Postgres) -> Option<Self> {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).ok()?.port();
        let mut command = as_nobody_special();
        command.args(["sh", "-c", SCRIPT, "pgbouncer.sh", &port.to_string(), &cluster.port().to_string()]);
        command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut supervisor = command.spawn().expect("a shell");
        let mut line = String::new();
        let mut stdout = BufReader::new(supervisor.stdout.take().expect("piped"));
        if stdout.read_line(&mut line).is_err() || line.is_empty() {
            let _ = supervisor.wait();
            return None;
        }
        let url = format!("postgres://hallpass@127.0.0.1:{port}/postgres?pgbouncer=true");
        Some(Self { url, supervisor })
    }

    /// The cluster's first database, through the pooler.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // The end of its input is what the supervisor waits for.
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}
