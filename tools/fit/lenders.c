/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which groups are like a young one, and in what order. */
#include "lenders.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "groups.h"
#include "step/step.h"

/* Whoever may send spans says what is in these, so they lend to each other alone. */
static bool is_of_spans(const struct store_group *group)
{
	return strcmp(group->cluster, STEP_CLUSTER_OTLP) == 0;
}

static bool is_lender(const struct store_group *borrower, const struct store_group *group)
{
	return group->id != borrower->id && is_of_spans(group) == is_of_spans(borrower) &&
	       group->class_is_declared == borrower->class_is_declared &&
	       strcmp(group->program, borrower->program) == 0 &&
	       strcmp(group->user, borrower->user) == 0 &&
	       strcmp(group->account, borrower->account) == 0;
}

/* 0 for the borrower's own cluster, 1 for another: it sorts first. */
static int distance(const struct store_group *borrower, const struct store_group *group)
{
	return strcmp(borrower->cluster, group->cluster) != 0;
}

static int compare_lenders(const void *a, const void *b, void *context)
{
	const struct store_group *x = a, *y = b;
	int by_distance = distance(context, x) - distance(context, y);

	if (by_distance != 0)
		return by_distance;
	if (x->newest_end_unix_us != y->newest_end_unix_us)
		return x->newest_end_unix_us > y->newest_end_unix_us ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* What came after the time must not change what is said of a step before it. */
static int forget_later(struct store *store, int64_t before_unix_us, struct store_group *group,
			struct jo_err *err)
{
	struct store_history history = {0};
	int rc;

	if (group->newest_end_unix_us < before_unix_us)
		return 0;
	rc = store_history_read(store, group->id, before_unix_us, 1, &history, err);
	group->newest_end_unix_us = history.count > 0 ? history.list[0].end_unix_us : INT64_MIN;
	store_history_release(&history);
	return rc;
}

int lenders_find(struct store *store, const struct store_group *borrower, int64_t before_unix_us,
		 struct store_group **ret_list, size_t *ret_count, struct jo_err *err)
{
	struct store_group_selection selection;
	struct store_group *list = NULL;
	size_t count = 0, kept = 0;
	int rc;

	store_group_selection_init(&selection);
	selection.classes = (struct store_words){&borrower->class_name, 1};
	rc = group_list(store, &selection, &list, &count, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (is_lender(borrower, &list[i]))
			list[kept++] = list[i];
		else
			group_release(&list[i]);
	}
	for (size_t i = 0; i < kept && rc >= 0; i++)
		rc = forget_later(store, before_unix_us, &list[i], err);
	if (rc < 0) {
		group_list_free(list, kept);
		return rc;
	}
	if (kept > 0)
		qsort_r(list, kept, sizeof(list[0]), compare_lenders, (void *)borrower);
	*ret_list = list;
	*ret_count = kept;
	return 0;
}
