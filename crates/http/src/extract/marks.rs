//! What is known of a request before its route is asked.

use std::net::IpAddr;
use std::sync::Arc;

use hallpass_auth::Caller;

/// In the extensions of each request, put there by the layer around the routes.
#[derive(Debug, Clone)]
pub struct RequestMarks {
    /// The id, for logs and the audit log.
    pub id: Arc<str>,
    /// The client's address, after the trusted proxies were walked.
    pub address: Option<IpAddr>,
    /// Who the request comes from: filled in by the use case that proves it.
    pub caller: Arc<Caller>,
}
