-- Who sent a span, as the receiver saw it, so that one who sends without end crowds out nobody else.

ALTER TABLE span ADD COLUMN sender TEXT; -- "uid:1000", or an address; NULL: an admin's file
