-- How long a step was suspended; wall_us is without it.

ALTER TABLE step ADD COLUMN suspended_us INTEGER;
ALTER TABLE step_node ADD COLUMN suspended_us INTEGER;
