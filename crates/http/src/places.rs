//! Where an address is: what it says by itself, and for a global one what a database of places says, if there is one.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use hallpass_model::special_use;

/// A database that knows where global addresses are.
pub trait PlaceDatabase: fmt::Debug + Send + Sync {
    /// Where an address is, in a few words; none when that is not known, or the database fails.
    fn place_of(&self, address: IpAddr) -> Option<String>;
}

/// What is known of places. Places are worked out when a list is shown and stored nowhere: an address that is kept for a
/// year is told by the database of today, and a database that is taken away leaves nothing behind.
#[derive(Debug, Clone, Default)]
pub struct Places(Option<Arc<dyn PlaceDatabase>>);

impl Places {
    /// With a database for global addresses.
    pub fn new(database: Arc<dyn PlaceDatabase>) -> Self {
        Self(Some(database))
    }

    /// The place of an address as the store keeps it. The registries go first: a database may know networks that only
    /// this machine or its neighbours see, and would be wrong.
    pub fn of(&self, address: Option<&str>) -> Option<String> {
        let address: IpAddr = address?.parse().ok()?;
        let address = address.to_canonical();
        match special_use(address) {
            Some(words) => Some(words.to_owned()),
            None => self.0.as_ref()?.place_of(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Everywhere;

    impl PlaceDatabase for Everywhere {
        fn place_of(&self, address: IpAddr) -> Option<String> {
            Some(format!("where {address} is"))
        }
    }

    #[test]
    fn the_database_is_asked_for_global_addresses_only() {
        let places = Places::new(Arc::new(Everywhere));
        for (address, expected) in [
            (Some("81.2.69.142"), Some("where 81.2.69.142 is")),
            (Some("::ffff:81.2.69.142"), Some("where 81.2.69.142 is")),
            (Some("::ffff:10.0.0.1"), Some("Private network")),
            (Some("127.0.0.1"), Some("This machine")),
            (Some("nowhere"), None),
            (None, None),
        ] {
            assert_eq!(places.of(address).as_deref(), expected, "{address:?}");
        }
        assert_eq!(Places::default().of(Some("81.2.69.142")), None, "nothing is invented");
    }
}
