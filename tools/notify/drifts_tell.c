/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drifts in the ledger, in the values of a mail, and in the admin's lines. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "joboutliers/units.h"
#include "finding/drifts.h"
#include "notify/differences.h"
#include "notify/finding_values.h"
#include "notify/texts.h"
#include "step/night.h"
#include "util/when.h"

#define CORE_HOURS_MIN 0.05 /* less is shown as 0.0 */

/* ---- the ledger ---- */

static int add_one(struct store *store, struct store_finding *finding, int64_t now_unix_us,
		   int64_t *ids, size_t *count, struct jo_err *err)
{
	int rc;

	finding->node = "";
	finding->night = night_day(now_unix_us);
	finding->detail = "";
	finding->message_id = JO_MISSING;
	finding->created_unix_us = now_unix_us;
	rc = store_finding_add(store, finding, &ids[*count], err);
	*count += rc > 0;
	return rc < 0 ? rc : 0;
}

static struct store_finding finding_of(const struct store_drift *drift, const char *owner)
{
	return (struct store_finding){
		.kind = STORE_FINDING_GROUP,
		.step_id = JO_MISSING,
		.group_id = drift->group_id,
		.metric = drift->metric,
		.owner = owner,
		.since_unix_us = drift->begin_unix_us,
	};
}

int notify_drift_add_findings(struct store *store, const struct notify_drift *drift,
			      int64_t now_unix_us, int64_t *ids, size_t *count,
			      struct jo_err *err)
{
	struct store_finding finding = finding_of(&drift->finding->drift, drift->share->user);
	int rc = add_one(store, &finding, now_unix_us, ids, count, err);

	for (size_t i = 0; i < drift->held.count && rc == 0; i++) {
		finding = (struct store_finding){
			.kind = STORE_FINDING_STEP,
			.step_id = drift->held.list[i].step_id,
			.group_id = drift->held.list[i].group_id,
			.metric = drift->held.list[i].metric,
			.owner = drift->share->user,
			.since_unix_us = drift->held.list[i].end_unix_us,
		};
		rc = add_one(store, &finding, now_unix_us, ids, count, err);
	}
	return rc;
}

/* ---- in words ---- */

static void set_ratio(struct mail_values *values, double log_ratio)
{
	char text[24];

	mail_values_text(values, "ratio",
			 jo_ratio_format(exp(fabs(log_ratio)), text, sizeof(text)));
}

static void set_day(struct mail_values *values, const char *name, int64_t unix_us)
{
	char text[WHEN_TEXT_SIZE];

	mail_values_format(values, name, "%.10s", when_format(unix_us, text));
}

static void set_cost(struct mail_values *values, enum metric metric,
		     const struct drift_share *share)
{
	char text[32];

	mail_values_text(values, "excess",
			 metric_format(metric, share->excess, text, sizeof(text)));
	if (share->core_hours >= CORE_HOURS_MIN)
		mail_values_format(values, "core_hours", "%.1f", share->core_hours);
}

static void set_differences(const struct mail_catalog *wording, const struct drift_finding *finding,
			    struct mail_values *values)
{
	for (size_t i = 0; i < finding->difference_count; i++) {
		char text[EXPLAIN_TEXT_SIZE];

		notify_difference_write(wording, &finding->differences[i].contrast, true, text);
		mail_values_text(mail_values_member(values, "differences"), "difference", text);
	}
}

void notify_drift_fill(const struct notify_settings *settings, const struct notify_drift *drift,
		       struct mail_values *values)
{
	const struct store_drift *known = &drift->finding->drift;
	const struct drift_share *share = drift->share;
	char *name = notify_name_words(known->class_name, share->newest.job_name);
	char job[STEP_JOB_TEXT_SIZE], *headline;

