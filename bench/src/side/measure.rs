//! One contender's turn at one work.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::contender::Contender;
use super::workload::{Visitor, Work};
use crate::Outcome;
use crate::stats::Times;

/// What is measured: so many connections that do this, beside so many that log in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) work: Work,
    pub(crate) connections: usize,
    pub(crate) storm: usize,
    /// Requests a second that arrive whether the server keeps up or not; without it, each connection asks again as soon
    /// as it has its answer.
    pub(crate) arriving: Option<f64>,
}

/// What a turn has shown.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) cpu_us: f64,
}

type Walks = JoinSet<Outcome<(Visitor, Vec<Duration>)>>;

pub(crate) async fn turn(contender: &Contender, cell: &Cell, time: Duration) -> Outcome<Figures> {
    let visitors = visitors(contender, cell).await?;
    let mut storm = storm(contender.port, cell, time * 2).await?;
    let (before, begun) = (cpu(contender.pid), Instant::now());
    let mut walks = match cell.arriving {
        None => closed_loop(visitors, time),
        Some(rate) => open_loop(visitors, rate, time),
    };
    let mut times = Vec::new();
    while let Some(walk) = walks.join_next().await {
        let (visitor, mut walked) = walk??;
        times.append(&mut walked);
        if let (Ok(mut sessions), true) = (contender.sessions.lock(), cell.work != Work::Login) {
            sessions.extend(visitor.into_refresh_token());
        }
    }
    let (took, spent) = (begun.elapsed(), cpu(contender.pid).saturating_sub(before));
    storm.shutdown().await;
    Ok(figures(times, took, spent))
}

async fn visitors(contender: &Contender, cell: &Cell) -> Outcome<Vec<Visitor>> {
    let mut visitors = Vec::with_capacity(cell.connections);
    for number in 0..cell.connections {
        let session = contender.sessions.lock().ok().and_then(|mut sessions| sessions.pop());
        visitors.push(Visitor::new(contender.port, cell.work, number, session).await?);
    }
    Ok(visitors)
}

async fn storm(port: u16, cell: &Cell, time: Duration) -> Outcome<Walks> {
    let mut storm = JoinSet::new();
    for number in 0..cell.storm {
        let number = cell.connections + number;
        storm.spawn(ask_again(Visitor::new(port, Work::Login, number, None).await?, time));
    }
    if cell.storm > 0 {
        // The queue has filled by then.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(storm)
}

fn closed_loop(visitors: Vec<Visitor>, time: Duration) -> Walks {
    visitors.into_iter().map(|visitor| ask_again(visitor, time)).collect()
}

async fn ask_again(mut visitor: Visitor, time: Duration) -> Outcome<(Visitor, Vec<Duration>)> {
    let begun = Instant::now();
    let mut times = Vec::new();
    while begun.elapsed() < time {
        let step = Instant::now();
        visitor.step().await?;
        times.push(step.elapsed());
    }
    Ok((visitor, times))
}

fn open_loop(visitors: Vec<Visitor>, rate: f64, time: Duration) -> Walks {
    let (queues, arrivals): (Vec<_>, Vec<_>) = visitors.iter().map(|_| unbounded_channel()).unzip();
    // A thread sleeps to the microsecond; the runtime's timer counts milliseconds.
    thread::spawn(move || arrive(&queues, rate, time));
    visitors.into_iter().zip(arrivals).map(|(visitor, arrivals)| ask_when_due(visitor, arrivals)).collect()
}

/// Each connection in its turn.
fn arrive(queues: &[UnboundedSender<Instant>], rate: f64, time: Duration) {
    let begun = Instant::now();
    for (queue, number) in queues.iter().cycle().zip(0u32..) {
        let due = Duration::from_secs_f64(f64::from(number) / rate);
        if due >= time {
            return;
        }
        thread::sleep(due.saturating_sub(begun.elapsed()));
        // A visitor that failed is reported where it failed.
        let _ = queue.send(begun + due);
    }
}

/// Counts from the moment that a request was due, so that a server that stalls is charged for all that wait meanwhile.
async fn ask_when_due(
    mut visitor: Visitor,
    mut arrivals: UnboundedReceiver<Instant>,
) -> Outcome<(Visitor, Vec<Duration>)> {
    let mut times = Vec::new();
    while let Some(due) = arrivals.recv().await {
        visitor.step().await?;
        times.push(due.elapsed());
    }
    Ok((visitor, times))
}

#[allow(clippy::cast_precision_loss)] // millions
fn figures(times: Vec<Duration>, took: Duration, spent: Duration) -> Figures {
    let count = times.len().max(1) as f64;
    let times = Times::of(times);
    Figures {
        per_second: count / took.as_secs_f64(),
        p50_ms: times.at(50),
        p99_ms: times.at(99),
        cpu_us: spent.as_secs_f64() * 1e6 / count,
    }
}

/// The median of each figure.
pub(crate) fn median(turns: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| {
        let mut values: Vec<f64> = turns.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    Figures {
        per_second: of(|turn| turn.per_second),
        p50_ms: of(|turn| turn.p50_ms),
        p99_ms: of(|turn| turn.p99_ms),
        cpu_us: of(|turn| turn.cpu_us),
    }
}

/// Processor time of a process and its children, user and system. The kernel counts hundredths of a second.
fn cpu(parent: u32) -> Duration {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ticks = processes.filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // Behind the name, which may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
        let of_parent = pid == parent || fields.get(1)?.parse() == Ok(parent);
        let spent = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        of_parent.then_some(spent)
    });
    Duration::from_millis(ticks.sum::<u64>() * 10)
}
