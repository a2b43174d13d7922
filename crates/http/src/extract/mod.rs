//! Reading requests: strictly, once, and before any use case is asked.

mod accept;
mod bearer;
mod body;
mod client_ip;
mod cookie;
mod ctx;
mod form;
mod invalid;
mod marks;
mod oauth_client;
mod query;

pub use self::accept::prefers_page;
pub use self::bearer::{Bearer, bearer_token};
pub use self::body::read as read_body;
pub use self::body::{Body, OptionalBody};
pub use self::client_ip::{ClientIp, LocalProxy, client_ip};
pub use self::cookie::{
    clear_cookie, clear_flow, flow_cookie, refresh_cookie, replaced_cookie, set_cookie, set_device, set_flow,
};
pub use self::ctx::RequestCtx;
pub use self::form::Form;
pub use self::marks::RequestMarks;
pub use self::oauth_client::{Service, service_client};
pub use self::query::{Cursor, Id, Query};
