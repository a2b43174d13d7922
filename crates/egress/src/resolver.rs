//! Names become addresses here, and nowhere else: what is looked at is what is called.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::is_global;

/// A host has an address that is not global.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the host has an address of this machine or its networks")]
pub(crate) struct NotGlobal;

/// The resolver of the system, behind the rule.
pub(crate) struct Guarded {
    pub(crate) allowed: Arc<[String]>,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_ascii_lowercase();
        let is_allowed = self.allowed.contains(&host);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            // One address that is not global is enough: a name that mixes them is made to pass a check.
            if !is_allowed && !found.iter().all(|address| is_global(address.ip())) {
                return Err(NotGlobal.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
