/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Histories that grow by a night at a time, and the models of the night before. */
#include "carryover.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* Rows of all groups together, with their models and texts some 200 bytes each. */
#define ROWS_MAX 1000000

struct carryover {
	void *groups; /* of tsearch() */
	size_t rows_n;
};

struct carryover *carryover_new(void)
{
	return xcalloc(1, sizeof(struct carryover));
}

static void forget_model(struct carryover_model *carryover)
{
	if (carryover->is_known)
		model_release(&carryover->model);
	carryover->is_known = false;
}

static void free_group(void *group)
{
	struct carryover_group *carryover = group;

	for (size_t m = 0; m < METRIC_COUNT; m++)
		forget_model(&carryover->models[m]);
	store_history_release(&carryover->history);
	free(carryover);
}

void carryover_free(struct carryover *carryover)
{
	if (carryover == NULL)
		return;
	tdestroy(carryover->groups, free_group);
	free(carryover);
}

static int compare_groups(const void *a, const void *b)
{
	const struct carryover_group *one = a, *other = b;

	return (one->group_id > other->group_id) - (one->group_id < other->group_id);
}

struct carryover_group *carryover_group_of(struct carryover *carryover, int64_t group_id)
{
	const struct carryover_group key = {.group_id = group_id};
	struct carryover_group *group;
	void *node;

	if (carryover == NULL)
		return NULL;
	node = tfind(&key, &carryover->groups, compare_groups);
	if (node != NULL)
		return *(struct carryover_group **)node;
	if (carryover->rows_n >= ROWS_MAX)
		return NULL;
	group = xcalloc(1, sizeof(*group));
	group->group_id = group_id;
	if (tsearch(group, &carryover->groups, compare_groups) == NULL)
		abort(); /* as any allocation that fails */
	return group;
}

/* Whether what is there was of what is asked for. */
static bool is_of(const struct carryover_group *of, const struct store_group *group, size_t limit)
{
	return of->limit == limit && of->change_count == group->change_count;
}

/* Whether what is there is the beginning of what is asked for. */
static bool can_grow(const struct carryover_group *of, const struct store_group *group,
		     int64_t before_unix_us, size_t limit)
{
	/* The texts of rows that were dropped are freed when all is read again. */
	return is_of(of, group, limit) && of->before_unix_us <= before_unix_us &&
	       of->added_n <= limit;
}

/*
 * Whether nothing has come to it: its site's prior asked for the same before, or no
 * step of the group has ended since.
 */
static bool is_whole(const struct carryover_group *of, const struct store_group *group,
		     int64_t before_unix_us)
{
	return of->before_unix_us == before_unix_us ||
	       group->newest_end_unix_us < of->before_unix_us;
}

static void drop_oldest(struct carryover_group *of, size_t limit)
{
	struct store_history *history = &of->history;
	size_t drop = history->count > limit ? history->count - limit : 0;

	if (drop == 0)
		return;
	history->count -= drop;
	memmove(history->list, history->list + drop, history->count * sizeof(history->list[0]));
	of->has_all = false;
}

/* Read what has ended since, or all. */
static int read_later(struct carryover_group *of, struct store *store,
		      const struct store_group *group, int64_t before_unix_us, size_t limit,
		      struct jo_err *err)
{
	struct store_history *history = &of->history;
	size_t count = history->count;
	int rc = 0;

	if (!can_grow(of, group, before_unix_us, limit)) {
		rc = store_history_read(store, group->id, before_unix_us, limit, history, err);
		of->added_n = 0;
		of->has_all = history->count < limit;
	} else if (!is_whole(of, group, before_unix_us)) {
		rc = store_history_add(store, group->id, of->before_unix_us, before_unix_us, limit,
				       history, err);
		of->added_n += history->count - count;
	}
	if (rc < 0)
		return rc;
	drop_oldest(of, limit);
	of->limit = limit;
	of->change_count = group->change_count;
	of->before_unix_us = before_unix_us;
	return 0;
}

/* How many rows ended before the time. */
static size_t count_before(const struct store_history *history, int64_t before_unix_us)
{
	size_t count = history->count;

	while (count > 0 && history->list[count - 1].end_unix_us >= before_unix_us)
		count--;
	return count;
}

/* Read so many rows before those that are there, in front of them.  Of those that ended at the time
 * of the first, some may be missing: all are read again. */
static int read_older(struct carryover_group *of, struct store *store, size_t count,
		      struct jo_err *err)
{
	struct store_history *history = &of->history;
	int64_t first_unix_us = history->list[0].end_unix_us;
	size_t again_n = 0, kept_n, older_n;
	struct store_obs *kept;
	int rc;

	while (again_n < history->count && history->list[again_n].end_unix_us == first_unix_us)
		again_n++;
	kept_n = history->count -= again_n;
	kept = xreallocarray(NULL, kept_n + 1, sizeof(kept[0]));
	memcpy(kept, history->list + again_n, kept_n * sizeof(kept[0]));
	rc = store_history_add(store, of->group_id, JO_MISSING + 1, first_unix_us + 1,
			       count + again_n, history, err);
	older_n = history->count - kept_n;
	memmove(history->list, history->list + kept_n, older_n * sizeof(kept[0]));
	memcpy(history->list + older_n, kept, kept_n * sizeof(kept[0]));
	of->has_all = older_n < count + again_n;
	free(kept);
	return rc;
}

/* Find what there was at an earlier time: of the rows that are there, and what is before them. */
static int find_earlier(struct carryover_group *of, struct store *store, int64_t before_unix_us,
			size_t limit, struct store_history *ret_history, struct jo_err *err)
{
	size_t count = count_before(&of->history, before_unix_us), taken;
	int rc = 0;

	if (count > 0 && count < limit && !of->has_all) {
		rc = read_older(of, store, limit - count, err);
		count = count_before(&of->history, before_unix_us);
	}
	taken = count < limit ? count : limit;
	*ret_history =
		(struct store_history){.list = of->history.list + count - taken, .count = taken};
	return rc;
}

int carryover_read(struct carryover *carryover, struct carryover_group *of, struct store *store,
		   const struct store_group *group, int64_t before_unix_us, size_t limit,
		   struct store_history *ret_history, struct jo_err *err)
{
	struct store_history history = {0};
	size_t count = of->history.count;
	bool is_earlier = is_of(of, group, limit) && count > 0 &&
			  before_unix_us < of->before_unix_us &&
			  (of->has_all || before_unix_us > of->history.list[0].end_unix_us);
	int rc;

	if (is_earlier) {
		rc = find_earlier(of, store, before_unix_us, limit, &history, err);
	} else {
		rc = read_later(of, store, group, before_unix_us, limit, err);
		history = (struct store_history){.list = of->history.list,
						 .count = of->history.count};
	}
	if (rc < 0)
		of->history.count = of->limit = 0;
	carryover->rows_n = carryover->rows_n - count + of->history.count;
	if (rc == 0)
		*ret_history = history;
	return rc;
}

void carryover_keep_model(struct carryover_model *carryover, struct model *model, uint64_t print,
			  size_t rows_n)
{
	forget_model(carryover);
	model_forget_rows(model);
	*carryover = (struct carryover_model){true, print, rows_n, *model};
	*model = (struct model){.metric = model->metric};
}
