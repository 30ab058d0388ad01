/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was declared, measured and judged, as attributes. */
#include "export/otlp_span.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "joboutliers/attr.h"
#include "export/otlp_target.h"
#include "joboutliers/hash.h"
#include "step/columns.h"
#include "step/measure.h"
#include "util/strbuf.h"

#define NS_PER_US 1000

/* Attributes that are put somewhere; texts are the spans'. */
struct target {
	struct otel_spans *spans;
	struct otel_attributes *attributes;
};

static const char *keep(struct otel_spans *spans, const char *text)
{
	return otel_spans_text(spans, text, strlen(text));
}

static void add_text(const struct target *to, const char *key, const char *text)
{
	struct otel_value value = {.kind = OTEL_VALUE_TEXT};

	if (text[0] == '\0')
		return;
	value.text = keep(to->spans, text);
	otel_attributes_add(to->attributes, keep(to->spans, key), &value);
}

static void add_int(const struct target *to, const char *key, int64_t number)
{
	const struct otel_value value = {.kind = OTEL_VALUE_INT, .number = number};

	if (number != JO_MISSING)
		otel_attributes_add(to->attributes, keep(to->spans, key), &value);
}

static void add_real(const struct target *to, const char *key, double real)
{
	const struct otel_value value = {.kind = OTEL_VALUE_REAL, .real = real};

	otel_attributes_add(to->attributes, keep(to->spans, key), &value);
}

/* ---- the resource ---- */

static void add_given(const struct target *to, const char *pairs)
{
	char *copy = strdup(pairs), *rest = copy, *pair;

	while ((pair = strsep(&rest, ",")) != NULL) {
		char *value = strchr(pair, '=');

		if (value == NULL)
			continue;
		*value++ = '\0';
		otlp_percent_decode(value);
		pair += strspn(pair, " ");
		if (otel_attributes_get(to->attributes, pair) == NULL)
			add_text(to, pair, value);
	}
	free(copy);
}

#define CLUSTER_KEY "slurm.cluster.name"

static void add_resource(struct otel_spans *spans, const char *cluster, const char *service_name,
			 const char *given)
{
	struct target to;

	otel_spans_add_resource(spans);
	to = (struct target){spans, otel_spans_resource(spans)};
	add_text(&to, "service.name", service_name);
	add_text(&to, "service.version", JO_VERSION);
	add_text(&to, CLUSTER_KEY, cluster);
	add_given(&to, given);
}

static bool is_of_last_resource(struct otel_spans *spans, const char *cluster)
{
	const struct otel_value *value;

	if (spans->resource_count == 0)
		return false;
	value = otel_attributes_get(otel_spans_resource(spans), CLUSTER_KEY);
	return strcmp(value == NULL ? "" : value->text, cluster) == 0;
}

/* ---- ids ---- */

static uint64_t hash_of(const char *kind, const struct step *step, int64_t step_id)
{
	char job[STEP_JOB_TEXT_SIZE];
	struct strbuf text;
	uint64_t hash;

	strbuf_init(&text);
	strbuf_addf(
		&text, "%s %s/%s/%" PRId64 "/%" PRId64 "/%" PRId64, kind, step->cluster,
		step_job_format(step, job, sizeof(job)), step->restart_count, step_id,
		/* A number that comes again is another job; its steps begin at their own times. */
		step_id == JO_MISSING ? 0 : step->start_unix_us);
	hash = jo_hash_text64(text.text);
	strbuf_release(&text);
	return hash == 0 ? 1 : hash;
}

