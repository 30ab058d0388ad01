-- What was told by a mail can also be told by another way, and each way tells everything once.

ALTER TABLE finding ADD COLUMN channel INTEGER NOT NULL DEFAULT 0;
DROP INDEX finding_step;
DROP INDEX finding_group;
DROP INDEX finding_node;
CREATE UNIQUE INDEX finding_step ON finding (step, metric, owner_id, channel) WHERE kind = 0;
CREATE UNIQUE INDEX finding_group ON finding (group_id, since_unix_us, metric, owner_id, channel)
	WHERE kind = 1;
CREATE UNIQUE INDEX finding_node ON finding (node_id, since_unix_us, metric, owner_id, channel)
	WHERE kind = 2;

-- How the last run of each way out but mail went: what waits, what was lost, since when it fails.
CREATE TABLE outlet (
	kind INTEGER PRIMARY KEY,
	ran_unix_us INTEGER NOT NULL,
	done_count INTEGER NOT NULL,
	waiting_count INTEGER NOT NULL,
	lost_count INTEGER NOT NULL,
	failing_since_unix_us INTEGER,
	error TEXT
);
