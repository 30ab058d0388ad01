-- Which measurement of memory was judged stood in verdict.detail alone, so that one was judged and
-- another shown.  The numbers are those of enum measure; NULL is the metric's default: the clock, and
-- the cgroup's peak.

ALTER TABLE verdict ADD COLUMN measure INTEGER;
ALTER TABLE drift ADD COLUMN measure INTEGER;

UPDATE verdict SET measure = 3
	WHERE metric = 1 AND detail IS NOT NULL AND json_extract(detail, '$.basis') = 'rss';

-- A drift is of what its group's steps were judged by.
UPDATE drift SET measure = 3
	WHERE metric = 1 AND EXISTS (SELECT 1 FROM step AS s JOIN verdict AS v ON v.step = s.id
		WHERE s.group_id = drift.group_id AND v.metric = 1 AND v.measure = 3);
