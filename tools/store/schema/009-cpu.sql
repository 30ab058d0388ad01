-- CPU time is judged, so a group's history is read with it from the index alone.

ALTER TABLE step ADD COLUMN cpu_us INTEGER;
ALTER TABLE step_node ADD COLUMN cpu_us INTEGER;

-- What is NULL of the two has no sum; a sum beyond 64 bits would be a real number.
UPDATE step SET cpu_us = cpu_user_us + cpu_system_us
	WHERE cpu_user_us <= 4611686018427387903 AND cpu_system_us <= 4611686018427387903;
UPDATE step_node SET cpu_us = cpu_user_us + cpu_system_us
	WHERE cpu_user_us <= 4611686018427387903 AND cpu_system_us <= 4611686018427387903;

DROP INDEX step_history;
CREATE INDEX step_history ON step (group_id, end_unix_us, input_bytes, wall_us, mem_peak_bytes,
	max_rss_bytes, mem_limit_bytes, mem_limit_hit_count, cpu_us, cpu_count, task_count,
	node_count, node_id, state, input_source, attrs) WHERE end_unix_us IS NOT NULL;