static void set_ids(struct otel_span *span, const struct step *step)
{
	if (otel_id_is_valid(step->trace_id, OTEL_TRACE_ID_SIZE - 1) &&
	    otel_id_is_valid(step->span_id, OTEL_SPAN_ID_SIZE - 1)) {
		memcpy(span->trace_id, step->trace_id, sizeof(span->trace_id));
		memcpy(span->span_id, step->span_id, sizeof(span->span_id));
		if (otel_id_is_valid(step->parent_span_id, OTEL_SPAN_ID_SIZE - 1))
			memcpy(span->parent_id, step->parent_span_id, sizeof(span->parent_id));
	} else {
		(void)snprintf(span->trace_id, sizeof(span->trace_id), "%016" PRIx64 "%016" PRIx64,
			       hash_of("trace", step, JO_MISSING),
			       hash_of("of job", step, JO_MISSING));
		(void)snprintf(span->span_id, sizeof(span->span_id), "%016" PRIx64,
			       hash_of("span", step, step->step_id));
	}
	if (otel_id_is_valid(step->link_trace_id, OTEL_TRACE_ID_SIZE - 1) &&
	    otel_id_is_valid(step->link_span_id, OTEL_SPAN_ID_SIZE - 1)) {
		memcpy(span->link_trace_id, step->link_trace_id, sizeof(span->link_trace_id));
		memcpy(span->link_span_id, step->link_span_id, sizeof(span->link_span_id));
	}
}

/* ---- the step ---- */

static void add_identity(const struct target *to, const struct step *step)
{
	char text[STEP_JOB_TEXT_SIZE];
	const struct {
		const char *key, *text;
	} texts[] = {
		{"slurm.job.name", step->job_name},
		{"slurm.job.user", step->user},
		{"slurm.job.account", step->account},
		{"slurm.partition", step->partition},
		{"slurm.job.qos", step->qos},
		{"slurm.node", step->node},
		{"joboutliers.class", step->class_name},
		{"process.executable.name", step->program},
		{"slurm.state", step_state_words[step->state]},
	};
	const struct {
		const char *key;
		int64_t number;
	} numbers[] = {
		{"slurm.array.job_id", step->array_job_id},
		{"slurm.array.task_id", step->array_task_id},
		{"slurm.restart_count", step->restart_count},
		{"slurm.nnodes", step->node_count},
		{"slurm.ntasks", step->task_count},
		{"slurm.ncpus", step->cpu_count},
		{"process.exit.code", step->exit_status},
	};

	add_text(to, "slurm.job.id", step_job_format(step, text, sizeof(text)));
	add_text(to, "slurm.step.name", step_number_format(step, text, sizeof(text)));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add_text(to, texts[i].key, texts[i].text);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		add_int(to, numbers[i].key, numbers[i].number);
}

/* What each node tells of itself is what was measured. */
static void add_measured(const struct target *to, const struct step *step)
{
	add_real(to, "duration_ms", (double)step->wall_us / 1000);
	add_int(to, "input_size", step->input_bytes);
	add_int(to, "max_rss", step->max_rss_bytes);
	for (size_t i = 0; i < COL_COUNT; i++) {
		const struct step_column *column = &step_columns[i];
		char key[80];

		if (column->json != JSON_NODE || column->known != KNOWN_END ||
		    column_is_string(column) || column->kind == COLUMN_WORD)
			continue;
		(void)snprintf(key, sizeof(key), "joboutliers.%s", column->member);
		add_int(to, key, column_number(column, step));
	}
}

static void add_number_or_text(const struct target *to, const char *key, const char *text)
{
	char *end;
	long long number;
	double real;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno == 0 && end != text && *end == '\0' && number != JO_MISSING) {
		add_int(to, key, number);
		return;
	}
	errno = 0;
	real = strtod(text, &end);
	if (errno == 0 && end != text && *end == '\0' && isfinite(real))
		add_real(to, key, real);
	else
		add_text(to, key, text);
}

/* Under the names that the user gave, but no name of ours or of Slurm's. */
static void add_declared(const struct target *to, const struct step *step)
{
	static const char *const taken[] = {"slurm.", "joboutliers.", "process.", "service."};
	struct jo_attrs attrs;

	if (step->attrs[0] == '\0' || jo_attrs_parse(step->attrs, &attrs, NULL) < 0)
		return;
	for (size_t i = 0; i < attrs.count; i++) {
		const char *key = attrs.list[i].key;
		bool is_taken = otel_attributes_get(to->attributes, key) != NULL;

		for (size_t t = 0; t < sizeof(taken) / sizeof(taken[0]); t++)
			is_taken = is_taken || strncmp(key, taken[t], strlen(taken[t])) == 0;
		if (!is_taken)
			add_number_or_text(to, key, attrs.list[i].value);
	}
}

