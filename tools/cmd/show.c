/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show: one job on one screen, what is known of each of its steps and what was said of it. */
#include "cmd/cmd.h"
#include "cmd/select.h"
#include "cmd/steps.h"
#include "joboutliers/units.h"
#include "util/strbuf.h"
#include "util/when.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct show_args {
	struct store_job job;
	bool has_job;
	const char *text;
};

static error_t option(int key, char *text, struct argp_state *state)
{
	struct show_args *args = state->input;
	struct jo_err err = {0};

	switch (key) {
	case ARGP_KEY_ARG:
		if (args->has_job)
			argp_error(state, "expected one job");
		if (cmd_job_parse(text, &args->job, &err) < 0)
			argp_error(state, "%s", err.text);
		args->has_job = true;
		args->text = text;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "expected a job, such as 123 or 123_4.batch");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ", " before every part but the first: what is not known is left out of a line. */
__attribute__((format(printf, 2, 3))) static void part(struct strbuf *line, const char *format, ...)
{
	va_list ap;

	if (line->len > 0)
		strbuf_adds(line, ", ");
	va_start(ap, format);
	strbuf_vaddf(line, format, ap);
	va_end(ap);
}

static void part_duration(struct strbuf *line, const char *what, int64_t us)
{
	char text[24];

	if (us != JO_MISSING)
		part(line, "%s%s", what, jo_duration_format(us, text, sizeof(text)));
}

static void part_bytes(struct strbuf *line, const char *what, int64_t bytes)
{
	char text[16];

	if (bytes != JO_MISSING)
		part(line, "%s%s", what, jo_bytes_format(bytes, text, sizeof(text)));
}

static void part_count(struct strbuf *line, int64_t count, const char *what)
{
	if (count != JO_MISSING)
		part(line, "%" PRId64 " %s%s", count, what, count == 1 ? "" : "s");
}

/* "  label  line"; an empty line is not printed.  Foreign text in it cannot drive the terminal. */
static void print_line(const char *label, struct strbuf *line)
{
	for (size_t i = 0; i < line->len; i++)
		if ((unsigned char)line->text[i] < 0x20 || line->text[i] == 0x7f)
			line->text[i] = '?';
	if (line->len > 0)
		(void)printf("  %-11s%s\n", label, line->text);
	strbuf_reset(line);
}

static void print_identity(const struct store_step *step, struct strbuf *line)
{
	const struct {
		const char *what, *text;
	} words[] = {
		{"user", step->user},           {"account", step->account},
		{"partition", step->partition}, {"QOS", step->qos},
		{"cluster", step->cluster},     {"job", step->job_name},
		{"program", step->program},     {"SLUID", step->sluid},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].text[0] != '\0')
			part(line, "%s %s", words[i].what, words[i].text);
	if (step->restart_count != JO_MISSING && step->restart_count > 0)
		part(line, "requeued %" PRId64 " times", step->restart_count);
	print_line("of", line);
	if (step->class_name[0] != '\0')
		part(line, "%s%s", step->class_name, step->class_is_declared ? " (declared)" : "");
	print_line("class", line);
}

static void print_given(const struct store_step *step, struct strbuf *line)
{
	static const char *const sources[] = {
		[JO_INPUT_NONE] = "",
		[JO_INPUT_OPTION] = "by --input-size",
		[JO_INPUT_FILES] = "by --input-files",
		[JO_INPUT_ENVIRONMENT] = "by SJOB_INPUT_SIZE",
		[JO_INPUT_PROGRAM] = "by the program",
		[JO_INPUT_INHERITED] = "for the whole job",
		[JO_INPUT_INVALID] = "declared, but not a size",
	};

	part_bytes(line, "", step->input_bytes);
	if (step->input_source != JO_INPUT_NONE && step->source == STORE_SOURCE_PLUGIN)
		part(line, "%s", sources[step->input_source]);
	print_line("input", line);
	if (step->attrs[0] != '\0')
		part(line, "%s", step->attrs);
	print_line("attributes", line);

	if (step->node[0] != '\0')
		part(line, "%s", step->node);
	if (step->node_count != JO_MISSING && step->node_count > 1)
		part(line, "the first of %" PRId64 " nodes", step->node_count);
	if (step->node_count != JO_MISSING && step->node_seen_count < step->node_count)
		part(line, "%" PRId64 " of them told anything", step->node_seen_count);
	part_count(line, step->task_count, "task");
	part_count(line, step->cpu_count, "CPU");
	print_line("on", line);
}

