//! What is PostgreSQL's alone.

mod copy;
mod merged;
mod outages;
mod pooler;
mod races;
mod schema;
mod start;
mod tls;
mod together;
