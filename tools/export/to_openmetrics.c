/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A night as numbers for a monitoring system: text that Prometheus, and
 * node_exporter's textfile collector, read.  Names partitions, slow nodes and as
 * many classes as it may, never users or jobs.
 *
 * Writes gauges in the text form that is both Prometheus' and OpenMetrics'.
 * Everything is a gauge: it is the state of one night, and what the database
 * counts since ever shrinks when steps are pruned.
 */
#include "export/sink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/units.h"
#include "joboutliers/utf8.h"
#include "drift/account.h"
#include "step/night.h"
#include "util/alloc.h"
#include "util/replace.h"
#include "util/strbuf.h"

#define PREFIX "joboutliers_"
static void family(struct strbuf *text, const char *name, const char *help)
{
	strbuf_addf(text, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n", name, help, name);
}

static void add_label(struct strbuf *text, const char *name, const char *value)
{
	size_t length;

	strbuf_addf(text, "%s=\"", name);
	for (; *value != '\0'; value += length > 0 ? length : 1) {
		length = jo_utf8_printable(value);
		if (*value == '"' || *value == '\\')
			strbuf_addc(text, '\\');
		if (length > 0)
			strbuf_add(text, value, length);
		else
			strbuf_addc(text, '?');
	}
	strbuf_addc(text, '"');
}

#define LABELS_MAX 3

/* NULL: no label. */
static void sample(struct strbuf *text, const char *name, const char *const labels[LABELS_MAX][2],
		   double value)
{
	strbuf_addf(text, PREFIX "%s", name);
	for (size_t i = 0; labels != NULL && i < LABELS_MAX && labels[i][0] != NULL; i++) {
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
		gauge(text, name, help, (double)unix_us / JO_US_PER_S);
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
			const char *const labels[LABELS_MAX][2] = {{"partition", list[p].name}};

			sample(text, counts[i].name, labels,
			       (double)*(const int64_t *)(const void *)((const char *)&list[p] +
									counts[i].offset));
		}
	}
	family(text, "unjudged_steps", "Of these, steps whose run time could not, and why.");
	for (guint p = 0; p < survey->partitions->len; p++)
		for (size_t r = 0; r <= REASON_MODEL_COUNT; r++) {
			const char *const labels[LABELS_MAX][2] = {
				{"partition", list[p].name},
				{"reason", r == 0 || r == REASON_MODEL_COUNT
						   ? "other"
						   : reason_word((enum reason)r)},
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
		for (int metric = 0; metric < METRIC_COUNT; metric++) {
			const char *const labels[LABELS_MAX][2] = {{"partition", list[p].name},
								   {"metric", metric_word(metric)}};
			int64_t count = 0;

			for (guint i = 0; i < survey->findings->len; i++)
				count += (int)findings[i].metric == metric &&
					 strcmp(findings[i].partition, list[p].name) == 0;
			sample(text, "findings", labels, (double)count);
		}
	family(text, "excess_core_hours", "What these took beyond what was expected.");
	for (guint p = 0; p < survey->partitions->len; p++) {
		const char *const labels[LABELS_MAX][2] = {{"partition", list[p].name}};
		double core_hours = 0;

		for (guint i = 0; i < survey->findings->len; i++)
			/* CPU time lies within what the run time holds of processors */
			if (isfinite(findings[i].core_hours) &&
			    metric_infos[findings[i].metric].is_on_all_cpus &&
			    strcmp(findings[i].partition, list[p].name) == 0)
				core_hours += findings[i].core_hours;
		sample(text, "excess_core_hours", labels, core_hours);
	}
}

/* What is told of a class; a row of the findings for each metric. */
static const struct {
	const char *name, *help;
	size_t offset;
} class_counts[] = {
	{"class_steps", "Steps of a class that ended in the window and were looked at.",
	 offsetof(struct survey_class, step_count)},
	{"class_sized_steps", "Of these, steps whose input size was declared.",
	 offsetof(struct survey_class, sized_count)},
	{"class_judged_steps", "Of these, steps whose run time could be judged.",
	 offsetof(struct survey_class, judged_count)},
};

static void sample_class(struct strbuf *text, const char *name, const struct survey_class *class,
			 const char *metric, double value)
{
	const char *const labels[LABELS_MAX][2] = {{"partition", class->partition},
						   {"class", class->name},
						   {metric != NULL ? "metric" : NULL, metric}};

	sample(text, name, labels, value);
}

/* The classes that are named, and the sum of the others, without a name, behind them. */
static GArray *named_classes(const struct survey *survey, int64_t class_max)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct survey_class));
	struct survey_class others = {.partition = "", .name = ""};

	for (guint i = 0; i < survey->classes->len; i++) {
		const struct survey_class *class =
			&g_array_index(survey->classes, struct survey_class, i);

		if ((int64_t)i < class_max && class->name[0] != '\0') {
			g_array_append_vals(list, class, 1);
			continue;
		}
		others.step_count += class->step_count;
		others.sized_count += class->sized_count;
		others.judged_count += class->judged_count;
		others.core_hours += class->core_hours;
		for (int metric = 0; metric < METRIC_COUNT; metric++)
			others.high_counts[metric] += class->high_counts[metric];
	}
	if (others.step_count > 0)
		g_array_append_val(list, others);
	return list;
}

