-- Rotations in a row from one client are one run. The run under way stands in the row; a rotation from elsewhere
-- closes it and appends a line to `trail`: "from to first last ip agent". `agent` is the run's User-Agent where it is
-- not the one of the login.
ALTER TABLE sessions ADD COLUMN agent TEXT;
ALTER TABLE sessions ADD COLUMN run_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN run_at INTEGER;
ALTER TABLE sessions ADD COLUMN trail TEXT NOT NULL DEFAULT '';
