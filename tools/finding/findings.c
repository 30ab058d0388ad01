/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorts items so that what belongs together stands together, and cuts the list there. */
#include "finding/findings.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* Of a batch step's excess: from there on its steps are where to look. */
#define ACCOUNTED_SHARE 0.5

static bool is_told_by_steps(const struct finding_item *items, size_t count,
			     const struct finding_item *batch)
{
	double excess = 0;

	if (!batch->is_batch || batch->metric != METRIC_WALL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!items[i].is_batch && items[i].metric == METRIC_WALL &&
		    strcmp(items[i].job, batch->job) == 0 &&
		    strcmp(items[i].cluster, batch->cluster) == 0)
			excess += items[i].value - items[i].expected;
	return excess >= ACCOUNTED_SHARE * (batch->value - batch->expected);
}

/* What a step used of CPU time is told with how long it took. */
static bool is_told_by_clock(const struct finding_item *items, size_t count,
			     const struct finding_item *item)
{
	for (size_t i = 0; i < count && item->metric == METRIC_CPU; i++)
		if (items[i].metric == METRIC_WALL && items[i].step_id == item->step_id &&
		    items[i].cpu_ratio > 0)
			return true;
	return false;
}

/* By group, metric and cause, then the worst first, then as Slurm counts. */
static int compare_members(const void *left, const void *right)
{
	const struct finding_item *a = *(const struct finding_item *const *)left;
	const struct finding_item *b = *(const struct finding_item *const *)right;

	if (a->group_id != b->group_id)
		return a->group_id < b->group_id ? -1 : 1;
	if (a->metric != b->metric)
		return (int)a->metric - (int)b->metric;
	if (a->cause != b->cause)
		return (int)a->cause - (int)b->cause;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return (a->step_id > b->step_id) - (a->step_id < b->step_id);
}

static int compare_findings(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (a->items[0]->score != b->items[0]->score)
		return a->items[0]->score > b->items[0]->score ? -1 : 1;
	return compare_members(&a->items[0], &b->items[0]);
}

void findings_collapse(const struct finding_item *items, size_t count,
		       struct findings *ret_findings)
{
	struct findings findings = {0};
	size_t kept = 0;

	findings.items = xcalloc(count, sizeof(const struct finding_item *));
	findings.list = xcalloc(count, sizeof(*findings.list));
	for (size_t i = 0; i < count; i++)
		if (!is_told_by_steps(items, count, &items[i]) &&
		    !is_told_by_clock(items, count, &items[i]))
			findings.items[kept++] = &items[i];
	qsort(findings.items, kept, sizeof(*findings.items), compare_members);
	for (size_t i = 0, end; i < kept; i = end) {
		const struct finding_item *first = findings.items[i];

		for (end = i + 1; end < kept && findings.items[end]->group_id == first->group_id &&
				  findings.items[end]->metric == first->metric &&
				  findings.items[end]->cause == first->cause;
		     end++)
			;
		findings.list[findings.count++] = (struct finding){&findings.items[i], end - i};
	}
	qsort(findings.list, findings.count, sizeof(*findings.list), compare_findings);
	*ret_findings = findings;
}

void findings_release(struct findings *findings)
{
	free(findings->items);
	free(findings->list);
	*findings = (struct findings){0};
}
