/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, times and states in the forms in which people and Slurm write them. */
#include "intake/field.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/when.h"

/* slurm.h's SLURM_BATCH_SCRIPT and so on; the tools are built without Slurm. */
#define STEP_BATCH INT64_C(4294967291)
#define STEP_INTERACTIVE INT64_C(4294967290)

#define COUNT_MAX 9007199254740992.0 /* 2^53: up to there a double is exact */
#define ID_MAX (INT64_MAX / 2)       /* a component's number is added to its leader's */
#define SECONDS_MAX 1e11             /* 3,000 years, and no overflow as micro-seconds */

/* A decimal number without sign: what strtod reads is more ("inf", "0x1p3", "-1"). */
static int read_number(const char *text, double *ret_number)
{
	double number;
	char *end;

	if (!isdigit((unsigned char)text[0]) && text[0] != '.')
		return -EINVAL;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return -EINVAL;
	errno = 0;
	number = strtod(text, &end);
	if (end == text || *end != '\0' || !isfinite(number))
		return -EINVAL;
	*ret_number = number;
	return 0;
}

int field_count(const char *text, int64_t *ret_count, struct jo_err *err)
{
	double number;

	if (read_number(text, &number) < 0 || number > COUNT_MAX || floor(number) != number)
		return jo_err_set(err, -EINVAL, "expected a whole number such as 8, found '%.40s'",
				  text);
	*ret_count = (int64_t)number;
	return 0;
}

/*
 * "[[D-]HH:]MM:SS[.mmm]": the first part may be any number, those behind it are below
 * what the next larger one is made of.
 */
static int read_clock(const char *text, int64_t *ret_us)
{
	static const double part_max[] = {24, 60, 60};
	const char *dash = strchr(text, '-'), *colon;
	size_t part = dash != NULL ? 0 : strchr(text, ':') == strrchr(text, ':') ? 1 : 0;
	double seconds = 0, number;
	bool is_first = true;
	char *end;

	if (dash != NULL) {
		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		seconds = (double)strtoll(text, &end, 10);
		if (end != dash)
			return -EINVAL;
		is_first = false;
		text = dash + 1;
	}
	for (; (colon = strchr(text, ':')) != NULL; text = colon + 1, part++) {
		if (!isdigit((unsigned char)*text) || part > 1)
			return -EINVAL;
		number = (double)strtoll(text, &end, 10);
		if (end != colon || (!is_first && number >= part_max[part]))
			return -EINVAL;
		seconds = seconds * part_max[part] + number;
		is_first = false;
	}
	if (part != 2 || read_number(text, &number) < 0 || number >= part_max[2])
		return -EINVAL;
	seconds = seconds * part_max[2] + number;
	if (!(seconds <= SECONDS_MAX))
		return -EINVAL;
	*ret_us = llround(seconds * 1e6);
	return 0;
}

int field_seconds(const char *text, int64_t *ret_us, struct jo_err *err)
{
	double number;

	if (strchr(text, ':') != NULL && read_clock(text, ret_us) == 0)
		return 0;
	if (read_number(text, &number) < 0 || number > SECONDS_MAX)
		return jo_err_set(err, -EINVAL,
				  "expected seconds such as 12.5, or a time such as 1-02:03:04, "
				  "found '%.40s'",
				  text);
	*ret_us = llround(number * 1e6);
	return 0;
}

int field_time(const char *text, int64_t *ret_unix_us, struct jo_err *err)
{
	double number;

	if (read_number(text, &number) == 0 && number <= SECONDS_MAX) {
		*ret_unix_us = llround(number * 1e6);
		return 0;
	}
	/* Only full dates: "noon" and "01/02" mean something else tomorrow. */
	if (strlen(text) < 10 || text[4] != '-' || text[7] != '-' ||
	    when_parse(text, 0, ret_unix_us, NULL) < 0)
		return jo_err_set(err, -EINVAL,
				  "expected a time such as 2026-01-31T12:00:00 or 1769860800, "
				  "found '%.40s'",
				  text);
	return 0;
}

/* Decimal digits alone; returns what follows them, or NULL. */
static const char *read_id(const char *text, int64_t *ret_id)
{
	char *end;
	long long id;

	if (!isdigit((unsigned char)*text))
		return NULL;
	errno = 0;
	id = strtoll(text, &end, 10);
	if (errno != 0 || id > ID_MAX)
		return NULL;
	*ret_id = id;
	return end;
}

