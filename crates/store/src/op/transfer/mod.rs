//! Copying a store into another one, on whichever engines: pages of every table read, compared and written.
//!
//! Each table is described once ([`Table`]), and its statements are made from that description; so a column that is
//! added to a table is added here, or the test that compares description and schema fails.

mod close;
mod mark;
mod page;
mod record;
mod table;

pub use self::close::{Close, Closed, MarkMoved, Reopen};
pub use self::mark::{Begin, Begun, Finish, Incoming, Marks, Outgoing, ReadMarks};
pub use self::page::{CountRecords, ReadPage, ReadPlaces, WritePage, Written};
pub use self::record::Record;
pub use self::table::Table;
pub use crate::conn::OwnedValue;

/// Every statement that is made at run time, for the tests that prepare them all.
#[doc(hidden)]
pub fn statements() -> Vec<(String, &'static str)> {
    Table::ALL.iter().flat_map(|table| table.statements().named(table.name())).collect()
}
