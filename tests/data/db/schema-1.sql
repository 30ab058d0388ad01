-- A database of schema 1, as sqlite3's .dump wrote it: one step on two nodes with a verdict,
-- a finding and its message, one step that runs, and a node's description.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE name (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE
);
INSERT INTO name VALUES(1,'c1');
INSERT INTO name VALUES(2,'ann');
INSERT INTO name VALUES(3,'main');
INSERT INTO name VALUES(4,'align');
INSERT INTO name VALUES(5,'n1');
INSERT INTO name VALUES(6,'n2');
INSERT INTO name VALUES(7,'Model 1');
CREATE TABLE setting (
	key TEXT PRIMARY KEY,
	value INTEGER
) WITHOUT ROWID;
INSERT INTO setting VALUES('group_by',51);
CREATE TABLE step_group (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	cluster_id INTEGER NOT NULL,
	partition_id INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	qos_id INTEGER NOT NULL,
	user_id INTEGER NOT NULL,
	class_id INTEGER NOT NULL,
	class_is_declared INTEGER NOT NULL,
	program_id INTEGER NOT NULL,
	change_count INTEGER NOT NULL DEFAULT 0,
	newest_end_unix_us INTEGER,
	UNIQUE (class_id, user_id, partition_id, cluster_id, account_id, qos_id, class_is_declared,
		program_id)
);
INSERT INTO step_group VALUES(1,1,3,0,0,2,4,0,0,1,1700000100000000);
CREATE TABLE step (
	id INTEGER PRIMARY KEY,
	group_id INTEGER NOT NULL,
	source INTEGER NOT NULL,
	state INTEGER NOT NULL,
	cluster_id INTEGER NOT NULL,
	job_id INTEGER NOT NULL,
	array_task_id INTEGER NOT NULL, -- -1: not in an array
	restart_count INTEGER NOT NULL,
	step_id INTEGER NOT NULL,
	step_kind INTEGER NOT NULL,
	array_job_id INTEGER,
	het_job_id INTEGER,
	het_job_offset INTEGER,
	sluid TEXT,
	uid INTEGER,
	user_id INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	partition_id INTEGER NOT NULL,
	qos_id INTEGER NOT NULL,
	job_name TEXT,
	class_id INTEGER NOT NULL,
	class_is_declared INTEGER NOT NULL,
	program_id INTEGER NOT NULL,
	node_id INTEGER NOT NULL,
	node_index INTEGER,
	node_count INTEGER,
	node_seen_count INTEGER NOT NULL,
	node_ended_count INTEGER NOT NULL,
	task_count INTEGER,
	cpu_count INTEGER,
	mem_request_bytes INTEGER,
	time_limit_us INTEGER,
	input_bytes INTEGER,
	input_source INTEGER NOT NULL,
	attrs TEXT,
	start_unix_us INTEGER,
	end_unix_us INTEGER,
	wall_us INTEGER,
	exit_status INTEGER,
	term_signal INTEGER,
	mem_peak_bytes INTEGER,
	mem_peak_sum_bytes INTEGER,
	mem_source INTEGER NOT NULL,
	max_rss_bytes INTEGER,
	mem_limit_bytes INTEGER,
	mem_limit_hit_count INTEGER,
	oom_kill_count INTEGER,
	swap_peak_bytes INTEGER,
	cpu_user_us INTEGER,
	cpu_system_us INTEGER,
	read_bytes INTEGER,
	write_bytes INTEGER,
	major_fault_count INTEGER,
	psi_cpu_some_us INTEGER,
	psi_memory_some_us INTEGER,
	psi_memory_full_us INTEGER,
	psi_io_some_us INTEGER,
	psi_io_full_us INTEGER,
	ingest_unix_us INTEGER NOT NULL,
	judged_unix_us INTEGER
);
INSERT INTO step VALUES(1,1,2,2,1,1,-1,0,0,1,NULL,NULL,NULL,NULL,NULL,2,0,3,0,NULL,4,0,0,5,0,2,2,2,NULL,NULL,NULL,NULL,5000,1,'words=174',1700000000000000,1700000100000000,100000000,0,0,2000,3000,0,NULL,NULL,NULL,NULL,NULL,7000000,500000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1700000000000000,1700003600000000);
INSERT INTO step VALUES(2,1,2,1,1,2,-1,0,0,1,NULL,NULL,NULL,NULL,NULL,2,0,3,0,NULL,4,0,0,5,NULL,1,1,0,NULL,NULL,NULL,36000000000,NULL,0,NULL,1700000000000000,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1700000000000000,NULL);
CREATE TABLE step_node (
	step INTEGER NOT NULL,
	node_id INTEGER NOT NULL,
	node_index INTEGER,
	node_ended_count INTEGER NOT NULL, -- 0 or 1
	task_count INTEGER,
	cpu_count INTEGER,
	mem_request_bytes INTEGER,
	input_bytes INTEGER,
	input_source INTEGER NOT NULL,
	attrs TEXT,
	start_unix_us INTEGER,
	wall_us INTEGER,
	exit_status INTEGER,
	term_signal INTEGER,
	mem_peak_bytes INTEGER,
	mem_source INTEGER NOT NULL,
	max_rss_bytes INTEGER,
	mem_limit_bytes INTEGER,
	mem_limit_hit_count INTEGER,
	oom_kill_count INTEGER,
	swap_peak_bytes INTEGER,
	cpu_user_us INTEGER,
	cpu_system_us INTEGER,
	read_bytes INTEGER,
	write_bytes INTEGER,
	major_fault_count INTEGER,
	psi_cpu_some_us INTEGER,
	psi_memory_some_us INTEGER,
	psi_memory_full_us INTEGER,
	psi_io_some_us INTEGER,
	psi_io_full_us INTEGER,
	PRIMARY KEY (step, node_id)
) WITHOUT ROWID;
INSERT INTO step_node VALUES(1,5,0,1,NULL,NULL,NULL,5000,1,'words=174',1700000000000000,100000000,0,0,1000,0,NULL,NULL,NULL,NULL,NULL,3000000,200000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO step_node VALUES(1,6,1,1,NULL,NULL,NULL,5000,1,'words=174',1700000000000000,50000000,0,0,2000,0,NULL,NULL,NULL,NULL,NULL,4000000,300000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE node (
	cluster_id INTEGER NOT NULL,
	node_id INTEGER NOT NULL,
	since_unix_us INTEGER NOT NULL,
	node_model_id INTEGER NOT NULL,
	socket_count INTEGER,
	core_count INTEGER,
	numa_node_count INTEGER,
	node_mem_bytes INTEGER,
	slurm_version_id INTEGER NOT NULL,
	plugin_version_id INTEGER NOT NULL,
	PRIMARY KEY (cluster_id, node_id, since_unix_us)
) WITHOUT ROWID;
INSERT INTO node VALUES(1,5,1700000000000000,7,NULL,8,NULL,NULL,0,0);
CREATE TABLE node_health (
	cluster_id INTEGER NOT NULL,
	node_id INTEGER NOT NULL,
	last_record_unix_us INTEGER,
	last_ingest_unix_us INTEGER,
	dropped_count INTEGER NOT NULL,
	last_dropped_unix_us INTEGER,
	bad_count INTEGER NOT NULL,
	PRIMARY KEY (cluster_id, node_id)
) WITHOUT ROWID;
INSERT INTO node_health VALUES(1,5,1700000100000000,1700000000000000,0,NULL,0);
INSERT INTO node_health VALUES(1,6,1700000050000000,1700000000000000,0,NULL,0);
CREATE TABLE model (
	group_id INTEGER NOT NULL,
	metric INTEGER NOT NULL,
	format_version INTEGER NOT NULL,
	change_count INTEGER NOT NULL,
	end_before_unix_us INTEGER,
	obs_count INTEGER NOT NULL,
	fitted_unix_us INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (group_id, metric)
);
INSERT INTO model VALUES(1,0,7,3,1700000000000000,40,1700000001000000,X'6279746573');
CREATE TABLE blob (
	name TEXT PRIMARY KEY,
	format_version INTEGER NOT NULL,
	data BLOB NOT NULL
);
CREATE TABLE verdict (
	step INTEGER NOT NULL,
	metric INTEGER NOT NULL,
	verdict INTEGER NOT NULL,
	reason_id INTEGER NOT NULL,
	value REAL,
	expected REAL,
	low REAL,
	high REAL,
	ratio REAL,
	score REAL,
	p_value REAL,
	threshold_ratio REAL,
	level REAL,
	group_id INTEGER,
	history_count INTEGER,
	censored_count INTEGER,
	regime_start_unix_us INTEGER,
	borrowed_count INTEGER,
	borrowed_from_id INTEGER NOT NULL,
	attrs_used TEXT,
	detail TEXT,
	model_version INTEGER,
	judged_unix_us INTEGER NOT NULL,
	night INTEGER NOT NULL,
	PRIMARY KEY (step, metric)
) WITHOUT ROWID;
INSERT INTO verdict VALUES(1,0,1,0,100000000.0,33333333.333333332092,30000000.0,40000000.0,3.0,9.0,9.9999999999999995472e-07,1.5,0.005000000000000000104,1,40,NULL,NULL,NULL,0,NULL,NULL,1,1700003600000000,20231114);
CREATE TABLE finding (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind INTEGER NOT NULL,
	step INTEGER,
	group_id INTEGER,
	node_id INTEGER NOT NULL,
	metric INTEGER NOT NULL,
	owner_id INTEGER NOT NULL,
	since_unix_us INTEGER,
	night INTEGER NOT NULL,
	detail TEXT,
	message INTEGER,
	created_unix_us INTEGER NOT NULL
);
INSERT INTO finding VALUES(1,0,1,1,0,0,2,1700000100000000,20231114,'{}',1,1700003600000000);
CREATE TABLE message (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind INTEGER NOT NULL,
	night INTEGER NOT NULL,
	owner_id INTEGER NOT NULL,
	address TEXT NOT NULL,
	header_id TEXT NOT NULL UNIQUE,
	state INTEGER NOT NULL,
	attempt_count INTEGER NOT NULL DEFAULT 0,
	uncertain_count INTEGER NOT NULL DEFAULT 0,
	created_unix_us INTEGER NOT NULL,
	next_attempt_unix_us INTEGER,
	done_unix_us INTEGER,
	error TEXT,
	body BLOB,
	UNIQUE (owner_id, night, kind)
);
INSERT INTO message VALUES(1,0,20231114,2,'ann@example.org','1@example.org',0,0,0,1700003600000000,1700003600000000,NULL,NULL,X'5375626a6563743a20780d0a0d0a78');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('step_group',1);
INSERT INTO sqlite_sequence VALUES('finding',1);
INSERT INTO sqlite_sequence VALUES('message',1);
CREATE UNIQUE INDEX step_key ON step (job_id, cluster_id, array_task_id, restart_count, step_id);
CREATE INDEX step_array ON step (array_job_id) WHERE array_job_id IS NOT NULL;
CREATE INDEX step_het ON step (het_job_id) WHERE het_job_id IS NOT NULL;
CREATE INDEX step_end ON step (end_unix_us);
CREATE INDEX step_running ON step (start_unix_us) WHERE state = 1;
CREATE INDEX step_unjudged ON step (group_id, end_unix_us)
	WHERE judged_unix_us IS NULL AND end_unix_us IS NOT NULL;
CREATE INDEX step_history ON step (group_id, end_unix_us, input_bytes, wall_us, mem_peak_bytes,
	max_rss_bytes, mem_limit_bytes, mem_limit_hit_count, cpu_count, task_count, node_count,
	node_id, state, input_source, attrs) WHERE end_unix_us IS NOT NULL;
CREATE INDEX verdict_night ON verdict (night, verdict) WHERE verdict IN (1, 2);
CREATE UNIQUE INDEX finding_step ON finding (step, metric, owner_id) WHERE kind = 0;
CREATE UNIQUE INDEX finding_group ON finding (group_id, since_unix_us, metric, owner_id)
	WHERE kind = 1;
CREATE UNIQUE INDEX finding_node ON finding (node_id, since_unix_us, metric, owner_id)
	WHERE kind = 2;
CREATE INDEX finding_message ON finding (message);
CREATE INDEX message_due ON message (next_attempt_unix_us) WHERE state = 0;
COMMIT;
PRAGMA user_version = 1;
PRAGMA application_id = 1785684591;
