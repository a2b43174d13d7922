//! One connection, from its handshake to its end.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::{Builder, Connection};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Stage;
use super::accept::Front;
use super::activity::{Activity, Timers};
use super::limit::Place;
use super::refusal::Refusals;
use super::service::{Peer, Requests};
use super::stream::{Io, Watched};

type Http<'a> = Connection<'a, TokioIo<Watched>, Requests, TokioExecutor>;

/// A connection beyond the bound: long enough for one question.
const SPARE: Duration = Duration::from_secs(2);
/// A header of HTTP/1.1, and what is buffered of its body.
const HTTP1_BUFFER: usize = 16 << 10;
/// Streams of a connection at once.
const STREAMS: u32 = 100;
/// hyper's own bound on a header, beyond which it answers 431 without a document; the server's is below it.
const HTTP2_HEADER: u32 = 20 << 10;
/// What a client may send on one stream before it is read: more than any route reads, so that 413 is an answer of its own.
const HTTP2_STREAM_WINDOW: u32 = 32 << 10;
/// And on all streams of its connection: the least that the protocol knows.
const HTTP2_WINDOW: u32 = 65_535;
const HTTP2_SEND_BUFFER: usize = 64 << 10;

/// Serves a connection that has a place.
pub(super) async fn serve(front: Arc<Front>, stream: Box<dyn Io>, peer: Peer, place: Arc<Place>) {
    let mut timers = front.timers;
    if place.is_spare() {
        timers = Timers { header: SPARE, keep_alive: SPARE, stalled: SPARE };
    }
    let Ok(stream) = front.handshake(stream, timers.header).await else { return };
    let activity = Activity::new(timers);
    let stream = Watched::new(stream, activity.clone(), Refusals::new(front.state.clone()));
    let requests = Requests { front: front.clone(), peer, place, activity: activity.clone() };
    let builder = http(timers.header);
    let connection = pin!(builder.serve_connection(TokioIo::new(stream), requests));
    drive(connection, &activity, front.stage.clone()).await;
}

impl Front {
    async fn handshake(&self, stream: Box<dyn Io>, patience: Duration) -> io::Result<Box<dyn Io>> {
        let Some(certificates) = &self.tls else { return Ok(stream) };
        let shaken = tokio::time::timeout(patience, certificates.acceptor().accept(stream)).await?;
        Ok(Box::new(shaken?))
    }
}

fn http(ping_timeout: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // hyper's timer for headers runs while a connection is idle, too: see `Activity`.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HTTP1_BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HTTP2_HEADER)
        .initial_stream_window_size(HTTP2_STREAM_WINDOW)
        .initial_connection_window_size(HTTP2_WINDOW)
        .max_send_buf_size(HTTP2_SEND_BUFFER)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(ping_timeout);
    builder
}

/// Until the connection has ended, has been as it is for too long, or must end.
async fn drive(mut connection: Pin<&mut Http<'_>>, activity: &Activity, mut stage: watch::Receiver<Stage>) {
    let mut is_asked_to_end = false;
    loop {
        let next = tokio::select! {
            next = until_due(connection.as_mut(), activity) => next,
            () = reached(&mut stage, if is_asked_to_end { Stage::Ended } else { Stage::Draining }) => Next::MustEnd,
        };
        match next {
            // The client may be waiting between two requests: GOAWAY makes it send the next one elsewhere.
            Next::Due if activity.is_idle() && !is_asked_to_end => activity.close_soon(),
            Next::MustEnd if !is_asked_to_end => {}
            Next::Ended | Next::Due | Next::MustEnd => return,
        }
        is_asked_to_end = true;
        connection.as_mut().graceful_shutdown();
    }
}

/// Waits until the server has come so far.
async fn reached(stage: &mut watch::Receiver<Stage>, far: Stage) {
    // A sender that is gone is a server that has ended.
    drop(stage.wait_for(|stage| *stage >= far).await);
}

enum Next {
    Ended,
    Due,
    MustEnd,
}

async fn until_due(mut connection: Pin<&mut Http<'_>>, activity: &Activity) -> Next {
    let mut due = pin!(sleep_until(activity.deadline()));
    std::future::poll_fn(|cx| {
        if connection.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Next::Ended);
        }
        loop {
            // It may have moved either way: a header that begins is due sooner than the silence before it.
            let deadline = activity.deadline();
            if deadline != due.deadline() {
                due.as_mut().reset(deadline);
            }
            std::task::ready!(due.as_mut().poll(cx));
            if activity.deadline() <= Instant::now() {
                return Poll::Ready(Next::Due);
            }
        }
    })
    .await
}
