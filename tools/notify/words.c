/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sentences about one finding: what was expected, what happened, what it
 * cost, and one thing to do.  Facts only; whether something is wrong is for the
 * owner to know.
 */
#include "notify/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/strbuf.h"
#include "util/when.h"

#define JOBS_MAX 4          /* named one by one; the rest is counted */
#define LIMIT_MARGIN 1.25   /* a limit to ask for, over what was reached */
#define CORE_HOURS_MIN 0.05 /* less is shown as 0.0 */
#define GIB (1024.0 * 1024 * 1024)
#define MIB (1024.0 * 1024)

static const char *duration(double us, char buf[32])
{
	return jo_duration_format((int64_t)fmin(us, 9e18), buf, 32);
}

static const char *bytes(double count, char buf[32])
{
	return jo_bytes_format((int64_t)fmin(count, 9e18), buf, 32);
}

static const char *amount(enum store_metric metric, double value, char buf[32])
{
	return metric == STORE_WALL ? duration(value, buf) : bytes(value, buf);
}

static const char *ratio_text(double ratio, char buf[32])
{
	(void)snprintf(buf, 32, ratio < 9.95 ? "%.1f" : "%.0f", ratio);
	return buf;
}

static const char *class_of(const struct notify_item *item)
{
	return item->class_name[0] != '\0' ? item->class_name : item->job;
}

static char *headline(const struct notify_finding *finding)
{
	const struct notify_item *worst = finding->items[0];
	bool is_one = finding->item_count == 1;
	char count[32] = "", ratio[32];

	if (!is_one)
		(void)snprintf(count, sizeof(count), "%zu x ", finding->item_count);
	(void)ratio_text(worst->ratio, ratio);
	if (worst->metric == STORE_WALL)
		return xasprintf("%s%s took %s%s times as long as expected", count, class_of(worst),
				 is_one ? "" : "up to ", ratio);
	return xasprintf("%s%s used %s%s times the memory expected", count, class_of(worst),
			 is_one ? "" : "up to ", ratio);
}

static char *jobs(const struct notify_finding *finding)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_adds(&text, finding->item_count == 1 ? "job " : "jobs ");
	for (size_t i = 0; i < finding->item_count && i < JOBS_MAX; i++)
		strbuf_addf(&text, "%s%s", i == 0 ? "" : ", ", finding->items[i]->label);
	if (finding->item_count > JOBS_MAX)
		strbuf_addf(&text, " and %zu more", finding->item_count - JOBS_MAX);
	return strbuf_detach(&text);
}

static void add_fact(struct notify_words *words, const char *label, char *text)
{
	size_t i = words->finding.fact_count++;

	words->fact_texts[i] = text;
	words->facts[i] = (struct mail_fact){label, text};
}

/* What Slurm made of it, when that is worth a line. */
static const char *state_words(const struct notify_item *item)
{
	if (item->oom_kill_count != JO_MISSING && item->oom_kill_count > 0)
		return "by the kernel, for want of memory";
	switch (item->state) {
	case STORE_STATE_OUT_OF_MEMORY:
		return "by the kernel, for want of memory";
	case STORE_STATE_TIMEOUT:
		return "at its time limit";
	case STORE_STATE_CANCELLED:
		return "by being cancelled";
	case STORE_STATE_FAILED:
		return "with an error";
	default:
		return NULL;
	}
}

static void add_jobs(struct notify_words *words, const struct notify_finding *finding)
{
	const struct notify_item *worst = finding->items[0];
	char when[WHEN_TEXT_SIZE];
	char *ended = xstrdup(when_format(worst->end_unix_us, when));

	/* "2026-11-23T03:12:05" for people, to the minute */
	ended[strcspn(ended, "T")] = ' ';
	ended[strlen(ended) - 3] = '\0';
	add_fact(words, finding->item_count == 1 ? "Job" : "Jobs",
		 xasprintf("%s%s%s, %sended %s", words->jobs + strcspn(words->jobs, " ") + 1,
			   worst->partition[0] == '\0' ? "" : " in partition ", worst->partition,
			   finding->item_count == 1 ? "" : "the first ", ended));
	free(ended);
}

static void add_expected(struct notify_words *words, const struct notify_item *item)
{
	char expected[32], high[32], input[32], from[96];
	bool has_input = item->input_bytes != JO_MISSING;

	if (item->borrowed_count != JO_MISSING && item->borrowed_count > 0)
		(void)snprintf(from, sizeof(from),
			       "%" PRId64 " earlier jobs and %" PRId64 " of like kind",
			       item->history_count, item->borrowed_count);
	else
		(void)snprintf(from, sizeof(from), "%" PRId64 " earlier jobs", item->history_count);
	add_fact(words, "Expected",
		 xasprintf("%s%s%s; up to %s would be normal (from %s)",
			   amount(item->metric, item->expected, expected),
			   has_input ? " for an input of " : "",
			   has_input ? bytes((double)item->input_bytes, input) : "",
			   amount(item->metric, item->high, high), from));
}

