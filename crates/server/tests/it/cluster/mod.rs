//! Several real servers on one store: what they promise together, and what faults between them may and may not do.
//!
//! [`generator`] has actors use the servers at random while faults are made, and writes a [`history`]; [`check`] says
//! whether one server without faults could have answered the same. A run is brought back by its seed: it is printed,
//! and `HALLPASS_SEED` sets it.

mod accounts;
mod backing;
mod check;
mod check_itself;
mod client;
mod clock;
mod clocks;
mod deliveries;
mod disk;
mod families;
mod faults;
mod generator;
mod guarded_redis;
mod history;
mod killed;
mod limits;
mod linearize;
mod one_winner;
mod pool;
mod replicas;
mod runs;
mod verdicts;
