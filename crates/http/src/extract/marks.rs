//! What layers leave in a request's extensions.

use std::sync::Arc;

use hallpass_auth::Caller;

/// The id of a request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Who the request comes from: filled in by the use case that proves it.
#[derive(Debug, Clone)]
pub struct RequestCaller(pub Arc<Caller>);