static void print_times(const struct store_step *step, struct strbuf *line)
{
	char text[WHEN_TEXT_SIZE];

	if (step->start_unix_us != JO_MISSING)
		part(line, "%s", when_format(step->start_unix_us, text));
	if (step->end_unix_us != JO_MISSING)
		part(line, "ended %s", when_format(step->end_unix_us, text));
	print_line("started", line);

	part_duration(line, "", step->wall_us);
	part_duration(line, "limit ", step->time_limit_us);
	print_line("run time", line);

	part_duration(line, "user ", step->cpu_user_us);
	part_duration(line, "system ", step->cpu_system_us);
	if (step->cpu_user_us != JO_MISSING && step->cpu_system_us != JO_MISSING &&
	    step->wall_us > 0 && step->cpu_count > 0)
		part(line, "%.0f %% of its CPUs",
		     100.0 * (double)(step->cpu_user_us + step->cpu_system_us) /
			     ((double)step->wall_us * (double)step->cpu_count));
	print_line("CPU time", line);

	part_duration(line, "CPU ", step->psi_cpu_some_us);
	part_duration(line, "memory ", step->psi_memory_some_us);
	part_duration(line, "I/O ", step->psi_io_some_us);
	print_line("waited for", line);
}

static void print_memory(const struct store_step *step, struct strbuf *line)
{
	static const char *const sources[] = {
		[JO_MEM_NONE] = "",
		[JO_MEM_CGROUP_V1] = " (cgroup v1, with page cache)",
		[JO_MEM_CGROUP_V2] = " (cgroup v2, with page cache)",
	};

	part_bytes(line, "peak ", step->mem_peak_bytes);
	if (step->mem_peak_bytes != JO_MISSING)
		strbuf_adds(line, sources[step->mem_source]);
	part_bytes(line, "largest process ", step->max_rss_bytes);
	part_bytes(line, "limit ", step->mem_limit_bytes);
	if (step->mem_limit_hit_count != JO_MISSING && step->mem_limit_hit_count > 0)
		part(line, "hit %" PRId64 " times", step->mem_limit_hit_count);
	if (step->oom_kill_count != JO_MISSING && step->oom_kill_count > 0)
		part(line, "killed for want of memory: %" PRId64, step->oom_kill_count);
	part_bytes(line, "swap ", step->swap_peak_bytes);
	print_line("memory", line);

	part_bytes(line, "read ", step->read_bytes);
	part_bytes(line, "written ", step->write_bytes);
	part_count(line, step->major_fault_count, "major page fault");
	print_line("I/O", line);
}

/* A value of either metric in words. */
static const char *value_text(enum store_metric metric, double value, char *buf, size_t size)
{
	if (!isfinite(value) || fabs(value) > 9e18)
		return "unknown";
	if (metric == STORE_WALL)
		return jo_duration_format(llround(value), buf, size);
	return jo_bytes_format(llround(value), buf, size);
}

/* What the words of a reason say, for a person; a word that is not here speaks for itself. */
static const char *reason_text(const char *reason)
{
	static const struct {
		const char *reason, *text;
	} texts[] = {
		{"too-few", "there are too few earlier steps like it"},
		{"no-input-size",
		 "others of its group declare their input size, this one does not"},
		{"outside-sizes", "its input is far outside of the sizes seen so far"},
		{"cut-short", "it was stopped, and had not taken more than normal until then"},
		{"not-finished", "it did not end by itself"},
		{"no-value", "it was not measured"},
		{"page-cache", "it may be no more than cached files"},
		{"too-noisy", "its group varies so much that any value is normal"},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(reason, texts[i].reason) == 0)
			return texts[i].text;
	return reason;
}

