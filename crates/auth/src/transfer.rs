//! Moving a whole installation into another database, beside servers that go on serving from the first.
//!
//! Of the two stores at most one is open at any time, so that no refresh token can be spent in both and none is lost:
//!
//! 1. The copy is marked before its first row; no server starts on a marked copy. It is filled while the source lives.
//! 2. The source is closed for writing, by the database itself: its servers answer 503 and change nothing.
//! 3. The last changes follow, until a pass over everything finds no difference. If that fails, the source is opened
//!    again, and goes on as if nothing had been.
//! 4. The source is marked as moved, for good: the one step that decides. Its servers read that and stop.
//! 5. The copy's mark is taken away.
//!
//! Killed anywhere, the same command goes on from there.

use std::time::Duration;

use base64_simd::URL_SAFE_NO_PAD;
use hallpass_model::audit::Actor;
use hallpass_store::op::transfer::{Begin, Begun, Close, Closed, Finish, Incoming, MarkMoved, Marks, Outgoing};
use hallpass_store::op::transfer::{ReadMarks, Reopen};
use hallpass_store::transfer::{Compared, Copier, CopyError, OnProgress};
use hallpass_store::{Error as StoreError, Store, op};

use crate::core::{CHECK_NAME, fits};
use crate::ctx::{Ctx, RandomError};
use crate::keys::{RingError, unseal_all};
use crate::master::MasterKey;

/// Passes over a closed source until one finds nothing. The second does; more would mean that another process writes.
const LAST_PASSES: u32 = 4;
/// Attempts to close the source: a write under way may block it, and ends in a moment.
const ATTEMPTS: u32 = 10;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(300);
/// Several times as long as servers take to read that their store has moved: by then none of them verifies any more,
/// so that nothing that is revoked in the copy is accepted by them.
const QUIET: Duration = Duration::from_millis(1500);

/// A move under way.
#[derive(Debug)]
pub struct Transfer {
    source: Store,
    target: Store,
    master: MasterKey,
    mark: Incoming,
    to: String,
    copier: Copier,
    /// Whether an earlier run had begun it.
    pub is_resumed: bool,
    /// Whether the source is closed already, so that only the end is left to do.
    pub is_closed: bool,
}

/// The two stores of a move, and what they are called where a person reads it: without passwords.
#[derive(Debug)]
pub struct Route {
    /// Where the installation is.
    pub source: Store,
    /// Where it goes.
    pub target: Store,
    /// What the source is called.
    pub from: String,
    /// What the target is called.
    pub to: String,
}

/// What was proved before the copy was opened.
#[derive(Debug)]
pub struct Verified {
    /// Every table of both stores: the same number of rows, and the same checksum over every column of all of them.
    pub tables: Vec<Compared>,
    /// Signing keys of the copy that open under the master key.
    pub signing_keys: usize,
}

