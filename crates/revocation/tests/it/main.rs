//! The set against a plain list, and the work that it does.

#![allow(missing_docs, clippy::missing_panics_doc)]

mod plain_list;
mod work;
