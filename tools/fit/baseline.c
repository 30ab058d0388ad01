/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads histories: the group's own, and those of its lenders. */
#include "baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "groups.h"
#include "lenders.h"
#include "util/alloc.h"
#include "util/arena.h"

/* Newest steps read of one lender: the shape of a class needs no more. */
#define LENT_MAX 150

static void part_release(struct baseline_part *part)
{
	if (!part->is_lent)
		store_history_release(&part->history);
	free(part->rows);
	arena_release(&part->words);
	free(part->name);
}

/* Rows of the history that was read. */
static void part_fill(struct node_models *nodes, const struct store_group *group,
		      struct baseline_part *part)
{
	part->name = group_format(group);
	part->rows = xreallocarray(NULL, part->history.count + 1, sizeof(part->rows[0]));
	for (size_t i = 0; i < part->history.count; i++) {
		struct fit_row *row = &part->rows[i];

		row->obs = part->history.list[i];
		row->node_model = node_models_of_id(nodes, group->cluster, row->obs.node_name_id);
		row->user = NAN;
		row->read_bytes = row->write_bytes = JO_MISSING;
		fit_attributes_read(row, &part->words);
	}
}

/* Whether borrowed steps could change what the model says of the group. */
static bool is_young(const struct model_params *params, const struct baseline_part *own)
{
	size_t sized = 0, unsized = 0;

	for (size_t i = 0; i < own->history.count; i++) {
		if (own->rows[i].obs.state != STEP_STATE_COMPLETED)
			continue;
		if (own->rows[i].obs.input_bytes == JO_MISSING)
			unsized++;
		else
			sized++;
	}
	return (sized >= params->borrow_min && sized < params->own_enough) ||
	       (unsized >= params->borrow_min && unsized < params->own_enough);
}

static int read_lenders(struct store *store, struct node_models *nodes, struct baseline *baseline,
			struct jo_err *err)
{
	struct store_group *list = NULL;
	size_t count = 0;
	int rc;

	if (baseline->group.class_name[0] == '\0')
		return 0;
	rc = lenders_find(store, &baseline->group, baseline->before_unix_us, &list, &count, err);
	if (rc < 0)
		return rc;
	baseline->lenders = xcalloc(MODEL_LENDERS_MAX, sizeof(baseline->lenders[0]));
	for (size_t i = 0; i < count && baseline->lender_n < MODEL_LENDERS_MAX; i++) {
		struct baseline_part *part = &baseline->lenders[baseline->lender_n];

		rc = store_history_read(store, list[i].id, baseline->before_unix_us, LENT_MAX,
					&part->history, err);
		if (rc < 0)
			break;
		if (part->history.count > 0) {
			part_fill(nodes, &list[i], part);
			baseline->lender_n++;
		}
	}
	group_list_free(list, count);
	return rc;
}

int baseline_read_own(struct store *store, struct node_models *nodes, struct carryover *carryover,
		      const struct model_params *params, const struct store_group *group,
		      int64_t before_unix_us, struct baseline *ret_baseline, struct jo_err *err)
{
	struct baseline baseline = {.before_unix_us = before_unix_us};
	struct store_history *history = &baseline.own.history;
	int rc;

	baseline.carryover = carryover_group_of(carryover, group->id);
	baseline.own.is_lent = baseline.carryover != NULL;
	if (baseline.carryover != NULL)
		rc = carryover_read(carryover, baseline.carryover, store, group, before_unix_us,
				    params->history_max, history, err);
	else
		rc = store_history_read(store, group->id, before_unix_us, params->history_max,
					history, err);
	if (rc < 0) {
		part_release(&baseline.own);
		return rc;
	}
	group_copy(group, &baseline.group);
	part_fill(nodes, group, &baseline.own);
	*ret_baseline = baseline;
	return 0;
}

int baseline_read(struct store *store, struct node_models *nodes, struct carryover *carryover,
		  const struct model_params *params, const struct store_group *group,
		  int64_t before_unix_us, struct baseline *ret_baseline, struct jo_err *err)
{
	struct baseline baseline;
	int rc;

	rc = baseline_read_own(store, nodes, carryover, params, group, before_unix_us, &baseline,
			       err);
	if (rc < 0)
		return rc;
	if (is_young(params, &baseline.own))
		rc = read_lenders(store, nodes, &baseline, err);
	if (rc < 0) {
		baseline_release(&baseline);
		return rc;
	}
	*ret_baseline = baseline;
	return 0;
}

int baseline_read_older(struct store *store, struct node_models *nodes,
			const struct model_params *params, struct baseline *baseline,
			struct jo_err *err)
{
	const struct store_history *own = &baseline->own.history;
	int64_t from_unix_us = baseline->before_unix_us - BASELINE_OLDER_DAYS * JO_US_PER_DAY;
	double days, one_in;
	int rc;

	if (own->count < params->history_max || own->list[0].end_unix_us <= from_unix_us)
		return 0;
	days = (double)(baseline->before_unix_us - own->list[0].end_unix_us) /
	       (double)JO_US_PER_DAY;
	one_in = (double)own->count / fmax(days, 1) / BASELINE_PER_NIGHT;
	rc = store_history_sample(store, baseline->group.id, from_unix_us, own->list[0].end_unix_us,
				  (int64_t)fmax(one_in, 1), &baseline->older.history, err);
	if (rc == 0)
		part_fill(nodes, &baseline->group, &baseline->older);
	return rc;
}

void baseline_forget_history(struct baseline *baseline)
{
	part_release(&baseline->own);
	baseline->own = (struct baseline_part){.name = NULL};
	part_release(&baseline->older);
	baseline->older = (struct baseline_part){.name = NULL};
	for (size_t i = 0; i < baseline->lender_n; i++)
		part_release(&baseline->lenders[i]);
	free(baseline->lenders);
	baseline->lenders = NULL;
	baseline->lender_n = 0;
}

void baseline_release(struct baseline *baseline)
{
	baseline_forget_history(baseline);
	group_release(&baseline->group);
}
