/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of what Nextflow writes with -with-trace: a table with a row for each
 * task, whose columns the pipeline's configuration chooses.
 *
 *	realtime, name	needed; or process in place of name
 *	start	or submit and duration, from which it follows: needed
 *	native_id	Slurm's job number; with --local it is a process of some host, and
 *		the job's number is made of hash, name and start
 *	status	CACHED ones were not run, NEW, SUBMITTED and RUNNING have not ended
 *	rchar	what the task read, in place of its input's size
 *	peak_rss	of all its processes together, so it is the job's memory
 *	%cpu	of a CPU, over realtime
 *	cpus, memory, time	what it was given; queue is the partition
 *
 * Sizes and durations come with units or, where the trace is raw, in bytes and
 * milliseconds.  The class is what the plugin makes of the name that Nextflow
 * gives the job, without the task's tag, which becomes an attribute.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "intake/field.h"
#include "intake/line_rows.h"
#include "intake/size_list.h"
#include "intake/tab_table.h"
#include "joboutliers/class.h"
#include "joboutliers/units.h"
#include "util/alloc.h"

/* Columns of the trace. */
enum {
	FIELD_HASH,
	FIELD_NATIVE_ID,
	FIELD_PROCESS,
	FIELD_TAG,
	FIELD_NAME,
	FIELD_STATUS,
	FIELD_EXIT,
	FIELD_SUBMIT,
	FIELD_START,
	FIELD_DURATION,
	FIELD_REALTIME,
	FIELD_CPU_SHARE,
	FIELD_PEAK_RSS,
	FIELD_RCHAR,
	FIELD_READ_BYTES,
	FIELD_WRITE_BYTES,
	FIELD_CPUS,
	FIELD_MEMORY,
	FIELD_TIME,
	FIELD_QUEUE,
	FIELD_HOSTNAME,
	FIELD_COUNT,
};

static const char *const field_names[FIELD_COUNT] = {
	[FIELD_HASH] = "hash",
	[FIELD_NATIVE_ID] = "native_id",
	[FIELD_PROCESS] = "process",
	[FIELD_TAG] = "tag",
	[FIELD_NAME] = "name",
	[FIELD_STATUS] = "status",
	[FIELD_EXIT] = "exit",
	[FIELD_SUBMIT] = "submit",
	[FIELD_START] = "start",
	[FIELD_DURATION] = "duration",
	[FIELD_REALTIME] = "realtime",
	[FIELD_CPU_SHARE] = "%cpu",
	[FIELD_PEAK_RSS] = "peak_rss",
	[FIELD_RCHAR] = "rchar",
	[FIELD_READ_BYTES] = "read_bytes",
	[FIELD_WRITE_BYTES] = "write_bytes",
	[FIELD_CPUS] = "cpus",
	[FIELD_MEMORY] = "memory",
	[FIELD_TIME] = "time",
	[FIELD_QUEUE] = "queue",
	[FIELD_HOSTNAME] = "hostname",
};

struct nextflow_import {
	struct line_files files;
	struct tab_table table;
	struct size_list *sizes; /* NULL: none were given */
	bool is_local;
};

enum { VALUE_PATH, VALUE_LOCAL };

#define SET(member, text) jo_record_set_string(member, sizeof(member), text)

/* ---- fields ---- */

/* "1h 2m 3s", "1.2s", "350ms"; without a unit milliseconds. */
static int read_duration(const char *text, int64_t *ret_us, struct jo_err *err)
{
	static const struct {
		const char *word;
		int64_t us;
	} units[] = {
		{"", 1000},           {"ms", 1000},          {"s", JO_US_PER_S},
		{"m", JO_US_PER_MIN}, {"h", JO_US_PER_HOUR}, {"d", JO_US_PER_DAY},
	};
	const size_t unit_count = sizeof(units) / sizeof(units[0]);
	const char *at = text;
	int64_t total_us = 0;

	do {
		size_t digits = strspn(at, "0123456789."), letters, i = 0;
		char number[32];
		int64_t us;

		letters = strspn(at + digits, "abcdefghijklmnopqrstuvwxyz");
		while (i < unit_count && (strlen(units[i].word) != letters ||
					  strncmp(units[i].word, at + digits, letters) != 0))
			i++;
		if (digits >= sizeof(number) || i == unit_count)
			goto bad;
		(void)memcpy(number, at, digits);
		number[digits] = '\0';
		/* What was read as seconds are thousandths here, so that no fraction is lost. */
		if (field_seconds(number, &us, NULL) < 0 ||
		    __builtin_mul_overflow(us, units[i].us / 1000, &us) ||
		    __builtin_add_overflow(total_us, us / 1000, &total_us))
			goto bad;
		at += digits + letters;
		at += strspn(at, " ");
	} while (*at != '\0');
	*ret_us = total_us;
	return 0;
bad:
	return jo_err_set(err, -EINVAL,
			  "expected a duration such as 1h 2m 3s, 1.2s or 1200 (ms), found '%.40s'",
			  text);
}

