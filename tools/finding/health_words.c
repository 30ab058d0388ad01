/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Health in words: a table of facts, each written by one function. */
#include "finding/health.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "util/alloc.h"
#include "util/strbuf.h"
#include "util/when.h"
#include "util/words.h"

#define NAMED_MAX 5 /* nodes that fit a line; the rest are counted */

/* What waits longer than this is not taken by ingest. */
#define LAG_US JO_US_PER_DAY

static double percent(int64_t part, int64_t whole)
{
	return 100.0 * (double)part / (double)whole;
}

/* "2026-11-23 05:00" */
static void add_time(struct strbuf *text, int64_t unix_us)
{
	char when[WHEN_TEXT_SIZE];

	strbuf_addf(text, "%.10s ", when_format(unix_us, when));
	strbuf_addf(text, "%.5s", when + 11);
}

const char *const health_state_words[HEALTH_STATE_COUNT] = {
	[HEALTH_FINE] = "fine",
	[HEALTH_COULD_BE_MORE] = "could be more",
	[HEALTH_TROUBLE] = "look at it",
};

static enum health_state trouble_if(bool is_trouble)
{
	return is_trouble ? HEALTH_TROUBLE : HEALTH_FINE;
}

/* Each appends to the text, nothing at all when there is nothing to say, and returns what to make
 * of it. */

static enum health_state say_spools(const struct health *health, struct strbuf *text)
{
	bool is_trouble = false;

	for (size_t i = 0; i < health->site.spool_count; i++) {
		const struct health_spool *spool = &health->site.spools[i];

		strbuf_addf(text, "%s%s: ", text->len > 0 ? "; " : "", spool->path);
		if (spool->waiting_count == JO_MISSING) {
			strbuf_adds(text, "cannot be read");
			is_trouble = true;
			continue;
		}
		strbuf_addf(text, "%" PRId64 " record%s wait%s", spool->waiting_count,
			    words_plural(spool->waiting_count),
			    spool->waiting_count == 1 ? "s" : "");
		if (spool->oldest_unix_us == JO_MISSING)
			continue;
		strbuf_adds(text, ", the oldest since ");
		add_time(text, spool->oldest_unix_us);
		if (spool->oldest_unix_us < health->site.to_unix_us - LAG_US) {
			strbuf_adds(text, ", which ingest should have taken");
			is_trouble = true;
		}
	}
	return trouble_if(is_trouble);
}

static enum health_state say_bad(const struct health *health, struct strbuf *text)
{
	int64_t bad_count = 0, new_count = 0;

	for (size_t i = 0; i < health->site.spool_count; i++) {
		const struct health_spool *spool = &health->site.spools[i];

		bad_count += spool->bad_count == JO_MISSING ? 0 : spool->bad_count;
		new_count += spool->bad_count == JO_MISSING ? 0 : spool->new_bad_count;
	}
	if (bad_count == 0 && health->bad_count == 0)
		return HEALTH_FINE;
	strbuf_addf(text,
		    "%" PRId64 " new; %" PRId64
		    " in the spools' bad folders, each with its reason; %" PRId64
		    " line%s since ever",
		    new_count, bad_count, health->bad_count, words_plural(health->bad_count));
	return trouble_if(new_count > 0);
}

static enum health_state say_dropped(const struct health *health, struct strbuf *text)
{
	size_t count = 0;

	for (guint i = 0; i < health->nodes->len; i++) {
		const struct health_node *node =
			&g_array_index(health->nodes, struct health_node, i);

		if (node->is_dropping && ++count <= NAMED_MAX)
			strbuf_addf(text, "%s%s (%" PRId64 " since its spool began)",
				    count > 1 ? ", " : "", node->name, node->dropped_count);
	}
	if (count > NAMED_MAX)
		strbuf_addf(text, " and %zu more nodes", count - NAMED_MAX);
	if (count > 0)
		strbuf_adds(text, " could not write records: look for a full or missing spool in "
				  "slurmd's log");
	else if (health->dropped_count > 0)
		strbuf_addf(text, "none lately, %" PRId64 " since the spools began",
			    health->dropped_count);
	return trouble_if(count > 0);
}

static enum health_state say_nodes(const struct health *health, struct strbuf *text)
{
	size_t count = 0, new_count = 0;

	strbuf_addf(text, "%u sent records", health->nodes->len);
	for (guint i = 0; i < health->nodes->len; i++) {
		const struct health_node *node =
			&g_array_index(health->nodes, struct health_node, i);

		if (!node->is_silent)
			continue;
		new_count += node->is_newly_silent;
		if (++count > NAMED_MAX)
			continue;
		strbuf_addf(text, "%s%s since ", count > 1 ? ", " : "; silent: ", node->name);
		add_time(text, node->last_record_unix_us);
		strbuf_addf(text, " (about %.0f steps missed)", node->missed_count);
	}
	if (count > NAMED_MAX)
		strbuf_addf(text, " and %zu more", count - NAMED_MAX);
	return trouble_if(new_count > 0);
}

