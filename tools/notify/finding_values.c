/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One finding's numbers for people: what was expected, what happened, what it
 * cost, and one thing to do.  The sentences around them are templates.
 */
#include "notify/finding_values.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/strbuf.h"
#include "util/when.h"

#define NAME_MAX_CHARS 70      /* of a class: more would push the news out of a subject */
#define JOBS_MAX 4          /* named one by one, as fit a line; the rest is counted */
#define LIMIT_MARGIN 1.25   /* a limit to ask for, over what was reached, so that the next job does not meet it */
#define STALL_SHARE 0.2 /* of an excess: stalls of less do not say where it is from */
#define GIB (1024.0 * 1024 * 1024) /* bytes */
#define MIB (1024.0 * 1024)        /* bytes */

static char *job_list(const struct finding *finding)
{
	struct strbuf text;

	strbuf_init(&text);
	for (size_t i = 0; i < finding->item_count && i < JOBS_MAX; i++)
		strbuf_addf(&text, "%s%s", i == 0 ? "" : ", ", finding->items[i]->label);
	return strbuf_detach(&text);
}

char *notify_name_words(const char *class_name, const char *job)
{
	return mail_clean(class_name[0] != '\0' ? class_name : job, NAME_MAX_CHARS);
}

static void fill_jobs(const struct finding *finding, struct mail_values *values)
{
	const struct finding_item *worst = finding->items[0];
	char *name = notify_name_words(worst->class_name, worst->job);
	char *jobs = job_list(finding), when[WHEN_TEXT_SIZE];

	mail_values_text(values, "name", name);
	mail_values_count(values, "jobs", (int64_t)finding->item_count);
	mail_values_text(values, "label", worst->label);
	mail_values_text(values, "job_list", jobs);
	if (finding->item_count > JOBS_MAX)
		mail_values_count(values, "further_jobs", (int64_t)finding->item_count - JOBS_MAX);
	mail_values_text(values, "partition", worst->partition);
	/* "2026-11-23T03:12:05" for people, to the minute */
	(void)when_format(worst->end_unix_us, when);
	mail_values_format(values, "ended", "%.10s %.5s", when, when + strlen("2026-11-23T"));
	g_free(name);
	free(jobs);
}

void notify_metric_fill(enum metric metric, struct mail_values *values)
{
	for (int m = 0; m < METRIC_COUNT; m++)
		mail_values_flag(values, metric_word((enum metric)m), (int)metric == m);
}

static void fill_amounts(const struct finding_item *item, struct mail_values *values)
{
	int64_t odds = verdict_odds(item->chance);
	char text[32];

	notify_metric_fill(item->metric, values);
	mail_values_flag(values, "largest_process", item->measure == MEASURE_RSS);
	mail_values_flag(values, "allocated", item->measure == MEASURE_ALLOCATED);
	mail_values_text(values, "value",
			 metric_format(item->metric, item->value, text, sizeof(text)));
	mail_values_text(values, "expected",
			 metric_format(item->metric, item->expected, text, sizeof(text)));
	mail_values_text(values, "high",
			 metric_format(item->metric, item->high, text, sizeof(text)));
	mail_values_text(values, "ratio", jo_ratio_format(item->ratio, text, sizeof(text)));
	mail_values_flag(values, "odds_of_cpu", item->surest == METRIC_CPU);
	if (odds == VERDICT_ODDS_MAX)
		mail_values_flag(values, "is_unheard", true);
	else if (odds != JO_MISSING)
		mail_values_count(values, "odds", odds);
	if (item->input_bytes != JO_MISSING)
		mail_values_text(values, "input",
				 jo_bytes_format(item->input_bytes, text, sizeof(text)));
	mail_values_count(values, "history", item->history_count);
	if (item->borrowed_count != JO_MISSING)
		mail_values_count(values, "borrowed", item->borrowed_count);
}

static void fill_cause(const struct finding_item *worst, struct mail_values *values)
{
	const struct {
		const char *name;
		int64_t us;
	} stalls[] = {{"stall_io", worst->psi_io_some_us},
		      {"stall_memory", worst->psi_memory_some_us},
		      {"stall_cpu", worst->psi_cpu_some_us}};
	bool has_waited = worst->cause == CAUSE_WAIT, is_stall = false;
	char text[32];

	mail_values_flag(values, "work", worst->cause == CAUSE_WORK);
	mail_values_flag(values, "wait", has_waited);
	if (worst->cpu_ratio > 0)
		mail_values_text(values, "cpu_ratio",
				 jo_ratio_format(worst->cpu_ratio, text, sizeof(text)));
	for (size_t i = 0; i < sizeof(stalls) / sizeof(stalls[0]) && has_waited; i++) {
		if (stalls[i].us == JO_MISSING ||
		    (double)stalls[i].us < STALL_SHARE * (worst->value - worst->expected))
			continue;
		is_stall = true;
		mail_values_text(values, stalls[i].name,
				 jo_duration_format(stalls[i].us, text, sizeof(text)));
	}
	mail_values_flag(values, "is_stall", is_stall);
}

/* Which span of its program took the time. */
static void fill_span(const struct notify_peers *peers, struct mail_values *values)
{
	const struct {
		const char *name;
		int64_t us;
	} times[] = {{"span_took", peers->span_us},
		     {"span_of", peers->wall_us},
		     {"span_usual", peers->usual_span_us},
		     {"span_usual_of", peers->usual_wall_us}};
	char text[32];

	if (peers->span == NULL)
		return;
	mail_values_text(values, "span", peers->span);
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		mail_values_text(values, times[i].name,
				 jo_duration_format(times[i].us, text, sizeof(text)));
}