static void add_classes(struct strbuf *text, const struct survey *survey, int64_t class_max)
{
	GArray *classes = named_classes(survey, class_max);
	const struct survey_class *list = (const struct survey_class *)(const void *)classes->data;

	for (size_t c = 0; c < sizeof(class_counts) / sizeof(class_counts[0]); c++) {
		family(text, class_counts[c].name, class_counts[c].help);
		for (guint i = 0; i < classes->len; i++)
			sample_class(
				text, class_counts[c].name, &list[i], NULL,
				(double)*(const int64_t *)(const void *)((const char *)&list[i] +
									 class_counts[c].offset));
	}
	family(text, "class_findings", "Verdicts that a step of a class took more than normal.");
	for (guint i = 0; i < classes->len; i++)
		for (int metric = 0; metric < METRIC_COUNT; metric++)
			sample_class(text, "class_findings", &list[i], metric_word(metric),
				     (double)list[i].high_counts[metric]);
	family(text, "class_excess_core_hours",
	       "What run times of a class that were high took beyond what was expected.");
	for (guint i = 0; i < classes->len; i++)
		sample_class(text, "class_excess_core_hours", &list[i], NULL, list[i].core_hours);
	(void)g_array_free(classes, TRUE);
}

#define CHANGES (METRIC_COUNT * (DRIFT_BACK + 1))

/* The name of the survey's partition of this index; the one behind the last has the rest. */
static const char *partition_name(const struct survey *survey, guint p)
{
	return p < survey->partitions->len
		       ? g_array_index(survey->partitions, struct survey_partition, p).name
		       : "";
}

static void count_drift(const struct survey *survey, const struct store_drift *drift,
			int64_t (*counts)[CHANGES])
{
	int change = (int)drift->metric * (DRIFT_BACK + 1) + (int)drift_direction(drift);
	guint p = 0;

	while (p < survey->partitions->len &&
	       strcmp(partition_name(survey, p), drift->partition) != 0)
		p++;
	counts[p][change]++;
}

/* The word of a change, into buf; returns it. */
static const char *change_word(int change, char *buf, size_t size)
{
	enum metric metric = (enum metric)(change / (DRIFT_BACK + 1));

	switch ((enum drift_direction)(change % (DRIFT_BACK + 1))) {
	case DRIFT_MORE:
		return metric_infos[metric].more_word;
	case DRIFT_LESS:
		return metric_infos[metric].less_word;
	case DRIFT_BACK:
		break;
	}
	(void)snprintf(buf, size, "%s-back", metric_word(metric));
	return buf;
}

static int add_drifts(struct store *store, const struct survey *survey, int32_t from_night,
		      struct strbuf *text, struct jo_err *err)
{
	int64_t(*counts)[CHANGES] = g_malloc0_n(survey->partitions->len + 1, sizeof(*counts));
	struct store_drift_selection selection;
	struct store_cursor *cursor;
	struct store_drift drift;
	int rc;

	store_drift_selection_init(&selection);
	selection.seen_from_night = from_night;
	rc = store_drifts_open(store, &selection, &cursor, err);
	if (rc < 0)
		goto out;
	while ((rc = store_drifts_next(cursor, &drift, err)) > 0)
		if (drift.found_night >= from_night)
			count_drift(survey, &drift, counts);
	store_cursor_close(cursor);
	family(text, "drifted_groups", "Groups whose level was found to have moved for good.");
	for (guint p = 0; rc == 0 && p <= survey->partitions->len; p++)
		for (int c = 0; c < CHANGES; c++) {
			char buf[32];
			const char *const labels[LABELS_MAX][2] = {
				{"partition", partition_name(survey, p)},
				{"change", change_word(c, buf, sizeof(buf))}};

			if (p < survey->partitions->len || counts[p][c] > 0)
				sample(text, "drifted_groups", labels, (double)counts[p][c]);
		}
out:
	g_free(counts);
	return rc;
}

