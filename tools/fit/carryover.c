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

/* Whether what is there is the beginning of what is asked for. */
static bool can_grow(const struct carryover_group *of, const struct store_group *group,
		     int64_t before_unix_us, size_t limit)
{
	/* The texts of rows that were dropped are freed when all is read again. */
	return of->limit == limit && of->change_count == group->change_count &&
	       of->before_unix_us <= before_unix_us && of->added_n <= limit;
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

static void drop_oldest(struct store_history *history, size_t limit)
{
	size_t drop = history->count > limit ? history->count - limit : 0;

	history->count -= drop;
	if (drop > 0)
		memmove(history->list, history->list + drop,
			history->count * sizeof(history->list[0]));
}

int carryover_read(struct carryover *carryover, struct carryover_group *of, struct store *store,
		   const struct store_group *group, int64_t before_unix_us, size_t limit,
		   struct store_history *ret_history, struct jo_err *err)
{
	struct store_history *history = &of->history;
	bool is_grown = can_grow(of, group, before_unix_us, limit);
	size_t count = history->count;
	int rc = 0;

	if (!is_grown)
		rc = store_history_read(store, group->id, before_unix_us, limit, history, err);
	else if (!is_whole(of, group, before_unix_us))
		rc = store_history_add(store, group->id, of->before_unix_us, before_unix_us, limit,
				       history, err);
	carryover->rows_n -= count;
	if (rc < 0) {
		history->count = of->limit = 0;
		return rc;
	}
	of->added_n = is_grown ? of->added_n + history->count - count : 0;
	drop_oldest(history, limit);
	carryover->rows_n += history->count;
	of->limit = limit;
	of->change_count = group->change_count;
	of->before_unix_us = before_unix_us;
	*ret_history = (struct store_history){.list = history->list, .count = history->count};
	return 0;
}

void carryover_keep_model(struct carryover_model *carryover, struct model *model, uint64_t print,
			  size_t rows_n)
{
	forget_model(carryover);
	model_forget_rows(model);
	*carryover = (struct carryover_model){true, print, rows_n, *model};
	*model = (struct model){.metric = model->metric};
}
