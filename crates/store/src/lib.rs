//! Durable truth: one struct per operation, one statement text for every engine
