//! Real servers and bad networks for tests: started privately on free ports, stopped with the test.

pub mod proxy;
pub mod redis;