int field_step(const char *text, struct jo_record *record, struct jo_err *err)
{
	const char *end;
	int64_t id;

	if (strcmp(text, "extern") == 0)
		return 1;
	if (strcmp(text, "batch") == 0) {
		record->step_kind = JO_STEP_BATCH;
		record->step_id = STEP_BATCH;
		return 0;
	}
	if (strcmp(text, "interactive") == 0) {
		record->step_kind = JO_STEP_INTERACTIVE;
		record->step_id = STEP_INTERACTIVE;
		return 0;
	}
	end = read_id(text, &id);
	if (end == NULL || strspn(end, "+0123456789") != strlen(end))
		return jo_err_set(err, -EINVAL,
				  "expected a step such as 0, batch or interactive, found '%.40s'",
				  text);
	record->step_kind = id == STEP_BATCH         ? JO_STEP_BATCH
			    : id == STEP_INTERACTIVE ? JO_STEP_INTERACTIVE
						     : JO_STEP_SRUN;
	record->step_id = id;
	return 0;
}

static int bad_job(const char *text, struct jo_err *err)
{
	return jo_err_set(err, -EINVAL,
			  "expected a job such as 123, 123_4 or 123.batch, found '%.40s'", text);
}

int field_job(const char *text, struct jo_record *record, bool *ret_has_step, struct jo_err *err)
{
	int64_t job_id, part_id = JO_MISSING;
	const char *at = read_id(text, &job_id);
	char separator = '\0';
	int rc = 0;

	if (at != NULL && (*at == '_' || *at == '+')) {
		separator = *at;
		at = read_id(at + 1, &part_id);
	}
	if (at == NULL || (*at != '\0' && *at != '.'))
		return bad_job(text, err);
	if (*at == '.') {
		rc = field_step(at + 1, record, err);
		if (rc < 0)
			return bad_job(text, err);
	}
	*ret_has_step = *at == '.';
	record->job_id = job_id;
	if (separator == '_') {
		record->array_job_id = job_id;
		record->array_task_id = part_id;
	} else if (separator == '+') {
		/* Components have numbers of their own, the leader's and those after it. */
		record->job_id = job_id + part_id;
		record->het_job_id = job_id;
		record->het_job_offset = part_id;
	}
	return rc;
}

/* Longer words first where one begins like another. */
static const struct {
	const char *word;
	enum step_state state;
} states[] = {
	{"COMPLETED", STEP_STATE_COMPLETED}, {"COMPLETING", STEP_STATE_RUNNING},
	{"CANCELLED", STEP_STATE_CANCELLED}, {"FAILED", STEP_STATE_FAILED},
	{"TIMEOUT", STEP_STATE_TIMEOUT},     {"OUT_OF_MEMORY", STEP_STATE_OUT_OF_MEMORY},
	{"NODE_FAIL", STEP_STATE_NODE_FAIL}, {"PREEMPTED", STEP_STATE_PREEMPTED},
	{"DEADLINE", STEP_STATE_DEADLINE},   {"BOOT_FAIL", STEP_STATE_BOOT_FAIL},
	{"RUNNING", STEP_STATE_RUNNING},     {"SUSPENDED", STEP_STATE_RUNNING},
	{"RESIZING", STEP_STATE_RUNNING},    {"STOPPED", STEP_STATE_RUNNING},
	{"SIGNALING", STEP_STATE_RUNNING},   {"STAGE_OUT", STEP_STATE_RUNNING},
	{"UNKNOWN", STEP_STATE_UNKNOWN},     {"LOST", STEP_STATE_LOST},
	{"PENDING", STEP_STATE_NONE},        {"CONFIGURING", STEP_STATE_NONE},
	{"REQUEUED", STEP_STATE_NONE},       {"REQUEUE_FED", STEP_STATE_NONE},
	{"REQUEUE_HOLD", STEP_STATE_NONE},   {"RESV_DEL_HOLD", STEP_STATE_NONE},
	{"REVOKED", STEP_STATE_NONE},        {"SPECIAL_EXIT", STEP_STATE_FAILED},
};

int field_state(const char *text, enum step_state *ret_state, struct jo_err *err)
{
	size_t length = strcspn(text, " +");
	bool is_cut = text[length] == '+';

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (length > 0 && strncasecmp(states[i].word, text, length) == 0 &&
		    (is_cut || states[i].word[length] == '\0')) {
			*ret_state = states[i].state;
			return 0;
		}
	return jo_err_set(err, -EINVAL,
			  "expected a state of Slurm such as COMPLETED or TIMEOUT, found '%.40s'",
			  text);
}

int field_exit(const char *text, struct jo_record *record, struct jo_err *err)
{
	int64_t status, signal = 0;
	const char *at = read_id(text, &status);

	if (at != NULL && *at == ':')
		at = read_id(at + 1, &signal);
	if (at == NULL || *at != '\0' || status > 255 || signal > 255)
		return jo_err_set(err, -EINVAL,
				  "expected an exit code such as 0, 1 or 0:9, found '%.40s'", text);
	record->exit_status = status;
	record->term_signal = signal;
	return 0;
}
