-- How far the logs were read that ingest reads each night: each line is a job once, also when its
-- file was renamed, copied or packed since.

CREATE TABLE log_file (
	id INTEGER PRIMARY KEY,
	section TEXT NOT NULL,
	path TEXT NOT NULL, -- where it was then
	device INTEGER NOT NULL,
	inode INTEGER NOT NULL,
	first_hash INTEGER NOT NULL, -- of its first line
	last_hash INTEGER NOT NULL, -- of the last line that was read
	read_bytes INTEGER NOT NULL, -- of its text, as unpacked
	file_bytes INTEGER NOT NULL, -- as it was stored then
	changed_unix_us INTEGER NOT NULL,
	seen_unix_us INTEGER NOT NULL
);
CREATE INDEX log_file_section ON log_file (section);
