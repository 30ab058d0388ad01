-- Which steps wait to be judged has a table of its own, as to write it into the step made all of the
-- step anew.  What neither waits nor has a verdict, is no script and ended before history_before,
-- is history: see store/past.h.
CREATE TABLE waiting (
	step INTEGER PRIMARY KEY,
	group_id INTEGER NOT NULL, -- this and its end are the step's
	end_unix_us INTEGER NOT NULL,
	change_unix_us INTEGER NOT NULL -- when the step last changed: a verdict is on what it was then
);
INSERT INTO waiting SELECT id, group_id, end_unix_us, ingest_unix_us FROM step
	WHERE is_judged IS NULL AND end_unix_us IS NOT NULL;
CREATE INDEX waiting_group ON waiting (group_id, end_unix_us);

INSERT INTO setting (key, value)
	SELECT 'history_before', (SELECT max(end_unix_us) + 1 FROM step WHERE is_judged = 2)
	WHERE EXISTS (SELECT 1 FROM step WHERE is_judged = 2);
