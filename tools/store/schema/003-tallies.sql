-- Steps are counted by day and node from the index alone.
DROP INDEX step_end;
CREATE INDEX step_end ON step (end_unix_us, input_bytes, cluster_id, node_id);
