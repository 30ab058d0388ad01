/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps in the store: what goes in (records), how the nodes of a step become
 * one step, and how steps are selected and read.  Include store.h.
 */
#ifndef STORE_STEP_H
#define STORE_STEP_H

/* As Slurm names them, with two of our own. */
enum store_state {
	STORE_STATE_NONE,      /* going in: derive it from what the record says */
	STORE_STATE_RUNNING,   /* begun, and not all of its nodes have told an end */
	STORE_STATE_COMPLETED, /* exit status 0 */
	STORE_STATE_FAILED,    /* exit status or signal, none of the below */
	STORE_STATE_TIMEOUT,
	STORE_STATE_OUT_OF_MEMORY, /* the kernel killed a process, whatever the exit status */
	STORE_STATE_CANCELLED,
	STORE_STATE_NODE_FAIL,
	STORE_STATE_PREEMPTED,
	STORE_STATE_DEADLINE,
	STORE_STATE_BOOT_FAIL,
	STORE_STATE_LOST,    /* its time was over long ago, and an end never came */
	STORE_STATE_UNKNOWN, /* ended, and the record does not say how */
	STORE_STATE_COUNT,
};

/* "NONE", "RUNNING", ...: by value, NULL at the end. */
extern const char *const store_state_words[];

/* Where a step's facts come from; a later one in this list is never overwritten by an earlier one.
 */
enum store_source { STORE_SOURCE_SACCT, STORE_SOURCE_CSV, STORE_SOURCE_PLUGIN };

/* One step, all its nodes merged. */
struct store_step {
	int64_t id; /* the store's own; stays as long as the step is kept */
	int64_t group_id;
	enum store_source source;
	enum store_state state;

	/* identity: see struct jo_record */
	const char *cluster;
	int64_t job_id;
	int64_t step_id;
	enum jo_step_kind step_kind;
	int64_t restart_count;
	int64_t array_job_id, array_task_id;
	int64_t het_job_id, het_job_offset;
	const char *sluid;
	int64_t uid;
	const char *user; /* the passwd name of uid; the record's own word when there is none */
	const char *account;
	const char *partition;
	const char *qos;
	const char *job_name;
	const char *class_name;
	int64_t class_is_declared; /* 0 or 1 */
	const char *program;

	/* nodes */
	const char *node;         /* the first (lowest index); store_nodes_open has all */
	int64_t node_index;       /* of that node */
	int64_t node_count;       /* that the step has, as Slurm said */
	int64_t node_seen_count;  /* that told anything */
	int64_t node_ended_count; /* that told an end; values cover these alone */

	/* what it was given */
	int64_t task_count;        /* sum of the nodes */
	int64_t cpu_count;         /* sum of the nodes */
	int64_t mem_request_bytes; /* on one node */
	int64_t time_limit_us;     /* of the job */
	int64_t input_bytes;
	enum jo_input_source input_source;
	const char *attrs; /* "KEY=VALUE,KEY=VALUE" sorted by key: jo_attrs_parse reads it */

	/* what it took */
	int64_t start_unix_us; /* earliest node */
	int64_t end_unix_us;   /* latest node; missing while RUNNING and for LOST */
	int64_t wall_us;       /* longest node */
	int64_t exit_status;   /* worst node */
	int64_t term_signal;
	int64_t mem_peak_bytes;     /* largest node */
	int64_t mem_peak_sum_bytes; /* all nodes together */
	enum jo_mem_source mem_source;
	int64_t max_rss_bytes;              /* largest process of any node */
	int64_t mem_limit_bytes;            /* of the node with the largest peak */
	int64_t mem_limit_hit_count;        /* sum */
	int64_t oom_kill_count;             /* sum */
	int64_t swap_peak_bytes;            /* largest node */
	int64_t cpu_user_us, cpu_system_us; /* sums */
	int64_t read_bytes, write_bytes;    /* sums */
	int64_t major_fault_count;          /* sum */
	/*
	 * Stall times are those of the node that stalled longest: a step waits for its slowest
	 * node, and the share of wall_us stays a share.
	 */
	int64_t psi_cpu_some_us;
	int64_t psi_memory_some_us, psi_memory_full_us;
	int64_t psi_io_some_us, psi_io_full_us;

	int64_t ingest_unix_us; /* when the store last learnt something about it */
	int64_t judged_unix_us; /* missing: not judged since then */
	bool is_expected;       /* its owner said that it was normal: store_expected_add */
};

/* Room for the longest text of the next two functions. */
#define STORE_JOB_TEXT_SIZE 48

/*
 * The job as Slurm's commands write it: "123", "123_4" for an array's task,
 * "123+1" for a heterogeneous job's component.  Returns buf.
 */
char *store_job_format(const struct store_step *step, char *buf, size_t size);

/* The step within its job: "batch", "interactive" or a number.  Returns buf. */
char *store_step_format(const struct store_step *step, char *buf, size_t size);

/* ---- going in ---- */

struct store_input {
	const struct jo_record *record;
	const char *user; /* instead of the record's own; NULL: take that */
	enum store_source source;
	/* Derived when NONE.  Never RUNNING: that is a start record. */
	enum store_state state;
};

