//! What must happen at once in Redis, as Lua. Each script touches one key, so that all of them run in a cluster.
//!
//! The transitions of the login guard are those of `hallpass_model::limit`; a property test compares the two on random
//! sequences. Times are milliseconds. The first argument is the caller's time, or empty for the server's own: replicas
//! whose clocks differ must agree on when a window ends, so only tests hand theirs in.

use std::sync::LazyLock;

use ::redis::Script;

const NOW: &str = r"
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
";

const ADDRESS: &str = r"
local max, window = tonumber(ARGV[2]), tonumber(ARGV[3])
local used, ends = 0, now + window
local stored = redis.call('HMGET', KEYS[1], 'used', 'ends')
if stored[1] and stored[2] and now < tonumber(stored[2]) then
  used, ends = tonumber(stored[1]), tonumber(stored[2])
end
local function keep()
  redis.call('HSET', KEYS[1], 'used', used, 'ends', ends)
  redis.call('PEXPIRE', KEYS[1], ends - now)
end
";

const RESERVE_ADDRESS: &str = r"
if used >= max then return {0, used, ends - now} end
used = used + 1
keep()
return {1, used, ends - now}
";

/// The fourth argument is 1 when the attempt is given back.
const SETTLE_ADDRESS: &str = r"
if ARGV[4] == '1' then
  used = math.max(0, used - 1)
  keep()
end
return {1, used, ends - now}
";

/// 60,000 and 86,400,000 are the model's `ABANDONED_AFTER`, `FAILURES_KEPT` and `DAY`; 30,000 and 900,000 its pauses.
/// `closed` is 1 when abandoned attempts have closed a lock that is not stored yet.
const ACCOUNT: &str = r"
local limit, lockout, backs_off, a_day = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1', tonumber(ARGV[5])
local closed = 0
local stored = redis.call('HMGET', KEYS[1], 'failed', 'pending', 'touched', 'locked', 'day_failed', 'day_ends')
local failed, pending = tonumber(stored[1] or 0), tonumber(stored[2] or 0)
local touched, locked = tonumber(stored[3] or now), tonumber(stored[4] or 0)
local day_failed, day_ends = tonumber(stored[5] or 0), tonumber(stored[6] or 0)
local idle, was_locked = math.max(0, now - touched), locked > 0
local function end_lock()
  locked, pending = 0, 0
  if not backs_off then failed = 0 end
end
local function count(failures, at)
  failed, day_failed = failed + failures, day_failed + failures
  if day_ends == 0 then day_ends = at + 86400000 end
end
local function day_end()
  if day_ends > 0 and day_failed >= a_day then return day_ends end
  return 0
end
local function lock_end(since)
  if failed < limit then return day_end() end
  local pause = lockout
  if backs_off then pause = math.min(900000, 30000 * 2 ^ math.min(failed - limit, 30)) end
  return math.max(since + pause, day_end())
end
if day_ends > 0 and now >= day_ends then day_failed, day_ends = 0, 0 end
if locked > 0 and now >= locked then end_lock() end
if locked == 0 and idle >= 86400000 then
  failed, pending, day_failed, day_ends = 0, 0, 0, 0
else
  local is_abandoned, since = idle >= 60000 and pending > 0, touched
  if is_abandoned then
    count(pending, touched)
    pending, since = 0, touched + 60000
  end
  if locked == 0 and (is_abandoned or not backs_off) then locked = lock_end(since) end
  if locked == 0 then locked = day_end() end
  if locked > 0 and now >= locked then end_lock() end
end
if locked > 0 and not was_locked then closed = 1 end
local function keep(touched)
  if failed == 0 and pending == 0 and locked == 0 and day_failed == 0 then
    redis.call('DEL', KEYS[1])
    return
  end
  redis.call('HSET', KEYS[1], 'failed', failed, 'pending', pending, 'touched', touched, 'locked', locked,
    'day_failed', day_failed, 'day_ends', day_ends)
  local forget = math.max(locked, day_ends)
  if locked == 0 and (failed > 0 or pending > 0) then forget = math.max(forget, now + 86400000) end
  redis.call('PEXPIRE', KEYS[1], math.max(1, forget - now))
