/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes from a finding's peers what a mail says and shows of them. */
#include "notify/differences.h"

#include "joboutliers/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "explain/peers.h"
#include "explain/span_tree.h"
#include "notify/texts.h"
#include "step/measure.h"
#include "util/alloc.h"

void notify_peers_place(enum picture_kind kind, int64_t input_bytes, int64_t end_unix_us,
			double value, struct picture_points *points)
{
	picture_points_add(points, kind, input_bytes == JO_MISSING ? NAN : (double)input_bytes,
			   (double)end_unix_us / JO_US_PER_S, value);
}

static double step_value(const struct step *step, enum metric metric, enum measure measure)
{
	/* one that failed may have stopped early */
	return step->state == STEP_STATE_COMPLETED
		       ? metric_shown(metric, figure_of(step, measure).amount)
		       : NAN;
}

static void take_points(const struct explain_peers *peers, enum measure measure,
			enum picture_kind kind, struct picture_points *points)
{
	for (size_t i = 0; i < peers->peer_count; i++) {
		const struct step *step = &explain_peer(peers, i)->step;

		notify_peers_place(kind, step->input_bytes, step->end_unix_us,
				   step_value(step, peers->metric, measure), points);
	}
}

/* A name or value as the wording has it; what users declared stays as it is. */
static void set_word(struct mail_values *values, const char *name,
		     const struct mail_catalog *wording, const char *word)
{
	if (word != NULL)
		mail_values_text(values, name, mail_catalog_word(wording, "words", word));
}

void notify_difference_write(const struct mail_catalog *wording,
			     const struct explain_contrast *contrast, bool is_of_drift,
			     char ret_text[EXPLAIN_TEXT_SIZE])
{
	struct mail_values *values = mail_values_new(notify_difference_names);
	char *text;

	mail_values_flag(values, "same", contrast->form == EXPLAIN_SAME);
	mail_values_flag(values, "range", contrast->form == EXPLAIN_RANGE);
	mail_values_flag(values, "share", contrast->form == EXPLAIN_SHARE);
	mail_values_flag(values, "around", contrast->form == EXPLAIN_AROUND);
	mail_values_flag(values, "before", is_of_drift);
	mail_values_flag(values, "all", contrast->same_count == contrast->peer_count);
	set_word(values, "what", wording, contrast->name);
	set_word(values, "own", wording, contrast->own);
	set_word(values, "usual", wording, contrast->usual);
	set_word(values, "low", wording, contrast->low);
	set_word(values, "high", wording, contrast->high);
	mail_values_count(values, "jobs_with", (int64_t)contrast->own_count);
	mail_values_count(values, "jobs", (int64_t)contrast->outlier_count);
	mail_values_count(values, "peers_with", (int64_t)contrast->same_count);
	mail_values_count(values, "peers", (int64_t)contrast->peer_count);
	text = mail_catalog_line(wording, "difference", values);
	(void)g_strlcpy(ret_text, text, EXPLAIN_TEXT_SIZE);
	g_free(text);
	mail_values_free(values);
}

void notify_where_write(const struct mail_catalog *wording, const struct explain_where *where,
			const struct profile_gain *gain, char ret_text[EXPLAIN_TEXT_SIZE])
{
	struct mail_values *values = mail_values_new(notify_where_names);
	double more_us = gain->us - gain->usual_us;
	char more[24], *text;

	mail_values_text(values, "function", gain->function);
	mail_values_text(values, "file", gain->file);
	if (gain->line != JO_MISSING)
		mail_values_format(values, "line", "%" PRId64, gain->line);
	mail_values_flag(values, "is_function", gain->is_function);
	mail_values_format(values, "share", "%.0f %%", 100 * gain->share);
	mail_values_format(values, "usual", "%.0f %%", 100 * gain->usual_share);
	if (more_us > 0)
		mail_values_text(values, "more",
				 jo_duration_format((int64_t)more_us, more, sizeof(more)));
	mail_values_flag(values, "is_sized", where->is_sized);
	mail_values_count(values, "peers", (int64_t)where->peer_count);
	text = mail_catalog_line(wording, "where", values);
	(void)g_strlcpy(ret_text, text, EXPLAIN_TEXT_SIZE);
	g_free(text);
	mail_values_free(values);
}

int notify_where_read(struct store *store, const struct mail_catalog *wording,
		      const struct explain_peers *peers, char ret_text[EXPLAIN_TEXT_SIZE],
		      struct jo_err *err)
{
	struct explain_where where;
	int rc = explain_where_gained(store, peers, &where, err);

	ret_text[0] = '\0';
	if (rc <= 0)
		return rc;
	notify_where_write(wording, &where, &where.gains[0], ret_text);
	explain_where_release(&where);
	return 0;
}

/* Which of its program's spans took the time of the first job, where that is what it is about. */
static int take_span(struct store *store, const struct explain_peers *peers,
		     struct notify_peers *ret_peers, struct jo_err *err)
{
	struct explain_span_tree tree;
	int rc = explain_culprit_read(store, peers, &tree, err);

	if (rc <= 0)
		return rc;
	ret_peers->span = xstrdup(tree.culprit->name);
	ret_peers->span_us = tree.culprit->wall_us;
	ret_peers->wall_us = tree.wall_us;
	ret_peers->usual_span_us = (int64_t)tree.culprit->usual_us;
	ret_peers->usual_wall_us = (int64_t)tree.usual_us;
	explain_span_tree_release(&tree);
	return 0;
}

int notify_peers_read(struct store *store, const struct mail_catalog *wording,
		      const struct finding *finding, struct notify_peers *ret_peers,
		      struct jo_err *err)
{
	const struct finding_item *worst = finding->items[0];
	int64_t *ids = xcalloc(finding->item_count, sizeof(*ids));
	struct explain_difference differences[NOTIFY_DIFFERENCES_MAX];
	const struct step *nearest;
	struct explain_peers peers;
	int rc;

	for (size_t i = 0; i < finding->item_count; i++)
		ids[i] = finding->items[i]->step_id;
	rc = explain_peers_read(store, worst->metric, ids, finding->item_count, &peers, err);
	free(ids);
	if (rc < 0)
		return rc;
	*ret_peers = (struct notify_peers){
		.peer_count = peers.peer_count,
		.kind = worst->input_bytes != JO_MISSING ? PICTURE_BY_SIZE : PICTURE_OVER_TIME,
	};
	ret_peers->difference_count =
		explain_peers_differ(&peers, differences, NOTIFY_DIFFERENCES_MAX);
	for (size_t i = 0; i < ret_peers->difference_count; i++)
		notify_difference_write(wording, &differences[i].contrast, false,
					ret_peers->differences[i]);
	nearest = explain_peers_nearest(&peers);
	if (nearest != NULL)
		(void)step_job_format(nearest, ret_peers->nearest_job,
				      sizeof(ret_peers->nearest_job));
	take_points(&peers, worst->measure, ret_peers->kind, &ret_peers->points);
	rc = notify_where_read(store, wording, &peers, ret_peers->where, err);
	if (rc == 0)
		rc = take_span(store, &peers, ret_peers, err);
	if (rc < 0)
		notify_peers_release(ret_peers);
	explain_peers_release(&peers);
	return rc;
}

void notify_peers_release(struct notify_peers *peers)
{
	picture_points_release(&peers->points);
	free(peers->span);
	peers->span = NULL;
}