	mail_values_text(values, "name", name);
	mail_values_text(values, "partition", known->partition);
	mail_values_flag(values, "wall", known->metric == METRIC_WALL);
	mail_values_flag(values, "memory", known->metric == METRIC_MEMORY);
	set_ratio(values, known->log_ratio);
	set_day(values, "since", known->since_unix_us);
	mail_values_count(values, "jobs", share->step_count);
	mail_values_count(values, "before", known->before_count);
	mail_values_count(values, "told", (int64_t)drift->told_count);
	mail_values_text(values, "show_job", step_job_format(&share->newest, job, sizeof(job)));
	set_cost(values, known->metric, share);
	set_differences(settings->wording, drift->finding, values);
	mail_values_flag(values, "is_difference", drift->finding->difference_count > 0);
	headline = mail_catalog_line(settings->wording, "drift-headline", values);
	mail_values_text(values, "headline", headline);
	g_free(headline);
	g_free(name);
}

/* ---- the admin's lines ---- */

/* Whether it is for the admin, and was not told yet; or a negative errno. */
static int is_due(struct store *store, const struct drift_finding *finding, struct jo_err *err)
{
	const struct store_finding_selection selection = {.owner = "", .message_id = JO_MISSING};
	const struct store_drift *drift = &finding->drift;
	struct store_cursor *cursor;
	struct store_finding told;
	bool is_told = false;
	int rc;

	if (!finding->is_of_nodes || drift->is_gradual || drift->log_ratio <= 0)
		return 0;
	rc = store_findings_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_findings_next(cursor, &told, err)) > 0)
		is_told |= told.kind == STORE_FINDING_GROUP && told.group_id == drift->group_id &&
			   told.metric == drift->metric &&
			   told.since_unix_us == drift->begin_unix_us;
	store_cursor_close(cursor);
	return rc < 0 ? rc : !is_told;
}

static void add_line(const struct notify_settings *settings, const struct notify_drifts *drifts,
		     guint index, struct strlist *lines)
{
	const struct drift_finding *finding = drift_account_get(&drifts->drifts, index);
	struct mail_values *values = mail_values_new(notify_node_drift_names);
	char *name = notify_name_words(finding->drift.class_name, "?");
	char *line;

	mail_values_text(values, "name", name);
	mail_values_text(values, "partition", finding->drift.partition);
	mail_values_flag(values, "wall", finding->drift.metric == METRIC_WALL);
	mail_values_flag(values, "memory", finding->drift.metric == METRIC_MEMORY);
	set_ratio(values, finding->drift.log_ratio);
	set_day(values, "since", finding->drift.since_unix_us);
	mail_values_count(values, "jobs", finding->all.step_count);
	mail_values_count(values, "users", finding->shares->len);
	mail_values_count(values, "held", (int64_t)drifts->held_counts[index]);
	set_differences(settings->wording, finding, values);
	line = mail_catalog_line(settings->wording, "admin-node-drift", values);
	strlist_add(lines, line);
	g_free(line);
	g_free(name);
	mail_values_free(values);
}

int notify_drifts_tell(struct store *store, const struct notify_settings *settings,
		       const struct notify_drifts *drifts, struct strlist *lines,
		       struct jo_err *err)
{
	for (guint i = 0; i < drifts->drifts.list->len; i++) {
		int rc = is_due(store, drift_account_get(&drifts->drifts, i), err);

		if (rc < 0)
			return rc;
		if (rc > 0)
			add_line(settings, drifts, i, lines);
	}
	return 0;
}

int notify_drifts_told(struct store *store, const struct notify_drifts *drifts,
		       int64_t now_unix_us, struct jo_err *err)
{
	for (guint i = 0; i < drifts->drifts.list->len; i++) {
		const struct drift_finding *finding = drift_account_get(&drifts->drifts, i);
		struct store_finding told = finding_of(&finding->drift, "");
		size_t count = 0;
		int64_t id;
		int rc = is_due(store, finding, err);

		if (rc > 0)
			rc = add_one(store, &told, now_unix_us, &id, &count, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}