/*
 * "high: 41 min is 2.4 times the 17 min expected (normal: 12 min to 25 min),
 * judged by 41 earlier steps and 12 of user ann in partition cpu"
 */
static void print_verdict(const struct store_verdict *verdict, struct strbuf *line)
{
	enum store_metric metric = verdict->metric;
	char value[24], expected[24], low[24], high[24];

	strbuf_adds(line, store_verdict_words[verdict->verdict]);
	if (isfinite(verdict->expected)) {
		strbuf_addf(line, ": %s is %.2g times the %s expected",
			    value_text(metric, verdict->value, value, sizeof(value)),
			    verdict->ratio,
			    value_text(metric, verdict->expected, expected, sizeof(expected)));
		if (isfinite(verdict->low) && isfinite(verdict->high))
			strbuf_addf(line, " (normal: %s to %s)",
				    value_text(metric, verdict->low, low, sizeof(low)),
				    value_text(metric, verdict->high, high, sizeof(high)));
	}
	if (verdict->reason[0] != '\0')
		strbuf_addf(line, ": %s", reason_text(verdict->reason));
	if (verdict->history_count != JO_MISSING && verdict->history_count > 0)
		part(line, "judged by %" PRId64 " earlier step%s", verdict->history_count,
		     verdict->history_count == 1 ? "" : "s");
	if (verdict->borrowed_count != JO_MISSING && verdict->borrowed_count > 0)
		strbuf_addf(line, " and %" PRId64 " of %s", verdict->borrowed_count,
			    verdict->borrowed_from);
	print_line(metric == STORE_WALL ? "run time:" : "memory:", line);
}

static void print_step(const struct cmd_step_row *row)
{
	const struct store_step *step = &row->step;
	char name[CMD_STEP_TEXT_SIZE], exit_text[24];
	struct strbuf line;

	strbuf_init(&line);
	(void)cmd_exit_format(step, exit_text);
	(void)printf("%s  %s%s%s\n", cmd_step_format(step, name), store_state_words[step->state],
		     exit_text[0] != '\0' ? ", exit " : "", exit_text);
	print_identity(step, &line);
	print_given(step, &line);
	print_times(step, &line);
	print_memory(step, &line);
	for (int metric = 0; metric < STORE_METRIC_COUNT; metric++)
		if (row->has_verdict[metric])
			print_verdict(&row->verdicts[metric], &line);
	strbuf_release(&line);
}

static int print_steps(struct store *store, const struct show_args *args, struct jo_err *err)
{
	struct store_selection selection;
	struct cmd_steps *steps = NULL;
	struct cmd_step_row row;
	size_t count = 0;
	int rc;

	store_selection_init(&selection);
	selection.jobs = &args->job;
	selection.job_count = 1;
	selection.order = STORE_BY_JOB;
	rc = cmd_steps_open(store, &selection, &steps, err);
	if (rc < 0)
		return rc;
	while ((rc = cmd_steps_next(steps, &row, err)) > 0) {
		if (count++ > 0)
			(void)printf("\n");
		print_step(&row);
	}
	cmd_steps_close(steps);
	if (rc == 0 && count == 0)
		return jo_err_set(err, -ENOENT, "nothing is known of job %s", args->text);
	return rc;
}

int cmd_show(struct cmd_env *env, int argc, char **argv, struct jo_err *err)
{
	static const struct argp argp = {
		NULL,
		option,
		"JOB[.STEP]",
		"Show what is known of a job or one of its steps, and what was said of it.",
		NULL,
		NULL,
		NULL,
	};
	struct show_args args = {.has_job = false};
	struct store *store = NULL;
	int rc = cmd_start(env, &argp, argc, argv, &args, err);

	if (rc != CMD_DONE)
		return rc;
	rc = cmd_store_open(env, STORE_READ, &store, err);
	if (rc < 0)
		return rc;
	rc = print_steps(store, &args, err);
	store_close(store);
	return rc;
}
