-- Spans that programs told of themselves.  Each is once here, whoever sent it how often; the longest
-- of a step are kept.

CREATE TABLE span (
	trace_id TEXT NOT NULL,
	span_id TEXT NOT NULL,
	parent_id TEXT, -- NULL: a root
	step INTEGER, -- NULL: no step is known to be above it
	name TEXT NOT NULL,
	start_unix_us INTEGER NOT NULL,
	wall_us INTEGER NOT NULL,
	is_error INTEGER NOT NULL,
	status_text TEXT,
	input_bytes INTEGER,
	attrs TEXT,
	received_unix_us INTEGER, -- by the receiver's clock; NULL: an admin's file
	added_unix_us INTEGER NOT NULL,
	PRIMARY KEY (trace_id, span_id)
) WITHOUT ROWID;
CREATE INDEX span_step ON span (step) WHERE step IS NOT NULL;
CREATE INDEX span_waiting ON span (trace_id, added_unix_us) WHERE step IS NULL;

CREATE INDEX step_trace ON step (trace_id) WHERE trace_id IS NOT NULL;