/// Why a move was refused, or came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// There is nothing to move.
    #[error("{0} holds no installation: are --from and --to the right way round?")]
    EmptySource(String),
    /// The source is itself a copy that was never finished.
    #[error("{0} is the unfinished copy of another database, and holds no installation of its own")]
    UnfinishedSource(String),
    /// The source has moved already.
    #[error("{from} has moved to {to} already, for good")]
    Moved { from: String, to: String },
    /// The source is closed for another move.
    #[error("{from} is closed for a move to {to}: finish that one, or give it up with --give-up")]
    Elsewhere { from: String, to: String },
    /// The target is in use.
    #[error("{0} is in use: a move goes to an empty database")]
    Inhabited(String),
    /// The target is being filled from elsewhere.
    #[error("{to} is an unfinished copy of another installation, from {from}: empty it first")]
    Foreign {
        /// The target.
        to: String,
        /// Where its rows come from.
        from: String,
    },
    /// The master key is another one.
    #[error(
        "the master key does not fit {0}: it was written under another one. Run this with the data_dir, or the \
         keys.master_key, that its servers use; the target will need the same one"
    )]
    WrongMasterKey(String),
    /// A signing key does not open.
    #[error("signing keys: {0}")]
    Keys(#[from] RingError),
    /// Reading or writing failed.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The source cannot be closed.
    #[error("the source cannot be closed for writing: {0}")]
    NotClosed(StoreError),
    /// Both stores do not hold the same after all.
    #[error("after the last pass the stores still differ ({0}): the source is open again, nothing was moved")]
    Unequal(String),
    /// The source was opened again while this went on.
    #[error("the source was opened again in the meantime: run the same command once more")]
    Reopened,
    /// The source of randomness failed.
    #[error(transparent)]
    Random(#[from] RandomError),
}

type Result<T, E = TransferError> = std::result::Result<T, E>;

fn source_failed(error: StoreError) -> TransferError {
    CopyError::Source(error).into()
}

fn target_failed(error: StoreError) -> TransferError {
    CopyError::Target(error).into()
}

/// Whether the installation in the source can be had back in the target at all, and which it is.
async fn installation(route: &Route, master: &MasterKey) -> Result<String> {
    let check = route.source.read(op::GetMeta { name: CHECK_NAME }).await.map_err(source_failed)?;
    let check = check.ok_or_else(|| TransferError::EmptySource(route.from.clone()))?;
    if !fits(master, &check) {
        return Err(TransferError::WrongMasterKey(route.from.clone()));
    }
    let ring = route.source.read(op::ListKeys).await.map_err(source_failed)?;
    unseal_all(&ring, master)?;
    Ok(URL_SAFE_NO_PAD.encode_to_string(&check))
}

impl Transfer {
    /// Looks at both stores, and marks the target as a copy of the source. Nothing of it can be seen in the source.
    ///
    /// # Errors
    /// A [`TransferError`]; then nothing was changed.
    pub async fn begin(route: Route, master: MasterKey, ctx: &Ctx) -> Result<Self> {
        let marks = route.source.read(ReadMarks).await.map_err(source_failed)?;
        if marks.incoming.is_some() {
            return Err(TransferError::UnfinishedSource(route.from));
        }
        let installation = installation(&route, &master).await?;
        may_go_on(&route, &marks).await?;
        let ticket = URL_SAFE_NO_PAD.encode_to_string(ctx.bytes::<16>()?);
        let mark = Incoming { installation, ticket, from: route.from.clone() };
        let begun = route.target.write(Begin { mark: mark.clone() }).await.map_err(target_failed)?;
        let (mark, is_resumed) = match begun {
            Begun::Fresh => (mark, false),
            Begun::Resumed(earlier) => (earlier, true),
            Begun::Foreign(other) => return Err(TransferError::Foreign { to: route.to, from: other.from }),
            Begun::Inhabited => return Err(TransferError::Inhabited(route.to)),
        };
        let Route { source, target, to, .. } = route;
        let copier = Copier::new(source.clone(), target.clone(), &mark)?;
        Ok(Self { source, target, master, mark, to, copier, is_resumed, is_closed: marks.outgoing.is_some() })
    }

    /// How many rows there are to go through.
    ///
    /// # Errors
    /// A [`TransferError`].
    pub async fn rows(&self) -> Result<u64> {
        let mut rows = 0;
        for table in op::transfer::Table::ALL.iter().copied() {
            let (source, _) = self.copier.counts(table).await?;
            rows += source;
        }
        Ok(rows)
    }

    /// The first pass: copies everything, from where an earlier run was interrupted.
    ///
    /// # Errors
    /// A [`TransferError`].
    pub async fn fill(&self, on_progress: OnProgress<'_>) -> Result<u64> {
        Ok(differences(&self.copier.fill(on_progress).await?))
    }

    /// A further pass; how many rows had changed since the last.
    ///
    /// # Errors
    /// A [`TransferError`].
    pub async fn catch_up(&self, on_progress: OnProgress<'_>) -> Result<u64> {
        Ok(differences(&self.copier.catch_up(on_progress).await?))
    }

    /// Closes the source, brings the last changes over, proves that both stores hold the same, and opens the copy in
    /// the source's place. When it fails before that is decided, the source is opened again.
    ///
    /// # Errors
    /// A [`TransferError`].
    pub async fn cut_over(&self, ctx: &Ctx, on_progress: OnProgress<'_>) -> Result<Verified> {
        let closing = self.close(ctx).await?;
        let result = self.last(&closing, on_progress).await;
        if result.is_err() {
            // Refused when it has moved already. If it cannot be done, the source stays closed, which loses nothing.
            let reopened = self.source.write(Reopen).await;
            tracing::warn!(?reopened, "the move failed; opening the source again");
        }
        let verified = result?;
        tokio::time::sleep(QUIET).await;
        let finish = Finish { act: ctx.act(Actor::Operator), mark: self.mark.clone() };
        let is_finished = self.target.write(finish).await.map_err(target_failed)?;
        if is_finished { Ok(verified) } else { Err(CopyError::NotOurs.into()) }
    }

    async fn close(&self, ctx: &Ctx) -> Result<Outgoing> {
        let closing = URL_SAFE_NO_PAD.encode_to_string(ctx.bytes::<16>()?);
        let mark = Outgoing { ticket: self.mark.ticket.clone(), closing, to: self.to.clone() };
        let mut attempt = 1;
        let closed = loop {
            match self.source.write(Close { mark: mark.clone() }).await {
                Ok(closed) => break closed,
                Err(error) if attempt == ATTEMPTS => return Err(TransferError::NotClosed(error)),
                Err(_) => tokio::time::sleep(BETWEEN_ATTEMPTS).await,
            }
            attempt += 1;
        };
        match closed {
            Closed::Closed(mark) => Ok(mark),
            Closed::Elsewhere(other) => Err(TransferError::Elsewhere { from: self.mark.from.clone(), to: other.to }),
        }
    }

    async fn last(&self, closing: &Outgoing, on_progress: OnProgress<'_>) -> Result<Verified> {
        let mut tables = self.copier.catch_up(on_progress).await?;
        for _ in 1..LAST_PASSES {
            if differences(&tables) == 0 {
                break;
            }
            tables = self.copier.catch_up(on_progress).await?;
        }
        self.prove(&tables).await?;
        let ring = self.target.read(op::ListKeys).await.map_err(target_failed)?;
        let signing_keys = unseal_all(&ring, &self.master)?;
        let has_moved = self.source.write(MarkMoved { mark: closing.clone() }).await;
        if has_moved.map_err(source_failed)? {
            Ok(Verified { tables, signing_keys })
        } else {
            Err(TransferError::Reopened)
        }
    }

    /// The pass that found nothing has read every row of both stores and compared every column; the databases' own
    /// counts say that it has left none out.
    async fn prove(&self, tables: &[Compared]) -> Result<()> {
        for compared in tables {
            let counts = self.copier.counts(compared.table).await?;
            let is_same = compared.differences == 0 && compared.source == compared.target;
            if !is_same || counts != (compared.source.rows, compared.target.rows) {
                return Err(TransferError::Unequal(compared.table.name().to_owned()));
            }
        }
        Ok(())
    }
}

/// A source that is closed may only go on to where it was closed for.
async fn may_go_on(route: &Route, source: &Marks) -> Result<()> {
    let Some(outgoing) = &source.outgoing else { return Ok(()) };
    let target = route.target.read(ReadMarks).await.map_err(target_failed)?;
    if target.incoming.is_some_and(|incoming| incoming.ticket == outgoing.ticket) {
        return Ok(());
    }
    let (from, to) = (route.from.clone(), outgoing.to.clone());
    Err(if source.is_moved { TransferError::Moved { from, to } } else { TransferError::Elsewhere { from, to } })
}

fn differences(tables: &[Compared]) -> u64 {
    tables.iter().map(|compared| compared.differences).sum()
}

/// Gives a move up: opens the source for writing again.
///
/// # Errors
/// [`TransferError::Moved`] when it is too late: the copy may be in use.
pub async fn give_up(source: &Store, from: &str) -> Result<()> {
    let marks = source.read(ReadMarks).await.map_err(source_failed)?;
    if source.write(Reopen).await.map_err(source_failed)? {
        return Ok(());
    }
    let to = marks.outgoing.map_or_else(|| "another database".to_owned(), |outgoing| outgoing.to);
    Err(TransferError::Moved { from: from.to_owned(), to })
}
