//! Where Redis is: one server, a set watched by Sentinel, or a cluster.
//!
//! - `redis://[user:password@]host[:port][/db]`, `rediss://…` with TLS, `unix:/path` (`valkey://` and `valkeys://` too)
//! - `redis+sentinel://[user:password@]host[:port],host[:port]/master-name[/db][?sentinel_user=…&sentinel_password=…]`
//! - `redis+cluster://[user:password@]host[:port],host[:port]`
//!
//! `rediss+sentinel` and `rediss+cluster` speak TLS to every node.

use std::fmt;

use ::redis::sentinel::SentinelNodeConnectionInfo;
use ::redis::{ConnectionInfo, IntoConnectionInfo, TlsMode};

const REDIS_PORT: &str = "6379";
const SENTINEL_PORT: &str = "26379";

/// An address of Redis that was found well-formed. It may hold a password, so nothing of it is ever shown but its kind.
#[derive(Clone)]
pub struct RedisUrl(pub(super) Target);

/// The text is no address of Redis. It is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadRedisUrl(&'static str);

#[derive(Clone)]
pub(super) enum Target {
    Single(ConnectionInfo),
    Sentinel { sentinels: Vec<ConnectionInfo>, master: String, node: SentinelNodeConnectionInfo },
    Cluster(Vec<ConnectionInfo>),
}

const FORMS: BadRedisUrl = BadRedisUrl(
    "is no address of Redis; write redis://host:6379, rediss://…, redis+sentinel://host:26379,host:26379/master or \
     redis+cluster://host:6379,host:6379",
);

impl RedisUrl {
    /// Reads one of the forms above.
    ///
    /// # Errors
    /// [`BadRedisUrl`], with words for the operator.
    pub fn parse(text: &str) -> Result<Self, BadRedisUrl> {
        let (scheme, rest) = text.split_once(':').ok_or(FORMS)?;
        let target = match scheme {
            "redis" | "rediss" | "valkey" | "valkeys" | "unix" => Target::Single(node(text)?),
            "redis+sentinel" => sentinel(rest, false)?,
            "rediss+sentinel" => sentinel(rest, true)?,
            "redis+cluster" => Target::Cluster(Authority::parse(rest, false)?.nodes(REDIS_PORT)?),
            "rediss+cluster" => Target::Cluster(Authority::parse(rest, true)?.nodes(REDIS_PORT)?),
            _ => return Err(FORMS),
        };
        Ok(Self(target))
    }

    /// What kind of installation it names, for people.
    pub const fn kind(&self) -> &'static str {
        match &self.0 {
            Target::Single(_) => "one server",
            Target::Sentinel { .. } => "Sentinel",
            Target::Cluster(_) => "cluster",
        }
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisUrl({}, redacted)", self.kind())
    }
}

/// `//[credentials@]host[:port],…[/path][?query]`
struct Authority<'a> {
    scheme: &'static str,
    credentials: &'a str,
    hosts: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Authority<'a> {
    fn parse(rest: &'a str, is_tls: bool) -> Result<Self, BadRedisUrl> {
        let rest = rest.strip_prefix("//").ok_or(FORMS)?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (credentials, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        if hosts.split(',').any(str::is_empty) {
            return Err(BadRedisUrl("names a host that is empty"));
        }
        Ok(Self { scheme: if is_tls { "rediss" } else { "redis" }, credentials, hosts, path, query })
    }

    fn nodes(&self, port: &str) -> Result<Vec<ConnectionInfo>, BadRedisUrl> {
        self.nodes_as(self.credentials, port)
    }

    fn nodes_as(&self, credentials: &str, port: &str) -> Result<Vec<ConnectionInfo>, BadRedisUrl> {
        let at = if credentials.is_empty() { "" } else { "@" };
        let of = |host: &str| {
            let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()));
            let port = if has_port { String::new() } else { format!(":{port}") };
            node(&format!("{}://{credentials}{at}{host}{port}", self.scheme))
        };
        self.hosts.split(',').map(of).collect()
    }

    fn query(&self, name: &str) -> &'a str {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next_back().unwrap_or_default()
    }
}

fn sentinel(rest: &str, is_tls: bool) -> Result<Target, BadRedisUrl> {
    let authority = Authority::parse(rest, is_tls)?;
    let (master, db) = authority.path.split_once('/').unwrap_or((authority.path, ""));
    if master.is_empty() {
        return Err(BadRedisUrl("names no master: redis+sentinel://host:26379/master-name"));
    }
    let (user, password) = (authority.query("sentinel_user"), authority.query("sentinel_password"));
    let own = if password.is_empty() { String::new() } else { format!("{user}:{password}") };
    let at = if authority.credentials.is_empty() { "" } else { "@" };
    let data = node(&format!("{}://{}{at}data/{db}", authority.scheme, authority.credentials))?;
    let mut settings = SentinelNodeConnectionInfo::default()
        .set_redis_connection_info(data.redis_settings().clone())
        .set_tcp_settings(data.tcp_settings().clone());
    if is_tls {
        settings = settings.set_tls_mode(TlsMode::Secure);
    }
    Ok(Target::Sentinel {
        sentinels: authority.nodes_as(&own, SENTINEL_PORT)?,
        master: master.to_owned(),
        node: settings,
    })
}

/// One node, without the delay of small packets that the driver leaves on by default.
fn node(text: &str) -> Result<ConnectionInfo, BadRedisUrl> {
    let info = text.into_connection_info().map_err(|_| FORMS)?;
    if text.contains('#') {
        return Err(BadRedisUrl("must not switch off the check of certificates"));
    }
    let tcp = info.tcp_settings().clone().set_nodelay(true);
    Ok(info.set_tcp_settings(tcp))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> &'static str {
        RedisUrl::parse(text).expect(text).kind()
    }

    #[test]
    fn reads_every_form() {
        for text in ["redis://localhost", "rediss://user:pass@host:1/2", "valkey://h", "unix:/run/redis.sock"] {
            assert_eq!(kind(text), "one server");
        }
        assert_eq!(kind("redis+cluster://:secret@a,b:7000,[::1]:7001"), "cluster");
        let RedisUrl(Target::Sentinel { sentinels, master, .. }) =
            RedisUrl::parse("rediss+sentinel://u:p@a,b:7/main/3?sentinel_password=s").expect("well-formed")
        else {
            panic!("Sentinel")
        };
        assert_eq!((sentinels.len(), master.as_str()), (2, "main"));
        assert_eq!(sentinels[0].addr().to_string(), "a:26379");
        assert_eq!(sentinels[1].addr().to_string(), "b:7");
        assert_eq!(sentinels[0].redis_settings().password(), Some("s"));
    }

    #[test]
    fn refuses_what_is_none_and_repeats_nothing_of_it() {
        for text in
            ["", "redis", "http://h", "redis+sentinel://h:1", "redis+cluster://a,,b", "rediss://h#insecure", "redis://"]
        {
            let error = RedisUrl::parse(text).expect_err(text).to_string();
            assert!(!error.contains("insecure://"), "{error}");
        }
        let shown = format!("{:?}", RedisUrl::parse("redis://:hush@h").expect("well-formed"));
        assert!(!shown.contains("hush"), "{shown}");
    }
}
