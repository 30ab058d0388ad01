/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Import of the Standard Workload Format, in which workload archives keep the logs
 * of whole machines: a line of 18 numbers for each job, -1 for what is not known,
 * after a header of "; Name: value" lines.
 *
 *	UnixStartTime	of the header, the time that the log's second 0 was: needed
 *	Computer	the cluster, so that two logs have no job in common
 *	users, executables, partitions, queues, groups	are numbers there, and become
 *		user7, app12, partition1, queue2 (the QOS) and group3 (the account)
 *	CPU time and memory	are averages of a processor there, and become sums
 *
 * Lines of status 2, 3 and 4 are parts of a job that has a line of its own.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "intake/field.h"
#include "intake/line_rows.h"
#include "joboutliers/class.h"
#include "joboutliers/units.h"
#include "util/alloc.h"

/* The columns of a line, in their order. */
enum {
	SWF_JOB,
	SWF_SUBMIT,
	SWF_WAIT,
	SWF_RUN,
	SWF_PROCESSORS,
	SWF_CPU_TIME,
	SWF_MEMORY, /* KiB of a processor */
	SWF_PROCESSORS_ASKED,
	SWF_TIME_ASKED,
	SWF_MEMORY_ASKED, /* likewise */
	SWF_STATUS,
	SWF_USER,
	SWF_GROUP,
	SWF_EXECUTABLE,
	SWF_QUEUE,
	SWF_PARTITION,
	SWF_PRECEDING,
	SWF_THINK_TIME,
	SWF_COUNT,
};

/* A number of seconds, processors or KiB: nothing real is larger, and products of two fit. */
#define NUMBER_MAX 1e12

struct swf_import {
	struct line_files files;
	int64_t start_unix_us; /* JO_MISSING: the header has not said it yet */
	char cluster[JO_NAME_SIZE];
};

#define SET(member, text) jo_record_set_string(member, sizeof(member), text)

/* ---- the header ---- */

/* "; Name: value", with the value in *ret_value. */
static bool is_label(char *line, const char *name, char **ret_value)
{
	size_t len = strlen(name);

	line += strspn(line, "; \t");
	if (strncasecmp(line, name, len) != 0)
		return false;
	line += len;
	line += strspn(line, " \t");
	if (*line != ':')
		return false;
	line++;
	*ret_value = line + strspn(line, " \t");
	return true;
}

static int read_label(struct swf_import *import, char *line, struct jo_err *err)
{
	char *value;

	if (is_label(line, "UnixStartTime", &value)) {
		value[strcspn(value, " \t")] = '\0';
		if (field_time(value, &import->start_unix_us, err) < 0)
			return jo_err_prefix(err, "UnixStartTime");
	} else if (is_label(line, "Computer", &value)) {
		SET(import->cluster, value);
	}
	return 1;
}

/* ---- a job ---- */

/* All numbers of a line; what is -1 becomes NaN. */
static int read_numbers(char *line, double numbers[SWF_COUNT], struct jo_err *err)
{
	size_t count = 0;
	char *word;

	while ((word = strsep(&line, " \t")) != NULL) {
		char *end;

		if (word[0] == '\0')
			continue;
		if (count == SWF_COUNT)
			return jo_err_set(err, -EINVAL, "more than the %d numbers of a job",
					  SWF_COUNT);
		numbers[count] = strtod(word, &end);
		if (*end != '\0' || strpbrk(word, "xXnN") != NULL ||
		    !(fabs(numbers[count]) <= NUMBER_MAX))
			return jo_err_set(err, -EINVAL,
					  "column %zu: expected a number, found "
					  "'%.40s'",
					  count + 1, word);
		if (numbers[count] < 0)
			numbers[count] = NAN;
		count++;
	}
	if (count != SWF_COUNT)
		return jo_err_set(err, -EINVAL, "%zu numbers, expected the %d of a job", count,
				  SWF_COUNT);
	return 0;
}

static int64_t count_of(double number)
{
	return isnan(number) ? JO_MISSING : (int64_t)llround(number);
}

static int64_t us_of(double seconds)
{
	return isnan(seconds) ? JO_MISSING : llround(seconds * 1e6);
}

/* What is an average of processors there; 0 is what a log says that does not know it. */
static int64_t sum_of(double average, double processors, double unit)
{
	double sum = average * processors * unit;

	return sum > 0 && sum < 9e18 ? (int64_t)sum : JO_MISSING;
}

/* "user7" */
static void set_name(char *member, const char *word, double number)
{
	char name[JO_NAME_SIZE];

	if (isnan(number))
		return;
	(void)snprintf(name, sizeof(name), "%s%.0f", word, number);
	jo_record_set_string(member, JO_NAME_SIZE, name);
}

static int read_status(double number, enum step_state *ret_state, struct jo_err *err)
{
	static const enum step_state states[] = {
		[0] = STEP_STATE_FAILED, [1] = STEP_STATE_COMPLETED, [2] = STEP_STATE_NONE,
		[3] = STEP_STATE_NONE,   [4] = STEP_STATE_NONE,      [5] = STEP_STATE_CANCELLED,
	};
	const int count = (int)(sizeof(states) / sizeof(states[0]));

	if (isnan(number)) {
		*ret_state = STEP_STATE_UNKNOWN;
		return 0;
	}
	if (number >= count || number != floor(number))
		return jo_err_set(err, -EINVAL, "status: expected -1 to %d, found %g", count - 1,
				  number);
	*ret_state = states[(int)number];
	return *ret_state == STEP_STATE_NONE;
}

