-- The number of the last step that was added, which none that follows has, always stands here, and
-- need not be looked for among the ids any more; behind a month the ids are no longer in its order.
-- Where the engine keeps steps by months, those of before are in the part without one.

UPDATE setting SET value = (SELECT max(n) FROM (SELECT value AS n FROM setting
	WHERE key = 'step_id_used' UNION ALL SELECT max(id) FROM step) AS used)
	WHERE key = 'step_id_used';
