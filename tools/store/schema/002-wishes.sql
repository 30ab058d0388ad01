-- What users asked for: not to be told of some findings, one mail a week, and steps that were
-- normal whatever was said of them.

-- class_id and partition_id are 0 for any.
CREATE TABLE mute (
	user_id INTEGER NOT NULL,
	class_id INTEGER NOT NULL,
	partition_id INTEGER NOT NULL,
	until_unix_us INTEGER, -- NULL: for good
	created_unix_us INTEGER NOT NULL,
	PRIMARY KEY (user_id, class_id, partition_id)
) WITHOUT ROWID;

CREATE TABLE weekly (
	user_id INTEGER PRIMARY KEY,
	created_unix_us INTEGER NOT NULL
);

CREATE TABLE expected (
	step INTEGER PRIMARY KEY,
	user_id INTEGER NOT NULL, -- who said so
	created_unix_us INTEGER NOT NULL
);
