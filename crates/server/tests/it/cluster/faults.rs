//! The faults that are made while actors work.

use std::time::{Duration, Instant};

use hallpass_testbed::proxy::Network;
use tokio::task::block_in_place;
use tokio::time::sleep;

use super::backing::{Backing, Services, SharedRedis};
use super::generator::Stage;
use super::history::ReplicaNo;
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
    /// The database ends its connections and stops, and starts again.
    DatabaseStops,
    /// The database stops as in a power cut, and starts again.
    DatabaseCrashes,
    /// Every connection to the database is ended, over and over, in the middle of whatever is under way.
    ConnectionsDie,
    /// The primary goes as in a power cut, and its replica takes over. Once.
    Failover,
    /// Redis stops, and starts again without anything in it.
    RedisRestartsEmpty,
    /// Redis forgets everything while it runs.
    RedisForgets,
    /// One replica cannot reach Redis.
    RedisUnreachable,
    /// What Redis says to one replica takes too long.
    RedisSlow,
    /// Redis runs the script of one replica, and the connection is cut before it can say so.
    RedisCutMidScript,
}

/// Makes one fault after the other, and heals each.
pub async fn make(stage: Stage, faults: &[Fault], mut dice: Dice) {
    while !faults.is_empty() && stage.goes_on() {
        sleep(Duration::from_millis(100 + dice.roll(500))).await;
        // Each kind at least once.
        let made = stage.recorder.faults();
        let place = if made < faults.len() { made } else { dice.place(faults.len()) };
        let (replica, lasts) = (dice.place(stage.cluster.len()), Duration::from_millis(dice.roll(600)));
        make_one(&stage, faults[place], replica, lasts, &mut dice).await;
        stage.recorder.fault();
    }
}

async fn make_one(stage: &Stage, fault: Fault, replica: ReplicaNo, lasts: Duration, dice: &mut Dice) {
    match fault {
        Fault::Kill => {
            stage.cluster.kill(replica);
            sleep(lasts).await;
            block_in_place(|| stage.cluster.restart(replica));
        }
        Fault::Terminate => {
            let code = block_in_place(|| stage.cluster.stop(replica));
            assert_eq!(code, Some(0), "{}", stage.cluster.log(replica));
            sleep(lasts).await;
            block_in_place(|| stage.cluster.restart(replica));
        }
        Fault::Pause => {
            stage.cluster.signal(replica, "STOP");
            sleep(lasts).await;
            stage.cluster.signal(replica, "CONT");
        }
        Fault::Clock => {
            stage.clocks.set(replica, if dice.roll(2) == 0 { SECONDS_OFF } else { -SECONDS_OFF });
            sleep(lasts).await;
            stage.clocks.set(replica, 0);
        }
        _ => {
            if let Backing::Services(services) = &stage.backing {
                make_below(services, fault, lasts).await;
                if let Some(redis) = services.redis() {
                    make_in_redis(redis, fault, (replica, lasts)).await;
                }
            }
        }
    }
}

/// Faults of what the replicas share.
async fn make_below(services: &Services, fault: Fault, lasts: Duration) {
    let database = services.database();
    match fault {
        Fault::DatabaseStops => {
            block_in_place(|| database.stop());
            sleep(lasts).await;
            block_in_place(|| database.start_again());
        }
        Fault::DatabaseCrashes => {
            block_in_place(|| database.crash());
            sleep(lasts).await;
            block_in_place(|| database.start_again());
        }
        Fault::ConnectionsDie => {
            let end = Instant::now() + lasts;
            while Instant::now() < end {
                block_in_place(|| services.kill_connections());
                sleep(Duration::from_millis(20)).await;
            }
        }
        Fault::Failover => block_in_place(|| services.fail_over()),
        _ => {}
    }
}

async fn make_in_redis(redis: &SharedRedis, fault: Fault, (replica, lasts): (ReplicaNo, Duration)) {
    let network = match fault {
        Fault::RedisRestartsEmpty => {
            block_in_place(|| redis.stop());
            sleep(lasts).await;
            return block_in_place(|| redis.start_again());
        }
        Fault::RedisForgets => return block_in_place(|| redis.flush()),
        Fault::RedisUnreachable => Network::Down,
        Fault::RedisSlow => Network::Slow(Duration::from_secs(2)),
        Fault::RedisCutMidScript => Network::CutsAnswers,
        _ => return,
    };
    redis.network(replica, network);
    sleep(lasts).await;
    redis.network(replica, Network::Fine);
}
