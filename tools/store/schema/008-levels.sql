-- How sure it is that a step is high: the numbers of enum verdict_level, NULL for not at all and in
-- verdicts from before; and how many earlier steps of about its size there were, and as far out.
-- What was called level is the chance that was asked for.

ALTER TABLE verdict RENAME COLUMN level TO alpha;
ALTER TABLE verdict ADD COLUMN level INTEGER;
ALTER TABLE verdict ADD COLUMN near_count INTEGER;
ALTER TABLE verdict ADD COLUMN like_count INTEGER;
