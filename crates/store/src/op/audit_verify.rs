//! Looking for gaps and changes in the audit log, page by page.

use std::fmt;
use std::str::FromStr;

use hallpass_model::audit::AuditRecord;
use hallpass_model::{SessionId, UserId, id};

use super::{Mode, Operation};
use crate::Result;
use crate::audit_chain::{AuditKey, Content, Mac, START, equal};
use crate::conn::{Columns, Conn, FromRow, Row};

const PAGE: &str = "SELECT seq, at, event, actor, user_id, session_id, ip, user_agent, request_id, detail, position, \
    mac FROM audit_log WHERE seq > $1 ORDER BY seq LIMIT $2";
const MARKS: &str = "SELECT name, position, seal FROM audit_chain";

/// How far the log has been verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last row that was read.
    seq: i64,
    /// The place and the mac of the newest row of the chain so far.
    position: i64,
    mac: Option<Mac>,
    /// Rows that are in the chain.
    pub chained: u64,
    /// Rows of a version that knew no chain, from before its first row.
    pub before: u64,
    /// Rows outside the chain that stand after its first row. Once retention has removed a row of the chain, none from
    /// before it is left.
    pub unchained: u64,
    /// What is wrong, the oldest first; no more than [`Progress::MOST`].
    pub faults: Vec<Fault>,
    /// Whether the head noted elsewhere was found; none when there was nothing to look for.
    pub holds: Option<bool>,
}

impl Progress {
    /// Faults that are listed. The first one says what to look for; a forged suffix makes one for each row.
    pub const MOST: usize = 100;

    /// From the start; with a head noted elsewhere, which must still be in the log.
    pub fn holding(head: Option<&Head>) -> Self {
        // No number is left out: a forged row may have one below the first.
        Self { seq: i64::MIN, holds: head.map(|_| false), ..Self::default() }
    }

    /// The newest row so far.
    pub fn head(&self) -> Option<Head> {
        self.mac.map(|mac| Head { position: self.position, mac })
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < Self::MOST {
            self.faults.push(fault);
        }
    }
}

/// A row of the chain, to be compared with a later state of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its place.
    pub position: i64,
    /// Its keyed hash.
    pub mac: Mac,
}

/// What is wrong with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The rows of these places are missing.
    Missing {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// This row does not say what it said, or was not written by this server.
    Changed { seq: i64 },
    /// This row stands where another place belongs.
    Misplaced { seq: i64 },
    /// The record of what the chain's ends are is missing or was changed.
    Marks,
}

/// Verifies the next page.
#[derive(Debug)]
pub struct VerifyAudit {
    /// How far it has come.
    pub progress: Progress,
    /// A head noted elsewhere.
    pub head: Option<Head>,
    /// Rows at once.
    pub limit: u32,
}

impl Operation for VerifyAudit {
    /// How far it has come, and whether that is the end.
    type Output = (Progress, bool);
    const NAME: &'static str = "verify_audit";
    const MODE: Mode = Mode::List;

    async fn run<C: Conn>(&self, conn: &mut C) -> Result<Self::Output> {
        let rows: Vec<Chained> = conn.rows(PAGE, &[self.progress.seq.into(), self.limit.into()]).await?;
        let marks: Vec<Mark> = conn.rows(MARKS, &[]).await?;
        let key = conn.audit_key();
        let pruned = Mark::pruned(&marks, key);
        let mut progress = self.progress.clone();
        let is_last = rows.len() < usize::try_from(self.limit).unwrap_or(usize::MAX);
        for row in &rows {
            progress.seq = row.recorded.seq;
            self.step(&mut progress, row, (key, pruned.as_ref()));
        }
        if is_last {
            close(&mut progress, &marks, pruned.as_ref());
        }
        Ok((progress, is_last))
    }
}