static enum health_state say_judged(const struct health *health, struct strbuf *text)
{
	if (health->step_count == 0 && health->history_count > 0) {
		strbuf_addf(text, "none of %" PRId64 " step%s, which %s history: see check --all",
			    health->history_count, words_plural(health->history_count),
			    health->history_count == 1 ? "is" : "are");
		return HEALTH_FINE;
	}
	if (health->step_count == 0) {
		strbuf_adds(text, "no step ended");
		return HEALTH_FINE;
	}
	strbuf_addf(text, "%.0f%% of %" PRId64 " step%s",
		    percent(health->judged_count, health->step_count), health->step_count,
		    words_plural(health->step_count));
	for (size_t r = 1, is_first = 1; r <= REASON_MODEL_COUNT; r++) {
		if (health->reason_counts[r] == 0)
			continue;
		strbuf_addf(text, "%s%.0f%% %s", is_first ? "; not: " : ", ",
			    percent(health->reason_counts[r], health->step_count),
			    r < REASON_MODEL_COUNT ? reason_word((enum reason)r) : "other");
		is_first = 0;
	}
	if (health->history_count > 0)
		strbuf_addf(text, "; none of %" PRId64 " more, which are history: see check --all",
			    health->history_count);
	return health->judged_count > 0 ? HEALTH_FINE : HEALTH_COULD_BE_MORE;
}

static enum health_state say_sized(const struct health *health, struct strbuf *text)
{
	const struct health_share *now = &health->this_week, *before = &health->weeks_before;

	if (now->step_count == 0)
		return HEALTH_FINE;
	strbuf_addf(text, "%.0f%% of the last week's %" PRId64 " step%s",
		    percent(now->sized_count, now->step_count), now->step_count,
		    words_plural(now->step_count));
	if (before->step_count > 0)
		strbuf_addf(text, ", %.0f%% in the four weeks before",
			    percent(before->sized_count, before->step_count));
	/* what is shown as 0% is not fine */
	if (percent(now->sized_count, now->step_count) >= 0.5)
		return HEALTH_FINE;
	strbuf_addf(text, "; %s", now->sized_count == 0 ? STEP_UNSIZED_ADVICE : STEP_SIZE_ADVICE);
	return HEALTH_COULD_BE_MORE;
}

static enum health_state say_mails(const struct health *health, struct strbuf *text)
{
	const struct store_message_tally *mails = &health->user_mails;

	if (mails->counts[STORE_MESSAGE_PENDING] == JO_MISSING) {
		strbuf_adds(text, "not known to readers");
		return HEALTH_FINE;
	}
	strbuf_addf(text, "%" PRId64 " sent to users; %" PRId64 " wait; %" PRId64 " given up",
		    mails->done_counts[STORE_MESSAGE_SENT],
		    mails->counts[STORE_MESSAGE_PENDING] + mails->counts[STORE_MESSAGE_SENDING],
		    mails->done_counts[STORE_MESSAGE_FAILED]);
	return trouble_if(mails->done_counts[STORE_MESSAGE_FAILED] > 0);
}

/* Of a way that the site does not use there is nothing to say. */
static enum health_state say_outlet(const struct store_outlet *outlet, const char *noun,
				    const char *done, struct strbuf *text)
{
	char since[WHEN_TEXT_SIZE];

	if (outlet->ran_unix_us == JO_MISSING)
		return HEALTH_FINE;
	if (outlet->failing_since_unix_us == JO_MISSING) {
		strbuf_addf(text, "%" PRId64 " %s%s %s", outlet->done_count, noun,
			    words_plural(outlet->done_count), done);
		return HEALTH_FINE;
	}
	strbuf_addf(text, "%" PRId64 " %s%s wait%s, as it fails since %s: %s",
		    outlet->waiting_count, noun, words_plural(outlet->waiting_count),
		    outlet->waiting_count == 1 ? "s" : "",
		    when_format(outlet->failing_since_unix_us, since), outlet->trouble.text);
	if (outlet->lost_count > 0)
		strbuf_addf(text, "; %" PRId64 " lost", outlet->lost_count);
	return HEALTH_TROUBLE;
}

static enum health_state say_hook(const struct health *health, struct strbuf *text)
{
	return say_outlet(&health->outlets[STORE_OUTLET_HOOK], "finding", "handed over", text);
}

static enum health_state say_spans(const struct health *health, struct strbuf *text)
{
	return say_outlet(&health->outlets[STORE_OUTLET_SPANS], "step", "sent as spans", text);
}

static enum health_state say_database(const struct health *health, struct strbuf *text)
{
	const struct store_counts *counts = &health->counts;

	strbuf_addf(text,
		    "%" PRId64 " step%s kept, %" PRId64 " running, %" PRId64 " not judged yet",
		    counts->step_count, words_plural(counts->step_count), counts->running_count,
		    counts->unjudged_count);
	if (counts->history_count > 0)
		strbuf_addf(text, ", %" PRId64 " not to be (history)", counts->history_count);
	strbuf_addf(text, ", %.1f MB", (double)counts->file_bytes / 1e6);
	return HEALTH_FINE;
}

static const struct {
	const char *label;
	enum health_state (*say)(const struct health *health, struct strbuf *text);
} table[HEALTH_FACTS_MAX] = {
	{"Spool", say_spools},      {"Bad records", say_bad}, {"Lost records", say_dropped},
	{"Nodes", say_nodes},       {"Judged", say_judged},   {"Size declared", say_sized},
	{"Mails", say_mails},       {"Hook", say_hook},       {"Spans", say_spans},
	{"Database", say_database},
};

size_t health_facts(const struct health *health, struct health_fact facts[HEALTH_FACTS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < HEALTH_FACTS_MAX; i++) {
		struct strbuf text;
		enum health_state state;

		strbuf_init(&text);
		state = table[i].say(health, &text);
		if (text.len > 0)
			facts[count++] =
				(struct health_fact){table[i].label, strbuf_detach(&text), state};
		else
			strbuf_release(&text);
	}
	return count;
}

void health_facts_release(struct health_fact *facts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(facts[i].text);
}
