-- What programs said that they had allocated at most, which is judged where they say it, so a
-- group's history is read with it from the index alone.

ALTER TABLE step ADD COLUMN mem_allocated_bytes INTEGER;
ALTER TABLE step_node ADD COLUMN mem_allocated_bytes INTEGER;

DROP INDEX step_history;
CREATE INDEX step_history ON step (group_id, end_unix_us, input_bytes, wall_us, mem_peak_bytes,
	max_rss_bytes, mem_allocated_bytes, mem_limit_bytes, mem_limit_hit_count, cpu_us, cpu_count,
	task_count, node_count, node_id, state, input_source, attrs) WHERE end_unix_us IS NOT NULL;
