-- Groups whose level moved: one row for each shift, named by the group, the metric and when it was
-- first thought to have begun.

CREATE TABLE drift (
	group_id INTEGER NOT NULL,
	metric INTEGER NOT NULL,
	begin_unix_us INTEGER NOT NULL,
	since_unix_us INTEGER NOT NULL,
	since_end_unix_us INTEGER NOT NULL,
	until_unix_us INTEGER, -- NULL: it holds
	is_gradual INTEGER NOT NULL,
	is_back INTEGER NOT NULL,
	log_ratio REAL NOT NULL,
	statistic REAL NOT NULL,
	before_count INTEGER NOT NULL,
	since_count INTEGER NOT NULL,
	night_count INTEGER NOT NULL,
	found_night INTEGER NOT NULL,
	seen_night INTEGER NOT NULL,
	PRIMARY KEY (group_id, metric, begin_unix_us)
) WITHOUT ROWID;
