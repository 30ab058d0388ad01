-- What a site's database says, a line for each thing, without numbers that only say in which order
-- things came: two databases that say the same are the same to everybody who uses them.
SELECT 'step', cluster, job_id, array_task_id, restart_count, step_id, state, user_name, class, node_seen_count,
	node_ended_count, start_unix_us, end_unix_us, wall_us, mem_peak_bytes, is_waiting
FROM (SELECT s.*, EXISTS (SELECT 1 FROM waiting WHERE step = s.id) AS is_waiting, c.text AS cluster, u.text AS user_name, k.text AS class FROM step AS s
	LEFT JOIN name AS c ON c.id = s.cluster_id LEFT JOIN name AS u ON u.id = s.user_id
	LEFT JOIN name AS k ON k.id = s.class_id) AS named;
SELECT 'node of step', s.job_id, s.step_id, n.text, sn.wall_us, sn.mem_peak_bytes
FROM step_node AS sn JOIN step AS s ON s.id = sn.step LEFT JOIN name AS n ON n.id = sn.node_id;
SELECT 'verdict', s.job_id, s.step_id, v.kinds, j.night
FROM verdict AS v LEFT JOIN step AS s ON s.id = v.step LEFT JOIN judging AS j ON j.id = v.judging;
SELECT 'finding', f.kind, s.job_id, s.step_id, f.metric, o.text, f.night, m.state
FROM finding AS f LEFT JOIN step AS s ON s.id = f.step LEFT JOIN name AS o ON o.id = f.owner_id
	LEFT JOIN message AS m ON m.id = f.message;
SELECT 'message', m.kind, m.night, o.text, m.address, m.state
FROM message AS m LEFT JOIN name AS o ON o.id = m.owner_id WHERE m.kind = 0;
SELECT 'mute', u.text, c.text, m.until_unix_us
FROM mute AS m LEFT JOIN name AS u ON u.id = m.user_id LEFT JOIN name AS c ON c.id = m.class_id;
SELECT 'weekly', u.text FROM weekly AS w LEFT JOIN name AS u ON u.id = w.user_id;
SELECT 'expected', s.job_id, s.step_id, u.text
FROM expected AS e LEFT JOIN step AS s ON s.id = e.step LEFT JOIN name AS u ON u.id = e.user_id;
SELECT 'health', n.text, h.dropped_count, h.bad_count, h.last_record_unix_us
FROM node_health AS h LEFT JOIN name AS n ON n.id = h.node_id;
SELECT 'node', n.text, core_count FROM node LEFT JOIN name AS n ON n.id = node_id;
