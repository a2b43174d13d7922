//! The faults that are made while actors work.

use std::time::{Duration, Instant};

use super::generator::Stage;
use crate::dice::Dice;

/// What a clock may be off by and no token notice.
const SECONDS_OFF: i64 = 20;

/// Something that goes wrong for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `kill -9`, and a new start.
    Kill,
    /// SIGTERM, and a new start.
    Terminate,
    /// The process stands still and goes on, as a virtual machine does that is moved.
    Pause,
    /// The clock is stepped ahead or back, and back again.
    Clock,
}

/// Makes one fault after the other, and heals each. Returns how many.
pub async fn make(stage: Stage, faults: &[Fault], mut dice: Dice, end: Instant) -> usize {
    let mut made = 0;
    while !faults.is_empty() && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(100 + dice.roll(500))).await;
        let fault = faults[dice.place(faults.len())];
        let (replica, lasts) = (dice.place(stage.cluster.len()), Duration::from_millis(dice.roll(600)));
        let ahead = if dice.roll(2) == 0 { SECONDS_OFF } else { -SECONDS_OFF };
        made += 1;
        match fault {
            Fault::Kill => stage.cluster.kill(replica),
            Fault::Terminate => {
                let code = tokio::task::block_in_place(|| stage.cluster.stop(replica));
                assert_eq!(code, Some(0), "{}", stage.cluster.log(replica));
            }
            Fault::Pause => stage.cluster.signal(replica, "STOP"),
            Fault::Clock => stage.clocks.set(replica, ahead),
        }
        tokio::time::sleep(lasts).await;
        match fault {
            Fault::Kill | Fault::Terminate => tokio::task::block_in_place(|| stage.cluster.restart(replica)),
            Fault::Pause => stage.cluster.signal(replica, "CONT"),
            Fault::Clock => stage.clocks.set(replica, 0),
        }
    }
    made
}
