/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads peers, and lays out what is recorded and declared of them as columns of values. */
#include "explain/peers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/attr.h"
#include "joboutliers/units.h"
#include "explain/facts.h"
#include "step/measure.h"
#include "util/alloc.h"

static const enum step_column_index peer_list[] = {
	STEP_LABEL_COLUMNS, MEASURE_COLUMNS,  EXPLAIN_FACT_COLUMNS,
	COL_cluster_id,     COL_end_unix_us,  COL_input_bytes,
	COL_attrs,          COL_profile_kind, COL_profile_samples,
};
static const struct store_columns peer_columns = STORE_COLUMNS(peer_list);

#define NAMES_MAX 64 /* declared attributes looked at */

/* The strings of a step and a node, which the store takes back. */
static void keep_strings(GStringChunk *strings, const char **const texts[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		*texts[i] = g_string_chunk_insert_const(strings, *texts[i]);
}

static int keep_node(struct store *store, struct explain_step *kept, GStringChunk *strings,
		     struct jo_err *err)
{
	struct store_node *node = &kept->node;
	const char **const texts[] = {&node->cluster, &node->node, &node->node_model,
				      &node->slurm_version, &node->plugin_version};
	int rc = store_node_at(store, kept->step.cluster, kept->step.node, kept->step.end_unix_us,
			       node, err);

	if (rc < 0)
		return rc;
	kept->has_node = rc > 0;
	if (kept->has_node)
		keep_strings(strings, texts, sizeof(texts) / sizeof(texts[0]));
	return 0;
}

static int keep(struct store *store, struct explain_peers *peers, const struct step *step,
		struct jo_err *err)
{
	struct explain_step kept = {.step = *step};
	struct step *own = &kept.step;
	const char **const texts[] = {&own->cluster,      &own->sluid,          &own->user,
				      &own->account,      &own->partition,      &own->qos,
				      &own->job_name,     &own->class_name,     &own->program,
				      &own->node,         &own->attrs,          &own->comment,
				      &own->profile_kind, &own->profile_missing};
	int rc;

	keep_strings(peers->strings, texts, sizeof(texts) / sizeof(texts[0]));
	/* the store holds what was valid when it came in; anything else is as if not declared */
	if (jo_attrs_parse(own->attrs, &kept.attrs, NULL) != 0)
		kept.attrs.count = 0;
	rc = keep_node(store, &kept, peers->strings, err);
	if (rc == 0)
		g_array_append_val(peers->steps, kept);
	return rc;
}

static bool is_outlier(const struct explain_peers *peers, int64_t id)
{
	for (size_t i = 0; i < peers->outlier_count; i++)
		if (g_array_index(peers->steps, struct explain_step, i).step.id == id)
			return true;
	return false;
}

/* Read the selected steps, but for the outliers. */
static int read_steps(struct store *store, const struct store_selection *selection,
		      struct explain_peers *peers, size_t max, struct jo_err *err)
{
	struct store_selection limited = *selection;
	struct store_cursor *cursor;
	struct step step;
	size_t count = 0;
	int rc;

	limited.limit = (int64_t)(max + peers->outlier_count);
	rc = store_steps_open(store, &limited, &cursor, err);
	if (rc < 0)
		return rc;
	while (count < max && (rc = store_steps_next(cursor, &step, err)) > 0) {
		if (is_outlier(peers, step.id))
			continue;
		rc = keep(store, peers, &step, err);
		if (rc < 0)
			break;
		count++;
	}
	store_cursor_close(cursor);
	return rc < 0 ? rc : 0;
}

static int read_outliers(struct store *store, const int64_t *ids, size_t count,
			 struct explain_peers *peers, struct jo_err *err)
{
	struct store_selection selection;
	int rc = 0;

	store_selection_init(&selection);
	for (size_t i = 0; i < count && i < EXPLAIN_OUTLIERS_MAX && rc == 0; i++) {
		selection.id = ids[i];
		rc = read_steps(store, &selection, peers, 1, err);
	}
	peers->outlier_count = peers->steps->len;
	return rc;
}

static void select_before(const struct explain_peers *peers, struct store_selection *selection)
{
	store_selection_init(selection);
	selection->end_to_unix_us = 0;
	for (size_t i = 0; i < peers->outlier_count; i++) {
		const struct step *step = &g_array_index(peers->steps, struct explain_step, i).step;

		selection->group_id = step->group_id;
		if (step->end_unix_us != JO_MISSING &&
		    step->end_unix_us >= selection->end_to_unix_us)
			selection->end_to_unix_us = step->end_unix_us + 1;
	}
}

/* Steps whose time and memory say something; a job that failed may have stopped early. */
#define ENDED_WELL (1u << STEP_STATE_COMPLETED)

int explain_shift_read(struct store *store, enum metric metric, int64_t group_id,
		       int64_t since_end_unix_us, struct explain_peers *ret_peers,
		       struct jo_err *err)
{
	struct explain_peers peers = {
		.metric = metric,
		.steps = g_array_new(FALSE, FALSE, sizeof(struct explain_step)),
		.strings = g_string_chunk_new(4096),
	};
	struct store_selection selection;
	int rc;

	store_selection_init(&selection);
	selection.group_id = group_id;
	selection.state_mask = ENDED_WELL;
	selection.end_from_unix_us = since_end_unix_us;
	selection.order = STORE_BY_END;
	rc = read_steps(store, &selection, &peers, EXPLAIN_OUTLIERS_MAX, err);
	peers.outlier_count = peers.steps->len;
	selection.end_from_unix_us = JO_MISSING;
	selection.end_to_unix_us = since_end_unix_us;
	selection.order = STORE_BY_END_NEWEST;
	if (rc == 0)
		rc = read_steps(store, &selection, &peers, EXPLAIN_PEERS_MAX, err);
	if (rc < 0) {
		explain_peers_release(&peers);
		return rc;
	}
	peers.peer_count = peers.steps->len - peers.outlier_count;
	*ret_peers = peers;
	return 0;
}

static int read_peers(struct store *store, enum metric metric, const int64_t *outlier_ids,
		      size_t outlier_count, bool want_profiled, struct explain_peers *ret_peers,
		      struct jo_err *err)
{
	struct explain_peers peers = {
		.metric = metric,
		.steps = g_array_new(FALSE, FALSE, sizeof(struct explain_step)),
		.strings = g_string_chunk_new(4096),
	};
	struct store_selection selection;
	int rc = read_outliers(store, outlier_ids, outlier_count, &peers, err);

	if (rc == 0 && peers.outlier_count > 0) {
		select_before(&peers, &selection);
		selection.state_mask = 1u << STEP_STATE_COMPLETED | 1u << STEP_STATE_FAILED;
		selection.order = STORE_BY_END_NEWEST;
		selection.want_unhigh = true;
		selection.columns = &peer_columns;
		selection.want_profiled = want_profiled;
		rc = read_steps(store, &selection, &peers, EXPLAIN_PEERS_MAX, err);
	}
	if (rc < 0) {
		explain_peers_release(&peers);
		return rc;
	}
	peers.peer_count = peers.steps->len - peers.outlier_count;
	*ret_peers = peers;
	return 0;
}

int explain_peers_read(struct store *store, enum metric metric, const int64_t *outlier_ids,
		       size_t outlier_count, struct explain_peers *ret_peers, struct jo_err *err)
{
	return read_peers(store, metric, outlier_ids, outlier_count, false, ret_peers, err);
}

int explain_peers_read_profiled(struct store *store, int64_t outlier_id,
				struct explain_peers *ret_peers, struct jo_err *err)
{
	return read_peers(store, METRIC_WALL, &outlier_id, 1, true, ret_peers, err);
}

void explain_peers_release(struct explain_peers *peers)
{
	if (peers->steps != NULL)
		(void)g_array_free(peers->steps, TRUE);
	if (peers->strings != NULL)
		g_string_chunk_free(peers->strings);
	*peers = (struct explain_peers){0};
}

const struct explain_step *explain_peer(const struct explain_peers *peers, size_t i)
{
	return &g_array_index(peers->steps, struct explain_step, peers->outlier_count + i);
}

static double size_distance(int64_t a_bytes, int64_t b_bytes)
{
	if (a_bytes == JO_MISSING || b_bytes == JO_MISSING)
		return a_bytes == b_bytes ? 0 : INFINITY;
	return fabs(log((double)a_bytes + 1) - log((double)b_bytes + 1));
}

bool explain_is_of_size(const struct step *step, const struct step *peer)
{
	return size_distance(step->input_bytes, peer->input_bytes) <= log(EXPLAIN_SAME_SIZE);
}

const struct step *explain_peers_nearest(const struct explain_peers *peers)
{
	double nearest = nextafter(log(EXPLAIN_SAME_SIZE), INFINITY);
	const struct step *found = NULL;

	for (size_t i = 0; i < peers->peer_count; i++) {
		const struct step *peer = &explain_peer(peers, i)->step;
		double distance = size_distance(
			peer->input_bytes,
			g_array_index(peers->steps, struct explain_step, 0).step.input_bytes);

		if (peer->state == STEP_STATE_COMPLETED && distance < nearest) {
			nearest = distance;
			found = peer;
		}
	}
	return found;
}

/* ---- attributes ---- */

/* The keys that are declared, the outliers' own first: a later one might find the list full. */
static size_t collect_names(const struct explain_peers *peers, const char *names[NAMES_MAX])
{
	size_t count = 0;

	for (guint i = 0; i < peers->steps->len; i++) {
		const struct jo_attrs *attrs =
			&g_array_index(peers->steps, struct explain_step, i).attrs;

		for (size_t j = 0; j < attrs->count && count < NAMES_MAX; j++) {
			size_t k = 0;

			while (k < count && strcmp(names[k], attrs->list[j].key) != 0)
				k++;
			if (k == count)
				names[count++] = attrs->list[j].key;
		}
	}
	return count;
}

/* How many days the peers spread over. */
static int64_t spread_days(const struct explain_peers *peers)
{
	if (peers->peer_count == 0)
		return 0;
	return (explain_peer(peers, 0)->step.end_unix_us -
		explain_peer(peers, peers->peer_count - 1)->step.end_unix_us) /
	       JO_US_PER_DAY;
}

static void fill_declared(const struct explain_peers *peers, const char *name,
			  struct explain_value *values)
{
	for (guint i = 0; i < peers->steps->len; i++) {
		const char *text = jo_attrs_get(
			&g_array_index(peers->steps, struct explain_step, i).attrs, name);

		values[i] = text != NULL ? explain_value_of(text)
					 : (struct explain_value){"not declared", NAN};
	}
}

static void fill_fact(const struct explain_peers *peers, const struct explain_fact *fact,
		      struct explain_value *values)
{
	for (guint i = 0; i < peers->steps->len; i++) {
		const struct explain_step *step =
			&g_array_index(peers->steps, struct explain_step, i);
		const struct explain_facts_source source = {
			&step->step, step->has_node ? &step->node : NULL, peers->strings};

		values[i] = fact->value(&source);
	}
}

size_t explain_peers_differ(const struct explain_peers *peers,
			    struct explain_difference *ret_differences, size_t max)
{
	const char *names[NAMES_MAX];
	size_t name_count = collect_names(peers, names), count = 0, fact_count = 0, found;
	int64_t days = spread_days(peers);
	struct explain_attribute *attributes;
	struct explain_value *values, *next;

	while (explain_facts[fact_count].name != NULL)
		fact_count++;
	attributes = xcalloc(name_count + fact_count, sizeof(*attributes));
	values = xcalloc((name_count + fact_count) * peers->steps->len + 1, sizeof(*values));
	next = values;
	for (size_t i = 0; i < name_count; i++, next += peers->steps->len) {
		fill_declared(peers, names[i], next);
		attributes[count++] = (struct explain_attribute){names[i], next};
	}
	for (size_t i = 0; i < fact_count; i++) {
		if (days < explain_facts[i].days_min)
			continue;
		fill_fact(peers, &explain_facts[i], next);
		attributes[count++] = (struct explain_attribute){explain_facts[i].name, next};
		next += peers->steps->len;
	}
	found = explain_differences(attributes, count, peers->outlier_count, peers->peer_count,
				    ret_differences, max);
	free(values);
	free(attributes);
	return found;
}
