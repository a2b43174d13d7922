//! Fast shared state: the denylist and its broadcast
