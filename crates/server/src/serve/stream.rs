//! The stream under HTTP: it notes what comes, gives the library's own refusals a body, and closes without hurry.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Activity;
use super::refusal::Refusals;

/// How long a client that is sending may go on after its answer.
const LINGER: Duration = Duration::from_secs(5);
/// How much of it is read and thrown away.
const LINGER_BYTES: usize = 4 << 20;

/// A stream of bytes, plain or over TLS.
pub(super) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A watched stream.
pub(super) struct Watched {
    io: Box<dyn Io>,
    activity: Arc<Activity>,
    refusals: Refusals,
    /// A refusal that took the place of the library's, as far as it is not written yet.
    instead: Bytes,
    lingering: Option<(Pin<Box<Sleep>>, usize)>,
}

impl Watched {
    pub(super) fn new(io: Box<dyn Io>, activity: Arc<Activity>, refusals: Refusals) -> Self {
        Self { io, activity, refusals, instead: Bytes::new(), lingering: None }
    }

    fn write_instead(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.instead.is_empty() {
            let written = ready!(Pin::new(&mut self.io).poll_write(cx, &self.instead))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.instead.advance(written);
        }
        Poll::Ready(Ok(()))
    }

    /// Reads on for a while. To close a socket with unread bytes resets the connection, and a reset can destroy the
    /// answer before the client has read it.
    fn linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let begin = || (Box::pin(sleep_until(Instant::now() + LINGER)), LINGER_BYTES);
        let (end, left) = self.lingering.get_or_insert_with(begin);
        let mut space = [0; 4096];
        loop {
            if end.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            let mut buffer = ReadBuf::new(&mut space);
            let read = ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer));
            let length = buffer.filled().len();
            *left = left.saturating_sub(length);
            if read.is_err() || length == 0 || *left == 0 {
                return Poll::Ready(());
            }
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.activity.has_read();
        }
        Poll::Ready(Ok(()))
    }
}

/// Not vectored: the library's refusal is recognised in one piece.
impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.write_instead(cx))?;
        let Some(instead) = self.refusals.instead_of(bytes) else {
            return Pin::new(&mut self.io).poll_write(cx, bytes);
        };
        self.activity.leave_unread();
        self.instead = instead;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_instead(cx))?;
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_instead(cx))?;
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.io).poll_shutdown(cx))?;
        }
        if self.activity.has_unread() {
            ready!(self.linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}
