/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steps in the store: what goes in (records), how the nodes of a step become
 * one step (step/step.h), and how steps are selected and read.  Include store.h.
 */
#ifndef STORE_STEPS_H
#define STORE_STEPS_H

/* ---- going in ---- */

struct store_input {
	const struct jo_record *record;
	const char *user; /* instead of the record's own; NULL: take that */
	enum step_source source;
	/* Derived when NONE.  Never RUNNING: that is a start record. */
	enum step_state state;
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
	unsigned state_mask; /* bit 1 << enum step_state; 0: any */
	int64_t id;          /* one step, or JO_MISSING */
	int64_t group_id;    /* or JO_MISSING */
	bool want_unjudged;  /* only what has ended and was not judged since */
	enum store_order order;
	int64_t limit; /* JO_MISSING: all */
};

void store_selection_init(struct store_selection *selection);

int store_steps_open(struct store *store, const struct store_selection *selection,
		     struct store_cursor **ret_cursor, struct jo_err *err);
int store_steps_next(struct store_cursor *cursor, struct step *ret_step, struct jo_err *err);

/* How many steps the selection has, without its limit. */
int store_steps_count(struct store *store, const struct store_selection *selection,
		      int64_t *ret_count, struct jo_err *err);

/* When the first of the ended steps that were not judged yet ended: 1, or 0 for none. */
int store_unjudged_oldest(struct store *store, int64_t *ret_end_unix_us, struct jo_err *err);

/*
 * The nodes of a step, by node index, each as a struct step whose values
 * are that node's alone.  Its state is RUNNING while the node has told no end,
 * and then the step's.
 */
int store_nodes_open(struct store *store, int64_t step_id, struct store_cursor **ret_cursor,
		     struct jo_err *err);
int store_nodes_next(struct store_cursor *cursor, struct step *ret_node, struct jo_err *err);

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
