//! One contender's turn at one work.

use std::fs;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
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
}

/// What a turn has shown.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) cpu_us: f64,
}

pub(crate) async fn turn(contender: &Contender, cell: &Cell, time: Duration) -> Outcome<Figures> {
    let port = contender.port;
    let (mut visitors, mut storm) = (Vec::new(), JoinSet::new());
    for number in 0..cell.connections {
        let session = contender.sessions.lock().map_or(Value::Null, |mut sessions| sessions.pop().unwrap_or_default());
        visitors.push(Visitor::new(port, cell.work, number, session).await?);
    }
    for number in 0..cell.storm {
        let number = cell.connections + number;
        storm.spawn(visit(Visitor::new(port, Work::Login, number, Value::Null).await?, time * 2));
    }
    if cell.storm > 0 {
        // The queue has filled by then.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let before = cpu(contender.pid);
    let begun = Instant::now();
    let mut walks = JoinSet::new();
    for visitor in visitors {
        walks.spawn(visit(visitor, time));
    }
    let mut times = Vec::new();
    while let Some(walk) = walks.join_next().await {
        let (visitor, mut walked) = walk??;
        times.append(&mut walked);
        if let (Ok(mut sessions), true) = (contender.sessions.lock(), cell.work != Work::Login) {
            sessions.push(visitor.into_refresh_token());
        }
    }
    let (took, spent) = (begun.elapsed(), cpu(contender.pid).saturating_sub(before));
    storm.shutdown().await;
    Ok(figures(times, took, spent))
}

async fn visit(mut visitor: Visitor, time: Duration) -> Outcome<(Visitor, Vec<Duration>)> {
    let begun = Instant::now();
    let mut times = Vec::new();
    while begun.elapsed() < time {
        let step = Instant::now();
        visitor.step().await?;
        times.push(step.elapsed());
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
