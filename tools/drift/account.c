/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the steps on either side of a shift, once to count them and once to compare them. */
#include "drift/account.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "drift/detect.h"
#include "explain/facts.h"
#include "step/measure.h"
#include "util/alloc.h"
#include "util/stat.h"

/* Looked at to see whether the nodes alone are different. */
#define DIFFERENCES_SEEN 8

/* The dates of two metrics' drifts are estimates, each some nights off: see detect.c. */
#define SAME_DATE_US (2 * JO_US_PER_DAY)

static void keep_strings(GStringChunk *strings, struct step *step)
{
	const char **const texts[] = {&step->cluster,  &step->sluid,      &step->user,
				      &step->account,  &step->partition,  &step->qos,
				      &step->job_name, &step->class_name, &step->program,
				      &step->node,     &step->attrs};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = g_string_chunk_insert_const(strings, *texts[i]);
}

static struct drift_share *share_for(struct drift_account *drifts, struct drift_finding *finding,
				     const char *user)
{
	struct drift_share empty = {.newest = {.end_unix_us = JO_MISSING}};

	for (guint i = 0; i < finding->shares->len; i++) {
		struct drift_share *share = &g_array_index(finding->shares, struct drift_share, i);

		if (strcmp(share->user, user) == 0)
			return share;
	}
	empty.user = g_string_chunk_insert_const(drifts->strings, user);
	g_array_append_val(finding->shares, empty);
	return &g_array_index(finding->shares, struct drift_share, finding->shares->len - 1);
}

/* Against what it would have taken at the level before, which is 1 - 1 / ratio of what it took. */
static void add_to(struct drift_share *share, const struct store_drift *drift,
		   const struct step *step)
{
	int64_t value = measure_amount(step, drift->measure);
	double excess = (double)value * -expm1(-drift->log_ratio), core_hours;

	share->step_count++;
	share->is_expected |= step->is_expected;
	if (value == JO_MISSING)
		return;
	share->measured_count++;
	if (metric_infos[drift->metric].kind == METRIC_OF_BYTES) {
		share->excess += (excess - share->excess) / (double)share->measured_count;
		return;
	}
	share->excess += excess;
	core_hours = metric_core_hours(drift->metric, excess, step->cpu_count);
	if (!isnan(core_hours))
		share->core_hours += core_hours;
}

static gint compare_shares(gconstpointer left, gconstpointer right)
{
	const struct drift_share *a = left, *b = right;

	return strcmp(a->user, b->user);
}

static int read_shares(struct store *store, struct drift_account *drifts,
		       struct drift_finding *finding, struct jo_err *err)
{
	const struct store_drift *drift = &finding->drift;
	struct store_selection selection;
	struct store_cursor *cursor;
	struct step step;
	int rc;

	store_selection_init(&selection);
	selection.group_id = drift->group_id;
	selection.state_mask = 1u << STEP_STATE_COMPLETED;
	selection.end_from_unix_us = drift->since_end_unix_us;
	selection.end_to_unix_us = drift->until_unix_us;
	selection.order = STORE_BY_END;
	rc = store_steps_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_steps_next(cursor, &step, err)) > 0) {
		struct drift_share *share = share_for(drifts, finding, step.user);

		add_to(&finding->all, drift, &step);
		add_to(share, drift, &step);
		keep_strings(drifts->strings, &step);
		share->newest = step;
	}
	store_cursor_close(cursor);
	g_array_sort(finding->shares, compare_shares);
	return rc;
}

/* The nodes alone, when nothing that the jobs were given is different. */
static bool is_of_nodes(const struct explain_difference *differences, size_t count)
{
	bool has_node = false;

	for (size_t i = 0; i < count; i++) {
		enum explain_fact_kind kind = explain_fact_kind(differences[i].contrast.name);

		if (kind == FACT_GIVEN)
			return false;
		has_node |= kind == FACT_NODE;
	}
	return has_node;
}

static int read_differences(struct store *store, struct drift_account *drifts,
			    struct drift_finding *finding, struct jo_err *err)
{
	struct explain_difference differences[DIFFERENCES_SEEN];
	struct explain_peers *peers = g_new0(struct explain_peers, 1);
	size_t count;
	int rc = explain_shift_read(store, finding->drift.metric, finding->drift.group_id,
				    finding->drift.since_end_unix_us, peers, err);

