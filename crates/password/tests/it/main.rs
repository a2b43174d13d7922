//! Hash formats against vectors made by other libraries, and the pool under pressure.

mod breached;
mod foreign;
mod formats;
mod pool;
