-- Where a step's time went: how many samples say so, and why there are none although they were asked
-- for; of several nodes the totals and the first that knows.

ALTER TABLE step ADD COLUMN profile_kind TEXT;
ALTER TABLE step ADD COLUMN profile_rate_hz INTEGER;
ALTER TABLE step ADD COLUMN profile_samples INTEGER;
ALTER TABLE step ADD COLUMN profile_missing TEXT;
ALTER TABLE step_node ADD COLUMN profile_kind TEXT;
ALTER TABLE step_node ADD COLUMN profile_rate_hz INTEGER;
ALTER TABLE step_node ADD COLUMN profile_samples INTEGER;
ALTER TABLE step_node ADD COLUMN profile_missing TEXT;

-- A step is compared with those of its group that have samples, which are few.
CREATE INDEX step_profiled ON step (group_id, end_unix_us) WHERE profile_samples IS NOT NULL;

-- The stacks of calls that were sampled on one node, as joboutliers-record(5) has them, compressed.
CREATE TABLE profile (
	step INTEGER NOT NULL,
	node_id INTEGER NOT NULL,
	stacks BLOB NOT NULL,
	PRIMARY KEY (step, node_id)
);