	g_ptr_array_add(drifts->explanations, peers);
	if (rc < 0)
		return rc;
	finding->peers = peers;
	count = explain_peers_differ(peers, differences, DIFFERENCES_SEEN);
	finding->is_of_nodes = is_of_nodes(differences, count);
	finding->difference_count = MIN(count, DRIFT_DIFFERENCES_MAX);
	memcpy(finding->differences, differences,
	       finding->difference_count * sizeof(differences[0]));
	return 0;
}

static int read_list(struct store *store, const struct store_drift_selection *selection,
		     struct drift_account *drifts, struct jo_err *err)
{
	struct store_cursor *cursor;
	struct store_drift drift;
	int rc = store_drifts_open(store, selection, &cursor, err);

	if (rc < 0)
		return rc;
	while ((rc = store_drifts_next(cursor, &drift, err)) > 0) {
		const char **const texts[] = {&drift.cluster, &drift.partition, &drift.user,
					      &drift.class_name};
		struct drift_finding finding = {
			.shares = g_array_new(FALSE, FALSE, sizeof(struct drift_share))};

		for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
			*texts[i] = g_string_chunk_insert_const(drifts->strings, *texts[i]);
		finding.drift = drift;
		g_array_append_val(drifts->list, finding);
	}
	store_cursor_close(cursor);
	return rc;
}

/* What the steps since would have taken at the level before. */
static double expected_of(const struct drift_finding *finding)
{
	return finding->all.excess / expm1(finding->drift.log_ratio);
}

static enum cause cause_of_drifts(const struct drift_finding *wall, const struct drift_finding *cpu)
{
	const struct step_verdict of_wall = {.verdict = VERDICT_HIGH,
					     .expected = expected_of(wall),
					     .ratio = exp(wall->drift.log_ratio)};
	const struct step_verdict of_cpu = {.verdict = VERDICT_HIGH,
					    .expected = expected_of(cpu),
					    .ratio = exp(cpu->drift.log_ratio)};

	return cause_of(&of_wall, &of_cpu);
}

static bool is_one_thing(const struct store_drift *wall, const struct store_drift *cpu)
{
	return wall->metric == METRIC_WALL && cpu->metric == METRIC_CPU &&
	       wall->group_id == cpu->group_id && !wall->is_gradual && !cpu->is_gradual &&
	       (wall->log_ratio > 0) == (cpu->log_ratio > 0) &&
	       (wall->until_unix_us == JO_MISSING) == (cpu->until_unix_us == JO_MISSING) &&
	       llabs(wall->since_end_unix_us - cpu->since_end_unix_us) <= SAME_DATE_US;
}

/* Of what CPU time a processor would have had, how much the step used; NaN: not known. */
static double busy_share(const struct step *step)
{
	return step->cpu_us > 0 && step->wall_us > 0 ? (double)step->cpu_us / (double)step->wall_us
						     : NAN;
}

/* The peer nearest in size whose share is known, the newest of several; NULL: none. */
static const struct step *nearest_peer(const struct explain_peers *peers, const struct step *step)
{
	const struct step *nearest = NULL;
	double least = INFINITY;

	for (size_t i = 0; i < peers->peer_count; i++) {
		const struct step *peer = &explain_peer(peers, i)->step;
		bool is_sized = peer->input_bytes != JO_MISSING;
		double off = is_sized && step->input_bytes != JO_MISSING
				     ? fabs(log1p((double)peer->input_bytes) -
					    log1p((double)step->input_bytes))
				     : 0;

		if (isnan(busy_share(peer)) || is_sized != (step->input_bytes != JO_MISSING) ||
		    off >= least)
			continue;
		nearest = peer;
		least = off;
	}
	return nearest;
}

/*
 * What the CPU time did when the run time moved and no drift of the CPU time is
 * known: each of the jobs since is held against the one before that is nearest in
 * size.  Shares of the run time, as these hardly depend on the size.
 */
static enum cause cause_of_shares(const struct drift_finding *finding)
{
	const struct explain_peers *peers = finding->peers;
	double *before = xcalloc(peers->outlier_count + 1, sizeof(*before));
	double *ratios = xcalloc(peers->outlier_count + 1, sizeof(*ratios));
	double usual = expected_of(finding);
	enum cause cause = CAUSE_UNKNOWN;
	size_t n = 0;

