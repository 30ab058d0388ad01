-- What ended before the nights that are judged has is_judged = 2, see store/past.h: how many these are,
-- and which of them are to be judged when more nights are.
CREATE INDEX step_past ON step (end_unix_us) WHERE is_judged = 2;