/* ---- verdicts ---- */

static void add_verdict(const struct target *to, const char *prefix,
			const struct step_verdict *verdict)
{
	const char *unit = metric_unit(verdict->metric);
	const struct {
		const char *name, *unit;
		double real;
	} reals[] = {
		{"value", unit, metric_shown(verdict->metric, verdict->value)},
		{"expected", unit, metric_shown(verdict->metric, verdict->expected)},
		{"low", unit, metric_shown(verdict->metric, verdict->low)},
		{"high", unit, metric_shown(verdict->metric, verdict->high)},
		{"ratio", "", verdict->ratio},
		{"score", "", verdict->score},
		{"p_value", "", verdict->p_value},
	};
	const struct {
		const char *name, *text;
	} texts[] = {
		{"verdict", verdict_words[verdict->verdict]},
		{"reason", verdict->reason},
		{"level", verdict_level_words[verdict->level]},
		{"measure", measure_word(verdict->measure)},
	};
	char key[80];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		(void)snprintf(key, sizeof(key), "%s%s", prefix, texts[i].name);
		add_text(to, key, texts[i].text);
	}
	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
		(void)snprintf(key, sizeof(key), "%s%s%s%s", prefix, reals[i].name,
			       reals[i].unit[0] != '\0' ? "_" : "", reals[i].unit);
		add_real(to, key, reals[i].real);
	}
	(void)snprintf(key, sizeof(key), "%shistory_count", prefix);
	add_int(to, key, verdict->history_count);
}

static void add_verdicts(struct otel_spans *spans, struct otel_span *span,
			 const struct judged_step *row)
{
	for (int m = 0; m < METRIC_COUNT; m++) {
		const struct step_verdict *verdict = &row->verdicts[m];
		struct target to = {spans, &span->attributes};
		struct otel_event *event;
		char prefix[40];

		if (!row->has_verdict[m])
			continue;
		(void)snprintf(prefix, sizeof(prefix), "joboutliers.%s.",
			       metric_word(verdict->metric));
		add_verdict(&to, prefix, verdict);
		if (verdict->verdict != VERDICT_HIGH)
			continue;
		event = otel_span_add_event(span, "joboutliers.finding", span->end_unix_ns);
		to.attributes = &event->attributes;
		add_text(&to, "joboutliers.metric", metric_word(verdict->metric));
		add_verdict(&to, "joboutliers.", verdict);
	}
}

bool otlp_span_add(struct otel_spans *spans, const struct judged_step *row,
		   const char *service_name, const char *resource_attributes)
{
	const struct step *step = &row->step;
	struct otel_span *span;
	struct target to;

	if (step->start_unix_us == JO_MISSING || step->end_unix_us == JO_MISSING ||
	    step->wall_us == JO_MISSING || step->end_unix_us < step->start_unix_us ||
	    step->end_unix_us > INT64_MAX / NS_PER_US)
		return false;
	if (!is_of_last_resource(spans, step->cluster))
		add_resource(spans, step->cluster, service_name, resource_attributes);
	span = otel_spans_add(spans);
	span->kind = OTEL_KIND_INTERNAL;
	span->name = keep(spans, step->class_name[0] != '\0' ? step->class_name : "step");
	span->start_unix_ns = step->start_unix_us * NS_PER_US;
	span->end_unix_ns = step->end_unix_us * NS_PER_US;
	set_ids(span, step);
	to = (struct target){spans, &span->attributes};
	add_identity(&to, step);
	add_measured(&to, step);
	if (step->state != STEP_STATE_COMPLETED && step->state != STEP_STATE_UNKNOWN) {
		span->status = OTEL_STATUS_ERROR;
		span->status_text = step_state_words[step->state];
		add_text(&to, "error.type", step_state_words[step->state]);
	}
	add_verdicts(spans, span, row);
	add_declared(&to, step);
	return true;
}
