/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds verdicts against the site's floors and exclusions, the owner's wishes, and the calendar. */
#include "finding/candidates.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "util/alloc.h"

/* A floor on what is not known does not hold it back. */
static bool is_worth_a_mail(const struct notify_settings *settings, const struct step *step,
			    const struct step_verdict *verdict)
{
	double excess = verdict->value - verdict->expected, core_hours;

	if (isnan(excess) || !(verdict->ratio >= settings->min_ratio))
		return false;
	if (metric_infos[verdict->metric].kind == METRIC_OF_BYTES)
		return excess >= (double)settings->min_memory_bytes;
	core_hours = metric_core_hours(verdict->metric, excess, step->cpu_count);
	return excess >= (double)settings->min_time_us && !(core_hours < settings->min_core_hours);
}

bool candidates_admit(const struct notify_settings *settings, const struct wishes *wishes,
			 const struct step *step, const struct step_verdict *verdict)
{
	return verdict->verdict == VERDICT_HIGH && is_worth_a_mail(settings, step, verdict) &&
	       !excluded_has(&settings->excluded, step) && !wishes_refuse(wishes, step);
}

static void item_set(struct finding_item *item, const struct step *step,
		     const struct step_verdict *verdict)
{
	char job[STEP_JOB_TEXT_SIZE], label[STEP_LABEL_SIZE];

	*item = (struct finding_item){
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
		.job = xstrdup(step_job_format(step, job, sizeof(job))),
		.label = xstrdup(step_label_format(step, label, sizeof(label))),
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

static struct finding_item *append(struct finding_items *items)
{
	if (items->count == items->size) {
		items->size = items->size == 0 ? 64 : 2 * items->size;
		items->list = xreallocarray(items->list, items->size, sizeof(*items->list));
	}
	return &items->list[items->count++];
}

void finding_items_add(struct finding_items *items, const struct step *step,
		      const struct step_verdict *verdict)
{
	item_set(append(items), step, verdict);
}

void finding_items_copy(struct finding_items *items, const struct finding_item *item)
{
	struct finding_item *copy = append(items);

	*copy = *item;
	copy->user = xstrdup(item->user);
	copy->cluster = xstrdup(item->cluster);
	copy->partition = xstrdup(item->partition);
	copy->class_name = xstrdup(item->class_name);
	copy->attrs = xstrdup(item->attrs);
	copy->node = xstrdup(item->node);
	copy->job = xstrdup(item->job);
	copy->label = xstrdup(item->label);
}

int candidates_read(struct store *store, const struct notify_settings *settings,
			   const struct wishes *wishes, int64_t from_unix_us,
			   int64_t to_unix_us, struct finding_items *items, struct jo_err *err)
{
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct step_verdict verdict;
	struct step step;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.end_from_unix_us = from_unix_us;
	selection.steps.end_to_unix_us = to_unix_us;
	selection.verdict_mask = 1u << VERDICT_HIGH;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0)
		if (candidates_admit(settings, wishes, &step, &verdict))
			finding_items_add(items, &step, &verdict);
	store_cursor_close(cursor);
	return rc;
}

static int compare_items(const void *left, const void *right)
{
	const struct finding_item *a = left, *b = right;
	int order = strcmp(a->user, b->user);

	if (order != 0)
		return order;
	if (a->step_id != b->step_id)
		return a->step_id < b->step_id ? -1 : 1;
	return (int)a->metric - (int)b->metric;
}

void finding_items_sort(struct finding_items *items)
{
	if (items->count > 0)
		qsort(items->list, items->count, sizeof(*items->list), compare_items);
}

size_t finding_items_index(const struct finding_items *items, const struct finding_item *item)
{
	const struct finding_item *found =
		bsearch(item, items->list, items->count, sizeof(*items->list), compare_items);

	assert(found != NULL);
	return (size_t)(found - items->list);
}

bool notify_is_for_tonight(const struct mail_day *tonight, const struct wishes *wishes,
			   const struct finding_item *item)
{
	if (!tonight->is_mail_day)
		return false;
	if (wishes_are_weekly(wishes, item->user))
		return tonight->is_weekly_day && item->end_unix_us >= tonight->weekly_from_unix_us;
	return item->end_unix_us >= tonight->from_unix_us;
}