/* "1.2 GB", in powers of 1024; without a unit bytes. */
static int read_size(const char *text, int64_t *ret_bytes, struct jo_err *err)
{
	char binary[40];
	size_t digits = strspn(text, "0123456789.");
	const char *unit = text + digits;

	unit += *unit == ' ';
	/* "GB" is a power of 1000 to all others, and "G" is what Nextflow means. */
	if (digits + 2 < sizeof(binary) && strlen(unit) == 2 && unit[1] == 'B' &&
	    strchr("KMGTPE", unit[0]) != NULL) {
		(void)memcpy(binary, text, digits);
		binary[digits] = unit[0];
		binary[digits + 1] = '\0';
		text = binary;
	}
	return jo_bytes_parse(text, ret_bytes, err);
}

/* A date, or milliseconds since 1970. */
static int read_time(const char *text, int64_t *ret_unix_us, struct jo_err *err)
{
	int64_t ms;

	if (strspn(text, "0123456789") == strlen(text)) {
		if (field_count(text, &ms, err) < 0)
			return -EINVAL;
		*ret_unix_us = ms * 1000;
		return 0;
	}
	return field_time(text, ret_unix_us, err);
}

/* "12.3%" */
static int read_share(const char *text, int64_t *ret_millionths, struct jo_err *err)
{
	char number[32];
	size_t len = strlen(text);

	if (len > 0 && text[len - 1] == '%')
		len--;
	if (len < sizeof(number)) {
		(void)memcpy(number, text, len);
		number[len] = '\0';
		if (field_seconds(number, ret_millionths, NULL) == 0) {
			*ret_millionths /= 100;
			return 0;
		}
	}
	return jo_err_set(err, -EINVAL, "expected a share such as 98.5%%, found '%.40s'", text);
}

typedef int read_function(const char *text, int64_t *ret_value, struct jo_err *err);

/* Figures that are the record's as they are. */
static const struct {
	int field;
	read_function *read;
	size_t offset;
} figures[] = {
	{FIELD_REALTIME, read_duration, offsetof(struct jo_record, wall_us)},
	{FIELD_PEAK_RSS, read_size, offsetof(struct jo_record, mem_peak_bytes)},
	{FIELD_READ_BYTES, read_size, offsetof(struct jo_record, read_bytes)},
	{FIELD_WRITE_BYTES, read_size, offsetof(struct jo_record, write_bytes)},
	{FIELD_CPUS, field_count, offsetof(struct jo_record, cpu_count)},
	{FIELD_MEMORY, read_size, offsetof(struct jo_record, mem_request_bytes)},
	{FIELD_TIME, read_duration, offsetof(struct jo_record, time_limit_us)},
};

/* A field's value: JO_MISSING where it says nothing. */
static int read_field(const char *const *fields, int field, read_function *read, int64_t *ret_value,
		      struct jo_err *err)
{
	*ret_value = JO_MISSING;
	if (fields[field][0] == '\0')
		return 0;
	if (read(fields[field], ret_value, err) < 0)
		return jo_err_prefix(err, "%s", field_names[field]);
	return 0;
}

static int read_figures(const char *const *fields, struct jo_record *record, struct jo_err *err)
{
	int64_t share_millionths;
	int rc = 0;

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]) && rc == 0; i++)
		rc = read_field(fields, figures[i].field, figures[i].read,
				(int64_t *)(void *)((char *)record + figures[i].offset), err);
	if (rc == 0)
		rc = read_field(fields, FIELD_CPU_SHARE, read_share, &share_millionths, err);
	if (rc == 0 && share_millionths != JO_MISSING && record->wall_us != JO_MISSING) {
		double cpu_us = (double)record->wall_us * (double)share_millionths / 1e6;

		/* 2^53: what is beyond is no CPU time */
		if (cpu_us < 9e15)
			record->cpu_us = llround(cpu_us);
	}
	return rc;
}