static int read_job(void *context, const struct line_place *place, char *line,
		    struct jo_record *record, enum step_state *ret_state, struct jo_err *err)
{
	struct swf_import *import = context;
	double numbers[SWF_COUNT], processors;
	char class_name[JO_NAME_SIZE] = "";
	int rc;

	(void)place;
	if (line[strspn(line, " \t")] == ';')
		return read_label(import, line, err);
	if (line[strspn(line, " \t")] == '\0')
		return 1;
	rc = read_numbers(line, numbers, err);
	if (rc == 0)
		rc = read_status(numbers[SWF_STATUS], ret_state, err);
	if (rc != 0)
		return rc;
	/* Of one that was cancelled before it began, and of one whose log has no times. */
	if (isnan(numbers[SWF_RUN]) || isnan(numbers[SWF_SUBMIT]) || isnan(numbers[SWF_JOB]))
		return 1;
	processors = isnan(numbers[SWF_PROCESSORS]) ? numbers[SWF_PROCESSORS_ASKED]
						    : numbers[SWF_PROCESSORS];
	record->job_id = count_of(numbers[SWF_JOB]);
	record->start_unix_us = import->start_unix_us + us_of(numbers[SWF_SUBMIT]);
	if (!isnan(numbers[SWF_WAIT]))
		record->start_unix_us += us_of(numbers[SWF_WAIT]);
	record->wall_us = us_of(numbers[SWF_RUN]);
	record->cpu_count = count_of(processors);
	record->time_limit_us = us_of(numbers[SWF_TIME_ASKED]);
	record->cpu_us = sum_of(numbers[SWF_CPU_TIME], processors, 1e6);
	record->mem_peak_bytes = sum_of(numbers[SWF_MEMORY], processors, 1024);
	record->mem_request_bytes = sum_of(numbers[SWF_MEMORY_ASKED], processors, 1024);
	SET(record->cluster, import->cluster);
	set_name(record->user, "user", numbers[SWF_USER]);
	set_name(record->account, "group", numbers[SWF_GROUP]);
	set_name(record->partition, "partition", numbers[SWF_PARTITION]);
	set_name(record->qos, "queue", numbers[SWF_QUEUE]);
	set_name(class_name, "app", numbers[SWF_EXECUTABLE]);
	if (class_name[0] != '\0')
		jo_class_make(class_name, record->class_name);
	return 0;
}

/* ---- files ---- */

/* A header of another file says nothing of this one. */
static int begin_log(void *context, const struct line_place *place, char *line, struct jo_err *err)
{
	struct swf_import *import = context;

	(void)place;
	import->start_unix_us = JO_MISSING;
	import->cluster[0] = '\0';
	if (line[strspn(line, " \t")] != ';')
		return jo_err_set(err, -EBADMSG,
				  "no Standard Workload Format: it begins with '; Version:' and "
				  "other lines of ';'");
	return 0;
}

static int read_line(void *context, const struct line_place *place, char *line,
		     struct jo_record *record, enum step_state *ret_state, struct jo_err *err)
{
	const struct swf_import *import = context;
	char first = line[strspn(line, " \t")];

	if (import->start_unix_us == JO_MISSING && first != ';' && first != '\0')
		return jo_err_set(err, -ENODATA,
				  "no '; UnixStartTime: SECONDS' before the first job: when its "
				  "second 0 was is not known");
	return read_job(context, place, line, record, ret_state, err);
}

static const struct line_format swf_format = {
	.source = &source_swf, .begin = begin_log, .read = read_line};

static int next_jobs(void *context, struct source_block *block, struct jo_err *err)
{
	return line_files_next(&((struct swf_import *)context)->files, block, err);
}

static int close_swf(void *context, struct jo_err *err)
{
	struct swf_import *import = context;

	(void)err;
	line_files_close(&import->files);
	free(import);
	return 0;
}

static int open_swf(const struct source_request *request, void **ret_reader, struct jo_err *err)
{
	struct swf_import *import = xcalloc(1, sizeof(*import));
	int rc = line_files_open(&import->files, &swf_format, import, request, request->files,
				 request->file_count, err);

	if (rc < 0) {
		free(import);
		return rc;
	}
	*ret_reader = import;
	return 0;
}

static bool looks_like_swf(const char *line)
{
	return line[0] == ';';
}

static const struct source_option swf_options[] = {
	{"swf", "FILE", false,
	 "import a log in the Standard Workload Format; more files may follow", 0},
	{NULL, NULL, false, NULL, 0},
};

const struct source source_swf = {
	.noun = "line",
	.step_source = STEP_SOURCE_SWF,
	.options = swf_options,
	.takes_files = true,
	.likeness = "a log in the Standard Workload Format",
	.looks_like = looks_like_swf,
	.open = open_swf,
	.next = next_jobs,
	.close = close_swf,
};
