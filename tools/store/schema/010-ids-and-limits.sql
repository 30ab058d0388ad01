-- A step's id is not given out again after the step was removed: what was said of it, to whom, and
-- that it was as expected, can outlive it.  The value is the highest that was in use then.

INSERT INTO setting VALUES ('step_id_used', max(
	coalesce((SELECT max(step) FROM verdict), 0),
	coalesce((SELECT max(step) FROM finding), 0),
	coalesce((SELECT max(step) FROM expected), 0)));

-- No clock says more than 3,000 years: a limit that a user's environment had once.
UPDATE step SET time_limit_us = NULL WHERE time_limit_us > 100000000000000000;