static void add_cost(struct notify_words *words, const struct notify_finding *finding)
{
	const struct notify_item *worst = finding->items[0];
	double excess = 0, core_hours = 0;
	char text[32];

	for (size_t i = 0; i < finding->item_count; i++) {
		const struct notify_item *item = finding->items[i];

		excess += item->value - item->expected;
		if (item->cpu_count != JO_MISSING)
			core_hours += (item->value - item->expected) * (double)item->cpu_count;
	}
	core_hours /= 3600e6;
	if (worst->metric == STORE_MEMORY)
		add_fact(words, "Excess", xstrdup(bytes(worst->value - worst->expected, text)));
	else if (core_hours >= CORE_HOURS_MIN)
		add_fact(words, "Excess",
			 xasprintf("%s%s, %.1f core-hours", duration(excess, text),
				   finding->item_count == 1 ? "" : " in all", core_hours));
	else
		add_fact(words, "Excess",
			 xasprintf("%s%s", duration(excess, text),
				   finding->item_count == 1 ? "" : " in all"));
}

static void add_facts(struct notify_words *words, const struct notify_finding *finding)
{
	const struct notify_item *worst = finding->items[0];
	const char *state = state_words(worst);
	char value[32];

	add_jobs(words, finding);
	add_expected(words, worst);
	add_fact(words, worst->metric == STORE_WALL ? "It took" : "It used",
		 xstrdup(amount(worst->metric, worst->value, value)));
	add_cost(words, finding);
	if (state != NULL)
		add_fact(words, "It ended", xstrdup(state));
	words->finding.facts = words->facts;
}

static bool was_short_of_memory(const struct notify_item *item)
{
	return item->state == STORE_STATE_OUT_OF_MEMORY ||
	       (item->oom_kill_count != JO_MISSING && item->oom_kill_count > 0);
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
 * then a job to compare with.  Commands hold numbers and job ids alone, so
 * nobody else's text comes to be pasted into a shell.
 */
static void add_next_step(struct notify_words *words, const struct notify_item *item)
{
	char limit[32];

	if (was_short_of_memory(item)) {
		words->next_step = xstrdup("If it needs that much, let the next one ask for more:");
		words->next_command = memory_option(LIMIT_MARGIN * item->value);
	} else if (item->state == STORE_STATE_TIMEOUT) {
		words->next_step = xstrdup("If it needs that long, let the next one ask for more:");
		words->next_command =
			xasprintf("--time=%s", jo_duration_format_slurm((int64_t)(2 * item->value),
									limit, sizeof(limit)));
	} else if (words->peers.difference_count > 0) {
		words->next_step = xstrdup(
			"If that difference was intended, nothing needs to be done. If not, look "
			"there first.");
	} else if (words->peers.nearest_job[0] != '\0') {
		words->next_step =
			xasprintf("A normal job of about the same size to compare it with "
				  "is %s:",
				  words->peers.nearest_job);
		words->next_command = xasprintf("sjoboutliers show %s", words->peers.nearest_job);
	} else {
		words->next_step = xstrdup("What is known of it:");
		words->next_command = xasprintf("sjoboutliers show %s", item->job);
	}
}

void notify_words_write(const struct notify_finding *finding, const struct notify_peers *peers,
			struct notify_picture *picture, struct notify_words *ret_words)
{
	struct notify_words *words = ret_words;

	*words = (struct notify_words){.peers = *peers, .picture = *picture};
	*picture = (struct notify_picture){0};
	words->finding.png = words->picture.png;
	words->finding.png_size = words->picture.size;
	words->finding.png_text = words->picture.text;
	words->headline = headline(finding);
	words->jobs = jobs(finding);
	add_facts(words, finding);
	for (size_t i = 0; i < words->peers.difference_count; i++)
		words->differences[i] = words->peers.differences[i].text;
	add_next_step(words, finding->items[0]);
	words->finding.headline = words->headline;
	words->finding.jobs = words->jobs;
	words->finding.differences = words->differences;
	words->finding.difference_count = words->peers.difference_count;
	words->finding.next_step = words->next_step;
	words->finding.next_command = words->next_command;
}

void notify_words_release(struct notify_words *words)
{
	for (size_t i = 0; i < words->finding.fact_count; i++)
		free(words->fact_texts[i]);
	notify_picture_release(&words->picture);
	free(words->headline);
	free(words->jobs);
	free(words->next_step);
	free(words->next_command);
	*words = (struct notify_words){0};
}

char *notify_excess_words(const struct notify_findings *findings)
{
	double core_hours = 0;

	for (size_t i = 0; i < findings->count; i++)
		for (size_t j = 0; j < findings->list[i].item_count; j++) {
			const struct notify_item *item = findings->list[i].items[j];

			if (item->metric == STORE_WALL && item->cpu_count != JO_MISSING)
				core_hours += (item->value - item->expected) *
					      (double)item->cpu_count / 3600e6;
		}
	return core_hours < CORE_HOURS_MIN ? NULL : xasprintf("%.1f core-hours", core_hours);
}
