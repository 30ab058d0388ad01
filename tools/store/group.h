/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups of steps that are compared with each other, their histories, and the
 * models that were fitted on them.  Include store.h.
 */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

/* What separates groups (GroupBy): a set of these.  conf's words stand in the same order. */
enum {
	STORE_GROUP_CLUSTER = 1 << 0,
	STORE_GROUP_PARTITION = 1 << 1,
	STORE_GROUP_ACCOUNT = 1 << 2,
	STORE_GROUP_QOS = 1 << 3,
	STORE_GROUP_USER = 1 << 4, /* not where the class is declared: such a class is shared */
	STORE_GROUP_CLASS = 1 << 5,
	STORE_GROUP_PROGRAM = 1 << 6,
};
#define STORE_GROUP_DEFAULT                                                                        \
	(STORE_GROUP_CLUSTER | STORE_GROUP_PARTITION | STORE_GROUP_USER | STORE_GROUP_CLASS)

/*
 * Make the store group by this set.  When it did otherwise before, all steps
 * are grouped anew (their models and drifts go, their verdicts stay), which takes minutes
 * for millions; so call it before ingest and check, outside of begin.
 */
int store_group_by(struct store *store, unsigned group_by, struct jo_err *err);

struct store_group {
	int64_t id;
	const char *cluster; /* each "" when the groups are not separated by it */
	const char *partition;
	const char *user; /* "" also for a declared class, which all users share */
	const char *class_name;
	bool class_is_declared;
	const char *program;
	const char *account;
	const char *qos;
	int64_t change_count; /* grows whenever a step of it is added, changed or removed */
	int64_t newest_end_unix_us;
};

struct store_group_selection {
	struct store_words clusters, partitions, users, classes;
	int64_t id; /* one group, or JO_MISSING */
	/* Only groups in which a step that ended in here was not judged yet. */
	bool want_unjudged;
	int64_t end_from_unix_us, end_to_unix_us;
};

void store_group_selection_init(struct store_group_selection *selection);

/* By id. */
int store_groups_open(struct store *store, const struct store_group_selection *selection,
		      struct store_cursor **ret_cursor, struct jo_err *err);
int store_groups_next(struct store_cursor *cursor, struct store_group *ret_group,
		      struct jo_err *err);

/* What a model needs of a step: read from an index alone, without touching the step's row. */
struct store_obs {
	int64_t step_id; /* struct step's id */
	int64_t end_unix_us;
	int64_t input_bytes;
	int64_t wall_us;
	int64_t mem_peak_bytes, max_rss_bytes, mem_limit_bytes, mem_limit_hit_count;
	int64_t cpu_count, task_count, node_count;
	int64_t node_name_id; /* equal for equal node names; store_name tells it */
	enum step_state state;
	enum jo_input_source input_source;
	const char *attrs; /* as in struct step */
	bool is_expected;  /* as in struct step */
};

/* Oldest first.  Release it; an all-zero one needs no release and may be filled again and again. */
struct store_history {
	struct store_obs *list;
	size_t count, capacity;
	struct store_text_block *texts; /* where the attrs lie */
};

/*
 * The newest `limit` steps of a group that ended before the time, in whatever
 * state (not RUNNING, not LOST).  *history is filled anew, keeping its memory.
 */
int store_history_read(struct store *store, int64_t group_id, int64_t end_before_unix_us,
		       size_t limit, struct store_history *history, struct jo_err *err);

/* Add the newest `limit` of those that ended in [from, before) behind those that are there. */
int store_history_add(struct store *store, int64_t group_id, int64_t end_from_unix_us,
		      int64_t end_before_unix_us, size_t limit, struct store_history *history,
		      struct jo_err *err);

/*
 * A sample of the steps that ended in [from, before): about one in so many, the
 * same ones every time.  *history is filled anew, keeping its memory.
 */
int store_history_sample(struct store *store, int64_t group_id, int64_t end_from_unix_us,
			 int64_t end_before_unix_us, int64_t one_in, struct store_history *history,
			 struct jo_err *err);
void store_history_release(struct store_history *history);

/* The name behind a ..._name_id, "" for none; good until the next call. */
const char *store_name(struct store *store, int64_t name_id);

/* A fitted model, as bytes that mean something to judge/ alone. */
struct store_model {
	int64_t group_id;
	enum metric metric;
	int64_t format_version; /* of the bytes and of the code that fitted them */
	/* What it was fitted on: the group at this change_count, steps that ended before the time.
	 */
	int64_t change_count;
	int64_t end_before_unix_us;
	int64_t obs_count;
	int64_t fitted_unix_us;
	const void *data;
	size_t size;
};

/* Returns 1 with *ret_model, whose data is good until the next call of this function; 0 for none.
 */
int store_model_get(struct store *store, int64_t group_id, enum metric metric,
		    struct store_model *ret_model, struct jo_err *err);

/* Replaces an earlier one of the same group and metric. */
int store_model_put(struct store *store, const struct store_model *model, struct jo_err *err);

/*
 * Bytes kept under a name for judge/ (such as what was learnt of the whole
 * site).  get returns 1 and the bytes, good until its next call, or 0.
 */
int store_blob_get(struct store *store, const char *name, int64_t *ret_format_version,
		   const void **ret_data, size_t *ret_size, struct jo_err *err);
int store_blob_put(struct store *store, const char *name, int64_t format_version, const void *data,
		   size_t size, struct jo_err *err);

#endif