struct store_added {
	int64_t new_count;       /* steps and node descriptions not known before */
	int64_t changed_count;   /* records that added to or replaced something known */
	int64_t duplicate_count; /* records that said nothing new */
};

/*
 * Take count records, in any order; *added is added to.  Call it between begin
 * and commit, with some thousands at a time.
 *
 * A step's key is (cluster, job, array task, step, restart), a node's row adds
 * the node.  Of one node a start and an end make one row, whichever comes
 * first.  A second end from the plugin says nothing new and is not looked at;
 * an import's row replaces an earlier import's.  The step is merged again when
 * a node is added, and is then not judged any more.
 *
 * State, when it is derived:
 *	RUNNING	not all node_count nodes have told an end
 *	OUT_OF_MEMORY	oom_kill_count > 0
 *	TIMEOUT	ended at or after the job's start (earliest start of a step of
 *		the job) plus time_limit_us; or by SIGTERM or SIGKILL within a
 *		minute before: the step itself cannot tell what sent the signal,
 *		and sees its start later than Slurm does
 *	CANCELLED	ended by SIGTERM or SIGKILL otherwise
 *	FAILED, COMPLETED	by exit status and signal; UNKNOWN without either
 */
int store_add(struct store *store, const struct store_input *inputs, size_t count,
	      int64_t now_unix_us, struct store_added *added, struct jo_err *err);

/*
 * Make LOST what still runs although its time limit was over grace_us ago, or
 * that began more than no_limit_us ago and has no limit.  A record that comes
 * after all makes it what it says.  Returns how many.
 */
int store_settle_lost(struct store *store, int64_t now_unix_us, int64_t grace_us,
		      int64_t no_limit_us, struct jo_err *err);

/* ---- coming out ---- */

struct store_words {
	const char *const *list;
	size_t count; /* 0: any */
};

/* One job in a selection; JO_MISSING for any. */
struct store_job {
	int64_t job_id; /* also matches an array's or heterogeneous job's own number */
	int64_t array_task_id;
	int64_t het_job_offset;
	int64_t step_id;
};

enum store_order {
	STORE_BY_END,        /* newest last; running ones after all others, by start */
	STORE_BY_END_NEWEST, /* the reverse */
	STORE_BY_GROUP,      /* group, then end */
	STORE_BY_JOB,        /* cluster, job, array task, restart, start */
};

/* All conditions hold together; a list's members are alternatives.  Zero-filled is not "all": use
 * the init. */
struct store_selection {
	int64_t end_from_unix_us, end_to_unix_us;     /* ended in here */
	int64_t start_from_unix_us, start_to_unix_us; /* started in here */
	int64_t active_from_unix_us,
		active_to_unix_us; /* ran at any moment in here, as sacct selects */
	struct store_words clusters, users, accounts, partitions, qos, classes, programs, job_names,
		nodes;
	const struct store_job *jobs;
	size_t job_count;    /* 0: any */
	unsigned state_mask; /* bit 1 << enum store_state; 0: any */
	int64_t id;          /* one step, or JO_MISSING */
	int64_t group_id;    /* or JO_MISSING */
	bool want_unjudged;  /* only what has ended and was not judged since */
	enum store_order order;
	int64_t limit; /* JO_MISSING: all */
};

void store_selection_init(struct store_selection *selection);

int store_steps_open(struct store *store, const struct store_selection *selection,
		     struct store_cursor **ret_cursor, struct jo_err *err);
int store_steps_next(struct store_cursor *cursor, struct store_step *ret_step, struct jo_err *err);

/* How many steps the selection has, without its limit. */
int store_steps_count(struct store *store, const struct store_selection *selection,
		      int64_t *ret_count, struct jo_err *err);

/* When the first of the ended steps that were not judged yet ended: 1, or 0 for none. */
int store_unjudged_oldest(struct store *store, int64_t *ret_end_unix_us, struct jo_err *err);

/*
 * The nodes of a step, by node index, each as a struct store_step whose values
 * are that node's alone.  Its state is RUNNING while the node has told no end,
 * and then the step's.
 */
int store_nodes_open(struct store *store, int64_t step_id, struct store_cursor **ret_cursor,
		     struct jo_err *err);
int store_nodes_next(struct store_cursor *cursor, struct store_step *ret_node, struct jo_err *err);

/* What a node is made of, as slurmd told when it started. */
struct store_node {
	const char *cluster;
	const char *node;
	int64_t since_unix_us; /* start of that slurmd */
	const char *node_model;
	int64_t socket_count, core_count, numa_node_count;
	int64_t node_mem_bytes;
	const char *slurm_version, *plugin_version;
};

/* All descriptions, by cluster, node and since. */
int store_descriptions_open(struct store *store, struct store_cursor **ret_cursor,
			    struct jo_err *err);
int store_descriptions_next(struct store_cursor *cursor, struct store_node *ret_node,
			    struct jo_err *err);

/*
 * What the node was at the time: the newest description since before it, or
 * the oldest one when all are later; when none names the cluster, of those that
 * name none, as a starting slurmd may not know it.  Returns 1 and fills *ret_node, whose
 * strings are good until the next call of this function, or 0 for none.
 */
int store_node_at(struct store *store, const char *cluster, const char *node, int64_t unix_us,
		  struct store_node *ret_node, struct jo_err *err);

#endif