impl VerifyAudit {
    fn step(&self, progress: &mut Progress, row: &Chained, (key, pruned): (&AuditKey, Option<&Head>)) {
        let seq = row.recorded.seq;
        let (Some(position), Some(mac)) = (row.position, row.mac) else {
            if row.position.is_some() || row.mac.is_some() {
                progress.fault(Fault::Changed { seq });
            } else if progress.mac.is_none() && pruned.is_none() {
                progress.before += 1;
            } else {
                progress.unchained += 1;
            }
            return;
        };
        progress.chained += 1;
        if position <= progress.position {
            return progress.fault(Fault::Misplaced { seq });
        }
        let before = match pruned.filter(|pruned| pruned.position > progress.position && pruned.position < position) {
            Some(pruned) => *pruned,
            None => Head { position: progress.position, mac: progress.mac.unwrap_or(START) },
        };
        if position > before.position + 1 {
            progress.fault(Fault::Missing { from: before.position + 1, to: position - 1 });
        } else if !equal(&key.row(position, &before.mac, &row.content()), &mac) {
            progress.fault(Fault::Changed { seq });
        }
        if let Some(head) = self.head.filter(|head| head.position == position) {
            progress.holds = Some(equal(&head.mac, &mac));
        }
        (progress.position, progress.mac) = (position, Some(mac));
    }
}

/// What the ends of the chain say about its newest row, once every row has been read.
fn close(progress: &mut Progress, marks: &[Mark], pruned: Option<&Head>) {
    let has_pruned = marks.iter().any(|mark| mark.name == "pruned");
    let Some(head) = marks.iter().find(|mark| mark.name == "head") else {
        return progress.fault(Fault::Marks);
    };
    if has_pruned && pruned.is_none() {
        progress.fault(Fault::Marks);
    }
    let newest = progress.position.max(pruned.map_or(0, |pruned| pruned.position));
    if head.position > newest {
        progress.fault(Fault::Missing { from: newest + 1, to: head.position });
    } else if head.position < newest {
        progress.fault(Fault::Marks);
    }
}

struct Chained {
    recorded: AuditRecord,
    position: Option<i64>,
    mac: Option<Mac>,
}

impl Chained {
    fn content(&self) -> Content<'_> {
        let AuditRecord { at, event, actor, user, session, ip, user_agent, request_id, detail, .. } = &self.recorded;
        Content {
            at: *at,
            event,
            actor,
            user: user.as_ref().map(|id: &UserId| id::UserId::as_bytes(id).as_slice()),
            session: session.as_ref().map(|id| SessionId::as_bytes(id).as_slice()),
            ip: ip.as_deref(),
            user_agent: user_agent.as_deref(),
            request_id: request_id.as_deref(),
            detail,
        }
    }
}

impl FromRow for Chained {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let recorded = AuditRecord::from_row(row)?;
        let mac = row.blob(11)?.map(|mac| mac.try_into().unwrap_or(START));
        Ok(Self { recorded, position: row.int(10)?, mac })
    }
}

pub(super) struct Mark {
    name: String,
    position: i64,
    seal: Vec<u8>,
}

impl Mark {
    /// The newest row that retention has removed; none when there is none, or when the mark is not this server's.
    fn pruned(marks: &[Self], key: &AuditKey) -> Option<Head> {
        let mark = marks.iter().find(|mark| mark.name == "pruned")?;
        let (mac, proof) = mark.seal.split_first_chunk::<32>()?;
        let head = Head { position: mark.position, mac: *mac };
        equal(&key.pruned(head.position, &head.mac), proof).then_some(head)
    }
}

impl FromRow for Mark {
    fn from_row(row: &dyn Row) -> Result<Self> {
        let mut columns = Columns::of(row);
        Ok(Self { name: columns.text()?, position: columns.int()?, seal: columns.blob()? })
    }
}

impl FromStr for Head {
    type Err = &'static str;

    /// Reads what [`Head`]'s `Display` writes.
    fn from_str(text: &str) -> std::result::Result<Self, &'static str> {
        const MALFORMED: &str = "not a head of the audit log: give one as `hallpass audit verify` prints it";
        let (position, hex) = text.split_once(':').ok_or(MALFORMED)?;
        let mut mac = START;
        if hex.len() != 64 || !hex.is_ascii() {
            return Err(MALFORMED);
        }
        for (byte, digits) in mac.iter_mut().zip(hex.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| MALFORMED)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| MALFORMED)?;
        }
        Ok(Self { position: position.parse().map_err(|_| MALFORMED)?, mac })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { from, to } if from == to => write!(f, "row {from} of the chain is missing"),
            Self::Missing { from, to } => write!(f, "rows {from} to {to} of the chain are missing"),
            Self::Changed { seq } => write!(f, "the row with seq {seq} was changed, or was not written by this server"),
            Self::Misplaced { seq } => write!(f, "the row with seq {seq} does not stand in its place"),
            Self::Marks => f.write_str("the record of the chain's ends is missing or was changed"),
        }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.position)?;
        self.mac.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
