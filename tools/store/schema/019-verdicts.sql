-- Three verdicts a step, nearly all of which say that it was normal, took four times what the step
-- itself does.  A step's verdicts are one row of a few bytes now: store/verdict_pack.h says which.
-- What a night's verdicts have in common stands once, in judging, and so do the texts.

CREATE TABLE judging (
	id INTEGER PRIMARY KEY,
	night INTEGER NOT NULL,
	judged_unix_us INTEGER NOT NULL,
	alpha REAL, -- the chance that was too large to be high
	model_version INTEGER
);
CREATE INDEX judging_night ON judging (night);

CREATE TABLE verdict_text (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE
);

DROP INDEX verdict_night;
ALTER TABLE verdict RENAME TO verdict_wide;
INSERT INTO judging (night, judged_unix_us, alpha, model_version)
	SELECT DISTINCT night, judged_unix_us, alpha, model_version FROM verdict_wide;

CREATE TABLE verdict (
	step INTEGER PRIMARY KEY,
	judging INTEGER NOT NULL,
	kinds INTEGER NOT NULL, -- enum verdict_kind's bits, of all metrics
	data BLOB NOT NULL
);
-- The few that matter: high, low, or worth a look.
CREATE INDEX verdict_notable ON verdict (judging) WHERE kinds >= 4;

-- Whether a step was judged, in a way that does not make its row longer: NULL for not yet; of the
-- steps of before it says when.
ALTER TABLE step RENAME COLUMN judged_unix_us TO is_judged;

-- Steps are listed by their ends, and their groups tell most of those that are not wanted apart: from
-- the index alone, as they are counted by day and node.
DROP INDEX step_end;
CREATE INDEX step_end ON step (end_unix_us, group_id, cluster_id, node_id, input_source);
