-- Where in a distributed trace a step is, and the foreign span that its programs continue.

ALTER TABLE step ADD COLUMN trace_id TEXT;
ALTER TABLE step ADD COLUMN span_id TEXT;
ALTER TABLE step ADD COLUMN parent_span_id TEXT;
ALTER TABLE step ADD COLUMN link_trace_id TEXT;
ALTER TABLE step ADD COLUMN link_span_id TEXT;