/* The trace has "start" only where it is asked for; what else it has says the same. */
static int read_start(const char *const *fields, struct jo_record *record, struct jo_err *err)
{
	int64_t submit_unix_us, duration_us;
	int rc = read_field(fields, FIELD_START, read_time, &record->start_unix_us, err);

	if (rc < 0 || record->start_unix_us != JO_MISSING)
		return rc;
	rc = read_field(fields, FIELD_SUBMIT, read_time, &submit_unix_us, err);
	if (rc == 0)
		rc = read_field(fields, FIELD_DURATION, read_duration, &duration_us, err);
	if (rc < 0)
		return rc;
	if (submit_unix_us == JO_MISSING || duration_us == JO_MISSING)
		return jo_err_set(err, -EINVAL, "neither start nor submit and duration");
	if (duration_us < record->wall_us)
		duration_us = record->wall_us; /* each is rounded for itself */
	if (__builtin_add_overflow(submit_unix_us, duration_us - record->wall_us,
				   &record->start_unix_us))
		return jo_err_set(err, -EINVAL, "duration: it is too long");
	return 0;
}

/* "ALIGN (sample_12)" is a process with a tag. */
static void read_names(const char *const *fields, struct jo_record *record)
{
	struct strbuf job_name, class_name;
	const char *name = fields[FIELD_NAME], *tag = fields[FIELD_TAG];
	size_t process_len = strlen(name), len = process_len;
	const char *open = strstr(name, " (");
	char value[JO_ATTR_VALUE_SIZE];

	if (open != NULL && len > 0 && name[len - 1] == ')') {
		process_len = (size_t)(open - name);
		jo_record_set_string(value, sizeof(value), open + 2);
		if (strlen(value) == len - process_len - 2)
			value[strlen(value) - 1] = '\0';
	} else {
		jo_record_set_string(value, sizeof(value), tag);
	}
	strbuf_init(&job_name);
	strbuf_init(&class_name);
	strbuf_adds(&job_name, "nf-");
	strbuf_adds(&job_name, name[0] != '\0' ? name : fields[FIELD_PROCESS]);
	strbuf_adds(&class_name, "nf-");
	if (name[0] != '\0')
		strbuf_add(&class_name, name, process_len);
	else
		strbuf_adds(&class_name, fields[FIELD_PROCESS]);
	/* What Nextflow changes in the names of jobs that it submits. */
	for (char *c = job_name.text; *c != '\0'; c++)
		if (strchr(" /:@*?", *c) != NULL)
			*c = '_';
	for (char *c = class_name.text; *c != '\0'; c++)
		if (strchr(" /:@*?", *c) != NULL)
			*c = '_';
	SET(record->job_name, job_name.text);
	jo_class_make(class_name.text, record->class_name);
	for (char *c = value; *c != '\0'; c++)
		if (*c == ',')
			*c = ';';
	if (value[0] != '\0')
		(void)jo_attrs_set(&record->attrs, "sample", value, NULL);
	strbuf_release(&job_name);
	strbuf_release(&class_name);
}

static int read_status(const char *const *fields, struct jo_record *record,
		       enum step_state *ret_state, struct jo_err *err)
{
	static const struct {
		const char *word;
		enum step_state state; /* NONE: nothing for us */
	} words[] = {
		{"", STEP_STATE_COMPLETED},     {"COMPLETED", STEP_STATE_COMPLETED},
		{"FAILED", STEP_STATE_FAILED},  {"ABORTED", STEP_STATE_CANCELLED},
		{"CACHED", STEP_STATE_NONE},    {"NEW", STEP_STATE_NONE},
		{"SUBMITTED", STEP_STATE_NONE}, {"RUNNING", STEP_STATE_NONE},
	};
	const char *text = fields[FIELD_STATUS];

	if (fields[FIELD_EXIT][0] != '\0' && field_exit(fields[FIELD_EXIT], record, err) < 0)
		return jo_err_prefix(err, "exit");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, text) == 0) {
			*ret_state = words[i].state;
			return words[i].state == STEP_STATE_NONE;
		}
	return jo_err_set(err, -EINVAL, "status: expected COMPLETED or FAILED, found '%.40s'",
			  text);
}

static int read_input(const struct nextflow_import *import, const char *const *fields,
		      struct jo_record *record, struct jo_err *err)
{
	static const int keys[] = {FIELD_HASH, FIELD_NAME, FIELD_TAG};
	int rc;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && import->sizes != NULL; i++)
		if (size_list_find(import->sizes, fields[keys[i]], &record->input_bytes)) {
			record->input_source = JO_INPUT_OPTION;
			return 0;
		}
	rc = read_field(fields, FIELD_RCHAR, read_size, &record->input_bytes, err);
	if (record->input_bytes != JO_MISSING)
		record->input_source = JO_INPUT_READ;
	return rc;
}

/* Other executors have words there that no job of Slurm has. */
static void read_job(const struct nextflow_import *import, const char *const *fields,
		     struct jo_record *record)
{
	const char *native = fields[FIELD_NATIVE_ID];
	char *identity;
	bool has_step;

