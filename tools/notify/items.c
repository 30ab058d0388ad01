/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the high verdicts that nobody was told of, and holds back what is not worth a mail. */
#include "notify/notify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "notify/wishes.h"
#include "util/alloc.h"

#define US_PER_HOUR 3600e6

/* A step and metric in the ledger. */
struct told {
	int64_t step_id;
	enum store_metric metric;
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

static bool is_told(const struct told_list *told, const struct store_verdict *verdict)
{
	struct told key = {verdict->step_id, verdict->metric};

	return told->count > 0 &&
	       bsearch(&key, told->list, told->count, sizeof(key), compare_told) != NULL;
}

/* A floor on what is not known does not hold it back. */
static bool is_worth_a_mail(const struct notify_settings *settings, const struct store_step *step,
			    const struct store_verdict *verdict)
{
	double excess = verdict->value - verdict->expected;

	if (isnan(excess) || !(verdict->ratio >= settings->min_ratio))
		return false;
	if (verdict->metric == STORE_MEMORY)
		return excess >= (double)settings->min_memory_bytes;
	if (excess < (double)settings->min_time_us)
		return false;
	return step->cpu_count == JO_MISSING ||
	       excess * (double)step->cpu_count / US_PER_HOUR >= settings->min_core_hours;
}

static void item_set(struct notify_item *item, const struct store_step *step,
		     const struct store_verdict *verdict)
{
	char job[STORE_JOB_TEXT_SIZE], number[STORE_JOB_TEXT_SIZE];

	(void)store_job_format(step, job, sizeof(job));
	(void)store_step_format(step, number, sizeof(number));
	*item = (struct notify_item){
		.step_id = verdict->step_id,
		.group_id = verdict->group_id,
		.metric = verdict->metric,
		.user = xstrdup(step->user),
		.uid = step->uid,
		.cluster = xstrdup(step->cluster),
		.partition = xstrdup(step->partition),
		.class_name = xstrdup(step->class_name),
		.attrs = xstrdup(step->attrs),
		.node = xstrdup(step->node),
		.job = xstrdup(job),
		.label = step->step_kind == JO_STEP_SRUN ? xasprintf("%s.%s", job, number)
							 : xstrdup(job),
		.is_batch = step->step_kind == JO_STEP_BATCH,
		.state = step->state,
		.end_unix_us = step->end_unix_us,
		.input_bytes = step->input_bytes,
		.cpu_count = step->cpu_count,
		.task_count = step->task_count,
		.node_count = step->node_count,
		.mem_limit_bytes = step->mem_limit_bytes,
		.oom_kill_count = step->oom_kill_count,
		.time_limit_us = step->time_limit_us,
		.value = verdict->value,
		.expected = verdict->expected,
		.low = verdict->low,
		.high = verdict->high,
		.ratio = verdict->ratio,
		.score = verdict->score,
		.history_count = verdict->history_count,
		.borrowed_count = verdict->borrowed_count,
	};
}

static int compare_items(const void *left, const void *right)
{
	const struct notify_item *a = left, *b = right;
	int order = strcmp(a->user, b->user);

	if (order != 0)
		return order;
	if (a->step_id != b->step_id)
		return a->step_id < b->step_id ? -1 : 1;
	return (int)a->metric - (int)b->metric;
}

/*
 * Whether it is for tonight's mail.  A weekly mail comes on its day alone, and
 * tells what was young enough on the day after the last one.
 */
static bool is_for_tonight(const struct notify_wishes *wishes, const struct store_step *step,
			   int64_t from_unix_us)
{
	if (notify_is_unwanted(wishes, step))
		return false;
	if (notify_is_weekly(wishes, step->user))
		return wishes->is_weekly_day;
	return step->end_unix_us >= from_unix_us;
}

static int read_verdicts(struct store *store, const struct notify_settings *settings,
			 const struct notify_wishes *wishes, int64_t from_unix_us,
			 const struct told_list *told, struct notify_items *items,
			 struct jo_err *err)
{
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct store_verdict verdict;
	struct store_step step;
	size_t size = 0;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.end_from_unix_us = from_unix_us - NOTIFY_WEEK_US;
	selection.verdict_mask = 1u << STORE_HIGH;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0) {
		if (is_told(told, &verdict) || !is_worth_a_mail(settings, &step, &verdict) ||
		    !is_for_tonight(wishes, &step, from_unix_us))
			continue;
		if (items->count == size) {
			size = size == 0 ? 64 : 2 * size;
			items->list = xreallocarray(items->list, size, sizeof(*items->list));
		}
		item_set(&items->list[items->count++], &step, &verdict);
	}
	store_cursor_close(cursor);
	return rc;
}

int notify_items_read(struct store *store, const struct notify_settings *settings,
		      int64_t now_unix_us, struct notify_items *ret_items, struct jo_err *err)
{
	int64_t from_unix_us = now_unix_us - settings->max_age_us;
	struct notify_items items = {0};
	struct notify_wishes wishes;
	struct told_list told = {0};
	int rc;

	rc = notify_wishes_read(store, now_unix_us, &wishes, err);
	if (rc < 0)
		return rc;
	rc = read_told(store, from_unix_us - NOTIFY_WEEK_US, &told, err);
	if (rc == 0)
		rc = read_verdicts(store, settings, &wishes, from_unix_us, &told, &items, err);
	notify_wishes_release(&wishes);
	free(told.list);
	if (rc < 0) {
		notify_items_release(&items);
		return rc;
	}
	if (items.count > 0)
		qsort(items.list, items.count, sizeof(*items.list), compare_items);
	*ret_items = items;
	return 0;
}

void notify_item_release(struct notify_item *item)
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

void notify_items_release(struct notify_items *items)
{
	for (size_t i = 0; i < items->count; i++)
		notify_item_release(&items->list[i]);
	free(items->list);
	*items = (struct notify_items){0};
}
