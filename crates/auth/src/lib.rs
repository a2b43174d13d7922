//! The use cases of the auth server, without HTTP
