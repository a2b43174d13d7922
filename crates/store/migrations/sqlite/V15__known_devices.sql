-- A device that an address knows carries this number: raising it makes all of them strangers.
ALTER TABLE users ADD COLUMN device_epoch INTEGER NOT NULL DEFAULT 0;

-- Failures against an account in a day, which no success and no end of a lock forgets.
ALTER TABLE account_attempts ADD COLUMN day_failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account_attempts ADD COLUMN day_ends_at INTEGER;
