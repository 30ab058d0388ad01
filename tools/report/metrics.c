/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes gauges in the text form that is both Prometheus' and OpenMetrics'.
 * Everything is a gauge: it is the state of one night, and what the database
 * counts since ever shrinks when steps are pruned.
 */
#include "report/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "joboutliers_"
#define US_PER_S 1e6

static void family(struct strbuf *text, const char *name, const char *help)
{
	strbuf_addf(text, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n", name, help, name);
}

static void add_label(struct strbuf *text, const char *name, const char *value)
{
	strbuf_addf(text, "%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			strbuf_adds(text, "\\n");
		else if (*value == '"' || *value == '\\')
			strbuf_addf(text, "\\%c", *value);
		else
			strbuf_addc(text, *value);
	}
	strbuf_addc(text, '"');
}

/* Up to two labels; NULL: none. */
static void sample(struct strbuf *text, const char *name, const char *const labels[2][2],
		   double value)
{
	strbuf_addf(text, PREFIX "%s", name);
	for (size_t i = 0; labels != NULL && i < 2 && labels[i][0] != NULL; i++) {
		strbuf_addc(text, i == 0 ? '{' : ',');
		add_label(text, labels[i][0], labels[i][1]);
	}
	if (labels != NULL && labels[0][0] != NULL)
		strbuf_addc(text, '}');
	strbuf_addf(text, " %.15g\n", value);
}

static void gauge(struct strbuf *text, const char *name, const char *help, double value)
{
	family(text, name, help);
	sample(text, name, NULL, value);
}

static void gauge_time(struct strbuf *text, const char *name, const char *help, int64_t unix_us)
{
	if (unix_us != JO_MISSING)
		gauge(text, name, help, (double)unix_us / US_PER_S);
}

/* ---- the steps of the night ---- */

static void add_steps(struct strbuf *text, const struct survey *survey)
{
	static const struct {
		const char *name, *help;
		size_t offset;
	} counts[] = {
		{"steps", "Steps that ended in the window and were looked at.",
		 offsetof(struct survey_partition, step_count)},
		{"sized_steps", "Of these, steps whose input size was declared.",
		 offsetof(struct survey_partition, sized_count)},
		{"judged_steps", "Of these, steps whose run time could be judged.",
		 offsetof(struct survey_partition, judged_count)},
	};
	const struct survey_partition *list =
		(const struct survey_partition *)(const void *)survey->partitions->data;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		family(text, counts[i].name, counts[i].help);
		for (guint p = 0; p < survey->partitions->len; p++) {
			const char *const labels[2][2] = {{"partition", list[p].name}};

			sample(text, counts[i].name, labels,
			       (double)*(const int64_t *)(const void *)((const char *)&list[p] +
									counts[i].offset));
		}
	}
	family(text, "unjudged_steps", "Of these, steps whose run time could not, and why.");
	for (guint p = 0; p < survey->partitions->len; p++)
		for (size_t r = 0; r <= MODEL_REASONS; r++) {
			const char *const labels[2][2] = {
				{"partition", list[p].name},
				{"reason", r == 0 || r == MODEL_REASONS
						   ? "other"
						   : model_reason_word((enum model_reason)r)},
			};

			if (list[p].reason_counts[r] > 0)
				sample(text, "unjudged_steps", labels,
				       (double)list[p].reason_counts[r]);
		}
}

/* For each partition and metric also a 0, so that an alert has something to compare. */
static void add_findings(struct strbuf *text, const struct survey *survey)
{
	const struct survey_partition *list =
		(const struct survey_partition *)(const void *)survey->partitions->data;
	const struct survey_finding *findings =
		(const struct survey_finding *)(const void *)survey->findings->data;

	family(text, "findings", "Verdicts that a step took more than normal.");
	for (guint p = 0; p < survey->partitions->len; p++)
		for (int metric = 0; metric < STORE_METRIC_COUNT; metric++) {
			const char *const labels[2][2] = {{"partition", list[p].name},
							  {"metric", store_metric_words[metric]}};
			int64_t count = 0;

			for (guint i = 0; i < survey->findings->len; i++)
				count += (int)findings[i].metric == metric &&
					 strcmp(findings[i].partition, list[p].name) == 0;
			sample(text, "findings", labels, (double)count);
		}
	family(text, "excess_core_hours", "What these took beyond what was expected.");
	for (guint p = 0; p < survey->partitions->len; p++) {
		const char *const labels[2][2] = {{"partition", list[p].name}};
		double core_hours = 0;

		for (guint i = 0; i < survey->findings->len; i++)
			if (isfinite(findings[i].core_hours) &&
			    strcmp(findings[i].partition, list[p].name) == 0)
				core_hours += findings[i].core_hours;
		sample(text, "excess_core_hours", labels, core_hours);
	}
}

static void add_nodes(struct strbuf *text, const struct survey *survey)
{
	const struct survey_node *nodes =
		(const struct survey_node *)(const void *)survey->nodes->data;
	int64_t slow_count = 0;

	family(text, "slow_node_ratio",
	       "How many times as long steps took on a node that is slow for many.");
	for (guint i = 0; i < survey->nodes->len; i++) {
		const char *const labels[2][2] = {{"cluster", nodes[i].cluster},
						  {"node", nodes[i].name}};

		if (!survey->node_findings[i].is_slow)
			continue;
		slow_count++;
		sample(text, "slow_node_ratio", labels, exp(survey->node_findings[i].log_ratio));
	}
	gauge(text, "slow_nodes", "Nodes on which the steps of many were slow.",
	      (double)slow_count);
}