end
";

/// Answers 1 for a granted attempt, 0 for a lock with its rest, 2 when attempts under way fill the limit.
const RESERVE_ACCOUNT: &str = r"
if locked > 0 then
  if closed == 1 then keep(touched) end
  return {0, locked - now, closed}
end
local left = math.max(0, limit - failed)
if backs_off then left = math.max(1, left) end
if pending >= math.min(left, math.max(0, a_day - day_failed)) then return {2, 0, 0} end
pending = pending + 1
keep(now)
return {1, 0, 0}
";

/// The sixth argument is how it ended: success, failure or void.
const SETTLE_ACCOUNT: &str = r"
local closes = closed
pending = math.max(0, pending - 1)
if ARGV[6] == 'success' then
  failed = 0
elseif ARGV[6] == 'failure' then
  count(1, now)
  if locked == 0 then
    locked = lock_end(now)
    if locked > 0 then closes = 1 end
  end
end
keep(now)
return closes
";

/// How long the lock still stands.
const LOCK_LEFT: &str = r"
return math.max(0, locked - now)
";

/// Refuses a subject. A later word never weakens an earlier one: the greater value and the longer life win, so entries
/// may come twice and in any order. Then whoever listens is told, unless this is a repetition.
const DENY: &str = r"
local value, life = tonumber(ARGV[1]), tonumber(ARGV[2])
local before = redis.call('GET', KEYS[1])
if before then
  value = math.max(value, tonumber(before) or value)
  life = math.max(life, redis.call('PTTL', KEYS[1]))
end
redis.call('SET', KEYS[1], string.format('%.0f', value), 'PX', life)
if ARGV[3] ~= '' then redis.call('PUBLISH', ARGV[3], ARGV[4]) end
return 1
";

/// Raises a number that never goes back.
const RAISE: &str = r"
local value = math.max(tonumber(ARGV[1]), tonumber(redis.call('GET', KEYS[1]) or 0))
redis.call('SET', KEYS[1], string.format('%.0f', value))
return 1
";

/// Vouches for the set, if nothing was emptied since its pushing began: the mark from then is still there.
const VOUCH: &str = r"
if redis.call('DEL', KEYS[1]) == 0 then return 0 end
redis.call('SET', KEYS[2], '1')
return 1
";

fn script(parts: &[&str]) -> Script {
    Script::new(&parts.concat())
}

pub(super) static RESERVE_ADDRESS_SCRIPT: LazyLock<Script> = LazyLock::new(|| script(&[NOW, ADDRESS, RESERVE_ADDRESS]));
pub(super) static SETTLE_ADDRESS_SCRIPT: LazyLock<Script> = LazyLock::new(|| script(&[NOW, ADDRESS, SETTLE_ADDRESS]));
pub(super) static RESERVE_ACCOUNT_SCRIPT: LazyLock<Script> = LazyLock::new(|| script(&[NOW, ACCOUNT, RESERVE_ACCOUNT]));
pub(super) static SETTLE_ACCOUNT_SCRIPT: LazyLock<Script> = LazyLock::new(|| script(&[NOW, ACCOUNT, SETTLE_ACCOUNT]));
pub(super) static LOCK_LEFT_SCRIPT: LazyLock<Script> = LazyLock::new(|| script(&[NOW, ACCOUNT, LOCK_LEFT]));
pub(super) static DENY_SCRIPT: LazyLock<Script> = LazyLock::new(|| script(&[DENY]));
pub(super) static RAISE_SCRIPT: LazyLock<Script> = LazyLock::new(|| script(&[RAISE]));
pub(super) static VOUCH_SCRIPT: LazyLock<Script> = LazyLock::new(|| script(&[VOUCH]));