	if (!import->is_local && isdigit((unsigned char)native[0]) &&
	    field_job(native, record, &has_step, NULL) == 0 && !has_step)
		return;
	identity = xasprintf("%s %s %s %lld", fields[FIELD_HASH], fields[FIELD_PROCESS],
			     fields[FIELD_NAME], (long long)record->start_unix_us);
	record->job_id = line_job_make("nextflow", identity);
	free(identity);
}

/* ---- rows ---- */

static int begin_trace(void *context, const struct line_place *place, char *line,
		       struct jo_err *err)
{
	struct nextflow_import *import = context;
	struct tab_table *table = &import->table;
	int rc = tab_table_begin(table, line, field_names, FIELD_COUNT, err);

	(void)place;
	if (rc < 0)
		return rc;
	if (table->at[FIELD_REALTIME] < 0 ||
	    (table->at[FIELD_NAME] < 0 && table->at[FIELD_PROCESS] < 0))
		return jo_err_set(err, -EBADMSG,
				  "no trace of Nextflow: its header has no columns 'name' and "
				  "'realtime', between tabs");
	if (table->at[FIELD_START] < 0 &&
	    (table->at[FIELD_SUBMIT] < 0 || table->at[FIELD_DURATION] < 0))
		return jo_err_set(err, -EBADMSG,
				  "when a task began is not in this trace: add 'start' to "
				  "Nextflow's trace.fields");
	return 1;
}

static int read_task(void *context, const struct line_place *place, char *line,
		     struct jo_record *record, enum step_state *ret_state, struct jo_err *err)
{
	struct nextflow_import *import = context;
	const char *fields[FIELD_COUNT];
	int rc;

	(void)place;
	if (line[0] == '\0')
		return 1;
	rc = tab_table_row(&import->table, line, fields, err);
	for (size_t i = 0; i < FIELD_COUNT && rc == 0; i++)
		if (strcmp(fields[i], "-") == 0)
			fields[i] = "";
	if (rc == 0)
		rc = read_status(fields, record, ret_state, err);
	if (rc != 0)
		return rc;
	if (fields[FIELD_REALTIME][0] == '\0')
		return 1; /* it was never started, or left nothing */
	if (read_figures(fields, record, err) < 0 || read_start(fields, record, err) < 0 ||
	    read_input(import, fields, record, err) < 0)
		return -EINVAL;
	read_names(fields, record);
	SET(record->partition, fields[FIELD_QUEUE]);
	SET(record->node, fields[FIELD_HOSTNAME]);
	read_job(import, fields, record);
	return 0;
}

static const struct line_format nextflow_format = {
	.source = &source_nextflow, .begin = begin_trace, .read = read_task, .is_of_owner = true};

static int next_tasks(void *context, struct source_block *block, struct jo_err *err)
{
	return line_files_next(&((struct nextflow_import *)context)->files, block, err);
}

static int close_nextflow(void *context, struct jo_err *err)
{
	struct nextflow_import *import = context;

	(void)err;
	line_files_close(&import->files);
	size_list_free(import->sizes);
	free(import);
	return 0;
}

static int open_nextflow(const struct source_request *request, void **ret_reader,
			 struct jo_err *err)
{
	struct nextflow_import *import = xcalloc(1, sizeof(*import));
	int rc = 0;

	import->is_local = request->values[VALUE_LOCAL] != NULL;
	if (request->shared[SOURCE_SIZES] != NULL)
		rc = size_list_read(request->shared[SOURCE_SIZES], &import->sizes, err);
	if (rc == 0)
		rc = line_files_open(&import->files, &nextflow_format, import, request,
				     request->files, request->file_count, err);
	if (rc < 0) {
		(void)close_nextflow(import, NULL);
		return rc;
	}
	*ret_reader = import;
	return 0;
}

static bool looks_like_nextflow(const char *line)
{
	return strstr(line, "\trealtime") != NULL && strstr(line, "name") != NULL;
}

static const struct source_option nextflow_options[] = {
	[VALUE_PATH] = {"nextflow", "FILE", false,
			"import what Nextflow writes with -with-trace; more files may follow", 0},
	[VALUE_LOCAL] = {"local", NULL, false,
			 "its tasks were no jobs of Slurm: native_id is no job number", 0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_nextflow = {
	.noun = "task",
	.step_source = STEP_SOURCE_NEXTFLOW,
	.options = nextflow_options,
	.takes = SOURCE_TAKES(SOURCE_SIZES),
	.takes_files = true,
	.likeness = "a trace of Nextflow",
	.looks_like = looks_like_nextflow,
	.open = open_nextflow,
	.next = next_tasks,
	.close = close_nextflow,
};
