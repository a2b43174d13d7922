//! Plain data of the auth server and its transitions