static void add_nodes(struct strbuf *text, const struct survey *survey)
{
	const struct survey_node *nodes =
		(const struct survey_node *)(const void *)survey->nodes->data;
	int64_t slow_count = 0;

	family(text, "slow_node_ratio",
	       "How many times as long steps took on a node that is slow for many.");
	for (guint i = 0; i < survey->nodes->len; i++) {
		const char *const labels[LABELS_MAX][2] = {{"cluster", nodes[i].cluster},
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

static void add_node_health(struct strbuf *text, const struct health *health)
{
	int64_t silent_count = 0;

	for (guint i = 0; i < health->nodes->len; i++)
		silent_count += g_array_index(health->nodes, struct health_node, i).is_silent;
	gauge(text, "nodes", "Nodes that ever sent a record.", (double)health->nodes->len);
	gauge(text, "silent_nodes",
	      "Of these, nodes that send nothing although they should have run steps.",
	      (double)silent_count);
	gauge(text, "dropped_records",
	      "Records that nodes could not write, since their spools began.",
	      (double)health->dropped_count);
	gauge(text, "bad_records", "Lines that were no records, since ever.",
	      (double)health->bad_count);
	gauge_time(text, "newest_record_timestamp_seconds", "Newest time in any record.",
		   health->newest_record_unix_us);
}

static void add_sized_shares(struct strbuf *text, const struct health *health)
{
	static const char *const weeks[] = {"last", "four-before"};
	const struct health_share *const shares[] = {&health->this_week, &health->weeks_before};

	family(text, "sized_share",
	       "Share of steps with a declared input size, of the last week and the four before.");
	for (size_t i = 0; i < 2; i++) {
		const char *const labels[LABELS_MAX][2] = {{"weeks", weeks[i]}};

		if (shares[i]->step_count > 0)
			sample(text, "sized_share", labels,
			       (double)shares[i]->sized_count / (double)shares[i]->step_count);
	}
}

static void add_database(struct strbuf *text, const struct store_counts *counts)
{
	gauge(text, "database_steps", "Steps in the database.", (double)counts->step_count);
	gauge(text, "database_groups", "Groups of steps that are compared.",
	      (double)counts->group_count);
	gauge(text, "database_bytes", "Size of the database.", (double)counts->file_bytes);
	gauge(text, "running_steps", "Steps without an end yet.", (double)counts->running_count);
	gauge(text, "waiting_steps", "Steps that ended and check has not looked at yet.",
	      (double)counts->unjudged_count);
	gauge(text, "spans", "Spans of programs that are kept with their step.",
	      (double)counts->span_count);
	gauge(text, "waiting_spans", "Spans of programs whose step is not known.",
	      (double)counts->waiting_span_count);
	gauge(text, "history_steps", "Steps that are not judged, as they ended before JudgeDays.",
	      (double)counts->history_count);
}

static void add_mails(struct strbuf *text, const struct store_message_tally *mails)
{
	if (mails->counts[STORE_MESSAGE_PENDING] == JO_MISSING)
		return; /* in a copy for readers */
	gauge(text, "sent_mails", "Mails to users that were sent in the window.",
	      (double)mails->done_counts[STORE_MESSAGE_SENT]);
	gauge(text, "pending_mails", "Mails to users that wait to be sent.",
	      (double)(mails->counts[STORE_MESSAGE_PENDING] +
		       mails->counts[STORE_MESSAGE_SENDING]));
	gauge(text, "failed_mails", "Mails to users that were given up, since ever.",
	      (double)mails->counts[STORE_MESSAGE_FAILED]);
}

static int64_t handed_over(const struct store_outlet *outlet)
{
	return outlet->done_count;
}

static int64_t left(const struct store_outlet *outlet)
{
	return outlet->waiting_count;
}

static int64_t lost(const struct store_outlet *outlet)
{
	return outlet->lost_count;
}

static int64_t seconds(int64_t unix_us)
{
	return unix_us == JO_MISSING ? JO_MISSING : unix_us / (int64_t)JO_US_PER_S;
}

static int64_t ran_s(const struct store_outlet *outlet)
{
	return seconds(outlet->ran_unix_us);
}

static int64_t failing_since_s(const struct store_outlet *outlet)
{
	return seconds(outlet->failing_since_unix_us);
}

/* Of those that have run: of the others, and in a copy for readers, there is nothing to say. */
static void add_outlets(struct strbuf *text, const struct store_outlet *outlets)
{
	static const char *const words[STORE_OUTLET_COUNT] = {
		[STORE_OUTLET_HOOK] = "hook",
		[STORE_OUTLET_SPANS] = "send",
	};
	static const struct {
		const char *name, *help;
		int64_t (*value)(const struct store_outlet *outlet);
	} families[] = {
		{"outlet_done", "Findings or steps that hook or send handed over in its last run.",
		 handed_over},
		{"outlet_pending", "What it left for the next one.", left},
		{"outlet_lost", "What it gave up, since ever.", lost},
		{"outlet_run_timestamp_seconds", "When it last ran.", ran_s},
		{"outlet_failing_since_timestamp_seconds",
		 "The first of the runs that failed since; none when the last did not.",
		 failing_since_s},
	};

	for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		family(text, families[f].name, families[f].help);
		for (size_t i = 0; i < STORE_OUTLET_COUNT; i++) {
			const char *const labels[LABELS_MAX][2] = {{"outlet", words[i]}};
			int64_t value = families[f].value(&outlets[i]);

			if (outlets[i].ran_unix_us != JO_MISSING && value != JO_MISSING)
				sample(text, families[f].name, labels, (double)value);
		}
	}
}

static int64_t waiting(const struct health_spool *spool)
{
	return spool->waiting_count;
}

static int64_t bad(const struct health_spool *spool)
{
	return spool->bad_count;
}

static int64_t oldest_s(const struct health_spool *spool)
{
	return seconds(spool->oldest_unix_us);
}

static void add_spools(struct strbuf *text, const struct health_site *site)
{
	static const struct {
		const char *name, *help;
		int64_t (*value)(const struct health_spool *spool);
	} families[] = {
		{"spool_records", "Records that wait in a spool.", waiting},
		{"spool_bad_files", "Files that were set aside there.", bad},
		{"spool_oldest_timestamp_seconds", "Since when the oldest of what waits does.",
		 oldest_s},
	};

	for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		family(text, families[f].name, families[f].help);
		for (size_t i = 0; i < site->spool_count; i++) {
			const char *const labels[LABELS_MAX][2] = {{"spool", site->spools[i].path}};
			int64_t value = families[f].value(&site->spools[i]);

			if (value != JO_MISSING)
				sample(text, families[f].name, labels, (double)value);
		}
	}
}

static void add_night(struct strbuf *text, const struct sink_site *site)
{
	gauge_time(text, "night_begin_timestamp_seconds", "When the last nightly began.",
		   site->night_begin_unix_us);
	gauge_time(text, "night_end_timestamp_seconds", "When it ended.", site->night_end_unix_us);
	if (site->night_status != JO_MISSING)
		gauge(text, "night_status", "Its exit status; -1: it has not ended.",
		      (double)site->night_status);
}

static int add_all(struct store *store, const struct sink_site *site, struct strbuf *text,
		   struct jo_err *err)
{
	int64_t from_unix_us = site->health.from_unix_us, to_unix_us = site->health.to_unix_us;
	struct health health;
	struct survey survey;
	int rc = survey_read(store, from_unix_us, to_unix_us, &survey, err);

	if (rc < 0)
		return rc;
	rc = health_read(store, &survey, &site->health, &health, err);
	if (rc < 0)
		goto out;
	gauge_time(text, "window_begin_timestamp_seconds", "Steps that ended from here on",
		   from_unix_us);
	gauge_time(text, "window_end_timestamp_seconds", "and before this are counted.",
		   to_unix_us);
	add_steps(text, &survey);
	add_findings(text, &survey);
	add_classes(text, &survey, site->class_max);
	rc = add_drifts(store, &survey, night_of(from_unix_us).number, text, err);
	add_nodes(text, &survey);
	add_node_health(text, &health);
	add_sized_shares(text, &health);
	add_database(text, &health.counts);
	add_mails(text, &health.user_mails);
	add_outlets(text, health.outlets);
	add_spools(text, &site->health);
	add_night(text, site);
	strbuf_adds(text, "# EOF\n");
	health_release(&health);
out:
	survey_release(&survey);
	return rc;
}

/* node_exporter is another user, and there is nothing in the file to hide. */
#define FILE_MODE 0644

struct metrics_writer {
	const char *path;
	struct strbuf text;
};

static int open_metrics(const struct sink_request *request, void **ret_writer, struct jo_err *err)
{
	struct metrics_writer *writer = xcalloc(1, sizeof(*writer));
	int rc;

	writer->path = request->path;
	strbuf_init(&writer->text);
	rc = add_all(request->store, request->site, &writer->text, err);
	if (rc < 0) {
		strbuf_release(&writer->text);
		free(writer);
		return rc;
	}
	*ret_writer = writer;
	return 0;
}

static int close_metrics(void *context, bool is_whole, struct jo_err *err)
{
	struct metrics_writer *writer = context;
	int rc = is_whole ? replace_or_print(writer->path, writer->text.text, writer->text.len,
					     FILE_MODE, err)
			  : 0;

	strbuf_release(&writer->text);
	free(writer);
	return rc;
}

const struct sink sink_openmetrics = {
	.word = "openmetrics",
	.argument = "FILE",
	.help = "write the numbers of the last day for Prometheus to FILE; -: print them",
	.subject = SINK_SITE,
	.open = open_metrics,
	.close = close_metrics,
};