/* ---- health ---- */

static int add_health(struct store *store, struct strbuf *text, struct jo_err *err)
{
	int64_t node_count = 0, dropped_count = 0, bad_count = 0, newest_unix_us = JO_MISSING;
	struct store_node_health health;
	struct store_cursor *cursor;
	int rc;

	rc = store_node_health_open(store, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_node_health_next(cursor, &health, err)) > 0) {
		node_count++;
		dropped_count += health.dropped_count;
		bad_count += health.bad_count;
		if (health.last_record_unix_us > newest_unix_us)
			newest_unix_us = health.last_record_unix_us;
	}
	store_cursor_close(cursor);
	if (rc < 0)
		return rc;
	gauge(text, "nodes", "Nodes that ever sent a record.", (double)node_count);
	gauge(text, "dropped_records", "Records that nodes could not write, since ever.",
	      (double)dropped_count);
	gauge(text, "bad_records", "Lines that were no records, since ever.", (double)bad_count);
	gauge_time(text, "newest_record_timestamp_seconds", "Newest time in any record.",
		   newest_unix_us);
	return 0;
}

static int add_database(struct store *store, struct strbuf *text, struct jo_err *err)
{
	struct store_counts counts;
	int rc = store_counts(store, &counts, err);

	if (rc < 0)
		return rc;
	gauge(text, "database_steps", "Steps in the database.", (double)counts.step_count);
	gauge(text, "database_groups", "Groups of steps that are compared.",
	      (double)counts.group_count);
	gauge(text, "database_bytes", "Size of the database.", (double)counts.file_bytes);
	gauge(text, "running_steps", "Steps without an end yet.", (double)counts.running_count);
	gauge(text, "waiting_steps", "Steps that ended and check has not looked at yet.",
	      (double)counts.unjudged_count);
	return 0;
}

static int add_messages(struct store *store, struct strbuf *text, struct jo_err *err)
{
	const struct store_message_selection selection = {
		.state_mask = 1u << STORE_MESSAGE_PENDING | 1u << STORE_MESSAGE_SENDING |
			      1u << STORE_MESSAGE_FAILED};
	int64_t counts[STORE_MESSAGE_STATE_COUNT] = {0};
	struct store_cursor *cursor;
	struct store_message message;
	int rc;

	rc = store_messages_open(store, &selection, &cursor, err);
	if (rc < 0)
		return rc;
	while ((rc = store_messages_next(cursor, &message, err)) > 0)
		counts[message.state]++;
	store_cursor_close(cursor);
	if (rc < 0)
		return rc;
	gauge(text, "pending_mails", "Mails that wait to be sent.",
	      (double)(counts[STORE_MESSAGE_PENDING] + counts[STORE_MESSAGE_SENDING]));
	gauge(text, "failed_mails", "Mails that were given up.",
	      (double)counts[STORE_MESSAGE_FAILED]);
	return 0;
}

static void add_spools(struct strbuf *text, const struct metrics_site *site)
{
	static const struct {
		const char *name, *help;
	} families[] = {
		{"spool_records", "Files that wait in a spool."},
		{"spool_bad_files", "Files that were set aside there."},
	};
	const int64_t *const counts[] = {site->spool_waiting_counts, site->spool_bad_counts};

	for (size_t f = 0; f < 2; f++) {
		family(text, families[f].name, families[f].help);
		for (size_t i = 0; i < site->spools.count; i++) {
			const char *const labels[2][2] = {{"spool", site->spools.list[i]}};

			if (counts[f][i] != JO_MISSING)
				sample(text, families[f].name, labels, (double)counts[f][i]);
		}
	}
}

static void add_night(struct strbuf *text, const struct metrics_site *site)
{
	gauge_time(text, "night_begin_timestamp_seconds", "When the last nightly began.",
		   site->night_begin_unix_us);
	gauge_time(text, "night_end_timestamp_seconds", "When it ended.", site->night_end_unix_us);
	if (site->night_status != JO_MISSING)
		gauge(text, "night_status", "Its exit status; -1: it has not ended.",
		      (double)site->night_status);
}

int metrics_write(struct store *store, const struct metrics_site *site, struct strbuf *text,
		  struct jo_err *err)
{
	struct survey survey;
	int rc = survey_read(store, site->from_unix_us, site->to_unix_us, &survey, err);

	if (rc < 0)
		return rc;
	gauge_time(text, "window_begin_timestamp_seconds", "Steps that ended from here on",
		   site->from_unix_us);
	gauge_time(text, "window_end_timestamp_seconds", "and before this are counted.",
		   site->to_unix_us);
	add_steps(text, &survey);
	add_findings(text, &survey);
	add_nodes(text, &survey);
	survey_release(&survey);
	rc = add_health(store, text, err);
	if (rc == 0)
		rc = add_database(store, text, err);
	if (rc == 0)
		rc = add_messages(store, text, err);
	if (rc < 0)
		return rc;
	add_spools(text, site);
	add_night(text, site);
	strbuf_adds(text, "# EOF\n");
	return 0;
}
