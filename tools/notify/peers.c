/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers attributes of peers as columns of texts, as explain/ compares them. */
#include "notify/peers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

#define PEERS_MAX 200        /* the newest; more say no more */
#define NAMES_MAX 64         /* attributes looked at */
#define SAME_SIZE_FACTOR 1.5 /* "about the same size": at most this many times as large or small   \
			      */
#define COUNT_TEXT_SIZE 24

/* What Slurm gave a step, as attributes beside the declared ones. */
struct given {
	char cpus[COUNT_TEXT_SIZE], tasks[COUNT_TEXT_SIZE], nodes[COUNT_TEXT_SIZE];
};

static const struct {
	const char *name;
	size_t offset;
} given_columns[] = {
	{"the number of CPUs", offsetof(struct given, cpus)},
	{"the number of tasks", offsetof(struct given, tasks)},
	{"the number of nodes", offsetof(struct given, nodes)},
};
#define GIVEN_COUNT (sizeof(given_columns) / sizeof(given_columns[0]))

struct sample {
	struct jo_attrs attrs;
	struct given given;
};

/* The peers, and behind them, at [count], the item itself. */
struct samples {
	struct sample *list;
	size_t count;
	struct notify_points points; /* of the peers */
	int64_t nearest_step_id;
	const char *names[NAMES_MAX];
	size_t name_count;
};

static void put_count(char text[COUNT_TEXT_SIZE], int64_t count)
{
	text[0] = '\0';
	if (count != JO_MISSING)
		(void)snprintf(text, COUNT_TEXT_SIZE, "%" PRId64, count);
}

static void sample_set(struct sample *sample, const char *attrs, int64_t cpu_count,
		       int64_t task_count, int64_t node_count)
{
	/* the store holds what was valid when it came in; anything else is as if not declared */
	if (jo_attrs_parse(attrs, &sample->attrs, NULL) != 0)
		sample->attrs.count = 0;
	put_count(sample->given.cpus, cpu_count);
	put_count(sample->given.tasks, task_count);
	put_count(sample->given.nodes, node_count);
}

static int compare_ids(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* The group's steps that were high, sorted. */
static int read_high_ids(struct store *store, const struct notify_item *item, int64_t **ret_ids,
			 size_t *ret_count, struct jo_err *err)
{
	struct store_verdict_selection selection;
	struct store_cursor *cursor;
	struct store_verdict verdict;
	struct store_step step;
	int64_t *ids = NULL;
	size_t count = 0, size = 0;
	int rc;

	store_verdict_selection_init(&selection);
	selection.steps.group_id = item->group_id;
	/* an end and this order let the store go by the group's index, not through all steps */
	selection.steps.end_to_unix_us = item->end_unix_us;
	selection.steps.order = STORE_BY_GROUP;
	selection.verdict_mask = 1u << STORE_HIGH;
	selection.metric_mask = 1u << item->metric;
	rc = store_verdicts_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_verdicts_next(cursor, &step, &verdict, err)) > 0) {
		if (count == size) {
			size = size == 0 ? 16 : 2 * size;
			ids = xreallocarray(ids, size, sizeof(*ids));
		}
		ids[count++] = verdict.step_id;
	}
	store_cursor_close(cursor);
	if (rc < 0) {
		free(ids);
		return rc;
	}
	if (count > 0)
		qsort(ids, count, sizeof(*ids), compare_ids);
	*ret_ids = ids;
	*ret_count = count;
	return 0;
}

static double size_distance(int64_t a_bytes, int64_t b_bytes)
{
	if (a_bytes == JO_MISSING || b_bytes == JO_MISSING)
		return a_bytes == b_bytes ? 0 : INFINITY;
	return fabs(log((double)a_bytes + 1) - log((double)b_bytes + 1));
}

double notify_point_x(int64_t input_bytes, int64_t end_unix_us, bool has_sizes)
{
	if (!has_sizes)
		return (double)end_unix_us / 1e6;
	return input_bytes == JO_MISSING ? NAN : (double)input_bytes;
}

double notify_point_value(enum store_metric metric, double value)
{
	return metric == STORE_WALL ? value / 1e6 : value;
}

static double obs_value(const struct store_obs *obs, enum store_metric metric)
{
	int64_t value = metric == STORE_WALL ? obs->wall_us : obs->mem_peak_bytes;

	return value == JO_MISSING ? NAN : notify_point_value(metric, (double)value);
}

