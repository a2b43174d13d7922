//! Names that mean no field: counted and said, once.

use std::collections::BTreeSet;

/// The most names that are kept: a file may have a new one in each line.
const MOST: usize = 20;
/// The longest text that is taken for a name.
const LONGEST: usize = 40;

/// The names that were passed over.
#[derive(Default)]
pub(super) struct Extra {
    names: BTreeSet<String>,
    are_cut: bool,
}

impl Extra {
    pub(super) fn note(&mut self, names: impl IntoIterator<Item = String>) {
        for name in names {
            if self.names.len() < MOST {
                self.names.insert(name);
            } else {
                self.are_cut |= !self.names.contains(&name);
            }
        }
    }

    /// One warning for all of them.
    pub(super) fn warning(&self) -> Option<String> {
        let names = named(self.names.iter().map(String::as_str), |c| c.is_alphanumeric() || "_-. ".contains(c));
        let more = if self.are_cut { " and more" } else { "" };
        (!self.names.is_empty()).then(|| format!("passed over, since they are no fields of a user: {names}{more}"))
    }
}

/// Names in a row. What does not look like one may be a hash or a password, and is not repeated.
pub(super) fn named<'a>(names: impl Iterator<Item = &'a str>, may_be_in_a_name: impl Fn(char) -> bool) -> String {
    let is_name = |name: &&str| !name.is_empty() && name.len() <= LONGEST && name.chars().all(&may_be_in_a_name);
    let (names, others): (Vec<&str>, Vec<&str>) = names.partition(is_name);
    let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match (names.is_empty(), others.len()) {
        (false, 0) => names,
        (true, n) => format!("{n} that look like no names"),
        (false, n) => format!("{names} and {n} that look like no names"),
    }
}
