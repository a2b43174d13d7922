//! Hash formats against vectors made by other libraries, and the pool under pressure.

mod formats;
mod pool;