	for (size_t i = 0; i < peers->outlier_count; i++) {
		const struct step *step =
			&g_array_index(peers->steps, struct explain_step, i).step;
		const struct step *peer = nearest_peer(peers, step);

		if (peer == NULL || isnan(busy_share(step)))
			continue;
		before[n] = busy_share(peer);
		ratios[n] = busy_share(step) / before[n];
		n++;
	}
	if (n >= DRIFT_STEPS_SINCE) {
		double ratio = exp(finding->drift.log_ratio);
		const struct step_verdict wall = {
			.verdict = VERDICT_HIGH, .expected = usual, .ratio = ratio};
		const struct step_verdict cpu = {.verdict = VERDICT_NORMAL,
						 .expected = usual * stat_median(before, n),
						 .ratio = ratio * stat_median(ratios, n)};

		cause = cause_of(&wall, &cpu);
	}
	free(before);
	free(ratios);
	return cause;
}

static void find_waits(const struct drift_account *drifts)
{
	for (guint i = 0; i < drifts->list->len; i++) {
		struct drift_finding *finding =
			&g_array_index(drifts->list, struct drift_finding, i);

		if (finding->drift.metric == METRIC_WALL && finding->drift.log_ratio > 0 &&
		    !finding->drift.is_gradual && finding->cpu == NULL)
			finding->cause = cause_of_shares(finding);
	}
}

/* Drifts of run time and of CPU time that are one; each is part of one pair at most. */
static void find_pairs(const struct drift_account *drifts)
{
	for (guint i = 0; i < drifts->list->len; i++) {
		struct drift_finding *cpu = &g_array_index(drifts->list, struct drift_finding, i);

		for (guint k = 0; k < drifts->list->len && cpu->wall == NULL; k++) {
			struct drift_finding *wall =
				&g_array_index(drifts->list, struct drift_finding, k);

			if (wall->cpu != NULL || !is_one_thing(&wall->drift, &cpu->drift))
				continue;
			wall->cpu = cpu;
			cpu->wall = wall;
			wall->cause = cause_of_drifts(wall, cpu);
		}
	}
}

static void free_explanation(gpointer peers)
{
	explain_peers_release(peers);
	g_free(peers);
}

int drift_account_read(struct store *store, const struct store_drift_selection *selection,
		       struct drift_account *ret_drifts, struct jo_err *err)
{
	struct drift_account drifts = {
		.list = g_array_new(FALSE, FALSE, sizeof(struct drift_finding)),
		.explanations = g_ptr_array_new_with_free_func(free_explanation),
		.strings = g_string_chunk_new(4096),
	};
	int rc = read_list(store, selection, &drifts, err);

	for (guint i = 0; i < drifts.list->len && rc == 0; i++) {
		struct drift_finding *finding =
			&g_array_index(drifts.list, struct drift_finding, i);

		rc = read_shares(store, &drifts, finding, err);
		if (rc == 0)
			rc = read_differences(store, &drifts, finding, err);
	}
	if (rc < 0) {
		drift_account_release(&drifts);
		return rc;
	}
	find_pairs(&drifts);
	find_waits(&drifts);
	*ret_drifts = drifts;
	return 0;
}

void drift_account_release(struct drift_account *drifts)
{
	if (drifts->list == NULL)
		return;
	for (guint i = 0; i < drifts->list->len; i++)
		(void)g_array_free(g_array_index(drifts->list, struct drift_finding, i).shares,
				   TRUE);
	(void)g_array_free(drifts->list, TRUE);
	(void)g_ptr_array_free(drifts->explanations, TRUE);
	g_string_chunk_free(drifts->strings);
	*drifts = (struct drift_account){0};
}

const struct drift_finding *drift_account_get(const struct drift_account *drifts, guint i)
{
	return &g_array_index(drifts->list, struct drift_finding, i);
}

const struct drift_share *drift_account_share(const struct drift_finding *finding, const char *user)
{
	for (guint i = 0; i < finding->shares->len; i++) {
		const struct drift_share *share =
			&g_array_index(finding->shares, struct drift_share, i);

		if (strcmp(share->user, user) == 0)
			return share;
	}
	return NULL;
}
