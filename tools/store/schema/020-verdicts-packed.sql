-- The verdicts of before were packed, some thousand steps at a time: store/verdict_repack.c.

DROP TABLE verdict_wide;
