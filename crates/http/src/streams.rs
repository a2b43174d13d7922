//! Places for readers of the revocation feed: bounded in all and for each service client.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hallpass_auth::{Auth, ClientPrincipal, Error};
use hallpass_model::ClientId;
use tokio::time::Instant;

/// Readers at once.
pub const STREAMS: usize = 1024;
/// For how long a look at a client's registration holds, over all its streams.
const HOLDS: Duration = Duration::from_millis(250);

/// When a client's registration was last looked at; held during the look.
type Looked = Arc<tokio::sync::Mutex<Option<Instant>>>;

/// Who reads at the moment.
#[derive(Debug)]
pub(crate) struct Streams {
    per_client: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    clients: HashMap<ClientId, (usize, Looked)>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The client has as many as one client may have.
    Client,
    /// The server has no place left.
    Server,
}

/// A place, which is given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    streams: Arc<Streams>,
    client: ClientPrincipal,
    looked: Looked,
}

impl Streams {
    /// No place is taken yet, and one client may take so many.
    pub(crate) fn new(per_client: usize) -> Arc<Self> {
        Arc::new(Self { per_client, open: Mutex::default() })
    }

    /// Takes a place.
    ///
    /// # Errors
    /// [`Full`].
    pub(crate) fn take(self: &Arc<Self>, client: ClientPrincipal) -> Result<Place, Full> {
        let mut open = self.open();
        if open.all >= STREAMS {
            return Err(Full::Server);
        }
        let (count, looked) = open.clients.entry(client.id).or_default();
        if *count >= self.per_client {
            return Err(Full::Client);
        }
        *count += 1;
        let looked = looked.clone();
        open.all += 1;
        Ok(Place { streams: self.clone(), client, looked })
    }

    fn give_back(&self, client: ClientId) {
        let mut open = self.open();
        open.all = open.all.saturating_sub(1);
        if let Some((count, _)) = open.clients.get_mut(&client) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.clients.remove(&client);
            }
        }
    }

    // Two numbers that are changed together, whatever panicked elsewhere.
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Returns when the client may not read any more, or when that cannot be found out.
    ///
    /// A client is revoked by another process, so the store is asked: a few times a second for each client, however
    /// many streams it has and however much there is to tell.
    pub(crate) async fn until_revoked(&self, auth: &Auth) -> Error {
        loop {
            tokio::time::sleep(HOLDS).await;
            if let Err(error) = self.look(auth).await {
                return error;
            }
        }
    }

    async fn look(&self, auth: &Auth) -> Result<(), Error> {
        let mut looked = self.looked.lock().await;
        if looked.is_none_or(|at| at.elapsed() >= HOLDS) {
            auth.services().recheck(&self.client).await?;
            *looked = Some(Instant::now());
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.give_back(self.client.id);
    }
}