static void take_peers(const struct store_history *history, const int64_t *high_ids,
		       size_t high_count, const struct notify_item *item, struct samples *samples)
{
	double nearest = log(SAME_SIZE_FACTOR);

	samples->list = xcalloc(history->count + 1, sizeof(*samples->list));
	samples->points.x = xcalloc(history->count + 1, sizeof(double));
	samples->points.value = xcalloc(history->count + 1, sizeof(double));
	samples->points.has_sizes = item->input_bytes != JO_MISSING;
	samples->nearest_step_id = JO_MISSING;
	for (size_t i = 0; i < history->count; i++) {
		const struct store_obs *obs = &history->list[i];
		double distance = size_distance(obs->input_bytes, item->input_bytes);

		if (obs->state != STORE_STATE_COMPLETED || obs->step_id == item->step_id)
			continue;
		if (high_count > 0 &&
		    bsearch(&obs->step_id, high_ids, high_count, sizeof(*high_ids), compare_ids))
			continue;
		samples->points.x[samples->count] = notify_point_x(
			obs->input_bytes, obs->end_unix_us, samples->points.has_sizes);
		samples->points.value[samples->count] = obs_value(obs, item->metric);
		sample_set(&samples->list[samples->count++], obs->attrs, obs->cpu_count,
			   obs->task_count, obs->node_count);
		/* of equally near ones the newest */
		if (distance <= nearest) {
			nearest = distance;
			samples->nearest_step_id = obs->step_id;
		}
	}
	samples->points.count = samples->count;
	sample_set(&samples->list[samples->count], item->attrs, item->cpu_count, item->task_count,
		   item->node_count);
}

static void collect_names(struct samples *samples)
{
	/* the item's own first: a later one might find the list full */
	for (size_t i = samples->count + 1; i-- > 0;) {
		const struct jo_attrs *attrs = &samples->list[i].attrs;

		for (size_t j = 0; j < attrs->count && samples->name_count < NAMES_MAX; j++) {
			size_t k = 0;

			while (k < samples->name_count &&
			       strcmp(samples->names[k], attrs->list[j].key) != 0)
				k++;
			if (k == samples->name_count)
				samples->names[samples->name_count++] = attrs->list[j].key;
		}
	}
}

/* What column number i says of a sample; NULL: not declared. */
static const char *column_value(const struct samples *samples, size_t i,
				const struct sample *sample)
{
	const char *text;

	if (i < samples->name_count)
		return jo_attrs_get(&sample->attrs, samples->names[i]);
	text = (const char *)&sample->given + given_columns[i - samples->name_count].offset;
	return text[0] == '\0' ? NULL : text;
}

static void compare_with_peers(const struct samples *samples, struct notify_peers *peers)
{
	size_t column_count = samples->name_count + GIVEN_COUNT;
	struct explain_attribute *attributes = xcalloc(column_count, sizeof(*attributes));
	const char **values = xcalloc(column_count * (samples->count + 1), sizeof(const char *));

	for (size_t i = 0; i < column_count; i++) {
		const char **column = values + i * (samples->count + 1);

		for (size_t j = 0; j <= samples->count; j++)
			column[j] = column_value(samples, i, &samples->list[j]);
		attributes[i] = (struct explain_attribute){
			.name = i < samples->name_count
					? samples->names[i]
					: given_columns[i - samples->name_count].name,
			.value = column[samples->count],
			.peer_values = column,
			.peer_count = samples->count,
		};
	}
	peers->peer_count = samples->count;
	peers->difference_count = explain_differences(attributes, column_count, peers->differences,
						      NOTIFY_DIFFERENCES_MAX);
	free(values);
	free(attributes);
}

static int name_nearest(struct store *store, int64_t step_id, struct notify_peers *peers,
			struct jo_err *err)
{
	struct store_selection selection;
	struct store_cursor *cursor;
	struct store_step step;
	int rc;

	if (step_id == JO_MISSING)
		return 0;
	store_selection_init(&selection);
	selection.id = step_id;
	rc = store_steps_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	rc = store_steps_next(cursor, &step, err);
	if (rc > 0)
		(void)store_job_format(&step, peers->nearest_job, sizeof(peers->nearest_job));
	store_cursor_close(cursor);
	return rc < 0 ? rc : 0;
}

int notify_peers_read(struct store *store, const struct notify_item *item,
		      struct notify_peers *ret_peers, struct notify_points *ret_points,
		      struct jo_err *err)
{
	struct notify_peers peers = {0};
	struct store_history history = {0};
	struct samples samples = {0};
	int64_t *high_ids = NULL;
	size_t high_count = 0;
	int rc;

	rc = store_history_read(store, item->group_id, item->end_unix_us, PEERS_MAX, &history, err);
	if (rc == 0)
		rc = read_high_ids(store, item, &high_ids, &high_count, err);
	if (rc < 0)
		goto out;
	take_peers(&history, high_ids, high_count, item, &samples);
	collect_names(&samples);
	compare_with_peers(&samples, &peers);
	rc = name_nearest(store, samples.nearest_step_id, &peers, err);
	if (rc == 0) {
		*ret_peers = peers;
		*ret_points = samples.points;
		samples.points = (struct notify_points){0};
	}
out:
	notify_points_release(&samples.points);
	free(samples.list);
	free(high_ids);
	store_history_release(&history);
	return rc;
}

void notify_points_release(struct notify_points *points)
{
	free(points->x);
	free(points->value);
	*points = (struct notify_points){0};
}
