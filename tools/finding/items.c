/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what is for tonight and nobody was told of. */
#include "notify/notify.h"

#include <stdlib.h>

#include "finding/candidates.h"
#include "util/alloc.h"

/* A step and metric in the ledger. */
struct told {
	int64_t step_id;
	enum metric metric;
};

struct told_list {
	struct told *list;
	size_t count, size;
};

static int compare_told(const void *left, const void *right)
{
	const struct told *a = left, *b = right;

	if (a->step_id != b->step_id)
		return a->step_id < b->step_id ? -1 : 1;
	return (int)a->metric - (int)b->metric;
}

static int read_told(struct store *store, int64_t from_unix_us, struct told_list *told,
		     struct jo_err *err)
{
	struct store_finding_selection selection = {.message_id = JO_MISSING};
	struct store_cursor *cursor;
	struct store_finding finding;
	int rc;

	rc = store_findings_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_findings_next(cursor, &finding, err)) > 0) {
		if (finding.kind != STORE_FINDING_STEP || finding.since_unix_us < from_unix_us)
			continue;
		if (told->count == told->size) {
			told->size = told->size == 0 ? 256 : 2 * told->size;
			told->list = xreallocarray(told->list, told->size, sizeof(*told->list));
		}
		told->list[told->count++] = (struct told){finding.step_id, finding.metric};
	}
	store_cursor_close(cursor);
	if (told->count > 0)
		qsort(told->list, told->count, sizeof(*told->list), compare_told);
	return rc;
}

static bool is_told(const struct told_list *told, const struct finding_item *item)
{
	struct told key = {item->step_id, item->metric};

	return told->count > 0 &&
	       bsearch(&key, told->list, told->count, sizeof(key), compare_told) != NULL;
}

/* Keep what is for tonight. */
static void choose(struct finding_items *items, const struct mail_day *tonight,
		   const struct wishes *wishes, const struct told_list *told)
{
	size_t kept = 0;

	for (size_t i = 0; i < items->count; i++) {
		if (notify_is_for_tonight(tonight, wishes, &items->list[i]) &&
		    !is_told(told, &items->list[i]))
			items->list[kept++] = items->list[i];
		else
			finding_item_release(&items->list[i]);
	}
	items->count = kept;
}

int finding_items_read(struct store *store, const struct notify_settings *settings,
		      int64_t now_unix_us, struct finding_items *ret_items, struct jo_err *err)
{
	static const struct mail_days every_day = {0};
	struct finding_items items = {0};
	struct mail_day tonight;
	struct wishes wishes;
	struct told_list told = {0};
	int rc;

	mail_days_look(settings->days != NULL ? settings->days : &every_day, settings->max_age_us,
			 now_unix_us, &tonight);
	rc = wishes_read(store, &wishes, err);
	if (rc < 0)
		return rc;
	rc = read_told(store, tonight.weekly_from_unix_us, &told, err);
	if (rc == 0)
		rc = candidates_read(store, settings, &wishes, tonight.weekly_from_unix_us,
					    JO_MISSING, &items, err);
	if (rc == 0)
		choose(&items, &tonight, &wishes, &told);
	wishes_release(&wishes);
	free(told.list);
	if (rc < 0) {
		finding_items_release(&items);
		return rc;
	}
	finding_items_sort(&items);
	*ret_items = items;
	return 0;
}

void finding_item_release(struct finding_item *item)
{
	free(item->user);
	free(item->cluster);
	free(item->partition);
	free(item->class_name);
	free(item->attrs);
	free(item->node);
	free(item->job);
	free(item->label);
}

void finding_items_release(struct finding_items *items)
{
	for (size_t i = 0; i < items->count; i++)
		finding_item_release(&items->list[i]);
	free(items->list);
	*items = (struct finding_items){0};
}
