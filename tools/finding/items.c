/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies verdicts into lists, and finds them there. */
#include "finding/items.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

static double chance_of(const struct step_verdict *verdict)
{
	return verdict_chance(verdict->p_value, verdict->near_count, verdict->like_count);
}

static void item_set(struct finding_item *item, const struct step *step,
		     const struct step_verdict *verdict)
{
	char job[STEP_JOB_TEXT_SIZE], label[STEP_LABEL_SIZE];

	*item = (struct finding_item){
		.step_id = verdict->step_id,
		.group_id = step->group_id,
		.metric = verdict->metric,
		.measure = verdict->measure,
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
		.oom_kill_count = step->oom_kill_count,
		.value = verdict->value,
		.expected = verdict->expected,
		.high = verdict->high,
		.ratio = verdict->ratio,
		.score = verdict->score,
		.chance = chance_of(verdict),
		.surest = verdict->metric,
		.history_count = verdict->history_count,
		.borrowed_count = verdict->borrowed_count,
		.psi_cpu_some_us = step->psi_cpu_some_us,
		.psi_memory_some_us = step->psi_memory_some_us,
		.psi_io_some_us = step->psi_io_some_us,
	};
}

static struct finding_item *append(struct finding_items *items)
{
	items->list = xgrow(items->list, items->count, &items->capacity, sizeof(*items->list));
	return &items->list[items->count++];
}

void finding_items_add(struct finding_items *items, const struct step *step,
		       const struct step_verdict *verdict)
{
	item_set(append(items), step, verdict);
}

void finding_item_set_cause(struct finding_item *item, const struct step_verdict *cpu)
{
	const struct step_verdict wall = {
		.verdict = VERDICT_HIGH, .expected = item->expected, .ratio = item->ratio};

	if (item->metric != METRIC_WALL || cpu == NULL || cpu->verdict == VERDICT_UNJUDGED)
		return;
	item->cause = cause_of(&wall, cpu);
	item->cpu_ratio = cpu->ratio;
	if (cpu->verdict == VERDICT_HIGH && chance_of(cpu) < item->chance) {
		item->chance = chance_of(cpu);
		item->surest = METRIC_CPU;
	}
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

void finding_items_move(struct finding_items *items, const struct finding_item *item)
{
	*append(items) = *item;
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
