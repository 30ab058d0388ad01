/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A drift's numbers for people: since when, by how much, what it cost, what began with it. */
#include "notify/drift_values.h"

#include <math.h>

#include "joboutliers/units.h"
#include "notify/differences.h"
#include "notify/finding_values.h"
#include "util/when.h"

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
	if (share->core_hours >= NOTIFY_CORE_HOURS_MIN)
		mail_values_format(values, "core_hours", "%.1f", share->core_hours);
}

/* What the CPU time did at the same date. */
static void set_cpu(struct mail_values *values, const struct drift_finding *finding)
{
	char text[24];

	mail_values_flag(values, "wait", finding->cause == CAUSE_WAIT);
	if (finding->cpu == NULL)
		return;
	mail_values_text(
		values, "cpu_ratio",
		jo_ratio_format(exp(fabs(finding->cpu->drift.log_ratio)), text, sizeof(text)));
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

void notify_drift_fill(const struct mail_catalog *wording, const struct drift_news *news,
		       const char *where, struct mail_values *values)
{
	const struct store_drift *known = &news->finding->drift;
	const struct drift_share *share = news->share;
	char *name = notify_name_words(known->class_name, share->newest.job_name);
	char job[STEP_JOB_TEXT_SIZE], *headline;

	mail_values_text(values, "name", name);
	mail_values_text(values, "partition", known->partition);
	notify_metric_fill(known->metric, values);
	set_ratio(values, known->log_ratio);
	set_cpu(values, news->finding);
	mail_values_flag(values, "work", news->finding->cause == CAUSE_WORK);
	set_day(values, "since", known->since_unix_us);
	mail_values_count(values, "jobs", share->step_count);
	mail_values_count(values, "before", known->before_count);
	mail_values_flag(values, "is_sized", share->newest.input_bytes != JO_MISSING);
	mail_values_count(values, "told", (int64_t)news->told_count);
	mail_values_text(values, "show_job", step_job_format(&share->newest, job, sizeof(job)));
	set_cost(values, known->metric, share);
	mail_values_text(values, "where", where);
	set_differences(wording, news->finding, values);
	mail_values_flag(values, "is_difference", news->finding->difference_count > 0);
	headline = mail_catalog_line(wording, "drift-headline", values);
	mail_values_text(values, "headline", headline);
	g_free(headline);
	g_free(name);
}

void notify_node_drift_fill(const struct mail_catalog *wording, const struct drift_finding *finding,
			    size_t held_count, struct mail_values *values)
{
	char *name = notify_name_words(finding->drift.class_name, "?");

	mail_values_text(values, "name", name);
	mail_values_text(values, "partition", finding->drift.partition);
	notify_metric_fill(finding->drift.metric, values);
	set_ratio(values, finding->drift.log_ratio);
	set_cpu(values, finding);
	set_day(values, "since", finding->drift.since_unix_us);
	mail_values_count(values, "jobs", finding->all.step_count);
	mail_values_count(values, "users", finding->shares->len);
	mail_values_count(values, "held", (int64_t)held_count);
	set_differences(wording, finding, values);
	g_free(name);
}