static double core_hours_of(const struct finding *finding)
{
	double core_hours = 0;

	for (size_t i = 0; i < finding->item_count; i++) {
		const struct finding_item *item = finding->items[i];

		double own = metric_core_hours(item->metric, item->value - item->expected,
					       item->cpu_count);

		if (!isnan(own))
			core_hours += own;
	}
	return core_hours;
}

/* A memory peak is told of the worst job alone: peaks of several do not add up. */
static void fill_cost(const struct finding *finding, struct mail_values *values)
{
	const struct finding_item *worst = finding->items[0];
	double core_hours = core_hours_of(finding), excess = 0;
	char text[32];

	for (size_t i = 0; i < finding->item_count; i++)
		excess += finding->items[i]->value - finding->items[i]->expected;
	if (worst->metric == METRIC_MEMORY)
		excess = worst->value - worst->expected;
	mail_values_text(values, "excess",
			 metric_format(worst->metric, excess, text, sizeof(text)));
	if (core_hours >= NOTIFY_CORE_HOURS_MIN)
		mail_values_format(values, "core_hours", "%.1f", core_hours);
}

static bool was_short_of_memory(const struct finding_item *item)
{
	return item->state == STEP_STATE_OUT_OF_MEMORY ||
	       (item->oom_kill_count != JO_MISSING && item->oom_kill_count > 0);
}

/* What Slurm made of it; a good end is no news. */
static void fill_end(const struct finding_item *item, struct mail_values *values)
{
	static const struct {
		enum step_state state;
		const char *name;
	} ends[] = {{STEP_STATE_TIMEOUT, "timeout"},
		    {STEP_STATE_CANCELLED, "cancelled"},
		    {STEP_STATE_FAILED, "failed"}};

	if (was_short_of_memory(item)) {
		mail_values_flag(values, "out_of_memory", true);
		return;
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		mail_values_flag(values, ends[i].name, item->state == ends[i].state);
}

/* "--mem=12G": a whole number that is at least so many bytes. */
static char *memory_option(double wanted_bytes)
{
	if (wanted_bytes >= 8 * GIB)
		return xasprintf("--mem=%.0fG", ceil(wanted_bytes / GIB));
	return xasprintf("--mem=%.0fM", ceil(wanted_bytes / MIB));
}

/*
 * One thing to do, the surest first: a limit that was met, then what differs,
 * then the lines where the time went, then a size that was not declared, then a job to compare with.  Commands hold numbers and job ids alone, so
 * nobody else's text comes to be pasted into a shell.
 */
static void fill_next_step(const struct finding_item *item, const struct notify_peers *peers,
			   struct mail_values *values)
{
	char *option, limit[32];

	/* what one process held is not what the job needs */
	if (was_short_of_memory(item) && item->measure == MEASURE_PEAK) {
		option = memory_option(LIMIT_MARGIN * item->value);
		mail_values_text(values, "ask_memory", option);
		free(option);
	} else if (item->state == STEP_STATE_TIMEOUT) {
		mail_values_format(
			values, "ask_time", "--time=%s",
			jo_duration_format_slurm((int64_t)(2 * item->value), limit, sizeof(limit)));
	} else if (peers->difference_count > 0) {
		mail_values_flag(values, "is_difference", true);
	} else if (peers->where[0] != '\0') {
		mail_values_text(values, "profile_job", item->label);
	} else if (item->input_bytes == JO_MISSING) {
		mail_values_flag(values, "is_unsized", true);
	} else if (peers->nearest_job[0] != '\0') {
		mail_values_text(values, "compare_job", peers->nearest_job);
	} else {
		mail_values_text(values, "show_job", item->job);
	}
}

void notify_words_fill(const struct mail_catalog *wording, const struct finding *finding,
		       const struct notify_peers *peers, const struct notify_picture *picture,
		       struct mail_values *values)
{
	const struct finding_item *worst = finding->items[0];
	char *headline;

	fill_jobs(finding, values);
	fill_amounts(worst, values);
	fill_cause(worst, values);
	fill_span(peers, values);
	fill_cost(finding, values);
	fill_end(worst, values);
	mail_values_text(values, "where", peers->where);
	for (size_t i = 0; i < peers->difference_count; i++)
		mail_values_text(mail_values_member(values, "differences"), "difference",
				 peers->differences[i]);
	if (peers->where[0] != '\0')
		mail_values_text(values, "reason", peers->where);
	else if (peers->difference_count > 0)
		mail_values_text(values, "reason", peers->differences[0]);
	fill_next_step(worst, peers, values);
	if (picture->png != NULL)
		mail_values_image(values, "picture", picture->png, picture->size, picture->text);
	headline = mail_catalog_line(wording, "headline", values);
	mail_values_text(values, "headline", headline);
	g_free(headline);
}

char *notify_core_hours_words(const struct findings *findings, double core_hours)
{
	for (size_t i = 0; i < findings->count; i++)
		core_hours += core_hours_of(&findings->list[i]);
	return core_hours < NOTIFY_CORE_HOURS_MIN ? NULL : xasprintf("%.1f", core_hours);
}
