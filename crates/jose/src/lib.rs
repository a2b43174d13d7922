//! JWS, JWK and JWT claims: pure, strict, no I/O, no clock
