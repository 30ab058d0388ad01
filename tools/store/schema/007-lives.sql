-- Job numbers come again, where a cluster was set up anew or lost its state.  Of the steps with one
-- key the newest has life 0, so that it is found first; the others have numbers in no order.

ALTER TABLE step ADD COLUMN life INTEGER NOT NULL DEFAULT 0;
DROP INDEX step_key;
CREATE UNIQUE INDEX step_key ON step (job_id, cluster_id, array_task_id, restart_count, step_id,
	life);
