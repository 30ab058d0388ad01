-- Which steps are with whom they are exported to, or will not be: each goes there once.

CREATE TABLE exported (
	step INTEGER PRIMARY KEY,
	state INTEGER NOT NULL
);
