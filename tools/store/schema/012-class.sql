-- A class that nobody declared is made here, of what is known of the step, and can be made anew by
-- another rule.  The setting class_names says by which; where it is missing, the classes are as they
-- were recorded.

ALTER TABLE step ADD COLUMN comment TEXT;

-- A batch or interactive step that started steps is none of their likes, even where all are called
-- the same: it waits for them, and has no more memory than a shell.  Its group is one that all such
-- steps share, and that nobody judges.

ALTER TABLE step ADD COLUMN is_script INTEGER NOT NULL DEFAULT 0;
UPDATE step SET is_script = 1, judged_unix_us = coalesce(judged_unix_us, ingest_unix_us)
	WHERE step_kind <> 1 AND EXISTS (SELECT 1 FROM step AS s WHERE s.job_id = step.job_id
		AND s.cluster_id = step.cluster_id AND s.array_task_id = step.array_task_id
		AND s.restart_count = step.restart_count AND s.step_kind = 1
		AND s.start_unix_us >= step.start_unix_us - 1000000
		AND s.start_unix_us <= coalesce(step.end_unix_us, s.start_unix_us));
INSERT INTO step_group (cluster_id, partition_id, account_id, qos_id, user_id, class_id,
	class_is_declared, program_id)
	SELECT 0, 0, 0, 0, 0, 0, 2, 0 WHERE EXISTS (SELECT 1 FROM step WHERE is_script = 1);

-- A model is of a group's steps as they were.
DELETE FROM model WHERE group_id IN (SELECT group_id FROM step WHERE is_script = 1);
UPDATE step SET group_id = (SELECT id FROM step_group WHERE class_is_declared = 2)
	WHERE is_script = 1;
DELETE FROM verdict WHERE step IN (SELECT id FROM step WHERE is_script = 1);
